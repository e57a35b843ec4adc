#include "avatar/outer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "math/vec3f.h"
#include "texture/mipmap.h"

/* ---- pictures -------------------------------------------------------- */

/* Half as wide and high; an odd last row or column is left out. */
static enum status
halve(struct tensor *to, struct arena *a, const struct tensor *from)
{
	size_t h = from->dim[0], w = from->dim[1];
	const uint8_t *p = from->data;

	TRY(tensor_alloc(to, a, DT_U1, TENSOR_DIMS(h / 2, w / 2, 4)));
	uint8_t *q = to->data;

	for (size_t y = 0; y < h / 2; y++)
		for (size_t x = 0; x < w / 2; x++, q += 4) {
			const uint8_t *s = p + 4 * (2 * y * w + 2 * x);

			mipmap_mean(q, (const uint8_t *const[4]){ s, s + 4,
			    s + 4 * w, s + 4 * w + 4 });
		}
	return OK;
}

/* Pixels of the part's picture for a metre of its surface. */
static float
density(const struct outer *o, const struct avatar_part *p)
{
	const struct avatar *v = o->avatar;
	double on_map = 0, on_skin = 0;

	for (size_t i = p->first; i < p->first + p->n; i++) {
		const float (*t)[2] = v->uv[i];
		const uint32_t *f = v->face[i];
		float n[3];

		on_map += fabs(((double)t[1][0] - t[0][0]) * ((double)t[2][1] -
		    t[0][1]) - ((double)t[2][0] - t[0][0]) * ((double)t[1][1] -
		    t[0][1]));
		vec3f_normal(n, o->vert[f[0]], o->vert[f[1]], o->vert[f[2]]);
		on_skin += vec3f_length(n);
	}
	return on_skin > 0 ? (float)sqrt(on_map / on_skin *
	    (double)(p->map.dim[0] * p->map.dim[1])) : 0;
}

static enum status
shrink_maps(struct outer *o, struct arena *a, float step)
{
	for (size_t k = 0; k < o->avatar->n_part; k++) {
		const struct avatar_part *p = &o->avatar->part[k];
		float fine = density(o, p) * step;

		o->map[k] = p->map;
		for (; fine > 1.5f && o->map[k].dim[0] >= 16 &&
		    o->map[k].dim[1] >= 16; fine /= 2) {
			struct tensor full = o->map[k];

			TRY(halve(&o->map[k], a, &full));
		}
	}
	return OK;
}

/* ---- the grid -------------------------------------------------------- */

#define CELL 0.014f		/* metres; a few faces in each */

static size_t
cell_of(const struct outer *o, float x, int axis)
{
	float i = (x - o->lo[axis]) / o->cell;

	return i <= 0 ? 0 : i >= (float)(o->n[axis] - 1) ? o->n[axis] - 1 :
	    (size_t)i;
}

/* Cells that the box of a face touches, first and last. */
static void
cells_of_face(size_t lo[3], size_t hi[3], const struct outer *o, size_t face)
{
	const uint32_t *f = o->avatar->face[face];

	for (int c = 0; c < 3; c++) {
		float a = o->vert[f[0]][c], b = a;

		for (int k = 1; k < 3; k++) {
			a = fminf(a, o->vert[f[k]][c]);
			b = fmaxf(b, o->vert[f[k]][c]);
		}
		lo[c] = cell_of(o, a, c);
		hi[c] = cell_of(o, b, c);
	}
}

/* Adds the face to its cells: counts it in first, or writes it where that says. */
static void
enter(struct outer *o, size_t face, bool write)
{
	size_t lo[3], hi[3];

	cells_of_face(lo, hi, o, face);
	for (size_t z = lo[2]; z <= hi[2]; z++)
		for (size_t y = lo[1]; y <= hi[1]; y++)
			for (size_t x = lo[0]; x <= hi[0]; x++) {
				size_t i = (z * o->n[1] + y) * o->n[0] + x;

				if (write)
					o->face[--o->first[i + 1]] =
					    (uint32_t)face;
				else
					o->first[i + 1]++;
			}
}

