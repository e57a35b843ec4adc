/*
 * An avatar on our body: one that is our own body in drawn clothes, with arms
 * and legs lowered and spread, so that hull, joints and texture are known.
 */
#include "avatar/worn.h"

#include <string.h>

#include "../numbers.h"
#include "../tap.h"
#include "body/skin.h"
#include "dress/drape.h"
#include "human/human.h"
#include "math/team.h"

#define TEXELS 128

struct known {
	struct arena *a;
	struct layout *l;
	struct body body;
	struct drape drape;
	float *texture;			/* (TEXELS,TEXELS,3) in [-1,1] */
	uint8_t *seen;
	struct avatar v;
};

static void
must(enum status s)
{
	if (s != OK) {
		printf("Bail out! %s\n", status_detail());
		exit(2);
	}
}

/* The four largest weights of each vertex. */
static void
four_weights(struct known *k)
{
	const struct sparse *s = &k->body.skin;
	uint8_t (*by)[AVATAR_INFLUENCES] = arena_calloc(k->a, s->n_row,
	    sizeof *by);
	float (*weight)[AVATAR_INFLUENCES] = arena_calloc(k->a, s->n_row,
	    sizeof *weight);

	for (size_t i = 0; i < s->n_row; i++) {
		float sum[BODY_JOINTS] = { 0 };

		for (uint32_t e = s->row[i]; e < s->row[i + 1]; e++)
			sum[s->col[e]] += s->weight[e];
		avatar_reduce(by[i], weight[i], sum);
	}
	k->v.by = (const uint8_t (*)[AVATAR_INFLUENCES])by;
	k->v.weight = (const float (*)[AVATAR_INFLUENCES])weight;
}

/* The dressed body with arms 40 degrees down and legs apart by twice `spread`. */
static void
pose(struct known *k, float spread)
{
	float turn[BODY_JOINTS][3] = { { 0 } }, g[BODY_JOINTS][3][4];
	float (*vert)[3] = arena_calloc(k->a, k->v.n_vert, sizeof *vert);
	float point[POSE_POINTS][3];

	turn[J_L_SHOULDER][2] = -0.7f;
	turn[J_R_SHOULDER][2] = 0.7f;
	turn[J_L_HIP][2] = spread;
	turn[J_R_HIP][2] = -spread;
	skin_transforms(g, &k->body, (const float (*)[3])turn);
	for (size_t i = 0; i < k->v.n_vert; i++)
		for (int e = 0; e < AVATAR_INFLUENCES; e++)
			for (int c = 0; c < 3; c++) {
				const float *m = g[k->v.by[i][e]][c];
				const float *p = k->drape.vert[i];

				vert[i][c] += k->v.weight[i][e] * (m[0] * p[0] +
				    m[1] * p[1] + m[2] * p[2] + m[3]);
			}
	k->v.vert = (const float (*)[3])vert;
	for (int j = 0; j < BODY_JOINTS; j++)
		for (int c = 0; c < 3; c++) {
			const float *p = k->body.joint[j], *m = g[j][c];

			/* Not where our body stands: the origin is on the floor. */
			k->v.joint[j][c] = m[0] * p[0] + m[1] * p[1] +
			    m[2] * p[2] + m[3] + (c == 1 ? 0.95f : 0);
		}
	for (size_t i = 0; i < k->v.n_vert; i++)
		vert[i][1] += 0.95f;
	sparse_apply(point, &k->body.points, k->body.mesh.vert);
	for (int c = 0; c < 3; c++) {
		k->v.eye[0][c] = point[P_L_EYE][c] + (c == 1 ? 0.95f : 0);
		k->v.eye[1][c] = point[P_R_EYE][c] + (c == 1 ? 0.95f : 0);
	}
}

