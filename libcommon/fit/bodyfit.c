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
#include "fit/bodyfit.h"

#include <math.h>
#include <string.h>

#include "math/decompose.h"

#define N FIT_UNKNOWNS
enum { U_FOCAL = KP_UNKNOWNS, U_X, U_Y };

#define W_POINT 100.0		/* k: of a square metre on the body */
#define W_BONE 1.5		/* of directions, 1 a radian */
#define W_USUAL 0.04		/* of what has a sigma of its own */
#define W_BUILD 0.08
#define W_HINGE 80.0		/* of a square radian */
#define FINE 0.1		/* the last sigma, metres */
#define SEEN 0.2		/* confidence, visibility: less is none */
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

struct system {
	double a[N][N], g[N];
	double cost;
};

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
static const double build_most[BUILDS] = { 0.14, 0.07 };

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

/* Where key point i lies on the picture; pixels. */
static void
project(double u[2], const struct fit *f, const struct placed *at, int i)
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

	project(u, f, at, i);
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

/* All of it; a and g only with slopes. */
static void
assemble(struct system *s, const struct problem *p, const struct fit *f,
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

/* ---- Levenberg and Marquardt ----------------------------------------------- */

void
fit_change(struct fit *f, const double d[N])
{
	double unit = f->focal / FIT_DISTANCE;

	for (int j = 0; j < BODY_JOINTS; j++) {
		struct mat3 turn = rotate_exp(d + 3 * j);

		f->posture.turn[j] = mat3_mul(&f->posture.turn[j], &turn);
	}
	for (int b = 0; b < BUILDS; b++)
		f->posture.build[b] = fmax(-build_most[b], fmin(build_most[b],
		    f->posture.build[b] + d[KP_TURNS + b]));
	f->focal *= exp(fmax(-1, fmin(1, d[U_FOCAL])));
	f->cx += unit * d[U_X];
	f->cy += unit * d[U_Y];
}

/* Up to `most` steps; the cost. */
static double
descend(struct fit *f, const struct problem *p, int most)
{
	struct system s, try;
	double lambda = 1e-2;

	assemble(&s, p, f, true);
	for (int it = 0; it < most; it++) {
		double before = s.cost;
		bool better = false;

		f->steps++;
		for (int n = 0; n < 5 && !better; n++) {
			double a[N][N], d[N];
			struct fit g = *f;

			for (int i = 0; i < N; i++) {
				for (int j = 0; j <= i; j++)
					a[i][j] = a[j][i] = s.a[i][j];
				a[i][i] += lambda * s.a[i][i] + 1e-6;
				d[i] = -s.g[i];
			}
			if (decompose_solve(d, a[0], N) == OK) {
				fit_change(&g, d);
				assemble(&try, p, &g, false);
				better = try.cost < s.cost;
			}
			if (better)
				*f = g;
			lambda = better ? fmax(lambda / 4, 1e-7) : lambda * 6;
		}
		if (!better)
			break;
		assemble(&s, p, f, true);
		if (before - s.cost < 1e-4 * before)
			break;
	}
	return s.cost;
}

/* ---- what is wanted --------------------------------------------------------- */

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

static bool
inside(const float q[3], const struct fit_in *in)
{
	return q[0] >= 0 && q[1] >= 0 && q[0] <= (float)in->w - 1 &&
	    q[1] <= (float)in->h - 1 && q[2] >= (float)SEEN;
}

static void
take_points(struct problem *p, const struct fit_in *in)
{
	for (int i = 0; i < POSE_POINTS; i++) {
		const float *q = in->pose[i];

		if (!inside(q, in))
			continue;
		p->want[i][0] = q[0];
		p->want[i][1] = q[1];
		/* The neck is between the shoulders, no place of its own. */
		p->trust[i] = fmin(q[2], 1) * (i == P_NECK ? 0.3 : 1);
	}
}

/* Place of a key point by pose3 in our axes, and how visible it is. */
static double
place3(double out[3], const struct fit_in *in, int i)
{
	const float *a = in->pose3[blaze[i][0]], *b = in->pose3[blaze[i][1]];

	for (int c = 0; c < 3; c++)
		out[c] = (c ? -0.5 : 0.5) * ((double)a[c] + b[c]);
	return fmin(a[3], b[3]);
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
		double v = fmin(place3(a, in, bones[i].from),
		    place3(b, in, bones[i].to));
		int see = bones[i].see;

		if (see >= 0 && p->trust[see] == 0)
			continue;
		for (int c = 0; c < 3; c++)
			b[c] -= a[c];
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

/* ---- where to start ----------------------------------------------------------- */

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
		f->posture.turn[j] = rotate_exp(usual[j].mu);
	f->posture.turn[J_PELVIS] = *root;
}

/* How the trunk is turned, by pose3. */
static struct mat3
trunk3(const struct problem *p, const struct fit_in *in)
{
	double ls[3], rs[3], lh[3], rh[3], x[3], y[3] = { 0, 1, 0 }, z[3];
	bool hips = p->trust[P_R_HIP] > 0 || p->trust[P_L_HIP] > 0;
	const double ex[3] = { 1, 0, 0 }, ez[3] = { 0, 0, 1 };
	struct mat3 r;

	place3(ls, in, P_L_SHOULDER);
	place3(rs, in, P_R_SHOULDER);
	place3(lh, in, P_L_HIP);
	place3(rh, in, P_R_HIP);
	for (int c = 0; c < 3; c++) {
		x[c] = ls[c] - rs[c] + (hips ? lh[c] - rh[c] : 0);
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

/*
 * What a face that is seen, or not seen, says of the head. Only estimators
 * that leave out what they do not see tell this.
 */
static void
take_face(struct problem *p)
{
	bool nose = p->trust[P_NOSE] > 0, l = p->trust[P_L_EAR] > 0,
	    r = p->trust[P_R_EAR] > 0;
	bool eye = p->trust[P_L_EYE] > 0 || p->trust[P_R_EYE] > 0;

	p->face[0] = (struct facing){ KP_EARS, P_NOSE, 1, nose && eye };
	if (!nose && !eye && l && r)
		p->face[0] = (struct facing){ KP_EARS, P_NOSE, -1, true };
	p->face[1] = (struct facing){ P_R_EAR, P_L_EAR, l ? 1 : -1, l != r };
}

/* ---- stages -------------------------------------------------------------------- */

static double
refine(struct fit *f, struct problem *p, double sigma, int steps)
{
	p->sigma = sigma;
	return descend(f, p, steps);
}

static enum status
with_depth(struct fit *f, struct problem *p, const struct fit_in *in)
{
	struct mat3 root = trunk3(p, in);

	for (int i = 0; i < 9; i++)
		if (!isfinite(root.m[i / 3][i % 3]))
			return fail(E_VALUE, "shoulders or hips in depth are "
			    "not finite");
	start(f, &root);
	p->sigma = 0;
	f->focal = 1;
	descend(f, p, 15);
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
static void
without_depth(struct fit *f, struct problem *p)
{
	static const int limb[4][3] = {
		{ J_L_SHOULDER, J_L_ELBOW, J_L_WRIST },
		{ J_R_SHOULDER, J_R_ELBOW, J_R_WRIST },
		{ J_L_HIP, J_L_KNEE, J_L_ANKLE },
		{ J_R_HIP, J_R_KNEE, J_R_ANKLE } };
	struct mat3 tilt = rotate_about(2, roll(p));
	struct fit best = { 0 }, first[8];
	double least = INFINITY, cost[8], unit[8], scale = 1;

	take_face(p);
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

static enum status
take(struct problem *p, const struct keypoints *k, const struct fit_in *in)
{
	int all, limbs;

	*p = (struct problem){ .k = k, .unit = 1 };
	take_points(p, in);
	count(&all, &limbs, p);
	if (!fit_possible(in))
		return fail(E_VALUE, "%d key points on the picture, %d of them "
		    "of limbs or trunk, want at least 4 and 2", all, limbs);
	if (in->pose3)
		take_bones(p, in);
	hold_unseen(p);
	return OK;
}

/* What a network saw, where it took one leg for the other: see below. */
struct swapped {
	float pose[POSE_POINTS][3], pose3[FIT_POSE3][4];
};

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
static void
part_legs(struct fit_in *in, struct swapped *s)
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
	for (int i = 25; i < FIT_POSE3; i += 2)	/* knees to toes */
		swap_rows(s->pose3[i], s->pose3[i + 1], 4);
	in->pose = (const float (*)[3])s->pose;
	in->pose3 = (const float (*)[4])s->pose3;
}

enum status
fit_body(struct fit *f, const struct keypoints *k, const struct fit_in *given)
{
	struct fit_in in = *given;
	struct swapped swapped;
	struct problem p;
	struct placed at;
	double sum = 0, w = 0;

	*f = (struct fit){ 0 };
	if (in.pose3)
		part_legs(&in, &swapped);
	TRY(take(&p, k, &in));
	if (in.pose3)
		TRY(with_depth(f, &p, &in));
	else
		without_depth(f, &p);
	keypoints_place(&at, k, &f->posture);
	for (int i = 0; i < POSE_POINTS; i++) {
		double u[2];

		project(u, f, &at, i);
		for (int c = 0; c < 2; c++)
			sum += p.trust[i] * (u[c] - p.want[i][c]) *
			    (u[c] - p.want[i][c]);
		w += p.trust[i];
		f->points += p.trust[i] > 0;
	}
	f->off = sqrt(sum / w) * FIT_DISTANCE / f->focal;
	return OK;
}

double
fit_cost(double g[N], const struct fit *f, const struct keypoints *k,
    const struct fit_in *in, double unit)
{
	struct problem p;
	struct system s;

	if (take(&p, k, in) != OK)
		return NAN;
	if (!in->pose3)
		take_face(&p);
	p.unit = unit;
	p.sigma = FINE;
	assemble(&s, &p, f, g != NULL);
	for (int i = 0; g && i < N; i++)
		g[i] = 2 * s.g[i];
	return s.cost;
}

void
fit_pose(float pose[BODY_JOINTS][3], const struct fit *f)
{
	for (int j = 0; j < BODY_JOINTS; j++)
		rotate_logf(pose[j], &f->posture.turn[j]);
}

void
fit_camera(struct camera *c, const struct fit *f, size_t w, size_t h)
{
	*c = (struct camera){ .focal = f->focal, .cx = f->cx, .cy = f->cy,
		.w = w, .h = h, .t = { 0, 0, FIT_DISTANCE } };
	for (int i = 0; i < 3; i++)
		c->rot[i][i] = i ? -1 : 1;
}
