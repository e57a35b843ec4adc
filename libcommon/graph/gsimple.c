/*
 * Ops without weights: each the layer of layers/simple.h or act.h, forward
 * and back. See graph.h for what they compute.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "graph/tape.h"
#include "layers/act.h"
#include "layers/simple.h"

static size_t
hw(const struct var *v)
{
	return v->h * v->w;
}

static struct var *
empty(struct graph *g)
{
	return tape_out(g, 0, 0, 0, 0, false);
}

static void
inputs(struct op *op, struct var *a, struct var *b, struct var *c)
{
	if (!op)
		return;
	op->in[0] = a;
	op->in[1] = b;
	op->in[2] = c;
}

/* ---- sums ------------------------------------------------------------- */

static void
add_back(struct graph *g, struct op *op)
{
	float *da = tape_grad(g, op->in[0]), *db = tape_grad(g, op->in[1]);

	if (tape_runs(g))
		nn_add_bwd(da, db, op->out->dx, var_len(op->out));
}

struct var *
g_add(struct graph *g, struct var *a, struct var *b)
{
	struct var *out = tape_out(g, a->n, a->h, a->w, a->c,
	    a->wants || b->wants);

	if (!tape_runs(g))
		return out;
	assert(a->n == b->n && a->h == b->h && a->w == b->w && a->c == b->c);
	nn_add_fwd(out->x, a->x, b->x, var_len(out));
	inputs(tape_add(g, sizeof(struct op), add_back, out), a, b, NULL);
	return out;
}

static void
blend_back(struct graph *g, struct op *op)
{
	struct var *q = op->in[0], *a = op->in[1], *m = op->in[2];
	float *dq = tape_grad(g, q), *da = tape_grad(g, a),
	    *dm = tape_grad(g, m);

	if (tape_runs(g))
		nn_blend_bwd(dq, da, dm, op->out->dx, q ? q->x : NULL, a->x,
		    m->x, a->n * hw(a), a->c);
}

struct var *
g_blend(struct graph *g, struct var *q, struct var *a, struct var *m)
{
	struct var *out = tape_out(g, a->n, a->h, a->w, a->c,
	    (q && q->wants) || a->wants || m->wants);

	if (!tape_runs(g))
		return out;
	assert(m->n == a->n && m->c == 1 && hw(m) == hw(a));
	assert(!q || (q->n == a->n && q->c == a->c && hw(q) == hw(a)));
	nn_blend_fwd(out->x, q ? q->x : NULL, a->x, m->x, a->n * hw(a), a->c);
	inputs(tape_add(g, sizeof(struct op), blend_back, out), q, a, m);
	return out;
}

static void
spread_back(struct graph *g, struct op *op)
{
	struct var *x = op->in[0];
	float *dx = tape_grad(g, x), *dv = tape_grad(g, op->in[1]);

	if (tape_runs(g))
		nn_spread_bwd(dx, dv, op->out->dx, x->n, hw(x), x->c);
}

struct var *
g_spread(struct graph *g, struct var *x, struct var *v)
{
	struct var *out = tape_out(g, x->n, x->h, x->w, x->c,
	    x->wants || v->wants);

	if (!tape_runs(g))
		return out;
	assert(v->n == x->n && v->c == x->c && hw(v) == 1);
	nn_spread_fwd(out->x, x->x, v->x, x->n, hw(x), x->c);
	inputs(tape_add(g, sizeof(struct op), spread_back, out), x, v, NULL);
	return out;
}

struct act_op {
	struct op op;
	enum nn_act act;
	float slope;
};

static void
act_back(struct graph *g, struct op *op)
{
	struct act_op *a = (struct act_op *)op;
	float *dx = tape_grad(g, op->in[0]);

	if (dx)
		nn_act_bwd(dx, op->out->dx, op->out->x, a->act, a->slope,
		    var_len(op->out));
}

