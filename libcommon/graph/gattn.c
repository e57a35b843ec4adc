/*
 * Attention and gather. The attention's two k x k convolutions are ordinary
 * ones (the rewrite of attn.h), so only its core is an op of its own.
 */
#include <assert.h>

#include "graph/tape.h"
#include "layers/attn.h"
#include "layers/warp.h"

struct attn_op {
	struct op op;		/* in: key, hk, hq, pos */
	struct nn_attn s;
	struct param *w, *b;
	float *tap;
};

static void
attn_back(struct graph *g, struct op *op)
{
	struct attn_op *a = (struct attn_op *)op;
	struct var *key = op->in[0], *hk = op->in[1], *hq = op->in[2],
	    *pos = op->in[3];
	float *dkey = tape_grad(g, key), *dhk = tape_grad(g, hk),
	    *dhq = tape_grad(g, hq), *dpos = tape_grad(g, pos);
	void *scratch = tape_bytes(g, nn_attn_scratch_bwd(&a->s));

	if (scratch && tape_runs(g))
		nn_attn_bwd(dkey, dhk, dhq, dpos, a->w->dx, a->b->dx,
		    op->out->dx, key->x, hk->x, hq->x, pos->x, a->tap,
		    a->w->x, &a->s, scratch);
	tape_drop(g, scratch);
	tape_drop(g, a->tap);
}

/*
 * What GFLA's patches cost, for comparison with its figures: two k x k mosaics, four
 * multiply-adds for each of their values; the convolution over both; the
 * prediction; the weighted mean.
 */
static double
attn_macs(const struct nn_attn *s)
{
	double px = (double)(s->n * s->h * s->w), kk = (double)(s->k * s->k),
	    c = (double)s->c, hid = (double)s->hid;

	return px * (8 * kk * c + 2 * c * kk * hid + hid * kk + kk * c);
}

static double
conv_macs(const struct nn_conv *s)
{
	return (double)(s->n * nn_conv_ho(s) * nn_conv_wo(s)) *
	    (double)(s->k * s->k * s->c * s->o);
}

struct var *
g_attn(struct graph *g, struct var *query, struct var *key, struct var *pos,
    struct g_attn o)
{
	size_t r = o.k / 2;
	struct attn_op a = { .s = { .n = pos->n, .keys = key->n,
	    .queries = query->n, .h = pos->h, .w = pos->w, .kh = key->h,
	    .kw = key->w, .c = key->c, .hid = o.hidden, .k = o.k,
	    .scale = o.mean ? 1 / (float)(o.k * o.k) : 1,
	    .relative = o.relative } };
	struct nn_attn *s = &a.s;

	/* eq. 1 */
	struct var *hk = g_conv(g, key, "key", (struct g_conv){ .o = o.hidden,
	    .k = o.k, .pad = 2 * r, .mode = NN_PAD_EDGE, .no_bias = true });
	struct var *hq = g_conv(g, query, "query", (struct g_conv){
	    .o = o.hidden, .k = o.k, .pad = r, .mode = NN_PAD_EDGE });
	struct param w = tape_init(g, (double)o.hidden,
	    o.gain != 0 ? o.gain : 1);

	w.rank = 4;
	w.dim[0] = o.k * o.k;
	w.dim[1] = o.hidden;
	w.dim[2] = w.dim[3] = 1;
	a.w = tape_param(g, "kernel", "weight", w);
	a.b = tape_param(g, "kernel", "bias", (struct param){
	    .init = INIT_ZERO, .rank = 1, .dim = { o.k * o.k } });
	if (graph_failed(g))
		return tape_out(g, 0, 0, 0, 0, false);
	assert(o.k % 2 == 1 && pos->c == 2 && query->c == key->c);
	assert(query->h == pos->h && query->w == pos->w);
	assert(key->n == 1 || key->n == pos->n);
	assert(query->n == 1 || query->n == pos->n);

	struct nn_conv sk = nn_attn_key(s), sq = nn_attn_query(s);

	tape_count(g, attn_macs(s) - conv_macs(&sk) - conv_macs(&sq));

	bool wants = hk->wants || hq->wants || pos->wants || key->wants ||
	    (tape_runs(g) && (a.w->dx || a.b->dx));
	struct var *out = tape_out(g, s->n, s->h, s->w, s->c, wants);

	if (!tape_runs(g))
		return out;
	void *scratch = tape_bytes(g, nn_attn_scratch(s));

	float *tap = NULL;

	assert(!o.tap || !out->wants);
	if (o.tap)
		tap = (*o.tap = g_new(g, s->n, s->h, s->w, s->k * s->k))->x;
	else if (out->wants)
		tap = a.tap = tape_floats(g, s->n * s->h * s->w * s->k * s->k);
	if (tape_runs(g))
		nn_attn_fwd(out->x, tap, key->x, hk->x, hq->x, pos->x,
		    a.w->x, a.b->x, s, scratch);
	tape_drop(g, scratch);
	g_done(g, hk);
	g_done(g, hq);

	struct attn_op *op = tape_add(g, sizeof *op, attn_back, out);

	if (op) {
		a.op = op->op;
		*op = a;
		op->op.in[0] = key;
		op->op.in[1] = hk;
		op->op.in[2] = hq;
		op->op.in[3] = pos;
	}
	return out;
}

struct warp_op {
	struct op op;		/* in: key, pos */
	struct nn_warp s;
};

static void
warp_back(struct graph *g, struct op *op)
{
	struct warp_op *a = (struct warp_op *)op;
	float *dkey = tape_grad(g, op->in[0]), *dpos = tape_grad(g, op->in[1]);

	if (tape_runs(g))
		nn_warp_bwd(dkey, dpos, op->out->dx, op->in[0]->x,
		    op->in[1]->x, &a->s);
}

struct var *
g_warp(struct graph *g, struct var *key, struct var *pos, bool relative)
{
	struct nn_warp s = { .n = pos->n, .maps = key->n, .h = key->h,
	    .w = key->w, .c = key->c, .ho = pos->h, .wo = pos->w,
	    .relative = relative };

	if (graph_failed(g))
		return tape_out(g, 0, 0, 0, 0, false);
	assert(pos->c == 2 && (key->n == 1 || key->n == pos->n));
	tape_count(g, 4 * (double)(s.n * s.ho * s.wo * s.c));
	struct var *out = tape_out(g, s.n, s.ho, s.wo, s.c,
	    key->wants || pos->wants);

	if (!tape_runs(g))
		return out;
	nn_warp_fwd(out->x, key->x, pos->x, &s);
	struct warp_op *op = tape_add(g, sizeof *op, warp_back, out);

	if (op) {
		op->s = s;
		op->op.in[0] = key;
		op->op.in[1] = pos;
	}
	return out;
}
