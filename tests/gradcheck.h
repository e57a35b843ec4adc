/*
 * Gradient check by directional derivatives. For a random direction d of a
 * variable x, (L(x + e d) - L(x - e d)) / 2 e must be <g, d>, where g is the
 * gradient that the backward gave. L is a random projection of the layer's
 * output, summed in double. Several steps are tried, as rounding spoils
 * small ones and curvature large ones; the best relative error counts.
 */
#ifndef TESTS_GRADCHECK_H
#define TESTS_GRADCHECK_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"
#include "tap.h"

#define GRAD_TOL 1e-3
#define GRAD_DIRECTIONS 4

/*
 * The worst of GRAD_DIRECTIONS directions; loss(arg) reads x, which is put
 * back afterwards. The error is relative to |g| |d|'s typical product, so
 * that a direction across the gradient does not divide by nothing.
 */
__attribute__((unused))
static double
gradcheck(double (*loss)(void *), void *arg, float *x, const float *g,
    size_t n, struct rng *r)
{
	static const double steps[] = { 1e-2, 3e-3, 1e-3, 3e-4, 1e-4 };
	float *keep = malloc(n * sizeof *x), *d = malloc(n * sizeof *d);
	double worst = 0;

	if (!keep || !d)
		exit(2);
	memcpy(keep, x, n * sizeof *x);
	for (int k = 0; k < GRAD_DIRECTIONS; k++) {
		double best = INFINITY, scale = sqrt(inner(g, g, n)) + 1e-12;

		rng_fill_normal(r, d, n, 1);
		for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
			double e = steps[i], diff = 0, want = 0;
			double up, down, h;

			for (size_t j = 0; j < n; j++)
				x[j] = (float)(keep[j] + e * d[j]);
			up = loss(arg);
			/* what was really added, after rounding */
			for (size_t j = 0; j < n; j++)
				want += (double)g[j] * x[j];
			for (size_t j = 0; j < n; j++)
				x[j] = (float)(keep[j] - e * d[j]);
			down = loss(arg);
			for (size_t j = 0; j < n; j++)
				want -= (double)g[j] * x[j];
			diff = up - down;
			h = fabs(diff - want) / (2 * e * scale);
			best = h < best ? h : best;
		}
		worst = best > worst ? best : worst;
	}
	memcpy(x, keep, n * sizeof *x);
	free(keep);
	free(d);
	return worst;
}

/* One variable of a layer and the gradient its backward gave. */
struct grad {
	const char *name;
	float *x;
	const float *g;
	size_t n;
};

/* One TAP line for each variable, up to a row without a name. */
__attribute__((unused))
static void
gradcheck_all(const char *what, double (*loss)(void *), void *arg,
    const struct grad *v, struct rng *r)
{
	for (; v->name; v++) {
		double e = gradcheck(loss, arg, v->x, v->g, v->n, r);

		ok(e < GRAD_TOL, "%s %s # rel err %.1e", what, v->name, e);
	}
}

#endif
