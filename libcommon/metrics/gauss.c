#include "metrics/gauss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/decompose.h"
#include "math/gemm.h"
#include "math/team.h"

#define BLOCK 256	/* rows that are added up at once */
#define STRIP 128	/* rows of the sum that are one task */

/*
 * Sums are of x - origin, the first row: features are far from zero, and
 * what is small beside them is what counts.
 */
struct gauss {
	size_t d, n;		/* n: rows in the sums */
	double *origin, *sum, *outer;	/* (d), (d), (d,d) */
	double *row;		/* waiting, (waiting,d) less origin */
	size_t waiting, kept, room;
	bool any;		/* there is an origin */
};

enum status
gauss_new(struct gauss **out, size_t d)
{
	struct gauss *g = calloc(1, sizeof *g);

	if (g == NULL)
		return fail(E_NOMEM, "no memory for a set of features");
	g->d = d;
	g->origin = calloc(d, sizeof *g->origin);
	g->sum = calloc(d, sizeof *g->sum);
	g->outer = calloc(d, d * sizeof *g->outer);
	if (g->origin == NULL || g->sum == NULL || g->outer == NULL) {
		gauss_free(g);
		return fail(E_NOMEM, "no memory for a set of features");
	}
	*out = g;
	return OK;
}

void
gauss_free(struct gauss *g)
{
	if (g == NULL)
		return;
	free(g->origin);
	free(g->sum);
	free(g->outer);
	free(g->row);
	free(g);
}

enum status
gauss_add(struct gauss *g, const float *x)
{
	if (g->waiting == g->room) {
		size_t room = g->room > 0 ? 2 * g->room : BLOCK;
		double *row = reallocarray(g->row, room, g->d * sizeof *row);

		if (row == NULL)
			return fail(E_NOMEM, "no memory for %zu pictures",
			    room);
		g->row = row;
		g->room = room;
	}
	for (size_t i = 0; i < g->d; i++)
		if (!isfinite(x[i]))
			return fail(E_VALUE, "feature %zu is not a number", i);
	if (!g->any)
		for (size_t i = 0; i < g->d; i++)
			g->origin[i] = x[i];
	g->any = true;
	for (size_t i = 0; i < g->d; i++)
		g->row[g->waiting * g->d + i] = x[i] - g->origin[i];
	g->waiting++;
	return OK;
}

/* outer += row^T row, some rows of it. */
static void
outer_task(void *arg, size_t task, size_t thread)
{
	struct gauss *g = arg;
	size_t first = task * STRIP;
	size_t m = g->d - first < STRIP ? g->d - first : STRIP;

	(void)thread;
	gemm_double(m, g->d, g->kept, g->row + first, 1, g->d, g->row, g->d, 1,
	    1, g->outer + first * g->d, g->d);
}

static void
flush(struct gauss *g)
{
	for (size_t r = 0; r < g->kept; r++)
		for (size_t i = 0; i < g->d; i++)
			g->sum[i] += g->row[r * g->d + i];
	team_run((g->d + STRIP - 1) / STRIP, outer_task, g);
	g->n += g->kept;
	g->waiting = g->kept = 0;
}

void
gauss_settle(struct gauss *g, bool keep)
{
	if (!keep)
		g->waiting = g->kept;
	g->kept = g->waiting;
	if (g->kept >= BLOCK)
		flush(g);
}

size_t
gauss_count(const struct gauss *g)
{
	return g->n + g->kept;
}

/* What waits is added to copies: g may be added to later. */
enum status
gauss_moments(double *mean, double *cov, const struct gauss *g)
{
	size_t d = g->d;
	double n = (double)gauss_count(g);

	if (n < 2)
		return fail(E_VALUE, "%g pictures, want at least 2", n);
	memcpy(mean, g->sum, d * sizeof *mean);
	memcpy(cov, g->outer, d * d * sizeof *cov);
	for (size_t r = 0; r < g->kept; r++)
		for (size_t i = 0; i < d; i++)
			mean[i] += g->row[r * d + i];
	if (g->kept > 0)
		gemm_double(d, d, g->kept, g->row, 1, d, g->row, d, 1, 1, cov,
		    d);
	for (size_t i = 0; i < d; i++)
		for (size_t j = 0; j < d; j++)
			cov[i * d + j] = (cov[i * d + j] - mean[i] * mean[j] /
			    n) / (n - 1);
	for (size_t i = 0; i < d; i++)
		mean[i] = g->origin[i] + mean[i] / n;
	return OK;
}

/* ---- in a stream ------------------------------------------------------ */

/* x as two f4 whose sum it is, in t (2,...). */
static void
split(struct tensor *t, const double *x)
{
	size_t n = tensor_len(t) / 2;
	float *high = t->data, *low = high + n;

	for (size_t i = 0; i < n; i++) {
		high[i] = (float)x[i];
		low[i] = (float)(x[i] - high[i]);
	}
}

