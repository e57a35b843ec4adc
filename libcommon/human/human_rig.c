/*
 * The skeleton: joints, weights of the skin by places on the form, and key
 * points bound to the vertices around them.
 */
#include "human/human_rig.h"

#include <math.h>
#include <string.h>

#define MAX_WEIGHTS 8		/* joints of a vertex */

void
rig_proportion(float p[3], const struct human *h)
{
	const float hip = -0.122f, top = (float)HUMAN_STATURE +
	    (float)HUMAN_FLOOR;
	float legs = (float)h->legs, side = p[0] < 0 ? -1 : 1;
	float trunk = (top - hip - (legs - 1) * (hip - (float)HUMAN_FLOOR)) /
	    (top - hip);
	float broad = (float)h->shoulders * lerp(1, 0.95f, (float)h->female) - 1;
	float s = (float)(h->height / HUMAN_STATURE);

	p[0] += side * broad * 0.19f * smooth((side * p[0] - 0.03f) / 0.16f) *
	    smooth((p[1] - 0.26f) / 0.16f);
	p[1] = hip + (p[1] - hip) * (p[1] < hip ? legs : trunk);
	for (int c = 0; c < 3; c++)
		p[c] *= s;
}

static const int parents[BODY_JOINTS] = { -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8,
	9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21 };

/* The joint, and the key point, on the other side. */
static const int other_joint[BODY_JOINTS] = { 0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11,
	10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22 };

static void
set_joints(struct body *b, const struct form *f, const struct human *h)
{
	for (int j = 0; j < BODY_JOINTS; j++) {
		int left = other_joint[j] < j ? other_joint[j] : j;

		memcpy(b->joint[j], f->joint[left], sizeof b->joint[j]);
		if (left != j)
			b->joint[j][0] = -b->joint[j][0];
		rig_proportion(b->joint[j], h);
		b->parent[j] = parents[j];
	}
	b->has_rig = true;
}

/* Moves a share of all that w holds to joint j. */
static void
hand_over(float w[BODY_JOINTS], int j, float share)
{
	for (int k = 0; k < BODY_JOINTS; k++)
		w[k] *= 1 - share;
	w[j] += share;
}

/*
 * Skin weights of a place on the form, on either side: along the trunk they
 * go by height; across a limb's joint the weight passes to the limb.
 */
static void
weigh(float w[BODY_JOINTS], const float p[3], const struct form *f)
{
	static const enum body_joint spine[] = { J_SPINE1, J_SPINE2, J_SPINE3 };
	float x = fabsf(p[0]), y = p[1], z = p[2];
	int right = p[0] < 0;
	float high = smooth((y - 0.26f) / 0.14f);

	memset(w, 0, BODY_JOINTS * sizeof *w);
	w[J_PELVIS] = 1;
	for (int i = 0; i < 3; i++)
		hand_over(w, spine[i], smooth((y - f->joint[spine[i]][1] +
		    0.06f) / 0.12f));
	hand_over(w, J_NECK, smooth((y + 0.35f * (z + 0.022f) - 0.505f) /
	    0.07f));
	hand_over(w, J_HEAD, smooth((y + 0.3f * z - 0.580f) / 0.05f));
	hand_over(w, J_L_COLLAR + right, 0.85f * smooth((x - 0.03f) / 0.12f) *
	    smooth((y - 0.34f) / 0.12f) * (1 - w[J_NECK] - w[J_HEAD]) *
	    (y > 0.60f ? 0 : 1));
	if (y < 0.55f && high > 0) {
		const int j = right;

		/* On top only beyond the joint, or lowered arms would puff. */
		float from = lerp(0.138f, 0.180f, smooth((y - 0.42f) / 0.09f));

		hand_over(w, J_L_SHOULDER + j, high * smooth((x - from) /
		    0.10f));
		hand_over(w, J_L_ELBOW + j, high * smooth((x - 0.405f) / 0.08f));
		hand_over(w, J_L_WRIST + j, high * smooth((x - 0.692f) / 0.046f));
		hand_over(w, J_L_HAND + j, high * smooth((x - 0.795f) / 0.035f));
	}
	if (y > 0.1f)
		return;
	for (int side = 0; side < 2; side++) {
		float out = side == right ? x : -x;
		/* Below the line of the groin, from the hip to the crotch. */
		float d = 0.62f * (out - 0.078f) - 0.785f * (y + 0.10f);
		/* The seat gives way over a longer stretch than the groin. */
		float seat = smooth((-0.01f - z) / 0.08f);
		float share = smooth((d + 0.065f + 0.02f * seat) / (0.14f +
		    0.07f * seat)) * smooth((out + 0.02f) / 0.04f);

		/* At the midline both legs have the same weight. */
		for (int k = 0; k < BODY_JOINTS; k++)
			if (k != J_L_HIP + !side)
				w[k] *= 1 - share;
		w[J_L_HIP + side] += share * (1 - w[J_L_HIP + !side]);
	}
	hand_over(w, J_L_KNEE + right, smooth((-0.416f - y) / 0.10f));
	hand_over(w, J_L_ANKLE + right, smooth((-0.855f - y) / 0.055f));
	hand_over(w, J_L_FOOT + right, smooth((z - 0.072f) / 0.035f) *
	    smooth((-0.90f - y) / 0.03f));
}

