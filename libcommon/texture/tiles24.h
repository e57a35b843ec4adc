/*
 * The layout `densepose24`: DensePose's texture atlas, 24 square tiles in 4
 * columns and 6 rows, a chart each. Its pictures are 4 N wide and 6 N high, N =
 * 200; our maps are square, of side T = 6 N, and what lies right of the tiles
 * is empty.
 *
 * Part p is in column (p - 1) / 6 and row (p - 1) % 6; u runs right and v up:
 * x = N column + u (N - 1), y = N row + (1 - v) (N - 1), in texels. Tiles
 * touch, so a map that is made smaller by another program mixes them.
 */
#ifndef TEXTURE_TILES24_H
#define TEXTURE_TILES24_H

#include <stdbool.h>
#include <stddef.h>

/* Where (part, u, v) lies on a map of side T; false where T is below 12. */
bool tiles24_place(size_t T, int part, float u, float v, float xy[2]);

/* The surface point at texel (x, y); false between the tiles and beyond. */
bool tiles24_find(size_t T, float x, float y, int *part, float *u, float *v);

#endif
