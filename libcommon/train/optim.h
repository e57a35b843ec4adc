/*
 * Adam (Kingma and Ba 2015) over a list of parameters, with the clipping of
 * the gradient before it and the running mean of the parameters behind it.
 * With g the gradient at step t = 1, 2, ...:
 *
 *	g <- g min(1, clip / |g|)			|g| over all parameters
 *	m <- beta1 m + (1 - beta1) g
 *	v <- beta2 v + (1 - beta2) g^2
 *	x <- x - rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
 *	e <- e + (1 - min(ema, (1 + t) / (10 + t))) (x - e)
 *
 * Parameters without gradient (dx NULL) stay as they are, and those of
 * another optimiser.
 */
#ifndef TRAIN_OPTIM_H
#define TRAIN_OPTIM_H

#include "graph/params.h"

#define OPTIM_EPS 1e-8

struct optim_options {
	double beta1, beta2;
	double clip;		/* 0: none */
	double ema;		/* 0: none; else its decay, below 1 */
};

/* Arrays by param.index; NULL for what is not trained; ema without one too. */
struct optim {
	struct params *ps;
	struct optim_options o;
	uint64_t t;		/* steps done */
	struct arena *arena;
	float **m, **v, **ema;
};

/*
 * For those of ps, bound, that have a dx and are `mine`; m and v are zero,
 * the mean starts at x. E_NOMEM. Freed by optim_free; ps is borrowed.
 */
MUST_CHECK enum status optim_new(struct optim *a, struct params *ps,
    bool (*mine)(const struct param *p), const struct optim_options *o);
void optim_free(struct optim *a);

/*
 * One step. *norm: of the gradient before it was clipped; where it is not
 * finite nothing else happens. dx is zeroed. The same bits for any number of
 * threads.
 */
void optim_step(struct optim *a, double rate, double *norm);

#endif