static enum status
unite(double *x, const struct tensor *t, const char *name)
{
	size_t n = tensor_len(t) / 2;
	const float *high = t->data, *low = high + n;

	for (size_t i = 0; i < n; i++) {
		x[i] = (double)high[i] + low[i];
		if (!isfinite(x[i]))
			return fail(E_VALUE, "field %s: value %zu is not a "
			    "number", name, i);
	}
	return OK;
}

enum status
gauss_put(struct sample *s, const struct gauss *g)
{
	struct tensor mean, cov, count;
	size_t mark, d = g->d;

	TRY(sample_make(&mean, s, "mean", DT_F4, TENSOR_DIMS(2, d)));
	TRY(sample_make(&cov, s, "covariance", DT_F4, TENSOR_DIMS(2, d, d)));
	TRY(sample_make(&count, s, "count", DT_I8, TENSOR_DIMS(1)));
	mark = arena_mark(s->arena);
	double *m = arena_calloc(s->arena, d, sizeof *m);
	double *c = arena_calloc(s->arena, d * d, sizeof *c);

	if (m == NULL || c == NULL)
		return E_NOMEM;
	TRY(gauss_moments(m, c, g));
	split(&mean, m);
	split(&cov, c);
	*(int64_t *)count.data = (int64_t)gauss_count(g);
	arena_pop(s->arena, mark);
	return OK;
}

enum status
gauss_get(struct gauss **out, size_t d, const struct sample *s)
{
	const struct tensor *mean, *cov, *count;
	struct gauss *g;
	enum status st;

	TRY(sample_want(&mean, s, "mean", DT_F4, TENSOR_DIMS(2, d)));
	TRY(sample_want(&cov, s, "covariance", DT_F4, TENSOR_DIMS(2, d, d)));
	TRY(sample_want(&count, s, "count", DT_I8, TENSOR_DIMS(1)));
	int64_t n = *(const int64_t *)count->data;

	if (n < 2)
		return fail(E_VALUE, "field count: %lld pictures, want at "
		    "least 2", (long long)n);
	TRY(gauss_new(&g, d));
	st = unite(g->origin, mean, "mean");
	if (st == OK)
		st = unite(g->outer, cov, "covariance");
	if (st != OK) {
		gauss_free(g);
		return st;
	}
	/* From the mean as origin the sum is 0. */
	g->n = (size_t)n;
	g->any = true;
	for (size_t i = 0; i < d * d; i++)
		g->outer[i] *= (double)(n - 1);
	*out = g;
	return OK;
}

/* ---- distance --------------------------------------------------------- */

struct side {
	double *mean, *f;	/* F, (d, rank) */
	double trace;
	size_t rank;
};

static enum status
side(struct side *s, const struct gauss *g, struct arena *a)
{
	size_t d = g->d;
	double *cov;

	s->mean = arena_calloc(a, d, sizeof *s->mean);
	cov = arena_calloc(a, d * d, sizeof *cov);
	if (s->mean == NULL || cov == NULL)
		return E_NOMEM;
	TRY(gauss_moments(s->mean, cov, g));
	s->trace = 0;
	for (size_t i = 0; i < d; i++)
		s->trace += cov[i * d + i];
	return decompose_factor(&s->f, &s->rank, cov, d, a);
}

static enum status
distance(double *d2, const struct gauss *a, const struct gauss *b,
    struct arena *scratch)
{
	struct side x, y;
	double sum = 0, root;

	TRY(side(&x, a, scratch));
	TRY(side(&y, b, scratch));
	double *m = arena_calloc(scratch, x.rank * y.rank + 1, sizeof *m);

	if (m == NULL)
		return E_NOMEM;
	if (x.rank > 0 && y.rank > 0)
		gemm_double(x.rank, y.rank, a->d, x.f, 1, x.rank, y.f, y.rank,
		    1, 0, m, y.rank);
	TRY(decompose_trace_norm(&root, m, x.rank, y.rank, scratch));
	for (size_t i = 0; i < a->d; i++)
		sum += (x.mean[i] - y.mean[i]) * (x.mean[i] - y.mean[i]);
	*d2 = sum + x.trace + y.trace - 2 * root;
	return OK;
}

enum status
gauss_distance(double *d2, const struct gauss *a, const struct gauss *b)
{
	size_t dd = a->d * a->d * sizeof (double);
	struct arena *scratch;
	enum status st;

	TRY(arena_new(&scratch, 8 * dd + ((size_t)64 << 20)));
	st = distance(d2, a, b, scratch);
	arena_free(scratch);
	return st;
}