/* The picture is the texture map itself. */
static void
picture(struct known *k)
{
	const struct mesh *m = &k->body.mesh;
	float (*uv)[3][2] = arena_calloc(k->a, m->n_face, sizeof *uv);
	uint8_t *map = arena_calloc(k->a, TEXELS * TEXELS, 4);
	uint8_t *kinds = arena_calloc(k->a, TEXELS * TEXELS, 1);

	for (size_t i = 0; i < m->n_face; i++)
		for (int c = 0; c < 3; c++) {
			float xy[2] = { 0 };

			layout_texel(k->l, TEXELS, k->body.part[i],
			    k->body.part_uv[i][c][0], k->body.part_uv[i][c][1],
			    xy);
			for (int e = 0; e < 2; e++)
				uv[i][c][e] = (xy[e] + 0.5f) / TEXELS;
		}
	for (size_t i = 0; i < TEXELS * TEXELS; i++) {
		for (int c = 0; c < 3; c++)
			map[4 * i + c] = (uint8_t)lrintf(127.5f *
			    (k->texture[3 * i + c] + 1));
		map[4 * i + 3] = 255;
		kinds[i] = i / TEXELS < TEXELS / 2 ? AVATAR_TOP : AVATAR_SKIN;
	}
	k->v.uv = (const float (*)[3][2])uv;
	k->v.part[0] = (struct avatar_part){ .name = "body",
		.n = m->n_face, .map = { DT_U1, 3, { TEXELS, TEXELS, 4 }, map },
		.kinds = { DT_U1, 2, { TEXELS, TEXELS }, kinds } };
}

static void
make(struct known *k, enum bottom bottom)
{
	struct human h;
	struct unfold u;
	struct outfit o;
	const struct spot *spot;

	must(arena_new(&k->a, (size_t)2 << 30));
	must(layout_open(&k->l, "atlas24"));
	must(human_parse(&h, "female,height=1.68"));
	must(human_make(&k->body, k->a, &h));
	must(unfold_make(&u, k->a, &k->body, k->l, TEXELS));
	must(drape_spots(&spot, k->a, &u));
	outfit_random(&o, 7);
	outfit_cut_top(&o, TOP_SHIRT, 7);
	outfit_cut_bottom(&o, bottom, 7);
	must(drape_make(&k->drape, k->a, &u, spot, &o));
	k->texture = arena_calloc(k->a, TEXELS * TEXELS, 3 * sizeof(float));
	k->seen = arena_calloc(k->a, TEXELS * TEXELS, 1);
	must(outfit_draw(k->texture, k->seen, &u, &o));
	k->v.n_vert = k->body.mesh.n_vert;
	k->v.n_face = k->body.mesh.n_face;
	k->v.face = k->body.mesh.face;
	k->v.n_part = 1;
	four_weights(k);
	/* A skirt whose halves hang on legs that part would part, too. */
	pose(k, bottom == BOTTOM_SKIRT ? 0 : 0.08f);
	picture(k);
}

static int
by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Distances of vertices, millimetres: the q-th part of them is nearer. */
static double
apart(const float (*a)[3], const float (*b)[3], const float shift[3],
    size_t n, double q)
{
	float *d = zeros(n);

	for (size_t i = 0; i < n; i++) {
		for (int c = 0; c < 3; c++) {
			float e = a[i][c] - b[i][c] - shift[c];

			d[i] += e * e;
		}
		d[i] = 1000 * sqrtf(d[i]);
	}
	qsort(d, n, sizeof *d, by_size);
	return (double)d[(size_t)(q * (double)n)];
}

static void
test_known(const struct known *k, const struct worn *w)
{
	static const enum body_joint limbs[] = { J_L_KNEE, J_R_ANKLE,
		J_L_ELBOW, J_R_ELBOW, J_L_WRIST, J_R_WRIST };
	const float none[3] = { 0 };
	double worst = 0, sq = 0, n = 0, known = 0, kinds = 0, mid, far, in;

	for (size_t i = 0; i < sizeof limbs / sizeof *limbs; i++)
		for (int c = 0; c < 3; c++)
			worst = fmax(worst, 1000 * fabs((double)
			    w->joint[limbs[i]][c] - k->body.joint[limbs[i]][c] +
			    k->body.joint[0][c]));
	ok(worst < 10, "limbs point as ours do again, %.1f mm off at most",
	    worst);
	mid = apart(w->hull, k->drape.vert, none, w->n_body, 0.5);
	far = apart(w->hull, k->drape.vert, none, w->n_body, 0.95);
	ok(mid < 9 && far < 16, "the hull is on the clothes: %.1f mm, "
	    "95 %% within %.1f", mid, far);
	in = apart(w->inside, k->body.mesh.vert, none, w->n_body, 0.5);
	ok(in < 9, "the body inside is about where it was: %.1f mm", in);
	for (size_t i = 0; i < TEXELS * TEXELS; i++) {
		const uint8_t *map = k->v.part[0].map.data;
		const uint8_t *kind = k->v.part[0].kinds.data;

		known += k->seen[i] == 1;
		if (k->seen[i] != 1 || !w->valid[i])
			continue;
		for (int c = 0; c < 3; c++) {
			double e = (double)w->texture[3 * i + c] -
			    map[4 * i + c];

			sq += e * e / 3;
		}
		kinds += w->texkind[i] == kind[i];
		n++;
	}
	double psnr = 10 * log10(255 * 255 / (sq / n));

	ok(psnr > 28, "the texture is the one that is worn: %.1f dB", psnr);
	ok(kinds / n > 0.98, "so are the kinds: %.3f of texels", kinds / n);
	ok(n > 0.97 * known, "nearly all texels are found: "
	    "%.0f of %.0f", n, known);
}

