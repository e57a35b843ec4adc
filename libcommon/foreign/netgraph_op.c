#include "foreign/netgraph_plan.h"

#include <math.h>
#include <string.h>

#include "layers/act.h"

#define WINDOW_MOST 64			/* sides of a kernel, of a pool */

/* ---- what they do ---- */

static float *
data(const struct netgraph *g, size_t i)
{
	return g->value[i].t.data;
}

static void
run_conv(const struct op *op, struct netgraph *g)
{
	nn_wconv_fwd(data(g, op->out), data(g, op->in[0]), op->packed,
	    op->bias, op->clip, &op->window, op->o, g->scratch);
}

static void
run_depthwise(const struct op *op, struct netgraph *g)
{
	nn_depthwise_fwd(data(g, op->out), data(g, op->in[0]), op->packed,
	    op->clip, &op->window, g->scratch);
}

static void
run_pool(const struct op *op, struct netgraph *g)
{
	nn_window_max_fwd(data(g, op->out), data(g, op->in[0]), op->clip,
	    &op->window);
}

static void
run_add(const struct op *op, struct netgraph *g)
{
	float *out = data(g, op->out);
	size_t len = g->value[op->out].len;

	nn_add_fwd(out, data(g, op->in[0]), data(g, op->in[1]), len);
	if (isfinite(op->clip.lo) || isfinite(op->clip.hi))
		nn_clip_fwd(out, out, op->clip, len);
}

static void
run_resize(const struct op *op, struct netgraph *g)
{
	nn_bilinear_fwd(data(g, op->out), data(g, op->in[0]), &op->resize);
}

static void
run_pad(const struct op *op, struct netgraph *g)
{
	const struct nn_window *s = &op->window;

	nn_zeros_fwd(data(g, op->out), data(g, op->in[0]), s->h, s->w, s->c,
	    op->pad);
}

static void
run_logistic(const struct op *op, struct netgraph *g)
{
	nn_sigmoid_fwd(data(g, op->out), data(g, op->in[0]),
	    g->value[op->out].len);
}

static void
run_reshape(const struct op *op, struct netgraph *g)
{
	memcpy(data(g, op->out), data(g, op->in[0]), g->value[op->out].len *
	    sizeof (float));
}

/* ---- what they want, and the shape of what they make ---- */

static struct tensor
map_of(size_t h, size_t w, size_t c)
{
	return (struct tensor){ .dtype = DT_F4, .rank = 4,
		.dim = { 1, h, w, c } };
}

static enum status
take_parameter(const struct tensor **t, const struct netgraph *g,
    const json_t *o, const char *key, int rank, const size_t *dim)
{
	const char *name;

	TRY(netgraph_text(&name, o, key));
	return weights_want(t, g->w, name, rank, dim);
}

/* The bias of n channels, or NULL where the operator has none. */
static enum status
take_bias(const float **bias, const struct netgraph *g, const json_t *o,
    size_t n)
{
	const struct tensor *t;

	*bias = NULL;
	if (!json_object_get(o, "bias"))
		return OK;
	TRY(take_parameter(&t, g, o, "bias", TENSOR_DIMS(n)));
	*bias = t->data;
	return OK;
}

static enum status
check_window(const struct nn_window *s)
{
	return s->kh > 0 && s->kw > 0 && s->kh <= WINDOW_MOST &&
	    s->kw <= WINDOW_MOST ? OK : fail(E_LIMIT, "a window of %zu x %zu, "
	    "want sides of 1 to %d", s->kh, s->kw, WINDOW_MOST);
}

/* The window's strides, padding and output, when its size is known. */
static enum status
plan_window(struct op *op, const json_t *o)
{
	const char *padding;

	TRY(netgraph_pair(&op->window.sh, &op->window.sw, o, "stride"));
	TRY(netgraph_clip(&op->clip, o));
	TRY(netgraph_text(&padding, o, "padding"));
	if (strcmp(padding, "SAME") == 0)
		nn_window_same(&op->window);
	else if (strcmp(padding, "VALID") != 0)
		return fail(E_FORMAT, "padding %s, want SAME or VALID",
		    padding);
	else if (!nn_window_valid(&op->window))
		return fail(E_SHAPE, "a window of %zu x %zu on a map of %zu x "
		    "%zu", op->window.kh, op->window.kw, op->window.h,
		    op->window.w);
	return OK;
}

