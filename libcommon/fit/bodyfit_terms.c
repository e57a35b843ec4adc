/*
 * The cost, with weights k, and rho(e) = e / (1 + e) as points may be outliers:
 *
 *	k sigma^2 sum c_i rho(|u_i - p_i|^2 / sigma^2)	points on the picture
 *	k sum w_b |d_b - D_b|^2			directions of bones
 *	k sum |(theta_j - mu_j) / sigma_j|^2	usual poses
 *	k sum max(0, theta - limit)^2		knees and elbows bend one way
 *	k sum (build / sigma)^2
 *
 * The weights are about those of errors of 3 cm (1.5 % of the height) and of
 * ten degrees: were points to weigh ten times as much, the body would bend
 * after each of their errors.
 *
 * A rotation vector theta_j = log R_j changes with R_j exp(d) by the inverse
 * of the right Jacobian of SO(3).
 */
#include "fit/bodyfit_problem.h"

#include <math.h>
#include <string.h>

#define N FIT_UNKNOWNS
#define W_POINT 100.0		/* k: of a square metre on the body */
#define W_BONE 1.5		/* of directions, 1 a radian */
#define W_USUAL 0.04		/* of what has a sigma of its own */
#define W_BUILD 0.08
#define W_HINGE 80.0		/* of a square radian */

/* Key points at a fit, and their slopes where those are wanted. */
struct state {
	const struct fit *f;
	struct placed at;
	bool slopes;
	double slope[KEYPOINTS][3][KP_UNKNOWNS];
};

/* ---- usual poses --------------------------------------------------------- */

/* Deviations of rotation vectors in radians; wide about axes that limbs use. */
static const struct {
	double mu[3], sigma[3];
} usual[BODY_JOINTS] = {
	[J_PELVIS] = { { 0 }, { 0 } },		/* any */
	[J_L_HIP] = { { -.1 }, { .8, .35, .5 } },
	[J_R_HIP] = { { -.1 }, { .8, .35, .5 } },
	[J_SPINE1] = { { 0 }, { .15, .07, .12 } },
	[J_SPINE2] = { { 0 }, { .15, .07, .12 } },
	[J_SPINE3] = { { 0 }, { .15, .07, .12 } },
	[J_L_KNEE] = { { .2 }, { 1.2, .12, .12 } },
	[J_R_KNEE] = { { .2 }, { 1.2, .12, .12 } },
	[J_L_ANKLE] = { { 0 }, { .4, .25, .2 } },
	[J_R_ANKLE] = { { 0 }, { .4, .25, .2 } },
	[J_L_FOOT] = { { 0 }, { .05, .05, .05 } },
	[J_R_FOOT] = { { 0 }, { .05, .05, .05 } },
	[J_NECK] = { { 0 }, { .25, .25, .25 } },
	[J_HEAD] = { { 0 }, { .3, .3, .3 } },
	[J_L_COLLAR] = { { 0, 0, -.1 }, { .15, .15, .15 } },
	[J_R_COLLAR] = { { 0, 0, .1 }, { .15, .15, .15 } },
	[J_L_SHOULDER] = { { 0, 0, -1.1 }, { .6, .9, .9 } },
	[J_R_SHOULDER] = { { 0, 0, 1.1 }, { .6, .9, .9 } },
	[J_L_ELBOW] = { { 0, -.5 }, { .4, 1.2, .15 } },
	[J_R_ELBOW] = { { 0, .5 }, { .4, 1.2, .15 } },
	[J_L_WRIST] = { { 0 }, { .2, .3, .4 } },
	[J_R_WRIST] = { { 0 }, { .2, .3, .4 } },
	[J_L_HAND] = { { 0 }, { .05, .05, .05 } },
	[J_R_HAND] = { { 0 }, { .05, .05, .05 } },
};

/* Joints that bend one way: sign * theta[axis] is at least -slack. */
static const struct {
	enum body_joint joint;
	int axis, sign;
} hinge[] = {
	{ J_L_KNEE, 0, 1 }, { J_R_KNEE, 0, 1 },
	{ J_L_ELBOW, 1, -1 }, { J_R_ELBOW, 1, 1 },
};
#define HINGES (sizeof hinge / sizeof *hinge)
#define HINGE_SLACK 0.05
static const double build_sigma[BUILDS] = { 0.05, 0.03 };

