#include "model/explain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "texture/stamp.h"
#include "texture/texmap.h"
#include "view/fields.h"
#include "view/seen.h"

#define DARK 0.35f		/* what does not count */

/* What --keep of hallucinate(1) leaves of one level; share NULL: nothing. */
struct trace {
	const struct tensor *share, *flow, *mask, *tap;
	size_t n, h, w, k;	/* views; of the level; side of the patch */
	int level;
};

/* Field name.L of the level, c channels wide; 0: any number. */
static enum status
want(const struct tensor **t, const struct sample *s, const char *name,
    const struct trace *like, size_t c)
{
	char full[32];

	snprintf(full, sizeof full, "%s.%d", name, like->level);
	return sample_want(t, s, full, DT_F4, TENSOR_DIMS(like->n, like->h,
	    like->w, c));
}

static enum status
trace_of(struct trace *t, const struct sample *s, int level)
{
	char share[32];

	*t = (struct trace){ .level = level };
	snprintf(share, sizeof share, "share.it.%d", level);
	if (!sample_find(s, share))
		return OK;

	const struct tensor *all;

	TRY(sample_want(&all, s, share, DT_F4, TENSOR_DIMS(0, 0, 0, 1)));
	if (all->dim[0] < 2 || all->dim[0] > 1 + EXPLAIN_VIEWS ||
	    all->dim[1] == 0 || all->dim[2] == 0)
		return fail(E_SHAPE, "field %s: %zu shares, want 2 to %d", share,
		    all->dim[0], 1 + EXPLAIN_VIEWS);
	t->n = all->dim[0] - 1;
	t->h = all->dim[1];
	t->w = all->dim[2];
	TRY(want(&t->flow, s, "flow.it", t, 2));
	TRY(want(&t->mask, s, "attn.it", t, 1));
	TRY(want(&t->tap, s, "tap.it", t, 0));
	while (t->k * t->k < t->tap->dim[3])
		t->k++;
	if (t->k * t->k != t->tap->dim[3] || t->k % 2 == 0)
		return fail(E_SHAPE, "field tap.it.%d: %zu taps, want k x k "
		    "with k odd", level, t->tap->dim[3]);
	t->share = all;
	return OK;
}

static float
full_size(float x, int level)
{
	return (x + 0.5f) * (float)(1 << level) - 0.5f;
}

/* Tap i of the patch around flow xy, in pixels of the level. */
static void
tap_place(float at[2], const struct trace *t, const float *xy, size_t i)
{
	const float r = (float)(t->k / 2);

	at[0] = xy[0] + (float)(i % t->k) - r;
	at[1] = xy[1] + (float)(i / t->k) - r;
}

/* The strongest taps, in their order. */
static void
strongest(struct explain_view *v, const struct trace *t, const float *xy,
    const float *tap)
{
	const size_t n = t->k * t->k;
	bool taken[128] = { false };

	for (v->taps = 0; v->taps < EXPLAIN_TAPS && v->taps < n; v->taps++) {
		size_t best = n;

		for (size_t i = 0; i < n && i < sizeof taken; i++)
			if (!taken[i] && (best == n || tap[i] > tap[best]))
				best = i;
		if (best == n)
			return;
		taken[best] = true;
		v->tap[v->taps].weight = tap[best];
		tap_place(v->tap[v->taps].xy, t, xy, best);
		for (int c = 0; c < 2; c++)
			v->tap[v->taps].xy[c] = full_size(v->tap[v->taps].xy[c],
			    t->level);
	}
}