/* Room for what is packed, 64 bytes aligned. */
static enum status
take_room(float **p, struct netgraph *g, size_t floats, size_t scratch)
{
	*p = arena_calloc(g->arena, floats, sizeof **p);
	if (scratch > g->scratch_bytes)
		g->scratch_bytes = scratch;
	return *p ? OK : E_NOMEM;
}

static enum status
plan_conv(struct tensor *out, struct op *op, struct netgraph *g,
    const json_t *o)
{
	struct nn_window *s = &op->window;
	const struct tensor *k;
	const float *bias;

	TRY(take_parameter(&k, g, o, "weight", TENSOR_DIMS(0, s->c, 0, 0)));
	op->o = k->dim[0];
	s->kh = k->dim[2];
	s->kw = k->dim[3];
	if (op->o == 0 || op->o > NETGRAPH_SIDE_MOST)
		return fail(E_LIMIT, "%zu kernels", op->o);
	TRY(check_window(s));
	TRY(take_bias(&bias, g, o, op->o));
	TRY(plan_window(op, o));
	TRY(take_room(&op->packed, g, nn_wconv_packed(s, op->o),
	    nn_wconv_scratch(s)));
	nn_wconv_pack(op->packed, k->data, s, op->o);
	if (bias) {
		TRY(take_room(&op->bias, g, op->o, 0));
		memcpy(op->bias, bias, op->o * sizeof *bias);
	}
	g->macs += (double)(s->ho * s->wo * op->o) * (double)(s->kh * s->kw *
	    s->c);
	op->run = run_conv;
	*out = map_of(s->ho, s->wo, op->o);
	return OK;
}

static enum status
plan_depthwise(struct tensor *out, struct op *op, struct netgraph *g,
    const json_t *o)
{
	struct nn_window *s = &op->window;
	const struct tensor *k;
	const float *bias;

	TRY(take_parameter(&k, g, o, "weight", TENSOR_DIMS(s->c, 1, 0, 0)));
	s->kh = k->dim[2];
	s->kw = k->dim[3];
	TRY(check_window(s));
	TRY(take_bias(&bias, g, o, s->c));
	TRY(plan_window(op, o));
	TRY(take_room(&op->packed, g, nn_depthwise_packed(s),
	    nn_depthwise_scratch(s)));
	nn_depthwise_pack(op->packed, k->data, bias, s);
	g->macs += (double)(s->ho * s->wo * s->c) * (double)(s->kh * s->kw);
	op->run = run_depthwise;
	*out = map_of(s->ho, s->wo, s->c);
	return OK;
}

static enum status
plan_pool(struct tensor *out, struct op *op, struct netgraph *g,
    const json_t *o)
{
	(void)g;
	TRY(netgraph_pair(&op->window.kh, &op->window.kw, o, "window"));
	TRY(check_window(&op->window));
	TRY(plan_window(op, o));
	op->run = run_pool;
	*out = map_of(op->window.ho, op->window.wo, op->window.c);
	return OK;
}

static enum status
plan_add(struct tensor *out, struct op *op, struct netgraph *g,
    const json_t *o)
{
	const struct tensor *a = &g->value[op->in[0]].t,
	    *b = &g->value[op->in[1]].t;
	char x[TENSOR_TEXT_MAX], y[TENSOR_TEXT_MAX];

	if (!tensor_is(b, a->dtype, a->rank, a->dim))
		return fail(E_SHAPE, "%s and %s, want two of one shape",
		    tensor_text(x, sizeof x, a->dtype, a->rank, a->dim),
		    tensor_text(y, sizeof y, b->dtype, b->rank, b->dim));
	op->run = run_add;
	*out = *a;
	return netgraph_clip(&op->clip, o);
}

static enum status
plan_resize(struct tensor *out, struct op *op, struct netgraph *g,
    const json_t *o)
{
	struct nn_bilinear *r = &op->resize;
	const json_t *align = json_object_get(o, "align_corners"),
	    *half = json_object_get(o, "half_pixel_centers");

	(void)g;
	*r = (struct nn_bilinear){ .h = op->window.h, .w = op->window.w,
		.c = op->window.c, .align = json_is_true(align),
		.half_pixel = json_is_true(half) };
	if (!json_is_boolean(align) || !json_is_boolean(half) ||
	    (r->align && r->half_pixel))
		return fail(E_FORMAT, "\"align_corners\" and "
		    "\"half_pixel_centers\" are not two truths, one at most");
	TRY(netgraph_pair(&r->ho, &r->wo, o, "size"));
	op->run = run_resize;
	*out = map_of(r->ho, r->wo, r->c);
	return OK;
}

