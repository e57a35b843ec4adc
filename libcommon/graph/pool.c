#include "graph/pool.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define POISON(p, n) __asan_poison_memory_region(p, n)
#define UNPOISON(p, n) __asan_unpoison_memory_region(p, n)
#define GAP 64		/* an overrun lands here and is seen */
#else
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
#define GAP 0
#endif

/*
 * Memory comes from the arena in segments, wherever the arena has it. Places
 * are counted through all segments, in the order in which they came: the
 * blocks cover [0, end) without holes, in order, none reaches from one segment
 * into the next, and no two free ones of a segment are neighbours. A network
 * has some hundred values at a time, so that a search through all of them
 * costs nothing beside one layer.
 */
struct block {
	size_t at, n;
	bool used, first;	/* of its segment */
};

struct segment {
	char *base;
	size_t at, n;
};

struct pool {
	struct arena *arena;
	struct segment *segment;
	size_t segments;
	size_t end, used;
	struct block *block;
	size_t count, room;
};

enum status
pool_new(struct pool **out, size_t most)
{
	struct pool *p = calloc(1, sizeof *p);

	if (!p)
		return fail(E_NOMEM, "no memory for a pool");
	enum status s = arena_new(&p->arena, most);

	if (s != OK) {
		free(p);
		return s;
	}
	*out = p;
	return OK;
}

void
pool_free(struct pool *p)
{
	if (!p)
		return;
	arena_free(p->arena);
	free(p->segment);
	free(p->block);
	free(p);
}

/* Room for a block at place i; false when there is no memory. */
static bool
insert(struct pool *p, size_t i, struct block b)
{
	if (p->count == p->room) {
		size_t room = p->room ? 2 * p->room : 256;
		struct block *q = realloc(p->block, room * sizeof *q);

		if (!q) {
			fail(E_NOMEM, "no memory for %zu values", room);
			return false;
		}
		p->block = q;
		p->room = room;
	}
	memmove(&p->block[i + 1], &p->block[i],
	    (p->count - i) * sizeof p->block[0]);
	p->block[i] = b;
	p->count++;
	return true;
}

static void
take_out(struct pool *p, size_t i)
{
	p->count--;
	memmove(&p->block[i], &p->block[i + 1],
	    (p->count - i) * sizeof p->block[0]);
}

/* The last segment that begins at `at` or before. */
static const struct segment *
segment_of(const struct pool *p, size_t at)
{
	size_t i = p->segments;

	while (i > 1 && p->segment[i - 1].at > at)
		i--;
	return &p->segment[i - 1];
}

static char *
address(const struct pool *p, size_t at)
{
	const struct segment *s = segment_of(p, at);

	return s->base + (at - s->at);
}

static size_t
place(const struct pool *p, const char *x)
{
	size_t i = 0;

	while (i < p->segments && !((uintptr_t)x >= (uintptr_t)p->segment[i].base &&
	    (uintptr_t)x - (uintptr_t)p->segment[i].base < p->segment[i].n))
		i++;
	assert(i < p->segments);
	return p->segment[i].at + (size_t)(x - p->segment[i].base);
}

static bool
add_segment(struct pool *p, char *x)
{
	struct segment *q = realloc(p->segment, (p->segments + 1) * sizeof *q);

	if (!q) {
		fail(E_NOMEM, "no memory for %zu segments", p->segments + 1);
		return false;
	}
	p->segment = q;
	q[p->segments++] = (struct segment){ x, p->end, 0 };
	return true;
}

/* n bytes more at the end: more of the last segment, or a new one. */
static bool
append(struct pool *p, size_t n)
{
	char *x = arena_alloc(p->arena, n);
	struct segment *s = p->segments ? &p->segment[p->segments - 1] : NULL;
	struct block *last = p->count ? &p->block[p->count - 1] : NULL;

	if (!x)
		return false;
	/* The arena may leave a gap of its own before x: it is ours as well. */
	const bool on = s && (uintptr_t)x >= (uintptr_t)s->base + s->n &&
	    (uintptr_t)x - ((uintptr_t)s->base + s->n) <= ARENA_GAP;

	if (!on && !add_segment(p, x))
		return false;
	s = &p->segment[p->segments - 1];

	const size_t more = (size_t)(x - s->base) + n - s->n;

	POISON(s->base + s->n, more);
	if (on && last && !last->used)
		last->n += more;
	else if (!insert(p, p->count, (struct block){ p->end, more, false, !on }))
		return false;
	s->n += more;
	p->end += more;
	return true;
}

/* Makes the last block free and at least n bytes long. */
static bool
extend(struct pool *p, size_t n)
{
	for (;;) {
		const struct block *last = p->count ?
		    &p->block[p->count - 1] : NULL;
		const size_t have = last && !last->used ? last->n : 0;

		if (have >= n)
			return true;
		if (!append(p, n - have))
			return false;
	}
}

void *
pool_get(struct pool *p, size_t n)
{
	size_t best = p->count;

	if (n > SIZE_MAX - 64 - GAP) {
		fail(E_LIMIT, "%zu bytes are too many", n);
		return NULL;
	}
	size_t need = (n + 63) / 64 * 64 + GAP;

	if (need == 0)
		need = 64;
	/*
	 * The end is taken, or moved, only when nothing before it fits: so the
	 * same calls after pool_reset find the same places, and no more.
	 */
	for (size_t i = 0; i + 1 < p->count; i++)
		if (!p->block[i].used && p->block[i].n >= need &&
		    (best == p->count || p->block[i].n < p->block[best].n))
			best = i;
	if (best == p->count) {
		if ((!best || p->block[best - 1].used ||
		    p->block[best - 1].n < need) && !extend(p, need))
			return NULL;
		best = p->count - 1;
	}
	struct block *b = &p->block[best];

	if (b->n > need) {
		struct block rest = { b->at + need, b->n - need, false, false };

		if (!insert(p, best + 1, rest))
			return NULL;
		b = &p->block[best];
		b->n = need;
	}
	b->used = true;
	p->used += need;

	char *x = address(p, b->at);

	UNPOISON(x, n);
	return x;
}

void
pool_put(struct pool *p, void *x)
{
	size_t lo = 0, hi = p->count;

	if (!x)
		return;
	const size_t at = place(p, x);

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->block[mid].at <= at)
			lo = mid;
		else
			hi = mid;
	}
	struct block *b = &p->block[lo];

	assert(b->at == at && b->used);
	b->used = false;
	p->used -= b->n;
	POISON(x, b->n);
	if (lo + 1 < p->count && !b[1].used && !b[1].first) {
		b->n += b[1].n;
		take_out(p, lo + 1);
	}
	if (lo > 0 && !b[-1].used && !b->first) {
		b[-1].n += b->n;
		take_out(p, lo);
	}
}

void
pool_reset(struct pool *p)
{
	/* There are at least as many blocks as segments. */
	for (size_t i = 0; i < p->segments; i++) {
		const struct segment *s = &p->segment[i];

		POISON(s->base, s->n);
		p->block[i] = (struct block){ s->at, s->n, false, true };
	}
	p->count = p->segments;
	p->used = 0;
}

size_t
pool_used(const struct pool *p)
{
	return p->used;
}

size_t
pool_peak(const struct pool *p)
{
	return p->end;
}
