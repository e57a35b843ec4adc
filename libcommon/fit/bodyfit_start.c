/*
 * Where the descent starts. With depth the shoulders and hips say how the body
 * is turned; without, it is tried from eight sides.
 */
#include "fit/bodyfit_problem.h"

#include <math.h>

/* Places the camera: least squares of scale and shift; sets the unit. */
static void
look(struct fit *f, struct problem *p)
{
	struct placed at;
	double w = 0, a[2] = { 0 }, b[2] = { 0 }, ab = 0, aa = 0, bb = 0;

	keypoints_place(&at, p->k, &f->posture);
	for (int i = 0; i < POSE_POINTS; i++)
		for (int c = 0; c < 2; c++) {
			w += p->trust[i] / 2;
			a[c] += p->trust[i] * (c ? -1 : 1) * at.x[i][c];
			b[c] += p->trust[i] * p->want[i][c];
		}
	for (int i = 0; i < POSE_POINTS; i++)
		for (int c = 0; c < 2; c++) {
			double x = (c ? -1 : 1) * at.x[i][c] - a[c] / w;
			double y = p->want[i][c] - b[c] / w;

			ab += p->trust[i] * x * y;
			aa += p->trust[i] * x * x;
			bb += p->trust[i] * y * y;
		}
	/* Not much smaller than the spread of the points says. */
	double s = fmax(ab / (aa + 1e-12), 0.25 * sqrt(bb / (aa + 1e-12)));

	s = fmax(s, 1e-3);
	p->unit = s;
	f->focal = s * FIT_DISTANCE;
	f->cx = (b[0] - s * a[0]) / w;
	f->cy = (b[1] - s * a[1]) / w;
}

static void
start(struct fit *f, const struct mat3 *root)
{
	int steps = f->steps;

	*f = (struct fit){ .steps = steps };
	for (int j = 0; j < BODY_JOINTS; j++)
		f->posture.turn[j] = problem_usual((enum body_joint)j);
	f->posture.turn[J_PELVIS] = *root;
}

/* How the trunk is turned, by pose3. */
static struct mat3
trunk3(const struct problem *p, const struct fit_in *in)
{
	double ls[3], rs[3], lh[3], rh[3], across[3];
	double x[3], y[3] = { 0, 1, 0 }, z[3];
	bool hips = p->trust[P_R_HIP] > 0 || p->trust[P_L_HIP] > 0;
	const double ex[3] = { 1, 0, 0 }, ez[3] = { 0, 0, 1 };
	struct mat3 r;

	problem_place3(ls, in, P_L_SHOULDER);
	problem_place3(rs, in, P_R_SHOULDER);
	problem_place3(lh, in, P_L_HIP);
	problem_place3(rh, in, P_R_HIP);
	problem_hips3(across, in);
	for (int c = 0; c < 3; c++) {
		x[c] = ls[c] - rs[c] + (hips ? across[c] : 0);
		if (hips)
			y[c] = ls[c] + rs[c] - lh[c] - rh[c];
	}
	vec3_unit(y, (const double[3]){ 0, 1, 0 });
	vec3_unit(x, ex);
	vec3_cross(z, x, y);
	vec3_unit(z, ez);
	vec3_cross(x, y, z);
	vec3_unit(x, ex);
	for (int c = 0; c < 3; c++) {
		r.m[c][0] = x[c];
		r.m[c][1] = y[c];
		r.m[c][2] = z[c];
	}
	return r;
}

/* Roll of the trunk on the picture, or 0 where hips or shoulders are not. */
static double
roll(const struct problem *p)
{
	double d[2] = { 0 };

	for (int c = 0; c < 2; c++) {
		double n = 0, s = 0, m = 0, h = 0;

		for (int side = 0; side < 2; side++) {
			int a = side ? P_L_SHOULDER : P_R_SHOULDER;
			int b = side ? P_L_HIP : P_R_HIP;

			s += p->trust[a] * p->want[a][c];
			n += p->trust[a];
			h += p->trust[b] * p->want[b][c];
			m += p->trust[b];
		}
		if (n == 0 || m == 0)
			return 0;
		d[c] = s / n - h / m;
	}
	return atan2(-d[0], -d[1]);
}

