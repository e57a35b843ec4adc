/*
 * A border is a chain of cracks between cells of an arm and others. Each
 * place of it may move along its normal; which way is best for the whole chain
 * is found by dynamic programming: an edge of the photo there, little
 * movement, and neighbours that move alike. Displacements of the cells of
 * the border are those, far from it none, and harmonic between.
 */
#include "fit/limbedge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/labelgrid.h"
#include "texture/fill.h"

/* Metres on the body. */
#define REACH 0.04f		/* how far a border moves */
#define CALM 0.10f		/* farther from all borders nothing moves */
#define APART 0.12f		/* neighbours that do not adjoin on the body */
#define SHORT 0.06f		/* a chain below this stays */

#define STEPS 12		/* offsets on each side of a border */
#define STATES (2 * STEPS + 1)
#define WIDE 5			/* steps that are compared on both sides */
#define FASTEST 3		/* steps from one crack to the next */

/*
 * Chosen on twelve photos with DensePose's labels and 198 drawn people. A gain
 * that stays the same from some difference on stops short of strong edges; one
 * that grows with it goes to prints and folds.
 */
#define CLEAR 1.0f		/* difference of sRGB, 0..1 a channel, that
				   gains half of */
#define GAIN 3.0f		/* what an edge gains at most, */
#define STAY 1.0f		/* costs of REACH, */
#define BEND 0.5f		/* of a step between neighbours, squared, */
#define HOLD 0.5f		/* and of outlines of the person that move */

struct crack {
	uint32_t in, out;	/* cells, of the arm and not */
	float x, y, nx, ny;	/* its middle, smoothed; towards out */
};

struct edges {
	struct grid *g;
	float (*photo)[3];	/* of each cell, 0..1 */
	struct crack *crack;
	size_t n;
	uint32_t (*at)[4];	/* cracks + 1 at the corners of cells */
	uint8_t *used;
	uint32_t *chain;
	float (*cost)[STATES];
	uint8_t (*from)[STATES];
};

/* 1, 2: the arms with their hands; 3: the rest. */
static int
limb(int part)
{
	if (part == 0)
		return 0;
	if (part == 3 || part == 4)
		return part == 4 ? 1 : 2;
	if (part >= 15 && part <= 22)
		return part % 2 ? 1 : 2;
	return 3;
}

static void
take_photo(struct edges *e, const uint8_t *photo, size_t h, size_t w)
{
	const struct grid *g = e->g;

	for (size_t i = 0; i < g->side * g->side; i++) {
		float sum[3] = { 0, 0, 0 }, n = 0;
		size_t x0 = g->x0 + (size_t)((float)(i % g->side) * g->step);
		size_t y0 = g->y0 + (size_t)((float)(i / g->side) * g->step);
		size_t m = (size_t)ceilf(g->step);

		for (size_t y = y0; y < y0 + m && y < h; y++)
			for (size_t x = x0; x < x0 + m && x < w; x++, n++)
				for (int c = 0; c < 3; c++)
					sum[c] += photo[3 * (y * w + x) +
					    (size_t)c];
		for (int c = 0; c < 3 && n > 0; c++)
			e->photo[i][c] = sum[c] / n / 255;
	}
}

static void
add_crack(struct edges *e, uint32_t i, uint32_t j)
{
	const struct grid *g = e->g;
	uint32_t s = (uint32_t)g->side;
	int a = limb(g->iuv[3 * i]), b = limb(g->iuv[3 * j]);

	if (a == 0 || b == 0 || a == b || grid_apart(g, i, j) < APART)
		return;
	bool swap = a > b;
	struct crack *c = &e->crack[e->n];

	c->in = swap ? j : i;
	c->out = swap ? i : j;
	c->x = ((float)(i % s) + (float)(j % s)) / 2;
	c->y = ((float)(i / s) + (float)(j / s)) / 2;
	e->n++;
	/* Corners: of cells i and i + 1, right of i; of i and i + s, below. */
	uint32_t q = j % s + j / s * (s + 1);
	uint32_t end[2] = { q, j == i + 1 ? q + s + 1 : q + 1 };

	for (int k = 0; k < 2; k++)
		for (int m = 0; m < 4; m++)
			if (!e->at[end[k]][m]) {
				e->at[end[k]][m] = (uint32_t)e->n;
				break;
			}
}