static enum status
make_grid(struct outer *o, struct arena *a)
{
	const struct avatar *v = o->avatar;
	float hi[3];
	size_t cells = 1;

	memcpy(o->lo, o->vert[0], sizeof o->lo);
	memcpy(hi, o->lo, sizeof hi);
	for (size_t i = 1; i < v->n_vert; i++)
		for (int c = 0; c < 3; c++) {
			o->lo[c] = fminf(o->lo[c], o->vert[i][c]);
			hi[c] = fmaxf(hi[c], o->vert[i][c]);
		}
	o->cell = CELL;
	for (int c = 0; c < 3; c++) {
		/* A cell more at both ends: rays begin outside. */
		o->lo[c] -= o->cell;
		o->n[c] = (size_t)((hi[c] - o->lo[c]) / o->cell) + 2;
		if (!(hi[c] - o->lo[c] < 10))
			return fail(E_VALUE, "the avatar is %g m wide, want "
			    "less than 10", (double)(hi[c] - o->lo[c]));
		cells *= o->n[c];
	}
	o->first = arena_calloc(a, cells + 2, sizeof *o->first);
	if (!o->first)
		return E_NOMEM;
	for (size_t i = 0; i < v->n_face; i++)
		enter(o, i, false);
	for (size_t i = 0; i < cells; i++)
		o->first[i + 1] += o->first[i];
	o->face = arena_calloc(a, o->first[cells] + 1, sizeof *o->face);
	if (!o->face)
		return E_NOMEM;
	/* Backwards, so that faces stand in order; first[i + 1] ends as the
	   start of cell i. */
	o->first[cells + 1] = o->first[cells];
	for (size_t i = v->n_face; i-- > 0;)
		enter(o, i, true);
	o->first++;
	return OK;
}

enum status
outer_make(struct outer *o, struct arena *a, const struct avatar *v,
    const float (*vert)[3], float step)
{
	*o = (struct outer){ .avatar = v, .vert = vert,
	    .normal = arena_calloc(a, v->n_face, sizeof *o->normal),
	    .part = arena_calloc(a, v->n_face, 1) };
	if (!o->normal || !o->part)
		return E_NOMEM;
	for (size_t k = 0; k < v->n_part; k++)
		memset(o->part + v->part[k].first, (int)k, v->part[k].n);
	for (size_t i = 0; i < v->n_face; i++) {
		const uint32_t *f = v->face[i];
		float len;

		vec3f_normal(o->normal[i], vert[f[0]], vert[f[1]], vert[f[2]]);
		len = vec3f_length(o->normal[i]);
		for (int c = 0; c < 3; c++)
			o->normal[i][c] = len > 0 ? o->normal[i][c] / len : 0;
	}
	TRY(shrink_maps(o, a, step));
	return make_grid(o, a);
}

/* ---- colours --------------------------------------------------------- */

/* The place of a hit on a picture of its part, in pixels of it. */
static void
place_on_map(float xy[2], const struct outer *o, const struct outer_hit *h,
    const struct tensor *m)
{
	const float (*t)[2] = o->avatar->uv[h->face];

	for (int c = 0; c < 2; c++) {
		float u = h->w[0] * t[0][c] + h->w[1] * t[1][c] +
		    h->w[2] * t[2][c];

		xy[c] = (u - floorf(u)) * (float)m->dim[1 - c] - 0.5f;
	}
}

void
outer_colour(float rgba[4], const struct outer *o, const struct outer_hit *h)
{
	const struct tensor *m = &o->map[o->part[h->face]];
	size_t rows = m->dim[0], cols = m->dim[1];
	const uint8_t *p = m->data;
	float xy[2], sum[3] = { 0 }, alpha = 0, any[3] = { 0 };

	place_on_map(xy, o, h, m);
	float x0 = floorf(xy[0]), y0 = floorf(xy[1]);
	float fx = xy[0] - x0, fy = xy[1] - y0;

	for (int k = 0; k < 4; k++) {
		float w = (k & 1 ? fx : 1 - fx) * (k & 2 ? fy : 1 - fy);
		float x = x0 + (float)(k & 1), y = y0 + (float)(k >> 1);
		size_t i = x <= 0 ? 0 : x >= (float)cols ? cols - 1 : (size_t)x;
		size_t j = y <= 0 ? 0 : y >= (float)rows ? rows - 1 : (size_t)y;
		const uint8_t *q = p + 4 * (j * cols + i);

		for (int c = 0; c < 3; c++) {
			sum[c] += w * q[3] * q[c];
			any[c] += w * q[c];
		}
		alpha += w * q[3];
	}
	/* What is transparent has no colour of its own. */
	for (int c = 0; c < 3; c++)
		rgba[c] = alpha > 0 ? sum[c] / alpha : any[c];
	rgba[3] = alpha;
}