struct mat3
problem_usual(enum body_joint j)
{
	return rotate_exp(usual[j].mu);
}

/* ---- normal equations ----------------------------------------------------- */

/* Adds w r^2 to the cost, with the row of r's derivatives. */
static void
add_row(struct system *s, const double row[N], double r, double w)
{
	int used[N], n = 0;

	s->cost += w * r * r;
	for (int i = 0; i < N; i++)
		if (row[i] != 0)
			used[n++] = i;
	for (int i = 0; i < n; i++) {
		double f = w * row[used[i]];

		s->g[used[i]] += f * r;
		for (int j = 0; j <= i; j++)
			s->a[used[i]][used[j]] += f * row[used[j]];
	}
}

/* ---- residuals ------------------------------------------------------------ */

static double
depth(const struct placed *at, int i)
{
	return FIT_DISTANCE - at->x[i][2];
}

void
problem_project(double u[2], const struct fit *f, const struct placed *at, int i)
{
	u[0] = f->cx + f->focal * at->x[i][0] / depth(at, i);
	u[1] = f->cy - f->focal * at->x[i][1] / depth(at, i);
}

static void
add_point(struct system *s, const struct problem *p, const struct state *q,
    int i)
{
	const struct placed *at = &q->at;
	const struct fit *f = q->f;
	double u[2], e[2], sum = 0;
	double s2 = p->sigma * p->sigma, w = W_POINT * s2 * p->trust[i];

	problem_project(u, f, at, i);
	for (int c = 0; c < 2; c++) {
		e[c] = (u[c] - p->want[i][c]) / p->unit;
		sum += e[c] * e[c];
	}
	/* The slope of w rho(e) is that of w e times rho'. */
	double robust = 1 / (1 + sum / s2);

	if (!q->slopes) {
		s->cost += w * sum / s2 * robust;
		return;
	}
	for (int c = 0; c < 2; c++) {
		double row[N] = { 0 };
		double k = (c ? -1 : 1) * f->focal / depth(at, i) / p->unit;

		for (int j = 0; j < KP_UNKNOWNS; j++)
			row[j] = k * (q->slope[i][c][j] + at->x[i][c] /
			    depth(at, i) * q->slope[i][2][j]);
		row[U_FOCAL] = k * at->x[i][c];
		row[U_X + c] = f->focal / FIT_DISTANCE / p->unit;
		add_row(s, row, e[c], w / s2 * robust * robust);
	}
	/* add_row's cost was of the squares. */
	s->cost += w * sum / s2 * (robust - robust * robust);
}

/* Unit vector of a bone; returns its length. */
static double
along(double d[3], const struct placed *at, int from, int to)
{
	for (int c = 0; c < 3; c++)
		d[c] = at->x[to][c] - at->x[from][c];
	return vec3_unit(d, (const double[3]){ 0, 1, 0 }) + 1e-9;
}

/* Derivatives of that unit vector. */
static void
along_slope(double out[3][KP_UNKNOWNS], const struct state *q, int from,
    int to, const double d[3], double len)
{
	const double (*a)[KP_UNKNOWNS] = q->slope[from];
	const double (*b)[KP_UNKNOWNS] = q->slope[to];

	for (int j = 0; j < KP_UNKNOWNS; j++) {
		double v[3], dot = 0;

		for (int c = 0; c < 3; c++) {
			v[c] = (b[c][j] - a[c][j]) / len;
			dot += v[c] * d[c];
		}
		for (int c = 0; c < 3; c++)
			out[c][j] = v[c] - dot * d[c];
	}
}

static void
add_bone(struct system *s, const struct state *q, const struct bone *b)
{
	double d[3], slope[3][KP_UNKNOWNS], w = W_BONE * b->weight;
	double len = along(d, &q->at, b->from, b->to);

	if (q->slopes)
		along_slope(slope, q, b->from, b->to, d, len);
	for (int c = 0; c < 3; c++) {
		double row[N] = { 0 }, r = d[c] - b->dir[c];

		if (!q->slopes) {
			s->cost += w * r * r;
			continue;
		}
		memcpy(row, slope[c], sizeof slope[c]);
		add_row(s, row, r, w);
	}
}

