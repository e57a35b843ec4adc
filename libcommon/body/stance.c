#include "body/stance.h"

#include <math.h>
#include <string.h>

#include "body/rotate.h"

/*
 * Turns in degrees about x (forward < 0 for what hangs down), y and z, the
 * turn about z done first. From the rest pose with its arms along x, z = -50
 * lowers the left arm by 50 degrees, y < 0 bends the left elbow forward.
 */
struct turn {
	enum body_joint joint;
	double x, y, z;
};

static const struct turn stand[] = {
	{ J_L_SHOULDER, 0, 0, -48 }, { J_R_SHOULDER, 0, 0, 48 },
	{ J_L_ELBOW, 0, -12, 0 }, { J_R_ELBOW, 0, 12, 0 },
	{ J_L_HIP, 0, 0, 4 }, { J_R_HIP, 0, 0, -4 },
	{ J_L_ANKLE, 0, 0, -4 }, { J_R_ANKLE, 0, 0, 4 }
};
static const struct turn ease[] = {
	{ J_PELVIS, 0, 0, -3 }, { J_SPINE1, 0, 4, 3 }, { J_SPINE2, 2, 2, 2 },
	{ J_NECK, 2, -6, -1 },
	{ J_L_COLLAR, 0, 0, -6 }, { J_R_COLLAR, 0, 0, 6 },
	{ J_L_SHOULDER, -6, 0, -67 }, { J_R_SHOULDER, 4, 0, 64 },
	{ J_L_ELBOW, 0, -26, 0 }, { J_R_ELBOW, 0, 14, 0 },
	{ J_L_HIP, -12, 4, 7 }, { J_R_HIP, 1, -4, 0 },
	{ J_L_KNEE, 18, 0, 0 }, { J_R_KNEE, 2, 0, 0 },
	{ J_L_ANKLE, -5, 6, -4 }, { J_R_ANKLE, -2, -4, 2 }
};
static const struct turn walk[] = {
	{ J_PELVIS, 2, 0, 0 },
	{ J_SPINE1, 3, -5, 0 }, { J_SPINE2, 1, -4, 0 }, { J_NECK, -2, 5, 0 },
	{ J_L_COLLAR, 0, 0, -6 }, { J_R_COLLAR, 0, 0, 6 },
	{ J_L_SHOULDER, 24, 0, -63 }, { J_R_SHOULDER, -24, 0, 63 },
	{ J_L_ELBOW, 0, -20, 0 }, { J_R_ELBOW, 0, 34, 0 },
	{ J_L_HIP, -26, 0, 2 }, { J_R_HIP, 16, 0, -2 },
	{ J_L_KNEE, 8, 0, 0 }, { J_R_KNEE, 28, 0, 0 },
	{ J_L_ANKLE, 6, 0, 0 }, { J_R_ANKLE, 8, 0, 0 },
	{ J_R_FOOT, -14, 0, 0 }
};

static const struct {
	const char *name;
	const struct turn *turn;
	size_t n;
} table[STANCES] = {
	[STANCE_REST] = { "rest", NULL, 0 },
	[STANCE_STAND] = { "stand", stand, sizeof stand / sizeof *stand },
	[STANCE_EASE] = { "ease", ease, sizeof ease / sizeof *ease },
	[STANCE_WALK] = { "walk", walk, sizeof walk / sizeof *walk },
};

const char *
stance_name(enum stance s)
{
	return table[s].name;
}

/* Turns joint j of a body at rest so that `end` lies from it along `to`. */
static void
point_limb(float pose[BODY_JOINTS][3], const struct body *b, int j, int end,
    const double to[3])
{
	double v[3];

	for (int c = 0; c < 3; c++)
		v[c] = (double)b->joint[end][c] - (double)b->joint[j][c];
	struct mat3 r = rotate_from_to(v, to);

	rotate_logf(pose[j], &r);
}

void
stance_pose_body(float pose[BODY_JOINTS][3], enum stance s,
    const struct body *b)
{
	static const double down[3] = { 0, -1, 0 };

	if (s < STANCES) {
		stance_pose(pose, s);
		return;
	}
	memset(pose, 0, BODY_JOINTS * sizeof *pose);
	for (int k = 0; k < 2; k++) {
		const double arm[3] = { k ? -1 : 1, s == STANCE_A ? -1 : 0, 0 };

		point_limb(pose, b, J_L_SHOULDER + k, J_L_WRIST + k, arm);
		point_limb(pose, b, J_L_HIP + k, J_L_ANKLE + k, down);
	}
}

void
stance_pose(float pose[BODY_JOINTS][3], enum stance s)
{
	memset(pose, 0, BODY_JOINTS * sizeof *pose);
	for (size_t i = 0; i < table[s].n; i++) {
		const struct turn *t = &table[s].turn[i];
		struct mat3 x = rotate_about(0, t->x * M_PI / 180);
		struct mat3 y = rotate_about(1, t->y * M_PI / 180);
		struct mat3 z = rotate_about(2, t->z * M_PI / 180);
		double v[3];

		y = mat3_mul(&y, &z);
		x = mat3_mul(&x, &y);
		rotate_log(v, &x);
		for (int c = 0; c < 3; c++)
			pose[t->joint][c] = (float)v[c];
	}
}
