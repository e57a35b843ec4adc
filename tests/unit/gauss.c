/*
 * Factors and trace norms of matrices with a known answer; sets of features:
 * moments by their definition for any number of rows and threads, rows that
 * are taken back, streams there and back, closed forms of the distance.
 * (tests/parity/published.c compares with scipy.)
 */
#include "metrics/gauss.h"

#include <string.h>

#include "math/decompose.h"
#include "math/team.h"

#include "../numbers.h"
#include "../tap.h"

enum { D = 150 };	/* more than one strip of the sum */

static struct arena *arena;

static double *
doubles(size_t n)
{
	return kept(calloc(n + 1, sizeof(double)));
}

/* S = A A^T with A (n, r) has rank r, and F F^T is S again. */
static void
test_factor(size_t n, size_t r)
{
	struct rng rng = rng_seed(3, 0);
	float *a = randoms(&rng, n * r, 1);
	double *s = doubles(n * n), *keep = doubles(n * n), *f, worst = 0;
	size_t rank;

	for (size_t i = 0; i < n * n; i++) {
		for (size_t k = 0; k < r; k++)
			s[i] += (double)a[i / n * r + k] * a[i % n * r + k];
		keep[i] = s[i];
	}
	if (decompose_factor(&f, &rank, s, n, arena) != OK)
		rank = 99;
	ok(rank == (r < n ? r : n), "rank of %zux%zu with %zu: %zu", n, n, r,
	    rank);
	for (size_t i = 0; rank != 99 && i < n * n; i++) {
		double sum = 0;

		for (size_t k = 0; k < rank; k++)
			sum += f[i / n * rank + k] * f[i % n * rank + k];
		worst = fmax(worst, fabs(sum - keep[i]));
	}
	ok(worst < 1e-11, "F F^T is S but for %.1e", worst);
}

static void
test_trace_norm(void)
{
	/* diag(3,4) turned, with a column of zeros: 7 */
	double m[6] = { 3 * .6, -4 * .8, 0, 3 * .8, 4 * .6, 0 }, sum;
	double t[6] = { m[0], m[3], m[1], m[4], 0, 0 }, bad[1] = { NAN };
	enum status st = decompose_trace_norm(&sum, m, 2, 3, arena);

	ok(st == OK && fabs(sum - 7) < 1e-14, "wide: %.15f", sum);
	st = decompose_trace_norm(&sum, t, 3, 2, arena);
	ok(st == OK && fabs(sum - 7) < 1e-14, "high: %.15f", sum);
	st = decompose_trace_norm(&sum, t, 0, 2, arena);
	ok(st == OK && sum == 0, "nothing: %g", sum);
	st = decompose_trace_norm(&sum, bad, 1, 1, arena);
	ok(st == E_VALUE, "not a number: %s", status_detail());
}

static struct gauss *
set(const float *x, size_t n, size_t each)
{
	struct gauss *g;

	if (gauss_new(&g, D) != OK)
		exit(2);
	for (size_t i = 0; i < n; i++) {
		if (gauss_add(g, x + i * D) != OK)
			exit(2);
		if (i % each == each - 1)
			gauss_settle(g, true);
	}
	gauss_settle(g, true);
	return g;
}

/* n rows, settled in groups, against the definition. */
static void
test_moments(const float *x, size_t n, size_t each)
{
	double *mean = doubles(D), *cov = doubles(D * D), worst = 0;
	double *other = doubles(D * D);
	struct gauss *g = set(x, n, each), *h;

	team_begin(3);
	h = set(x, n, each);
	team_begin(1);
	if (gauss_moments(mean, cov, g) != OK || gauss_moments(mean, other,
	    h) != OK)
		exit(2);
	ok(memcmp(cov, other, D * D * sizeof *cov) == 0,
	    "%zu rows by %zu: the same for three threads", n, each);
	for (size_t i = 0; i < D; i += 7)
		for (size_t j = 0; j < D; j += 3) {
			double mi = 0, mj = 0, c = 0;

			for (size_t r = 0; r < n; r++) {
				mi += x[r * D + i] / (double)n;
				mj += x[r * D + j] / (double)n;
			}
			for (size_t r = 0; r < n; r++)
				c += (x[r * D + i] - mi) * (x[r * D + j] - mj);
			c /= (double)n - 1;
			worst = fmax(worst, fabs(c - cov[i * D + j]));
			worst = fmax(worst, fabs(mi - mean[i]));
		}
	ok(gauss_count(g) == n && worst < 1e-12, "off by %.1e", worst);
	gauss_free(g);
	gauss_free(h);
}

