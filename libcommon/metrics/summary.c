#include "metrics/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/rng.h"

#define DRAWS 2000

enum status
table_add(struct table *t, size_t group, const double *row)
{
	if (t->n == t->room) {
		size_t room = t->room > 0 ? 2 * t->room : 256;
		double *value = reallocarray(t->value, room,
		    t->cols * sizeof *value);
		size_t *g;

		if (value == NULL)
			return fail(E_NOMEM, "no memory for %zu rows", room);
		t->value = value;
		g = reallocarray(t->group, room, sizeof *g);
		if (g == NULL)
			return fail(E_NOMEM, "no memory for %zu rows", room);
		t->group = g;
		t->room = room;
	}
	memcpy(t->value + t->n * t->cols, row, t->cols * sizeof *row);
	t->group[t->n++] = group;
	return OK;
}

void
table_free(struct table *t)
{
	free(t->value);
	free(t->group);
	*t = (struct table){ .cols = t->cols };
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Quantile q of n sorted figures, linear between neighbours. */
static double
quantile(const double *x, size_t n, double q)
{
	double at = q * (double)(n - 1), below = floor(at);
	size_t i = (size_t)below;

	/* No difference is taken of equals: they may be infinite. */
	if (i + 1 >= n || x[i] == x[i + 1])
		return x[i];
	return x[i] + (at - below) * (x[i + 1] - x[i]);
}

/* Means of resampled samples, each with all of its figures. */
static void
bootstrap(double *mean, const double *sum, const size_t *count, size_t groups,
    uint64_t seed)
{
	struct rng r = rng_seed(seed, 0);

	for (size_t d = 0; d < DRAWS; d++) {
		double s = 0;
		size_t n = 0;

		for (size_t i = 0; i < groups; i++) {
			size_t k = rng_below(&r, groups);

			s += sum[k];
			n += count[k];
		}
		mean[d] = s / (double)n;
	}
	qsort(mean, DRAWS, sizeof *mean, ascending);
}

enum status
table_summary(struct summary *s, const struct table *t, size_t col,
    uint64_t seed, struct arena *scratch)
{
	size_t mark = arena_mark(scratch), n = t->n + 1, groups = 0, last = 0;
	double *v = arena_calloc(scratch, n, sizeof *v), total = 0;
	double *sum = arena_calloc(scratch, n, sizeof *sum);
	size_t *count = arena_calloc(scratch, n, sizeof *count);
	double *draw = arena_calloc(scratch, DRAWS, sizeof *draw);

	if (v == NULL || sum == NULL || count == NULL || draw == NULL)
		return E_NOMEM;
	*s = (struct summary){ 0, NAN, NAN, NAN, NAN };
	for (size_t i = 0; i < t->n; i++) {
		double y = t->value[i * t->cols + col];

		if (isnan(y))
			continue;
		if (groups == 0 || t->group[i] != last)
			groups++;
		last = t->group[i];
		sum[groups - 1] += y;
		count[groups - 1]++;
		v[s->n++] = y;
		total += y;
	}
	if (s->n > 0) {
		s->mean = total / (double)s->n;
		qsort(v, s->n, sizeof *v, ascending);
		s->median = quantile(v, s->n, 0.5);
	}
	if (groups > 1) {
		bootstrap(draw, sum, count, groups, seed);
		s->lo = quantile(draw, DRAWS, 0.025);
		s->hi = quantile(draw, DRAWS, 0.975);
	}
	arena_pop(scratch, mark);
	return OK;
}

enum status
threshold_parse(struct threshold *t, const char *text)
{
	const char *op = text + strcspn(text, "<>");
	char *end = NULL;

	*t = (struct threshold){ text, (size_t)(op - text), *op == '<', 0 };
	if (*op != '\0')
		t->value = strtod(op + 1, &end);
	if (t->name_len == 0 || *op == '\0' || end == op + 1 || *end != '\0' ||
	    isnan(t->value))
		return fail(E_FORMAT, "threshold \"%s\", want NAME<VALUE or "
		    "NAME>VALUE", text);
	return OK;
}

bool
threshold_met(const struct threshold *t, double value)
{
	return t->below ? value < t->value : value > t->value;
}
