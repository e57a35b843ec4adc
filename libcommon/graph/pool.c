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
 * The blocks cover [base, base + end) without holes, in order of address;
 * no two free ones are neighbours. A network has some hundred values at a
 * time, so that a search through all of them costs nothing beside one layer.
 */
struct block {
	size_t at, n;
	bool used;
};

struct pool {
	struct arena *arena;
	char *base;
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

/* Makes the last block free and at least n bytes long. */
static bool
extend(struct pool *p, size_t n)
{
	struct block *last = p->count ? &p->block[p->count - 1] : NULL;
	size_t have = last && !last->used ? last->n : 0;
	char *x = arena_alloc(p->arena, n - have);

	if (!x)
		return false;
	if (!p->base)
		p->base = x;
	/* The arena may leave a gap of its own before x: it is ours as well. */
	size_t end = (size_t)(x - p->base) + n - have;
	size_t more = end - p->end;

	POISON(p->base + p->end, more);
	if (have)
		last->n += more;
	else if (!insert(p, p->count, (struct block){ p->end, more, false }))
		return false;
	p->end = end;
	return true;
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
		struct block rest = { b->at + need, b->n - need, false };

		if (!insert(p, best + 1, rest))
			return NULL;
		b = &p->block[best];
		b->n = need;
	}
	b->used = true;
	p->used += need;
	UNPOISON(p->base + b->at, n);
	return p->base + b->at;
}

void
pool_put(struct pool *p, void *x)
{
	size_t lo = 0, hi = p->count;

	if (!x)
		return;
	size_t at = (size_t)((char *)x - p->base);

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
	if (lo + 1 < p->count && !b[1].used) {
		b->n += b[1].n;
		take_out(p, lo + 1);
	}
	if (lo > 0 && !b[-1].used) {
		b[-1].n += b->n;
		take_out(p, lo);
	}
}

void
pool_reset(struct pool *p)
{
	if (!p->count)
		return;
	POISON(p->base, p->end);
	p->block[0] = (struct block){ 0, p->end, false };
	p->count = 1;
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