struct var *
g_act(struct graph *g, struct var *x, enum nn_act act, float slope)
{
	struct var *out = tape_out(g, x->n, x->h, x->w, x->c, x->wants);

	if (!tape_runs(g))
		return out;
	nn_act_fwd(out->x, x->x, act, slope, var_len(x));
	struct act_op *op = tape_add(g, sizeof *op, act_back, out);

	if (op) {
		op->act = act;
		op->slope = slope;
		op->op.in[0] = x;
	}
	return out;
}

struct scale_op {
	struct op op;
	const float *scale;
};

static void
scale_back(struct graph *g, struct op *op)
{
	const float *scale = ((struct scale_op *)op)->scale;
	const size_t c = op->out->c;
	float *dx = tape_grad(g, op->in[0]);

	for (size_t i = 0; dx && i < var_len(op->out); i++)
		dx[i] += scale[i % c] * op->out->dx[i];
}

struct var *
g_scale(struct graph *g, struct var *x, const float *scale,
    const float *shift)
{
	struct var *out = tape_out(g, x->n, x->h, x->w, x->c, x->wants);

	if (!tape_runs(g))
		return out;
	for (size_t i = 0; i < var_len(x); i++)
		out->x[i] = scale[i % x->c] * x->x[i] + shift[i % x->c];
	struct scale_op *op = tape_add(g, sizeof *op, scale_back, out);

	if (op) {
		op->scale = scale;
		op->op.in[0] = x;
	}
	return out;
}

/* ---- channels and views ----------------------------------------------- */

struct concat_op {
	struct op op;
	size_t count;
	struct var *x[];
};

static void
concat_back(struct graph *g, struct op *op)
{
	struct concat_op *c = (struct concat_op *)op;
	struct var *out = op->out;
	size_t first = 0;

	for (size_t k = 0; k < c->count; k++) {
		struct var *x = c->x[k];
		float *dx = tape_grad(g, x);

		for (size_t i = 0; dx && i < out->n; i++)
			nn_concat_bwd(dx + (x->n == 1 ? 0 : i * hw(x) * x->c),
			    out->dx + i * hw(out) * out->c, hw(out), x->c,
			    first, out->c);
		first += x->c;
	}
}

struct var *
g_concat(struct graph *g, struct var *const *xs, size_t count)
{
	size_t n = 0, c = 0, first = 0;
	bool wants = false;

	if (graph_failed(g))
		return empty(g);
	for (size_t k = 0; k < count; k++) {
		n = xs[k]->n > n ? xs[k]->n : n;
		c += xs[k]->c;
		wants |= xs[k]->wants;
	}
	struct var *out = tape_out(g, n, xs[0]->h, xs[0]->w, c, wants);

	if (!tape_runs(g))
		return out;
	for (size_t k = 0; k < count; k++) {
		const struct var *x = xs[k];

		assert(x->h == out->h && x->w == out->w);
		assert(x->n == n || x->n == 1);
		for (size_t i = 0; i < n; i++)
			nn_concat_fwd(out->x + i * hw(out) * c,
			    x->x + (x->n == 1 ? 0 : i * hw(x) * x->c),
			    hw(out), x->c, first, c);
		first += x->c;
	}
	struct concat_op *op = tape_add(g, sizeof *op + count * sizeof *xs,
	    concat_back, out);

	if (op) {
		op->count = count;
		memcpy(op->x, xs, count * sizeof *xs);
	}
	return out;
}

struct slice_op {
	struct op op;
	size_t first;
};

static void
slice_back(struct graph *g, struct op *op)
{
	struct slice_op *s = (struct slice_op *)op;
	struct var *x = op->in[0], *out = op->out;
	float *dx = tape_grad(g, x);

	for (size_t i = 0; dx && i < out->n * hw(out); i++)
		for (size_t c = 0; c < out->c; c++)
			dx[i * x->c + s->first + c] += out->dx[i * out->c + c];
}