enum avatar_kind
outer_kind(const struct outer *o, const struct outer_hit *h)
{
	const struct avatar_part *p = &o->avatar->part[o->part[h->face]];
	float xy[2];

	if (p->kind != AVATAR_NONE || !p->kinds.data)
		return p->kind;
	place_on_map(xy, o, h, &p->kinds);

	/* xy is at least -1/2, and at most half a pixel inside the rim. */
	size_t x = (size_t)(xy[0] + 0.5f), y = (size_t)(xy[1] + 0.5f);
	size_t w = p->kinds.dim[1], rows = p->kinds.dim[0];

	return ((const uint8_t *)p->kinds.data)[(y < rows ? y : rows - 1) * w +
	    (x < w ? x : w - 1)];
}

/* ---- rays ------------------------------------------------------------ */

/* Whether the face looks along `out`. */
static bool
agrees(const struct outer *o, uint32_t face, const float out[3], float agree)
{
	float c = vec3f_dot(o->normal[face], out);

	return c >= agree || (c <= -agree &&
	    o->avatar->part[o->part[face]].cut);
}

/* Whether the surface is there at the hit, not cut out. */
static bool
is_there(const struct outer *o, const struct outer_hit *h)
{
	float rgba[4];

	if (!o->avatar->part[o->part[h->face]].cut)
		return true;
	outer_colour(rgba, o, h);
	return rgba[3] >= 128;
}

/* Moeller and Trumbore's test; way in units of d. */
static bool
meet(struct outer_hit *h, const struct outer *o, uint32_t face,
    const float from[3], const float d[3])
{
	const uint32_t *f = o->avatar->face[face];
	float e1[3], e2[3], p[3], s[3], q[3];

	vec3f_sub(e1, o->vert[f[1]], o->vert[f[0]]);
	vec3f_sub(e2, o->vert[f[2]], o->vert[f[0]]);
	vec3f_cross(p, d, e2);
	float det = vec3f_dot(e1, p);

	if (det == 0)
		return false;
	vec3f_sub(s, from, o->vert[f[0]]);
	h->w[1] = vec3f_dot(s, p) / det;
	if (!(h->w[1] >= 0 && h->w[1] <= 1))
		return false;
	vec3f_cross(q, s, e1);
	h->w[2] = vec3f_dot(d, q) / det;
	h->w[0] = 1 - h->w[1] - h->w[2];
	if (!(h->w[2] >= 0 && h->w[0] >= 0))
		return false;
	h->way = vec3f_dot(e2, q) / det;
	h->face = face;
	return h->way >= 0 && h->way <= 1;
}

bool
outer_cast(struct outer_hit *hit, const struct outer *o, const float from[3],
    const float to[3], const float out[3], float agree)
{
	float d[3], next[3], step[3], best = 2;
	size_t at[3], end[3];
	int dir[3];

	vec3f_sub(d, to, from);
	for (int c = 0; c < 3; c++) {
		/* Where the way leaves this cell, and how long one is. */
		at[c] = cell_of(o, from[c], c);
		end[c] = cell_of(o, to[c], c);
		dir[c] = d[c] > 0 ? 1 : -1;
		step[c] = d[c] != 0 ? o->cell / fabsf(d[c]) : 4;
		next[c] = d[c] != 0 ? (o->lo[c] + o->cell * (float)(at[c] +
		    (d[c] > 0)) - from[c]) / d[c] : 4;
		/* Outside the grid the way enters it through its first cell. */
		if (at[c] == end[c])
			next[c] = 4;
	}
	for (;;) {
		size_t i = (at[2] * o->n[1] + at[1]) * o->n[0] + at[0];
		int c = next[0] < next[1] ? 0 : 1;

		c = next[2] < next[c] ? 2 : c;
		for (uint32_t k = o->first[i]; k < o->first[i + 1]; k++) {
			struct outer_hit h;

			if (agrees(o, o->face[k], out, agree) &&
			    meet(&h, o, o->face[k], from, d) &&
			    h.way < best && is_there(o, &h)) {
				*hit = h;
				best = h.way;
			}
		}
		if (best <= next[c] || next[c] > 1)
			break;
		at[c] = (size_t)((ptrdiff_t)at[c] + dir[c]);
		next[c] = at[c] == end[c] ? 4 : next[c] + step[c];
	}
	hit->way *= vec3f_length(d);
	return best <= 1;
}

/* ---- the nearest point ----------------------------------------------- */

