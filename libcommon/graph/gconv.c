/*
 * Convolution with all that stands around it. One op, so that inference and
 * training choose the same kernels and give the same bits; only what is
 * remembered differs: training keeps the statistics of the norm, not the
 * normalised map, and repeats the doubling of the size on the way back.
 */
#include <assert.h>
#include <string.h>

#include "graph/tape.h"
#include "layers/act.h"
#include "layers/norm.h"
#include "layers/simple.h"
#include "layers/spectral.h"

struct conv_op {
	struct op op;		/* in: x, add */
	struct g_conv o;
	struct nn_conv s;
	struct param *weight, *bias, *gamma, *beta, *u, *v;
	float *stats;		/* mean, rstd, scale, shift: (n, c) each */
};

/* ---- packed weights --------------------------------------------------- */

struct pack_tag {
	struct nn_conv s;
	bool back;
	const float *w;		/* of spectral norm, or NULL: the parameter */
};

static void
make_pack(float *to, const struct param *p, const void *tag)
{
	const struct pack_tag *t = tag;

	(t->back ? nn_conv_pack_bwd : nn_conv_pack)(to, t->w ? t->w : p->x,
	    &t->s);
}

/* Any number of images shares one packed copy. */
static float *
packed(struct graph *g, const struct param *p, const struct nn_conv *s,
    const float *w, bool back)
{
	struct pack_tag t;

	/* Compared byte by byte: padding must be equal too. */
	memset(&t, 0, sizeof t);
	t.s.n = 1;
	t.s.h = s->h;
	t.s.w = s->w;
	t.s.c = s->c;
	t.s.o = s->o;
	t.s.k = s->k;
	t.s.stride = s->stride;
	t.s.pad = s->pad;
	t.s.mode = s->mode;
	t.s.transposed = s->transposed;
	t.back = back;
	t.w = w;
	return tape_cached(g, p, &t, sizeof t, back ?
	    nn_conv_packed_bwd(&t.s) : nn_conv_packed(&t.s), make_pack);
}

/* ---- spectral norm ---------------------------------------------------- */

/*
 * Training takes one step of the power iteration each time the parameters
 * have changed, when it makes the normalised copy; behind it stand sigma, and
 * u and v as they were for it: another graph may take the next step before
 * this one goes back.
 */
struct spectral_tag {
	struct param *u, *v;
	bool step;
};

static void
make_spectral(float *to, const struct param *p, const void *tag)
{
	const struct spectral_tag *t = tag;
	const size_t rows = t->u->len, cols = t->v->len;

	if (t->step)
		nn_spectral_step(t->u->x, t->v->x, p->x, rows, cols);
	to[p->len] = nn_spectral_fwd(to, p->x, t->u->x, t->v->x, rows, cols);
	memcpy(to + p->len + 1, t->u->x, rows * sizeof *to);
	memcpy(to + p->len + 1 + rows, t->v->x, cols * sizeof *to);
}

static float *
spectral(struct graph *g, const struct conv_op *c)
{
	struct spectral_tag t;

	memset(&t, 0, sizeof t);
	t.u = c->u;
	t.v = c->v;
	t.step = graph_mode(g) == GRAPH_TRAIN;
	return tape_cached(g, c->weight, &t, sizeof t, c->weight->len + 1 +
	    c->u->len + c->v->len, make_spectral);
}

/* ---- there and back --------------------------------------------------- */

static struct nn_pre
pre_of(const struct conv_op *c, size_t nc)
{
	return (struct nn_pre){
		.scale = c->stats ? c->stats + 2 * nc : NULL,
		.shift = c->stats ? c->stats + 3 * nc : NULL,
		.slope = c->o.act ? G_SLOPE : 1,
	};
}

/* x in twice the size, to be dropped by the caller. */
static float *
doubled(struct graph *g, const struct var *x)
{
	float *y = tape_floats(g, 4 * var_len(x));

	if (y)
		nn_up2_fwd(y, x->x, x->n, x->h, x->w, x->c);
	return y;
}

static bool
pre_needed(const struct conv_op *c)
{
	return c->stats || c->o.act;
}

/*
 * sum = conv(in, weight) + bias: adds the gradients of weight and bias, and
 * of `in` to din unless that is NULL. False without memory.
 */
