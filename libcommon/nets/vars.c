#include "nets/vars.h"

#include <math.h>

#include "graph/tape.h"
#include "layers/warp.h"
#include "tensor/pixel.h"
#include "view/levels.h"

struct var *
vars_map(struct graph *g, const struct tensor *t, size_t n, size_t S, size_t c)
{
	return g_input(g, n, S, S, c, t ? t->data : NULL, false);
}

struct var *
vars_picture(struct graph *g, const uint8_t *x, size_t n, size_t S)
{
	struct var *v = g_new(g, n, S, S, 3);

	if (tape_runs(g))
		pixels_signed(v->x, x, var_len(v));
	return v;
}

struct var *
vars_mask(struct graph *g, const uint8_t *yes, const float *xy, size_t n,
    size_t S)
{
	struct var *v = g_new(g, n, S, S, 1);

	for (size_t i = 0; tape_runs(g) && i < var_len(v); i++)
		v->x[i] = yes[i] && !(xy && (isnan(xy[2 * i]) ||
		    isnan(xy[2 * i + 1])));
	return v;
}

struct var *
vars_mask_share(struct graph *g, const struct var *m, float share)
{
	struct var *v = g_new(g, m->n, m->h, m->w, 1);

	for (size_t i = 0; tape_runs(g) && i < var_len(v); i++)
		v->x[i] = m->x[i] + share * (1 - m->x[i]);
	return v;
}

struct var *
vars_even(struct graph *g, const float *value, size_t n, size_t S, size_t c)
{
	struct var *v = g_new(g, n, S, S, c);

	for (size_t i = 0; tape_runs(g) && i < var_len(v); i++)
		v->x[i] = value[i / (S * S * c)];
	return v;
}

struct var *
vars_places(struct graph *g, const float *xy, size_t n, size_t S)
{
	struct var *v = g_new(g, n, S, S, 2);

	for (size_t i = 0; tape_runs(g) && i < var_len(v); i++)
		v->x[i] = isnan(xy[i]) ? 0 : xy[i];
	return v;
}

static float
clamped(float x, float most)
{
	return x < -most ? -most : x > most ? most : x;
}

struct var *
vars_coord(struct graph *g, const float *c, const uint8_t *seen, size_t n,
    size_t S)
{
	struct var *v = g_new(g, n, S, S, 3);
	float scale = 2 / ((float)S - 1);

	for (size_t i = 0; tape_runs(g) && i < n * S * S; i++) {
		const float *l = c + 2 * i;
		bool yes = seen_itself(seen[i]) && !isnan(l[0]) &&
		    !isnan(l[1]);

		for (int k = 0; k < 2; k++)
			v->x[3 * i + (size_t)k] = yes ?
			    clamped(l[k] * scale - 1, 1.2f) : 0;
		v->x[3 * i + 2] = yes;
	}
	return v;
}

/* ---- positions at both levels -------------------------------------------- */

struct guide
vars_guide(struct graph *g, const struct recipe *r, const float *xy,
    const uint8_t *ok, size_t n)
{
	const size_t S = r->size;
	struct guide k;

	for (int level = DUAL_COARSE; level >= DUAL_FINE; level--) {
		const size_t side = recipe_side(r, level);
		const int i = DUAL_INDEX(level);

		k.at[i] = g_new(g, n, side, side, 2);
		k.ok[i] = g_new(g, n, side, side, 1);
		if (tape_runs(g))
			level_reduce(k.at[i]->x, k.ok[i]->x, xy, ok, n, S, S, S,
			    level, r->levels);
	}
	return k;
}

struct guide
vars_guide_coord(struct graph *g, const struct recipe *r, const float *c,
    const uint8_t *seen, size_t n)
{
	const size_t texels = n * r->size * r->size;
	uint8_t *ok = tape_runs(g) ? tape_bytes(g, texels) : NULL;

	for (size_t i = 0; ok && i < texels; i++)
		ok[i] = seen_itself(seen[i]);
	struct guide k = vars_guide(g, r, c, ok, n);

	tape_drop(g, ok);
	return k;
}

struct guide
vars_guide_source(struct graph *g, const struct recipe *r, const float *s,
    const uint8_t *m, const float *c_s, const uint8_t *seen_s,
    size_t sources, size_t n)
{
	const size_t pixels = n * r->size * r->size;
	float *xy = tape_runs(g) ? tape_floats(g, 2 * pixels) : NULL;
	uint8_t *ok = tape_runs(g) ? tape_bytes(g, pixels) : NULL;

	if (xy && ok)
		level_compose(xy, ok, s, m, c_s, seen_s, sources, n, r->size);
	struct guide k = vars_guide(g, r, xy, ok, n);

	tape_drop(g, xy);
	tape_drop(g, ok);
	return k;
}

void
vars_anchor(struct graph *g, struct guide *k, bool relative, bool keep_ok)
{
	for (int i = 0; i < 2; i++) {
		struct var *at = k->at[i], *ok = k->ok[i];

		if (tape_runs(g) && relative)
			level_anchor_relative(at->x, ok->x, at->n, at->h, at->w);
		else if (tape_runs(g))
			level_anchor(at->x, ok->x, var_len(ok), at->h);
		if (!keep_ok) {
			g_free(g, ok);
			k->ok[i] = NULL;
		}
	}
}

/* ---- evidence ------------------------------------------------------------ */