static void
add_facing(struct system *s, const struct state *q, const struct facing *b)
{
	double d[3], slope[3][KP_UNKNOWNS], row[N] = { 0 };
	double len = along(d, &q->at, b->from, b->to), r = 0.1 - b->sign * d[2];

	if (!b->on || r <= 0)
		return;
	if (!q->slopes) {
		s->cost += r * r;
		return;
	}
	along_slope(slope, q, b->from, b->to, d, len);
	for (int j = 0; j < KP_UNKNOWNS; j++)
		row[j] = -b->sign * slope[2][j];
	add_row(s, row, r, 1);
}

/*
 * d log(exp(t) exp(d)) / dd at d = 0: I + [t]/2 + c [t]^2 with
 * c = 1/|t|^2 - cot(|t|/2) / (2 |t|).
 */
static void
log_slope(double out[3][3], const double t[3])
{
	double n2 = vec3_dot(t, t), n = sqrt(n2);
	double c = n < 1e-3 ? 1 / 12.0 : 1 / n2 - 1 / (2 * n * tan(n / 2));
	const double k[3][3] = { { 0, -t[2], t[1] }, { t[2], 0, -t[0] },
		{ -t[1], t[0], 0 } };

	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			out[i][j] = (i == j) + k[i][j] / 2 + c * (t[i] * t[j] -
			    (i == j ? n2 : 0));
}

static void
add_row3(struct system *s, const double three[3], int joint, double r,
    double w, bool slopes)
{
	double row[N] = { 0 };

	if (!slopes) {
		s->cost += w * r * r;
		return;
	}
	memcpy(row + 3 * joint, three, 3 * sizeof *three);
	add_row(s, row, r, w);
}

static void
add_usual(struct system *s, const struct fit *f, bool slopes)
{
	for (int j = 0; j < BODY_JOINTS; j++) {
		double t[3], slope[3][3];

		rotate_log(t, &f->posture.turn[j]);
		log_slope(slope, t);
		for (int c = 0; c < 3 && usual[j].sigma[0] > 0; c++) {
			double v = usual[j].sigma[c];

			add_row3(s, slope[c], j, t[c] - usual[j].mu[c],
			    W_USUAL / (v * v), slopes);
		}
		for (size_t i = 0; i < HINGES; i++) {
			int c = hinge[i].axis;
			double r = -hinge[i].sign * t[c] - HINGE_SLACK;
			double three[3];

			if (hinge[i].joint != (enum body_joint)j || r <= 0)
				continue;
			for (int e = 0; e < 3; e++)
				three[e] = -hinge[i].sign * slope[c][e];
			add_row3(s, three, j, r, W_HINGE, slopes);
		}
	}
	for (int b = 0; b < BUILDS; b++) {
		double row[N] = { 0 }, v = build_sigma[b];
		double w = W_BUILD / (v * v);

		row[KP_TURNS + b] = 1;
		if (slopes)
			add_row(s, row, f->posture.build[b], w);
		else
			s->cost += w * f->posture.build[b] *
			    f->posture.build[b];
	}
}

void
problem_assemble(struct system *s, const struct problem *p, const struct fit *f,
    bool slopes)
{
	struct state q;

	q.f = f;
	q.slopes = slopes;
	keypoints_place(&q.at, p->k, &f->posture);
	if (slopes) {
		memset(s, 0, sizeof *s);
		keypoints_slopes(q.slope, p->k, &f->posture, &q.at);
	}
	s->cost = 0;
	for (int i = 0; i < POSE_POINTS && p->sigma > 0; i++)
		if (p->trust[i] > 0)
			add_point(s, p, &q, i);
	for (int i = 0; i < p->n_bone; i++)
		add_bone(s, &q, &p->bone[i]);
	for (int i = 0; i < 2; i++)
		add_facing(s, &q, &p->face[i]);
	add_usual(s, f, slopes);
}
