#include "avatar/carry.h"

#include <math.h>
#include <string.h>

#include "body/rotate.h"
#include "math/lerp.h"

/* The joint at the other end of the bone that each joint turns; -1: none. */
static const int child[BODY_JOINTS] = { -1, J_L_KNEE, J_R_KNEE, J_SPINE2,
	J_L_ANKLE, J_R_ANKLE, J_SPINE3, -1, -1, J_NECK, -1, -1, J_HEAD,
	J_L_SHOULDER, J_R_SHOULDER, -1, J_L_ELBOW, J_R_ELBOW, J_L_WRIST,
	J_R_WRIST, J_L_HAND, J_R_HAND, -1, -1 };

/* Where joint j is by the eyes, as on our body. */
static float
from_eyes(const struct carry_on *to, const struct body *b, int j, int c,
    float g)
{
	float p[POSE_POINTS][3];

	sparse_apply(p, &b->points, b->mesh.vert);
	return (to->eye[0][c] + to->eye[1][c]) / 2 - g * ((p[P_L_EYE][c] +
	    p[P_R_EYE][c]) / 2 - b->joint[j][c]);
}

static bool
in_trunk(int j)
{
	return j == J_PELVIS || j == J_SPINE1 || j == J_SPINE2 ||
	    j == J_SPINE3;
}

/* How large the avatar is beside b: from the ankles to the eyes. */
static float
size_beside(const struct carry_on *to, const struct body *b)
{
	float p[POSE_POINTS][3];

	sparse_apply(p, &b->points, b->mesh.vert);
	float ours = p[P_L_EYE][1] + p[P_R_EYE][1] -
	    b->joint[J_L_ANKLE][1] - b->joint[J_R_ANKLE][1];

	return (to->eye[0][1] + to->eye[1][1] - to->joint[J_L_ANKLE][1] -
	    to->joint[J_R_ANKLE][1]) / ours;
}

/* ---- the trunk ------------------------------------------------------- */

/* Depth of the middle between front and back near the axis at height y. */
static float
middle(const float (*vert)[3], size_t n, float y, float g, float otherwise)
{
	float lo = INFINITY, hi = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		const float *v = vert[i];

		if (fabsf(v[1] - y) > 0.03f * g || fabsf(v[0]) > 0.1f * g)
			continue;
		lo = fminf(lo, v[2]);
		hi = fmaxf(hi, v[2]);
	}
	return lo < hi ? (lo + hi) / 2 : otherwise;
}

/* Vertices that parts without holes have, i.e. without hair, in front. */
static size_t
solid_vertices(const struct avatar *v)
{
	size_t n = 0;

	for (size_t k = 0; k < v->n_part; k++)
		for (size_t i = 0; i < v->part[k].n && !v->part[k].cut; i++)
			for (int c = 0; c < 3; c++) {
				size_t w = v->face[v->part[k].first + i][c];

				n = w >= n ? w + 1 : n;
			}
	return n;
}

/*
 * The lowest place between the legs of the surface of the first n vertices, in
 * the plane half way between the hips, above the knees; NaN where there is none.
 */
static float
crotch(const struct carry_on *to, size_t n, float g)
{
	const float *l = to->joint[J_L_HIP], *r = to->joint[J_R_HIP];
	float mid = (l[0] + r[0]) / 2, low = INFINITY;
	float knee = fmaxf(to->joint[J_L_KNEE][1], to->joint[J_R_KNEE][1]);

	for (size_t i = 0; i < to->avatar->n_face; i++)
		for (int c = 0; c < 3; c++) {
			const uint32_t *f = to->avatar->face[i];
			size_t e0 = f[c], e1 = f[(c + 1) % 3];

			if (e0 >= n || e1 >= n)
				continue;
			const float *a = to->vert[e0], *b = to->vert[e1];

			if ((a[0] < mid) == (b[0] < mid))
				continue;
			float t = (mid - a[0]) / (b[0] - a[0]);
			float y = lerp(a[1], b[1], t), z = lerp(a[2], b[2], t);

			if (y > knee && fabsf(z - (l[2] + r[2]) / 2) < 0.06f * g)
				low = fminf(low, y);
		}
	return low < l[1] ? low : NAN;
}

/*
 * Height of the hips: where the skeleton has them, if that is as far above the
 * crotch as hips are (7 cm on our body, 10 on SMPL's).
 */
