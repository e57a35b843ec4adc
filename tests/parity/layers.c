/*
 * Every op of the graph, and with it every layer, against PyTorch: values
 * and gradients of inputs and parameters. Files by make_parity.py.
 */
#include "parity.h"

#include "math/team.h"

#define MOST_INPUTS 3

/* 3x3 at 32 channels or more is Winograd's: judged against the rms. */
static bool
winograd(const json_t *c, const struct var *x)
{
	return strcmp(json_string_value(json_object_get(c, "op")), "conv") ==
	    0 && json_integer_value(json_object_get(c, "k")) == 3 &&
	    !json_is_true(json_object_get(c, "transposed")) && x->c >= 32;
}

static bool
flag(const json_t *c, const char *key)
{
	return json_is_true(json_object_get(c, key));
}

static size_t
number(const json_t *c, const char *key)
{
	return (size_t)json_integer_value(json_object_get(c, key));
}

static bool
word(const json_t *c, const char *key, const char *w)
{
	const char *s = json_string_value(json_object_get(c, key));

	return s && strcmp(s, w) == 0;
}

static enum nn_act
act_of(const json_t *c, const char *key)
{
	return word(c, key, "tanh") ? NN_ACT_TANH :
	    word(c, key, "sigmoid") ? NN_ACT_SIGMOID :
	    word(c, key, "lrelu") || word(c, key, "relu") ? NN_ACT_LRELU :
	    NN_ACT_NONE;
}

static struct var *
conv(struct graph *g, const json_t *c, struct var **x)
{
	return g_conv(g, x[0], "conv", (struct g_conv){
	    .o = number(c, "o"), .k = number(c, "k"),
	    .stride = number(c, "stride"), .pad = number(c, "pad"),
	    .mode = word(c, "mode", "edge") ? NN_PAD_EDGE :
		word(c, "mode", "reflect") ? NN_PAD_REFLECT : NN_PAD_ZERO,
	    .transposed = flag(c, "transposed"),
	    .norm = flag(c, "norm") ? "norm" : NULL, .act = flag(c, "act"),
	    .up = flag(c, "up"), .spectral = flag(c, "spectral"),
	    .no_bias = flag(c, "no_bias"),
	    .add = flag(c, "add") ? x[1] : NULL, .post = act_of(c, "post"),
	    .post_slope = word(c, "post", "relu") ? 0 : G_SLOPE });
}

static struct var *
run(struct graph *g, const json_t *c, struct var **x, size_t n)
{
	if (word(c, "op", "conv"))
		return conv(g, c, x);
	if (word(c, "op", "attn"))
		return g_attn(g, x[0], x[1], x[2], (struct g_attn){
		    .k = number(c, "k"), .hidden = number(c, "hidden"),
		    .mean = flag(c, "mean"),
		    .relative = flag(c, "relative") });
	if (word(c, "op", "warp"))
		return g_warp(g, x[0], x[1], flag(c, "relative"));
	if (word(c, "op", "blend"))
		return g_blend(g, x[0], x[1], x[2]);
	if (word(c, "op", "mask"))
		return g_blend(g, NULL, x[0], x[1]);
	if (word(c, "op", "add"))
		return g_add(g, x[0], x[1]);
	if (word(c, "op", "concat"))
		return g_concat(g, x, n);
	if (word(c, "op", "slice"))
		return g_slice(g, x[0], number(c, "first"), number(c, "c"));
	if (word(c, "op", "views"))
		return g_views(g, x[0], number(c, "first"), number(c, "n"));
	if (word(c, "op", "slots"))
		return g_slots(g, x[0], number(c, "slots"));
	if (word(c, "op", "mean_views"))
		return g_mean_views(g, x[0]);
	if (word(c, "op", "mean_pixels"))
		return g_mean_pixels(g, x[0]);
	if (word(c, "op", "spread"))
		return g_spread(g, x[0], x[1]);
	if (word(c, "op", "up2"))
		return g_up2(g, x[0]);
	if (word(c, "op", "avgpool2"))
		return g_avgpool2(g, x[0]);
	if (word(c, "op", "maxpool"))
		return g_maxpool(g, x[0], number(c, "k"), number(c, "stride"));
	if (word(c, "op", "act"))
		return g_act(g, x[0], act_of(c, "act"), G_SLOPE);
	if (word(c, "op", "flow_learned"))
		return g_flow_learned(g, x[0], number(c, "kh"),
		    number(c, "kw"));
	if (word(c, "op", "param"))
		return g_param(g, "map", number(c, "h"), number(c, "w"),
		    number(c, "c"), 1);
	bail("an op that this test does not know");
}

