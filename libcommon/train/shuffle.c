#include "train/shuffle.h"

#include <stdlib.h>
#include <string.h>

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

static size_t
slot_at(const struct shuffle *s, uint64_t draw)
{
	struct rng r = draw_rng(s->seed, DRAW_SHUFFLE, draw);

	return rng_below(&r, s->n);
}

size_t
shuffle_slot(const struct shuffle *s)
{
	return slot_at(s, s->draws);
}

uint64_t
shuffle_due(const struct shuffle *s, size_t slot)
{
	uint64_t draw = s->draws;

	while (slot_at(s, draw) != slot)
		draw++;
	return draw;
}

void
shuffle_due_all(const struct shuffle *s, uint64_t *due)
{
	size_t left = s->n;

	memset(due, 0xff, s->n * sizeof *due);
	for (uint64_t draw = s->draws; left > 0; draw++) {
		size_t slot = slot_at(s, draw);

		if (due[slot] == UINT64_MAX) {
			due[slot] = draw;
			left--;
		}
	}
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
