/*
 * Steps of colour where two charts meet, taken out. A network paints each chart
 * of a texture beside others that are not its neighbours on the body, so that the
 * same cloth may be lighter on one side of a seam than on the other.
 */
#ifndef TEXTURE_LEVEL_H
#define TEXTURE_LEVEL_H

#include "texture/convert.h"

/*
 * What to add to a texture so that it has no steps at seams, in memory of the
 * arena: add [T][T][3], 0 outside the charts. At a seam the two sides meet in
 * between; shown [T][T][3], 0..1, or NULL: how much of a texel is the photo's,
 * which moves so much less, and not at all where both sides are. The change fades
 * over some centimetres. A large step is a hem or the end of a sleeve and stays.
 * texture in -1..1. Scratch stays in the arena.
 */
MUST_CHECK enum status level_seams(float **add, const float *texture,
    const float *shown, struct convert_side side, struct arena *a);

/*
 * Shares of [T][T][3], all three alike, of what a photo shows, made smooth: 1 where
 * it shows most of a texel, and from there fading, across seams too, so that gaps
 * of few texels, as along the rims of charts, close. What unwrap fills there has the
 * photo's light. Scratch stays in the arena.
 */
MUST_CHECK enum status level_shown(float *share, struct convert_side side,
    struct arena *a);

#endif