static float
height_of_hips(const struct carry_on *to, size_t n, float g)
{
	float theirs = (to->joint[J_L_HIP][1] + to->joint[J_R_HIP][1]) / 2;
	float low = crotch(to, n, g);

	return isnan(low) || fabsf(theirs - low) > 0.2f * g ? theirs :
	    fminf(fmaxf(theirs, low + 0.065f * g), low + 0.12f * g);
}

void
carry_trunk(struct carry_on *to, const struct body *b)
{
	static const enum body_joint moved[] = { J_PELVIS, J_L_HIP, J_R_HIP,
		J_SPINE1, J_SPINE2, J_SPINE3, J_NECK };
	float g = size_beside(to, b), (*j)[3] = to->joint;
	float ours = 0, theirs = 0;
	size_t n = solid_vertices(to->avatar);
	float hips = height_of_hips(to, n, g);

	for (int c = 1; c < 3; c++)
		j[J_HEAD][c] = from_eyes(to, b, J_HEAD, c, g);
	j[J_NECK][1] = from_eyes(to, b, J_NECK, 1, g);
	j[J_L_HIP][1] = j[J_R_HIP][1] = hips;
	j[J_PELVIS][0] = (j[J_L_HIP][0] + j[J_R_HIP][0]) / 2;
	j[J_PELVIS][1] = hips - g * (b->joint[J_L_HIP][1] -
	    b->joint[J_PELVIS][1]);
	for (int k = 0; k < 3; k++) {
		enum body_joint s = k == 0 ? J_SPINE1 : k == 1 ? J_SPINE2 :
		    J_SPINE3;
		float t = (b->joint[s][1] - b->joint[J_PELVIS][1]) /
		    (b->joint[J_NECK][1] - b->joint[J_PELVIS][1]);

		for (int c = 0; c < 2; c++)
			j[s][c] = lerp(j[J_PELVIS][c], j[J_NECK][c], t);
	}
	for (int k = 0; k < 2; k++) {
		enum body_joint s = k ? J_SPINE3 : J_SPINE1;

		ours += middle(b->mesh.vert, b->mesh.n_vert, b->joint[s][1], 1,
		    b->joint[s][2]) / 2;
		theirs += middle(to->vert, n, j[s][1], g, j[s][2]) / 2;
	}
	for (size_t k = 0; k < sizeof moved / sizeof *moved; k++)
		j[moved[k]][2] = theirs + g * (b->joint[moved[k]][2] - ours);
	/* The neck joins head and trunk, whichever is in front. */
	j[J_NECK][2] = (j[J_NECK][2] + from_eyes(to, b, J_NECK, 2, g)) / 2;
	for (int side = 0; side < 2; side++)
		for (int c = 0; c < 3; c++)
			j[J_L_COLLAR + side][c] = j[J_L_SHOULDER + side][c] + g *
			    (b->joint[J_L_COLLAR + side][c] -
			    b->joint[J_L_SHOULDER + side][c]);
	/* Fingers point as ours, and knuckles lie between them and the wrist. */
	for (int side = 0; side < 2; side++) {
		const float *wrist = j[J_L_WRIST + side];
		const float *from = b->joint[J_L_WRIST + side];
		const float *at = b->joint[J_L_HAND + side];
		float s = fabsf(j[J_L_HAND + side][0] - wrist[0]) /
		    fabsf(at[0] - from[0]);

		for (int c = 0; c < 3; c++)
			j[J_L_HAND + side][c] = wrist[c] + s * (at[c] - from[c]);
	}
}

void
carry_vary(struct carry_on *to, struct rng *d, float much)
{
	/* Millimetres, along y or, of the arms, x. */
	static const struct {
		enum body_joint from, to;
		int axis;
		float sd;
	} group[] = {
		{ J_PELVIS, J_SPINE1, 1, 35 }, { J_SPINE2, J_SPINE2, 1, 25 },
		{ J_SPINE3, J_SPINE3, 1, 15 }, { J_NECK, J_NECK, 1, 12 },
		{ J_L_SHOULDER, J_R_SHOULDER, 1, 12 },
		{ J_L_SHOULDER, J_R_SHOULDER, 0, 12 },
		{ J_L_ELBOW, J_R_ELBOW, 0, 20 }, { J_L_WRIST, J_R_HAND, 0, 12 },
		{ J_L_KNEE, J_R_KNEE, 1, 20 }, { J_L_ANKLE, J_R_ANKLE, 1, 12 },
	};
	float eyes = 0.008f * much * (float)rng_normal(d);

	for (size_t i = 0; i < sizeof group / sizeof *group; i++) {
		float by = 0.001f * group[i].sd * much * (float)rng_normal(d);
		int c = group[i].axis;

		for (int j = (int)group[i].from; j <= (int)group[i].to; j++)
			to->joint[j][c] += c == 0 && to->joint[j][0] < 0 ? -by :
			    by;
	}
	for (int e = 0; e < 2; e++)
		to->eye[e][1] += eyes;
}

