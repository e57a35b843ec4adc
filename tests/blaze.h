/*
 * Points in space as BlazePose gives them: the hips' heading lacks what
 * fit_hips_lack says, and the legs are moved along.
 */
#ifndef TESTS_BLAZE_H
#define TESTS_BLAZE_H

#include <math.h>

#include "fit/bodyfit.h"

/* p: the 33 points, x to the right, z away. */
static inline void
blaze_hips(double p[POSE_LANDMARKS][3])
{
	double d[2] = { p[23][0] - p[24][0], p[23][2] - p[24][2] };
	double yaw = atan2(d[1], d[0]), seen = yaw, n = hypot(d[0], d[1]);

	for (int i = 0; i < 60; i++)
		seen = yaw - fit_hips_lack(seen);
	double move[2] = { (n * cos(seen) - d[0]) / 2,
		(n * sin(seen) - d[1]) / 2 };

	for (int i = 23; i < POSE_LANDMARKS; i++) {
		int sign = i % 2 ? 1 : -1;

		p[i][0] += sign * move[0];
		p[i][2] += sign * move[1];
	}
}

#endif
