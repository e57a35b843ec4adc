/* Heat maps: the formula, missing joints, cut and whole coordinates. */
#include "view/heat.h"

#include <math.h>
#include <string.h>

#include "../tap.h"

enum { H = 40, W = 50 };

static float heat[H * W * POSE_POINTS], scratch[(H + W) * POSE_POINTS];
static float pose[POSE_POINTS][3];

static float
at(size_t x, size_t y, size_t j)
{
	return heat[(y * W + x) * POSE_POINTS + j];
}

/* Largest difference to the formula, with the centres given. */
static double
off(double cx, double cy, size_t j, double sigma)
{
	double worst = 0;

	for (size_t y = 0; y < H; y++)
		for (size_t x = 0; x < W; x++) {
			double dx = (double)x - cx, dy = (double)y - cy;
			double want = exp(-(dx * dx + dy * dy) /
			    (2 * sigma * sigma));

			worst = fmax(worst, fabs(want - (double)at(x, y, j)));
		}
	return worst;
}

int
main(void)
{
	double zero = 0;

	for (size_t j = 0; j < POSE_POINTS; j++) {
		pose[j][0] = 2 * (float)j;
		pose[j][1] = 39 - (float)j;
		pose[j][2] = .5f;
	}
	memcpy(pose[3], (float[]){ 20.9f, 11.7f, 1 }, sizeof pose[3]);
	memcpy(pose[4], (float[]){ NAN, 11, 1 }, sizeof pose[4]);
	memcpy(pose[5], (float[]){ 20, 11, 0 }, sizeof pose[5]);
	memcpy(pose[6], (float[]){ -3.6f, 5, 1 }, sizeof pose[6]);

	ok(heat_draw(heat, pose[0], H, W, 6, false, scratch) == OK, "draws");
	ok(at(20, 11, 3) == 1, "height 1 at the joint");
	ok(fabsf(at(26, 11, 3) - expf(-.5f)) < 1e-6f, "exp(-1/2) at 6 pixels");
	ok(off(20, 11, 3, 6) < 1e-6, "20.9,11.7 is cut to 20,11");
	ok(off(-3, 5, 6, 6) < 1e-6, "-3.6 is cut to -3, outside the picture");
	ok(off(34, 22, 17, 6) < 1e-6, "the last joint");
	for (size_t i = 0; i < H * W; i++)
		zero += (double)(heat[i * POSE_POINTS + 4] +
		    heat[i * POSE_POINTS + 5]);
	ok(zero == 0, "NaN and confidence 0 are zero planes");

	ok(heat_draw(heat, pose[0], H, W, 2.5f, true, scratch) == OK &&
	    off((double)pose[3][0], (double)pose[3][1], 3, 2.5) < 1e-6,
	    "subpixel: the centre is where the joint is");
	pose[7][0] = INFINITY;
	ok(heat_draw(heat, pose[0], H, W, 6, false, scratch) == E_VALUE &&
	    strstr(status_detail(), "joint 7"), "infinity: %s",
	    status_detail());
	return done();
}