static bool
sum_back(struct graph *g, struct conv_op *c, float *din, const float *dsum)
{
	const struct nn_conv *s = &c->s;
	struct var *x = c->op.in[0];
	struct nn_pre pre = pre_of(c, x->n * x->c);
	float *in = NULL, *dw = c->weight->dx, *wn = NULL;

	if (c->o.spectral && dw) {
		wn = spectral(g, c);
		dw = tape_zeros(g, c->weight->len);
	}
	if (c->o.up && dw)
		in = doubled(g, x);
	float *w = din ? packed(g, c->weight, s,
	    c->o.spectral ? spectral(g, c) : NULL, true) : NULL;
	void *scratch = tape_bytes(g, nn_conv_scratch_bwd(s));

	if (scratch)
		nn_conv_bwd(din, dw, c->bias ? c->bias->dx : NULL, dsum,
		    in ? in : x->x, w, pre_needed(c) ? &pre : NULL, s,
		    scratch);
	tape_drop(g, scratch);
	tape_drop(g, in);
	if (wn) {
		const float *sigma = wn + c->weight->len, *u = sigma + 1;

		if (scratch)
			nn_spectral_bwd(c->weight->dx, dw, wn, *sigma, u,
			    u + c->u->len, c->u->len, c->v->len);
		tape_drop(g, dw);
	}
	return scratch;
}

/* in = up2(lrelu(norm(x))): from din, which is given back, to x and norm. */
static void
pre_back(struct graph *g, struct conv_op *c, float *din)
{
	struct var *x = c->op.in[0];
	size_t nc = x->n * x->c;
	float *dx = tape_grad(g, x);

	if (c->o.up) {
		float *low = tape_zeros(g, var_len(x));

		if (!low)
			return;
		nn_up2_bwd(low, din, x->n, x->h, x->w, x->c);
		tape_drop(g, din);
		din = low;
	}
	if (c->stats) {
		void *tmp = tape_bytes(g, nn_inorm_scratch(x->n, x->h * x->w,
		    x->c));

		if (tmp)
			nn_inorm_bwd(dx, c->gamma->dx, c->beta->dx, din, x->x,
			    c->stats, c->stats + nc, c->gamma->x, c->beta->x,
			    pre_of(c, nc).slope, x->n, x->h * x->w, x->c, tmp);
		tape_drop(g, tmp);
	} else if (c->o.act) {
		nn_lrelu_bwd(dx, din, x->x, G_SLOPE, var_len(x));
	} else {
		nn_add_bwd(dx, NULL, din, var_len(x));
	}
	tape_drop(g, din);
}

static void
conv_back(struct graph *g, struct op *op)
{
	struct conv_op *c = (struct conv_op *)op;
	struct var *x = op->in[0], *add = op->in[1], *out = op->out;
	const struct nn_conv *s = &c->s;
	size_t len = var_len(out);
	float *dsum = out->dx, *own = NULL, *dadd = tape_grad(g, add);

	/* out = post(sum + add) */
	if (c->o.post != NN_ACT_NONE) {
		dsum = own = tape_zeros(g, len);
		if (!own)
			return;
		nn_act_bwd(dsum, out->dx, out->x, c->o.post,
		    c->o.post_slope, len);
	}
	if (dadd)
		nn_add_bwd(dadd, NULL, dsum, len);

	bool norm_wants = c->gamma && (c->gamma->dx || c->beta->dx);
	bool direct = !pre_needed(c) && !c->o.up;
	float *dx = tape_grad(g, x), *din = NULL;

	if (dx || norm_wants)
		din = direct ? dx : tape_zeros(g, s->n * s->h * s->w * s->c);
	if (sum_back(g, c, din, dsum) && din && !direct)
		pre_back(g, c, din);
	tape_drop(g, own);
}

static struct param
sized(struct param p, int rank, size_t a, size_t b, size_t h, size_t w)
{
	p.rank = rank;
	p.dim[0] = a;
	p.dim[1] = b;
	p.dim[2] = h;
	p.dim[3] = w;
	return p;
}

static struct param
plain(enum init init, size_t n, bool state)
{
	return sized((struct param){ .init = init, .state = state }, 1, n, 0,
	    0, 0);
}

