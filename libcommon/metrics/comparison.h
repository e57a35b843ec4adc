/*
 * What metrics(1) compares and how, and the rows of figures that samples
 * give.
 */
#ifndef METRICS_COMPARISON_H
#define METRICS_COMPARISON_H

#include "metrics/measure.h"
#include "metrics/summary.h"
#include "stream/sample.h"

#define WHERE_MAX 8

/* Texts are NULL where an option was not given. */
struct comparison {
	const struct protocol *proto;
	struct pair_prep prep;
	struct measure measure[MEASURE_MAX];
	size_t n;			/* of pictures: columns of the table */
	size_t sets;			/* of sets, behind them */
	char left_out[64];		/* learned ones without networks */
	struct netfiles nets;
	const char *a, *b, *with, *mask;
	const char *real, *save;	/* statistics of a: read, written */
	struct pair_where where[WHERE_MAX];	/* all of them must want a pixel */
	size_t n_where;
};

/*
 * Appends a row to t for each view of a sample, if there are columns, and
 * adds it to the sets: a is of s, b of s2, masks of s or else s2. Details
 * start with the field. It counts when comparison_settle is told to keep it;
 * otherwise t goes back to `rows` rows. With statistics to be written
 * only a is read; with those that were read and no columns, only b.
 */
MUST_CHECK enum status comparison_add(struct table *t,
    const struct comparison *c, const struct sample *s,
    const struct sample *s2);
void comparison_settle(struct table *t, const struct comparison *c,
    size_t rows, bool keep);

/* A measure of sets: NaN with fewer than two pictures on a side. */
struct set_figure {
	double value;
	size_t real, generated;
};
MUST_CHECK enum status comparison_set(struct set_figure *f,
    const struct measure *m);

#endif
