/*
 * Labels stretched to the outline of the person: a fitted body, and
 * DensePose's too, ends where skin is thought to be, the person on the photo
 * where hair and clothes end.
 */
#ifndef FIT_STRETCH_H
#define FIT_STRETCH_H

#include "fit/place.h"

/*
 * iuv, matte: h x w pixels; the person is where matte is 128 or more. On
 * return iuv labels the person and nothing else; a pixel that is far from all
 * labels has none. *done false, and iuv as it was, where person and labels
 * are hardly at the same place. Scratch of 12 bytes a pixel, and 20 MB,
 * from the arena is given back. E_NOMEM.
 */
MUST_CHECK enum status stretch_labels(uint8_t *iuv, bool *done,
    const uint8_t *matte, size_t h, size_t w, const struct places *p,
    struct arena *a);

#endif
