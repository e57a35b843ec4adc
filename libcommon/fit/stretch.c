/*
 * Each pixel of the person takes the label at a displacement from it. On the
 * person's outline that is to the outline of the labels, by place and
 * direction; inside it is smooth: harmonic. Where labels of two limbs face
 * each other across a gap that the person fills (a skirt between legs, a
 * sleeve beside the trunk), the middle of the gap is an outline of both, so
 * that each half shows its own limb, stretched.
 */
#include "fit/stretch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/labelgrid.h"
#include "fit/nearest.h"
#include "texture/fill.h"
#include "texture/seam.h"

/* Metres on the body. */
#define FAR_OFF 0.35f		/* an outline farther away is another's */
#define TURNED 0.08f		/* that outlines of opposite directions count
				   as farther apart, twice */
#define APART 0.20f		/* neighbours that are two limbs */
#define LIMB 0.25f		/* an outline's label farther away than that
				   from the one at hand is of another limb */
#define BLUR 0.02f
#define SOFT 0.5f		/* how firmly outlines are held */

/* Outward normals of a set: the slope of its blurred mask. */
static enum status
slope(float (*out)[2], const struct grid *g, const uint8_t *set,
    struct arena *a)
{
	size_t mark = arena_mark(a), s = g->side;
	float *p = grid_cells(a, g, sizeof *p), *q = grid_cells(a, g, sizeof *q);
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

/* Cells of the set beside one that is not of it, on the picture. */
static bool
on_outline(const struct grid *g, const uint8_t *set, uint32_t i)
{
	uint32_t to[4];
	int n = grid_around(to, g, i);

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
	int n = grid_around(to, g, i);

	for (int k = 0; k < n; k++) {
		uint32_t p = g->near[i], q = g->near[to[k]];
		int a = g->iuv[3 * p], b = g->iuv[3 * q];

		if (!g->person[to[k]] || (g->body[i] && g->body[to[k]]))
			continue;
		if ((a != b && !seam_adjoin(a, b)) || grid_apart(g, p, q) > APART)
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

		if (same <= 0 || cost >= least || grid_apart(g, g->near[i], e) >
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
	uint32_t *edge = grid_cells(a, g, sizeof *edge);
	uint8_t *kind = grid_cells(a, g, 1);
	float *firm = grid_cells(a, g, sizeof *firm);
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

static enum status
stretch(uint8_t *iuv, const uint8_t *matte, size_t h, size_t w, struct grid *g,
    struct arena *a)
{
	g->near = grid_cells(a, g, sizeof *g->near);
	g->normal[0] = grid_cells(a, g, sizeof *g->normal[0]);
	g->normal[1] = grid_cells(a, g, sizeof *g->normal[1]);
	if (!g->near || !g->normal[0] || !g->normal[1])
		return E_NOMEM;
	TRY(nearest_set(g->near, g->body, g->side, g->side, a));
	if (g->near[0] == NEAREST_NONE)
		return OK;
	TRY(slope(g->normal[0], g, g->body, a));
	TRY(slope(g->normal[1], g, g->person, a));
	TRY(find_moves(g, a));
	return grid_move_labels(iuv, matte, h, w, g, a);
}

enum status
stretch_labels(uint8_t *iuv, bool *done, const uint8_t *matte, size_t h,
    size_t w, const struct places *p, struct arena *a)
{
	struct grid g = { .places = p };
	size_t mark = arena_mark(a);

	TRY(grid_make(&g, done, iuv, matte, h, w, a));
	if (!*done)
		return OK;
	enum status s = stretch(iuv, matte, h, w, &g, a);

	arena_pop(a, mark);
	return s;
}
