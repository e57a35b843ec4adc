/*
 * Legend: a value is the input (0) or what operator i makes (i + 1); its place
 * is an offset into one buffer. Batch is 1 everywhere: a map is (1, h, w, c).
 */
#include "foreign/netgraph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers/act.h"
#include "layers/bilinear.h"
#include "layers/simple.h"
#include "layers/window.h"

#define MOST ((size_t)1 << 30)		/* bytes of one network and its maps */
#define OPS_MOST 4096
#define SIDE_MOST 65535			/* of a map */
#define WINDOW_MOST 64			/* sides of a kernel, of a pool */
#define ALIGN 16			/* floats */

struct value {
	struct tensor t;		/* f4; data when all is planned */
	size_t len;			/* floats */
	size_t last;			/* value that is made when it is read last */
	size_t at;			/* its place */
};

struct op {
	void (*run)(const struct op *op, struct netgraph *g);
	size_t in[2], out;		/* values */
	struct nn_window window;
	struct nn_bilinear resize;
	struct nn_clip clip;
	size_t pad[3][2], o;
	float *packed, *bias;
};

struct netgraph {
	struct arena *arena;
	const struct weights *w;	/* while it is opened */
	json_t *index;			/* tensor's name -> value */
	struct value *value;		/* ops + 1 of them; 0 is the input */
	struct op *op;
	size_t n, made;			/* operators; values */
	size_t *output, outputs;
	const char **name;		/* of the outputs */
	float *buffer;
	void *scratch;
	size_t scratch_bytes;
	double macs;
};

/* ---- reading JSON ---- */

static enum status
read_text(const char **s, const json_t *o, const char *key)
{
	*s = json_string_value(json_object_get(o, key));
	return *s ? OK : fail(E_FORMAT, "no text \"%s\"", key);
}

/* n whole numbers of least..SIDE_MOST. */
static enum status
read_sizes(size_t *x, size_t n, const json_t *list, const char *key,
    size_t least)
{
	bool good = json_array_size(list) == n;

	for (size_t i = 0; good && i < n; i++) {
		const json_t *e = json_array_get(list, i);
		json_int_t v = json_integer_value(e);

		good = json_is_integer(e) && v >= (json_int_t)least &&
		    v <= SIDE_MOST;
		x[i] = (size_t)v;
	}
	return good ? OK : fail(E_FORMAT, "\"%s\" is not %zu numbers of %zu "
	    "to %d", key, n, least, SIDE_MOST);
}

static enum status
read_pair(size_t *a, size_t *b, const json_t *o, const char *key)
{
	size_t x[2];

	TRY(read_sizes(x, 2, json_object_get(o, key), key, 1));
	*a = x[0];
	*b = x[1];
	return OK;
}

static enum status
read_shape(struct tensor *t, const json_t *list)
{
	*t = (struct tensor){ .dtype = DT_F4 };
	if (json_array_size(list) > TENSOR_MAX_RANK)
		return fail(E_LIMIT, "a shape of %zu dimensions",
		    json_array_size(list));
	t->rank = (int)json_array_size(list);
	return read_sizes(t->dim, (size_t)t->rank, list, "shape", 1);
}

static enum status
read_clip(struct nn_clip *clip, const json_t *o)
{
	const char *s;

	TRY(read_text(&s, o, "activation"));
	if (strcmp(s, "NONE") == 0)
		*clip = (struct nn_clip){ -INFINITY, INFINITY };
	else if (strcmp(s, "RELU") == 0)
		*clip = (struct nn_clip){ 0, INFINITY };
	else if (strcmp(s, "RELU6") == 0)
		*clip = (struct nn_clip){ 0, 6 };
	else
		return fail(E_FORMAT, "activation %s, want NONE, RELU or RELU6",
		    s);
	return OK;
}

/* ---- values ---- */

static enum status
add_value(size_t *i, struct netgraph *g, const char *name,
    const struct tensor *t)
{
	struct value *v = &g->value[g->made];

	*v = (struct value){ .t = *t, .len = 1, .last = g->made };
	for (int k = 0; k < t->rank; k++)
		TRY(size_mul(&v->len, v->len, t->dim[k]));
	if (v->len > MOST / sizeof (float))
		return fail(E_LIMIT, "tensor %s of %zu values", name, v->len);
	if (json_object_get(g->index, name))
		return fail(E_FORMAT, "tensor %s is made twice", name);
	*i = g->made++;
	return json_object_set_new(g->index, name,
	    json_integer((json_int_t)*i)) == 0 ? OK :
	    fail(E_NOMEM, "no memory for names");
}

static enum status
find_value(size_t *i, const struct netgraph *g, const char *name)
{
	const json_t *at = json_object_get(g->index, name);

	*i = (size_t)json_integer_value(at);
	return at ? OK : fail(E_FORMAT, "tensor %s is read before it is made",
	    name);
}

