#include "view/heat.h"

#include <math.h>
#include <string.h>

/* g[i] = exp(-(i - c)^2 / (2 sigma^2)), for one joint of n places. */
static void
gauss(float *g, size_t n, float c, float sigma)
{
	for (size_t i = 0; i < n; i++) {
		float d = ((float)i - c) / sigma;

		g[i * POSE_POINTS] = expf(-0.5f * d * d);
	}
}

enum status
heat_draw(float *heat, const float *pose, size_t h, size_t w, float sigma,
    bool subpixel, float *scratch)
{
	/* The Gaussian of a distance is the product of two: [w][18], [h][18]. */
	float *gx = scratch, *gy = scratch + w * POSE_POINTS;

	memset(scratch, 0, (h + w) * POSE_POINTS * sizeof *scratch);
	for (size_t j = 0; j < POSE_POINTS; j++) {
		const float *p = pose + 3 * j;

		if (isnan(p[0]) || isnan(p[1]) || !(p[2] > 0))
			continue;
		if (isinf(p[0]) || isinf(p[1]))
			return fail(E_VALUE, "joint %zu is at (%g,%g)", j,
			    (double)p[0], (double)p[1]);
		gauss(gx + j, w, subpixel ? p[0] : truncf(p[0]), sigma);
		gauss(gy + j, h, subpixel ? p[1] : truncf(p[1]), sigma);
	}
	for (size_t y = 0; y < h; y++)
		for (size_t x = 0; x < w; x++)
			for (size_t j = 0; j < POSE_POINTS; j++) {
				float g = gx[x * POSE_POINTS + j] *
				    gy[y * POSE_POINTS + j];

				heat[(y * w + x) * POSE_POINTS + j] =
				    g < HEAT_LEAST ? 0 : g;
			}
	return OK;
}

void
heat_no_points(float *pose, size_t n)
{
	for (size_t i = 0; i < n * POSE_POINTS; i++) {
		pose[3 * i] = pose[3 * i + 1] = NAN;
		pose[3 * i + 2] = 0;
	}
}
