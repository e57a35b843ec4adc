/*
 * What a picture asks of the body: its key points, the directions of bones in
 * depth, and what follows from what cannot be seen.
 */
#include "fit/bodyfit_problem.h"

#include <math.h>
#include <string.h>

#define SEEN 0.2		/* confidence, visibility: less is none */
#define BORDER 0.03		/* of the longer side: points at the border are
				   often beyond it */
/*
 * Where the picture ends above the knees, BlazePose puts the hips too high, as
 * it moves all of the body onto the picture. Found on 150 drawn people cut
 * there, true of 170 others.
 */
#define HIPS_ALONE 0.01		/* what they still weigh */

/* Points of pose3 that a key point is, or lies midway between. */
static const int blaze[KEYPOINTS][2] = {
	[P_NOSE] = { 0, 0 }, [P_NECK] = { 11, 12 },
	[P_R_SHOULDER] = { 12, 12 }, [P_R_ELBOW] = { 14, 14 },
	[P_R_WRIST] = { 16, 16 }, [P_L_SHOULDER] = { 11, 11 },
	[P_L_ELBOW] = { 13, 13 }, [P_L_WRIST] = { 15, 15 },
	[P_R_HIP] = { 24, 24 }, [P_R_KNEE] = { 26, 26 },
	[P_R_ANKLE] = { 28, 28 }, [P_L_HIP] = { 23, 23 },
	[P_L_KNEE] = { 25, 25 }, [P_L_ANKLE] = { 27, 27 },
	[P_R_EYE] = { 5, 5 }, [P_L_EYE] = { 2, 2 }, [P_R_EAR] = { 8, 8 },
	[P_L_EAR] = { 7, 7 }, [KP_L_INDEX] = { 19, 19 },
	[KP_L_PINKY] = { 17, 17 }, [KP_R_INDEX] = { 20, 20 },
	[KP_R_PINKY] = { 18, 18 }, [KP_L_TOE] = { 31, 31 },
	[KP_L_HEEL] = { 29, 29 }, [KP_R_TOE] = { 32, 32 },
	[KP_R_HEEL] = { 30, 30 }, [KP_HIPS] = { 23, 24 }, [KP_EARS] = { 7, 8 },
	[KP_L_HAND] = { 17, 19 }, [KP_R_HAND] = { 18, 20 },
};

/* Bones, what they weigh, and the key point that must be seen for them. */
static const struct {
	int from, to;
	double weight;
	int see;
} bones[] = {
	{ P_R_SHOULDER, P_R_ELBOW, 1, P_R_ELBOW },
	{ P_R_ELBOW, P_R_WRIST, 1, P_R_WRIST },
	{ P_L_SHOULDER, P_L_ELBOW, 1, P_L_ELBOW },
	{ P_L_ELBOW, P_L_WRIST, 1, P_L_WRIST },
	{ P_R_HIP, P_R_KNEE, 1, P_R_KNEE },
	{ P_R_KNEE, P_R_ANKLE, 1, P_R_ANKLE },
	{ P_L_HIP, P_L_KNEE, 1, P_L_KNEE },
	{ P_L_KNEE, P_L_ANKLE, 1, P_L_ANKLE },
	{ P_R_HIP, P_L_HIP, 2, P_R_HIP },
	{ P_R_SHOULDER, P_L_SHOULDER, 2, P_R_SHOULDER },
	{ KP_HIPS, P_NECK, 2, P_R_HIP },
	{ P_R_EAR, P_L_EAR, .5, -1 },
	{ KP_EARS, P_NOSE, .7, -1 },
	{ KP_L_HEEL, KP_L_TOE, .5, P_L_ANKLE },
	{ KP_R_HEEL, KP_R_TOE, .5, P_R_ANKLE },
	{ P_L_WRIST, KP_L_HAND, .3, P_L_WRIST },
	{ P_R_WRIST, KP_R_HAND, .3, P_R_WRIST },
	{ KP_L_INDEX, KP_L_PINKY, .15, P_L_WRIST },
	{ KP_R_INDEX, KP_R_PINKY, .15, P_R_WRIST },
	{ P_NECK, KP_EARS, .3, -1 },
};

