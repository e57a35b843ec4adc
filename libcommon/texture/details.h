/*
 * Low frequencies of one texture (`coarse`) and high frequencies of another
 * (`fine`) of the same person: a Laplacian pyramid of two levels.
 */
#ifndef TEXTURE_DETAILS_H
#define TEXTURE_DETAILS_H

#include "texture/convert.h"

struct details_how {
	double keep;	/* 0..1: how much of what the photo shows stays as it is */
	bool level;	/* no steps at seams and where the photo ends, see level.h */
};

/*
 * out = fine + up((1 - keep down(seen == 1)) (coarse - down(fine)))
 *
 * out, fine [f.T][f.T][3], coarse [c.T][c.T][3]; up and down are
 * convert_texture from one side to the other, which may differ in size and in
 * layout; with level, down(seen == 1) is level_shown of that, and level_seams is
 * added before up. seen [f.T][f.T], codes of `fine`, may be NULL where keep is 0. out may
 * be fine. Scratch from the arena is given back.
 */
MUST_CHECK enum status details_texture(float *out, const float *fine,
    const uint8_t *seen, struct convert_side f, const float *coarse,
    struct convert_side c, struct details_how how, struct arena *a);

/*
 * Where texels come from [f.T][f.T]: what a photo shows (code 1) stays, all
 * else is as in the coarse texture. fine, or NULL: nothing is known of it.
 */
MUST_CHECK enum status details_seen(uint8_t *out, const uint8_t *fine,
    struct convert_side f, const uint8_t *coarse, struct convert_side c,
    struct arena *a);

#endif
