/* Inside formats/image: one decoder per kind. */
#ifndef IMAGE_CODEC_H
#define IMAGE_CODEC_H

#include "image/image.h"

/*
 * As image_decode, but t keeps the file's orientation, which goes to
 * note->orientation. With alpha the result has 4 channels, straight, and
 * note->alpha is set.
 */
MUST_CHECK enum status image_decode_jpeg(struct tensor *t,
    struct image_note *note, struct arena *a, const void *buf, size_t n);
MUST_CHECK enum status image_decode_png(struct tensor *t,
    struct image_note *note, struct arena *a, const void *buf, size_t n);
MUST_CHECK enum status image_decode_tiff(struct tensor *t,
    struct image_note *note, struct arena *a, const void *buf, size_t n);

/* E_LIMIT unless 1 <= w, h and both below the limits of image.h. */
MUST_CHECK enum status image_check_size(size_t w, size_t h);

/* u1 (h,w,c) in the arena after image_check_size. */
MUST_CHECK enum status image_alloc(struct tensor *t, struct arena *a,
    size_t w, size_t h, size_t c);

/*
 * Orientation 1..8 in a block of EXIF data (which is a little TIFF file
 * that holds tags only); 1 where there is none or it is damaged.
 */
int image_exif_orientation(const uint8_t *p, size_t n);

#endif
