#include "layers/attn.h"

#include <math.h>
#include <string.h>

#include "math/gemm.h"
#include "math/panel.h"
#include "math/team.h"

/*
 * Legend: p a pixel of some view; x0 y0 floor of its position in the key map,
 * a b the fraction; r = k / 2; kk = k k taps; e = k + 1; fold[i e + j] the
 * weight of the whole pixel (y0 - r + i, x0 - r + j); d a hidden channel.
 */

#define MAX_K 9
#define MAX_TAPS (MAX_K * MAX_K)
#define MAX_FOLD ((MAX_K + 1) * (MAX_K + 1))
#define BLOCK 24	/* pixels of a task: whole tiles of panel_mul */
#define LANES (2 * VEC)	/* channels of a scatter task */
#define WIDE 4		/* vectors of channels that are gathered at a time */

struct nn_conv
nn_attn_key(const struct nn_attn *s)
{
	return (struct nn_conv){ .n = s->keys, .h = s->kh, .w = s->kw,
	    .c = s->c, .o = s->hid, .k = s->k, .stride = 1,
	    .pad = s->k / 2 * 2, .mode = NN_PAD_EDGE };
}

struct nn_conv
nn_attn_query(const struct nn_attn *s)
{
	return (struct nn_conv){ .n = s->queries, .h = s->h, .w = s->w,
	    .c = s->c, .o = s->hid, .k = s->k, .stride = 1, .pad = s->k / 2,
	    .mode = NN_PAD_EDGE };
}

struct place {
	ptrdiff_t x0, y0;
	float a, b;
};

static size_t
clamp(ptrdiff_t i, size_t n)
{
	return i < 0 ? 0 : (size_t)i < n ? (size_t)i : n - 1;
}

/*
 * Far outside the map all taps are the edge's value: the position may be
 * brought nearer, to where no tap is inside yet, without a change.
 */
static float
nearer(float x, size_t n, size_t k)
{
	float lo = -(float)k, hi = (float)(n + k);

	return x < lo ? lo : x > hi ? hi : x;
}

/* False where the position is NaN. */
static bool
place(struct place *l, const float *pos, size_t p, const struct nn_attn *s)
{
	float x = pos[p * 2], y = pos[p * 2 + 1];

	if (isnan(x) || isnan(y))
		return false;
	if (s->relative) {
		x += (float)(p % s->w);
		y += (float)(p / s->w % s->h);
	}
	x = nearer(x, s->kw, s->k);
	y = nearer(y, s->kh, s->k);
	l->x0 = (ptrdiff_t)floorf(x);
	l->y0 = (ptrdiff_t)floorf(y);
	l->a = x - (float)l->x0;
	l->b = y - (float)l->y0;
	return true;
}

/* Weights of TL TR BL BR. */
static void
bilinear(float w[4], const struct place *l)
{
	w[0] = (1 - l->b) * (1 - l->a);
	w[1] = (1 - l->b) * l->a;
	w[2] = l->b * (1 - l->a);
	w[3] = l->b * l->a;
}

/* Where the four hidden-key pixels TL TR BL BR of a place are, in floats. */
static void
hidden_corners(size_t at[4], size_t p, const struct place *l,
    const struct nn_attn *s)
{
	size_t r = s->k / 2, h = s->kh + 2 * r, w = s->kw + 2 * r;
	size_t map = s->keys == 1 ? 0 : p / (s->h * s->w);

	for (int i = 0; i < 4; i++)
		at[i] = ((map * h + clamp(l->y0 + (ptrdiff_t)r + (i >> 1),
		    h)) * w + clamp(l->x0 + (ptrdiff_t)r + (i & 1), w)) *
		    s->hid;
}

/* hidden = lrelu(hq + gather(hk)) */
static void
hidden_fwd(float *hidden, const float *hk, const float *hq, size_t p,
    const struct place *l, const struct nn_attn *s)
{
	const float *q = hq + (s->queries == 1 ? p % (s->h * s->w) : p) *
	    s->hid;
	size_t at[4];
	float w[4];

	bilinear(w, l);
	hidden_corners(at, p, l, s);
	for (size_t d = 0; d < s->hid; d += VEC) {
		size_t n = vec_left(d, s->hid);
		vec x = vec_get(q + d, n) +
		    ((w[0] * vec_get(hk + at[0] + d, n) +
		    w[1] * vec_get(hk + at[1] + d, n)) +
		    (w[2] * vec_get(hk + at[2] + d, n) +
		    w[3] * vec_get(hk + at[3] + d, n)));

		vec_put(hidden + d, vec_lrelu(x, NN_ATTN_SLOPE), n);
	}
}

