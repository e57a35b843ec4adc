#include "fit/keypoints.h"

#include <math.h>
#include <string.h>

#include "human/human_rig.h"

/* ---- places on the mesh ------------------------------------------------ */

/* Weight of a vertex at a joint. */
static double
weight(const struct body *b, size_t v, int joint)
{
	for (uint32_t k = b->skin.row[v]; k < b->skin.row[v + 1]; k++)
		if ((int)b->skin.col[k] == joint)
			return b->skin.weight[k];
	return 0;
}

/*
 * The vertex of a hand or foot farthest towards z (sign 1) or away. Of a
 * hand only where the fingers begin, beyond the thumb: x from..to from its
 * last joint.
 */
static uint32_t
extreme(const struct body *b, int joint, int before, double from, double to,
    int sign)
{
	uint32_t best = 0;
	double most = -INFINITY;

	for (uint32_t v = 0; v < b->mesh.n_vert; v++) {
		const float *p = b->mesh.vert[v];
		double x = fabs((double)p[0]) - fabs((double)b->joint[joint][0]);

		if (weight(b, v, joint) + weight(b, v, before) < 0.5 ||
		    x < from || x > to || sign * p[2] <= most)
			continue;
		most = sign * p[2];
		best = v;
	}
	return best;
}

/* ---- sums of skin and vertices ------------------------------------------ */

/* Adds vertex v with weight c to point i. */
static void
add_vertex(struct keypoints *k, int i, uint32_t v, double c)
{
	const struct body *b = &k->body;

	for (uint32_t e = b->skin.row[v]; e < b->skin.row[v + 1]; e++) {
		double w = c * b->skin.weight[e];
		uint32_t j = b->skin.col[e];

		k->share[i][j] += w;
		for (int d = 0; d < 3; d++) {
			k->at[i][j][d] += w * b->mesh.vert[v][d];
			for (int s = 0; s < BUILDS; s++)
				k->dat[s][i][j][d] += w * k->by_build[s][v][d];
		}
	}
}

/* Point i is midway between two others. */
static void
between(struct keypoints *k, int i, int p, int q)
{
	for (int j = 0; j < BODY_JOINTS; j++) {
		k->share[i][j] = (k->share[p][j] + k->share[q][j]) / 2;
		for (int d = 0; d < 3; d++) {
			k->at[i][j][d] = (k->at[p][j][d] + k->at[q][j][d]) / 2;
			for (int s = 0; s < BUILDS; s++)
				k->dat[s][i][j][d] = (k->dat[s][p][j][d] +
				    k->dat[s][q][j][d]) / 2;
		}
	}
}

static void
lower(struct keypoints *k, int i, double by)
{
	for (int j = 0; j < BODY_JOINTS; j++)
		k->at[i][j][1] -= by * k->share[i][j];
}

static void
sum_points(struct keypoints *k)
{
	const struct sparse *p = &k->body.points;
	const struct body *b = &k->body;
	const struct {
		int point, joint, before, sign;
		double from, to;
	} tip[] = {
		{ KP_L_INDEX, J_L_HAND, J_L_WRIST, 1, 0.02, 0.05 },
		{ KP_L_PINKY, J_L_HAND, J_L_WRIST, -1, 0.02, 0.05 },
		{ KP_R_INDEX, J_R_HAND, J_R_WRIST, 1, 0.02, 0.05 },
		{ KP_R_PINKY, J_R_HAND, J_R_WRIST, -1, 0.02, 0.05 },
		{ KP_L_TOE, J_L_FOOT, J_L_ANKLE, 1, -1, 1 },
		{ KP_L_HEEL, J_L_FOOT, J_L_ANKLE, -1, -1, 1 },
		{ KP_R_TOE, J_R_FOOT, J_R_ANKLE, 1, -1, 1 },
		{ KP_R_HEEL, J_R_FOOT, J_R_ANKLE, -1, -1, 1 },
	};

	for (int i = 0; i < POSE_POINTS; i++)
		for (uint32_t e = p->row[i]; e < p->row[i + 1]; e++)
			add_vertex(k, i, p->col[e], p->weight[e]);
	for (size_t t = 0; t < sizeof tip / sizeof *tip; t++)
		add_vertex(k, tip[t].point, extreme(b, tip[t].joint,
		    tip[t].before, tip[t].from, tip[t].to, tip[t].sign), 1);
	lower(k, P_L_HIP, KP_HIPS_LOWER);
	lower(k, P_R_HIP, KP_HIPS_LOWER);
	lower(k, P_L_KNEE, KP_KNEES_LOWER);
	lower(k, P_R_KNEE, KP_KNEES_LOWER);
	between(k, KP_HIPS, P_L_HIP, P_R_HIP);
	between(k, KP_EARS, P_L_EAR, P_R_EAR);
	between(k, KP_L_HAND, KP_L_INDEX, KP_L_PINKY);
	between(k, KP_R_HAND, KP_R_INDEX, KP_R_PINKY);
}

