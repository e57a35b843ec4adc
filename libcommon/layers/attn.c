#include "layers/attn.h"

#include <math.h>
#include <string.h>

#include "layers/act.h"
#include "math/gemm.h"
#include "math/team.h"

/*
 * Legend: p a pixel of some view; x0 y0 floor of its position in the key map,
 * a b the fraction; r = k / 2; kk = k k taps; e = k + 1; fold[i e + j] the
 * weight of the whole pixel (y0 - r + i, x0 - r + j).
 */

#define MAX_K 9
#define MAX_TAPS (MAX_K * MAX_K)
#define MAX_FOLD ((MAX_K + 1) * (MAX_K + 1))
#define BLOCK 32	/* pixels of a task */
#define LANES 32	/* channels of a scatter task */

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
near(float x, size_t n, size_t k)
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
	x = near(x, s->kw, s->k);
	y = near(y, s->kh, s->k);
	l->x0 = (ptrdiff_t)floorf(x);
	l->y0 = (ptrdiff_t)floorf(y);
	l->a = x - (float)l->x0;
	l->b = y - (float)l->y0;
	return true;
}

/* The four hidden-key pixels TL TR BL BR of view p / (h w). */
static void
hidden_corners(const float *v[4], const float *hk, size_t p,
    const struct place *l, const struct nn_attn *s)
{
	size_t r = s->k / 2, h = s->kh + 2 * r, w = s->kw + 2 * r;
	size_t map = s->keys == 1 ? 0 : p / (s->h * s->w);

	for (int i = 0; i < 4; i++)
		v[i] = hk + ((map * h + clamp(l->y0 + (ptrdiff_t)r + (i >> 1),
		    h)) * w + clamp(l->x0 + (ptrdiff_t)r + (i & 1), w)) *
		    s->hid;
}

static size_t
query_pixel(size_t p, const struct nn_attn *s)
{
	return s->queries == 1 ? p % (s->h * s->w) : p;
}

/* hidden = lrelu(hq + gather(hk)) */
static void
hidden_fwd(float *hidden, const float *hk, const float *hq, size_t p,
    const struct place *l, const struct nn_attn *s)
{
	const float *v[4], *q = hq + query_pixel(p, s) * s->hid;
	float w0 = (1 - l->b) * (1 - l->a), w1 = (1 - l->b) * l->a;
	float w2 = l->b * (1 - l->a), w3 = l->b * l->a;

	hidden_corners(v, hk, p, l, s);
	for (size_t d = 0; d < s->hid; d++) {
		float x = q[d] + ((w0 * v[0][d] + w1 * v[1][d]) +
		    (w2 * v[2][d] + w3 * v[3][d])), y = NN_ATTN_SLOPE * x;

		hidden[d] = x > y ? x : y;
	}
}

/*
 * Bilinear and tap weights in one kernel:
 *
 *	fold[i, j] = (1-b) ((1-a) tap[i, j] + a tap[i, j-1])
 *	           +    b  ((1-a) tap[i-1, j] + a tap[i-1, j-1])
 */
static void
fold(float *f, const float *tap, const struct place *l, size_t k, float scale)
{
	size_t e = k + 1;
	float w[4] = { (1 - l->b) * (1 - l->a), (1 - l->b) * l->a,
	    l->b * (1 - l->a), l->b * l->a };

	memset(f, 0, e * e * sizeof *f);
	for (size_t t = 0; t < k * k; t++)
		for (size_t q = 0; q < 4; q++)
			f[(t / k + q / 2) * e + t % k + q % 2] +=
			    scale * w[q] * tap[t];
}

/* Offsets, in floats, of the e e pixels under the folded kernel. */
static void
fold_offsets(size_t *at, size_t p, const struct place *l,
    const struct nn_attn *s)
{
	size_t e = s->k + 1, map = s->keys == 1 ? 0 : p / (s->h * s->w);
	ptrdiff_t r = (ptrdiff_t)s->k / 2;

	for (size_t i = 0; i < e * e; i++)
		at[i] = ((map * s->kh +
		    clamp(l->y0 - r + (ptrdiff_t)(i / e), s->kh)) * s->kw +
		    clamp(l->x0 - r + (ptrdiff_t)(i % e), s->kw)) * s->c;
}

size_t
nn_attn_scratch(const struct nn_attn *s)
{
	return team_size() * s->hid * sizeof (float);
}

struct fwd {
	float *out, *tap, *hidden;
	const float *key, *hk, *hq, *pos, *w1, *b1;
	const struct nn_attn *s;
};

