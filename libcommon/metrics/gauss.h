/*
 * Sets of features as Gaussians: mean and covariance, added up picture by
 * picture, and how far apart two of them are.
 *
 *	d^2 = |m1 - m2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2)
 *
 * With S = F F^T the last trace is the sum of the singular values of F1^T F2:
 * no root of a matrix is taken, and sets of fewer pictures than features are
 * nothing special.
 */
#ifndef METRICS_GAUSS_H
#define METRICS_GAUSS_H

#include "stream/sample.h"

struct gauss;

/* An empty set of d features; 8 d^2 bytes. Freed by gauss_free. */
MUST_CHECK enum status gauss_new(struct gauss **g, size_t d);
void gauss_free(struct gauss *g);

/*
 * Adds a row of d features. It counts when gauss_settle is told to keep it
 * and all others since the last one. E_VALUE where one is not finite.
 */
MUST_CHECK enum status gauss_add(struct gauss *g, const float *x);
void gauss_settle(struct gauss *g, bool keep);

size_t gauss_count(const struct gauss *g);

/*
 * The mean (d) and covariance (d,d) with n - 1, as numpy.cov; E_VALUE where
 * there are fewer than two rows.
 */
MUST_CHECK enum status gauss_moments(double *mean, double *cov,
    const struct gauss *g);

/*
 * As fields `mean` f4 (2,d), `covariance` f4 (2,d,d): the sums over the
 * first axis are the values, so that no digits of a double are missed; and
 * `count` i8 (1). gauss_get: E_SHAPE, E_VALUE.
 */
MUST_CHECK enum status gauss_put(struct sample *s, const struct gauss *g);
MUST_CHECK enum status gauss_get(struct gauss **g, size_t d,
    const struct sample *s);

/* d^2 above. */
MUST_CHECK enum status gauss_distance(double *d2, const struct gauss *a,
    const struct gauss *b);

#endif
