/*
 * Fits a body to the key points of a picture, and to their places in depth
 * where those are known: least squares by Levenberg and Marquardt over the
 * turns of all joints, the build, and the camera.
 *
 * World axes are those of the camera: x to the picture's right, y up, z
 * towards it, metres, the pelvis at the origin. A body that is not turned
 * faces the camera. The camera stands FIT_DISTANCE away on the z axis, which
 * meets the picture at (cx, cy), so
 *
 *	x = cx + focal X / (D - Z),  y = cy - focal Y / (D - Z)
 */
#ifndef FIT_BODYFIT_H
#define FIT_BODYFIT_H

#include "body/camera.h"
#include "fit/keypoints.h"

#define FIT_DISTANCE 4.0	/* metres; key points do not tell it */

/*
 * BlazePose sees the hips of people from behind turned less than they are, by
 * up to 20 degrees. What a heading that it gives lacks, radians: found on 100
 * drawn people, and true of 100 others.
 */
double fit_hips_lack(double yaw);

struct fit_in {
	size_t w, h;			/* of the picture */
	const float (*pose)[3];		/* (18,3) COCO-18: x, y, confidence */
	/*
	 * (33,4) x to the right, y down, z away, metres from between the hips,
	 * and how visible; or NULL.
	 */
	const float (*pose3)[4];
};

struct fit {
	struct posture posture;
	double focal, cx, cy;
	/* How well it fits: metres on the body, root of the mean square. */
	double off;
	int points;			/* that had a place on the picture */
	int steps;			/* of all starts */
};

/* Whether enough points are on the picture for fit_body. */
bool fit_possible(const struct fit_in *in);

/*
 * E_VALUE for too few points to place a body by: want four, two of them of
 * limbs or trunk. in->pose may hold NaN.
 */
MUST_CHECK enum status fit_body(struct fit *f, const struct keypoints *k,
    const struct fit_in *in);

/* The fit as others need it: pose vector and camera of w x h. */
void fit_pose(float pose[BODY_JOINTS][3], const struct fit *f);
void fit_camera(struct camera *c, const struct fit *f, size_t w, size_t h);

/*
 * The cost that is minimised, as at the end, for tests of its slope: the sum,
 * and with g its derivatives by turns, build, log focal, cx and cy, the latter
 * two in units of focal / FIT_DISTANCE pixels. unit: pixels that are a metre.
 */
#define FIT_UNKNOWNS (KP_UNKNOWNS + 3)
double fit_cost(double g[FIT_UNKNOWNS], const struct fit *f,
    const struct keypoints *k, const struct fit_in *in, double unit);
/* f changed by d, as an iteration does. */
void fit_change(struct fit *f, const double d[FIT_UNKNOWNS]);

#endif