static void
explain_level(struct explain_level *e, const struct trace *t, size_t T,
    size_t x, size_t y)
{
	const size_t px = t->h * t->w;
	const size_t at = y * t->h / T * t->w + x * t->w / T;
	const float *share = t->share->data, *flow = t->flow->data,
	    *mask = t->mask->data, *tap = t->tap->data;

	e->n = t->n;
	e->own = share[at];
	for (size_t i = 0; i < t->n; i++) {
		const size_t p = i * px + at;
		struct explain_view *v = &e->view[i];

		v->share = share[(1 + i) * px + at];
		v->mask = mask[p];
		v->xy[0] = full_size(flow[2 * p], t->level);
		v->xy[1] = full_size(flow[2 * p + 1], t->level);
		strongest(v, t, flow + 2 * p, tap + p * t->k * t->k);
	}
}

/* ---- the other fields ---- */

/* Texel i of T in a map of side other. */
static size_t
texel_of(size_t i, size_t T, size_t other)
{
	return (i * (other - 1) * 2 + (T - 1)) / (2 * (T - 1));
}

/* Of a map that may be missing, (T,T) or (T,T,c): its side and its values. */
static enum status
map_of(const struct tensor **t, const struct sample *s, const char *name,
    enum dtype d, size_t c)
{
	*t = NULL;
	if (!sample_find(s, name))
		return OK;
	TRY(sample_want(t, s, name, d, c ? 3 : 2, (size_t[]){ 0, 0, c }));
	if ((*t)->dim[0] != (*t)->dim[1] || (*t)->dim[0] < 2)
		return fail(E_SHAPE, "field %s: %zu x %zu texels, want a square",
		    name, (*t)->dim[0], (*t)->dim[1]);
	return OK;
}

static size_t
index_of(const struct tensor *t, size_t T, size_t x, size_t y)
{
	return texel_of(y, T, t->dim[0]) * t->dim[0] + texel_of(x, T, t->dim[0]);
}

static enum status
code_of(int *code, const struct sample *s, const char *name, size_t T,
    size_t x, size_t y, int missing)
{
	const struct tensor *t;

	TRY(map_of(&t, s, name, DT_U1, 0));
	*code = t ? ((const uint8_t *)t->data)[index_of(t, T, x, y)] : missing;
	return OK;
}

enum status
explain_texel(struct explain_texel *e, const struct sample *s,
    const struct layout *l, size_t x, size_t y)
{
	const struct tensor *t, *m;

	TRY(stamp_texture(&t, s, "texture", DT_F4));
	const size_t T = t->dim[0];

	if (x >= T || y >= T)
		return fail(E_VALUE, "field texture: texel %zu,%zu is outside of "
		    "%zu x %zu", x, y, T, T);
	*e = (struct explain_texel){ .T = T, .at = { NAN, NAN },
	    .confidence = NAN };
	memcpy(e->colour, (const float *)t->data + 3 * (y * T + x),
	    sizeof e->colour);
	if (!layout_surface(l, T, (float)x, (float)y, &e->part, &e->u, &e->v))
		e->part = 0;
	TRY(code_of(&e->photo, s, "source.seen", T, x, y, -1));
	TRY(code_of(&e->maker, s, "texture.seen", T, x, y, -1));
	TRY(code_of(&e->kind, s, "texture.kind", T, x, y, 0));
	TRY(map_of(&m, s, "source.coord", DT_F4, 2));
	if (m)
		memcpy(e->at, (const float *)m->data + 2 * index_of(m, T, x, y),
		    sizeof e->at);
	TRY(map_of(&m, s, "texture.confidence", DT_F4, 0));
	if (m)
		e->confidence = ((const float *)m->data)[index_of(m, T, x, y)];
	for (int i = 0; i < 2; i++) {
		struct trace trace;

		TRY(trace_of(&trace, s, 3 - i));
		if (trace.share)
			explain_level(&e->level[i], &trace, T, x, y);
	}
	return OK;
}

/* ---- pictures ---- */

/* Told apart by most eyes: after Okabe and Ito. */
static const float view_colour[EXPLAIN_VIEWS][3] = { { 0.90f, 0.62f, 0 },
	{ 0.34f, 0.71f, 0.91f }, { 0, 0.62f, 0.45f }, { 0.80f, 0.47f, 0.65f } };

