/*
 * Each pixel of the person takes the label at a displacement from it. On the
 * person's outline that is to the outline of the labels, by place and
 * direction; inside it is smooth: harmonic. Where labels of two limbs face
 * each other across a gap that the person fills (a skirt between legs, a
 * sleeve beside the trunk), the middle of the gap is an outline of both, so
 * that each half shows its own limb, stretched.
 *
 * Displacements are found on a grid of at most GRID cells a side.
 */
#include "fit/stretch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/nearest.h"
#include "texture/fill.h"
#include "texture/seam.h"

#define GRID 256
/* Metres on the body. */
#define FAR_OFF 0.35f		/* an outline farther away is another's */
#define TURNED 0.08f		/* that outlines of opposite directions count
				   as farther apart, twice */
#define LOST 0.10f		/* no label so near, no label at all */
#define APART 0.20f		/* neighbours that are two limbs */
#define LIMB 0.25f		/* an outline's label farther away than that
				   from the one at hand is of another limb */
#define BLUR 0.02f
#define SOFT 0.5f		/* how firmly outlines are held */

/* ---- the grid --------------------------------------------------------------- */

struct grid {
	size_t x0, y0, side;	/* first pixel; cells of a side */
	float step;		/* pixels of a cell's side */
	float metre;		/* cells */
	const struct places *places;
	uint8_t *iuv;		/* side x side x 3 */
	uint8_t *body, *person;	/* labelled; matte */
	uint8_t *frame;		/* beyond the picture */
	uint32_t *near;		/* the labelled cell nearest to each */
	float (*normal[2])[2];	/* outward, of body and person */
	float (*move)[3];	/* displacement, cells; the third unused */
};

static void *
cells(struct arena *a, const struct grid *g, size_t size)
{
	return arena_calloc(a, g->side * g->side, size);
}

static void
take_pixels(struct grid *g, const uint8_t *iuv, const uint8_t *matte, size_t h,
    size_t w)
{
	for (size_t i = 0; i < g->side * g->side; i++) {
		float x = ((float)(i % g->side) + 0.5f) * g->step;
		float y = ((float)(i / g->side) + 0.5f) * g->step;
		size_t px = g->x0 + (size_t)x, py = g->y0 + (size_t)y;

		if (px >= w || py >= h) {
			g->frame[i] = 1;
			continue;
		}
		memcpy(g->iuv + 3 * i, iuv + 3 * (py * w + px), 3);
		g->body[i] = g->iuv[3 * i] > 0;
		g->person[i] = matte[py * w + px] >= 128;
	}
}

static float
apart(const struct grid *g, uint32_t i, uint32_t j)
{
	const float *p = places_find(g->places, g->iuv + 3 * i);
	const float *q = places_find(g->places, g->iuv + 3 * j);
	float d2 = 0;

	for (int c = 0; c < 3; c++)
		d2 += (p[c] - q[c]) * (p[c] - q[c]);
	return sqrtf(d2);
}

static int
by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/*
 * Cells of a metre: by how far neighbours are apart on the body, of those
 * that look at the camera, which are the least far.
 */
static enum status
measure(struct grid *g, struct arena *a)
{
	size_t n = 0, mark = arena_mark(a);
	float *step = cells(a, g, sizeof *step);

	if (!step)
		return E_NOMEM;
	for (uint32_t i = 4; i < g->side * g->side; i++)
		if (i % g->side >= 4 && g->body[i] && g->body[i - 4] &&
		    g->iuv[3 * i] == g->iuv[3 * (i - 4)])
			step[n++] = apart(g, i, i - 4) / 4;
	qsort(step, n, sizeof *step, by_value);
	g->metre = n ? 1 / fmaxf(step[n * 3 / 10], 1e-4f) : 0;
	arena_pop(a, mark);
	return OK;
}

/* Outward normals of a set: the slope of its blurred mask. */
static enum status
slope(float (*out)[2], const struct grid *g, const uint8_t *set,
    struct arena *a)
{
	size_t mark = arena_mark(a), s = g->side;
	float *p = cells(a, g, sizeof *p), *q = cells(a, g, sizeof *q);
	int r = (int)fmaxf(1, BLUR * g->metre + 0.5f);

