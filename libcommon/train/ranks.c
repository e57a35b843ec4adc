#include "train/ranks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEAST_SEGMENT ((size_t)16 << 10)	/* floats */
#define MOST_SEGMENT ((size_t)256 << 10)

struct ranks ranks_alone = { .size = 1 };

size_t
ranks_first(const struct ranks *r, size_t rank, size_t n)
{
	return n * rank / r->size;
}

static void
send(struct ranks *r, enum ranks_way w, size_t to, const void *x, size_t n)
{
	r->wire->send(w, to, x, n);
	r->sent += n;
}

/* In a ring: each block goes round once. */
void
ranks_share(struct ranks *r, void *block, size_t n)
{
	const size_t next = (r->rank + 1) % r->size,
	    before = (r->rank + r->size - 1) % r->size;
	char *x = block;

	for (size_t k = 0; k + 1 < r->size; k++) {
		size_t mine = (r->rank + r->size - k) % r->size,
		    theirs = (before + r->size - k) % r->size;

		r->wire->recv(RANKS_UP, before, x + theirs * n, n);
		send(r, RANKS_UP, next, x + mine * n, n);
		r->wire->sent(RANKS_UP);
		r->wire->received(RANKS_UP);
	}
}

bool
ranks_any(struct ranks *r, bool here)
{
	bool any = here;

	if (r->size == 1)
		return here;
	char *said = calloc(r->size, 1);

	if (!said)
		return true;
	said[r->rank] = here;
	ranks_share(r, said, 1);
	for (size_t i = 0; i < r->size; i++)
		any = any || said[i];
	free(said);
	return any;
}

enum status
ranks_agree(struct ranks *r, enum status st)
{
	struct said {
		enum status st;
		char detail[512];
	} *said;
	size_t first = r->size, bad = 0;

	if (r->size == 1)
		return st;
	said = calloc(r->size, sizeof *said);
	if (!said)
		return fail(E_NOMEM, "no memory for %zu ranks", r->size);
	said[r->rank].st = st;
	snprintf(said[r->rank].detail, sizeof said->detail, "%s",
	    st == OK ? "" : status_detail());
	ranks_share(r, said, sizeof *said);
	for (size_t i = 0; i < r->size; i++) {
		bad += said[i].st != OK;
		if (said[i].st != OK && first == r->size)
			first = i;
	}
	st = bad == 0 ? OK : bad == r->size ?
	    fail(said[first].st, "%s", said[first].detail) :
	    fail(said[first].st, "rank %zu: %s", first, said[first].detail);
	free(said);
	return st;
}

enum status
ranks_same(struct ranks *r, uint64_t hash, const char *what)
{
	uint64_t *all;
	enum status st = OK;

	if (r->size == 1)
		return OK;
	all = calloc(r->size, sizeof *all);
	if (!all)
		return fail(E_NOMEM, "no memory for %zu ranks", r->size);
	all[r->rank] = hash;
	ranks_share(r, all, sizeof *all);
	for (size_t i = 0; st == OK && i < r->size; i++)
		if (all[i] != all[0])
			st = fail(E_VALUE, "rank %zu has other %s than rank 0",
			    i, what);
	free(all);
	return st;
}

/* FNV-1a, eight bytes at a time. */
uint64_t
ranks_hash(uint64_t hash, const void *x, size_t n)
{
	const char *at = x;

	for (size_t k; n > 0; n -= k, at += k) {
		uint64_t word = 0;

		k = n < sizeof word ? n : sizeof word;
		memcpy(&word, at, k);
		hash = (hash ^ word) * 0x100000001b3;
		hash ^= hash >> 32;
	}
	return hash;
}

void
ranks_bring(struct ranks *r, size_t from, void *x, size_t n)
{
	if (from == 0)
		return;
	if (r->rank == from) {
		send(r, RANKS_BACK, 0, x, n);
		r->wire->sent(RANKS_BACK);
	} else if (r->rank == 0) {
		r->wire->recv(RANKS_BACK, from, x, n);
		r->wire->received(RANKS_BACK);
	}
}