static float
grey(const float *rgb)	/* of -1..1; to 0..1 */
{
	float y = 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];

	return fminf(fmaxf(0.5f + 0.5f * y, 0), 1);
}

static void
put(uint8_t *px, const float *c)
{
	for (int i = 0; i < 3; i++)
		px[i] = (uint8_t)lrintf(fminf(fmaxf(c[i], 0), 1) * 255);
}

/* The colour of light on grey: neither wins. */
static void
under(uint8_t *px, float g, const float *colour, float strength)
{
	float c[3];

	for (int i = 0; i < 3; i++)
		c[i] = (0.25f + 0.75f * g) * (1 - strength + colour[i] * strength);
	put(px, c);
}

static enum status
picture_of_makers(struct sample *s, const struct tensor *texture,
    const uint8_t *chart)
{
	const size_t T = texture->dim[0];
	const struct tensor *maker, *photo;
	struct tensor out;

	TRY(map_of(&maker, s, "texture.seen", DT_U1, 0));
	TRY(map_of(&photo, s, "source.seen", DT_U1, 0));
	TRY(sample_make(&out, s, "explain.texture", DT_U1, TENSOR_DIMS(T, T, 3)));
	for (size_t i = 0; i < T * T; i++) {
		const float *rgb = (const float *)texture->data + 3 * i;
		uint8_t *px = (uint8_t *)out.data + 3 * i;
		const size_t x = i % T, y = i / T;
		int code = maker ? ((const uint8_t *)maker->data)
		    [index_of(maker, T, x, y)] : SEEN_NOT;
		int shown = photo ? ((const uint8_t *)photo->data)
		    [index_of(photo, T, x, y)] : SEEN_NOT;
		float c[3];

		memset(px, 0, 3);
		if (!chart[i])
			continue;
		for (int k = 0; k < 3; k++)
			c[k] = seen_colour[code <= SEEN_TEXGEN ? code : 0][k];
		for (int k = 0; k < 3 && code >= SEEN_INPAINT &&
		    shown == SEEN_YES; k++)
			c[k] = 0.5f * (c[k] + seen_colour[SEEN_YES][k]);
		under(px, grey(rgb), c, code == SEEN_NOT ? 0 : 0.7f);
	}
	return OK;
}

static enum status
picture_of_shares(struct sample *s, const struct tensor *texture,
    const uint8_t *chart, const struct trace *t)
{
	const size_t T = texture->dim[0], px = t->h * t->w;
	const float *share = t->share->data;
	struct tensor out;

	TRY(sample_make(&out, s, "explain.exchange", DT_U1, TENSOR_DIMS(T, T, 3)));
	for (size_t i = 0; i < T * T; i++) {
		const size_t at = i / T * t->h / T * t->w + i % T * t->w / T;
		uint8_t *p = (uint8_t *)out.data + 3 * i;
		float c[3] = { 0 }, sum = 0;

		memset(p, 0, 3);
		if (!chart[i])
			continue;
		for (size_t n = 0; n < t->n; n++) {
			float v = share[(1 + n) * px + at];

			sum += v;
			for (int k = 0; k < 3; k++)
				c[k] += v * view_colour[n][k];
		}
		for (int k = 0; k < 3 && sum > 0; k++)
			c[k] /= sum;
		under(p, grey((const float *)texture->data + 3 * i), c,
		    fminf(fmaxf(sum, 0), 1));
	}
	return OK;
}

static void
splat(float *heat, const struct trace *t, const float *at, float weight)
{
	const float fx = floorf(at[0]), fy = floorf(at[1]);

	for (int i = 0; i < 4; i++) {
		float x = fx + (float)(i & 1), y = fy + (float)(i >> 1);
		float w = (1 - fabsf(at[0] - x)) * (1 - fabsf(at[1] - y));

		/* A map goes on beyond its rim: networks(7), Attention. */
		x = fminf(fmaxf(x, 0), (float)(t->w - 1));
		y = fminf(fmaxf(y, 0), (float)(t->h - 1));
		heat[(size_t)y * t->w + (size_t)x] += w * weight;
	}
}

