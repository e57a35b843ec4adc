/*
 * A grid cell holds the triangle that covers its centre. On the (u,v) side
 * cells that no triangle covers hold the nearest triangle of the part.
 */
#include "texture/uvtable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define C UVTABLE_CELLS
#define X UVTABLE_TEXELS

/* Weights of the three corners at a point; 2D coordinates start at `axis`. */
static bool
weights(float w[3], const float corner[3][4], int axis, float a, float b)
{
	const float *p = corner[0] + axis, *q = corner[1] + axis;
	const float *r = corner[2] + axis;
	float det = (q[0] - p[0]) * (r[1] - p[1]) -
	    (r[0] - p[0]) * (q[1] - p[1]);

	if (fabsf(det) < 1e-14f)	/* no area */
		return false;
	w[1] = ((a - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (b - p[1])) / det;
	w[2] = ((q[0] - p[0]) * (b - p[1]) - (a - p[0]) * (q[1] - p[1])) / det;
	w[0] = 1 - w[1] - w[2];
	return true;
}

static float
least(const float w[3])
{
	return fminf(w[0], fminf(w[1], w[2]));
}

/* ---- making ------------------------------------------------------------ */

/* Three vertices of one polygon, in order, with their texture coordinates. */
struct key {
	uint32_t v[3], uv[3];
};

static int
by_vertices(const void *a, const void *b)
{
	return memcmp(a, b, sizeof ((struct key *)0)->v);
}

static void
swap(uint32_t *a, uint32_t *b)
{
	uint32_t c = *a;

	*a = *b;
	*b = c;
}

static struct key
make_key(const uint32_t v[3], const uint32_t uv[3])
{
	struct key k;

	memcpy(k.v, v, sizeof k.v);
	memcpy(k.uv, uv, sizeof k.uv);
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
			if (k.v[j] > k.v[j + 1]) {
				swap(&k.v[j], &k.v[j + 1]);
				swap(&k.uv[j], &k.uv[j + 1]);
			}
	return k;
}

/*
 * All triangles that the mesh's polygons can be cut into: SMPL's files have
 * quads, of which the reader made two triangles with one diagonal, and the
 * charts may have the other. key: room
 * for 3 per triangle of the mesh.
 */
static size_t
list_keys(struct key *key, const struct mesh *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_face; i++) {
		const uint32_t *f = m->face[i], *t = m->uv_face[i];

		key[n++] = make_key(f, t);
		if (!m->poly || i + 1 == m->n_face ||
		    m->poly[i] != m->poly[i + 1])
			continue;
		/* 0 1 2 and 0 2 3 of the reader's fan: 0 1 3 and 1 2 3. */
		const uint32_t *g = m->face[i + 1], *u = m->uv_face[i + 1];

		key[n++] = make_key((uint32_t[]){ f[0], f[1], g[2] },
		    (uint32_t[]){ t[0], t[1], u[2] });
		key[n++] = make_key((uint32_t[]){ f[1], f[2], g[2] },
		    (uint32_t[]){ t[1], t[2], u[2] });
	}
	qsort(key, n, sizeof *key, by_vertices);
	return n;
}

static enum status
match(float (*corner)[3][4], const struct uvmat *c, const struct mesh *m,
    struct key *key)
{
	const size_t n = list_keys(key, m);