static void
fwd_task(void *arg, size_t task, size_t thread)
{
	const struct fwd *g = arg;
	const struct nn_attn *s = g->s;
	size_t kk = s->k * s->k, e = s->k + 1, total = s->n * s->h * s->w;
	size_t end = (task + 1) * BLOCK < total ? (task + 1) * BLOCK : total;
	float *hidden = g->hidden + thread * s->hid;

	for (size_t p = task * BLOCK; p < end; p++) {
		float *out = g->out + p * s->c, tap[MAX_TAPS], f[MAX_FOLD];
		size_t at[MAX_FOLD];
		struct place l;

		memset(out, 0, s->c * sizeof *out);
		if (!place(&l, g->pos, p, s)) {
			if (g->tap)
				memset(g->tap + p * kk, 0, kk * sizeof *tap);
			continue;
		}
		hidden_fwd(hidden, g->hk, g->hq, p, &l, s);
		for (size_t t = 0; t < kk; t++) {
			tap[t] = g->b1[t];
			for (size_t d = 0; d < s->hid; d++)
				tap[t] += g->w1[t * s->hid + d] * hidden[d];
		}
		nn_softmax_fwd(tap, tap, 1, kk);
		if (g->tap)
			memcpy(g->tap + p * kk, tap, kk * sizeof *tap);
		fold(f, tap, &l, s->k, s->scale);
		fold_offsets(at, p, &l, s);
		for (size_t i = 0; i < e * e; i++)
			for (size_t c = 0; c < s->c; c++)
				out[c] += f[i] * g->key[at[i] + c];
	}
}

void
nn_attn_fwd(float *out, float *tap, const float *key, const float *hk,
    const float *hq, const float *pos, const float *w1, const float *b1,
    const struct nn_attn *s, void *scratch)
{
	struct fwd g = { out, tap, scratch, key, hk, hq, pos, w1, b1, s };

	team_run((s->n * s->h * s->w + BLOCK - 1) / BLOCK, fwd_task, &g);
}

/* Kept from the first pass over the pixels for the sums over pixels. */
struct bwd {
	float *dkey, *dhk, *dhq, *dpos;
	float *hidden, *dhid;	/* (n h w, hid); dhid before the LeakyReLU */
	float *dlogit;		/* (n h w, kk) */
	float *fold;		/* (n h w, e e) */
	const float *dout, *key, *hk, *hq, *pos, *tap, *w1;
	const struct nn_attn *s;
};

size_t
nn_attn_scratch_bwd(const struct nn_attn *s)
{
	size_t e = s->k + 1;

	return s->n * s->h * s->w * (2 * s->hid + s->k * s->k + e * e) *
	    sizeof (float);
}

/* One pixel of the first pass: everything that is the pixel's own. */
static void
bwd_pixel(const struct bwd *g, size_t p, const struct place *l)
{
	const struct nn_attn *s = g->s;
	size_t k = s->k, kk = k * k, e = k + 1, at[MAX_FOLD];
	const float *tap = g->tap + p * kk, *dout = g->dout + p * s->c, *v[4];
	float *hidden = g->hidden + p * s->hid, *dhid = g->dhid + p * s->hid;
	float *dlogit = g->dlogit + p * kk, a = l->a, b = l->b;
	float dfold[MAX_FOLD], dtap[MAX_TAPS];
	float w[4] = { (1 - b) * (1 - a), (1 - b) * a, b * (1 - a), b * a };
	double da = 0, db = 0;

	hidden_fwd(hidden, g->hk, g->hq, p, l, s);
	fold(g->fold + p * e * e, tap, l, k, s->scale);
	fold_offsets(at, p, l, s);
	/* out += fold * key */
	for (size_t i = 0; i < e * e; i++) {
		float sum = 0;

		for (size_t c = 0; c < s->c; c++)
			sum += dout[c] * g->key[at[i] + c];
		dfold[i] = s->scale * sum;
	}
	/* fold += w(a, b) * tap */
	for (size_t t = 0; t < kk; t++) {
		const float *d = dfold + t / k * e + t % k;

		dtap[t] = (w[0] * d[0] + w[1] * d[1]) +
		    (w[2] * d[e] + w[3] * d[e + 1]);
		da += tap[t] * ((1 - b) * (d[1] - d[0]) +
		    b * (d[e + 1] - d[e]));
		db += tap[t] * ((1 - a) * (d[e] - d[0]) +
		    a * (d[e + 1] - d[1]));
	}
	/* tap = softmax(logit), logit = w1 hidden + b1 */
	memset(dlogit, 0, kk * sizeof *dlogit);
	nn_softmax_bwd(dlogit, dtap, tap, 1, kk);
	memset(dhid, 0, s->hid * sizeof *dhid);
	for (size_t t = 0; t < kk; t++)
		for (size_t d = 0; d < s->hid; d++)
			dhid[d] += g->w1[t * s->hid + d] * dlogit[t];
	/* hidden = lrelu(hq + gather(hk, a, b)) */
	hidden_corners(v, g->hk, p, l, s);
	for (size_t d = 0; d < s->hid; d++) {
		dhid[d] *= hidden[d] >= 0 ? 1 : NN_ATTN_SLOPE;
		da += dhid[d] * ((1 - b) * (v[1][d] - v[0][d]) +
		    b * (v[3][d] - v[2][d]));
		db += dhid[d] * ((1 - a) * (v[2][d] - v[0][d]) +
		    a * (v[3][d] - v[1][d]));
	}
	if (g->dpos) {
		g->dpos[p * 2] += (float)da;
		g->dpos[p * 2 + 1] += (float)db;
	}
}

