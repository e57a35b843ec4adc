/*
 * The words and tables that metrics(1) gives out: tab-separated text whose
 * lines of explanation begin with '#', or one JSON object with the same in
 * it. Written to a FILE of the caller, who checks it.
 */
#ifndef METRICS_REPORT_H
#define METRICS_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "metrics/comparison.h"

void report_head(FILE *f, const struct comparison *c);

/* The rows of t from `first` on: the views of the sample `key`. */
void report_rows(FILE *f, const struct comparison *c, const struct table *t,
    size_t first, const char *key);

/* sum: one for each column; set: one for each measure of sets. */
void report_summary(FILE *f, const struct comparison *c,
    const struct summary *sum, const struct set_figure *set);

/* As report_rows, appended to the array `rows`; NaN and infinity are null. */
void report_json_rows(json_t *rows, const struct comparison *c,
    const struct table *t, size_t first, const char *key);

/* The whole object. */
void report_json(FILE *f, const struct comparison *c, json_t *rows,
    const struct summary *sum, const struct set_figure *set);

#endif
