#include "train/shuffle.h"

#include <stdlib.h>

#include "train/draw.h"

enum status
shuffle_new(struct shuffle *s, size_t n, uint64_t seed)
{
	*s = (struct shuffle){ .seed = seed, .n = n, .next = n,
	    .number = calloc(n, sizeof *s->number) };
	if (!s->number)
		return fail(E_NOMEM, "no memory for a buffer of %zu", n);
	for (size_t i = 0; i < n; i++)
		s->number[i] = i;
	return OK;
}

void
shuffle_free(struct shuffle *s)
{
	free(s->number);
	*s = (struct shuffle){ 0 };
}

size_t
shuffle_slot(const struct shuffle *s)
{
	struct rng r = draw_rng(s->seed, DRAW_SHUFFLE, s->draws);

	return rng_below(&r, s->n);
}

void
shuffle_refill(struct shuffle *s, size_t slot)
{
	s->number[slot] = s->next++;
	s->draws++;
}

void
shuffle_drain(struct shuffle *s, size_t slot)
{
	s->number[slot] = s->number[--s->n];
	s->draws++;
}
