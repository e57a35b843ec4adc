/*
 * Reading a map at positions between its grid points, and growing it over
 * its rim so that such reading finds no gap. Pixel and texel centres are on
 * integers; a position is (x, y).
 */
#ifndef TEXTURE_TEXMAP_H
#define TEXTURE_TEXMAP_H

#include "texture/layout.h"

#define TEXMAP_GUTTER 4	/* rings around a chart that sampling may touch */

/*
 * out[k] = map [h][w][k] at (x, y), bilinear. The fraction is taken before
 * the four corners are clamped to the map: outside, the map has the value of
 * its nearest border, as in layers/warp.h. x and y are finite.
 */
void texmap_at(float *out, const float *map, size_t h, size_t w, size_t k,
    float x, float y);

/*
 * The texel nearest to a position among the four around it that are in this
 * chart; false if none is. A position on a chart's rim often rounds to a texel
 * outside the chart.
 */
bool texmap_nearest(const uint8_t *chart, size_t T, int part,
    const float xy[2], size_t *texel);

/*
 * Gives n rings of texels around the known ones (known[i] != 0), or as many
 * as there are, the mean of their known neighbours, 3 x 3, and marks them
 * known with `code`. same: NULL, or T * T labels; then only neighbours with
 * the texel's own label count, and texels with label 0 get nothing.
 * map [T][T][k].
 */
void texmap_grow(float *map, uint8_t *known, size_t T, size_t k, int n,
    uint8_t code, const uint8_t *same);

/*
 * The map as it is to be sampled: what lies outside the charts is replaced
 * by n rings grown from the charts' rims, beyond that by 0. chart as
 * layout_charts gives it; scratch: T * T bytes.
 */
void texmap_gutter(float *map, const uint8_t *chart, size_t T, size_t k, int n,
    uint8_t *scratch);

/*
 * eq. 12: x~ = (1 - m) x^ + m warp(t; s), over n pixels: out, back
 * [n][3]; tex [T][T][3] with its gutter; surf [n][2]; mask [n]. A pixel
 * whose surf is NaN keeps back. out may be back.
 */
void texmap_render(float *out, const float *back, const float *tex, size_t T,
    const float *surf, const uint8_t *mask, size_t n);

/*
 * How bright a picture is beside the texture on its body: the g >= 0 that
 * makes the sum of (g r - i)^2 over the body and all channels least, r = warp(t;
 * s) and i = image [n][3] as light in [0,1]; 1 where the texture is black.
 * tex in [-1,1], the rest as texmap_render.
 */
double texmap_gain(const float *tex, size_t T, const float *surf,
    const uint8_t *mask, const uint8_t *image, size_t n);

/* tex [T][T][3] so much brighter, and no brighter than white. */
void texmap_brighten(float *tex, size_t T, double gain);

#endif