	for (size_t i = 0; i < c->n_face; i++) {
		uint32_t v[3];

		for (int k = 0; k < 3; k++)
			v[k] = c->vertex[c->face[i][k]];
		struct key want = make_key(v, v);
		const struct key *got = bsearch(&want, key, n, sizeof *key,
		    by_vertices);

		if (!got)
			return fail(E_FORMAT, "triangle %zu of the charts, "
			    "vertices %u %u %u, is not in the mesh: want the "
			    "mesh that the charts were made for", i, v[0],
			    v[1], v[2]);
		for (size_t k = 0; k < 3; k++) {
			const size_t j = v[k] == got->v[0] ? 0 :
			    v[k] == got->v[1] ? 1 : 2;
			const float *place = m->uv[got->uv[j]];
			const float *uv = c->uv[c->face[i][k]];
			/* v of a mesh runs up */
			const float put[4] = { place[0], 1 - place[1], uv[0],
				uv[1] };

			memcpy(corner[i][k], put, sizeof put);
			if (!(place[0] >= 0 && place[0] <= 1 &&
			    place[1] >= 0 && place[1] <= 1))
				return fail(E_FORMAT, "texture coordinates "
				    "%g %g of the mesh, want 0..1",
				    (double)place[0], (double)place[1]);
		}
	}
	return OK;
}

/* Marks the cells of an n x n grid whose centres triangle t covers. */
static void
cover(uint16_t *grid, size_t n, const float corner[3][4], int axis, size_t t)
{
	const float s = (float)(n - 1), slack = 1e-5f;
	float lo[2] = { 1, 1 }, hi[2] = { 0, 0 }, w[3];

	for (int k = 0; k < 3; k++)
		for (int j = 0; j < 2; j++) {
			lo[j] = fminf(lo[j], corner[k][axis + j]);
			hi[j] = fmaxf(hi[j], corner[k][axis + j]);
		}
	for (size_t y = (size_t)ceilf(lo[1] * s - slack);
	    (float)y <= hi[1] * s + slack; y++)
		for (size_t x = (size_t)ceilf(lo[0] * s - slack);
		    (float)x <= hi[0] * s + slack; x++)
			if (weights(w, corner, axis, (float)x / s,
			    (float)y / s) && least(w) >= -slack)
				grid[y * n + x] = (uint16_t)(t + 1);
}

/*
 * Gives empty cells of one part's grid the triangle of the nearest covered
 * cell: the offset to it is passed on from neighbours, twice over the grid
 * from either side (Danielsson). off: C * C, scratch.
 */
struct offset {
	int16_t x, y;
};
#define FAR 10000

static void
take_nearer(struct offset *here, struct offset there, int dx, int dy)
{
	int x = there.x + dx, y = there.y + dy;

	if (there.x < FAR && x * x + y * y < here->x * here->x +
	    here->y * here->y)
		*here = (struct offset){ (int16_t)x, (int16_t)y };
}

static void
spread(uint16_t *grid, struct offset *off)
{
	for (size_t i = 0; i < C * C; i++)
		off[i] = grid[i] ? (struct offset){ 0, 0 } :
		    (struct offset){ FAR, FAR };
	for (int pass = 0; pass < 2; pass++)
		for (int k = 0; k < C * C; k++) {
			const int i = pass ? C * C - 1 - k : k;
			const int x = i % C, y = i / C, d = pass ? 1 : -1;

			if (x + d >= 0 && x + d < C)
				take_nearer(&off[i], off[i + d], d, 0);
			if (y + d < 0 || y + d >= C)
				continue;
			for (int e = -1; e <= 1; e++)
				if (x + e >= 0 && x + e < C)
					take_nearer(&off[i], off[i + d * C + e],
					    e, d);
		}
	for (int i = 0; i < C * C; i++)
		if (off[i].x < FAR && !grid[i])
			grid[i] = grid[i + off[i].y * C + off[i].x];
}

