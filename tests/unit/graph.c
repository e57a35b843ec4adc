/*
 * The graph: the list of parameters from a dry run, errors that stick,
 * memory that is reused, gradients that add up where a value is used twice.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "../tap.h"
#include "graph/graph.h"
#include "graph/pool.h"
#include "math/rng.h"
#include "math/team.h"

#define H 6
#define W 5
#define C 4

/* Some of everything: a residual block, its input used three times. */
static struct var *
net(struct graph *g, struct var *x)
{
	g_push(g, "a");
	struct var *y = g_conv(g, x, "conv1", (struct g_conv){ .o = C, .k = 3,
	    .pad = 1, .norm = "norm1", .act = true });
	struct var *z = g_conv(g, y, "conv2", (struct g_conv){ .o = C, .k = 1,
	    .act = true, .add = x });

	g_done(g, y);
	struct var *s = g_add(g, z, x);

	g_done(g, z);
	struct var *t = g_act(g, s, NN_ACT_TANH, 0);

	g_done(g, s);
	g_pop(g);
	return t;
}

static void
lists(void)
{
	struct params *ps;
	struct graph *g;
	const char *want[] = { "a.norm1.weight", "a.norm1.bias",
	    "a.conv1.weight", "a.conv1.bias", "a.conv2.weight",
	    "a.conv2.bias" };
	bool good = true;

	if (params_new(&ps) != OK || graph_new(&g, GRAPH_DRY, ps) != OK)
		return;
	struct var *y = net(g, g_input(g, 1, H, W, C, NULL, false));

	ok(graph_status(g) == OK && y->h == H && y->c == C && !y->x,
	    "a dry run has shapes and no values");
	for (size_t i = 0; i < 6; i++)
		good &= i < params_count(ps) &&
		    strcmp(params_at(ps, i)->name, want[i]) == 0;
	ok(good && params_count(ps) == 6, "it lists the parameters in order");
	ok(params_total(ps, "a.conv1") == 9 * C * C + C &&
	    params_find(ps, "a.conv2.weight")->dim[2] == 1 &&
	    !params_find(ps, "a.conv3.weight"), "with their shapes");
	ok(graph_tally(g)->n == 1 && strcmp(graph_tally(g)->row[0].net, "a")
	    == 0 && graph_tally(g)->row[0].macs == 10 * C * C * H * W,
	    "and counts multiply-adds");

	/* The same name in another shape. */
	graph_reset(g);
	g_push(g, "a");
	g_conv(g, g_input(g, 1, H, W, C + 1, NULL, false), "conv1",
	    (struct g_conv){ .o = C, .k = 3, .pad = 1 });
	ok(graph_status(g) == E_SHAPE && strstr(status_detail(),
	    "parameter a.conv1.weight: f4 (4,5,3,3), want f4 (4,4,3,3)"),
	    "one name, two shapes: %s", status_detail());
	graph_free(g);
	params_free(ps);
}

static struct params *
made(void)
{
	struct params *ps;
	struct graph *g;

	if (params_new(&ps) != OK || graph_new(&g, GRAPH_DRY, ps) != OK)
		return NULL;
	net(g, g_input(g, 1, H, W, C, NULL, false));
	graph_free(g);
	return params_init(ps, 1) == OK ? ps : NULL;
}

static const struct tensor *
no_tensor(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return NULL;
}

static const struct tensor *
flat_tensor(void *arg, const char *name)
{
	(void)name;
	return arg;
}

static void
binds(void)
{
	struct params *ps = made();
	float x[1];
	struct tensor t = { DT_F4, 1, { 1 }, x };
	struct graph *g;

	ok(params_bind(ps, no_tensor, NULL) == E_SHAPE &&
	    strcmp(status_detail(), "parameter a.norm1.weight: missing") == 0,
	    "a parameter that is not there: %s", status_detail());
	ok(params_bind(ps, flat_tensor, &t) == E_SHAPE &&
	    strcmp(status_detail(), "parameter a.norm1.weight: f4 (1,), want "
	    "f4 (4,)") == 0, "one of another shape: %s", status_detail());

	/* A network that wants more than the list has. */
	if (graph_new(&g, GRAPH_INFER, ps) != OK)
		return;
	static float in[H * W * C];
	struct var *y = g_conv(g, g_input(g, 1, H, W, C, in, false), "b",
	    (struct g_conv){ .o = 1, .k = 1 });

	ok(y->n == 0 && !y->x, "the op that fails gives an empty value");
	y = net(g, y);
	ok(y->n == 0 && graph_status(g) == E_SHAPE && strcmp(status_detail(),
	    "parameter b.weight: missing") == 0, "and the first error stays: "
	    "%s", status_detail());
	graph_reset(g);
	y = net(g, g_input(g, 1, H, W, C, in, false));
	ok(graph_status(g) == OK && y->x, "until graph_reset");
	graph_reset(g);
	g_push(g, "a");
	g_conv(g, g_input(g, 1, 1, 1, C, in, false), "conv1",
	    (struct g_conv){ .o = C, .k = 3 });
	ok(graph_status(g) == E_SHAPE && strncmp(status_detail(),
	    "a.conv1: a map of 1x1 is too small", 34) == 0, "%s",
	    status_detail());
	graph_free(g);
	params_free(ps);
}

