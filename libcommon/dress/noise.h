/*
 * Smooth noise in space, a pure function of (seed, position): what makes
 * drawn skin and cloth look less even.
 */
#ifndef DRESS_NOISE_H
#define DRESS_NOISE_H

#include <stdint.h>

/* Value noise, one cell per unit, smooth, in [-1,1]. */
float noise3(uint32_t seed, float x, float y, float z);
/* Three octaves of it, in about [-1,1]. */
float noise3_rough(uint32_t seed, float x, float y, float z);
/* A number in [0,1) for a cell. */
float noise_cell(uint32_t seed, int32_t x, int32_t y, int32_t z);

#endif