enum status
uvtable_make(struct uvtable *t, struct arena *a, const struct uvmat *charts,
    const struct mesh *mesh)
{
	const size_t n = charts->n_face;

	if (!mesh->uv)
		return fail(E_FORMAT, "the mesh has no texture coordinates");
	if (n > UINT16_MAX - 1)
		return fail(E_LIMIT, "%zu triangles, want at most %d", n,
		    UINT16_MAX - 1);
	float (*corner)[3][4] = arena_calloc(a, n, sizeof *corner);
	uint16_t *of_uv = arena_calloc(a, 24 * C * C, sizeof *of_uv);
	uint16_t *of_texel = arena_calloc(a, X * X, sizeof *of_texel);
	struct key *key = arena_calloc(a, 3 * mesh->n_face, sizeof *key);
	struct offset *off = arena_calloc(a, C * C, sizeof *off);

	if (!corner || !of_uv || !of_texel || !key || !off)
		return E_NOMEM;
	TRY(match(corner, charts, mesh, key));
	for (size_t i = 0; i < n; i++) {
		const float (*c)[4] = (const float (*)[4])corner[i];

		cover(of_uv + (charts->part[i] - 1) * (size_t)(C * C), C, c, 2,
		    i);
		cover(of_texel, X, c, 0, i);
	}
	for (size_t p = 0; p < 24; p++)
		spread(of_uv + p * C * C, off);
	*t = (struct uvtable){ n, (const float (*)[3][4])corner, charts->part,
		of_uv, of_texel };
	return OK;
}

/* ---- storing ----------------------------------------------------------- */

enum status
uvtable_put(struct sample *s, const struct uvtable *t)
{
	struct tensor corner, part, of_uv, of_texel;

	TRY(sample_make(&corner, s, "lut.corner", DT_F4,
	    TENSOR_DIMS(t->n, 3, 4)));
	TRY(sample_make(&part, s, "lut.part", DT_U1, TENSOR_DIMS(t->n)));
	TRY(sample_make(&of_uv, s, "lut.of_uv", DT_U2, TENSOR_DIMS(24, C, C)));
	TRY(sample_make(&of_texel, s, "lut.of_texel", DT_U2,
	    TENSOR_DIMS(X, X)));
	memcpy(corner.data, t->corner, tensor_bytes(&corner));
	memcpy(part.data, t->part, tensor_bytes(&part));
	memcpy(of_uv.data, t->of_uv, tensor_bytes(&of_uv));
	memcpy(of_texel.data, t->of_texel, tensor_bytes(&of_texel));
	return OK;
}

enum status
uvtable_get(struct uvtable *t, const struct sample *s)
{
	const struct tensor *corner, *part, *of_uv, *of_texel;

	TRY(sample_want(&corner, s, "lut.corner", DT_F4,
	    TENSOR_DIMS(0, 3, 4)));
	const size_t n = corner->dim[0];

	TRY(sample_want(&part, s, "lut.part", DT_U1, TENSOR_DIMS(n)));
	TRY(sample_want(&of_uv, s, "lut.of_uv", DT_U2,
	    TENSOR_DIMS(24, C, C)));
	TRY(sample_want(&of_texel, s, "lut.of_texel", DT_U2,
	    TENSOR_DIMS(X, X)));
	*t = (struct uvtable){ n, corner->data, part->data, of_uv->data,
		of_texel->data };
	for (size_t i = 0; i < n * 12; i++)
		if (!(((const float *)corner->data)[i] >= 0 &&
		    ((const float *)corner->data)[i] <= 1))
			return fail(E_VALUE, "field lut.corner: %g, want 0..1",
			    (double)((const float *)corner->data)[i]);
	for (size_t i = 0; i < n; i++)
		if (t->part[i] < 1 || t->part[i] > 24)
			return fail(E_VALUE, "field lut.part: %d, want 1..24",
			    t->part[i]);
	for (size_t i = 0; i < 24 * C * C; i++)
		if (t->of_uv[i] > n || (t->of_uv[i] &&
		    t->part[t->of_uv[i] - 1] != 1 + i / (C * C)))
			return fail(E_VALUE, "field lut.of_uv: triangle %u, "
			    "of %zu or not of part %zu", t->of_uv[i], n,
			    1 + i / (C * C));
	for (size_t i = 0; i < X * X; i++)
		if (t->of_texel[i] > n)
			return fail(E_VALUE, "field lut.of_texel: triangle %u "
			    "of %zu", t->of_texel[i], n);
	return OK;
}

