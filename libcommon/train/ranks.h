/*
 * The processes, called ranks as in MPI, that share one training. Each has
 * all parameters and a part of the lanes of a step (batch.h); after each step
 * all have the same parameters, as all have the same sum of gradients.
 *
 * The sum is that of one process: lane 0 first, and each further lane is
 * added to what stands there, in their order. A rank has lanes that follow
 * each other, so it adds its own to what the rank before it hands over, and
 * hands that on; the last rank has the sum, which goes back the same way.
 * Both directions are cut into segments and run at the same time, each as
 * soon as its segment is there, also beside the computation of what is added
 * later. Of n numbers in all a rank sends 2 n, the first and the last one n,
 * for any number of ranks and lanes: not more than other ways to add them,
 * which would depend on the number of ranks.
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

#define RANKS_DEPTH 8	/* segments on their way from a rank to another */

/* Messages that may be on their way: so many of each kind. */
enum { RANKS_UP_OUT, RANKS_UP_IN = RANKS_DEPTH,
	RANKS_BACK_OUT = 2 * RANKS_DEPTH, RANKS_BACK_IN = 3 * RANKS_DEPTH,
	RANKS_SLOTS = 4 * RANKS_DEPTH };

/*
 * send and recv begin a message in a slot, `done` asks whether it is over, and
 * is true where none was begun: until then the memory is the wire's. What one
 * rank sends another arrives in order, and is asked after in that order. rest
 * is called between two questions; `soon`: they are all that is to do here.
 * One thread of a rank at a time.
 */
struct ranks;
struct ranks_wire {
	void (*send)(const struct ranks *r, unsigned slot, size_t to,
	    const void *x, size_t n);
	void (*recv)(const struct ranks *r, unsigned slot, size_t from,
	    void *x, size_t n);
	bool (*done)(const struct ranks *r, unsigned slot);
	void (*rest)(const struct ranks *r, bool soon);
};

struct ranks {
	size_t rank, size;		/* this one, of so many */
	const struct ranks_wire *wire;	/* NULL: size is 1 */
	uint64_t sent;			/* bytes */
	double waited;			/* seconds, for sums */
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
 * What is summed. add makes x[from..to) what `before`, of those numbers, and
 * this rank's own come to; before is NULL for rank 0. ready says whether the
 * first `to` of them are all that they will be, and from then on they are the
 * sum's; NULL: all are. Both get arg.
 */
struct ranks_sum {
	float *x;
	size_t n;
	void (*add)(void *arg, const float *before, size_t from, size_t to);
	bool (*ready)(void *arg, size_t to);
	void *arg;
	float *room;		/* ranks_room(r, n) numbers */
};

/* Numbers on their way that a rank holds while n are summed. */
size_t ranks_room(const struct ranks *r, size_t n);

/* All: x[n] becomes the sum. waited goes on from when all n are ready. */
void ranks_sum(struct ranks *r, const struct ranks_sum *s);

#endif
