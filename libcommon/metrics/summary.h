/*
 * What a column of figures comes to: mean with its confidence, median.
 */
#ifndef METRICS_SUMMARY_H
#define METRICS_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Rows of figures, one for each picture; grows as it needs to. */
struct table {
	size_t cols, n, room;
	double *value;		/* [n][cols] */
	size_t *group;		/* [n], the sample that a row is of */
};

/* Appends a row of t->cols figures. Groups must not fall. */
MUST_CHECK enum status table_add(struct table *t, size_t group,
    const double *row);
void table_free(struct table *t);

struct summary {
	size_t n;		/* figures that are not NaN */
	double mean, median;
	double lo, hi;		/* 95 % confidence interval of the mean */
};

/*
 * Of one column; NaN is left out. Views of one sample are not independent,
 * so the bootstrap (2000 draws, percentiles) draws whole groups. All NaN
 * when there is no figure, lo and hi NaN when there is but one group.
 */
MUST_CHECK enum status table_summary(struct summary *s, const struct table *t,
    size_t col, uint64_t seed, struct arena *scratch);

/*
 * A threshold "NAME<VALUE" or "NAME>VALUE": *name_len bytes of text are the
 * name. E_FORMAT for anything else.
 */
struct threshold {
	const char *name;
	size_t name_len;
	bool below;
	double value;
};
MUST_CHECK enum status threshold_parse(struct threshold *t, const char *text);

/* NaN meets no threshold. */
bool threshold_met(const struct threshold *t, double value);

#endif