/* ---- bones ----------------------------------------------------------- */

/* What becomes of a place near joint j: m (v - from) + to. */
struct piece {
	double m[3][3];
	const float *from, *to;
};

static void
set_piece(struct piece *p, const struct carry_on *to, const struct body *b,
    int j, float g)
{
	int c = child[j];

	*p = (struct piece){ .from = b->joint[j], .to = to->joint[j] };
	for (int i = 0; i < 3; i++)
		p->m[i][i] = g;
	if (c < 0)
		return;
	double u[3], t[3], old, new;

	for (int i = 0; i < 3; i++) {
		u[i] = (double)b->joint[c][i] - b->joint[j][i];
		t[i] = (double)to->joint[c][i] - to->joint[j][i];
	}
	old = vec3_unit(u, (const double[3]){ 0, 1, 0 });
	new = vec3_unit(t, u);

	double stretch = fmin(fmax(new / old, 0.4 * g), 2.5 * g);
	struct mat3 r = in_trunk(j) ? MAT3_ONE : rotate_from_to(u, t);

	/* First along the bone, then turned. */
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++) {
			double turned[3];

			mat3_apply(turned, &r, u);
			p->m[i][k] = g * r.m[i][k] + (stretch - g) *
			    turned[i] * u[k];
		}
}

/* ---- hands and feet -------------------------------------------------- */

struct extent {
	float lo[3], hi[3];
};

static void
include(struct extent *e, const float v[3])
{
	for (int c = 0; c < 3; c++) {
		e->lo[c] = fminf(e->lo[c], v[c]);
		e->hi[c] = fmaxf(e->hi[c], v[c]);
	}
}

#define NOTHING ((struct extent){ { INFINITY, INFINITY, INFINITY }, \
    { -INFINITY, -INFINITY, -INFINITY } })

/* Box of what hangs on joint j and its child k by more than half. */
static void
extent_of_ours(struct extent *e, const struct body *b, int j, int k)
{
	const struct sparse *s = &b->skin;

	*e = NOTHING;
	for (size_t i = 0; i < s->n_row; i++) {
		float w = 0;

		for (uint32_t n = s->row[i]; n < s->row[i + 1]; n++)
			if ((int)s->col[n] == j || (int)s->col[n] == k)
				w += s->weight[n];
		if (w > 0.5f)
			include(e, b->mesh.vert[i]);
	}
}

static void
extent_of_theirs(struct extent *e, const struct carry_on *to, int j, int k)
{
	const struct avatar *v = to->avatar;

	*e = NOTHING;
	for (size_t i = 0; i < v->n_vert; i++) {
		float w = 0;

		for (int n = 0; n < AVATAR_INFLUENCES; n++)
			if (v->by[i][n] == j || v->by[i][n] == k)
				w += v->weight[i][n];
		if (w > 0.5f)
			include(e, to->vert[i]);
	}
}

/* Share of new in old, within a half and twice g; g where it is none. */
static float
share(float new, float old, float g)
{
	return new > 0 && old > 0 && new < 1 ?
	    fminf(fmaxf(new / old, 0.5f * g), 2 * g) : g;
}

/* The fingertips reach as far. */
static void
fit_hand(struct piece p[], const struct carry_on *to, const struct body *b,
    int side, float g)
{
	int wrist = J_L_WRIST + side, hand = J_L_HAND + side;
	struct extent ours, theirs;

	extent_of_ours(&ours, b, wrist, hand);
	extent_of_theirs(&theirs, to, wrist, hand);
	float old = side ? b->joint[hand][0] - ours.lo[0] : ours.hi[0] -
	    b->joint[hand][0];
	float new = side ? to->joint[hand][0] - theirs.lo[0] : theirs.hi[0] -
	    to->joint[hand][0];

	p[hand].m[0][0] = share(new, old, g);
}