struct var *
g_slice(struct graph *g, struct var *x, size_t first, size_t c)
{
	if (graph_failed(g))
		return empty(g);
	assert(first + c <= x->c);
	struct var *out = tape_out(g, x->n, x->h, x->w, c, x->wants);

	if (!tape_runs(g))
		return out;
	for (size_t i = 0; i < x->n * hw(x); i++)
		memcpy(out->x + i * c, x->x + i * x->c + first,
		    c * sizeof *x->x);
	struct slice_op *op = tape_add(g, sizeof *op, slice_back, out);

	if (op) {
		op->first = first;
		op->op.in[0] = x;
	}
	return out;
}

static void
views_back(struct graph *g, struct op *op)
{
	struct slice_op *s = (struct slice_op *)op;
	float *dx = tape_grad(g, op->in[0]);
	size_t len = var_len(op->out);

	if (dx)
		nn_add_bwd(dx + s->first * (len / op->out->n), NULL,
		    op->out->dx, len);
}

struct var *
g_shape(struct graph *g, struct var *x, size_t n, size_t h, size_t w,
    size_t c)
{
	if (graph_failed(g))
		return empty(g);
	assert(n * h * w * c == var_len(x));
	struct var *out = g_input(g, n, h, w, c, x->x, x->wants);
	struct slice_op *op = tape_add(g, sizeof *op, views_back, out);

	if (op)
		op->op.in[0] = x;
	return out;
}

struct var *
g_views(struct graph *g, struct var *x, size_t i, size_t n)
{
	if (graph_failed(g))
		return empty(g);
	assert(i + n <= x->n);
	struct var *out = g_input(g, n, x->h, x->w, x->c,
	    x->x ? x->x + i * hw(x) * x->c : NULL, x->wants);
	struct slice_op *op = tape_add(g, sizeof *op, views_back, out);

	if (op) {
		op->first = i;
		op->op.in[0] = x;
	}
	return out;
}

static void
slots_back(struct graph *g, struct op *op)
{
	struct var *x = op->in[0], *out = op->out;
	float *dx = tape_grad(g, x);

	for (size_t i = 0; dx && i < x->n; i++)
		nn_concat_bwd(dx + i * hw(x) * x->c, out->dx, hw(x), x->c,
		    i * x->c, out->c);
}

struct var *
g_slots(struct graph *g, struct var *x, size_t slots)
{
	if (graph_failed(g))
		return empty(g);
	assert(x->n <= slots);
	struct var *out = tape_out(g, 1, x->h, x->w, slots * x->c, x->wants);

	if (!tape_runs(g))
		return out;
	for (size_t i = 0; i < slots; i++)
		nn_concat_fwd(out->x, i < x->n ? x->x + i * hw(x) * x->c :
		    NULL, hw(x), x->c, i * x->c, out->c);
	inputs(tape_add(g, sizeof(struct op), slots_back, out), x, NULL, NULL);
	return out;
}

/* ---- means and sizes -------------------------------------------------- */

struct mean_op {
	struct op op;
	size_t outer, count, inner;
};

static void
mean_back(struct graph *g, struct op *op)
{
	struct mean_op *m = (struct mean_op *)op;
	float *dx = tape_grad(g, op->in[0]);

	if (dx)
		nn_mean_bwd(dx, op->out->dx, m->outer, m->count, m->inner);
}

static struct var *
mean(struct graph *g, struct var *x, struct var *out, size_t outer,
    size_t count, size_t inner)
{
	if (!tape_runs(g))
		return out;
	nn_mean_fwd(out->x, x->x, outer, count, inner);
	struct mean_op *op = tape_add(g, sizeof *op, mean_back, out);

	if (op) {
		op->outer = outer;
		op->count = count;
		op->inner = inner;
		op->op.in[0] = x;
	}
	return out;
}

