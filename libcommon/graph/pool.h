/*
 * Memory for values that come and go: best fit in one arena, neighbours
 * joined again. Under the address sanitizer what is not handed out is
 * poisoned, with a gap behind every piece. One thread at a time.
 */
#ifndef GRAPH_POOL_H
#define GRAPH_POOL_H

#include "base/arena.h"

struct pool;

/* At most `most` bytes of address space. */
MUST_CHECK enum status pool_new(struct pool **p, size_t most);
void pool_free(struct pool *p);

/* n bytes at a multiple of 64, uninitialised; NULL and a detail when full. */
void *pool_get(struct pool *p, size_t n);
/* Gives a piece back; NULL is fine. */
void pool_put(struct pool *p, void *x);
/* Takes everything back; the pages stay. */
void pool_reset(struct pool *p);

size_t pool_used(const struct pool *p);	/* bytes handed out now */
size_t pool_peak(const struct pool *p);	/* most bytes ever mapped */

#endif
