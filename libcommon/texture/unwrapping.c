#include "texture/unwrapping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "texture/coord.h"
#include "texture/fill.h"
#include "texture/rim.h"
#include "texture/texmap.h"
#include "view/fields.h"

#define HINT 0.1f		/* weight of an untrusted pixel; a neighbour has 1 */
#define LEAN 40.0f		/* T over how far a pull is felt: 6 texels at 256 */
#define REACH 8			/* texels at T = 256 over which the mirror is matched */

#define ERODE 3.0f		/* pixels of a picture of 256 */

struct unwrap_plan {
	const struct layout *layout;
	size_t T;
	uint8_t *chart;		/* [T][T] */
	struct fill_graph *graph;
	bool adjoin[25][25];
	const int32_t *behind;	/* [T][T] or NULL */
};

struct unwrap_options
unwrap_defaults(size_t side, const struct unwrap_plan *p)
{
	return (struct unwrap_options){
		.fill = p->behind ? UNWRAP_BEHIND : UNWRAP_HARMONIC,
		.mirror = true, .erode = ERODE * (float)side / 256 };
}

enum status
unwrap_plan_make(struct unwrap_plan **out, struct arena *a,
    const struct layout *l, size_t T, const int32_t *behind)
{
	struct unwrap_plan *p = arena_calloc(a, 1, sizeof *p);
	struct seam_link *link;
	size_t n;

	if (!p)
		return E_NOMEM;
	p->layout = l;
	p->T = T;
	p->behind = behind;
	p->chart = arena_calloc(a, T, T);
	if (!p->chart)
		return E_NOMEM;
	layout_charts(l, T, p->chart);
	TRY(seam_links(&link, &n, a, l, p->chart, T));
	TRY(fill_graph_make(&p->graph, a, p->chart, T, link, n));
	for (int i = 1; i < 25; i++)
		for (int j = 1; j < 25; j++)
			p->adjoin[i][j] = i == j || seam_adjoin(i, j);
	*out = p;
	return OK;
}

/* ---- the other side ---------------------------------------------------- */

/*
 * The colour on the other side of the body, bilinear over texels that were
 * read from the photo; false where less than half of the weight is.
 */
static bool
read_mirror(float rgb[3], const float *texture, const uint8_t *kind,
    size_t t, const struct unwrap_plan *p)
{
	const size_t T = p->T;
	int part;
	float u, v, xy[2], sum[4] = { 0 };

	if (!layout_surface(p->layout, T, (float)(t % T), (float)(t / T),
	    &part, &u, &v))
		return false;
	layout_mirror(&part, &u, &v);
	if (!layout_texel(p->layout, T, part, u, v, xy))
		return false;
	const size_t x0 = (size_t)xy[0], y0 = (size_t)xy[1];
	const float a = xy[0] - (float)x0, b = xy[1] - (float)y0;

	for (int k = 0; k < 4; k++) {
		float wt = (k & 1 ? a : 1 - a) * (k >> 1 ? b : 1 - b);
		size_t x = x0 + (k & 1), y = y0 + (k >> 1), i = y * T + x;

		if (x >= T || y >= T || kind[i] != FILL_FIXED)
			continue;
		for (int j = 0; j < 3; j++)
			sum[j] += wt * texture[3 * i + (size_t)j];
		sum[3] += wt;
	}
	for (int j = 0; j < 3; j++)
		rgb[j] = sum[3] > 0 ? sum[j] / sum[3] : 0;
	return sum[3] >= 0.5f;
}

/*
 * Light differs from side to side. Where a texel and its mirror are both
 * seen the difference is known; beside such texels the mirror is shifted by
 * it, fading out over REACH texels, so that no edge shows where the two meet.
 */
