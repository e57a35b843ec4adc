/*
 * What the painters of a person share: colours, soft steps, and the layers
 * in the order in which they are put on. Internal to outfit_draw.
 */
#ifndef BODY_PAINT_H
#define BODY_PAINT_H

#include "body/outfit.h"

/* 0 below a, 1 above b, smooth between; b may be below a. */
float paint_step(float a, float b, float x);
/* A line of half-width w along y = c, soft at its edges: 1 on it, else 0. */
float paint_line(float y, float c, float w);
float paint_mix(float a, float b, float t);
/* rgb = rgb + t (c - rgb) */
void paint_over(float rgb[3], const float c[3], float t);
void paint_scale(float rgb[3], float s);

/* Skin and face, for every spot: sets rgb. */
void paint_person(float rgb[3], const struct outfit *o,
    const struct figure *f, const struct spot *s);

/* Clothes over it, where there are any; and hair over all. */
void paint_clothes(float rgb[3], const struct outfit *o,
    const struct figure *f, const struct spot *s);
void paint_hair(float rgb[3], const struct outfit *o,
    const struct figure *f, const struct spot *s);

#endif