/* Parameters as floats, in memory of their own: spectral norm writes. */
static const struct tensor *
find(void *arg, const char *name)
{
	struct sample *s = arg;
	static struct tensor t;
	char full[128];

	snprintf(full, sizeof full, "w.%s", name);
	const struct tensor *w = array(s, full);

	if (!w)
		return NULL;
	if (tensor_alloc(&t, s->arena, DT_F4, w->rank, w->dim) != OK)
		bail(name);
	tensor_to_float(t.data, w, 0, tensor_len(w));
	return &t;
}

static size_t
inputs(struct graph *g, const struct sample *s, struct var **x)
{
	for (size_t i = 0; i < MOST_INPUTS; i++) {
		char name[32];

		snprintf(name, sizeof name, "x%zu", i);
		const struct tensor *t = array(s, name);

		if (!t)
			return i;
		x[i] = g_input(g, t->dim[0], t->dim[1], t->dim[2], t->dim[3],
		    t->data, true);
	}
	return MOST_INPUTS;
}

/* The worst of all comparisons of a case, as a fraction of its limit. */
struct verdict {
	double worst;
	char what[128];
};

static void
judge(struct verdict *v, const char *what, struct diff d, bool fast)
{
	double limit = fast ? 1e-3 * d.rms : 1e-4 * d.max;
	double part = !d.same_size ? INFINITY : d.err <= 1e-7 ? 0 :
	    d.err / limit;

	if (part > v->worst) {
		v->worst = part;
		snprintf(v->what, sizeof v->what, "%s", what);
	}
}

static void
one(struct sample *s)
{
	json_t *c = object(s, "case");
	struct params *ps;
	struct graph *g;
	struct var *x[MOST_INPUTS] = { NULL };
	struct verdict v = { 0, "nothing" };
	enum status st;

	/* Dry for the list of parameters, then for true. */
	if (params_new(&ps) != OK || graph_new(&g, GRAPH_DRY, ps) != OK)
		bail("dry");
	size_t n = inputs(g, s, x);

	run(g, c, x, n);
	if (graph_status(g) != OK)
		bail("dry run");
	graph_free(g);
	if (params_bind(ps, find, s) != OK || params_grads(ps) != OK ||
	    graph_new(&g, GRAPH_TRAIN, ps) != OK)
		bail(s->key);
	inputs(g, s, x);
	struct var *out = run(g, c, x, n);
	bool fast = winograd(c, x[0]);

	if ((st = graph_status(g)) == OK) {
		judge(&v, "out", differ(out->x, var_len(out),
		    array(s, "out")), fast);
		g_seed(g, out, array(s, "dout")->data);
		st = graph_backward(g);
	}
	if (st != OK)
		bail(s->key);
	for (size_t i = 0; i < n; i++) {
		char name[32];

		snprintf(name, sizeof name, "dx%zu", i);
		struct diff d = differ(x[i]->dx ? x[i]->dx : x[i]->x,
		    var_len(x[i]), array(s, name));

		/* What the output does not depend on has no gradient. */
		if (!x[i]->dx)
			d.err = d.max;
		judge(&v, name, d, fast);
	}
	for (size_t i = 0; i < params_count(ps); i++) {
		const struct param *p = params_at(ps, i);
		char name[128];

		if (p->state)
			continue;
		snprintf(name, sizeof name, "dw.%s", p->name);
		judge(&v, name, differ(p->dx, p->len, array(s, name)), fast);
	}
	ok(v.worst <= 1, "%s: %s at %.2g of its limit", s->key, v.what,
	    v.worst);
	graph_free(g);
	params_free(ps);
	json_decref(c);
}

int
main(void)
{
	team_begin(1);
	each("layers.tar.zst", one);
	return done();
}
