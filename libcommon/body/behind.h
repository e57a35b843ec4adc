/*
 * What lies behind a place of the body: the other side of the same limb, at
 * the same height, as one looks through the body at rest from the front.
 */
#ifndef BODY_BEHIND_H
#define BODY_BEHIND_H

#include "mesh/body.h"
#include "texture/layout.h"

/*
 * Of the head it is what is like a place: hair, at the crown, for the back of
 * the head, and nothing for the face.
 *
 * behind[T*T]: the index of the texel that lies behind each texel of a chart,
 * or before it where that is the back; -1: none. Scratch from the arena is
 * given back. E_SHAPE for a body without charts, E_NOMEM.
 */
MUST_CHECK enum status behind_make(int32_t *behind, const struct body *b,
    const struct layout *l, size_t T, struct arena *a);

#endif
