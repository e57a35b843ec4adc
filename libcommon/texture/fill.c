/*
 * Nodes are numbered along rows of the map. On level k + 1 a node is a block
 * of 2 x 2 of level k, one for each chart that has texels in it; an edge has
 * the weight of the edges it stands for, halved: between nodes twice as far
 * apart lie two edges side by side, each of two edges in a row.
 */
#include "texture/fill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS 12
#define COARSEST 48		/* nodes: no further level below that */
#define ROUNDS 1000		/* iterations at most; some eight are needed */
#define SMALL 3e-5		/* stop below this rms error in the energy norm */
#define NONE UINT32_MAX

struct edge {
	uint32_t i, j;
	float w;
};

struct level {
	size_t n;
	uint32_t *start, *to;	/* edges of node i: start[i] .. start[i+1] */
	float *w;
	uint32_t *up;		/* the node above; NULL on the last level */
	uint32_t *above;	/* the edge above, NONE inside a node */
};

struct fill_graph {
	size_t T, levels;
	uint32_t *texel;	/* of each node of level 0 */
	struct level level[LEVELS];
};

/* Three channels, and one to fill a register. */
typedef float rgbx __attribute__((vector_size(16)));
typedef double wide __attribute__((vector_size(32)));

/* ---- the pyramid ------------------------------------------------------- */

static int
by_ends(const void *a, const void *b)
{
	const struct edge *p = a, *q = b;

	if (p->i != q->i)
		return p->i < q->i ? -1 : 1;
	return (p->j > q->j) - (p->j < q->j);
}

/* Makes i < j, drops loops, adds the weights of equal edges; how many stay. */
static size_t
merge(struct edge *e, size_t m)
{
	size_t n = 0;

	for (size_t k = 0; k < m; k++)
		if (e[k].i > e[k].j) {
			uint32_t i = e[k].i;

			e[k].i = e[k].j;
			e[k].j = i;
		}
	qsort(e, m, sizeof *e, by_ends);
	for (size_t k = 0; k < m; k++) {
		if (e[k].i == e[k].j)
			continue;
		if (n && e[n - 1].i == e[k].i && e[n - 1].j == e[k].j)
			e[n - 1].w += e[k].w;
		else
			e[n++] = e[k];
	}
	return n;
}

/* Rows of both ends of each edge. */
static enum status
rows(struct level *l, struct arena *a, size_t n, const struct edge *e,
    size_t m)
{
	l->n = n;
	l->start = arena_calloc(a, n + 2, sizeof *l->start);
	l->to = arena_calloc(a, 2 * m, sizeof *l->to);
	l->w = arena_calloc(a, 2 * m, sizeof *l->w);
	if (!l->start || !l->to || !l->w)
		return E_NOMEM;
	/* One place further, as filling a row moves its start to its end. */
	for (size_t k = 0; k < m; k++) {
		l->start[e[k].i + 2]++;
		l->start[e[k].j + 2]++;
	}
	for (size_t i = 2; i < n + 2; i++)
		l->start[i] += l->start[i - 1];
	for (size_t k = 0; k < m; k++) {
		uint32_t p = l->start[e[k].i + 1]++;
		uint32_t q = l->start[e[k].j + 1]++;

		l->to[p] = e[k].j;
		l->to[q] = e[k].i;
		l->w[p] = l->w[q] = e[k].w;
	}
	return OK;
}

/* Texels right of and below each other, and links; returns how many. */
static size_t
list_edges(struct edge *e, const uint8_t *chart, size_t T,
    const uint32_t *node, const struct seam_link *link, size_t n)
{
	size_t m = 0;

	for (size_t t = 0; t < T * T; t++) {
		if (!chart[t])
			continue;
		if (t % T + 1 < T && chart[t + 1])
			e[m++] = (struct edge){ node[t], node[t + 1], 1 };
		if (t / T + 1 < T && chart[t + T])
			e[m++] = (struct edge){ node[t], node[t + T], 1 };
	}
	for (size_t k = 0; k < n; k++)
		e[m++] = (struct edge){ node[link[k].a], node[link[k].b], 1 };
	return m;
}

/* Where a node lies on its level, and in which chart. */
struct place {
	uint32_t x, y;
	uint8_t chart;
};

/*
 * Gathers nodes into blocks: sets up[], replaces place[0..n) by the blocks'
 * places, returns their number. Nodes of one block are less than two rows
 * apart, so a row of `last` per chart finds the block again.
 */
static size_t
gather(uint32_t *up, struct place *place, size_t n, uint32_t *last, size_t T)
{
	size_t blocks = 0;

	for (size_t i = 0; i < 25 * T; i++)
		last[i] = UINT32_MAX;
	for (size_t i = 0; i < n; i++) {
		struct place b = { place[i].x / 2, place[i].y / 2,
			place[i].chart };
		uint32_t *at = &last[b.chart * T + b.x];

		if (*at == UINT32_MAX || place[*at].y != b.y) {
			*at = (uint32_t)blocks++;
			place[*at] = b;
		}
		up[i] = *at;
	}
	return blocks;
}

