/*
 * Inside formats/dataset: the files of a tar (also compressed) or zip, one
 * after another, through libarchive, with names and sizes that can be
 * trusted.
 */
#ifndef DATASET_PACKED_H
#define DATASET_PACKED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct packed;

/* Whether the file begins as an archive does. */
bool packed_is(const char *path);

MUST_CHECK enum status packed_open(struct packed **p, const char *path);
void packed_close(struct packed *p);	/* NULL is allowed */

/*
 * The next regular file; name is valid until the next call. END after the
 * last. E_FORMAT for a damaged archive, an absolute name or one with "..",
 * E_LIMIT above the limits of dataset.h.
 */
MUST_CHECK enum status packed_next(struct packed *p, const char **name);

/* Its bytes, with one more 0 behind; freed with free(). */
MUST_CHECK enum status packed_data(struct packed *p, void **data, size_t *n);

#endif
