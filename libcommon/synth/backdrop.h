/*
 * What stands behind a person: made up, or a square cut from a photo.
 */
#ifndef SYNTH_BACKDROP_H
#define SYNTH_BACKDROP_H

#include "math/rng.h"
#include "tensor/tensor.h"

enum backdrop { BACK_PLAIN, BACK_GRADIENT, BACK_NOISE, BACK_ROOM, BACK_PHOTO,
	BACK_PANORAMA, BACKDROPS };
#define BACKDROP_NAMES "plain|gradient|noise|room|photo|panorama"

/* Comma-separated names to a set of bits, 1 << kind. E_VALUE. */
MUST_CHECK enum status backdrop_kinds(unsigned *set, const char *list);

/*
 * Paints rgb (size,size,3) in a kind of the set. photo: n_photo pictures
 * u1 (h,w,3), for BACK_PHOTO; without any, that kind is left out,
 * and BACK_PANORAMA always: see panorama.h.
 */
void backdrop_draw(uint8_t *rgb, size_t size, unsigned set,
    const struct tensor *photo, size_t n_photo, struct rng *d);

#endif