static void
bwd_task(void *arg, size_t first, size_t end)
{
	const struct bwd *g = arg;
	const struct nn_attn *s = g->s;
	size_t kk = s->k * s->k, ee = (s->k + 1) * (s->k + 1);
	struct place l;

	for (size_t p = first; p < end; p++) {
		if (place(&l, g->pos, p, s)) {
			bwd_pixel(g, p, &l);
			continue;
		}
		memset(g->hidden + p * s->hid, 0, s->hid * sizeof (float));
		memset(g->dhid + p * s->hid, 0, s->hid * sizeof (float));
		memset(g->dlogit + p * kk, 0, kk * sizeof (float));
		memset(g->fold + p * ee, 0, ee * sizeof (float));
	}
}

/* Views that share a query add up, in order. */
static void
dhq_task(void *arg, size_t first, size_t end)
{
	const struct bwd *g = arg;
	const struct nn_attn *s = g->s;
	size_t hw = s->h * s->w, views = s->queries == 1 ? s->n : 1;

	for (size_t v = 0; v < views; v++)
		for (size_t i = first * s->hid; i < end * s->hid; i++)
			g->dhq[i] += g->dhid[v * hw * s->hid + i];
}

/* A scatter: one task owns some channels of one map, so none collide. */
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
		if (!place(&l, g->pos, p, s))
			continue;
		fold_offsets(at, p, &l, s);
		for (size_t i = 0; i < ee; i++)
			for (size_t c = c0; c < c1; c++)
				g->dkey[at[i] + c] += g->fold[p * ee + i] *
				    g->dout[p * s->c + c];
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
	size_t first = task / parts * per;
	struct place l;

	(void)thread;
	for (size_t p = first; p < first + per; p++) {
		const float *v[4];

		if (!place(&l, g->pos, p, s))
			continue;
		hidden_corners(v, g->hk, p, &l, s);
		for (int i = 0; i < 4; i++) {
			float w = (i & 1 ? l.a : 1 - l.a) *
			    (i >> 1 ? l.b : 1 - l.b);
			float *dv = g->dhk + (v[i] - g->hk);

			for (size_t d = d0; d < d1; d++)
				dv[d] += w * g->dhid[p * s->hid + d];
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
	float *hidden = scratch, *dhid = hidden + pixels * s->hid;
	float *dlogit = dhid + pixels * s->hid;
	struct bwd g = { dkey, dhk, dhq, dpos, hidden, dhid, dlogit,
	    dlogit + pixels * kk, dout, key, hk, hq, pos, tap, w1, s };

	team_range(pixels, BLOCK, bwd_task, &g);
	if (dhq)
		team_range(s->queries * hw, BLOCK, dhq_task, &g);
	if (dkey)
		team_run(s->keys * ((s->c + LANES - 1) / LANES), dkey_task, &g);
	if (dhk)
		team_run(s->keys * ((s->hid + LANES - 1) / LANES), dhk_task,
		    &g);
	/* logit = w1 hidden + b1 */
	if (dw1)
		gemm(kk, s->hid, pixels, dlogit, 1, kk, hidden, s->hid, 1, 1,
		    dw1, s->hid);
	for (size_t i = 0; db1 && i < pixels * kk; i++)
		db1[i % kk] += dlogit[i];
}