/* Under a skirt each leg goes round its half of it. */
static void
test_skirt(void)
{
	const float none[3] = { 0 };
	struct known k = { .v.name = "skirt" };
	struct worn w;
	float (*a)[3], (*b)[3];
	size_t n = 0;

	make(&k, BOTTOM_SKIRT);
	must(worn_make(&w, k.a, &k.v, k.l, TEXELS, 128, 0, NULL));
	a = arena_calloc(k.a, w.n_body, sizeof *a);
	b = arena_calloc(k.a, w.n_body, sizeof *b);
	for (size_t i = 0; i < w.n_body; i++)
		if (k.drape.hang && k.drape.hang[i] >= 0 &&
		    w.hull[i][1] < w.joint[J_L_HIP][1] - 0.05f) {
			memcpy(a[n], w.hull[i], sizeof *a);
			memcpy(b[n++], k.drape.vert[i], sizeof *b);
		}
	double far = n ? apart((const float (*)[3])a, (const float (*)[3])b,
	    none, n, 0.7) : 1000;

	ok(n > 100 && far < 40, "seven tenths of %zu vertices of a skirt are "
	    "within %.1f mm", n, far);
	layout_close(k.l);
	arena_free(k.a);
}

static void
test_threads(const struct known *k, const struct worn *one)
{
	struct worn w;

	team_begin(3);
	must(worn_make(&w, k->a, &k->v, k->l, TEXELS, 128, 0, NULL));
	team_begin(1);
	ok(memcmp(w.texture, one->texture, 3 * TEXELS * TEXELS) == 0 &&
	    memcmp(w.hull, one->hull, w.n_body * sizeof *w.hull) == 0 &&
	    memcmp(w.inside, one->inside, w.n_body * sizeof *w.inside) == 0 &&
	    memcmp(w.texkind, one->texkind, TEXELS * TEXELS) == 0,
	    "the same bytes for any number of threads");
}

static void
test_fields(const struct known *k, const struct worn *w)
{
	struct sample s;
	struct worn got;
	struct tensor t;

	must(sample_init(&s, k->a, "alice"));
	must(worn_put(&s, w));
	ok(worn_get(&got, &s) == OK && got.n_vert == w->n_vert && got.T == TEXELS &&
	    got.hull == w->hull && got.h == w->h && got.n_body == w->n_body &&
	    memcmp(got.joint, w->joint, sizeof w->joint) == 0,
	    "fields of a sample and back");

	uint8_t (*by)[AVATAR_INFLUENCES] = arena_calloc(k->a, w->n_vert,
	    sizeof *by);

	by[5][1] = BODY_JOINTS;
	t = (struct tensor){ DT_U1, 2, { w->n_vert, AVATAR_INFLUENCES }, by };
	must(sample_put(&s, "avatar.by", &t));
	ok(worn_get(&got, &s) == E_VALUE && strstr(status_detail(),
	    "avatar.by"), "a joint that nobody has: %s", status_detail());
	t.dim[0]--;
	must(sample_put(&s, "avatar.by", &t));
	ok(worn_get(&got, &s) == E_SHAPE && strstr(status_detail(),
	    "avatar.by"), "joints for fewer vertices: %s", status_detail());
	sample_drop(&s, "avatar.by");
	ok(worn_get(&got, &s) == E_SHAPE && strstr(status_detail(),
	    "avatar.by"), "no joints: %s", status_detail());
	must(worn_put(&s, w));

	float (*weight)[AVATAR_INFLUENCES] = arena_calloc(k->a, w->n_vert,
	    sizeof *weight);

	memcpy(weight, w->weight, w->n_vert * sizeof *weight);
	for (int e = 0; e < AVATAR_INFLUENCES; e++)
		weight[7][e] *= 0.9f;
	t = (struct tensor){ DT_F4, 2, { w->n_vert, AVATAR_INFLUENCES },
		weight };
	must(sample_put(&s, "avatar.weight", &t));
	ok(worn_get(&got, &s) == E_VALUE && strstr(status_detail(),
	    "vertex 7 is 0.9"), "weights that make less than one: %s",
	    status_detail());
	sample_clear(&s);
}

