/*
 * A pinhole camera in front of a body.
 *
 * Camera axes: x right, y down, z into the picture. A point p of the world
 * lies at q = R p + t, and on the picture at
 *
 *	x = cx + focal q_x / q_z,  y = cy + focal q_y / q_z
 *
 * in pixels, centres on integers.
 */
#ifndef BODY_CAMERA_H
#define BODY_CAMERA_H

#include <stddef.h>

#include "base/status.h"

#define CAMERA_NEAR 0.1		/* metres; nothing may be nearer */

struct camera {
	double rot[3][3], t[3];
	double focal;		/* pixels */
	double cx, cy;
	size_t w, h;
};

enum framing { FRAME_FULL, FRAME_UPPER };

/* Where a camera stands, seen from the body, and its angle; degrees, metres. */
struct viewpoint {
	double yaw;	/* 0: the body faces the camera; 90: it looks to the
			   picture's right, so its right side is seen */
	double pitch;	/* camera above (> 0) or below the body, -89..89 */
	double fov;	/* angle that the picture's height spans, 1..120 */
	double distance;	/* camera to the body's middle; 0: what fits */
	double margin;	/* free border as a fraction of the picture, < 0.45;
			   below 0 the border cuts the body */
	enum framing framing;
	size_t w, h;
};
#define VIEWPOINT_DEFAULT { .fov = 30, .margin = 0.06, .framing = FRAME_FULL }

/*
 * The camera at a viewpoint of n posed vertices. Their projection is centred,
 * and with distance 0 fills the picture up to the margin: the whole of it, or
 * for FRAME_UPPER what lies above `waist` (y, posed), whose sides may then be
 * cut. E_VALUE when the camera would stand inside the body.
 */
MUST_CHECK enum status camera_place(struct camera *c,
    const struct viewpoint *v, const float (*vert)[3], size_t n, double waist);

/* E_VALUE where one of n vertices is nearer to the camera than CAMERA_NEAR. */
MUST_CHECK enum status camera_clear(const struct camera *c,
    const float (*vert)[3], size_t n);

/* From the camera to the middle of n vertices, as it looks: viewpoint.distance. */
double camera_distance(const struct camera *c, const float (*vert)[3], size_t n);

/* The same view with k times as many pixels in both directions. */
struct camera camera_finer(const struct camera *c, size_t k);

/*
 * Points to (x, y, 1/z), x and y in pixels * scale + shift. With scale s and
 * shift (s - 1) / 2, s odd, pixel k of the picture is sample s k + shift of a
 * lattice s times as fine.
 */
void camera_project(float (*out)[3], const struct camera *c,
    const float (*p)[3], size_t n, double scale, double shift);

#endif