static void
same_init(void)
{
	struct params *a = made(), *b = made(), *c = made();
	bool same = true, other = false;

	if (params_init(c, 2) != OK)
		return;
	for (size_t i = 0; i < params_count(a); i++) {
		const struct param *p = params_at(a, i);

		same &= memcmp(p->x, params_at(b, i)->x,
		    p->len * sizeof *p->x) == 0;
		other |= memcmp(p->x, params_at(c, i)->x,
		    p->len * sizeof *p->x) != 0;
	}
	ok(same && other, "one seed, the same values; another, others");
	params_free(a);
	params_free(b);
	params_free(c);
}

/* <out, d>, in double. */
static double
loss(struct params *ps, const float *x, const float *d)
{
	struct graph *g;
	double sum = 0;

	if (graph_new(&g, GRAPH_INFER, ps) != OK)
		return NAN;
	struct var *y = net(g, g_input(g, 1, H, W, C, x, false));

	for (size_t i = 0; i < var_len(y); i++)
		sum += (double)y->x[i] * d[i];
	graph_free(g);
	return sum;
}

/* Along the gradient the loss changes by its squared length. */
static void
gradients(void)
{
	enum { N = H * W * C };
	struct params *ps = made();
	struct rng r = rng_seed(3, 0);
	float x[N], d[N], moved[N];
	struct graph *g;
	double square = 0, step = 1e-2;

	rng_fill_normal(&r, x, N, 1);
	rng_fill_normal(&r, d, N, 1);
	if (params_grads(ps) != OK || graph_new(&g, GRAPH_TRAIN, ps) != OK)
		return;
	struct var *in = g_input(g, 1, H, W, C, x, true), *y = net(g, in);

	g_seed(g, y, d);
	if (!ok(graph_backward(g) == OK && in->dx, "backward"))
		return;
	for (size_t i = 0; i < N; i++)
		square += (double)in->dx[i] * in->dx[i];
	for (size_t i = 0; i < N; i++)
		moved[i] = x[i] + (float)(step * in->dx[i] / sqrt(square));
	double up = loss(ps, moved, d);

	for (size_t i = 0; i < N; i++)
		moved[i] = x[i] - (float)(step * in->dx[i] / sqrt(square));
	double slope = (up - loss(ps, moved, d)) / (2 * step);

	ok(fabs(slope - sqrt(square)) < 1e-3 * sqrt(square),
	    "a value used three times: slope %.6f, gradient %.6f", slope,
	    sqrt(square));

	/* As an adversary: the input's gradient is the same, no other is. */
	float kept[N];
	bool still = true;

	memcpy(kept, in->dx, sizeof kept);
	if (params_grads(ps) != OK)
		return;
	graph_reset(g);
	in = g_input(g, 1, H, W, C, x, true);
	g_freeze(g, true);
	y = net(g, in);
	g_freeze(g, false);
	g_seed(g, y, d);
	ok(graph_backward(g) == OK && in->dx &&
	    memcmp(kept, in->dx, sizeof kept) == 0, "frozen: the way through");
	for (size_t i = 0; i < params_count(ps); i++)
		for (size_t j = 0; j < params_at(ps, i)->len; j++)
			still &= params_at(ps, i)->dx[j] == 0;
	ok(still, "frozen: nothing learnt");

	/* Frozen parameters, and an input whose gradient nobody wants. */
	for (size_t i = 0; i < params_count(ps); i++)
		params_at(ps, i)->dx = NULL;
	graph_reset(g);
	in = g_input(g, 1, H, W, C, x, false);
	y = net(g, in);
	ok(!y->wants && graph_backward(g) == OK, "nothing wanted, no tape");
	graph_free(g);
	params_free(ps);
}

