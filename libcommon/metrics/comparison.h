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
	size_t n;			/* measures = columns of the table */
	char left_out[64];		/* learned ones without networks */
	struct netfiles nets;
	const char *a, *b, *with, *mask;
	struct pair_where where[WHERE_MAX];	/* all of them must want a pixel */
	size_t n_where;
};

/*
 * Appends a row to t for each view of a sample: a is of s, b of s2, masks of
 * s or else s2. Details start with the field. After an error t may have
 * some of the rows.
 */
MUST_CHECK enum status comparison_add(struct table *t,
    const struct comparison *c, const struct sample *s,
    const struct sample *s2);

#endif
