#include "body/human.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "body/human_net.h"
#include "math/rng.h"

#define DENSITY 1010.0		/* kg/m3 */
#define MAX_WEIGHTS 8		/* joints of a vertex */

static float
lerp(float a, float b, float t)
{
	return a + t * (b - a);
}

static float
smooth(float t)
{
	t = t < 0 ? 0 : t > 1 ? 1 : t;
	return t * t * (3 - 2 * t);
}

/* ---- parameters ------------------------------------------------------ */

void
human_usual(struct human *h, double female)
{
	*h = (struct human){ .female = female, .height = 1.76 - 0.12 * female,
		.weight = 75 - 14 * female, .shoulders = 1, .hips = 1, .legs = 1,
		.bust = 1, .muscle = 0.5 };
}

static const struct {
	const char *name;
	size_t offset;
	double lo, hi;
} fields[] = {
	{ "sex", offsetof(struct human, female), 0, 1 },
	{ "height", offsetof(struct human, height), 1.2, 2.2 },
	{ "weight", offsetof(struct human, weight), 0, 0 },
	{ "shoulders", offsetof(struct human, shoulders), 0.85, 1.15 },
	{ "hips", offsetof(struct human, hips), 0.85, 1.15 },
	{ "legs", offsetof(struct human, legs), 0.92, 1.08 },
	{ "bust", offsetof(struct human, bust), 0, 2 },
	{ "muscle", offsetof(struct human, muscle), 0, 1 },
};
#define N_FIELD (sizeof fields / sizeof *fields)

static enum status
check(const struct human *h)
{
	for (size_t i = 0; i < N_FIELD; i++) {
		double x;

		memcpy(&x, (const char *)h + fields[i].offset, sizeof x);
		if (!(x >= fields[i].lo && x <= fields[i].hi) &&
		    fields[i].offset != offsetof(struct human, weight))
			return fail(E_VALUE, "%s %g, want %g..%g",
			    fields[i].name, x, fields[i].lo, fields[i].hi);
	}
	double bmi = h->weight / (h->height * h->height);

	/* Weight is judged by the height. */
	if (!(bmi >= 14 && bmi <= 45))
		return fail(E_VALUE, "%g kg at %g m, want 14..45 kg/m2",
		    h->weight, h->height);
	return OK;
}