static void
reuse(void)
{
	struct params *ps = made();
	struct graph *infer, *train;
	static float x[H * W * C];

	if (graph_new(&infer, GRAPH_INFER, ps) != OK ||
	    graph_new(&train, GRAPH_TRAIN, ps) != OK)
		return;
	for (int i = 0; i < 8; i++) {
		struct var *v = g_input(infer, 1, H, W, C, x, false),
		    *w = g_input(train, 1, H, W, C, x, true);

		for (int k = 0; k < 20; k++) {
			struct var *a = net(infer, v);

			w = net(train, w);
			g_done(infer, v);
			v = a;
		}
		if (i == 0)
			ok(graph_peak(infer) < graph_peak(train) / 8,
			    "inference holds %zu bytes, training %zu",
			    graph_peak(infer), graph_peak(train));
		graph_reset(infer);
		graph_reset(train);
	}
	size_t peak = graph_peak(infer);
	struct var *v = g_input(infer, 1, H, W, C, x, false);

	net(infer, v);
	ok(graph_peak(infer) == peak, "and takes no more later");
	graph_free(infer);
	graph_free(train);
	params_free(ps);
}

/*
 * Random gets and puts; every piece keeps what was written to it. Large ones
 * are more than the arena's first chunk: the pool lies in several places.
 */
static void
pieces(size_t most, int calls)
{
	enum { N = 64 };
	struct pool *p;
	struct rng r = rng_seed(9, 0);
	struct { unsigned char *x; size_t n; } held[N] = { { NULL, 0 } };
	bool good = true;
	size_t peak = 0;

	if (pool_new(&p, (size_t)1 << 30) != OK)
		return;
	for (int round = 0; round < 3; round++) {
		struct rng again = r;

		for (int i = 0; i < calls; i++) {
			size_t k = rng_below(&again, N);

			if (held[k].x) {
				for (size_t j = 0; j < held[k].n; j += 1 + most / 50000)
					good &= held[k].x[j] == k;
				pool_put(p, held[k].x);
				held[k].x = NULL;
				continue;
			}
			held[k].n = rng_below(&again, most);
			held[k].x = pool_get(p, held[k].n);
			good &= held[k].x && (uintptr_t)held[k].x % 64 == 0;
			memset(held[k].x, (int)k, held[k].n);
		}
		if (round == 0)
			peak = pool_peak(p);
		pool_reset(p);
		memset(held, 0, sizeof held);
	}
	ok(good, "%d pieces below %zu bytes: aligned and apart", calls, most);
	ok(pool_peak(p) == peak, "the same calls again take no more");
	ok(pool_used(p) == 0 && !pool_get(p, (size_t)1 << 40) &&
	    strstr(status_detail(), "limit"), "too much: %s",
	    status_detail());
	pool_free(p);
}

/* The slope of a spectral weight, with a step of another graph between. */
static bool
spectral_slope(float *dw, bool another)
{
	static const struct g_conv o = { .o = 3, .k = 3, .spectral = true };
	struct rng r = rng_seed(4, 0);
	struct params *ps;
	struct graph *dry, *g, *h;
	float x[H * W * C], dout[(H - 2) * (W - 2) * 3];

	rng_fill_normal(&r, x, H * W * C, 1);
	rng_fill_normal(&r, dout, (H - 2) * (W - 2) * 3, 1);
	if (params_new(&ps) != OK || graph_new(&dry, GRAPH_DRY, ps) != OK)
		return false;
	g_conv(dry, g_input(dry, 1, H, W, C, NULL, false), "d", o);
	if (params_init(ps, 1) != OK || params_grads(ps) != OK ||
	    graph_new(&g, GRAPH_TRAIN, ps) != OK ||
	    graph_new(&h, GRAPH_TRAIN, ps) != OK)
		return false;
	g_seed(g, g_conv(g, g_input(g, 1, H, W, C, x, false), "d", o), dout);
	if (another)
		g_conv(h, g_input(h, 1, H, W, C, x, false), "d", o);
	bool good = graph_backward(g) == OK && graph_status(h) == OK;

	memcpy(dw, params_find(ps, "d.weight")->dx, 27 * C * sizeof *dw);
	graph_free(dry);
	graph_free(g);
	graph_free(h);
	params_free(ps);
	return good;
}

/* A graph goes back by the norm that it came by, however far that has moved. */
static void
spectral(void)
{
	float one[27 * C] = { 0 }, two[27 * C] = { 0 };

	bool ran = spectral_slope(one, false) && spectral_slope(two, true);

	ok(ran && memcmp(one, two, sizeof one) == 0, "the gradient of a spectral norm "
	    "is that of its own step # %g %g", one[5], two[5]);
}

int
main(void)
{
	team_begin(1);
	lists();
	binds();
	same_init();
	gradients();
	reuse();
	spectral();
	pieces(5000, 4000);
	pieces(4 << 20, 1000);
	return done();
}