struct var *
g_mean_views(struct graph *g, struct var *x)
{
	return mean(g, x, tape_out(g, 1, x->h, x->w, x->c, x->wants), 1, x->n,
	    hw(x) * x->c);
}

struct var *
g_mean_pixels(struct graph *g, struct var *x)
{
	return mean(g, x, tape_out(g, x->n, 1, 1, x->c, x->wants), x->n,
	    hw(x), x->c);
}

static void
up2_back(struct graph *g, struct op *op)
{
	struct var *x = op->in[0];
	float *dx = tape_grad(g, x);

	if (dx)
		nn_up2_bwd(dx, op->out->dx, x->n, x->h, x->w, x->c);
}

struct var *
g_up2(struct graph *g, struct var *x)
{
	struct var *out = tape_out(g, x->n, 2 * x->h, 2 * x->w, x->c,
	    x->wants);

	if (!tape_runs(g))
		return out;
	nn_up2_fwd(out->x, x->x, x->n, x->h, x->w, x->c);
	inputs(tape_add(g, sizeof(struct op), up2_back, out), x, NULL, NULL);
	return out;
}

static void
avgpool2_back(struct graph *g, struct op *op)
{
	struct var *x = op->in[0];
	float *dx = tape_grad(g, x);

	if (dx)
		nn_avgpool2_bwd(dx, op->out->dx, x->n, x->h, x->w, x->c);
}

struct var *
g_avgpool2(struct graph *g, struct var *x)
{
	struct var *out = tape_out(g, x->n, x->h / 2, x->w / 2, x->c,
	    x->wants);

	if (!tape_runs(g))
		return out;
	nn_avgpool2_fwd(out->x, x->x, x->n, x->h, x->w, x->c);
	inputs(tape_add(g, sizeof(struct op), avgpool2_back, out), x, NULL,
	    NULL);
	return out;
}

struct pool_op {
	struct op op;
	struct nn_pool s;
};

static void
pool_back(struct graph *g, struct op *op)
{
	struct var *x = op->in[0];
	float *dx = tape_grad(g, x);

	if (dx)
		nn_pool_bwd(dx, op->out->dx, x->x, &((struct pool_op *)op)->s);
}

struct var *
g_pool(struct graph *g, struct var *x, struct g_pool o)
{
	const struct nn_pool s = { .n = x->n, .h = x->h, .w = x->w, .c = x->c,
	    .k = o.k, .stride = o.stride, .pad = o.pad, .ceil = o.ceil,
	    .kind = o.kind };

	if (graph_failed(g))
		return empty(g);
	if (x->h + 2 * o.pad < o.k || x->w + 2 * o.pad < o.k) {
		graph_fail(g, E_SHAPE, "pool: a map of %zux%zu is too small for "
		    "one of %zu", x->h, x->w, o.k);
		return empty(g);
	}
	assert(o.pad <= o.k / 2);
	struct var *out = tape_out(g, x->n, nn_pool_ho(&s), nn_pool_wo(&s),
	    x->c, x->wants);

	if (!tape_runs(g))
		return out;
	nn_pool_fwd(out->x, x->x, &s);
	struct pool_op *op = tape_add(g, sizeof *op, pool_back, out);

	if (op) {
		op->s = s;
		op->op.in[0] = x;
	}
	return out;
}

struct var *
g_maxpool(struct graph *g, struct var *x, size_t k, size_t stride)
{
	return g_pool(g, x, (struct g_pool){ .k = k, .stride = stride });
}

struct var *
g_taps(struct graph *g, struct var *x, size_t kh, size_t kw)
{
	struct var *out = tape_out(g, x->n, x->h, x->w, kh * kw * x->c, false);

	assert(kh % 2 == 1 && kw % 2 == 1 && !x->wants);
	if (tape_runs(g))
		nn_taps_fwd(out->x, x->x, x->n, x->h, x->w, x->c, kh, kw);
	return out;
}

/* ---- flows ------------------------------------------------------------ */

