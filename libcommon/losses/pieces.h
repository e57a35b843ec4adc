/*
 * What the losses have in common: sums in double over pixels, cut into
 * pieces of fixed number and added up in their order, so that the result
 * does not depend on the team; L1 and what bends it; the mean length of offsets.
 */
#ifndef LOSSES_PIECES_H
#define LOSSES_PIECES_H

#include "graph/tape.h"

/* f(arg, i, j) sums items i to j - 1; all n of them. */
double pieces_sum(size_t n, double (*f)(void *arg, size_t i, size_t j),
    void *arg);

/* The gradient of v to add to, or NULL where weight is 0 or none is wanted. */
float *pieces_grad(struct graph *g, struct var *v, double weight);

/* The mask's weight of pixel p; m_len pixels repeat, m NULL is 1. */
static inline float
pieces_mask(const float *m, size_t m_len, size_t p)
{
	return m ? m[p % m_len] : 1;
}

/*
 * Sum over pixels and c channels of m |x - want|, and, unless dx is NULL,
 * dx += scale m sign(x - want).
 */
double pieces_l1(float *dx, const float *x, const float *want,
    const float *m, size_t m_len, size_t pixels, size_t c, double scale);

/* The same of m B(x - want) and its slope, see loss_tex. */
double pieces_bent(float *dx, const float *x, const float *want,
    const float *m, size_t m_len, size_t pixels, size_t c, double berhu,
    double scale);

/*
 * The masked mean of the lengths of d (pixels,2); d becomes weight times its
 * gradient. Where m is 0 d may be NaN.
 */
double pieces_length(float *d, const float *m, size_t m_len, size_t pixels,
    double weight);

#endif