/* Cracks from crack c on, by one of its ends, into chain. */
static size_t
follow(struct edges *e, uint32_t c, uint32_t *chain)
{
	uint32_t s = (uint32_t)e->g->side;
	size_t n = 0;

	for (bool more = true; more;) {
		uint32_t i = e->crack[c].in, j = e->crack[c].out;
		uint32_t hi = i > j ? i : j, lo = i > j ? j : i;
		uint32_t q = hi % s + hi / s * (s + 1);
		uint32_t end[2] = { q, hi == lo + 1 ? q + s + 1 : q + 1 };

		more = false;
		for (int k = 0; k < 8 && !more; k++) {
			uint32_t d = e->at[end[k / 4]][k % 4];

			if (!d || e->used[d - 1])
				continue;
			c = d - 1;
			e->used[c] = 1;
			chain[n++] = c;
			more = true;
		}
	}
	return n;
}

/* A chain in order: what lies before the first crack is turned round. */
static size_t
take_chain(struct edges *e, uint32_t first)
{
	uint32_t *c = e->chain;

	e->used[first] = 1;
	size_t n = follow(e, first, c);

	for (size_t i = 0; i < n / 2; i++) {
		uint32_t t = c[i];

		c[i] = c[n - 1 - i];
		c[n - 1 - i] = t;
	}
	c[n++] = first;
	return n + follow(e, first, c + n);
}

/* Places along a chain without the stairs of cells, and normals. */
static void
smooth_chain(struct edges *e, size_t n, float (*tmp)[2])
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			size_t lo = i < 3 ? i : 3, hi = n - 1 - i;
			float x = 0, y = 0;

			lo = lo < hi ? lo : hi;
			for (size_t k = i - lo; k <= i + lo; k++) {
				x += e->crack[e->chain[k]].x;
				y += e->crack[e->chain[k]].y;
			}
			tmp[i][0] = x / (float)(2 * lo + 1);
			tmp[i][1] = y / (float)(2 * lo + 1);
		}
		for (size_t i = 0; i < n; i++) {
			e->crack[e->chain[i]].x = tmp[i][0];
			e->crack[e->chain[i]].y = tmp[i][1];
		}
	}
	for (size_t i = 0; i < n; i++) {
		size_t a = i < 3 ? 0 : i - 3, b = i + 3 < n ? i + 3 : n - 1;
		float nx = tmp[b][1] - tmp[a][1], ny = tmp[a][0] - tmp[b][0];
		float side = 0, len = hypotf(nx, ny) + 1e-6f;

		for (size_t k = a; k <= b; k++) {
			const struct crack *c = &e->crack[e->chain[k]];
			uint32_t s = (uint32_t)e->g->side;

			side += nx * ((float)(c->out % s) - (float)(c->in % s))
			    + ny * ((float)(c->out / s) - (float)(c->in / s));
		}
		if (side < 0)
			len = -len;
		e->crack[e->chain[i]].nx = nx / len;
		e->crack[e->chain[i]].ny = ny / len;
	}
}

static void
colour_at(float out[3], const struct edges *e, float x, float y)
{
	float most = (float)e->g->side - 1.001f;
	float fx = fminf(fmaxf(x, 0), most), fy = fminf(fmaxf(y, 0), most);
	size_t ix = (size_t)fx, iy = (size_t)fy, s = e->g->side;
	const float (*p)[3] = (const float (*)[3])e->photo + iy * s + ix;

	fx -= (float)ix;
	fy -= (float)iy;
	for (int c = 0; c < 3; c++)
		out[c] = (1 - fy) * ((1 - fx) * p[0][c] + fx * p[1][c]) + fy *
		    ((1 - fx) * p[s][c] + fx * p[s + 1][c]);
}

/*
 * What it costs to be at each offset: the colours along the normal, and how
 * different their means are on both sides.
 */
