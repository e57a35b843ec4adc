/*
 * The text of a table of photos to items of a data set: what
 * dataset_add_table says, apart from files so that it can be fuzzed.
 */
#ifndef DATASET_PHOTOTABLE_H
#define DATASET_PHOTOTABLE_H

#include "dataset/dataset.h"

/*
 * text[n) may be changed, and is kept by the caller as long as the items,
 * which point into it; the array itself lies in the arena. *passed: the names of
 * the columns that are not known, with commas between, or "".
 */
MUST_CHECK enum status phototable_parse(struct dataset_item **item,
    size_t *items, const char **passed, struct arena *a, char *text, size_t n);

#endif
