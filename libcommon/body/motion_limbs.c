/* Motions whose joints are turned as nobody can turn them. */
#include <math.h>

#include "body/motion_frame.h"

#define DEGREE (M_PI / 180)

/* What is asked, and what it is called. */
enum kind { KNEES, ELBOWS, COLLARS, SPINE, NECK, ANKLES, WRISTS, KINDS };

/*
 * Joints that turn by less than `most` degrees, whichever way. In real motions
 * (12, with 2,987 frames of AMASS) the most are 54, 44, 72, 65 and 92.
 */
static const struct simple {
	enum kind kind;
	int joint;
	double most;
} simple[] = {
	{ COLLARS, J_L_COLLAR, 80 }, { COLLARS, J_R_COLLAR, 80 },
	{ SPINE, J_SPINE1, 80 }, { SPINE, J_SPINE2, 80 }, { SPINE, J_SPINE3, 80 },
	{ NECK, J_NECK, 100 }, { NECK, J_HEAD, 100 },
	{ ANKLES, J_L_ANKLE, 100 }, { ANKLES, J_R_ANKLE, 100 },
	{ WRISTS, J_L_WRIST, 125 }, { WRISTS, J_R_WRIST, 125 },
};

/*
 * A knee bends back: the shin, which hangs down, is bent by more than 30 degrees
 * and more than 60 off that way, or turned about itself by more than 60.
 */
static bool
is_wrong_knee(const float pose[3])
{
	const struct mat3 r = motion_rotation(pose);
	const double x = -r.m[0][1], down = r.m[1][1], back = r.m[2][1];
	const double twist = 2 * atan2(r.m[0][2] - r.m[2][0],
	    1 + r.m[0][0] + r.m[1][1] + r.m[2][2]);

	return (down < cos(30 * DEGREE) && back < hypot(x, back) / 2) ||
	    fabs(twist) > 60 * DEGREE;
}

/*
 * An elbow bends forward where the arm is held out with the palm down: bent by more
 * than 45 degrees, the forearm does not point back. (It is at most 56 off.)
 */
static bool
is_wrong_elbow(const float pose[3], double side)
{
	const struct mat3 r = motion_rotation(pose);
	const double out = r.m[0][0], up = side * r.m[1][0];
	const double front = side * r.m[2][0];

	return out < cos(45 * DEGREE) && front < -sin(5 * DEGREE) *
	    hypot(up, front);
}

static void
judge_frame(bool wrong[KINDS], const float pose[BODY_JOINTS][3])
{
	for (int k = 0; k < KINDS; k++)
		wrong[k] = false;
	wrong[KNEES] = is_wrong_knee(pose[J_L_KNEE]) ||
	    is_wrong_knee(pose[J_R_KNEE]);
	wrong[ELBOWS] = is_wrong_elbow(pose[J_L_ELBOW], 1) ||
	    is_wrong_elbow(pose[J_R_ELBOW], -1);
	for (size_t i = 0; i < sizeof simple / sizeof *simple; i++) {
		const float *v = pose[simple[i].joint];
		const double turn = hypot(hypot(v[0], v[1]), v[2]);

		/* By the shorter way. */
		if (fabs(remainder(turn, 2 * M_PI)) > simple[i].most * DEGREE)
			wrong[simple[i].kind] = true;
	}
}

void
motion_doubt_limbs(struct motion *m, struct arena *a)
{
	static const char *const name[KINDS] = { "knees", "elbows", "collars",
		"spine", "neck", "ankles", "wrists" };
	size_t frames = 0, of[KINDS] = { 0 };
	int worst = 0;

	for (size_t i = 0; i < m->n_frame; i++) {
		bool wrong[KINDS], any = false;

		judge_frame(wrong, m->pose[i]);
		for (int k = 0; k < KINDS; k++) {
			of[k] += wrong[k];
			any |= wrong[k];
		}
		frames += any;
	}
	for (int k = 1; k < KINDS; k++)
		worst = of[k] > of[worst] ? k : worst;
	if (2 * frames >= m->n_frame && frames > 0)
		motion_say(m, a, arena_printf(a, "in %zu of %zu frames joints are turned as "
		    "nobody's can be (%s): are they turned in other axes than their "
		    "parents', in another order, or mirrored?", frames, m->n_frame,
		    name[worst]));
}
