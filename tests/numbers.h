/* Arrays for tests of numeric code: random, zero, scratch; and how far off. */
#ifndef TESTS_NUMBERS_H
#define TESTS_NUMBERS_H

#include <math.h>
#include <stdlib.h>

#include "math/rng.h"

/*
 * Keeps p to the end of the program on a list, so that what LeakSanitizer
 * reports is of the code under test. Ends the program when p is NULL.
 */
__attribute__((unused))
static void *
kept(void *p)
{
	static struct kept {
		struct kept *next;
		void *p;
	} *all;
	struct kept *k = malloc(sizeof *k);

	if (!p || !k)
		exit(2);
	*k = (struct kept){ all, p };
	all = k;
	return p;
}

/* n zeros, freed by the end of the program. */
__attribute__((unused))
static float *
zeros(size_t n)
{
	return kept(calloc(n + 1, sizeof(float)));
}

/* n random floats, mean 0, deviation sd; freed by the end of the program. */
__attribute__((unused))
static float *
randoms(struct rng *r, size_t n, double sd)
{
	float *x = zeros(n);

	rng_fill_normal(r, x, n, sd);
	return x;
}

/* n numbers below `most` into x. */
__attribute__((unused))
static void
bytes(uint8_t *x, size_t n, size_t most, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = (uint8_t)rng_below(r, most);
}

__attribute__((unused))
static double
inner(const float *a, const float *b, size_t n)
{
	double s = 0;

	for (size_t i = 0; i < n; i++)
		s += (double)a[i] * b[i];
	return s;
}

/* Scratch of `bytes`, exactly, so that a sanitizer sees the end of it. */
__attribute__((unused))
static void *
scratch(size_t bytes)
{
	void *p;

	if (posix_memalign(&p, 64, bytes ? bytes : 1) != 0)
		exit(2);
	return kept(p);
}

/* Largest error over the root mean square of what is wanted. */
__attribute__((unused))
static double
residual(const float *got, const float *want, size_t n)
{
	double worst = 0, sq = 0;

	for (size_t i = 0; i < n; i++) {
		double e = fabs((double)got[i] - want[i]);

		worst = e > worst || isnan(e) ? e : worst;
		sq += (double)want[i] * want[i];
	}
	return worst / (sqrt(sq / (double)n) + 1e-9);
}

#endif