static enum status
plan_pad(struct tensor *out, struct op *op, struct netgraph *g,
    const json_t *o)
{
	const json_t *pad = json_object_get(o, "pad");
	const size_t is[3] = { op->window.h, op->window.w, op->window.c };

	(void)g;
	*out = map_of(0, 0, 0);
	if (json_array_size(pad) != 3)
		return fail(E_FORMAT, "\"pad\" is not three pairs");
	for (size_t k = 0; k < 3; k++) {
		TRY(netgraph_sizes(op->pad[k], 2, json_array_get(pad, k), "pad",
		    0));
		out->dim[1 + k] = op->pad[k][0] + is[k] + op->pad[k][1];
		if (out->dim[1 + k] > NETGRAPH_SIDE_MOST)
			return fail(E_LIMIT, "a side of %zu",
			    out->dim[1 + k]);
	}
	op->run = run_pad;
	return OK;
}

static enum status
plan_reshape(struct tensor *out, struct op *op, struct netgraph *g,
    const json_t *o)
{
	size_t len = 1;

	TRY(netgraph_shape(out, json_object_get(o, "shape")));
	for (int k = 0; k < out->rank; k++)
		TRY(size_mul(&len, len, out->dim[k]));
	op->run = run_reshape;
	return len == g->value[op->in[0]].len ? OK : fail(E_SHAPE, "%zu "
	    "values as %zu", g->value[op->in[0]].len, len);
}

static enum status
plan_logistic(struct tensor *out, struct op *op, struct netgraph *g,
    const json_t *o)
{
	(void)o;
	op->run = run_logistic;
	*out = g->value[op->in[0]].t;
	return OK;
}

static const struct kind {
	const char *name;
	size_t inputs;
	bool map;		/* the input must be (1, h, w, c) */
	enum status (*plan)(struct tensor *out, struct op *op,
	    struct netgraph *g, const json_t *o);
} kinds[] = {
	{ "CONV_2D", 1, true, plan_conv },
	{ "DEPTHWISE_CONV_2D", 1, true, plan_depthwise },
	{ "MAX_POOL_2D", 1, true, plan_pool },
	{ "ADD", 2, false, plan_add },
	{ "RESIZE_BILINEAR", 1, true, plan_resize },
	{ "PAD", 1, true, plan_pad },
	{ "LOGISTIC", 1, false, plan_logistic },
	{ "RESHAPE", 1, false, plan_reshape },
};

static enum status
take_inputs(struct op *op, struct netgraph *g, const json_t *o,
    const struct kind *kind, size_t i)
{
	const json_t *list = json_object_get(o, "inputs");

	if (json_array_size(list) != kind->inputs)
		return fail(E_FORMAT, "%zu inputs, want %zu",
		    json_array_size(list), kind->inputs);
	for (size_t k = 0; k < kind->inputs; k++) {
		const char *name = json_string_value(json_array_get(list, k));

		TRY(netgraph_value(&op->in[k], g, name ? name : ""));
		g->value[op->in[k]].last = i + 1;
	}
	const struct tensor *t = &g->value[op->in[0]].t;
	char text[TENSOR_TEXT_MAX];

	if (!kind->map)
		return OK;
	for (int k = 0; k < 4; k++)
		if (t->rank != 4 || t->dim[0] != 1 ||
		    t->dim[k] > NETGRAPH_SIDE_MOST)
			return fail(E_SHAPE, "input %s, want (1,h,w,c)",
			    tensor_text(text, sizeof text, t->dtype, t->rank,
			    t->dim));
	op->window = (struct nn_window){ .h = t->dim[1], .w = t->dim[2],
		.c = t->dim[3] };
	return OK;
}

enum status
netgraph_op(struct tensor *out, struct op *op, struct netgraph *g,
    const json_t *o, size_t i)
{
	const char *kind;
	size_t k = 0, n = sizeof kinds / sizeof *kinds;

	TRY(netgraph_text(&kind, o, "kind"));
	while (k < n && strcmp(kinds[k].name, kind) != 0)
		k++;
	if (k == n)
		return fail(E_FORMAT, "kind %s is not supported", kind);
	TRY(take_inputs(op, g, o, &kinds[k], i));
	return kinds[k].plan(out, op, g, o);
}
