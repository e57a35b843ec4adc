/*
 * Angles in degrees, from the rest pose with its arms along x and its legs
 * down. For the left side; the right is its mirror image.
 *
 *	arm	lower: from the horizontal; swing: then about x, forward < 0;
 *		twist: of the upper arm about itself, > 0 takes a bent forearm
 *		inwards; bend: of the elbow
 *	leg	lift: of the thigh, forward; spread: outwards; turn: toes
 *		outwards; bend: of the knee
 */
#include "synth/posture.h"

#include <math.h>
#include <string.h>

#include "body/rotate.h"

struct range {
	float lo, hi;
};

struct arm {
	struct range lower, swing, twist, bend;
};
struct leg {
	struct range lift, spread, turn, bend;
};

enum { ARM_HANG, ARM_WALK, ARM_HIP, ARM_POCKET, ARM_FOLD, ARM_CHEST, ARM_HEAD,
	ARM_OUT, ARM_FRONT, ARM_UP, ARM_BACK, ARMS };

static const struct arm arm[ARMS] = {
	[ARM_HANG] = { { 64, 80 }, { -12, 10 }, { 0, 50 }, { 5, 35 } },
	[ARM_WALK] = { { 60, 72 }, { 0, 0 }, { 10, 40 }, { 12, 35 } },
	[ARM_HIP] = { { 38, 52 }, { 5, 22 }, { 70, 95 }, { 85, 105 } },
	[ARM_POCKET] = { { 58, 68 }, { 2, 18 }, { 30, 60 }, { 35, 55 } },
	[ARM_FOLD] = { { 58, 68 }, { -34, -18 }, { 68, 85 }, { 85, 105 } },
	[ARM_CHEST] = { { 58, 70 }, { -25, 0 }, { 25, 55 }, { 90, 125 } },
	[ARM_HEAD] = { { -30, 10 }, { -10, 10 }, { -100, -70 },
	    { 105, 135 } },
	[ARM_OUT] = { { 0, 45 }, { -10, 10 }, { -20, 40 }, { 0, 40 } },
	[ARM_FRONT] = { { 55, 70 }, { -75, -25 }, { 0, 40 }, { 10, 60 } },
	[ARM_UP] = { { -75, -40 }, { -10, 10 }, { -90, -30 }, { 0, 40 } },
	[ARM_BACK] = { { 58, 70 }, { 12, 28 }, { 60, 90 }, { 25, 50 } },
};
/* How often each is taken. */
static const double arm_weight[ARMS] = {
	[ARM_HANG] = 8, [ARM_WALK] = 0, [ARM_HIP] = 2, [ARM_POCKET] = 2,
	[ARM_FOLD] = 0, [ARM_CHEST] = 1, [ARM_HEAD] = 0.6, [ARM_OUT] = 0.8,
	[ARM_FRONT] = 1, [ARM_UP] = 0.5, [ARM_BACK] = 0.5
};

enum { LEG_STAND, LEG_EASE, LEG_WIDE, LEG_CROSS, LEG_SIT, LEG_KNEEUP, LEGS };

static const struct leg leg[LEGS] = {
	[LEG_STAND] = { { -2, 4 }, { 1, 6 }, { 0, 14 }, { 0, 6 } },
	[LEG_EASE] = { { 6, 20 }, { 2, 10 }, { 4, 22 }, { 10, 34 } },
	[LEG_WIDE] = { { -2, 6 }, { 8, 18 }, { 6, 20 }, { 0, 8 } },
	[LEG_CROSS] = { { 8, 16 }, { -14, -6 }, { 0, 10 }, { 8, 20 } },
	[LEG_SIT] = { { 72, 95 }, { 2, 16 }, { 0, 12 }, { 60, 100 } },
	[LEG_KNEEUP] = { { 40, 75 }, { 0, 12 }, { 0, 12 }, { 50, 95 } },
};
static const double leg_weight[LEGS] = {
	[LEG_STAND] = 4, [LEG_EASE] = 3, [LEG_WIDE] = 1, [LEG_CROSS] = 0.7,
	[LEG_SIT] = 0, [LEG_KNEEUP] = 0.3
};

static double
draw(struct rng *d, struct range r)
{
	return r.lo + (r.hi - r.lo) * rng_unit(d);
}

static double
spread(struct rng *d, double sd)
{
	double x = rng_normal(d);

	return sd * (x < -2.5 ? -2.5 : x > 2.5 ? 2.5 : x);
}

static struct mat3
about(int axis, double degrees)
{
	return rotate_about(axis, degrees * M_PI / 180);
}

/* Turns about z first, then y, then x; side -1 mirrors left to right. */
static void
put_xyz(float out[3], double x, double y, double z, int side)
{
	struct mat3 rx = about(0, x), ry = about(1, side * y);
	struct mat3 rz = about(2, side * z);

	ry = mat3_mul(&ry, &rz);
	rx = mat3_mul(&rx, &ry);
	rotate_logf(out, &rx);
}