/* ---- the sum ---------------------------------------------------------- */

struct chain {
	struct ranks *r;
	float *x, *before[2];		/* segments that came up, by turns */
	size_t n, segment, segments;
	bool gone[RANKS_WAYS];		/* a segment of ours is on its way */
	void (*add)(void *, const float *, size_t, size_t);
	void *arg;
};

static size_t
length(const struct chain *c, size_t k)
{
	size_t left = c->n - k * c->segment;

	return left < c->segment ? left : c->segment;
}

static void
expect_up(struct chain *c, size_t k)
{
	if (c->r->rank > 0 && k < c->segments)
		c->r->wire->recv(RANKS_UP, c->r->rank - 1, c->before[k % 2],
		    length(c, k) * sizeof(float));
}

static void
expect_back(struct chain *c, size_t k)
{
	if (c->r->rank + 1 < c->r->size && k < c->segments)
		c->r->wire->recv(RANKS_BACK, c->r->rank + 1,
		    c->x + k * c->segment, length(c, k) * sizeof(float));
}

static void
settle(struct chain *c, enum ranks_way w)
{
	if (c->gone[w])
		c->r->wire->sent(w);
	c->gone[w] = false;
}

static void
go(struct chain *c, enum ranks_way w, size_t to, size_t k)
{
	settle(c, w);
	send(c->r, w, to, c->x + k * c->segment, length(c, k) * sizeof(float));
	c->gone[w] = true;
}

/* Segment k on its way up: our lanes are added. */
static void
up(struct chain *c, size_t k)
{
	const size_t from = k * c->segment;
	const bool first = c->r->rank == 0;

	if (!first)
		c->r->wire->received(RANKS_UP);
	expect_up(c, k + 1);
	c->add(c->arg, first ? NULL : c->before[k % 2], from,
	    from + length(c, k));
	if (c->r->rank + 1 < c->r->size)
		go(c, RANKS_UP, c->r->rank + 1, k);
	/* What comes back comes to the same memory. */
	if (k + 1 == c->segments)
		settle(c, RANKS_UP);
}

/* Segment k on its way back. */
static void
back(struct chain *c, size_t k)
{
	if (c->r->rank + 1 < c->r->size) {
		if (k == 0)
			expect_back(c, 0);
		c->r->wire->received(RANKS_BACK);
		expect_back(c, k + 1);
	}
	if (c->r->rank > 0)
		go(c, RANKS_BACK, c->r->rank - 1, k);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/*
 * At turn j rank r has segment j - r of those that go up, and j - 2 (size -
 * 1) + r of those that come back: what it needs was sent at a turn before.
 */
void
ranks_sum(struct ranks *r, float *x, size_t n,
    void (*add)(void *, const float *, size_t, size_t), void *arg)
{
	struct chain c = { .r = r, .x = x, .n = n, .add = add, .arg = arg };
	const size_t last = 2 * (r->size - 1), late = last - r->rank;
	const double since = now();

	if (r->size == 1) {
		add(arg, NULL, 0, n);
		return;
	}
	c.segment = n / (4 * r->size) / 16 * 16;
	if (c.segment < LEAST_SEGMENT)
		c.segment = LEAST_SEGMENT;
	if (c.segment > MOST_SEGMENT)
		c.segment = MOST_SEGMENT;
	c.segments = (n + c.segment - 1) / c.segment;
	for (int i = 0; i < 2; i++)
		c.before[i] = malloc(c.segment * sizeof(float));
	expect_up(&c, 0);
	for (size_t j = 0; j < c.segments + last; j++) {
		if (j >= r->rank && j - r->rank < c.segments)
			up(&c, j - r->rank);
		if (j >= late && j - late < c.segments)
			back(&c, j - late);
	}
	settle(&c, RANKS_BACK);
	for (int i = 0; i < 2; i++)
		free(c.before[i]);
	r->summing += now() - since;
}