/* ---- builds ------------------------------------------------------------- */

/* How rig_proportion moves a place of the body when a number changes. */
static void
proportion_slope(float out[3], const float p[3], const struct human *h,
    int build)
{
	const float step = 0.05f;
	struct human wide = *h, narrow = *h;
	float form[3], a[3], b[3];

	*(build == BUILD_LEGS ? &wide.legs : &wide.shoulders) += step;
	*(build == BUILD_LEGS ? &narrow.legs : &narrow.shoulders) -= step;
	for (int c = 0; c < 3; c++)
		form[c] = p[c] * (float)(HUMAN_STATURE / h->height);
	memcpy(a, form, sizeof a);
	memcpy(b, form, sizeof b);
	rig_proportion(a, &wide);
	rig_proportion(b, &narrow);
	for (int c = 0; c < 3; c++)
		out[c] = (a[c] - b[c]) / (2 * step);
}

static enum status
slope_builds(struct keypoints *k, struct arena *a)
{
	const struct body *b = &k->body;

	for (int s = 0; s < BUILDS; s++) {
		float (*d)[3] = arena_calloc(a, b->mesh.n_vert, sizeof *d);
		float dj[3];

		if (!d)
			return E_NOMEM;
		for (size_t v = 0; v < b->mesh.n_vert; v++)
			proportion_slope(d[v], b->mesh.vert[v], &k->human, s);
		for (int j = 0; j < BODY_JOINTS; j++) {
			proportion_slope(dj, b->joint[j], &k->human, s);
			for (int c = 0; c < 3; c++)
				k->djoint[s][j][c] = dj[c];
		}
		k->by_build[s] = (const float (*)[3])d;
	}
	return OK;
}

enum status
keypoints_make(struct keypoints *k, struct arena *a, const struct human *h)
{
	*k = (struct keypoints){ .human = *h };
	TRY(human_make(&k->body, a, h));
	TRY(slope_builds(k, a));
	for (int j = 0; j < BODY_JOINTS; j++)
		for (int c = 0; c < 3; c++)
			k->joint[j][c] = k->body.joint[j][c];
	sum_points(k);
	return OK;
}

enum status
keypoints_body(struct body *b, struct arena *a, const struct keypoints *k,
    const double build[BUILDS])
{
	size_t n = k->body.mesh.n_vert;
	float (*v)[3] = arena_calloc(a, n, sizeof *v);

	if (!v)
		return E_NOMEM;
	*b = k->body;
	memcpy(v, k->body.mesh.vert, n * sizeof *v);
	for (int s = 0; s < BUILDS; s++) {
		for (size_t i = 0; i < n; i++)
			for (int c = 0; c < 3; c++)
				v[i][c] += (float)build[s] *
				    k->by_build[s][i][c];
		for (int j = 0; j < BODY_JOINTS; j++)
			for (int c = 0; c < 3; c++)
				b->joint[j][c] += (float)(build[s] *
				    k->djoint[s][j][c]);
	}
	b->mesh.vert = (const float (*)[3])v;
	return OK;
}

/* ---- places and slopes --------------------------------------------------- */

/* A_j - W_j J_j of point i. */
static void
lever(double out[3], const struct keypoints *k, const struct posture *p,
    const struct placed *o, int i, int j)
{
	for (int c = 0; c < 3; c++) {
		out[c] = k->at[i][j][c] - k->share[i][j] * o->rest[j][c];
		for (int s = 0; s < BUILDS; s++)
			out[c] += p->build[s] * k->dat[s][i][j][c];
	}
}