static enum status
add_mirror(float *texture, uint8_t *seen, const uint8_t *kind,
    const struct unwrap_plan *p, struct arena *a)
{
	const size_t n = p->T * p->T;
	const float reach = REACH * (float)p->T / 256;
	float *other = arena_calloc(a, n, 3 * sizeof *other);
	float *shift = arena_calloc(a, n, 3 * sizeof *shift);
	float *mu = arena_calloc(a, n, sizeof *mu);
	uint8_t *k = arena_calloc(a, n, 1);

	if (!other || !shift || !mu || !k)
		return E_NOMEM;
	for (size_t t = 0; t < n; t++) {
		if (!p->chart[t] || !read_mirror(other + 3 * t, texture, kind,
		    t, p))
			continue;
		k[t] = kind[t] == FILL_FIXED ? FILL_FIXED : FILL_FREE;
		mu[t] = 1 / (reach * reach);
		for (size_t i = 3 * t; i < 3 * t + 3; i++)
			shift[i] = k[t] == FILL_FIXED ? texture[i] - other[i] :
			    0;
	}
	TRY(fill_solve(p->graph, a, shift, mu, k, NULL));
	for (size_t t = 0; t < n; t++) {
		if (k[t] != FILL_FREE)
			continue;
		seen[t] = SEEN_MIRROR;
		for (size_t i = 3 * t; i < 3 * t + 3; i++)
			texture[i] = fminf(fmaxf(other[i] + shift[i], -1), 1);
	}
	return OK;
}

/* ---- all of it --------------------------------------------------------- */

/* Every free texel gets the mean of its chart's known ones, or of all. */
static void
fill_mean(float *texture, const uint8_t *kind, const struct unwrap_plan *p)
{
	double sum[25][4] = { { 0 } };	/* 0: all charts */
	const size_t n = p->T * p->T;

	for (size_t t = 0; t < n; t++)
		for (int all = 0; all < 2 && kind[t] == FILL_FIXED; all++) {
			double *s = sum[all ? 0 : p->chart[t]];

			for (int j = 0; j < 3; j++)
				s[j] += (double)texture[3 * t + (size_t)j];
			s[3]++;
		}
	for (size_t t = 0; t < n; t++) {
		const double *s = sum[sum[p->chart[t]][3] > 0 ? p->chart[t] : 0];

		for (int j = 0; j < 3 && kind[t] == FILL_FREE; j++)
			texture[3 * t + (size_t)j] = (float)(s[j] / s[3]);
	}
}

/*
 * Clothes mostly are as long, and of one colour, behind and before: a texel
 * that nothing shows is pulled towards what the photo shows of its other side,
 * strongly enough for hems to keep their height and too weakly for a print to
 * come through. Hair is that of the crown.
 */
static void
lean_on_behind(float *texture, float *mu, const uint8_t *kind,
    const struct unwrap_plan *p)
{
	const float pull = LEAN / (float)p->T * (LEAN / (float)p->T);

	for (size_t t = 0; t < p->T * p->T; t++) {
		const int32_t b = p->behind[t];

		if (kind[t] != FILL_FREE || b < 0 || kind[b] != FILL_FIXED)
			continue;
		for (size_t j = 0; j < 3; j++)
			texture[3 * t + j] = (mu[t] * texture[3 * t + j] +
			    pull * texture[3 * (size_t)b + j]) / (mu[t] + pull);
		mu[t] += pull;
	}
}

static enum status
unwrap(float *texture, uint8_t *seen, const struct unwrap_input *in,
    const struct unwrap_plan *p, const struct unwrap_options *o,
    struct arena *a)
{
	const size_t n = p->T * p->T;
	const struct rim_photo photo = { in->h, in->w, in->image, in->iuv,
		in->matte };
	uint8_t *use = arena_alloc(a, in->h * in->w);
	float *mu = arena_calloc(a, n, sizeof *mu);
	uint8_t *kind = arena_calloc(a, n, 1);
	size_t used = 0;

