#include "avatar/bake.h"

#include <math.h>
#include <string.h>

#include "avatar/hull.h"
#include "body/unfold.h"
#include "math/team.h"
#include "texture/texmap.h"

/*
 * unfold.h has UNFOLD_SS samples per texel and axis; laid out for twice as
 * many texels it has twice as many.
 */
#define FINER 2

float
bake_step(size_t T)
{
	/* About 1.9 m2 of skin fill six tenths of the map. */
	return sqrtf(1.9f / 0.6f) / (float)(UNFOLD_SS * FINER * T);
}

struct work {
	const struct outer *outer;
	const struct unfold *unfold;
	const uint8_t *chart;
	size_t T;
	float *colour;		/* (T,T,3) */
	uint8_t *known, *kind;
};

#define OUTWARDS 0.03f		/* metres from the hull where rays begin */
#define INWARDS 0.03f
#define BESIDE 0.05f		/* the nearest surface, where a ray meets none */

/* First sample of the lattice, of n, that belongs to texel t of T, on one axis. */
static size_t
first_sample(size_t t, size_t T, size_t n)
{
	/*
	 * Sample i of the finer map is at (i - (SS - 1) / 2) / SS of its
	 * texels, 0..FINER T - 1 as 0..T - 1 here.
	 */
	double f = ((double)t - 0.5) * (double)(FINER * T - 1) /
	    (double)(T - 1) * UNFOLD_SS + (UNFOLD_SS - 1) / 2.0;

	return f <= 0 ? 0 : f >= (double)n ? n : (size_t)ceil(f);
}

static bool
look(struct outer_hit *h, const struct outer *o, const struct unfold_point *p)
{
	float from[3], to[3], n[3], len = 0;
	/* Fingers lie side by side: what is further out is the next one. */
	float out = p->part == 3 || p->part == 4 ? 0.008f : OUTWARDS;

	for (int c = 0; c < 3; c++)
		len += p->normal[c] * p->normal[c];
	len = sqrtf(len);
	for (int c = 0; c < 3; c++) {
		n[c] = len > 0 ? p->normal[c] / len : (float)(c == 2);
		from[c] = p->at[c] + out * n[c];
		to[c] = p->at[c] - INWARDS * n[c];
	}
	return outer_cast(h, o, from, to, n, 0.2f) ||
	    outer_near(h, o, p->at, BESIDE, n, 0.2f);
}

static void
bake_texel(const struct work *w, size_t t, size_t x0, size_t x1, size_t y0,
    size_t y1)
{
	float sum[3] = { 0 }, n = 0;
	unsigned votes[AVATAR_KINDS] = { 0 };
	int most = 0;

	for (size_t y = y0; y < y1; y++)
		for (size_t x = x0; x < x1; x++) {
			struct unfold_point p;
			struct outer_hit h;
			float rgba[4];

			if (!unfold_point(&p, w->unfold, x, y) ||
			    p.part != w->chart[t] || !look(&h, w->outer, &p))
				continue;
			outer_colour(rgba, w->outer, &h);
			for (int c = 0; c < 3; c++)
				sum[c] += rgba[c];
			n++;
			votes[outer_kind(w->outer, &h)]++;
		}
	if (n == 0)
		return;
	for (int c = 0; c < 3; c++)
		w->colour[3 * t + c] = sum[c] / n;
	for (int k = 1; k < AVATAR_KINDS; k++)
		if (votes[k] > votes[most])
			most = k;
	w->known[t] = 1;
	w->kind[t] = (uint8_t)most;
}

static void
bake_row(void *arg, size_t row, size_t thread)
{
	const struct work *w = arg;
	size_t n = w->unfold->lattice.w;

	(void)thread;
	for (size_t x = 0; x < w->T; x++) {
		size_t t = row * w->T + x;

		if (w->chart[t])
			bake_texel(w, t, first_sample(x, w->T, n),
			    first_sample(x + 1, w->T, n),
			    first_sample(row, w->T, n),
			    first_sample(row + 1, w->T, n));
	}
}

/* Texels of charts that no sample fell on have their neighbours' kind. */
static void
grow_kinds(uint8_t *kind, const uint8_t *known, const uint8_t *chart, size_t T)
{
	for (size_t t = T + 1; t + T + 1 < T * T; t++) {
		const size_t near[4] = { t - 1, t + 1, t - T, t + T };

		for (int k = 0; k < 4 && chart[t] && !known[t]; k++)
			if (known[near[k]] && chart[near[k]] == chart[t])
				kind[t] = kind[near[k]];
	}
}

enum status
bake_make(const struct bake *k, struct arena *a, const struct outer *o,
    const struct body *b, const struct layout *l)
{
	size_t T = k->T, texels = T * T, charted = 0, found = 0;
	size_t mark = arena_mark(a);
	uint8_t *chart = arena_calloc(a, texels, 1);
	uint8_t *known = arena_calloc(a, texels, 1);
	float *colour = arena_calloc(a, texels, 3 * sizeof *colour);
	float (*normal)[3] = arena_calloc(a, b->mesh.n_vert, sizeof *normal);
	struct unfold u;

	if (!chart || !known || !colour || !normal)
		return E_NOMEM;
	TRY(unfold_make(&u, a, b, l, FINER * T));
	TRY(hull_normals(normal, a, b, b->mesh.vert, 2));
	u.normal = (const float (*)[3])normal;
	layout_charts(l, T, chart);

	struct work w = { o, &u, chart, T, colour, known, k->kind };

	memset(k->kind, AVATAR_NONE, texels);
	team_run(T, bake_row, &w);
	for (size_t t = 0; t < texels; t++) {
		charted += chart[t] != 0;
		found += known[t];
		k->valid[t] = known[t];
	}
	if (2 * found < charted)
		return fail(E_VALUE, "%zu of %zu texels find a surface, want "
		    "half of them", found, charted);
	grow_kinds(k->kind, known, chart, T);
	texmap_grow(colour, known, T, 3, 16, 2, chart);
	texmap_gutter(colour, chart, T, 3, TEXMAP_GUTTER, known);
	for (size_t i = 0; i < 3 * texels; i++)
		k->texture[i] = (uint8_t)lrintf(fminf(fmaxf(colour[i], 0), 255));
	arena_pop(a, mark);
	return OK;
}