/* Weights of the point of a triangle that is nearest to p. */
static float
nearest_on_face(float w[3], const struct outer *o, uint32_t face,
    const float p[3])
{
	const uint32_t *f = o->avatar->face[face];
	const float *v[3] = { o->vert[f[0]], o->vert[f[1]], o->vert[f[2]] };
	float e1[3], e2[3], s[3], off[3] = { 0 };

	vec3f_sub(e1, v[1], v[0]);
	vec3f_sub(e2, v[2], v[0]);
	vec3f_sub(s, p, v[0]);
	float a = vec3f_dot(e1, e1), b = vec3f_dot(e1, e2), c = vec3f_dot(e2, e2);
	float x = vec3f_dot(s, e1), y = vec3f_dot(s, e2), det = a * c - b * b;
	bool inside = false;

	if (det > 0) {
		w[1] = (c * x - b * y) / det;
		w[2] = (a * y - b * x) / det;
		w[0] = 1 - w[1] - w[2];
		inside = w[0] >= 0 && w[1] >= 0 && w[2] >= 0;
	}
	/* Else on an edge: the nearest of the three. */
	float best = INFINITY, t[3];

	for (int k = 0; k < 3 && !inside; k++) {
		const float *q = v[k], *r = v[(k + 1) % 3];
		float e[3], len, along, d2 = 0;

		vec3f_sub(e, r, q);
		vec3f_sub(s, p, q);
		len = vec3f_dot(e, e);
		along = len > 0 ? fminf(1, fmaxf(0, vec3f_dot(s, e) / len)) : 0;
		for (int i = 0; i < 3; i++) {
			float g = s[i] - along * e[i];

			d2 += g * g;
		}
		if (d2 < best) {
			best = d2;
			t[k] = 1 - along;
			t[(k + 1) % 3] = along;
			t[(k + 2) % 3] = 0;
		}
	}
	if (!inside)
		memcpy(w, t, sizeof t);
	for (int k = 0; k < 3; k++)
		for (int i = 0; i < 3; i++)
			off[i] += w[k] * v[k][i];
	vec3f_sub(off, p, off);
	return vec3f_length(off);
}

/* How far `at` is from cell (x, y, z), or a little less. */
static float
to_cell(const struct outer *o, const size_t cell[3], const float at[3])
{
	float d2 = 0;

	for (int c = 0; c < 3; c++) {
		float lo = o->lo[c] + o->cell * (float)cell[c] - at[c];
		float d = fmaxf(fmaxf(lo, -lo - o->cell), 0);

		d2 += d * d;
	}
	return 0.999f * sqrtf(d2);
}

/* Sets *hit to the nearest face of a cell that is nearer than it. */
static bool
nearest_in_cell(struct outer_hit *hit, const struct outer *o, size_t cell,
    const float at[3], const float out[3], float agree)
{
	bool found = false;

	for (uint32_t k = o->first[cell]; k < o->first[cell + 1]; k++) {
		struct outer_hit h = { .face = o->face[k] };
		float d[3];

		if (!agrees(o, h.face, out, agree))
			continue;
		/* No point of it is nearer than its plane. */
		vec3f_sub(d, at, o->vert[o->avatar->face[h.face][0]]);
		if (fabsf(vec3f_dot(d, o->normal[h.face])) > hit->way)
			continue;
		h.way = nearest_on_face(h.w, o, h.face, at);
		if (h.way < hit->way && is_there(o, &h)) {
			*hit = h;
			found = true;
		}
	}
	return found;
}

bool
outer_near(struct outer_hit *hit, const struct outer *o, const float at[3],
    float reach, const float out[3], float agree)
{
	bool found = false;

	/* In boxes twice as wide each time: most are found in the first. */
	for (float r = fminf(o->cell, reach); !found; r = fminf(2 * r, reach)) {
		size_t lo[3], hi[3], i[3];

		for (int c = 0; c < 3; c++) {
			lo[c] = cell_of(o, at[c] - r, c);
			hi[c] = cell_of(o, at[c] + r, c);
		}
		hit->way = r;
		for (i[2] = lo[2]; i[2] <= hi[2]; i[2]++)
			for (i[1] = lo[1]; i[1] <= hi[1]; i[1]++)
				for (i[0] = lo[0]; i[0] <= hi[0]; i[0]++)
					if (to_cell(o, i, at) < hit->way)
						found |= nearest_in_cell(hit, o,
						    (i[2] * o->n[1] + i[1]) *
						    o->n[0] + i[0], at, out,
						    agree);
		if (r >= reach)
			break;
	}
	return found;
}