/*
 * A foot goes from the ankle to the sole, the heel and the toes. What lies
 * behind the ankle is scaled otherwise than what is in front of it.
 */
struct foot {
	float down, back, front, wide;
};

static void
fit_foot(struct foot *f, const struct carry_on *to, const struct body *b,
    int side, float g)
{
	int ankle = J_L_ANKLE + side, toes = J_L_FOOT + side;
	struct extent ours, theirs;
	const float *j = b->joint[ankle], *k = to->joint[ankle];

	extent_of_ours(&ours, b, ankle, toes);
	extent_of_theirs(&theirs, to, ankle, toes);
	f->down = share(k[1] - theirs.lo[1], j[1] - ours.lo[1], g);
	f->back = share(k[2] - theirs.lo[2], j[2] - ours.lo[2], g);
	f->wide = fminf(share(theirs.hi[0] - theirs.lo[0], ours.hi[0] -
	    ours.lo[0], g), 1.35f * g);
	f->front = share(theirs.hi[2] - k[2], ours.hi[2] - j[2], g);
}

/* ---- the whole ------------------------------------------------------- */

static void
move_vertex(float out[3], const float v[3], const struct piece p[],
    const struct foot foot[2], const uint32_t *col, const float *w, size_t n,
    float g)
{
	out[0] = out[1] = out[2] = 0;
	for (size_t k = 0; k < n; k++) {
		int j = (int)col[k];
		bool left = j == J_L_ANKLE || j == J_L_FOOT;

		if (left || j == J_R_ANKLE || j == J_R_FOOT) {
			const struct foot *f = &foot[!left];
			const struct piece *q = &p[J_L_ANKLE + !left];
			float d[3];

			for (int c = 0; c < 3; c++)
				d[c] = v[c] - q->from[c];
			d[0] *= f->wide;
			d[1] *= d[1] < 0 ? f->down : g;
			d[2] *= d[2] < 0 ? f->back : f->front;
			for (int c = 0; c < 3; c++)
				out[c] += w[k] * (q->to[c] + d[c]);
			continue;
		}
		for (int c = 0; c < 3; c++) {
			double x = p[j].to[c];

			for (int e = 0; e < 3; e++)
				x += p[j].m[c][e] * ((double)v[e] -
				    p[j].from[e]);
			out[c] += w[k] * (float)x;
		}
	}
}

/* The foremost point a little below the eyes. */
static bool
nose_of(float nose[3], const float (*vert)[3], size_t n, const float eye[3],
    float g)
{
	nose[2] = -INFINITY;
	for (size_t i = 0; i < n; i++) {
		const float *v = vert[i];

		if (fabsf(v[0] - eye[0]) < 0.02f * g && v[1] < eye[1] -
		    0.012f * g && v[1] > eye[1] - 0.065f * g && v[2] > nose[2])
			memcpy(nose, v, 3 * sizeof *v);
	}
	return nose[2] > -INFINITY;
}

/* Moves and scales the head until eyes and nose are the avatar's. */
static enum status
align_face(float (*vert)[3], const struct body *b, const struct carry_on *to,
    float g)
{
	const struct sparse *s = &b->skin;
	float p[POSE_POINTS][3], ours[3], theirs[3], nose[2][3], scale[3];
	float gap = to->eye[0][0] - to->eye[1][0];

	sparse_apply(p, &b->points, (const float (*)[3])vert);
	for (int c = 0; c < 3; c++) {
		ours[c] = (p[P_L_EYE][c] + p[P_R_EYE][c]) / 2;
		theirs[c] = (to->eye[0][c] + to->eye[1][c]) / 2;
	}
	if (!nose_of(nose[0], (const float (*)[3])vert, b->mesh.n_vert, ours,
	    g) || !nose_of(nose[1], to->vert, solid_vertices(to->avatar),
	    theirs, g))
		return fail(E_VALUE, "no nose is below the eyes");
	scale[0] = gap / (p[P_L_EYE][0] - p[P_R_EYE][0]);
	scale[1] = (theirs[1] - nose[1][1]) / (ours[1] - nose[0][1]);
	for (int c = 0; c < 2; c++)
		scale[c] = fminf(fmaxf(scale[c], 0.85f), 1.2f);
	scale[2] = (scale[0] + scale[1]) / 2;
	for (size_t i = 0; i < s->n_row; i++) {
		float w = 0;

		for (uint32_t k = s->row[i]; k < s->row[i + 1]; k++)
			if (s->col[k] == J_HEAD)
				w += s->weight[k];
		w = clamp01(1.3f * w - 0.1f);
		for (int c = 0; c < 3; c++) {
			float d = c == 2 ? nose[1][2] - nose[0][2] :
			    theirs[c] - ours[c];
			float at = c == 2 ? nose[0][2] : ours[c];

			vert[i][c] += w * ((scale[c] - 1) * (vert[i][c] - at) +
			    d);
		}
	}
	return OK;
}