/* Looks the parameters up; false when there are no values to run with. */
static bool
find_params(struct graph *g, struct conv_op *c, const char *name)
{
	const struct g_conv *o = &c->o;
	const struct nn_conv *s = &c->s;
	size_t in = s->transposed ? s->o : s->c;
	double fan = (double)(s->c * s->k * s->k);

	/* Of a transposed kernel's taps a quarter meets one output pixel. */
	struct param w = tape_init(g, s->transposed ? fan / 4 : fan,
	    o->gain != 0 ? o->gain : 1);

	if (o->norm) {
		c->gamma = tape_param(g, o->norm, "weight",
		    plain(INIT_ONE, s->c, false));
		c->beta = tape_param(g, o->norm, "bias",
		    plain(INIT_ZERO, s->c, false));
	}
	c->weight = tape_param(g, name, "weight", sized(w, 4,
	    s->transposed ? s->c : s->o, in, s->k, s->k));
	if (!o->no_bias)
		c->bias = tape_param(g, name, "bias",
		    plain(INIT_ZERO, s->o, false));
	if (o->spectral) {
		c->u = tape_param(g, name, "u", plain(INIT_UNIT, s->o, true));
		c->v = tape_param(g, name, "v",
		    plain(INIT_UNIT, s->c * s->k * s->k, true));
	}
	return tape_runs(g);
}

static bool
norm_stats(struct graph *g, struct conv_op *c, const struct var *x)
{
	size_t hw = x->h * x->w, nc = x->n * x->c;
	float *p = tape_keep(g, 4 * nc * sizeof *p);
	void *tmp = tape_bytes(g, nn_inorm_scratch(x->n, hw, x->c));

	if (p && tmp) {
		nn_inorm_stats(p, p + nc, x->x, x->n, hw, x->c, tmp);
		nn_inorm_affine(p + 2 * nc, p + 3 * nc, p, p + nc,
		    c->gamma->x, c->beta->x, x->n, x->c);
	}
	tape_drop(g, tmp);
	c->stats = p;
	return p && tmp;
}

struct var *
g_conv(struct graph *g, struct var *x, const char *name, struct g_conv o)
{
	size_t up = o.up ? 2 : 1;
	struct conv_op c = {
		.o = o,
		.s = { .n = x->n, .h = up * x->h, .w = up * x->w, .c = x->c,
		    .o = o.o, .k = o.k, .stride = o.stride ? o.stride : 1,
		    .pad = o.pad, .mode = o.mode, .transposed = o.transposed },
	};
	struct nn_conv *s = &c.s;
	bool runs = find_params(g, &c, name);

	if (!s->transposed && (s->h + 2 * s->pad < s->k ||
	    s->w + 2 * s->pad < s->k ||
	    (s->mode == NN_PAD_REFLECT && (s->pad >= s->h || s->pad >= s->w))))
		graph_fail(g, E_SHAPE, "%s: a map of %zux%zu is too small for "
		    "a kernel of %zu", name, s->h, s->w, s->k);
	if (graph_failed(g))
		return tape_out(g, 0, 0, 0, 0, false);
	size_t ho = nn_conv_ho(s), wo = nn_conv_wo(s);

	assert(!o.spectral || !s->transposed);
	assert(!o.add || (o.add->n == x->n && o.add->h == ho &&
	    o.add->w == wo && o.add->c == s->o));
	tape_count(g, (double)(s->k * s->k * s->c * s->o) * (double)s->n *
	    (double)(s->transposed ? s->h * s->w : ho * wo));

	bool wants = x->wants || (o.add && o.add->wants) || (runs &&
	    (c.weight->dx || (c.bias && c.bias->dx) ||
	    (c.gamma && c.gamma->dx)));
	struct var *out = tape_out(g, x->n, ho, wo, s->o, wants);

	if (!tape_runs(g) || (o.norm && !norm_stats(g, &c, x)))
		return out;
	struct nn_pre pre = pre_of(&c, x->n * x->c);
	struct nn_post post = { .bias = c.bias ? c.bias->x : NULL,
	    .add = o.add ? o.add->x : NULL, .act = o.post,
	    .slope = o.post_slope };
	float *w = packed(g, c.weight, s, o.spectral ? spectral(g, &c) : NULL,
	    false);
	float *in = o.up ? doubled(g, x) : NULL;
	void *scratch = tape_bytes(g, nn_conv_scratch(s));

	if (w && scratch && (in || !o.up))
		nn_conv_fwd(out->x, in ? in : x->x, w,
		    pre_needed(&c) ? &pre : NULL, &post, s, scratch);
	tape_drop(g, scratch);
	tape_drop(g, in);

	struct conv_op *op = tape_add(g, sizeof *op, conv_back, out);

	if (op) {
		c.op = op->op;
		*op = c;
		op->op.in[0] = x;
		op->op.in[1] = o.add;
	}
	return out;
}
