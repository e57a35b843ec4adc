/*
 * Frames of a video, one behind the other, as `ffmpeg -f image2pipe -c:v ppm -`
 * writes them: PPM (P6) of 8 bits.
 */
#ifndef IMAGE_PPMPIPE_H
#define IMAGE_PPMPIPE_H

#include <stdio.h>

#include "tensor/tensor.h"

/*
 * The next one as u1 (H,W,3) in the arena; END behind the last. E_FORMAT for
 * what is no such picture, E_TRUNC where it stops early, E_LIMIT as
 * image_decode, E_IO, E_NOMEM.
 */
MUST_CHECK enum status ppm_next(struct tensor *t, struct arena *a, FILE *in);

#endif
