#include "texture/level.h"

#include <math.h>

#include "base/arena.h"
#include "texture/fill.h"

#define STEP 0.3f	/* root mean square over RGB: of this size a third is taken out */
#define FADE 0.05f	/* of the side of the map: over how far a change is felt */
#define BLEND 0.06f	/* of the side of the map: over how far the photo's share fades */
#define LEAST 0.02f	/* share of a step that a place of the photo takes, at least */

static float
loose(const float *shown, size_t t)
{
	return shown ? fmaxf(1 - shown[3 * t], LEAST) : 1;
}

/* The change of both ends of a link, added to what other links want of them. */
static void
pull(float *add, float *weight, const float *x, const float *shown,
    struct seam_link k)
{
	const float wa = loose(shown, k.a), wb = loose(shown, k.b);
	float d[3], size = 0;

	for (size_t c = 0; c < 3; c++) {
		d[c] = x[3 * (size_t)k.b + c] - x[3 * (size_t)k.a + c];
		size += d[c] * d[c] / 3;
	}
	if (!(size < INFINITY))
		return;
	const float share = fmaxf(wa, wb) * expf(-size / (STEP * STEP));

	for (size_t c = 0; c < 3; c++) {
		add[3 * (size_t)k.a + c] += share * d[c] * wa / (wa + wb);
		add[3 * (size_t)k.b + c] -= share * d[c] * wb / (wa + wb);
	}
	weight[k.a]++;
	weight[k.b]++;
}

/* What both solve on: the charts of the map and where their rims meet. */
struct ground {
	uint8_t *chart, *kind;	/* [T][T]; kind: FILL_* */
	float *mu;		/* [T][T] */
	struct seam_link *link;
	size_t n;
};

static enum status
ground_make(struct ground *g, struct convert_side side, struct arena *a)
{
	const size_t T = side.T;

	g->chart = arena_calloc(a, T, T);
	g->kind = arena_calloc(a, T, T);
	g->mu = arena_calloc(a, T * T, sizeof *g->mu);
	if (!g->chart || !g->kind || !g->mu)
		return E_NOMEM;
	layout_charts(side.layout, T, g->chart);
	return seam_links(&g->link, &g->n, a, side.layout, g->chart, T);
}

enum status
level_seams(float **out, const float *texture, const float *shown,
    struct convert_side side, struct arena *a)
{
	const size_t T = side.T;
	float *add = arena_calloc(a, T * T, 3 * sizeof *add);
	struct fill_graph *graph;
	struct ground g;

	if (!add)
		return E_NOMEM;
	TRY(ground_make(&g, side, a));
	TRY(fill_graph_make(&graph, a, g.chart, T, NULL, 0));
	for (size_t i = 0; i < g.n; i++)
		pull(add, g.mu, texture, shown, g.link[i]);
	for (size_t t = 0; t < T * T; t++) {
		g.kind[t] = !g.chart[t] ? FILL_OUT : g.mu[t] > 0 ? FILL_FIXED :
		    FILL_FREE;
		for (size_t c = 0; c < 3 && g.mu[t] > 0; c++)
			add[3 * t + c] /= g.mu[t];
		g.mu[t] = 1 / (FADE * FADE * (float)(T * T)) +
		    (shown ? shown[3 * t] : 0);
	}
	*out = add;
	return fill_solve(graph, a, add, g.mu, g.kind, NULL);
}

enum status
level_shown(float *share, struct convert_side side, struct arena *a)
{
	const size_t T = side.T;
	struct fill_graph *graph;
	struct ground g;

	TRY(ground_make(&g, side, a));
	TRY(fill_graph_make(&graph, a, g.chart, T, g.link, g.n));
	for (size_t t = 0; t < T * T; t++) {
		const bool most = share[3 * t] >= 0.5f;

		g.kind[t] = !g.chart[t] ? FILL_OUT : most ? FILL_FIXED : FILL_FREE;
		g.mu[t] = 1 / (BLEND * BLEND * (float)(T * T));
		for (size_t c = 0; c < 3; c++)
			share[3 * t + c] = most;
	}
	return fill_solve(graph, a, share, g.mu, g.kind, NULL);
}