/*
 * Bilinear and tap weights in one kernel:
 *
 *	fold[i, j] = (1-b) ((1-a) tap[i, j] + a tap[i, j-1])
 *	           +    b  ((1-a) tap[i-1, j] + a tap[i-1, j-1])
 */
VEC_INLINE void
fold_by(float *f, const float *tap, const struct place *l, size_t k,
    float scale)
{
	size_t e = k + 1;
	float w[4];

	bilinear(w, l);
	memset(f, 0, e * e * sizeof *f);
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			float t = scale * tap[i * k + j], *to = f + i * e + j;

			to[0] += w[0] * t;
			to[1] += w[1] * t;
			to[e] += w[2] * t;
			to[e + 1] += w[3] * t;
		}
}

static void
fold(float *f, const float *tap, const struct place *l, size_t k, float scale)
{
	/* with k known the loops unroll: three times as fast */
	if (k == 3)
		fold_by(f, tap, l, 3, scale);
	else if (k == 5)
		fold_by(f, tap, l, 5, scale);
	else
		fold_by(f, tap, l, k, scale);
}

/* Where the e e pixels under the folded kernel are, in floats. */
static void
fold_pixels(size_t *at, size_t p, const struct place *l,
    const struct nn_attn *s)
{
	size_t e = s->k + 1, map = s->keys == 1 ? 0 : p / (s->h * s->w);
	ptrdiff_t r = (ptrdiff_t)s->k / 2;
	size_t col[MAX_K + 1];

	for (size_t j = 0; j < e; j++)
		col[j] = clamp(l->x0 - r + (ptrdiff_t)j, s->kw);
	for (size_t i = 0; i < e; i++) {
		size_t row = (map * s->kh + clamp(l->y0 - r + (ptrdiff_t)i,
		    s->kh)) * s->kw;

		for (size_t j = 0; j < e; j++)
			at[i * e + j] = (row + col[j]) * s->c;
	}
}

/* out = sum of f[i] * key[at[i]], `count` pixels of c channels. */
static void
weighted_sum(float *out, const float *key, const size_t *at, const float *f,
    size_t count, size_t c)
{
	size_t j = 0;

	for (; j + WIDE * VEC <= c; j += WIDE * VEC) {
		vec sum[WIDE] = { 0 };

		for (size_t i = 0; i < count; i++) {
			const float *x = key + at[i] + j;
			vec w = vec_all(f[i]);

			VEC_UNROLL
			for (size_t v = 0; v < WIDE; v++)
				sum[v] += w * vec_load(x + v * VEC);
		}
		VEC_UNROLL
		for (size_t v = 0; v < WIDE; v++)
			vec_store(out + j + v * VEC, sum[v]);
	}
	for (; j < c; j += VEC) {
		size_t n = vec_left(j, c);
		vec sum = { 0 };

		for (size_t i = 0; i < count; i++)
			sum += f[i] * vec_get(key + at[i] + j, n);
		vec_put(out + j, sum, n);
	}
}

struct fwd {
	float *out, *tap, *packed, *bias, *block;
	const float *key, *hk, *hq, *pos;
	const struct nn_attn *s;
	size_t panels;
};

/* Floats of a task: hidden (BLOCK, hid), then logits (BLOCK, panels PANEL). */
static size_t
fwd_block(const struct nn_attn *s)
{
	return (BLOCK * (s->hid + panel_count(s->k * s->k) * PANEL) + 15) /
	    16 * 16;
}

size_t
nn_attn_scratch(const struct nn_attn *s)
{
	return (panel_count(s->k * s->k) * PANEL * (s->hid + 1) + team_size() *
	    fwd_block(s)) * sizeof (float);
}

/*
 * c = a b + bias for rows of a dense matrix a (m, k) and all panels of b; c
 * is (m, panels PANEL). bias: NULL, or as wide as c.
 */
static void
product(float *c, const float *a, const float *b, const float *bias, size_t m,
    size_t k, size_t panels)
{
	const struct panel_rows in = { a, k, 1, NULL, 1, k, NULL };

	for (size_t j = 0; j < panels; j++)
		panel_mul(c + j * PANEL, panels * PANEL, &in, b + j * k *
		    PANEL, m, PANEL, bias ? bias + j * PANEL : NULL, NULL);
}