/* Finds the edge of the level above that each edge of l becomes part of. */
static enum status
connect(struct level *l, struct arena *a, const struct level *c)
{
	l->above = arena_calloc(a, l->start[l->n], sizeof *l->above);
	if (!l->above)
		return E_NOMEM;
	for (size_t i = 0; i < l->n; i++)
		for (uint32_t e = l->start[i]; e < l->start[i + 1]; e++) {
			uint32_t u = l->up[i], v = l->up[l->to[e]];
			uint32_t f = c->start[u];

			while (u != v && c->to[f] != v)
				f++;
			l->above[e] = u == v ? NONE : f;
		}
	return OK;
}

enum status
fill_graph_make(struct fill_graph **out, struct arena *a,
    const uint8_t *chart, size_t T, const struct seam_link *link, size_t n)
{
	struct fill_graph *g = arena_calloc(a, 1, sizeof *g);
	uint32_t *node = arena_calloc(a, T * T, sizeof *node);
	uint32_t *last = arena_calloc(a, 25 * T, sizeof *last);
	struct place *place = arena_calloc(a, T * T, sizeof *place);
	struct edge *e = arena_calloc(a, 2 * T * T + n, sizeof *e);
	size_t nodes = 0, m;

	if (!g || !node || !last || !place || !e)
		return E_NOMEM;
	g->T = T;
	g->texel = arena_calloc(a, T * T, sizeof *g->texel);
	if (!g->texel)
		return E_NOMEM;
	for (size_t t = 0; t < T * T; t++)
		if (chart[t]) {
			place[nodes] = (struct place){ (uint32_t)(t % T),
				(uint32_t)(t / T), chart[t] };
			g->texel[nodes] = (uint32_t)t;
			node[t] = (uint32_t)nodes++;
		}
	m = merge(e, list_edges(e, chart, T, node, link, n));
	for (;;) {
		struct level *l = &g->level[g->levels++];

		TRY(rows(l, a, nodes, e, m));
		if (g->levels > 1)
			TRY(connect(l - 1, a, l));
		if (nodes <= COARSEST || g->levels == LEVELS)
			break;
		l->up = arena_calloc(a, nodes, sizeof *l->up);
		if (!l->up)
			return E_NOMEM;
		nodes = gather(l->up, place, nodes, last, T);
		for (size_t k = 0; k < m; k++)
			e[k] = (struct edge){ l->up[e[k].i], l->up[e[k].j],
				e[k].w / 2 };
		m = merge(e, m);
	}
	*out = g;
	return OK;
}

/* ---- one problem ------------------------------------------------------- */

/*
 * The linear system A z = r of one level, for its free nodes: (A z)_i = (mass_i
 * + sum_j w_ij) z_i - sum_j w_ij z_j. mass is mu and the weights of edges to
 * fixed nodes, whose values are in r. Nodes that are not free have no edges,
 * a diagonal of 1 and r = 0.
 */
struct problem {
	float *w;		/* of each edge in the level's rows */
	float *inv;		/* 1 / (mass + sum of w) */
	rgbx *r, *z;		/* residual, correction */
};

static enum status
problem_alloc(struct problem *q, struct arena *a, const struct level *l)
{
	q->w = arena_calloc(a, l->start[l->n], sizeof *q->w);
	q->inv = arena_calloc(a, l->n, sizeof *q->inv);
	q->r = arena_calloc(a, l->n, sizeof *q->r);
	q->z = arena_calloc(a, l->n, sizeof *q->z);
	return q->w && q->inv && q->r && q->z ? OK : E_NOMEM;
}

/* Sum of w x over the neighbours. */
static inline rgbx
around(const struct level *l, const float *w, size_t i, const rgbx *x)
{
	rgbx s = { 0 };

	for (uint32_t e = l->start[i]; e < l->start[i + 1]; e++)
		s += w[e] * x[l->to[e]];
	return s;
}

/*
 * The finest level's A and r from the arguments of fill_solve, then the A of
 * all others. inv holds the mass until all are made.
 */
static void
set_up(const struct fill_graph *g, struct problem *q, const float *x,
    const float *mu, const uint8_t *kind)
{
	const struct level *l = &g->level[0];

	for (size_t i = 0; i < l->n; i++) {
		size_t t = g->texel[i];

		if (kind[t] != FILL_FREE)
			continue;
		q->inv[i] = mu ? mu[t] : 0;
		for (int k = 0; k < 3; k++)
			q->r[i][k] = q->inv[i] > 0 ?
			    q->inv[i] * x[3 * t + (size_t)k] : 0;
		for (uint32_t e = l->start[i]; e < l->start[i + 1]; e++) {
			size_t u = g->texel[l->to[e]];

			if (kind[u] == FILL_FREE)
				q->w[e] = l->w[e];
			if (kind[u] != FILL_FIXED)
				continue;
			q->inv[i] += l->w[e];
			for (int k = 0; k < 3; k++)
				q->r[i][k] += l->w[e] * x[3 * u + (size_t)k];
		}
	}
	for (size_t m = 0; m < g->levels; m++) {
		l = &g->level[m];
		for (size_t i = 0; i < l->n; i++) {
			float d = q[m].inv[i];

			if (l->up)
				q[m + 1].inv[l->up[i]] += d;
			for (uint32_t e = l->start[i]; e < l->start[i + 1];
			    e++) {
				d += q[m].w[e];
				if (l->up && l->above[e] != NONE)
					q[m + 1].w[l->above[e]] +=
					    q[m].w[e] / 2;
			}
			q[m].inv[i] = d > 0 ? 1 / d : 1;
		}
	}
}