static void
edge_costs(struct edges *e, size_t n)
{
	float cell = REACH * e->g->metre / STEPS;	/* of a step */

	for (size_t i = 0; i < n; i++) {
		const struct crack *c = &e->crack[e->chain[i]];
		float line[STATES + 2 * WIDE][3];

		for (int k = -STEPS - WIDE; k <= STEPS + WIDE; k++)
			colour_at(line[k + STEPS + WIDE], e, c->x + (float)k *
			    cell * c->nx, c->y + (float)k * cell * c->ny);
		for (int k = 0; k < STATES; k++) {
			float d2 = 0, jump;

			for (int ch = 0; ch < 3; ch++) {
				float d = 0;

				for (int m = 1; m <= WIDE; m++)
					d += line[k + WIDE + m][ch] -
					    line[k + WIDE - m][ch];
				d2 += d * d / (float)(WIDE * WIDE);
			}
			float off = (float)(k - STEPS) / STEPS;

			jump = sqrtf(d2);
			e->cost[i][k] = STAY * off * off - GAIN * jump /
			    (jump + CLEAR);
		}
	}
}

/* The best way along the chain: offsets, in steps; by Viterbi. */
static void
best_way(int *way, struct edges *e, size_t n)
{
	int best = 0;

	for (size_t i = 1; i < n; i++)
		for (int k = 0; k < STATES; k++) {
			float least = INFINITY;

			for (int m = k > FASTEST ? k - FASTEST : 0; m <
			    STATES && m <= k + FASTEST; m++) {
				float d = (float)(k - m);
				float c = e->cost[i - 1][m] + BEND * d * d;

				if (c < least) {
					least = c;
					e->from[i][k] = (uint8_t)m;
				}
			}
			e->cost[i][k] += least;
		}
	for (int k = 0; k < STATES; k++)
		if (e->cost[n - 1][k] < e->cost[n - 1][best])
			best = k;
	for (size_t i = n; i-- > 0;) {
		way[i] = best - STEPS;
		best = e->from[i][best];
	}
}

/* Cells near the moved border take labels from where it was. */
static void
set_moves(struct edges *e, const int *way, size_t n, float *count)
{
	float cell = REACH * e->g->metre / STEPS;
	size_t s = e->g->side;

	for (size_t i = 0; i < n; i++) {
		const struct crack *c = &e->crack[e->chain[i]];
		float d = (float)way[i] * cell;

		for (int k = -1; k <= 1; k += 2) {
			float x = c->x + (d + 0.5f * (float)k) * c->nx + 0.5f;
			float y = c->y + (d + 0.5f * (float)k) * c->ny + 0.5f;

			if (x < 0 || y < 0 || x >= (float)s || y >= (float)s)
				continue;
			size_t q = (size_t)y * s + (size_t)x;

			e->g->move[q][0] -= d * c->nx;
			e->g->move[q][1] -= d * c->ny;
			count[q]++;
		}
	}
}

/* Sets what is within n cells of it, in a square. */
static void
grow(uint8_t *set, uint8_t *row, size_t side, size_t n)
{
	for (int pass = 0; pass < 2; pass++) {
		size_t along = pass ? side : 1, across = pass ? 1 : side;
		const uint8_t *from = pass ? row : set;
		uint8_t *to = pass ? set : row;

		for (size_t l = 0; l < side; l++) {
			size_t until = 0;	/* cells to set on */

			for (size_t k = 0; k < side; k++) {
				size_t q = l * across + k * along;

				until = from[q] ? n + 1 : until - (until > 0);
				to[q] = until > 0;
			}
			until = 0;
			for (size_t k = side; k-- > 0;) {
				size_t q = l * across + k * along;

				until = from[q] ? n + 1 : until - (until > 0);
				to[q] = to[q] || until > 0;
			}
		}
	}
}

