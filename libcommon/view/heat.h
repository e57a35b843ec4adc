/*
 * Heat maps of key points, as pose-guided networks read them (networks(7)):
 * one plane per joint, a Gaussian of height 1 at the joint, all zero where
 * the joint is missing.
 */
#ifndef VIEW_HEAT_H
#define VIEW_HEAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "pose/coco.h"

/*
 * Less than this is 0. The far tail of a Gaussian is made of denormal
 * numbers, and on them the networks' products take twice the time.
 */
#define HEAT_LEAST 1e-20f

/*
 * heat [h][w][18] from pose [18][3]: x, y in pixels, confidence. A joint is
 * missing where a coordinate is NaN or the confidence is not above 0.
 *
 *	exp(-((x - cx)^2 + (y - cy)^2) / (2 sigma^2))
 *
 * sigma in pixels. (cx, cy) is the coordinate cut towards zero, as the
 * networks were trained, or with `subpixel` the coordinate itself.
 * E_VALUE for an infinite coordinate. scratch: 18 (h + w) floats.
 */
MUST_CHECK enum status heat_draw(float *heat, const float *pose, size_t h,
    size_t w, float sigma, bool subpixel, float *scratch);

/* The key points [n][18][3] of n views in which nobody found any. */
void heat_no_points(float *pose, size_t n);

#endif
