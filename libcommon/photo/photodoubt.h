/* Pictures that are taken for photos and are none. */
#ifndef PHOTO_PHOTODOUBT_H
#define PHOTO_PHOTODOUBT_H

#include "tensor/tensor.h"

/*
 * What a picture, u1 (H,W,3), seems to be in place of a photo, "an IUV" and so on, or
 * NULL: an IUV, a map of labels, which has few colours, or a matte. Small
 * pictures, below 64 x 64, are not judged, nor those of one colour.
 */
const char *photo_doubt(const struct tensor *picture);

#endif