/* Displacements of all cells from those of borders, count[i] in cell i. */
static enum status
spread(struct edges *e, const float *count, struct arena *a)
{
	struct grid *g = e->g;
	size_t all = g->side * g->side;
	uint8_t *kind = grid_cells(a, g, 1), *near = grid_cells(a, g, 1);
	uint8_t *row = grid_cells(a, g, 1);
	float *firm = grid_cells(a, g, sizeof *firm);
	struct fill_graph *graph;

	if (!kind || !near || !row || !firm)
		return E_NOMEM;
	for (size_t i = 0; i < all; i++)
		near[i] = count[i] > 0;
	grow(near, row, g->side, (size_t)(CALM * g->metre + 0.5f));
	for (uint32_t i = 0; i < all; i++) {
		uint32_t to[4];

		if (!g->person[i])
			continue;
		kind[i] = near[i] && count[i] == 0 ? FILL_FREE : FILL_FIXED;
		for (int c = 0; c < 2 && count[i] > 0; c++)
			g->move[i][c] /= count[i];
		for (int k = grid_around(to, g, i); k-- > 0;)
			if (!g->person[to[k]])
				firm[i] = HOLD;
	}
	TRY(fill_graph_make(&graph, a, g->person, g->side, NULL, 0));
	return fill_solve(graph, a, g->move[0], firm, kind, NULL);
}

static enum status
find_edges(struct edges *e, struct arena *a, bool *any)
{
	struct grid *g = e->g;
	uint32_t s = (uint32_t)g->side;
	size_t all = g->side * g->side;
	float *count = grid_cells(a, g, sizeof *count);

	e->crack = arena_calloc(a, 2 * all, sizeof *e->crack);
	e->at = arena_calloc(a, (g->side + 1) * (g->side + 1), sizeof *e->at);
	if (!count || !e->crack || !e->at)
		return E_NOMEM;
	for (uint32_t i = 0; i < all; i++) {
		if (i % s + 1 < s)
			add_crack(e, i, i + 1);
		if (i + s < all)
			add_crack(e, i, i + s);
	}
	e->used = arena_calloc(a, e->n + 1, 1);
	e->chain = arena_calloc(a, e->n + 1, sizeof *e->chain);
	e->cost = arena_calloc(a, e->n + 1, sizeof *e->cost);
	e->from = arena_calloc(a, e->n + 1, sizeof *e->from);
	int *way = arena_calloc(a, e->n + 1, sizeof *way);
	float (*tmp)[2] = arena_calloc(a, e->n + 1, sizeof *tmp);

	if (!e->used || !e->chain || !e->cost || !e->from || !way || !tmp)
		return E_NOMEM;
	for (uint32_t i = 0; i < e->n; i++) {
		if (e->used[i])
			continue;
		size_t n = take_chain(e, i);

		if ((float)n < SHORT * g->metre)
			continue;
		smooth_chain(e, n, tmp);
		edge_costs(e, n);
		best_way(way, e, n);
		set_moves(e, way, n, count);
		*any = true;
	}
	return *any ? spread(e, count, a) : OK;
}

enum status
limbedge_move(uint8_t *iuv, const uint8_t *photo, size_t h, size_t w,
    const struct places *p, struct arena *a)
{
	struct grid g = { .places = p };
	struct edges e = { .g = &g };
	size_t mark = arena_mark(a);
	uint8_t *labelled = arena_calloc(a, h * w, 1);
	uint8_t *was = arena_calloc(a, h * w, 3);
	enum status s = OK;
	bool any = false;

	if (!labelled || !was)
		return E_NOMEM;
	memcpy(was, iuv, h * w * 3);
	for (size_t i = 0; i < h * w; i++)
		labelled[i] = iuv[3 * i] ? 255 : 0;
	TRY(grid_make(&g, &any, iuv, labelled, h, w, a));
	if (any) {
		e.photo = grid_cells(a, &g, sizeof *e.photo);
		if (!e.photo)
			return E_NOMEM;
		take_photo(&e, photo, h, w);
		any = false;
		s = find_edges(&e, a, &any);
	}
	if (s == OK && any)
		s = grid_move_labels(iuv, labelled, h, w, &g, a);
	/* What is too thin for the grid stays. */
	for (size_t i = 0; i < h * w; i++)
		if (iuv[3 * i] == 0)
			memcpy(iuv + 3 * i, was + 3 * i, 3);
	arena_pop(a, mark);
	return s;
}