/* How much of a point is believed: less at the border, and nothing beyond. */
static double
inside(const float q[3], const struct fit_in *in)
{
	double x = fmin(q[0], (double)in->w - 1 - q[0]);
	double y = fmin(q[1], (double)in->h - 1 - q[1]);
	double d = fmin(x, y) / (BORDER * (double)(in->w > in->h ? in->w :
	    in->h));

	return !(d > 0) || !(q[2] >= (float)SEEN) ? 0 : fmin(q[2], 1) *
	    fmin(d, 1);
}

static void
take_points(struct problem *p, const struct fit_in *in)
{
	for (int i = 0; i < POSE_POINTS; i++) {
		const float *q = in->pose[i];

		double v = inside(q, in);

		if (v == 0)
			continue;
		p->want[i][0] = q[0];
		p->want[i][1] = q[1];
		/* The neck is between the shoulders, no place of its own. */
		p->trust[i] = v * (i == P_NECK ? 0.3 : 1);
	}
	if (in->pose3 && p->trust[P_R_KNEE] == 0 && p->trust[P_L_KNEE] == 0) {
		p->trust[P_R_HIP] *= HIPS_ALONE;
		p->trust[P_L_HIP] *= HIPS_ALONE;
	}
}

double
problem_place3(double out[3], const struct fit_in *in, int i)
{
	const float *a = in->pose3[blaze[i][0]], *b = in->pose3[blaze[i][1]];

	for (int c = 0; c < 3; c++)
		out[c] = (c ? -0.5 : 0.5) * ((double)a[c] + b[c]);
	return fmin(a[3], b[3]);
}

double
fit_hips_lack(double yaw)
{
	return 0.183 * sin(yaw) - 0.122 * sin(2 * yaw);
}

void
problem_hips3(double out[3], const struct fit_in *in)
{
	double l[3], r[3];

	problem_place3(l, in, P_L_HIP);
	problem_place3(r, in, P_R_HIP);
	for (int c = 0; c < 3; c++)
		out[c] = l[c] - r[c];
	double yaw = atan2(-out[2], out[0]), n = hypot(out[0], out[2]);

	yaw += fit_hips_lack(yaw);
	out[0] = n * cos(yaw);
	out[2] = -n * sin(yaw);
}

static void
add_target(struct problem *p, int from, int to, const double dir[3], double w)
{
	struct bone *b = &p->bone[p->n_bone++];

	*b = (struct bone){ from, to, { dir[0], dir[1], dir[2] }, w };
}

/* Directions of the bones whose ends are on the picture. */
static void
take_bones(struct problem *p, const struct fit_in *in)
{
	for (size_t i = 0; i < sizeof bones / sizeof *bones; i++) {
		double a[3], b[3];
		double v = fmin(problem_place3(a, in, bones[i].from),
		    problem_place3(b, in, bones[i].to));
		int see = bones[i].see;

		if (see >= 0 && p->trust[see] == 0)
			continue;
		for (int c = 0; c < 3; c++)
			b[c] -= a[c];
		if (bones[i].to == P_L_HIP)
			problem_hips3(b, in);
		if (!(vec3_dot(b, b) > 1e-8) || !(vec3_dot(b, b) < 1e8))
			continue;
		vec3_unit(b, a);
		add_target(p, bones[i].from, bones[i].to, b, bones[i].weight *
		    sqrt(fmax(0.05, fmin(1, v))));
	}
}

/*
 * Nothing holds the limbs that the picture cuts off but the usual pose; and
 * hips that it cuts off are below the shoulders.
 */