static void
place_joints(struct placed *o, const struct keypoints *k,
    const struct posture *p)
{
	for (int j = 0; j < BODY_JOINTS; j++) {
		int up = k->body.parent[j];
		double v[3];

		for (int c = 0; c < 3; c++) {
			o->rest[j][c] = k->joint[j][c];
			for (int s = 0; s < BUILDS; s++)
				o->rest[j][c] += p->build[s] *
				    k->djoint[s][j][c];
		}
		memcpy(o->joint[j], o->rest[j], sizeof o->rest[j]);
		o->turn[j] = p->turn[j];
		if (up < 0)
			continue;
		for (int c = 0; c < 3; c++)
			v[c] = o->rest[j][c] - o->rest[up][c];
		mat3_apply(o->joint[j], &o->turn[up], v);
		for (int c = 0; c < 3; c++)
			o->joint[j][c] += o->joint[up][c];
		o->turn[j] = mat3_mul(&o->turn[up], &p->turn[j]);
	}
}

void
keypoints_place(struct placed *o, const struct keypoints *k,
    const struct posture *p)
{
	memset(o->x, 0, sizeof o->x);
	place_joints(o, k, p);
	for (int i = 0; i < KEYPOINTS; i++)
		for (int j = 0; j < BODY_JOINTS; j++) {
			double l[3], v[3];

			if (k->share[i][j] == 0)
				continue;
			lever(l, k, p, o, i, j);
			mat3_apply(v, &o->turn[j], l);
			for (int c = 0; c < 3; c++)
				o->x[i][c] += v[c] + k->share[i][j] *
				    o->joint[j][c];
		}
}

/*
 * Joint k turns all that hangs on it about its place: with S = sum over
 * those joints of their part of x, and W of their share,
 * dx = (R_k d) x (S - W T_k).
 */
static void
slope_turns(double slope[3][KP_UNKNOWNS], const struct keypoints *k,
    const struct posture *p, const struct placed *o, int i)
{
	double sum[BODY_JOINTS][3] = { { 0 } }, share[BODY_JOINTS] = { 0 };

	for (int j = BODY_JOINTS - 1; j >= 0; j--) {
		int up = k->body.parent[j];

		if (k->share[i][j] != 0) {
			double l[3], v[3];

			lever(l, k, p, o, i, j);
			mat3_apply(v, &o->turn[j], l);
			for (int c = 0; c < 3; c++)
				sum[j][c] += v[c] + k->share[i][j] *
				    o->joint[j][c];
			share[j] += k->share[i][j];
		}
		if (share[j] == 0)
			continue;
		if (up >= 0) {
			for (int c = 0; c < 3; c++)
				sum[up][c] += sum[j][c];
			share[up] += share[j];
		}
		double arm[3];

		for (int c = 0; c < 3; c++)
			arm[c] = sum[j][c] - share[j] * o->joint[j][c];
		for (int e = 0; e < 3; e++) {
			const double axis[3] = { o->turn[j].m[0][e],
				o->turn[j].m[1][e], o->turn[j].m[2][e] };
			double d[3];

			vec3_cross(d, axis, arm);
			for (int c = 0; c < 3; c++)
				slope[c][3 * j + e] = d[c];
		}
	}
}

/* How joints move when build s changes. */
static void
slope_joints(double out[BODY_JOINTS][3], const struct keypoints *k,
    const struct placed *o, int s)
{
	for (int j = 0; j < BODY_JOINTS; j++) {
		int up = k->body.parent[j];
		double l[3];

		memcpy(out[j], k->djoint[s][j], sizeof out[j]);
		if (up < 0)
			continue;
		for (int c = 0; c < 3; c++)
			l[c] = k->djoint[s][j][c] - k->djoint[s][up][c];
		mat3_apply(out[j], &o->turn[up], l);
		for (int c = 0; c < 3; c++)
			out[j][c] += out[up][c];
	}
}

void
keypoints_slopes(double slope[KEYPOINTS][3][KP_UNKNOWNS],
    const struct keypoints *k, const struct posture *p,
    const struct placed *at)
{
	double dplace[BUILDS][BODY_JOINTS][3];

	memset(slope, 0, KEYPOINTS * sizeof *slope);
	for (int s = 0; s < BUILDS; s++)
		slope_joints(dplace[s], k, at, s);
	for (int i = 0; i < KEYPOINTS; i++) {
		slope_turns(slope[i], k, p, at, i);
		for (int j = 0; j < BODY_JOINTS; j++)
			for (int s = 0; s < BUILDS; s++) {
				double l[3], v[3], w = k->share[i][j];

				if (w == 0)
					continue;
				for (int c = 0; c < 3; c++)
					l[c] = k->dat[s][i][j][c] - w *
					    k->djoint[s][j][c];
				mat3_apply(v, &at->turn[j], l);
				for (int c = 0; c < 3; c++)
					slope[i][c][KP_TURNS + s] += v[c] + w *
					    dplace[s][j][c];
			}
	}
}
