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

enum status
level_seams(float **out, const float *texture, const float *shown,
    struct convert_side side, struct arena *a)
{
	const size_t T = side.T;
	uint8_t *chart = arena_calloc(a, T, T);
	uint8_t *kind = arena_calloc(a, T, T);
	float *add = arena_calloc(a, T * T, 3 * sizeof *add);
	float *mu = arena_calloc(a, T * T, sizeof *mu);
	struct fill_graph *graph;
	struct seam_link *link;
	size_t n;

	if (!chart || !kind || !add || !mu)
		return E_NOMEM;
	layout_charts(side.layout, T, chart);
	TRY(seam_links(&link, &n, a, side.layout, chart, T));
	TRY(fill_graph_make(&graph, a, chart, T, NULL, 0));
	for (size_t i = 0; i < n; i++)
		pull(add, mu, texture, shown, link[i]);
	for (size_t t = 0; t < T * T; t++) {
		kind[t] = !chart[t] ? FILL_OUT : mu[t] > 0 ? FILL_FIXED :
		    FILL_FREE;
		for (size_t c = 0; c < 3 && mu[t] > 0; c++)
			add[3 * t + c] /= mu[t];
		mu[t] = 1 / (FADE * FADE * (float)(T * T)) +
		    (shown ? shown[3 * t] : 0);
	}
	*out = add;
	return fill_solve(graph, a, add, mu, kind, NULL);
}

enum status
level_shown(float *share, struct convert_side side, struct arena *a)
{
	const size_t T = side.T;
	uint8_t *chart = arena_calloc(a, T, T);
	uint8_t *kind = arena_calloc(a, T, T);
	float *mu = arena_calloc(a, T * T, sizeof *mu);
	struct fill_graph *graph;
	struct seam_link *link;
	size_t n;

	if (!chart || !kind || !mu)
		return E_NOMEM;
	layout_charts(side.layout, T, chart);
	TRY(seam_links(&link, &n, a, side.layout, chart, T));
	TRY(fill_graph_make(&graph, a, chart, T, link, n));
	for (size_t t = 0; t < T * T; t++) {
		const bool most = share[3 * t] >= 0.5f;

		kind[t] = !chart[t] ? FILL_OUT : most ? FILL_FIXED : FILL_FREE;
		mu[t] = 1 / (BLEND * BLEND * (float)(T * T));
		for (size_t c = 0; c < 3; c++)
			share[3 * t + c] = most;
	}
	return fill_solve(graph, a, share, mu, kind, NULL);
}