/*
 * One V cycle, z = M r with M about A^-1: Gauss-Seidel forwards from zero,
 * the coarser level's correction for the residual, Gauss-Seidel backwards, so
 * that M is symmetric. Eight sweeps all but solve the coarsest level.
 */
static void
cycle(const struct fill_graph *g, struct problem *q, size_t m)
{
	const struct level *l = &g->level[m];
	const struct problem *o = &q[m];
	const int sweeps = l->up ? 1 : 8;

	memset(o->z, 0, l->n * sizeof *o->z);
	for (int s = 0; s < sweeps; s++)
		for (size_t i = 0; i < l->n; i++)
			o->z[i] = o->inv[i] *
			    (o->r[i] + around(l, o->w, i, o->z));
	if (l->up) {
		memset(q[m + 1].r, 0, g->level[m + 1].n * sizeof(rgbx));
		for (size_t i = 0; i < l->n; i++)
			q[m + 1].r[l->up[i]] += o->r[i] +
			    around(l, o->w, i, o->z) - o->z[i] / o->inv[i];
		cycle(g, q, m + 1);
		for (size_t i = 0; i < l->n; i++)
			o->z[i] += q[m + 1].z[l->up[i]];
	}
	for (int s = 0; s < sweeps; s++)
		for (size_t i = l->n; i-- > 0;)
			o->z[i] = o->inv[i] *
			    (o->r[i] + around(l, o->w, i, o->z));
}

static wide
dot(const rgbx *a, const rgbx *b, size_t n)
{
	wide s = { 0 };

	for (size_t i = 0; i < n; i++)
		s += __builtin_convertvector(a[i] * b[i], wide);
	return s;
}

/* a / b, or 0 where b is 0: that channel is solved. */
static rgbx
quotient(wide a, wide b)
{
	rgbx q = { 0 };

	for (int k = 0; k < 4; k++)
		q[k] = b[k] > 0 ? (float)(a[k] / b[k]) : 0;
	return q;
}

/* Conjugate gradients, preconditioned by the V cycle, for each channel alone. */
static enum status
solve(const struct fill_graph *g, struct arena *a, float *x, const float *mu,
    const uint8_t *kind, unsigned *rounds)
{
	const struct level *l = &g->level[0];
	const size_t n = l->n;
	struct problem q[LEVELS];
	rgbx *s = arena_calloc(a, n, sizeof *s);
	rgbx *p = arena_calloc(a, n, sizeof *p);
	rgbx *y = arena_calloc(a, n, sizeof *y);

	if (!s || !p || !y)
		return E_NOMEM;
	for (size_t m = 0; m < g->levels; m++)
		TRY(problem_alloc(&q[m], a, &g->level[m]));
	set_up(g, q, x, mu, kind);
	cycle(g, q, 0);
	memcpy(p, q->z, n * sizeof *p);
	wide rz = dot(q->r, q->z, n);

	for (*rounds = 0; *rounds < ROUNDS; ++*rounds) {
		const double enough = SMALL * SMALL * (double)n;

		if (rz[0] <= enough && rz[1] <= enough && rz[2] <= enough)
			break;
		for (size_t i = 0; i < n; i++)
			y[i] = p[i] / q->inv[i] - around(l, q->w, i, p);
		rgbx alpha = quotient(rz, dot(p, y, n));

		for (size_t i = 0; i < n; i++) {
			s[i] += alpha * p[i];
			q->r[i] -= alpha * y[i];
		}
		cycle(g, q, 0);
		wide next = dot(q->r, q->z, n);
		rgbx beta = quotient(next, rz);

		rz = next;
		for (size_t i = 0; i < n; i++)
			p[i] = q->z[i] + beta * p[i];
	}
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < 3 && kind[g->texel[i]] == FILL_FREE; k++)
			x[3 * g->texel[i] + (size_t)k] = s[i][k];
	return OK;
}

enum status
fill_solve(const struct fill_graph *g, struct arena *a, float *x,
    const float *mu, const uint8_t *kind, unsigned *rounds)
{
	size_t mark = arena_mark(a);
	unsigned n;
	enum status s = solve(g, a, x, mu, kind, &n);

	arena_pop(a, mark);
	if (s == OK && rounds)
		*rounds = n;
	return s;
}