enum status
carry_body(float (*vert)[3], const struct body *b, const struct carry_on *to)
{
	const struct sparse *s = &b->skin;
	struct piece p[BODY_JOINTS];
	struct foot foot[2];
	float g = size_beside(to, b);

	for (int j = 0; j < BODY_JOINTS; j++)
		set_piece(&p[j], to, b, j, g);
	for (int side = 0; side < 2; side++) {
		fit_hand(p, to, b, side, g);
		fit_foot(&foot[side], to, b, side, g);
	}
	for (size_t i = 0; i < s->n_row; i++)
		move_vertex(vert[i], b->mesh.vert[i], p, foot,
		    s->col + s->row[i], s->weight + s->row[i],
		    s->row[i + 1] - s->row[i], g);
	return align_face(vert, b, to, g);
}

/* ---- weights --------------------------------------------------------- */

#define RUNGS 64	/* heights of the table, from the pelvis to the neck */

void
carry_weights(uint8_t (*by)[AVATAR_INFLUENCES],
    float (*weight)[AVATAR_INFLUENCES], const struct carry_on *to,
    const struct body *b, const float (*vert)[3])
{
	static const uint8_t spine[4] = { J_PELVIS, J_SPINE1, J_SPINE2,
		J_SPINE3 };
	const struct sparse *s = &b->skin;
	float rung[RUNGS][4] = { { 0 } };
	float y0 = to->joint[J_PELVIS][1], y1 = to->joint[J_NECK][1];

	for (size_t i = 0; i < s->n_row; i++) {
		float t = (vert[i][1] - y0) / (y1 - y0) * RUNGS, w[4] = { 0 };

		if (t < 0 || t >= RUNGS)
			continue;
		for (uint32_t k = s->row[i]; k < s->row[i + 1]; k++)
			for (int e = 0; e < 4; e++)
				if (s->col[k] == spine[e])
					w[e] += s->weight[k];
		if (w[0] + w[1] + w[2] + w[3] > 0.9f)
			for (int e = 0; e < 4; e++)
				rung[(int)t][e] += w[e];
	}
	/* Rungs without a vertex are as the one below. */
	for (int r = 0; r < RUNGS; r++) {
		float sum = rung[r][0] + rung[r][1] + rung[r][2] + rung[r][3];

		for (int e = 0; e < 4; e++)
			rung[r][e] = sum > 0 ? rung[r][e] / sum : r > 0 ?
			    rung[r - 1][e] : (float)(e == 0);
	}
	for (size_t i = 0; i < to->avatar->n_vert; i++) {
		float all[BODY_JOINTS] = { 0 }, trunk = 0, sum = 0;
		float t = (to->vert[i][1] - y0) / (y1 - y0) * RUNGS - 0.5f;

		t = fminf(fmaxf(t, 0), RUNGS - 1);
		int r = t < RUNGS - 1 ? (int)t : RUNGS - 2;

		for (int k = 0; k < AVATAR_INFLUENCES; k++) {
			int j = to->avatar->by[i][k];

			*(in_trunk(j) ? &trunk : &all[j]) +=
			    to->avatar->weight[i][k];
		}
		for (int e = 0; e < 4; e++)
			all[spine[e]] = trunk * lerp(rung[r][e],
			    rung[r + 1][e], t - (float)r);
		for (int k = 0; k < AVATAR_INFLUENCES; k++) {
			int most = 0;

			for (int j = 1; j < BODY_JOINTS; j++)
				if (all[j] > all[most])
					most = j;
			by[i][k] = (uint8_t)most;
			weight[i][k] = all[most];
			sum += all[most];
			all[most] = 0;
		}
		for (int k = 0; k < AVATAR_INFLUENCES; k++)
			weight[i][k] = sum > 0 ? weight[i][k] / sum :
			    (float)(k == 0);
	}
}
