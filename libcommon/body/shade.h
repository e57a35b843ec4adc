/*
 * How bright a point of a surface is: one lamp, or the light of a place all
 * round with what is brightest in it as a lamp. Surfaces cast shadows on
 * themselves.
 */
#ifndef BODY_SHADE_H
#define BODY_SHADE_H

#include "body/camera.h"
#include "body/shadow.h"

/*
 * Light from all sides, seen from the person: axes x to the right of who looks
 * along z, y up. Irradiance over pi, 1 where a white surface is as bright as
 * its colour says, is
 *
 *	E(n) = sum_k sh[k] Y_k(n) + beam max(0, n . lamp) visible(lamp)
 *
 * with the real spherical harmonics Y of order 0 to 2 in the order of
 * Ramamoorthi and Hanrahan 2001, their factors in sh.
 */
struct daylight {
	float sh[9][3];
	float lamp[3], beam[3];
	float turn[2];		/* cosine and sine of the angle from the world's
				   axes about y to these */
};

/* Y_k(n), without their factors: 1, y, z, x, xy, yz, 3z^2-1, xz, x^2-y^2. */
void daylight_basis(float y[9], const float n[3]);

struct shade {
	const float (*normal)[3], (*vert)[3];	/* per vertex, posed */
	float strength;		/* 0: colours as they are */
	float lamp[3];		/* unit, towards it, in the world */
	const struct daylight *daylight;	/* NULL: the lamp alone */
	const struct shadow *shadow;		/* NULL: none */
	/* Not NULL: both sides show, and the one that faces this point is seen. */
	const double *eye;
};

/*
 * What the colour of a point is to be multiplied with; v: vertices of its face,
 * w: their weights.
 */
void shade_at(float by[3], const struct shade *s, const uint32_t v[3],
    const float w[3]);

#endif
