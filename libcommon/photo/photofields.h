/*
 * Whole photos and what is cut out of them as fields of a sample, fields(7).
 * A view has either ROLE.photo and labels in its pixels, or ROLE.image and
 * labels in those. A photo is one view: the axis of a target's views is 1.
 */
#ifndef PHOTO_PHOTOFIELDS_H
#define PHOTO_PHOTOFIELDS_H

#include "photo/portrait.h"
#include "stream/role.h"

/* ROLE.photo, poses, boxes, iuv, inds, matte, and the start of `crop`. */
MUST_CHECK enum status labelled_put(struct sample *s, enum role r,
    const struct labelled *l);

/*
 * The same back, with ROLE.pose before ROLE.poses where somebody has chosen
 * already. The tensors stay those of the sample. E_SHAPE, E_VALUE with the
 * field; also when the view has fields that were computed from the photo and
 * would not fit what is cut out of it.
 */
MUST_CHECK enum status labelled_take(struct labelled *l, const struct sample *s,
    enum role r);

/*
 * ROLE.image, pose, iuv, matte and `crop` from p, cut out of l with this
 * size, in place of what labelled_put puts.
 */
MUST_CHECK enum status portrait_put(struct sample *s, enum role r,
    const struct labelled *l, const struct portrait *p, size_t size);

#endif