	if (!p || !q)
		return E_NOMEM;
	for (size_t i = 0; i < s * s; i++)
		p[i] = set[i];
	/* Three boxes, rows and columns in turn. */
	for (int pass = 0; pass < 6; pass++) {
		size_t along = pass % 2 ? s : 1, across = pass % 2 ? 1 : s;

		for (size_t l = 0; l < s; l++) {
			float sum = 0;

			for (int k = -r; k < (int)s; k++) {
				if (k + r < (int)s)
					sum += p[l * across + (size_t)(k + r) *
					    along];
				if (k - r - 1 >= 0)
					sum -= p[l * across + (size_t)(k - r -
					    1) * along];
				if (k >= 0)
					q[l * across + (size_t)k * along] = sum;
			}
		}
		float *t = p;

		p = q;
		q = t;
	}
	for (size_t i = 0; i < s * s; i++) {
		size_t x = i % s, y = i / s;
		float dx = p[x + 1 < s ? i + 1 : i] - p[x > 0 ? i - 1 : i];
		float dy = p[y + 1 < s ? i + s : i] - p[y > 0 ? i - s : i];
		float n = hypotf(dx, dy) + 1e-9f;

		out[i][0] = -dx / n;
		out[i][1] = -dy / n;
	}
	arena_pop(a, mark);
	return OK;
}

/* The four neighbours; returns how many. */
static int
around(uint32_t to[4], const struct grid *g, uint32_t i)
{
	uint32_t s = (uint32_t)g->side, x = i % s, y = i / s;
	int n = 0;

	if (x > 0)
		to[n++] = i - 1;
	if (x + 1 < s)
		to[n++] = i + 1;
	if (y > 0)
		to[n++] = i - s;
	if (y + 1 < s)
		to[n++] = i + s;
	return n;
}

/* Cells of the set beside one that is not of it, on the picture. */
static bool
on_outline(const struct grid *g, const uint8_t *set, uint32_t i)
{
	uint32_t to[4];
	int n = around(to, g, i);

	for (int k = 0; k < n; k++)
		if (!set[to[k]] && !g->frame[to[k]])
			return true;
	return false;
}

/* Beside a cell whose nearest labels are of another limb, across a gap. */
static bool
in_gap(const struct grid *g, uint32_t i)
{
	uint32_t to[4];
	int n = around(to, g, i);

	for (int k = 0; k < n; k++) {
		uint32_t p = g->near[i], q = g->near[to[k]];
		int a = g->iuv[3 * p], b = g->iuv[3 * q];

		if (!g->person[to[k]] || (g->body[i] && g->body[to[k]]))
			continue;
		if ((a != b && !seam_adjoin(a, b)) || apart(g, p, q) > APART)
			return true;
	}
	return false;
}

/* The cell of the labels' outline that belongs to cell i of the person's. */
static uint32_t
partner(const struct grid *g, const uint32_t *edge, size_t n, uint32_t i)
{
	float turned = TURNED * g->metre, least = INFINITY;
	uint32_t best = NEAREST_NONE;
	float x = (float)(i % g->side), y = (float)(i / g->side);
	const float *ni = g->normal[1][i];

	for (size_t k = 0; k < n; k++) {
		uint32_t e = edge[k];
		const float *ne = g->normal[0][e];
		float dx = (float)(e % g->side) - x;
		float dy = (float)(e / g->side) - y;
		float same = ni[0] * ne[0] + ni[1] * ne[1];
		float cost = dx * dx + dy * dy + 2 * turned * turned *
		    (1 - same);

		if (same <= 0 || cost >= least || apart(g, g->near[i], e) >
		    LIMB)
			continue;
		least = cost;
		best = e;
	}
	if (best == NEAREST_NONE)
		return NEAREST_NONE;
	float dx = (float)(best % g->side) - x;
	float dy = (float)(best / g->side) - y;

	return hypotf(dx, dy) < FAR_OFF * g->metre ? best : NEAREST_NONE;
}

static void
set_move(struct grid *g, uint32_t i, uint32_t to)
{
	g->move[i][0] = (float)(to % g->side) - (float)(i % g->side);
	g->move[i][1] = (float)(to / g->side) - (float)(i / g->side);
}