/* Softmax in place of whole vectors; wide: values, a multiple of VEC. */
static void
softmax(float *x, size_t wide)
{
	vec max = vec_load(x), sum = { 0 };
	float top = x[0];

	for (size_t i = VEC; i < wide; i += VEC) {
		vec v = vec_load(x + i);

		max = vec_pick(v > max, v, max);
	}
	for (size_t i = 0; i < VEC; i++)
		top = max[i] > top ? max[i] : top;
	for (size_t i = 0; i < wide; i += VEC) {
		vec v = vec_exp(vec_load(x + i) - top);

		sum += v;
		vec_store(x + i, v);
	}
	float part = 1 / vec_sum(sum);

	for (size_t i = 0; i < wide; i += VEC)
		vec_store(x + i, part * vec_load(x + i));
}

static void
fwd_task(void *arg, size_t task, size_t thread)
{
	const struct fwd *g = arg;
	const struct nn_attn *s = g->s;
	size_t kk = s->k * s->k, e = s->k + 1, total = s->n * s->h * s->w;
	size_t first = task * BLOCK, wide = g->panels * PANEL;
	size_t count = total - first < BLOCK ? total - first : BLOCK;
	float *hidden = g->block + thread * fwd_block(s);
	float *logit = hidden + BLOCK * s->hid;
	struct place at_place[BLOCK];
	bool seen[BLOCK];

	for (size_t i = 0; i < count; i++) {
		seen[i] = place(&at_place[i], g->pos, first + i, s);
		if (seen[i])
			hidden_fwd(hidden + i * s->hid, g->hk, g->hq,
			    first + i, &at_place[i], s);
		else
			memset(hidden + i * s->hid, 0,
			    s->hid * sizeof *hidden);
	}
	product(logit, hidden, g->packed, g->bias, count, s->hid, g->panels);
	for (size_t i = 0; i < count; i++) {
		size_t p = first + i, at[MAX_FOLD];
		float *tap = logit + i * wide, f[MAX_FOLD];

		if (!seen[i]) {
			memset(g->out + p * s->c, 0, s->c * sizeof *g->out);
			if (g->tap)
				memset(g->tap + p * kk, 0, kk * sizeof *tap);
			continue;
		}
		softmax(tap, wide);
		if (g->tap)
			memcpy(g->tap + p * kk, tap, kk * sizeof *tap);
		fold(f, tap, &at_place[i], s->k, s->scale);
		fold_pixels(at, p, &at_place[i], s);
		weighted_sum(g->out + p * s->c, g->key, at, f, e * e, s->c);
	}
}

void
nn_attn_fwd(float *out, float *tap, const float *key, const float *hk,
    const float *hq, const float *pos, const float *w1, const float *b1,
    const struct nn_attn *s, void *scratch)
{
	size_t kk = s->k * s->k, panels = panel_count(kk);
	size_t wide = panels * PANEL;
	float *packed = scratch, *bias = packed + wide * s->hid;
	struct fwd g = { out, tap, packed, bias, bias + wide, key, hk, hq, pos,
	    s, panels };

	panel_pack(packed, w1, 1, s->hid, s->hid, kk);
	/* what fills up the last panel must weigh nothing in the softmax */
	for (size_t t = 0; t < wide; t++)
		bias[t] = t < kk ? b1[t] : -1e30f;
	/* eq. 1 */
	team_run((s->n * s->h * s->w + BLOCK - 1) / BLOCK, fwd_task, &g);
}

/* Kept from the first pass over the pixels for the sums over pixels. */
struct bwd {
	float *dkey, *dhk, *dhq, *dpos;
	float *hidden;		/* (n h w, hid) */
	float *dhid;		/* (n h w, panels PANEL), before the LeakyReLU */
	float *dlogit;		/* (n h w, kk) */
	float *fold;		/* (n h w, e e) */
	float *packed;		/* w1: kk rows, hid columns */
	const float *dout, *key, *hk, *hq, *pos, *tap;
	const struct nn_attn *s;
	size_t panels, wide;	/* of dhid */
};

size_t
nn_attn_scratch_bwd(const struct nn_attn *s)
{
	size_t e = s->k + 1, kk = s->k * s->k;
	size_t wide = panel_count(s->hid) * PANEL;

	return (s->n * s->h * s->w * (s->hid + wide + kk + e * e) +
	    wide * kk) * sizeof (float);
}

