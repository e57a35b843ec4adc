/*
 * From an IUV picture to two coordinate maps: s (surf), the texel of each
 * pixel, and its inverse c (coord), the pixel of each texel.
 *
 * s is a look-up in the layout. c is made by drawing: every quad of four
 * neighbouring pixels that lie on the same part is two triangles in texel
 * space; each texel centre inside one gets the pixel position interpolated
 * there. Between pixels c is thus exact and dense, nothing is invented, and
 * the work is in proportion to pixels and texels.
 *
 * Positions are (x, y), centres on integers, NaN where there is none.
 */
#ifndef TEXTURE_COORD_H
#define TEXTURE_COORD_H

#include "texture/layout.h"
#include "view/seen.h"

/*
 * iuv u1 [h][w][3] -> surf [h][w][2] in texels of a T x T map, NaN off the
 * body, and mask [h][w], 1 on the body. E_VALUE for a part above 24.
 */
MUST_CHECK enum status coord_surf(float *surf, uint8_t *mask,
    const uint8_t *iuv, size_t h, size_t w, const struct layout *l, size_t T);

/*
 * c and seen (SEEN_NOT or SEEN_YES) of a T x T map from iuv and surf as
 * coord_surf made it. A triangle that stretches over more than 8 T / max(h,w)
 * texels, or shows the inner side of the body, bridges a fold and is left
 * out. Where the body is seen twice the more frontal triangle wins: the one
 * of least area in texels. scratch: T * T floats.
 */
void coord_draw(float *coord, uint8_t *seen, const uint8_t *iuv,
    const float *surf, size_t h, size_t w, size_t T, float *scratch);

/*
 * Gives texels that are not known yet the pixel where the mirrored point of
 * the body is seen, code SEEN_MIRROR.
 */
void coord_mirror(float *coord, uint8_t *seen, const struct layout *l,
    size_t T);

/*
 * b = warp(heat; c): heat [h][w][k] sampled at c, [T][T][k]; zero where seen
 * is SEEN_NOT, or SEEN_MIRROR, as such a pixel shows the other side.
 */
void coord_sample(float *out, const float *heat, size_t h, size_t w, size_t k,
    const float *coord, const uint8_t *seen, size_t T);

#endif