static struct tensor
map_of(size_t h, size_t w, size_t c)
{
	return (struct tensor){ .dtype = DT_F4, .rank = 4,
		.dim = { 1, h, w, c } };
}

/* ---- operators: what they do ---- */

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

/* ---- operators: what they want, and the shape of what they make ---- */

static enum status
take_parameter(const struct tensor **t, const struct netgraph *g,
    const json_t *o, const char *key, int rank, const size_t *dim)
{
	const char *name;

	TRY(read_text(&name, o, key));
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

	TRY(read_pair(&op->window.sh, &op->window.sw, o, "stride"));
	TRY(read_clip(&op->clip, o));
	TRY(read_text(&padding, o, "padding"));
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
	if (op->o == 0 || op->o > SIDE_MOST)
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
	TRY(read_pair(&op->window.kh, &op->window.kw, o, "window"));
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
	return read_clip(&op->clip, o);
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
	TRY(read_pair(&r->ho, &r->wo, o, "size"));
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
		TRY(read_sizes(op->pad[k], 2, json_array_get(pad, k), "pad",
		    0));
		out->dim[1 + k] = op->pad[k][0] + is[k] + op->pad[k][1];
		if (out->dim[1 + k] > SIDE_MOST)
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

	TRY(read_shape(out, json_object_get(o, "shape")));
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

/* ---- the plan ---- */

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

		TRY(find_value(&op->in[k], g, name ? name : ""));
		g->value[op->in[k]].last = i + 1;
	}
	const struct tensor *t = &g->value[op->in[0]].t;
	char text[TENSOR_TEXT_MAX];

	if (!kind->map)
		return OK;
	for (int k = 0; k < 4; k++)
		if (t->rank != 4 || t->dim[0] != 1 || t->dim[k] > SIDE_MOST)
			return fail(E_SHAPE, "input %s, want (1,h,w,c)",
			    tensor_text(text, sizeof text, t->dtype, t->rank,
			    t->dim));
	op->window = (struct nn_window){ .h = t->dim[1], .w = t->dim[2],
		.c = t->dim[3] };
	return OK;
}

static enum status
plan_op(struct op *op, struct netgraph *g, const json_t *o, size_t i)
{
	const json_t *outs = json_object_get(o, "outputs");
	const char *kind, *out = json_string_value(json_array_get(outs, 0));
	struct tensor t;
	size_t k = 0, n = sizeof kinds / sizeof *kinds;

	TRY(read_text(&kind, o, "kind"));
	while (k < n && strcmp(kinds[k].name, kind) != 0)
		k++;
	if (k == n)
		return fail(E_FORMAT, "kind %s is not supported", kind);
	TRY(take_inputs(op, g, o, &kinds[k], i));
	TRY(kinds[k].plan(&t, op, g, o));
	if (!out || json_array_size(outs) != 1)
		return fail(E_FORMAT, "%zu outputs, want one",
		    json_array_size(outs));
	t.data = NULL;
	return add_value(&op->out, g, out, &t);
}

static enum status
plan_ops(struct netgraph *g, const json_t *ops)
{
	for (size_t i = 0; i < g->n; i++) {
		const json_t *o = json_array_get(ops, i);
		const char *name;

		TRY(read_text(&name, o, "name"));
		enum status st = plan_op(&g->op[i], g, o, i);

		if (st != OK)
			return fail_in(st, "operator %s", name);
	}
	return OK;
}

static enum status
plan_input(struct netgraph *g, const json_t *list)
{
	const json_t *o = json_array_get(list, 0);
	const char *name;
	struct tensor t;
	size_t i;

	if (json_array_size(list) != 1)
		return fail(E_FORMAT, "%zu inputs, want one",
		    json_array_size(list));
	TRY(read_text(&name, o, "tensor"));
	TRY(read_shape(&t, json_object_get(o, "shape")));
	return add_value(&i, g, name, &t);
}

static enum status
plan_output(struct netgraph *g, const json_t *o, size_t i)
{
	char is[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];
	const char *name, *tensor;
	struct tensor t;

	TRY(read_text(&name, o, "name"));
	TRY(read_text(&tensor, o, "tensor"));
	TRY(find_value(&g->output[i], g, tensor));
	TRY(read_shape(&t, json_object_get(o, "shape")));
	struct value *v = &g->value[g->output[i]];

	if (!tensor_is(&v->t, DT_F4, t.rank, t.dim))
		return fail(E_SHAPE, "output %s: %s, and the file says %s",
		    name, tensor_text(is, sizeof is, DT_F4, v->t.rank,
		    v->t.dim), tensor_text(want, sizeof want, DT_F4, t.rank,
		    t.dim));
	v->last = g->n + 1;		/* for ever */
	if ((g->name[i] = arena_strdup(g->arena, name)) == NULL)
		return E_NOMEM;
	return OK;
}