static enum status
set_skin(struct body *b, struct arena *a, const struct rig *m)
{
	uint32_t *row = arena_calloc(a, m->n_vert + 1, sizeof *row);
	uint32_t *col = arena_calloc(a, m->n_vert, MAX_WEIGHTS * sizeof *col);
	float *weight = arena_calloc(a, m->n_vert, MAX_WEIGHTS *
	    sizeof *weight);
	uint32_t n = 0;

	if (!row || !col || !weight)
		return E_NOMEM;
	for (size_t i = 0; i < m->n_vert; i++) {
		float w[BODY_JOINTS], sum = 0;
		uint32_t first = n;

		weigh(w, m->at[i], m->form);
		for (int j = 0; j < BODY_JOINTS && n - first < MAX_WEIGHTS; j++)
			if (w[j] > 1e-3f) {
				col[n] = (uint32_t)j;
				weight[n++] = w[j];
				sum += w[j];
			}
		for (uint32_t k = first; k < n; k++)
			weight[k] /= sum;
		row[i + 1] = n;
	}
	b->skin = (struct sparse){ m->n_vert, row, col, weight };
	return OK;
}

/* ---- key points ------------------------------------------------------ */

#define POINT_VERTS 400

/*
 * Weights of the vertices around a point that give the point: those of
 * least norm with sum w = 1 and sum w v = p, which are w_i = a + b . v_i.
 * Returns how many vertices; few when it lies on the surface.
 */
static size_t
bind_point(uint32_t *col, float *weight, const struct rig *m,
    const float p[3], float reach)
{
	double s[4][5] = { { 0 } };
	size_t n = 0;

	for (size_t v = 0; v < m->n_vert && n < POINT_VERTS; v++) {
		float d2 = 0;

		for (int c = 0; c < 3; c++)
			d2 += (m->at[v][c] - p[c]) * (m->at[v][c] - p[c]);
		if (d2 < reach * reach)
			col[n++] = (uint32_t)v;
	}
	/* Normal equations in coordinates from p; a little is added to their
	   diagonal, so that flat sets of vertices give a point nearby. */
	for (size_t i = 0; i < n; i++) {
		double e[4] = { 1 };

		for (int c = 0; c < 3; c++)
			e[1 + c] = ((double)m->at[col[i]][c] - p[c]) / reach;
		for (int r = 0; r < 4; r++)
			for (int c = 0; c < 4; c++)
				s[r][c] += e[r] * e[c];
	}
	for (int r = 1; r < 4; r++)
		s[r][r] += 1e-3 * (double)n;
	s[0][4] = 1;
	for (int r = 0; r < 4; r++)
		for (int q = 0; q < 4; q++) {
			double k = q == r ? 0 : s[q][r] / s[r][r];

			for (int c = 0; c < 5; c++)
				s[q][c] -= k * s[r][c];
		}
	for (size_t i = 0; i < n; i++) {
		double w = s[0][4] / s[0][0];

		for (int c = 0; c < 3; c++)
			w += s[1 + c][4] / s[1 + c][1 + c] *
			    ((double)m->at[col[i]][c] - p[c]) / reach;
		weight[i] = (float)w;
	}
	return n;
}

static enum status
set_points(struct body *b, struct arena *a, const struct rig *m)
{
	float w = (float)m->human->female;
	const struct {
		enum body_point left, right;
		float at[3], reach;
	} want[] = {
		{ P_NOSE, P_NOSE, { 0, 0.664f, 0.116f }, 0.012f },
		{ P_NECK, P_NECK, { 0, 0.485f, -0.030f }, 0.12f },
		{ P_L_SHOULDER, P_R_SHOULDER, { lerp(0.155f, 0.150f, w),
		    0.480f, -0.036f }, 0.075f },
		{ P_L_ELBOW, P_R_ELBOW, { 0.440f, 0.464f, -0.046f }, 0.055f },
		{ P_L_WRIST, P_R_WRIST, { 0.712f, 0.460f, -0.055f }, 0.045f },
		{ P_L_HIP, P_R_HIP, { lerp(0.105f, 0.113f, w), -0.020f,
		    0.010f }, 0.125f },
		{ P_L_KNEE, P_R_KNEE, { 0.084f, -0.468f, 0 }, 0.075f },
		{ P_L_ANKLE, P_R_ANKLE, { 0.090f, -0.888f, -0.038f }, 0.055f },
		{ P_L_EYE, P_R_EYE, { 0.0285f, 0.697f, 0.084f }, 0.016f },
		{ P_L_EAR, P_R_EAR, { 0.083f, 0.676f, -0.014f }, 0.025f },
	};
	uint32_t *row = arena_calloc(a, POSE_POINTS + 1, sizeof *row);
	uint32_t *col = arena_calloc(a, POSE_POINTS, POINT_VERTS * sizeof *col);
	float *weight = arena_calloc(a, POSE_POINTS, POINT_VERTS *
	    sizeof *weight);

	if (!row || !col || !weight)
		return E_NOMEM;
	for (uint32_t i = 0; i < POSE_POINTS; i++)
		for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
			float p[3];

			memcpy(p, want[k].at, sizeof p);
			if (want[k].right == i)
				p[0] = -p[0];
			else if (want[k].left != i)
				continue;
			row[i + 1] = row[i] + (uint32_t)bind_point(col +
			    row[i], weight + row[i], m, p, want[k].reach);
		}
	b->points = (struct sparse){ POSE_POINTS, row, col, weight };
	return OK;
}

enum status
rig_make(struct body *b, struct arena *a, const struct rig *m)
{
	set_joints(b, m->form, m->human);
	TRY(set_skin(b, a, m));
	return set_points(b, a, m);
}