/* The part of a pixel before w1: fold and softmax back to dlogit, da, db. */
static void
bwd_taps(const struct bwd *g, size_t p, const struct place *l, float *da,
    float *db)
{
	const struct nn_attn *s = g->s;
	size_t k = s->k, kk = k * k, e = k + 1, at[MAX_FOLD];
	const float *tap = g->tap + p * kk, *dout = g->dout + p * s->c;
	float dfold[MAX_FOLD], dtap[MAX_TAPS], w[4], a = l->a, b = l->b;

	fold(g->fold + p * e * e, tap, l, k, s->scale);
	fold_pixels(at, p, l, s);
	/* out += fold * key */
	for (size_t i = 0; i < e * e; i++) {
		const float *key = g->key + at[i];
		vec sum = { 0 };

		for (size_t c = 0; c < s->c; c += VEC) {
			size_t n = vec_left(c, s->c);

			sum += vec_get(dout + c, n) * vec_get(key + c, n);
		}
		dfold[i] = s->scale * vec_sum(sum);
	}
	/* fold += bilinear(a, b) * tap */
	bilinear(w, l);
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			const float *d = dfold + i * e + j;
			float t = tap[i * k + j];

			dtap[i * k + j] = (w[0] * d[0] + w[1] * d[1]) +
			    (w[2] * d[e] + w[3] * d[e + 1]);
			*da += t * ((1 - b) * (d[1] - d[0]) +
			    b * (d[e + 1] - d[e]));
			*db += t * ((1 - a) * (d[e] - d[0]) +
			    a * (d[e + 1] - d[1]));
		}
	/* tap = softmax(logit) */
	memset(g->dlogit + p * kk, 0, kk * sizeof *dtap);
	nn_softmax_bwd(g->dlogit + p * kk, dtap, tap, 1, kk);
}

/* The part behind w1: hidden = lrelu(hq + gather(hk, a, b)). */
static void
bwd_hidden(const struct bwd *g, size_t p, const struct place *l, float *da,
    float *db)
{
	const struct nn_attn *s = g->s;
	const float *hidden = g->hidden + p * s->hid;
	float *dhid = g->dhid + p * g->wide, a = l->a, b = l->b;
	size_t at[4];
	vec sa = { 0 }, sb = { 0 };

	hidden_corners(at, p, l, s);
	for (size_t d = 0; d < s->hid; d += VEC) {
		size_t n = vec_left(d, s->hid);
		vec g0 = vec_get(dhid + d, n);
		vec tl = vec_get(g->hk + at[0] + d, n);
		vec tr = vec_get(g->hk + at[1] + d, n);
		vec bl = vec_get(g->hk + at[2] + d, n);
		vec br = vec_get(g->hk + at[3] + d, n);

		g0 = vec_pick(vec_get(hidden + d, n) > 0, g0,
		    NN_ATTN_SLOPE * g0);
		sa += g0 * ((1 - b) * (tr - tl) + b * (br - bl));
		sb += g0 * ((1 - a) * (bl - tl) + a * (br - tr));
		vec_put(dhid + d, g0, n);
	}
	*da += vec_sum(sa);
	*db += vec_sum(sb);
}

static void
bwd_range(void *arg, size_t first, size_t end)
{
	const struct bwd *g = arg;
	const struct nn_attn *s = g->s;
	size_t kk = s->k * s->k, ee = (s->k + 1) * (s->k + 1);
	size_t count = end - first;
	float da[BLOCK] = { 0 }, db[BLOCK] = { 0 };
	struct place l[BLOCK];
	bool seen[BLOCK];

	for (size_t i = 0; i < count; i++) {
		size_t p = first + i;

		seen[i] = place(&l[i], g->pos, p, s);
		if (seen[i]) {
			hidden_fwd(g->hidden + p * s->hid, g->hk, g->hq, p,
			    &l[i], s);
			bwd_taps(g, p, &l[i], &da[i], &db[i]);
			continue;
		}
		memset(g->hidden + p * s->hid, 0, s->hid * sizeof (float));
		memset(g->dlogit + p * kk, 0, kk * sizeof (float));
		memset(g->fold + p * ee, 0, ee * sizeof (float));
	}
	/* logit = w1 hidden + b1 */
	product(g->dhid + first * g->wide, g->dlogit + first * kk, g->packed,
	    NULL, count, kk, g->panels);
	for (size_t i = 0; i < count; i++) {
		if (!seen[i])
			continue;
		bwd_hidden(g, first + i, &l[i], &da[i], &db[i]);
		if (g->dpos) {
			g->dpos[(first + i) * 2] += da[i];
			g->dpos[(first + i) * 2 + 1] += db[i];
		}
	}
}