static void
hold_unseen(struct problem *p)
{
	const double up[3] = { 0, 1, 0 }, down[3] = { 0, -1, 0 };
	static const int leg[4][2] = { { P_R_HIP, P_R_KNEE },
		{ P_R_KNEE, P_R_ANKLE }, { P_L_HIP, P_L_KNEE },
		{ P_L_KNEE, P_L_ANKLE } };

	if (p->trust[P_R_HIP] == 0 && p->trust[P_L_HIP] == 0)
		add_target(p, KP_HIPS, P_NECK, up, 2);
	for (int i = 0; i < 4; i++)
		if (p->trust[leg[i][1]] == 0)
			add_target(p, leg[i][0], leg[i][1], down, 0.3);
}

void
problem_take_face(struct problem *p)
{
	bool nose = p->trust[P_NOSE] > 0, l = p->trust[P_L_EAR] > 0,
	    r = p->trust[P_R_EAR] > 0;
	bool eye = p->trust[P_L_EYE] > 0 || p->trust[P_R_EYE] > 0;

	p->face[0] = (struct facing){ KP_EARS, P_NOSE, 1, nose && eye };
	if (!nose && !eye && l && r)
		p->face[0] = (struct facing){ KP_EARS, P_NOSE, -1, true };
	p->face[1] = (struct facing){ P_R_EAR, P_L_EAR, l ? 1 : -1, l != r };
}

static void
count(int *all, int *limbs, const struct problem *p)
{
	*all = *limbs = 0;
	for (int i = 0; i < POSE_POINTS; i++) {
		*all += p->trust[i] > 0;
		*limbs += p->trust[i] > 0 && i >= P_R_SHOULDER &&
		    i <= P_L_ANKLE;
	}
}

bool
fit_possible(const struct fit_in *in)
{
	struct problem p = { 0 };
	int all, limbs;

	take_points(&p, in);
	count(&all, &limbs, &p);
	return all >= 4 && limbs >= 2;
}

enum status
problem_take(struct problem *p, const struct keypoints *k, const struct fit_in *in)
{
	int all, limbs;

	*p = (struct problem){ .k = k, .unit = 1 };
	take_points(p, in);
	count(&all, &limbs, p);
	if (!fit_possible(in))
		return fail(E_VALUE, "%d key points on the picture with a confidence "
		    "of %g or more, %d of them of limbs or trunk, want at least 4 "
		    "and 2", all, SEEN, limbs);
	if (in->pose3)
		take_bones(p, in);
	hold_unseen(p);
	return OK;
}

static void
swap_rows(float *a, float *b, int n)
{
	for (int i = 0; i < n; i++) {
		float t = a[i];

		a[i] = b[i];
		b[i] = t;
	}
}

/*
 * Of a body without a head BlazePose may see the shoulders from the front and
 * the legs from behind, and puts both hips at one place, as it must be wrong
 * about one of them. Hips that are less than 11 cm apart, and knees in the
 * other order than shoulders, are found with nobody else (crossed legs keep
 * the hips' distance). Then *in gets a copy with the legs exchanged.
 */
void
problem_part_legs(struct fit_in *in, struct swapped *s)
{
	const float (*p)[4] = in->pose3;
	double hips = 0, knees = 0;

	for (int c = 0; c < 3; c++) {
		hips += (p[23][c] - p[24][c]) * (p[23][c] - p[24][c]);
		knees += (p[25][c] - p[26][c]) * (p[11][c] - p[12][c]);
	}
	if (!(hips < 0.11 * 0.11) || !(knees < 0))
		return;
	memcpy(s->pose, in->pose, sizeof s->pose);
	memcpy(s->pose3, p, sizeof s->pose3);
	/* The picture's points may be of another estimator. */
	if ((s->pose[P_L_KNEE][0] - s->pose[P_R_KNEE][0]) *
	    (s->pose[P_L_SHOULDER][0] - s->pose[P_R_SHOULDER][0]) < 0)
		swap_rows(s->pose[P_R_KNEE], s->pose[P_L_KNEE], 6);
	for (int i = 25; i < POSE_LANDMARKS; i += 2)	/* knees to toes */
		swap_rows(s->pose3[i], s->pose3[i + 1], 4);
	in->pose = (const float (*)[3])s->pose;
	in->pose3 = (const float (*)[4])s->pose3;
}