static void
test_taken_back(const float *x)
{
	struct gauss *g = set(x, 20, 5), *h = set(x, 20, 20);
	float bad[D] = { 0 };
	double d = NAN;
	enum status st;

	bad[4] = NAN;
	st = gauss_add(g, x + 30 * D);
	if (st == OK)
		st = gauss_add(g, bad);
	ok(st == E_VALUE && strstr(status_detail(), "feature 4"), "%s",
	    status_detail());
	gauss_settle(g, false);
	if (gauss_distance(&d, g, h) != OK)
		exit(2);
	ok(gauss_count(g) == 20 && fabs(d) < 1e-10,
	    "rows that were taken back leave nothing: %.1e", d);
	gauss_free(g);
	gauss_free(h);
	g = set(x, 1, 1);
	ok(gauss_distance(&d, g, g) == E_VALUE, "one row: %s",
	    status_detail());
	gauss_free(g);
}

/* b = a scaled by s and moved by m: d^2 = |m|^2 + (1 - s)^2 tr S. */
static void
test_distance(float *x)
{
	float *y = zeros(400 * D);
	double *mean = doubles(D), *cov = doubles(D * D), want = 0, d;
	struct gauss *a, *b;
	size_t rows[] = { 400, 60 };

	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < rows[k] * D; i++)
			y[i] = x[i] / 2 + 3;
		a = set(x, rows[k], 16);
		b = set(y, rows[k], 16);
		if (gauss_moments(mean, cov, a) != OK ||
		    gauss_distance(&d, a, b) != OK)
			exit(2);
		want = 0;
		for (size_t i = 0; i < D; i++) {
			double m = 3 - mean[i] / 2;

			want += m * m + .25 * cov[i * D + i];
		}
		ok(fabs(d - want) < 1e-6 * want, "%zu rows of %d features: "
		    "%.6f, want %.6f", rows[k], D, d, want);
		gauss_free(a);
		gauss_free(b);
	}
}

static void
test_stream(const float *x)
{
	struct gauss *a = set(x, 300, 300), *b = NULL, *c = set(x, 310, 10);
	struct sample s;
	double d = NAN, e = NAN;

	if (sample_init(&s, arena, "real") != OK || gauss_put(&s, a) != OK ||
	    gauss_get(&b, D, &s) != OK || gauss_distance(&d, a, c) != OK ||
	    gauss_distance(&e, b, c) != OK)
		exit(2);
	ok(gauss_count(b) == 300 && fabs(d - e) < 1e-10 * d,
	    "by way of a stream: %.12f, %.12f", d, e);
	/* and goes on: ten rows more are all of c's */
	for (size_t i = 300; i < 310; i++)
		if (gauss_add(b, x + i * D) != OK)
			exit(2);
	gauss_settle(b, true);
	if (gauss_distance(&e, b, c) != OK)
		exit(2);
	ok(fabs(e) < 1e-10 * d, "more rows can follow: %.1e", e);
	gauss_free(b);
	((float *)sample_find(&s, "covariance")->t.data)[5] = INFINITY;
	ok(gauss_get(&b, D, &s) == E_VALUE, "%s", status_detail());
	*(int64_t *)sample_find(&s, "count")->t.data = 1;
	ok(gauss_get(&b, D, &s) == E_VALUE, "%s", status_detail());
	ok(gauss_get(&b, D + 1, &s) == E_SHAPE, "%s", status_detail());
	sample_clear(&s);
	gauss_free(a);
	gauss_free(c);
}

int
main(void)
{
	struct rng r = rng_seed(8, 0);
	float *x = randoms(&r, 600 * D, 1);

	if (arena_new(&arena, (size_t)64 << 20) != OK)
		return 2;
	/* Neighbours go together, and all are far from zero. */
	for (size_t i = 600 * D - 1; i > 0; i--)
		x[i] += .5f * x[i - 1];
	for (size_t i = 0; i < 600 * D; i++)
		x[i] += 10;
	team_begin(1);
	test_factor(40, 60);
	test_factor(40, 7);
	test_trace_norm();
	test_moments(x, 600, 1);
	test_moments(x, 600, 300);
	test_moments(x, 256, 256);
	test_moments(x, 9, 2);
	test_taken_back(x);
	test_distance(x);
	test_stream(x);
	arena_free(arena);
	return done();
}