struct flow_op {
	struct op op;
	float side[2];		/* width - 1, height - 1 */
	float scale;
};

/* p = (t + 1) / 2 * side, t = tanh(x); dp/dx = (1 - t^2) / 2 * side */
static void
learned_back(struct graph *g, struct op *op)
{
	struct flow_op *f = (struct flow_op *)op;
	float *dx = tape_grad(g, op->in[0]);

	for (size_t i = 0; dx && i < var_len(op->out); i++) {
		float side = f->side[i % 2];
		float t = side > 0 ? 2 * op->out->x[i] / side - 1 : 0;

		dx[i] += op->out->dx[i] * (1 - t * t) / 2 * side;
	}
}

struct var *
g_flow_learned(struct graph *g, struct var *x, size_t kh, size_t kw)
{
	float side[2] = { (float)kw - 1, (float)kh - 1 };
	struct var *out = tape_out(g, x->n, x->h, x->w, x->c, x->wants);

	if (!tape_runs(g))
		return out;
	assert(x->c == 2);
	nn_tanh_fwd(out->x, x->x, var_len(x));
	for (size_t i = 0; i < var_len(x); i++)
		out->x[i] = (out->x[i] + 1) / 2 * side[i % 2];
	struct flow_op *op = tape_add(g, sizeof *op, learned_back, out);

	if (op) {
		memcpy(op->side, side, sizeof side);
		op->op.in[0] = x;
	}
	return out;
}

static void
anchored_back(struct graph *g, struct op *op)
{
	struct flow_op *f = (struct flow_op *)op;
	float *dx = tape_grad(g, op->in[0]);

	for (size_t i = 0; dx && i < var_len(op->out); i++)
		dx[i] += f->scale * op->out->dx[i];
}

struct var *
g_flow_anchored(struct graph *g, struct var *x, struct var *anchor,
    float scale)
{
	struct var *out = tape_out(g, x->n, x->h, x->w, x->c, x->wants);

	if (!tape_runs(g))
		return out;
	assert(x->c == 2 && var_len(x) == var_len(anchor));
	for (size_t i = 0; i < var_len(x); i++)
		out->x[i] = anchor->x[i] + scale * x->x[i];
	struct flow_op *op = tape_add(g, sizeof *op, anchored_back, out);

	if (op) {
		op->scale = scale;
		op->op.in[0] = x;
	}
	return out;
}

/* ---- a parameter as a map --------------------------------------------- */

struct param_op {
	struct op op;
	struct param *p;
};

struct map_tag {
	size_t h, w, c;
};

static void
make_map(float *to, const struct param *p, const void *tag)
{
	const struct map_tag *t = tag;
	size_t n = t->h * t->w;

	for (size_t c = 0; c < t->c; c++)
		for (size_t i = 0; i < n; i++)
			to[i * t->c + c] = p->x[c * n + i];
}

static void
param_back(struct graph *g, struct op *op)
{
	struct param *p = ((struct param_op *)op)->p;
	struct var *out = op->out;
	size_t n = hw(out);

	(void)g;
	for (size_t c = 0; c < out->c; c++)
		for (size_t i = 0; i < n; i++)
			p->dx[c * n + i] += out->dx[i * out->c + c];
}

struct var *
g_param(struct graph *g, const char *name, size_t h, size_t w, size_t c,
    double deviation)
{
	struct map_tag t = { h, w, c };
	struct param *p = tape_param(g, name, "", (struct param){ .rank = 4,
	    .dim = { 1, c, h, w }, .map = true, .init = INIT_NORMAL,
	    .gain = deviation });
	float *x = p ? tape_cached(g, p, &t, sizeof t, p->len, make_map) :
	    NULL;
	struct var *out = g_input(g, 1, h, w, c, x, p && p->dx);
	struct param_op *op = tape_add(g, sizeof *op, param_back, out);

	if (op)
		op->p = p;
	return out;
}
