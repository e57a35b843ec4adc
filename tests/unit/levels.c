/*
 * Annotations at the size of a level, against what their definition gives
 * for ramps, holes and single samples.
 */
#include <math.h>
#include <string.h>

#include "../tap.h"
#include "view/levels.h"

#define S 32

static float xy[2 * S * S], pos[2 * S * S], v[S * S];
static uint8_t ok_[S * S];

/* Every pixel points at itself. */
static void
ramp(void)
{
	for (size_t i = 0; i < S * S; i++) {
		xy[2 * i] = (float)(i % S);
		xy[2 * i + 1] = (float)(i / S);
		ok_[i] = 1;
	}
}

static double
off(size_t i, double x, double y)
{
	return fmax(fabs(pos[2 * i] - x), fabs(pos[2 * i + 1] - y));
}

static void
ramps(void)
{
	double nearest = 0, area = 0;
	bool all = true;

	ramp();
	/*
	 * The pixel nearest the centre of a cell of 8 is its fourth (the first
	 * of four equals); at level 3 that is half a pixel in 8 to the left.
	 */
	level_reduce(pos, v, xy, ok_, 1, S, S, S, 3, LEVELS_NEAREST);
	for (size_t i = 0; i < 16; i++) {
		nearest = fmax(nearest, off(i, (double)(i % 4) - 0.0625,
		    (double)(i / 4) - 0.0625));
		all &= v[i] == 1;
	}
	ok(nearest < 1e-6 && all, "nearest: within half a pixel of the map");
	/* The mean of a cell is its centre, 8 i + 3.5, times 3 / 31. */
	level_reduce(pos, v, xy, ok_, 1, S, S, S, 3, LEVELS_AREA);
	for (size_t i = 0; i < 16; i++)
		area = fmax(area, off(i, (8. * (double)(i % 4) + 3.5) * 3 / 31,
		    (8. * (double)(i / 4) + 3.5) * 3 / 31));
	ok(area < 1e-6, "area: centres, corners on corners");
}

static void
holes(void)
{
	/* One cell of 4x4 with 3, then 4 valid: a quarter is enough. */
	ramp();
	memset(ok_, 0, sizeof ok_);
	ok_[0] = ok_[3] = ok_[3 * S] = 1;
	level_reduce(pos, v, xy, ok_, 1, S, S, S, 2, LEVELS_AREA);
	ok(v[0] == 0 && off(0, 7. / 31, 7. / 31) < 1e-6,
	    "three of sixteen: a position, not visible");
	ok_[1] = 1;
	xy[2 * S] = NAN;
	ok_[S] = 1;
	level_reduce(pos, v, xy, ok_, 1, S, S, S, 2, LEVELS_AREA);
	ok(v[0] == 1 && v[1] == 0 && off(1, 0, 0) == 0,
	    "four of sixteen are enough; NaN is not valid; none is 0");
	/* (1,0) is nearer to the centre than the corners. */
	level_reduce(pos, v, xy, ok_, 1, S, S, S, 2, LEVELS_NEAREST);
	ok(off(0, 1.5 / 4 - 0.5, 0.5 / 4 - 0.5) < 1e-6,
	    "nearest to the centre among the valid");
}

static void
anchors(void)
{
	float p[4] = { 3, 4, 5, 6 }, q[4] = { 3, 4, 5, 6 },
	    seen[2] = { 1, 0 };

	level_anchor(p, seen, 2, 8);
	ok(p[0] == 3 && p[1] == 4 && p[2] == 3.5f && p[3] == 3.5f,
	    "no position: the middle");
	level_anchor_relative(q, seen, 1, 1, 2);
	ok(q[0] == 3 && q[1] == 4 && q[2] == 0 && q[3] == 0,
	    "no position: no flow");
}

/* Two views whose surface and coordinates agree lead back to the pixel. */
static void
composes(void)
{
	static float s[2 * S * S], c[2 * S * S], out[2 * S * S];
	static uint8_t m[S * S], seen[S * S], good[S * S];
	double worst = 0;
	size_t count = 0;

	for (size_t i = 0; i < S * S; i++) {
		/* Texels are pixels, mirrored and 0.25 to the side. */
		s[2 * i] = 30.75f - (float)(i % S);
		s[2 * i + 1] = (float)(i / S);
		c[2 * i] = 30.75f - (float)(i % S);
		c[2 * i + 1] = (float)(i / S);
		m[i] = i % S < 30;
		seen[i] = i / S < 20 ? 1 : i / S < 24 ? 2 : 3;
	}
	s[2 * 5] = NAN;
	level_compose(out, good, s, m, c, seen, 1, 1, S);
	for (size_t i = 0; i < S * S; i++) {
		count += good[i];
		if (good[i])
			worst = fmax(worst, fmax(fabs(out[2 * i] -
			    (float)(i % S)), fabs(out[2 * i + 1] -
			    (float)(i / S))));
	}
	ok(worst < 1e-5 && count == 30 * 24 - 1, "c(s(l)) = l for %zu pixels, "
	    "within %.1e; not off the body, not where mirrored, not at NaN",
	    count, worst);
}

int
main(void)
{
	ramps();
	holes();
	anchors();
	composes();
	return done();
}