static enum status
plan_outputs(struct netgraph *g, const json_t *list)
{
	g->outputs = json_array_size(list);
	g->output = arena_calloc(g->arena, g->outputs, sizeof *g->output);
	g->name = arena_calloc(g->arena, g->outputs, sizeof *g->name);
	if (!g->output || !g->name)
		return E_NOMEM;
	if (g->outputs == 0)
		return fail(E_FORMAT, "no outputs");
	for (size_t i = 0; i < g->outputs; i++)
		TRY(plan_output(g, json_array_get(list, i), i));
	return OK;
}

/*
 * The first gap that value i fits into, between those before it that still
 * live when it is made. Value i + 1 is made by operator i, whose inputs live
 * until then.
 */
static size_t
find_place(const struct netgraph *g, size_t i)
{
	const struct value *v = g->value;
	size_t at = 0;
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t k = 0; k < i; k++)
			if (v[k].last >= i && v[k].at < at + v[i].len &&
			    at < v[k].at + v[k].len) {
				at = (v[k].at + v[k].len + ALIGN - 1) / ALIGN *
				    ALIGN;
				moved = true;
			}
	}
	return at;
}

static enum status
take_memory(struct netgraph *g)
{
	size_t floats = 0;

	for (size_t i = 0; i < g->made; i++) {
		struct value *v = &g->value[i];

		v->at = find_place(g, i);
		floats = v->at + v->len > floats ? v->at + v->len : floats;
	}
	g->buffer = arena_alloc(g->arena, floats * sizeof *g->buffer);
	g->scratch = arena_alloc(g->arena, g->scratch_bytes);
	if (!g->buffer || !g->scratch)
		return E_NOMEM;
	for (size_t i = 0; i < g->made; i++)
		g->value[i].t.data = g->buffer + g->value[i].at;
	return OK;
}

static enum status
plan(struct netgraph *g)
{
	const json_t *graph = json_object_get(weights_about(g->w), "graph"),
	    *ops = json_object_get(graph, "ops");

	if (!json_is_object(graph))
		return fail(E_FORMAT, "no graph in it: want weights imported "
		    "from a .tflite");
	g->n = json_array_size(ops);
	if (g->n > OPS_MOST)
		return fail(E_LIMIT, "%zu operators, want at most %d", g->n,
		    OPS_MOST);
	g->index = json_object();
	g->value = arena_calloc(g->arena, g->n + 1, sizeof *g->value);
	g->op = arena_calloc(g->arena, g->n, sizeof *g->op);
	if (!g->index || !g->value || !g->op)
		return fail(E_NOMEM, "no memory for %zu operators", g->n);
	TRY(plan_input(g, json_object_get(graph, "inputs")));
	TRY(plan_ops(g, ops));
	TRY(plan_outputs(g, json_object_get(graph, "outputs")));
	return take_memory(g);
}

/* ---- use ---- */

enum status
netgraph_open(struct netgraph **out, const struct weights *w)
{
	struct netgraph *g = calloc(1, sizeof *g);

	if (!g)
		return fail(E_NOMEM, "no memory for a network");
	g->w = w;
	enum status st = arena_new(&g->arena, MOST);

	if (st == OK)
		st = plan(g);
	g->w = NULL;
	json_decref(g->index);
	g->index = NULL;
	if (st == OK)
		*out = g;
	else
		netgraph_close(g);
	return st;
}

void
netgraph_close(struct netgraph *g)
{
	if (!g)
		return;
	arena_free(g->arena);
	free(g);
}

const struct tensor *
netgraph_input(const struct netgraph *g)
{
	return &g->value[0].t;
}

void
netgraph_run(struct netgraph *g)
{
	for (size_t i = 0; i < g->n; i++)
		g->op[i].run(&g->op[i], g);
}

size_t
netgraph_count(const struct netgraph *g)
{
	return g->outputs;
}

const struct tensor *
netgraph_output(const struct netgraph *g, size_t i)
{
	return &g->value[g->output[i]].t;
}

const char *
netgraph_name(const struct netgraph *g, size_t i)
{
	return g->name[i];
}

enum status
netgraph_want(const struct tensor **t, const struct netgraph *g,
    const char *name, int rank, const size_t *dim)
{
	char is[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];
	size_t i = 0;

	tensor_text(want, sizeof want, DT_F4, rank, dim);
	while (i < g->outputs && strcmp(g->name[i], name) != 0)
		i++;
	if (i == g->outputs)
		return fail(E_SHAPE, "output %s: missing, want %s", name,
		    want);
	*t = netgraph_output(g, i);
	return tensor_is(*t, DT_F4, rank, dim) ? OK : fail(E_SHAPE,
	    "output %s: %s, want %s", name, tensor_text(is, sizeof is, DT_F4,
	    (*t)->rank, (*t)->dim), want);
}

double
netgraph_macs(const struct netgraph *g)
{
	return g->macs;
}

size_t
netgraph_bytes(const struct netgraph *g)
{
	return arena_peak(g->arena);
}
