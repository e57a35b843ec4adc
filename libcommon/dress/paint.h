/*
 * What person.c and clothes.c share: colours, smooth steps, and the layers
 * of clothes from the skin outwards. Internal to outfit_draw.
 */
#ifndef DRESS_PAINT_H
#define DRESS_PAINT_H

#include <math.h>

#include "dress/outfit.h"
#include "math/lerp.h"

/* 0 below a, 1 above b, smooth between; b may be below a. */
static inline float
paint_step(float a, float b, float x)
{
	return smoothstep(clamp01((x - a) / (b - a)));
}

/* A line of half-width w along y = c, soft at its edges: 1 on it, else 0. */
static inline float
paint_line(float y, float c, float w)
{
	return 1 - paint_step(0.6f * w, 1.4f * w, fabsf(y - c));
}

/* As fminf, fmaxf and hypotf for plain numbers, without a call. */
static inline float
paint_min(float a, float b)
{
	return a < b ? a : b;
}

static inline float
paint_max(float a, float b)
{
	return a > b ? a : b;
}

static inline float
paint_length(float x, float y)
{
	return sqrtf(x * x + y * y);
}

/* rgb = rgb + t (c - rgb) */
static inline void
paint_over(float rgb[3], const float c[3], float t)
{
	for (int i = 0; i < 3; i++)
		rgb[i] += t * (c[i] - rgb[i]);
}

static inline void
paint_scale(float rgb[3], float s)
{
	for (int i = 0; i < 3; i++)
		rgb[i] *= s;
}

/* Skin and face, for every spot: sets rgb. */
void paint_person(float rgb[3], const struct outfit *o,
    const struct figure *f, const struct spot *s);

/*
 * Which clothes lie on a spot: signed distances to the edges of garments,
 * metres, > 0 inside, and the highest layer that hides all below it (socks
 * and shoes go with the skin).
 */
enum layer { LAYER_SKIN, LAYER_LOWER, LAYER_UPPER, LAYER_JACKET };

struct cover {
	float top, neck, bottom, jacket;
	enum layer from;
};

void paint_cover(struct cover *k, const struct outfit *o,
    const struct figure *f, const struct spot *s);

/* Clothes, of layers k->from and above; and hair over all. */
void paint_clothes(float rgb[3], const struct outfit *o,
    const struct figure *f, const struct spot *s, const struct cover *k);
/* How much of a spot hair covers, 0 to 1, without its ragged edge. */
float paint_hair_cover(const struct outfit *o, const struct spot *s);
void paint_hair(float rgb[3], const struct outfit *o,
    const struct figure *f, const struct spot *s);

#endif
