/*
 * The key points of a body as functions of its pose and build, with their
 * derivatives: what a fit evaluates thousands of times.
 *
 * A skinned vertex is v' = sum_j w_vj (R_j (v - J_j) + T_j), R_j and T_j the
 * rotation and place of joint j. A key point is a sum c_v v' over vertices, so
 * for each joint all its vertices shrink to a place and a share:
 *
 *	x = sum_j R_j (A_j - W_j J_j) + W_j T_j,
 *	A_j = sum_v c_v w_vj v,  W_j = sum_v c_v w_vj
 *
 * which costs the same whatever the mesh.
 */
#ifndef FIT_KEYPOINTS_H
#define FIT_KEYPOINTS_H

#include "human/human.h"
#include "body/rotate.h"

/* Beyond the 18 of COCO. Knuckles are those of index and little finger. */
enum {
	KP_L_INDEX = POSE_POINTS, KP_L_PINKY, KP_R_INDEX, KP_R_PINKY, KP_L_TOE,
	KP_L_HEEL, KP_R_TOE, KP_R_HEEL, KP_HIPS, KP_EARS, KP_L_HAND, KP_R_HAND,
	KEYPOINTS
};

/*
 * Estimators see hips and knees lower than the body's own points are, by
 * metres at rest: found by OpenPose's and BlazePose's points of photos
 * against DensePose's labels.
 */
#define KP_HIPS_LOWER 0.03
#define KP_KNEES_LOWER 0.015

/* How a body may differ from the one that it was made as. */
enum { BUILD_SHOULDERS, BUILD_LEGS, BUILDS };

/* Unknowns of a pose: three for each joint, then the build. */
#define KP_TURNS (3 * BODY_JOINTS)
#define KP_UNKNOWNS (KP_TURNS + BUILDS)

struct keypoints {
	struct human human;		/* the body that was made */
	struct body body;
	const float (*by_build[BUILDS])[3];	/* d vertex / d build */
	double joint[BODY_JOINTS][3], djoint[BUILDS][BODY_JOINTS][3];
	double share[KEYPOINTS][BODY_JOINTS];
	double at[KEYPOINTS][BODY_JOINTS][3];
	double dat[BUILDS][KEYPOINTS][BODY_JOINTS][3];
};

/* A pose: the turn of each joint in its parent's frame, and the build. */
struct posture {
	struct mat3 turn[BODY_JOINTS];
	double build[BUILDS];		/* change of human.shoulders, .legs */
};

struct placed {
	struct mat3 turn[BODY_JOINTS];	/* in the world */
	double rest[BODY_JOINTS][3], joint[BODY_JOINTS][3];
	double x[KEYPOINTS][3];
};

/*
 * Makes the body of h, a tenth of a second's work, 3 MB of the arena. E_VALUE
 * as human_make, E_NOMEM.
 */
MUST_CHECK enum status keypoints_make(struct keypoints *k, struct arena *a,
    const struct human *h);

void keypoints_place(struct placed *out, const struct keypoints *k,
    const struct posture *p);

/*
 * slope[i] = d x[i] / d unknowns. Turns are changed by small rotations d_j,
 * axis times angle in the joint's own frame: turn_j exp(d_j).
 */
void keypoints_slopes(double slope[KEYPOINTS][3][KP_UNKNOWNS],
    const struct keypoints *k, const struct posture *p,
    const struct placed *at);

/*
 * The body of that build: b shares all but joints and vertices with
 * k->body; vertices lie in the arena. E_NOMEM.
 */
MUST_CHECK enum status keypoints_body(struct body *b, struct arena *a,
    const struct keypoints *k, const double build[BUILDS]);

#endif
