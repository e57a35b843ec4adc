#include "body/costume.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/vec3f.h"

/* The texel of a point of a face. */
static size_t
texel(const struct costume_mesh *m, size_t face, const float w[3])
{
	const size_t n[2] = { m->w, m->h };
	size_t at[2];

	for (int c = 0; c < 2; c++) {
		float x = 0;

		for (int k = 0; k < 3; k++)
			x += w[k] * m->uv[face][k][c];
		x *= (float)n[c];
		at[c] = x <= 0 ? 0 : x >= (float)n[c] ? n[c] - 1 : (size_t)x;
	}
	return at[1] * m->w + at[0];
}

/* Share of a face that is there, by seven points in it. */
static float
opaque(const struct costume_mesh *m, size_t face)
{
	static const float at[7][3] = { { 1.f / 3, 1.f / 3, 1.f / 3 },
		{ .8f, .1f, .1f }, { .1f, .8f, .1f }, { .1f, .1f, .8f },
		{ .45f, .45f, .1f }, { .45f, .1f, .45f }, { .1f, .45f, .45f } };
	float n = 0;

	for (int k = 0; k < 7; k++)
		n += m->image[4 * texel(m, face, at[k]) + 3] >= 128;
	return n / 7;
}

static const float middle[3] = { 1.f / 3, 1.f / 3, 1.f / 3 };

enum { SOLID, THICK, THIN, CLASSES };

static int
class_of(const struct costume_mesh *m, size_t face)
{
	if (!(m->kind[texel(m, face, middle)] & AVATAR_CUT))
		return SOLID;
	return opaque(m, face) >= 0.5f ? THICK : THIN;
}

/* Faces, their coordinates and patches, the solid ones first. */
static enum status
put_faces(struct costume *c, struct arena *a, const struct costume_mesh *m)
{
	uint32_t (*face)[3] = arena_alloc(a, m->n_face * sizeof *face);
	uint16_t (*uv)[3][2] = arena_alloc(a, m->n_face * sizeof *uv);
	uint8_t *patch = arena_alloc(a, m->n_face);
	size_t count[CLASSES] = { 0 }, at[CLASSES] = { 0 };

	if (!face || !uv || !patch)
		return E_NOMEM;
	for (size_t i = 0; i < m->n_face; i++)
		count[class_of(m, i)]++;
	at[THICK] = c->n_solid = count[SOLID];
	at[THIN] = c->n_cast = count[SOLID] + count[THICK];
	for (size_t i = 0; i < m->n_face; i++) {
		size_t j = at[class_of(m, i)]++;
		uint32_t first = m->face[i][0];
		int most = 0;

		memcpy(face[j], m->face[i], sizeof *face);
		for (int k = 0; k < 6; k++)
			uv[j][k / 2][k % 2] = (uint16_t)lrintf(65535 *
			    m->uv[i][k / 2][k % 2]);
		for (int k = 1; k < AVATAR_INFLUENCES; k++)
			if (m->weight[first][k] > m->weight[first][most])
				most = k;
		patch[j] = (uint8_t)((m->kind[texel(m, i, middle)] &
		    ~AVATAR_CUT) << 5 | m->by[first][most]);
	}
	c->face = (const uint32_t (*)[3])face;
	c->uv = (const uint16_t (*)[3][2])uv;
	c->patch = patch;
	return OK;
}

/* Weights in 255ths; the largest takes what rounding leaves. */
static void
put_weights(uint8_t to[AVATAR_INFLUENCES], const float from[AVATAR_INFLUENCES])
{
	int left = 255, most = 0;

	for (int k = 0; k < AVATAR_INFLUENCES; k++) {
		to[k] = (uint8_t)lrintf(fminf(255 * from[k], 255));
		left -= to[k];
		if (to[k] > to[most])
			most = k;
	}
	to[most] = (uint8_t)(to[most] + left);
}

struct place {
	float at[3];
	uint32_t vertex;
};

static int
compare(const void *a, const void *b)
{
	const struct place *p = a, *q = b;

	for (int c = 0; c < 3; c++)
		if (p->at[c] != q->at[c])
			return p->at[c] < q->at[c] ? -1 : 1;
	return p->vertex < q->vertex ? -1 : p->vertex > q->vertex;
}

/*
 * Where charts of the picture meet there are two vertices at one place: with
 * one normal, or the seam would show.
 */
static enum status
find_twins(struct costume *c, struct arena *a)
{
	uint32_t *twin = arena_alloc(a, c->n_vert * sizeof *twin);
	size_t mark = arena_mark(a);
	struct place *p = arena_alloc(a, c->n_vert * sizeof *p);

	if (!twin || !p)
		return E_NOMEM;
	for (size_t i = 0; i < c->n_vert; i++) {
		memcpy(p[i].at, c->vert[i], sizeof p[i].at);
		p[i].vertex = (uint32_t)i;
	}
	qsort(p, c->n_vert, sizeof *p, compare);
	for (size_t i = 0, first = 0; i < c->n_vert; i++) {
		for (int k = 0; k < 3; k++)
			if (p[i].at[k] != p[first].at[k])
				first = i;
		twin[p[i].vertex] = p[first].vertex;
	}
	arena_pop(a, mark);
	c->twin = twin;
	return OK;
}