/* Displacements of outlines and gaps, then of all that lies between. */
static enum status
find_moves(struct grid *g, struct arena *a)
{
	uint32_t all = (uint32_t)(g->side * g->side);
	uint32_t *edge = cells(a, g, sizeof *edge);
	uint8_t *kind = cells(a, g, 1);
	float *firm = cells(a, g, sizeof *firm);
	struct fill_graph *graph;
	size_t n = 0;

	if (!edge || !kind || !firm)
		return E_NOMEM;
	for (uint32_t i = 0; i < all; i++)
		if (g->body[i] && on_outline(g, g->body, i))
			edge[n++] = i;
	for (uint32_t i = 0; i < all; i++) {
		uint32_t to = NEAREST_NONE;

		if (!g->person[i])
			continue;
		kind[i] = FILL_FREE;
		if (in_gap(g, i)) {
			kind[i] = FILL_FIXED;
			set_move(g, i, g->near[i]);
		} else if (on_outline(g, g->person, i)) {
			to = partner(g, edge, n, i);
		}
		if (to != NEAREST_NONE) {
			set_move(g, i, to);
			firm[i] = SOFT;
		}
	}
	TRY(fill_graph_make(&graph, a, g->person, g->side, NULL, 0));
	return fill_solve(graph, a, g->move[0], firm, kind, NULL);
}

/* ---- pixels ------------------------------------------------------------------- */

/* Displacement at a place of the grid: bilinear over cells of the person. */
static bool
move_at(float d[2], const struct grid *g, float x, float y)
{
	float sum = 0;

	d[0] = d[1] = 0;
	for (int k = 0; k < 4; k++) {
		float cx = floorf(x) + (float)(k % 2);
		float cy = floorf(y) + (float)(k / 2);
		float w = (1 - fabsf(x - cx)) * (1 - fabsf(y - cy)) + 1e-4f;

		if (cx < 0 || cy < 0 || cx >= (float)g->side ||
		    cy >= (float)g->side)
			continue;
		size_t i = (size_t)cy * g->side + (size_t)cx;

		if (!g->person[i])
			continue;
		sum += w;
		d[0] += w * g->move[i][0];
		d[1] += w * g->move[i][1];
	}
	if (sum == 0)
		return false;
	d[0] /= sum;
	d[1] /= sum;
	return true;
}

/*
 * The label at (x, y): between four of the same part that are near to each
 * other on it, else of the nearest pixel that has one.
 */
static void
label_at(uint8_t out[3], const uint8_t *iuv, const uint32_t *near, size_t h,
    size_t w, float x, float y, float lost)
{
	float fx = fminf(fmaxf(x, 0), (float)(w - 1));
	float fy = fminf(fmaxf(y, 0), (float)(h - 1));
	size_t ix = (size_t)fx, iy = (size_t)fy, e = ix + 1 < w;
	size_t s = iy + 1 < h ? w : 0, i = iy * w + ix;
	const uint8_t *q[4] = { iuv + 3 * i, iuv + 3 * (i + e),
		iuv + 3 * (i + s), iuv + 3 * (i + s + e) };
	uint32_t n = near[(size_t)(fy + 0.5f) * w + (size_t)(fx + 0.5f)];
	bool alike = q[0][0] > 0;

	memset(out, 0, 3);
	for (int k = 1; k < 4; k++)
		alike = alike && q[k][0] == q[0][0] && abs(q[k][1] - q[0][1]) <
		    16 && abs(q[k][2] - q[0][2]) < 16;
	if (alike) {
		fx -= (float)ix;
		fy -= (float)iy;
		out[0] = q[0][0];
		for (int c = 1; c < 3; c++)
			out[c] = (uint8_t)((1 - fy) * ((1 - fx) * q[0][c] +
			    fx * q[1][c]) + fy * ((1 - fx) * q[2][c] + fx *
			    q[3][c]) + 0.5f);
		return;
	}
	if (n == NEAREST_NONE || hypotf((float)(n % w) - x, (float)(n / w) - y) > lost)
		return;
	memcpy(out, iuv + 3 * n, 3);
}