static double
refine(struct fit *f, struct problem *p, double sigma, int steps)
{
	p->sigma = sigma;
	return problem_descend(f, p, steps);
}

enum status
problem_with_depth(struct fit *f, struct problem *p, const struct fit_in *in)
{
	struct mat3 root = trunk3(p, in);

	for (int i = 0; i < 9; i++)
		if (!isfinite(root.m[i / 3][i % 3]))
			return fail(E_VALUE, "shoulders or hips in depth are "
			    "not finite");
	start(f, &root);
	p->sigma = 0;
	f->focal = 1;
	problem_descend(f, p, 15);
	look(f, p);
	refine(f, p, 0.15, 10);
	refine(f, p, FINE, 20);
	return OK;
}

/* A limb's two bones, mirrored in depth: the same picture, nearly. */
static void
mirror_limb(struct fit *f, const struct keypoints *k, const int joint[3])
{
	for (int i = 0; i < 2; i++) {
		struct placed at;
		double d[3], m[3];
		int j = joint[i], up = k->body.parent[j];

		keypoints_place(&at, k, &f->posture);
		for (int c = 0; c < 3; c++)
			d[c] = m[c] = at.joint[joint[i + 1]][c] -
			    at.joint[j][c];
		m[2] = -m[2];
		struct mat3 q = rotate_from_to(d, m);
		struct mat3 back = mat3_transpose(&at.turn[up]);

		q = mat3_mul(&q, &at.turn[j]);
		f->posture.turn[j] = mat3_mul(&back, &q);
	}
}

/*
 * Without depth: the trunk from eight sides, the best three further, and
 * each limb mirrored where that fits better.
 */
void
problem_without_depth(struct fit *f, struct problem *p)
{
	static const int limb[4][3] = {
		{ J_L_SHOULDER, J_L_ELBOW, J_L_WRIST },
		{ J_R_SHOULDER, J_R_ELBOW, J_R_WRIST },
		{ J_L_HIP, J_L_KNEE, J_L_ANKLE },
		{ J_R_HIP, J_R_KNEE, J_R_ANKLE } };
	struct mat3 tilt = rotate_about(2, roll(p));
	struct fit best = { 0 }, first[8];
	double least = INFINITY, cost[8], unit[8], scale = 1;

	problem_take_face(p);
	for (int i = 0; i < 8; i++) {
		struct mat3 root = rotate_about(1, i * M_PI / 4);

		root = mat3_mul(&tilt, &root);
		first[i].steps = 0;
		start(&first[i], &root);
		look(&first[i], p);
		refine(&first[i], p, 0.3, 6);
		look(&first[i], p);
		cost[i] = refine(&first[i], p, 0.15, 8);
		unit[i] = p->unit;
		f->steps += first[i].steps;
	}
	for (int n = 0; n < 3; n++) {
		int at = 0;

		for (int i = 1; i < 8; i++)
			if (cost[i] < cost[at])
				at = i;
		cost[at] = INFINITY;
		p->unit = unit[at];
		struct fit g = first[at];

		g.steps = f->steps;
		double c = refine(&g, p, FINE, 15);

		f->steps = g.steps;
		if (c < least) {
			least = c;
			best = g;
			scale = p->unit;
		}
	}
	p->unit = scale;
	for (int i = 0; i < 4; i++) {
		struct fit m = best;

		m.steps = f->steps;
		mirror_limb(&m, p->k, limb[i]);
		double c = refine(&m, p, FINE, 10);

		f->steps = m.steps;
		if (c < least - 1e-6) {
			least = c;
			best = m;
		}
	}
	best.steps = f->steps;
	*f = best;
}
