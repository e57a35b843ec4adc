/*
 * Labels of arms and hands before the rest of the body, moved to the edges
 * that the photo shows there: a fitted arm is some centimetres off, and what
 * is then taken for the arm is cloth of the trunk, or the other way round.
 */
#ifndef FIT_LIMBEDGE_H
#define FIT_LIMBEDGE_H

#include "fit/place.h"

/*
 * iuv, photo (sRGB): h x w pixels. Borders between an arm and what it hides,
 * or is hidden by, move by up to 4 cm on the body to where the photo has an
 * edge; labels beside them follow smoothly, and pixels without a label keep
 * none. Scratch as stretch_labels. E_NOMEM.
 */
MUST_CHECK enum status limbedge_move(uint8_t *iuv, const uint8_t *photo,
    size_t h, size_t w, const struct places *p, struct arena *a);

#endif