/* ---- looking up -------------------------------------------------------- */

/*
 * The triangle around a point among those of the four grid cells there; the
 * nearest cell's where none is around it. w: weights of its corners. False
 * where that cell is empty.
 */
static bool
look(const struct uvtable *t, const uint16_t *grid, size_t n, int axis,
    float a, float b, size_t *found, float w[3])
{
	const float x = a * (float)(n - 1), y = b * (float)(n - 1);
	const size_t x0 = (size_t)x, y0 = (size_t)y;
	const size_t nearest = (size_t)(y + 0.5f) * n + (size_t)(x + 0.5f);

	for (size_t k = 0; k < 4; k++) {
		size_t u = x0 + (k & 1), v = y0 + (k >> 1);

		if (u >= n || v >= n || !grid[v * n + u])
			continue;
		*found = grid[v * n + u] - 1;
		if (weights(w, t->corner[*found], axis, a, b) &&
		    least(w) >= -1e-4f)
			return true;
	}
	if (!grid[nearest])
		return false;
	*found = grid[nearest] - 1;
	return weights(w, t->corner[*found], axis, a, b);
}

/* Weights outside a triangle to those of the nearest point on its rim. */
static void
onto(float w[3], const float corner[3][4], int axis, float a, float b)
{
	float best = INFINITY;

	if (least(w) >= 0)
		return;
	for (int i = 0; i < 3; i++) {
		const int j = (i + 1) % 3;
		const float *p = corner[i] + axis, *q = corner[j] + axis;
		const float dx = q[0] - p[0], dy = q[1] - p[1];
		float t = ((a - p[0]) * dx + (b - p[1]) * dy) /
		    (dx * dx + dy * dy);

		t = fminf(fmaxf(t, 0), 1);
		float d = hypotf(p[0] + t * dx - a, p[1] + t * dy - b);

		if (d >= best)
			continue;
		best = d;
		w[i] = 1 - t;
		w[j] = t;
		w[(i + 2) % 3] = 0;
	}
}

static float
mix(const float corner[3][4], const float w[3], int axis)
{
	return w[0] * corner[0][axis] + w[1] * corner[1][axis] +
	    w[2] * corner[2][axis];
}

bool
uvtable_place(const struct uvtable *t, int part, float u, float v, float xy[2])
{
	const uint16_t *grid = t->of_uv + (size_t)(part - 1) * C * C;
	size_t i;
	float w[3];

	if (!look(t, grid, C, 2, u, v, &i, w))
		return false;
	onto(w, t->corner[i], 2, u, v);
	xy[0] = mix(t->corner[i], w, 0);
	xy[1] = mix(t->corner[i], w, 1);
	return true;
}

bool
uvtable_find(const struct uvtable *t, float x, float y, int *part, float *u,
    float *v)
{
	size_t i;
	float w[3];

	if (!(x >= 0 && y >= 0 && x <= 1 && y <= 1) ||
	    !look(t, t->of_texel, X, 0, x, y, &i, w) || least(w) < -0.01f)
		return false;
	onto(w, t->corner[i], 0, x, y);
	*part = t->part[i];
	*u = mix(t->corner[i], w, 2);
	*v = mix(t->corner[i], w, 3);
	return true;
}

bool
uvtable_covers(const struct uvtable *t, int part, float u, float v)
{
	const uint16_t *grid = t->of_uv + (size_t)(part - 1) * C * C;
	const float half = 0.5f / (C - 1);
	size_t i;
	float w[3];

	if (!look(t, grid, C, 2, u, v, &i, w))
		return false;
	onto(w, t->corner[i], 2, u, v);
	return fabsf(mix(t->corner[i], w, 2) - u) <= half &&
	    fabsf(mix(t->corner[i], w, 3) - v) <= half;
}