	if (!use || !mu || !kind)
		return E_NOMEM;
	rim_judge(use, &photo, p->adjoin, o->erode);
	memset(texture, 0, 3 * n * sizeof *texture);
	for (size_t t = 0; t < n; t++) {
		const float *c = in->coord + 2 * t;
		float trusted = 0;
		bool shown = p->chart[t] && seen_itself(in->seen[t]) &&
		    rim_read(texture + 3 * t, &trusted, &photo, use, c);

		kind[t] = !p->chart[t] ? FILL_OUT :
		    trusted > 0 ? FILL_FIXED : FILL_FREE;
		seen[t] = trusted > 0 ? in->seen[t] : SEEN_NOT;
		mu[t] = shown ? HINT : 0;
		used += trusted > 0;
	}
	if (used == 0)
		return in->matte ?
		    fail(E_VALUE, "no pixel of the body is the person by the "
		    "matte: nothing to unwrap") :
		    fail(E_VALUE, "no pixel of the body is %g pixels away "
		    "from its outline: nothing to unwrap", (double)o->erode);
	if (o->mirror)
		TRY(add_mirror(texture, seen, kind, p, a));
	for (size_t t = 0; t < n; t++)
		if (seen[t] == SEEN_MIRROR)
			kind[t] = FILL_FIXED;
	if (o->fill == UNWRAP_BEHIND)
		lean_on_behind(texture, mu, kind, p);
	if (o->fill == UNWRAP_HARMONIC || o->fill == UNWRAP_BEHIND)
		TRY(fill_solve(p->graph, a, texture, mu, kind, NULL));
	else if (o->fill == UNWRAP_MEAN)
		fill_mean(texture, kind, p);
	for (size_t t = 0; t < n; t++)
		if (kind[t] == FILL_FREE && o->fill == UNWRAP_NONE)
			memset(texture + 3 * t, 0, 3 * sizeof *texture);
	texmap_gutter(texture, p->chart, p->T, 3, TEXMAP_GUTTER, kind);
	return OK;
}

enum status
unwrap_texture(float *texture, uint8_t *seen, const struct unwrap_input *in,
    const struct unwrap_plan *p, const struct unwrap_options *o,
    struct arena *a)
{
	size_t mark = arena_mark(a);
	enum status s = unwrap(texture, seen, in, p, o, a);

	arena_pop(a, mark);
	return s;
}

enum status
unwrap_input_of(struct unwrap_input *in, struct view_size *size,
    const struct sample *s)
{
	const struct tensor *image, *iuv, *coord, *seen, *matte = NULL;

	TRY(view_want(&image, NULL, s, ROLE_SOURCE, VIEW_IMAGE, *size));
	size->h = image->dim[0];
	size->w = image->dim[1];
	TRY(view_want(&iuv, NULL, s, ROLE_SOURCE, VIEW_IUV, *size));
	TRY(view_want(&seen, NULL, s, ROLE_SOURCE, VIEW_SEEN, *size));
	size->T = seen->dim[0];
	TRY(view_want(&coord, NULL, s, ROLE_SOURCE, VIEW_COORD, *size));
	TRY(view_want(&seen, NULL, s, ROLE_SOURCE, VIEW_SEEN, *size));
	if (role_has(s, ROLE_SOURCE, view_name(VIEW_MATTE)))
		TRY(view_want(&matte, NULL, s, ROLE_SOURCE, VIEW_MATTE, *size));
	if (size->T < 2)
		return fail(E_SHAPE, "field source.seen: a texture of %zu "
		    "texels, want at least 2 x 2", size->T);
	*in = (struct unwrap_input){ size->h, size->w, image->data, iuv->data,
		coord->data, seen->data, matte ? matte->data : NULL };
	return OK;
}

enum status
unwrap_source(float *texture, const struct sample *s, size_t S,
    const struct unwrap_plan *plan)
{
	const struct unwrap_options o = unwrap_defaults(S, plan);
	struct view_size size = view_square(S);
	const size_t mark = arena_mark(s->arena);
	struct unwrap_input in;

	TRY(unwrap_input_of(&in, &size, s));
	uint8_t *from = arena_alloc(s->arena, S * S);

	if (!from)
		return E_NOMEM;
	enum status st = unwrap_texture(texture, from, &in, plan, &o, s->arena);

	arena_pop(s->arena, mark);
	return st;
}
