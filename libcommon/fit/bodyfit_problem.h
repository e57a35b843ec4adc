/*
 * What the parts of bodyfit.c share: what a picture asks of a body (taken by
 * bodyfit_take.c), what it costs a fit to differ (bodyfit_terms.c), the descent
 * (bodyfit_solve.c) and where it starts (bodyfit_start.c). For them alone.
 */
#ifndef FIT_BODYFIT_PROBLEM_H
#define FIT_BODYFIT_PROBLEM_H

#include "fit/bodyfit.h"

/* Unknowns of the camera, after those of turns and build. */
enum { U_FOCAL = KP_UNKNOWNS, U_X, U_Y };

#define FINE 0.1		/* the last sigma, metres */
#define BONES 40

struct bone {
	int from, to;
	double dir[3], weight;
};

/* What must look at the camera (sign 1) or away: sign * z is 0.1 or more. */
struct facing {
	int from, to;
	double sign;
	bool on;
};

struct problem {
	const struct keypoints *k;
	double want[POSE_POINTS][2], trust[POSE_POINTS];	/* 0: no point */
	struct bone bone[BONES];
	int n_bone;
	struct facing face[2];
	double unit;		/* pixels that are a metre, about */
	double sigma;		/* metres: farther off is an outlier; 0: no
				   points at all */
};

/* Normal equations: a d = -g; of a only the lower half. */
struct system {
	double a[FIT_UNKNOWNS][FIT_UNKNOWNS], g[FIT_UNKNOWNS];
	double cost;
};

/* ---- bodyfit_take.c ---- */

/* A copy of a picture's points that was set right. */
struct swapped {
	float pose[POSE_POINTS][3], pose3[POSE_LANDMARKS][4];
};

/* Where BlazePose took one leg for the other *in gets a copy set right. */
void problem_part_legs(struct fit_in *in, struct swapped *s);

/* E_VALUE as fit_body. */
MUST_CHECK enum status problem_take(struct problem *p,
    const struct keypoints *k, const struct fit_in *in);

/*
 * What a face that is seen, or not seen, says of the head. Only estimators
 * that leave out what they do not see tell this.
 */
void problem_take_face(struct problem *p);

/* Place of a key point by pose3 in our axes, and how visible it is. */
double problem_place3(double out[3], const struct fit_in *in, int i);

/* From the right hip to the left one by pose3, set right; our axes, metres. */
void problem_hips3(double out[3], const struct fit_in *in);

/* ---- bodyfit_terms.c ---- */

/* All of it; a and g only with slopes. */
void problem_assemble(struct system *s, const struct problem *p,
    const struct fit *f, bool slopes);

/* Where key point i lies on the picture; pixels. */
void problem_project(double u[2], const struct fit *f, const struct placed *at,
    int i);

/* The usual turn of a joint. */
struct mat3 problem_usual(enum body_joint j);

/* ---- bodyfit_solve.c ---- */

/* Up to `most` steps by Levenberg and Marquardt; the cost. */
double problem_descend(struct fit *f, const struct problem *p, int most);

/* ---- bodyfit_start.c ---- */

MUST_CHECK enum status problem_with_depth(struct fit *f, struct problem *p,
    const struct fit_in *in);
void problem_without_depth(struct fit *f, struct problem *p);

#endif
