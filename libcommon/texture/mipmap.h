/*
 * A picture and its halves, so that it can be sampled at any size without
 * aliasing. Colours are means weighted by alpha: what is not there does not
 * bleed into what is.
 */
#ifndef TEXTURE_MIPMAP_H
#define TEXTURE_MIPMAP_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define MIPMAP_LEVELS 12

struct mipmap {
	size_t h, w;			/* of level 0; level k has half of k - 1, up */
	int n;
	const uint8_t *level[MIPMAP_LEVELS];	/* (h,w,4) sRGB and alpha */
};

/* One texel (rgba) of the next level from four of this one. */
void mipmap_mean(uint8_t out[4], const uint8_t *const in[4]);

/* rgba (h,w,4) is level 0 and is not copied; the others, a third as much, are
   the arena's. h, w >= 1. E_NOMEM. */
MUST_CHECK enum status mipmap_make(struct mipmap *m, struct arena *a,
    const uint8_t *rgba, size_t h, size_t w);

/* The level whose texels are as large as samples that have `texels` of them
   (an area, of level 0) each. */
int mipmap_level(const struct mipmap *m, float texels);

/* Colour 0..255 at (u, v) of 0..1, v down; bilinear. */
void mipmap_at(float rgb[3], const struct mipmap *m, int level,
    const float uv[2]);

/* Whether something is there: alpha >= 128 at the nearest texel. */
bool mipmap_there(const struct mipmap *m, int level, const float uv[2]);

#endif