static double
within(double x, double lo, double hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

void
human_random(struct human *h, uint64_t seed)
{
	struct rng r = rng_seed(seed, 20);

	human_usual(h, rng_unit(&r) < 0.5);
	h->height = within(h->height + 0.068 * rng_normal(&r), 1.40, 2.08);
	/* kg/m2: few are thin, some are heavy. */
	double bmi = within(23.2 * exp(0.15 * rng_normal(&r)), 16.5, 40);

	h->weight = bmi * h->height * h->height;
	h->shoulders = within(1 + 0.04 * rng_normal(&r), 0.88, 1.12);
	h->hips = within(1 + 0.04 * rng_normal(&r), 0.88, 1.12);
	h->legs = within(1 + 0.022 * rng_normal(&r), 0.94, 1.06);
	h->bust = within(1 + 0.30 * rng_normal(&r), 0.2, 1.9);
	h->muscle = within(0.5 + 0.2 * rng_normal(&r), 0, 1);
}

/*
 * One "name=value" of n characters. The seed, which is no field, is taken
 * by human_parse.
 */
static enum status
parse_field(struct human *h, const char *text, size_t n)
{
	const char *eq = memchr(text, '=', n);
	char *end;

	if (n == 4 && memcmp(text, "male", 4) == 0) {
		h->female = 0;
		return OK;
	}
	if (n == 6 && memcmp(text, "female", 6) == 0) {
		h->female = 1;
		return OK;
	}
	for (size_t i = 0; eq && i < N_FIELD; i++) {
		if (strlen(fields[i].name) != (size_t)(eq - text) ||
		    memcmp(fields[i].name, text, (size_t)(eq - text)) != 0)
			continue;
		double x = strtod(eq + 1, &end);

		if (end != text + n || end == eq + 1)
			return fail(E_VALUE, "\"%.*s\": want a number", (int)n,
			    text);
		memcpy((char *)h + fields[i].offset, &x, sizeof x);
		return OK;
	}
	return fail(E_VALUE, "\"%.*s\", want male, female, or one of sex, "
	    "height, weight, shoulders, hips, legs, bust, muscle, seed with =",
	    (int)n, text);
}

/* "seed=N" of n characters. */
static bool
parse_seed(uint64_t *seed, const char *text, size_t n)
{
	char *end;

	if (n < 6 || memcmp(text, "seed=", 5) != 0 || text[5] < '0' ||
	    text[5] > '9')
		return false;
	*seed = strtoull(text + 5, &end, 10);
	return end == text + n;
}

enum status
human_parse(struct human *h, const char *text)
{
	struct human base;
	uint64_t seed;

	/* Twice: what the base is does not depend on where its name stands. */
	human_usual(&base, 0.5);
	base.weight = 0;
	for (int pass = 0; pass < 2; pass++) {
		bool random = false;

		*h = base;
		for (const char *p = text; *p; p += *p == ',') {
			size_t n = strcspn(p, ",");

			if (parse_seed(&seed, p, n))
				random = true;
			else
				TRY(parse_field(h, p, n));
			p += n;
		}
		if (random) {
			human_random(&base, seed);
		} else {
			human_usual(&base, h->female);
			base.weight = 0;
		}
	}
	if (h->weight == 0) {
		human_usual(&base, h->female);
		h->weight = base.weight * h->height * h->height /
		    (base.height * base.height);
	}
	return check(h);
}

/* ---- proportions ----------------------------------------------------- */

/*
 * From the form's proportions to those of the person: breadth of the
 * shoulders, legs against trunk, height.
 */
static void
proportion(float p[3], const struct human *h)
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

/* ---- skeleton -------------------------------------------------------- */

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
		proportion(b->joint[j], h);
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
 * Weights of a place on the form, x >= 0 or not: the trunk by height, and
 * limbs take over across their joints.
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

		/* At the midline both legs pull at half. */
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

/* ---- both halves ----------------------------------------------------- */

static const uint8_t other_part[25] = { 0, 1, 2, 4, 3, 6, 5, 8, 7, 10, 9, 12,
	11, 14, 13, 16, 15, 18, 17, 20, 19, 22, 21, 24, 23 };

struct make {
	const struct human *h;
	struct form form;
	struct net net;
	uint32_t *mirror;	/* vertex of the net -> its image */
	float (*at)[3];		/* vertices of the whole, in the form's space */
	size_t n_vert;
};

static enum status
mirror_vertices(struct make *m, struct arena *a)
{
	size_t n = m->net.n_vert;

	m->mirror = arena_calloc(a, n, sizeof *m->mirror);
	m->at = arena_calloc(a, 2 * n, sizeof *m->at);
	if (!m->mirror || !m->at)
		return E_NOMEM;
	m->n_vert = n;
	memcpy(m->at, m->net.p, n * sizeof *m->at);
	for (size_t v = 0; v < n; v++) {
		if (m->net.middle[v]) {
			m->mirror[v] = (uint32_t)v;
			m->at[v][0] = 0;
			continue;
		}
		m->mirror[v] = (uint32_t)m->n_vert;
		memcpy(m->at[m->n_vert], m->net.p[v], sizeof *m->at);
		m->at[m->n_vert++][0] = -m->net.p[v][0];
	}
	return OK;
}

/* Right parts: as the left, but with U or V the other way where it is so. */
static void
mirror_uv(float uv[2], int part)
{
	if (part <= 2)
		uv[1] = 1 - uv[1];
	else if (part <= 6 || part >= 23)
		uv[0] = 1 - uv[0];
}

static enum status
set_faces(struct body *b, struct arena *a, const struct make *m)
{
	size_t n = m->net.n_face;
	uint32_t (*face)[3] = arena_calloc(a, 2 * n, sizeof *face);
	uint8_t *part = arena_calloc(a, 2 * n, sizeof *part);
	float (*uv)[3][2] = arena_calloc(a, 2 * n, sizeof *uv);

	if (!face || !part || !uv)
		return E_NOMEM;
	memcpy(face, m->net.face, n * sizeof *face);
	memcpy(part, m->net.part, n * sizeof *part);
	memcpy(uv, m->net.uv, n * sizeof *uv);
	for (size_t i = 0; i < n; i++) {
		part[n + i] = other_part[part[i]];
		for (int k = 0; k < 3; k++) {
			int from = k == 0 ? 0 : 3 - k;

			face[n + i][k] = m->mirror[face[i][from]];
			memcpy(uv[n + i][k], uv[i][from], sizeof uv[i][k]);
			mirror_uv(uv[n + i][k], part[i]);
		}
	}
	b->mesh.n_face = 2 * n;
	b->mesh.face = (const uint32_t (*)[3])face;
	b->part = part;
	b->part_uv = (const float (*)[3][2])uv;
	return OK;
}

static enum status
set_vertices(struct body *b, struct arena *a, const struct make *m)
{
	float (*v)[3] = arena_calloc(a, m->n_vert, sizeof *v);
	uint32_t *row = arena_calloc(a, m->n_vert + 1, sizeof *row);
	uint32_t *col = arena_calloc(a, m->n_vert, MAX_WEIGHTS * sizeof *col);
	float *weight = arena_calloc(a, m->n_vert, MAX_WEIGHTS *
	    sizeof *weight);
	uint32_t n = 0;

	if (!v || !row || !col || !weight)
		return E_NOMEM;
	for (size_t i = 0; i < m->n_vert; i++) {
		float w[BODY_JOINTS], sum = 0;
		uint32_t first = n;

		memcpy(v[i], m->at[i], sizeof *v);
		proportion(v[i], m->h);
		weigh(w, m->at[i], &m->form);
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
	b->mesh.n_vert = m->n_vert;
	b->mesh.vert = (const float (*)[3])v;
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
bind_point(uint32_t *col, float *weight, const struct make *m,
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
set_points(struct body *b, struct arena *a, const struct make *m)
{
	float w = (float)m->h->female;
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
	uint32_t *row = arena_calloc(a, BODY_POINTS + 1, sizeof *row);
	uint32_t *col = arena_calloc(a, BODY_POINTS, POINT_VERTS * sizeof *col);
	float *weight = arena_calloc(a, BODY_POINTS, POINT_VERTS *
	    sizeof *weight);

	if (!row || !col || !weight)
		return E_NOMEM;
	for (uint32_t i = 0; i < BODY_POINTS; i++)
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
	b->points = (struct sparse){ BODY_POINTS, row, col, weight };
	return OK;
}

/* ---- weight ---------------------------------------------------------- */

/* Of the closed surface, in the person's size; net of the left half. */
static double
volume(const struct make *m)
{
	double sum = 0;

	for (size_t i = 0; i < m->net.n_face; i++) {
		float p[3][3];

		for (int k = 0; k < 3; k++) {
			memcpy(p[k], m->net.p[m->net.face[i][k]], sizeof p[k]);
			proportion(p[k], m->h);
		}
		/* The midline closes the half: x = 0 adds nothing. */
		sum += (double)p[0][0] * ((double)p[1][1] * p[2][2] -
		    (double)p[1][2] * p[2][1]) +
		    (double)p[0][1] * ((double)p[1][2] * p[2][0] -
		    (double)p[1][0] * p[2][2]) +
		    (double)p[0][2] * ((double)p[1][0] * p[2][1] -
		    (double)p[1][1] * p[2][0]);
	}
	return 2 * sum / 6;
}

/*
 * Girth that has the weight: the volume of trunk and limbs grows about as
 * its square.
 */
static enum status
meet_weight(struct make *m, struct arena *a)
{
	double goal = m->h->weight / DENSITY;
	double girth = pow(m->h->weight / (m->h->height * m->h->height) / 23,
	    0.6);

	form_make(&m->form, m->h, girth);
	TRY(net_make(&m->net, a, &m->form));
	for (int pass = 0; pass < 4; pass++) {
		double v = volume(m);

		if (fabs(v / goal - 1) < 0.005)
			break;
		girth *= pow(goal / v, 0.62);
		form_make(&m->form, m->h, girth);
		TRY(net_fit(&m->net, a));
	}
	return OK;
}

enum status
human_make(struct body *b, struct arena *a, const struct human *h)
{
	struct make m = { .h = h };

	*b = (struct body){ 0 };
	TRY(check(h));
	TRY(meet_weight(&m, a));
	TRY(mirror_vertices(&m, a));
	set_joints(b, &m.form, h);
	TRY(set_faces(b, a, &m));
	TRY(set_vertices(b, a, &m));
	return set_points(b, a, &m);
}

enum status
human_open(struct body *b, struct arena *a, const char *name,
    const char *shape)
{
	struct human h;

	if (name && strncmp(name, "ours", 4) != 0)
		return body_read(b, a, name, shape);
	if (name && name[4] != 0 && name[4] != ':')
		return body_read(b, a, name, shape);
	if (shape)
		return fail(E_VALUE, "a shape is for a body from a file");
	human_usual(&h, 1);
	if (name && name[4] == ':')
		TRY(human_parse(&h, name + 5));
	return human_make(b, a, &h);
}
