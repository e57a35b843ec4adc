#include "human/human.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "human/human_net.h"
#include "human/human_rig.h"
#include "math/rng.h"

#define DENSITY 1010.0		/* kg/m3 */

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
	uint64_t seed = 0;

	/*
	 * The first pass finds the sex and the seed, wherever they stand; the
	 * second sets the fields on top of the usual or random person that
	 * they name.
	 */
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

/* ---- both halves ----------------------------------------------------- */

static const uint8_t other_part[25] = { 0, 1, 2, 4, 3, 6, 5, 8, 7, 10, 9, 12,
	11, 14, 13, 16, 15, 18, 17, 20, 19, 22, 21, 24, 23 };

struct make {
	const struct human *h;
	struct form form;
	struct net net;
	uint32_t *mirror;	/* vertex of the left half -> of the right */
	float (*at)[3];		/* vertices of both halves, in the form's space */
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

/* Charts of the right side are the left ones with V (trunk) or U reversed. */
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

	if (!v)
		return E_NOMEM;
	for (size_t i = 0; i < m->n_vert; i++) {
		memcpy(v[i], m->at[i], sizeof *v);
		rig_proportion(v[i], m->h);
	}
	b->mesh.n_vert = m->n_vert;
	b->mesh.vert = (const float (*)[3])v;
	return OK;
}

/* ---- weight ---------------------------------------------------------- */

/* Of the whole body in the person's size, from the mesh of the left half. */
static double
volume(const struct make *m)
{
	double sum = 0;

	for (size_t i = 0; i < m->net.n_face; i++) {
		float p[3][3];

		for (int k = 0; k < 3; k++) {
			memcpy(p[k], m->net.p[m->net.face[i][k]], sizeof p[k]);
			rig_proportion(p[k], m->h);
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
 * Finds the girth at which the body has its weight. The volume of trunk and
 * limbs grows about as the square of the girth.
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
	TRY(set_faces(b, a, &m));
	TRY(set_vertices(b, a, &m));
	const struct rig r = { h, &m.form, m.n_vert,
		(const float (*)[3])m.at };

	return rig_make(b, a, &r);
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