static void
known(float *v, const struct evidence_in *in, size_t texels)
{
	const float *c = in->c->data;
	const uint8_t *seen = in->seen->data;

	for (size_t i = 0; i < texels; i++)
		v[i] = in->valid[i] && seen_itself(seen[i]) &&
		    !isnan(c[2 * i]) && !isnan(c[2 * i + 1]);
}

struct var *
evidence(struct graph *g, const struct evidence_in *in, size_t S)
{
	size_t texels = S * S, c = EVIDENCE_CHANNELS +
	    (in->texture ? 3 : 0);
	struct var *out = g_new(g, 1, S, S, c);

	if (!tape_runs(g))
		return out;
	float *x = tape_floats(g, 3 * texels), *u = tape_floats(g, 3 * texels),
	    *v = tape_floats(g, texels);

	if (!tape_runs(g))
		return out;
	pixels_signed(x, in->x->data, 3 * texels);
	nn_warp_fwd(u, x, in->c->data, &(struct nn_warp){ .n = 1, .maps = 1,
	    .h = S, .w = S, .c = 3, .ho = S, .wo = S });
	known(v, in, texels);
	for (size_t i = 0; i < texels; i++) {
		float *o = out->x + i * c;
		int32_t j = in->mirror[i];
		float vj = j >= 0 && in->valid[i] ? v[j] : 0;

		for (size_t k = 0; k < 3; k++) {
			o[k] = v[i] != 0 ? u[3 * i + k] : 0;
			o[4 + k] = vj != 0 ? u[3 * (size_t)j + k] : 0;
			if (in->texture)
				o[8 + k] = ((const float *)
				    in->texture->data)[3 * i + k];
		}
		o[3] = v[i];
		o[7] = vj;
	}
	tape_drop(g, x);
	tape_drop(g, u);
	tape_drop(g, v);
	return out;
}

struct var *
evidence_behind(struct graph *g, const struct var *e,
    const struct evidence_in *in)
{
	const size_t c = EVIDENCE_BEHIND_CHANNELS;
	struct var *out = g_new(g, 1, e->h, e->w, c);

	for (size_t i = 0; tape_runs(g) && i < e->h * e->w; i++) {
		int32_t j = in->behind[i];

		for (size_t k = 0; k < c; k++)
			out->x[c * i + k] = j < 0 ? 0 :
			    e->x[e->c * (size_t)j + k];
	}
	return out;
}

/* A pixel of the half: u (3) and v of four texels; the mean of all `c`. */
static void
halve_known(float *o, const float *const from[4])
{
	float sum[4] = { 0 };

	for (int q = 0; q < 4; q++)
		for (int k = 0; k < 4; k++)
			sum[k] += from[q][k] * (k < 3 ? from[q][3] : 1);
	for (int k = 0; k < 3; k++)
		o[k] = sum[3] > 0 ? sum[k] / sum[3] : 0;
	o[3] = sum[3] > 0;
}

static void
halve_all(float *o, const float *const from[4], size_t c)
{
	for (size_t k = 0; k < c; k++)
		o[k] = (from[0][k] + from[1][k] + from[2][k] + from[3][k]) / 4;
}

struct var *
evidence_half(struct graph *g, const struct var *e)
{
	const size_t c = e->c, h = e->h / 2, w = e->w / 2;
	struct var *out = g_new(g, 1, h, w, c);

	for (size_t i = 0; tape_runs(g) && i < h * w; i++) {
		const float *at = e->x + (2 * (i / w) * e->w + 2 * (i % w)) * c;
		const float *from[4] = { at, at + c, at + e->w * c,
			at + (e->w + 1) * c };
		size_t k = 0;

		for (; k + 4 <= c && k < EVIDENCE_CHANNELS; k += 4) {
			const float *four[4] = { from[0] + k, from[1] + k,
				from[2] + k, from[3] + k };

			halve_known(out->x + i * c + k, four);
		}
		const float *rest[4] = { from[0] + k, from[1] + k, from[2] + k,
			from[3] + k };

		halve_all(out->x + i * c + k, rest, c - k);
	}
	return out;
}

/* v t beside v, so that one gather does both. */
static void
charted(float *out, const struct evidence_view_in *in, size_t texels)
{
	const float *t = in->texture->data;

	for (size_t i = 0; i < texels; i++) {
		float v = in->valid[i] != 0;

		for (size_t k = 0; k < 3; k++)
			out[4 * i + k] = v != 0 ? t[3 * i + k] : 0;
		out[4 * i + 3] = v;
	}
}

struct var *
evidence_view(struct graph *g, const struct evidence_view_in *in, size_t n,
    size_t S)
{
	const size_t texels = S * S, c = EVIDENCE_VIEW_CHANNELS;
	struct var *out = g_new(g, n, S, S, c);

	if (!tape_runs(g))
		return out;
	const uint8_t *m = in->m->data;
	float *t = tape_floats(g, c * texels);
	float *u = tape_floats(g, c * n * texels);

	if (!tape_runs(g))
		return out;
	charted(t, in, texels);
	nn_warp_fwd(u, t, in->s->data, &(struct nn_warp){ .n = n, .maps = 1,
	    .h = S, .w = S, .c = c, .ho = S, .wo = S });
	for (size_t i = 0; i < n * texels; i++) {
		const float w = m[i] ? u[c * i + 3] : 0;
		float *o = out->x + c * i;

		o[0] = w > 0;
		for (size_t k = 0; k < 3; k++)
			o[1 + k] = w > 0 ? u[c * i + k] / w : 0;
	}
	tape_drop(g, t);
	tape_drop(g, u);
	return out;
}