enum status
costume_make(struct costume *c, struct arena *a, const struct costume_mesh *m)
{
	size_t n = m->n_vert;
	float (*vert)[3] = arena_alloc(a, n * sizeof *vert);
	uint8_t (*by)[AVATAR_INFLUENCES] = arena_alloc(a, n * sizeof *by);
	uint8_t (*weight)[AVATAR_INFLUENCES] = arena_alloc(a, n *
	    sizeof *weight);
	uint8_t *kind = arena_alloc(a, m->h * m->w);

	if (!vert || !by || !weight || !kind)
		return E_NOMEM;
	*c = (struct costume){ .n_vert = n, .n_face = m->n_face,
		.vert = (const float (*)[3])vert,
		.by = (const uint8_t (*)[AVATAR_INFLUENCES])by,
		.weight = (const uint8_t (*)[AVATAR_INFLUENCES])weight,
		.kind = kind };
	memcpy(vert, m->vert, n * sizeof *vert);
	memcpy(by, m->by, n * sizeof *by);
	for (size_t i = 0; i < n; i++)
		put_weights(weight[i], m->weight[i]);
	for (size_t i = 0; i < m->h * m->w; i++)
		kind[i] = m->kind[i] & (uint8_t)~AVATAR_CUT;
	TRY(put_faces(c, a, m));
	TRY(find_twins(c, a));
	return mipmap_make(&c->map, a, m->image, m->h, m->w);
}

void
costume_pose(float (*out)[3], const struct costume *c,
    const float g[BODY_JOINTS][3][4])
{
	for (size_t i = 0; i < c->n_vert; i++) {
		const float *v = c->vert[i];
		float t[12] = { 0 };

		for (int k = 0; k < AVATAR_INFLUENCES; k++) {
			const float *from = g[c->by[i][k]][0];
			float w = (float)c->weight[i][k] / 255;

			for (int e = 0; c->weight[i][k] && e < 12; e++)
				t[e] += w * from[e];
		}
		for (int r = 0; r < 3; r++)
			out[i][r] = t[4 * r] * v[0] + t[4 * r + 1] * v[1] +
			    t[4 * r + 2] * v[2] + t[4 * r + 3];
	}
}

static void
hair_normals(float (*normal)[3], const struct costume *c,
    const float (*vert)[3])
{
	float mid[3] = { 0 }, n = 3 * (float)(c->n_face - c->n_solid);

	for (size_t i = c->n_solid; i < c->n_face; i++)
		for (int k = 0; k < 3; k++)
			for (int e = 0; e < 3; e++)
				mid[e] += vert[c->face[i][k]][e] / n;
	for (size_t i = c->n_solid; i < c->n_face; i++)
		for (int k = 0; k < 3; k++) {
			uint32_t v = c->face[i][k];

			for (int e = 0; e < 3; e++)
				normal[v][e] = vert[v][e] - mid[e];
			vec3f_unit(normal[v]);
		}
}

void
costume_normals(float (*normal)[3], const struct costume *c,
    const float (*vert)[3])
{
	memset(normal, 0, c->n_vert * sizeof *normal);
	for (size_t i = 0; i < c->n_solid; i++) {
		const uint32_t *f = c->face[i];
		float n[3];

		vec3f_normal(n, vert[f[0]], vert[f[1]], vert[f[2]]);
		for (int k = 0; k < 3; k++)
			for (int e = 0; e < 3; e++)
				normal[c->twin[f[k]]][e] += n[e];
	}
	for (size_t i = 0; i < c->n_vert; i++)
		if (c->twin[i] == i)
			vec3f_unit(normal[i]);
	for (size_t i = 0; i < c->n_vert; i++)
		if (c->twin[i] != i)
			memcpy(normal[i], normal[c->twin[i]], sizeof *normal);
	hair_normals(normal, c, vert);
}

void
costume_uv(float uv[2], const struct costume *c, uint32_t face,
    const float w[3])
{
	for (int i = 0; i < 2; i++)
		uv[i] = (w[0] * c->uv[face][0][i] + w[1] * c->uv[face][1][i] +
		    w[2] * c->uv[face][2][i]) / 65535;
}

enum avatar_kind
costume_kind(const struct costume *c, const float uv[2])
{
	const size_t n[2] = { c->map.w, c->map.h };
	size_t at[2];

	for (int i = 0; i < 2; i++) {
		at[i] = (size_t)(uv[i] * (float)n[i]);
		at[i] = at[i] < n[i] ? at[i] : n[i] - 1;
	}
	return (enum avatar_kind)c->kind[at[1] * n[0] + at[0]];
}

static float
area(float ax, float ay, float bx, float by)
{
	return fabsf(ax * by - ay * bx);
}

int
costume_level(const struct costume *c, uint32_t face, const float *const p[3],
    float n)
{
	const uint16_t (*t)[2] = c->uv[face];
	float seen = area(p[1][0] - p[0][0], p[1][1] - p[0][1],
	    p[2][0] - p[0][0], p[2][1] - p[0][1]);
	float texels = area((float)(t[1][0] - t[0][0]),
	    (float)(t[1][1] - t[0][1]), (float)(t[2][0] - t[0][0]),
	    (float)(t[2][1] - t[0][1])) / (65535.f * 65535.f) *
	    (float)(c->map.h * c->map.w);

	/* A face seen from its edge has detail in one direction alone. */
	return mipmap_level(&c->map, n * (seen > 0.02f * texels ?
	    texels / seen : 50));
}
