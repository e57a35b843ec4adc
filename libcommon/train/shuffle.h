/*
 * The shuffle buffer as numbers: `n` slots, each with the number of a sample.
 * A draw takes a slot by chance and puts the next number there. What it
 * holds is a function of seed and draws alone, so a stopped training finds
 * its buffer again by drawing as often as before, without any data.
 */
#ifndef TRAIN_SHUFFLE_H
#define TRAIN_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct shuffle {
	uint64_t seed, draws, next;	/* next: the number not yet in a slot */
	size_t n;
	uint64_t *number;		/* of each slot */
};

/* Slots with the numbers 0..n-1. E_NOMEM. Freed by shuffle_free. */
MUST_CHECK enum status shuffle_new(struct shuffle *s, size_t n,
    uint64_t seed);
void shuffle_free(struct shuffle *s);

/* The slot that is drawn now; n is not 0. Then one of the next two. */
size_t shuffle_slot(const struct shuffle *s);
/*
 * The next draw that takes this slot; and of all slots, into due[n]. Only
 * where none is ever drained.
 */
uint64_t shuffle_due(const struct shuffle *s, size_t slot);
void shuffle_due_all(const struct shuffle *s, uint64_t *due);
/* It was used: the next number comes there. */
void shuffle_refill(struct shuffle *s, size_t slot);
/* There is no more: the last slot comes there. */
void shuffle_drain(struct shuffle *s, size_t slot);

#endif
