/*
 * The processes, called ranks as in MPI, that share one training. Each has
 * all parameters and a part of the lanes of a step (batch.h); after each step
 * all have the same parameters, as all have the same sum of gradients.
 *
 * The sum is that of one process: lane 0 first, and each further lane is
 * added to what stands there, in their order. A rank has lanes that follow
 * each other, so it adds its own to what the rank before it hands over, and
 * hands that on; the last rank has the sum, which goes back the same way.
 * Both directions are cut into segments and run at the same time. Of n
 * numbers in all a rank sends 2 n, the first and the last one n, for any
 * number of ranks and lanes: not more than other ways to add them, which
 * would depend on the number of ranks.
 *
 * How bytes get from rank to rank is the wire's business, and so are ranks
 * that are lost: its functions succeed, or end the program. Where a function
 * says "all", every rank must call it, in the same order.
 */
#ifndef TRAIN_RANKS_H
#define TRAIN_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum ranks_way { RANKS_UP, RANKS_BACK, RANKS_WAYS };

/*
 * send and recv begin, wait ends what was begun last of that way: until then
 * the memory is the wire's. What one rank sends another arrives in order.
 */
struct ranks_wire {
	void (*send)(enum ranks_way w, size_t to, const void *x, size_t n);
	void (*sent)(enum ranks_way w);
	void (*recv)(enum ranks_way w, size_t from, void *x, size_t n);
	void (*received)(enum ranks_way w);
};

struct ranks {
	size_t rank, size;		/* this one, of so many */
	const struct ranks_wire *wire;	/* NULL: size is 1 */
	uint64_t sent;			/* bytes */
	double summing;			/* seconds in ranks_sum */
};

/* Alone: rank 0 of 1. */
extern struct ranks ranks_alone;

/* First of n things that `rank` has; those of the next begin where they end. */
size_t ranks_first(const struct ranks *r, size_t rank, size_t n);

/*
 * All: block[size] of n bytes, of which each rank has filled in its own, are
 * the same everywhere.
 */
void ranks_share(struct ranks *r, void *block, size_t n);

/* All: whether any rank says so. */
bool ranks_any(struct ranks *r, bool here);

/*
 * All: OK where it is everywhere, else status and detail of the first rank
 * that failed, which is named unless all have.
 */
MUST_CHECK enum status ranks_agree(struct ranks *r, enum status st);

/*
 * All: E_VALUE where a rank has another hash than rank 0; it and `what` are
 * named. A hash begins with 0 and goes on over further bytes.
 */
MUST_CHECK enum status ranks_same(struct ranks *r, uint64_t hash,
    const char *what);
uint64_t ranks_hash(uint64_t hash, const void *x, size_t n);

/* All: x of rank `from`, n bytes, is copied to rank 0. */
void ranks_bring(struct ranks *r, size_t from, void *x, size_t n);

/*
 * All: the sum of x[n]. add makes x[from..to) what `before`, of those
 * numbers, and this rank's own come to; before is NULL for rank 0.
 */
void ranks_sum(struct ranks *r, float *x, size_t n,
    void (*add)(void *arg, const float *before, size_t from, size_t to),
    void *arg);

#endif
