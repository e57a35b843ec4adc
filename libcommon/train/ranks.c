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
send(struct ranks *r, unsigned slot, size_t to, const void *x, size_t n)
{
	r->wire->send(r, slot, to, x, n);
	r->sent += n;
}

static void
wait_for(struct ranks *r, unsigned slot)
{
	while (!r->wire->done(r, slot))
		r->wire->rest(r, true);
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

		r->wire->recv(r, RANKS_UP_IN, before, x + theirs * n, n);
		send(r, RANKS_UP_OUT, next, x + mine * n, n);
		wait_for(r, RANKS_UP_OUT);
		wait_for(r, RANKS_UP_IN);
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
		send(r, RANKS_BACK_OUT, 0, x, n);
		wait_for(r, RANKS_BACK_OUT);
	} else if (r->rank == 0) {
		r->wire->recv(r, RANKS_BACK_IN, from, x, n);
		wait_for(r, RANKS_BACK_IN);
	}
}

/* ---- the sum ---------------------------------------------------------- */

struct chain {
	struct ranks *r;
	const struct ranks_sum *s;
	size_t segment, segments;
	/*
	 * Segments so far: that were asked for from below and added to, handed
	 * up and gone; asked for from above, and whole.
	 */
	size_t asked_up, up, gone, asked_back, back;
	bool first, last;		/* of the ranks */
};

/* A segment that came up: they take the room by turns. */
static float *
before(const struct chain *c, size_t k)
{
	return c->s->room + k % RANKS_DEPTH * c->segment;
}

static unsigned
slot(unsigned kind, size_t k)
{
	return kind + (unsigned)(k % RANKS_DEPTH);
}

static size_t
start(const struct chain *c, size_t k)
{
	return k < c->segments ? k * c->segment : c->s->n;
}

static size_t
bytes(const struct chain *c, size_t k)
{
	return (start(c, k + 1) - start(c, k)) * sizeof(float);
}

static bool
done(const struct chain *c, unsigned kind, size_t k)
{
	return c->r->wire->done(c->r, slot(kind, k));
}

/* The first `to` numbers of ours are whole. */
static bool
ready(const struct chain *c, size_t to)
{
	return !c->s->ready || c->s->ready(c->s->arg, to);
}

/* The next segment on its way up: our lanes are added. False: not yet. */
static bool
go_up(struct chain *c)
{
	const size_t k = c->up;

	for (; !c->first && c->asked_up < c->segments &&
	    c->asked_up < k + RANKS_DEPTH; c->asked_up++)
		c->r->wire->recv(c->r, slot(RANKS_UP_IN, c->asked_up),
		    c->r->rank - 1, before(c, c->asked_up),
		    bytes(c, c->asked_up));
	while (c->gone < k && (c->last || done(c, RANKS_UP_OUT, c->gone)))
		c->gone++;
	if (k == c->segments || k == c->gone + RANKS_DEPTH ||
	    (!c->first && !done(c, RANKS_UP_IN, k)) ||
	    !ready(c, start(c, k + 1)))
		return false;
	c->s->add(c->s->arg, c->first ? NULL : before(c, k),
	    start(c, k), start(c, k + 1));
	if (!c->last)
		send(c->r, slot(RANKS_UP_OUT, k), c->r->rank + 1,
		    c->s->x + start(c, k), bytes(c, k));
	c->up++;
	return true;
}

/* The next segment on its way back, to the memory from which it went up. */
static bool
go_back(struct chain *c)
{
	const size_t k = c->back;

	for (; !c->last && c->asked_back < c->gone &&
	    c->asked_back < k + RANKS_DEPTH; c->asked_back++)
		c->r->wire->recv(c->r, slot(RANKS_BACK_IN, c->asked_back),
		    c->r->rank + 1, c->s->x + start(c, c->asked_back),
		    bytes(c, c->asked_back));
	if (k == (c->last ? c->up : c->asked_back) ||
	    (!c->last && !done(c, RANKS_BACK_IN, k)) ||
	    (!c->first && !done(c, RANKS_BACK_OUT, k)))
		return false;
	if (!c->first)
		send(c->r, slot(RANKS_BACK_OUT, k), c->r->rank - 1,
		    c->s->x + start(c, k), bytes(c, k));
	c->back++;
	return true;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Small enough that those of all ranks have something to do. */
static size_t
segment_of(const struct ranks *r, size_t n)
{
	const size_t k = n / (4 * r->size) / 16 * 16;

	return k < LEAST_SEGMENT ? LEAST_SEGMENT : k > MOST_SEGMENT ?
	    MOST_SEGMENT : k;
}

size_t
ranks_room(const struct ranks *r, size_t n)
{
	return r->rank == 0 ? 0 : RANKS_DEPTH * segment_of(r, n);
}

void
ranks_sum(struct ranks *r, const struct ranks_sum *s)
{
	struct chain c = { .r = r, .s = s, .first = r->rank == 0,
		.last = r->rank + 1 == r->size };
	double since = -1;

	if (r->size == 1) {
		s->add(s->arg, NULL, 0, s->n);
		return;
	}
	c.segment = segment_of(r, s->n);
	c.segments = (s->n + c.segment - 1) / c.segment;
	while (c.back < c.segments) {
		if (since < 0 && ready(&c, s->n))
			since = now();

		bool up = go_up(&c), back = go_back(&c);

		if (!up && !back)
			r->wire->rest(r, since >= 0);
	}
	for (size_t k = 0; k < RANKS_DEPTH; k++)
		wait_for(r, slot(RANKS_BACK_OUT, k));
	r->waited += since < 0 ? 0 : now() - since;
}
