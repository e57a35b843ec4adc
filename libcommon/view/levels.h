/*
 * The annotations s and c at the size of a level: c~ and s~ of eq. 14 and
 * the anchors of the `anchored` recipe. Positions are (x, y), pixel centres
 * on integers, NaN where there is none.
 */
#ifndef VIEW_LEVELS_H
#define VIEW_LEVELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/seen.h"

/* How the annotations s and c come to the size of a level. */
enum level_rule {
	LEVELS_AREA,	/* mean of the seen; pixel centres on integers */
	LEVELS_NEAREST	/* seen sample nearest the centre; half pixels */
};

/*
 * n maps xy (n,h,w,2), valid where ok (n,h,w) is not 0 and no coordinate is
 * NaN, to level L: pos (n, h / 2^L, w / 2^L, 2) in pixels of the level, v
 * (n, ., .) 1 where at least a quarter of the cell is valid, else 0; pos is 0
 * where nothing is. `side` is the size of the map that xy points into.
 *	LEVELS_AREA	mean of the valid, times (side_L - 1) / (side - 1)
 *	LEVELS_NEAREST	the valid one nearest the cell's centre (the first of
 *			equals in row order), (x + 1/2) / 2^L - 1/2
 */
void level_reduce(float *pos, float *v, const float *xy, const uint8_t *ok,
    size_t n, size_t h, size_t w, size_t side, int level,
    enum level_rule rule);

/*
 * Where v is 0, pos becomes what an anchored flow starts from: the middle
 * of a map of side x side.
 */
void level_anchor(float *pos, const float *v, size_t pixels, size_t side);

/*
 * The same for f_st, eq. 6: pos becomes the offset from the own pixel,
 * zero where v is 0.
 */
void level_anchor_relative(float *pos, const float *v, size_t n, size_t h,
    size_t w);

/*
 * c_s(s(l)): for each pixel l of n views the pixel of the source that shows
 * the same texel. s (n,S,S,2), m (n,S,S), c_s (sources,S,S,2), seen_s
 * (sources,S,S) -> xy (n,S,S,2) and ok (n,S,S), 1 where more than 0.6 of the
 * bilinear weight at s(l) is seen. sources: 1 for all views, or n, each its
 * own.
 */
void level_compose(float *xy, uint8_t *ok, const float *s, const uint8_t *m,
    const float *c_s, const uint8_t *seen_s, size_t sources, size_t n,
    size_t S);

#endif
