/*
 * Random numbers of training. Each choice has a generator of its own, made
 * of the seed, what is chosen and how many were chosen before. So there is
 * no state to keep: a training that goes on at step 5000 chooses as one that
 * was never stopped.
 */
#ifndef TRAIN_DRAW_H
#define TRAIN_DRAW_H

#include "math/rng.h"

enum draw {
	DRAW_EPOCH = 1,		/* order of files, by epoch */
	DRAW_SHUFFLE,		/* slot of the buffer, by sample trained on */
	DRAW_SAMPLE		/* views and colours, likewise */
};

static inline struct rng
draw_rng(uint64_t seed, enum draw what, uint64_t n)
{
	return rng_seed(seed, (uint64_t)what << 56 | n);
}

#endif