/* How much was taken from each place of the level, by the texels in charts. */
static void
taken(float *heat, const struct trace *t, size_t view, const uint8_t *chart,
    size_t T)
{
	const size_t px = t->h * t->w, kk = t->k * t->k;

	memset(heat, 0, px * sizeof *heat);
	for (size_t p = 0; p < px; p++) {
		const size_t v = view * px + p;
		const float *flow = (const float *)t->flow->data + 2 * v;
		const float share = ((const float *)t->share->data)[px + v];
		const size_t cx = (2 * (p % t->w) + 1) * T / (2 * t->w),
		    cy = (2 * (p / t->w) + 1) * T / (2 * t->h);

		if (!chart[cy * T + cx] || !isfinite(flow[0] + flow[1]) ||
		    fabsf(flow[0]) > 1e6f || fabsf(flow[1]) > 1e6f)
			continue;
		for (size_t i = 0; i < kk; i++) {
			float at[2];

			tap_place(at, t, flow, i);
			splat(heat, t, at, share *
			    ((const float *)t->tap->data)[v * kk + i]);
		}
	}
}

static enum status
picture_of_views(struct sample *s, const uint8_t *chart, size_t T,
    const struct trace *t)
{
	const struct tensor *gen;
	struct tensor out, heat;

	if (!sample_find(s, "halluc.gen"))
		return OK;
	TRY(sample_want(&gen, s, "halluc.gen", DT_F4, TENSOR_DIMS(t->n, 0,
	    0, 3)));
	const size_t H = gen->dim[1], W = gen->dim[2];

	TRY(tensor_alloc(&heat, s->arena, DT_F4, TENSOR_DIMS(t->h, t->w)));
	TRY(sample_make(&out, s, "explain.halluc", DT_U1,
	    TENSOR_DIMS(t->n, H, W, 3)));
	for (size_t n = 0; n < t->n; n++) {
		float most = 0;

		taken(heat.data, t, n, chart, T);
		for (size_t i = 0; i < t->h * t->w; i++)
			most = fmaxf(most, ((float *)heat.data)[i]);
		for (size_t i = 0; i < H * W; i++) {
			const float *rgb = (const float *)gen->data +
			    3 * (n * H * W + i);
			float x = ((float)(i % W) + 0.5f) * (float)t->w / (float)W,
			    y = ((float)(i / W) + 0.5f) * (float)t->h / (float)H;
			float v, c[3];

			texmap_at(&v, heat.data, t->h, t->w, 1, x - 0.5f,
			    y - 0.5f);
			v = most > 0 ? v / most : 0;
			for (int k = 0; k < 3; k++) {
				float own = DARK * (0.5f + 0.5f * rgb[k]);

				c[k] = own + sqrtf(v) * (view_colour[n][k] - own) *
				    0.8f;
			}
			put((uint8_t *)out.data + 3 * (n * H * W + i), c);
		}
	}
	return OK;
}

enum status
explain_pictures(struct sample *s, const struct layout *l)
{
	const struct tensor *texture;
	struct trace fine;
	struct tensor chart;

	TRY(stamp_texture(&texture, s, "texture", DT_F4));
	const size_t T = texture->dim[0];

	TRY(tensor_alloc(&chart, s->arena, DT_U1, TENSOR_DIMS(T, T)));
	layout_charts(l, T, chart.data);
	TRY(trace_of(&fine, s, 2));
	TRY(picture_of_makers(s, texture, chart.data));
	if (!fine.share)
		return OK;
	TRY(picture_of_shares(s, texture, chart.data, &fine));
	return picture_of_views(s, chart.data, T, &fine);
}