static void
test_refused(const struct known *k)
{
	struct worn w;
	struct avatar v = k->v;

	memcpy(v.joint[J_L_ELBOW], v.joint[J_L_SHOULDER], sizeof v.joint[0]);
	enum status s = worn_make(&w, k->a, &v, k->l, TEXELS, 128, 0, NULL);

	ok(s == E_VALUE && strstr(status_detail(), "left elbow"),
	    "an arm without length: %s", status_detail());
	v = k->v;
	v.joint[J_HEAD][1] = -1;
	s = worn_make(&w, k->a, &v, k->l, TEXELS, 128, 0, NULL);
	ok(s == E_VALUE && strstr(status_detail(), "head"),
	    "a head below the neck: %s", status_detail());
	v = k->v;
	v.part[0].map.data = NULL;
	s = worn_make(&w, k->a, &v, k->l, TEXELS, 128, 0, NULL);
	ok(s == E_SHAPE && strstr(status_detail(), "picture"),
	    "a part without a picture: %s", status_detail());
	v = k->v;
	v.part[0].n--;
	s = worn_make(&w, k->a, &v, k->l, TEXELS, 128, 0, NULL);
	ok(s == E_SHAPE && strstr(status_detail(), "of no part"),
	    "a face of no part: %s", status_detail());
}

/*
 * A skeleton whose hips are 5 cm too low; and a body that is put elsewhere,
 * by the same seed at the same place.
 */
static void
test_hips(const struct known *k, const struct worn *w)
{
	const float none[3] = { 0 };
	struct worn low, vary[3];
	struct avatar v = k->v;

	v.joint[J_L_HIP][1] -= 0.05f;
	v.joint[J_R_HIP][1] -= 0.05f;
	must(worn_make(&low, k->a, &v, k->l, TEXELS, 128, 0, NULL));
	double far = apart(w->hull, low.hull, none, w->n_body, 0.9);

	ok(far < 12, "hips of a skeleton that are 5 cm too low: the hull is "
	    "within %.1f mm", far);
	for (int i = 0; i < 3; i++) {
		struct rng d = rng_seed(1, i == 2);

		must(worn_make(&vary[i], k->a, &k->v, k->l, TEXELS, 128, 1,
		    &d));
	}
	ok(memcmp(vary[0].hull, vary[1].hull, w->n_body * sizeof *w->hull) == 0,
	    "one seed puts the body at one place");
	far = apart(vary[0].hull, vary[2].hull, none, w->n_body, 0.9);
	ok(far > 5 && far < 100, "two seeds at places %.1f mm apart", far);
	ok(memcmp(vary[0].joint, w->joint, sizeof w->joint) == 0 &&
	    memcmp(vary[0].vert, w->vert, w->n_vert * sizeof *w->vert) == 0,
	    "the figure and its joints stay");
}

int
main(void)
{
	struct known k = { .v.name = "known" };
	struct worn w;

	team_begin(1);
	make(&k, BOTTOM_JEANS);
	must(worn_make(&w, k.a, &k.v, k.l, TEXELS, 128, 0, NULL));
	test_known(&k, &w);
	test_threads(&k, &w);
	test_hips(&k, &w);
	test_fields(&k, &w);
	test_refused(&k);
	test_skirt();
	layout_close(k.l);
	arena_free(k.a);
	return done();
}
