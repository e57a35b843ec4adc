/*
 * Which layout the texture fields of a sample are in: the member "layout" of
 * its manifest, "atlas24" or "smpl".
 */
#ifndef TEXTURE_STAMP_H
#define TEXTURE_STAMP_H

#include "stream/sample.h"
#include "texture/layout.h"

/*
 * The layout of a sample. option: what the user gave, a name or a table's
 * path, or NULL. *l: NULL, or what an earlier call gave and is kept: a
 * stream has one layout. E_VALUE when the sample is in another layout;
 * E_SHAPE when neither option nor sample names one, or the sample names one
 * that needs a table.
 */
MUST_CHECK enum status stamp_open(struct layout **l, const struct sample *s,
    const char *option);

/* Writes the layout's name into the sample's manifest. */
MUST_CHECK enum status stamp_put(struct sample *s, const struct layout *l);

#endif
