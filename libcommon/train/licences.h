/*
 * The licences of what weights have been trained on, which stand in their
 * manifest.
 */
#ifndef TRAIN_LICENCES_H
#define TRAIN_LICENCES_H

#include "stream/sample.h"
#include "train/ranks.h"

/*
 * All ranks: adds the licences of each rank's samples s[0..n) to the
 * manifest, rank after rank; all ranks then have the same. E_FORMAT for one
 * that is no text; E_NOMEM.
 */
MUST_CHECK enum status licences_take(json_t *manifest, struct ranks *r,
    const struct sample *const *s, size_t n);

#endif