/* Views that share a query add up, in order. */
static void
dhq_range(void *arg, size_t first, size_t end)
{
	const struct bwd *g = arg;
	const struct nn_attn *s = g->s;
	size_t hw = s->h * s->w, views = s->queries == 1 ? s->n : 1;

	for (size_t v = 0; v < views; v++)
		for (size_t p = first; p < end; p++)
			for (size_t d = 0; d < s->hid; d++)
				g->dhq[p * s->hid + d] +=
				    g->dhid[(v * hw + p) * g->wide + d];
}

/*
 * The two scatters: one task owns LANES channels of one map, so no two tasks
 * meet and the order of the sums is fixed.
 */
static void
dkey_task(void *arg, size_t task, size_t thread)
{
	const struct bwd *g = arg;
	const struct nn_attn *s = g->s;
	size_t parts = (s->c + LANES - 1) / LANES, c0 = task % parts * LANES;
	size_t c1 = c0 + LANES < s->c ? c0 + LANES : s->c;
	size_t ee = (s->k + 1) * (s->k + 1), hw = s->h * s->w, at[MAX_FOLD];
	size_t per = s->keys == 1 ? s->n * hw : hw, first = task / parts * per;
	struct place l;

	(void)thread;
	for (size_t p = first; p < first + per; p++) {
		const float *f = g->fold + p * ee;

		if (!place(&l, g->pos, p, s))
			continue;
		fold_pixels(at, p, &l, s);
		for (size_t c = c0; c < c1; c += VEC) {
			size_t n = vec_left(c, c1);
			vec dout = vec_get(g->dout + p * s->c + c, n);

			for (size_t i = 0; i < ee; i++) {
				float *to = g->dkey + at[i] + c;

				vec_put(to, vec_get(to, n) + f[i] * dout, n);
			}
		}
	}
}

static void
dhk_task(void *arg, size_t task, size_t thread)
{
	const struct bwd *g = arg;
	const struct nn_attn *s = g->s;
	size_t parts = (s->hid + LANES - 1) / LANES, d0 = task % parts * LANES;
	size_t d1 = d0 + LANES < s->hid ? d0 + LANES : s->hid;
	size_t hw = s->h * s->w, per = s->keys == 1 ? s->n * hw : hw;
	size_t first = task / parts * per, at[4];
	struct place l;
	float w[4];

	(void)thread;
	for (size_t p = first; p < first + per; p++) {
		if (!place(&l, g->pos, p, s))
			continue;
		bilinear(w, &l);
		hidden_corners(at, p, &l, s);
		for (size_t d = d0; d < d1; d += VEC) {
			size_t n = vec_left(d, d1);
			vec dhid = vec_get(g->dhid + p * g->wide + d, n);

			for (size_t i = 0; i < 4; i++) {
				float *to = g->dhk + at[i] + d;

				vec_put(to, vec_get(to, n) + w[i] * dhid, n);
			}
		}
	}
}

void
nn_attn_bwd(float *dkey, float *dhk, float *dhq, float *dpos, float *dw1,
    float *db1, const float *dout, const float *key, const float *hk,
    const float *hq, const float *pos, const float *tap, const float *w1,
    const struct nn_attn *s, void *scratch)
{
	size_t hw = s->h * s->w, pixels = s->n * hw, kk = s->k * s->k;
	size_t panels = panel_count(s->hid);
	struct bwd g = { .dkey = dkey, .dhk = dhk, .dhq = dhq, .dpos = dpos,
	    .dout = dout, .key = key, .hk = hk, .hq = hq, .pos = pos,
	    .tap = tap, .s = s, .panels = panels, .wide = panels * PANEL };

	g.packed = scratch;
	g.dhid = g.packed + g.wide * kk;
	g.hidden = g.dhid + pixels * g.wide;
	g.dlogit = g.hidden + pixels * s->hid;
	g.fold = g.dlogit + pixels * kk;
	panel_pack(g.packed, w1, s->hid, 1, kk, s->hid);
	team_range(pixels, BLOCK, bwd_range, &g);
	if (dhq)
		team_range(s->queries * hw, BLOCK, dhq_range, &g);
	if (dkey)
		team_run(s->keys * ((s->c + LANES - 1) / LANES), dkey_task, &g);
	if (dhk)
		team_run(s->keys * ((s->hid + LANES - 1) / LANES), dhk_task,
		    &g);
	if (dw1)
		gemm(kk, s->hid, pixels, g.dlogit, 1, kk, g.hidden, s->hid, 1,
		    1, dw1, s->hid);
	for (size_t i = 0; db1 && i < pixels * kk; i++)
		db1[i % kk] += g.dlogit[i];
}