static enum status
move_labels(uint8_t *iuv, const uint8_t *matte, size_t h, size_t w,
    const struct grid *g, struct arena *a)
{
	uint8_t *old = arena_calloc(a, h * w, 3);
	uint8_t *has = arena_calloc(a, h * w, 1);
	uint32_t *near = arena_calloc(a, h * w, sizeof *near);

	if (!old || !has || !near)
		return E_NOMEM;
	memcpy(old, iuv, h * w * 3);
	for (size_t i = 0; i < h * w; i++)
		has[i] = iuv[3 * i] > 0;
	TRY(nearest_set(near, has, h, w, a));
	memset(iuv, 0, h * w * 3);
	for (size_t i = 0; i < h * w; i++) {
		float x = (float)(i % w), y = (float)(i / w), d[2];

		if (matte[i] < 128)
			continue;
		if (!move_at(d, g, (x - (float)g->x0 + 0.5f) / g->step - 0.5f,
		    (y - (float)g->y0 + 0.5f) / g->step - 0.5f))
			continue;
		label_at(iuv + 3 * i, old, near, h, w, x + g->step * d[0],
		    y + g->step * d[1], LOST * g->metre * g->step + g->step);
	}
	return OK;
}

/* The square around labels and person; false where they hardly meet. */
static bool
find_square(struct grid *g, const uint8_t *iuv, const uint8_t *matte, size_t h,
    size_t w)
{
	size_t lo[2] = { w, h }, hi[2] = { 0, 0 }, both = 0, n = 0, m = 0;

	for (size_t i = 0; i < h * w; i++) {
		bool body = iuv[3 * i] > 0, person = matte[i] >= 128;
		const size_t at[2] = { i % w, i / w };

		both += body && person;
		n += body;
		m += person;
		for (int c = 0; c < 2 && (body || person); c++) {
			lo[c] = at[c] < lo[c] ? at[c] : lo[c];
			hi[c] = at[c] + 1 > hi[c] ? at[c] + 1 : hi[c];
		}
	}
	if (both * 3 < n || both * 10 < m || both < 16)
		return false;
	size_t long_side = hi[0] - lo[0] > hi[1] - lo[1] ? hi[0] - lo[0] :
	    hi[1] - lo[1];

	g->step = fmaxf(1, (float)(long_side + 4) / GRID);
	g->side = (size_t)ceilf((float)(long_side + 4) / g->step);
	g->x0 = lo[0] > 2 ? lo[0] - 2 : 0;
	g->y0 = lo[1] > 2 ? lo[1] - 2 : 0;
	return true;
}

static enum status
stretch(uint8_t *iuv, const uint8_t *matte, size_t h, size_t w, struct grid *g,
    struct arena *a)
{
	g->iuv = cells(a, g, 3);
	g->body = cells(a, g, 1);
	g->person = cells(a, g, 1);
	g->frame = cells(a, g, 1);
	g->near = cells(a, g, sizeof *g->near);
	g->normal[0] = cells(a, g, sizeof *g->normal[0]);
	g->normal[1] = cells(a, g, sizeof *g->normal[1]);
	g->move = cells(a, g, sizeof *g->move);
	if (!g->iuv || !g->body || !g->person || !g->frame || !g->near ||
	    !g->normal[0] || !g->normal[1] || !g->move)
		return E_NOMEM;
	take_pixels(g, iuv, matte, h, w);
	TRY(measure(g, a));
	TRY(nearest_set(g->near, g->body, g->side, g->side, a));
	if (g->near[0] == NEAREST_NONE)
		return OK;
	TRY(slope(g->normal[0], g, g->body, a));
	TRY(slope(g->normal[1], g, g->person, a));
	TRY(find_moves(g, a));
	return move_labels(iuv, matte, h, w, g, a);
}

enum status
stretch_labels(uint8_t *iuv, bool *done, const uint8_t *matte, size_t h,
    size_t w, const struct places *p, struct arena *a)
{
	struct grid g = { .places = p };
	size_t mark = arena_mark(a);

	*done = find_square(&g, iuv, matte, h, w);
	if (!*done)
		return OK;
	enum status s = stretch(iuv, matte, h, w, &g, a);

	arena_pop(a, mark);
	return s;
}