static void
put_arm(float pose[BODY_JOINTS][3], struct rng *d, int kind, int side,
    double swing)
{
	const struct arm *k = &arm[kind];
	int s = side > 0 ? 0 : 1;
	double lower = draw(d, k->lower);
	/* Part of it is done by the collar bone. */
	double collar = 0.08 * lower;
	struct mat3 x = about(0, draw(d, k->swing) + swing);
	struct mat3 z = about(2, -side * (lower - collar));
	struct mat3 t = about(0, draw(d, k->twist));

	z = mat3_mul(&z, &t);
	x = mat3_mul(&x, &z);
	rotate_logf(pose[J_L_SHOULDER + s], &x);
	put_xyz(pose[J_L_COLLAR + s], 0, spread(d, 3), -collar, side);
	put_xyz(pose[J_L_ELBOW + s], spread(d, 8), -draw(d, k->bend), 0, side);
	put_xyz(pose[J_L_WRIST + s], spread(d, 10), spread(d, 8),
	    spread(d, 10), side);
}

static void
put_leg(float pose[BODY_JOINTS][3], struct rng *d, int kind, int side)
{
	const struct leg *k = &leg[kind];
	int s = side > 0 ? 0 : 1;
	double lift = draw(d, k->lift), bend = draw(d, k->bend);
	double out = draw(d, k->spread), turn = draw(d, k->turn);

	put_xyz(pose[J_L_HIP + s], -lift, turn, out, side);
	put_xyz(pose[J_L_KNEE + s], bend, 0, 0, side);
	/* The sole stays level as far as an ankle can. */
	put_xyz(pose[J_L_ANKLE + s], fmax(fmin(lift - bend, 20), -25), 0,
	    -out, side);
}

/* A stride: at phase 0 the left heel strikes. */
static void
put_walk(float pose[BODY_JOINTS][3], struct rng *d)
{
	double phase = 2 * M_PI * rng_unit(d), length = 14 + 14 * rng_unit(d);

	for (int s = 0; s < 2; s++) {
		double p = phase + s * M_PI;
		double lift = 4 + length * cos(p);
		/* The knee bends while its leg is brought forward. */
		double bend = 6 + 1.9 * length * fmax(-sin(p - 0.5), 0);

		put_xyz(pose[J_L_HIP + s], -lift, 3, 1, s ? -1 : 1);
		put_xyz(pose[J_L_KNEE + s], bend, 0, 0, 1);
		put_xyz(pose[J_L_ANKLE + s], fmax(fmin(lift - bend, 12), -15),
		    0, 0, 1);
		put_arm(pose, d, ARM_WALK, s ? -1 : 1, 1.1 * length * cos(p));
	}
	put_xyz(pose[J_SPINE2], 0, 0.25 * length * cos(phase), 0, 1);
}

/* An index by weights. */
static int
choose(struct rng *d, const double *weight, int n)
{
	double sum = 0, at;

	for (int i = 0; i < n; i++)
		sum += weight[i];
	at = sum * rng_unit(d);
	for (int i = 0; i < n - 1; i++)
		if ((at -= weight[i]) < 0)
			return i;
	return n - 1;
}

static void
put_arms(float pose[BODY_JOINTS][3], struct rng *d)
{
	int left = choose(d, arm_weight, ARMS);
	int right = choose(d, arm_weight, ARMS);
	double both = rng_unit(d);

	if (both < 0.45)
		right = left;
	if (both > 0.93)
		left = right = ARM_FOLD;
	put_arm(pose, d, left, 1, 0);
	put_arm(pose, d, right, -1, 0);
}

static void
put_legs(float pose[BODY_JOINTS][3], struct rng *d)
{
	int kind = choose(d, leg_weight, LEGS);
	int side = rng_unit(d) < 0.5 ? 1 : -1;
	bool both = kind == LEG_STAND || kind == LEG_WIDE;

	if (rng_unit(d) < 0.06) {
		kind = LEG_SIT;
		both = true;
	}
	put_leg(pose, d, kind, side);
	put_leg(pose, d, both ? kind : LEG_STAND, -side);
	/* The hip of the leg that carries is pushed out. */
	if (kind == LEG_EASE)
		put_xyz(pose[J_PELVIS], 0, 0, 3 + spread(d, 1.5), -side);
	if (kind == LEG_EASE)
		put_xyz(pose[J_SPINE1], 0, 0, 4 + spread(d, 1.5), side);
}

void
posture_random(float pose[BODY_JOINTS][3], struct rng *d)
{
	memset(pose, 0, BODY_JOINTS * sizeof *pose);
	if (rng_unit(d) < 0.25) {
		put_walk(pose, d);
	} else {
		put_legs(pose, d);
		put_arms(pose, d);
	}
	double twist = spread(d, 8), lean = spread(d, 4), bow = 2 + spread(d, 5);

	put_xyz(pose[J_SPINE3], bow / 2, twist / 2, lean / 2, 1);
	if (pose[J_SPINE2][1] == 0)
		put_xyz(pose[J_SPINE2], bow / 2, twist / 2, lean / 2, 1);
	put_xyz(pose[J_NECK], spread(d, 6), spread(d, 12), spread(d, 4), 1);
	put_xyz(pose[J_HEAD], spread(d, 6), spread(d, 12), spread(d, 4), 1);
}
