/*
 * Which layout the texture fields of a sample are in: the member "layout" of
 * its manifest, "atlas24" or "smpl".
 */
#ifndef TEXTURE_STAMP_H
#define TEXTURE_STAMP_H

#include "stream/sample.h"
#include "texture/layout.h"

/*
 * The layout of a sample. *l: NULL, or what the user named or an earlier
 * call opened and is kept: a stream has one layout. E_VALUE when the sample
 * is in another one; E_SHAPE when *l is NULL and the sample names none, or
 * one that needs a table.
 */
MUST_CHECK enum status stamp_open(struct layout **l, const struct sample *s);

/*
 * Field `name` of a sample as a texture, (T,T,3) of this type with T at least
 * 2: E_SHAPE says what it is instead.
 */
MUST_CHECK enum status stamp_texture(const struct tensor **t,
    const struct sample *s, const char *name, enum dtype d);

/*
 * Makes a texture of the sample, f4 (T,T,3), ready to be sampled: what lies
 * outside the charts of l becomes n rings grown from their rims, see
 * texmap_gutter. E_NOMEM.
 */
MUST_CHECK enum status stamp_gutter(struct tensor *texture,
    const struct sample *s, const struct layout *l, int n);

/* Writes the layout's name into the sample's manifest. */
MUST_CHECK enum status stamp_put(struct sample *s, const struct layout *l);

#endif
