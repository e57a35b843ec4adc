#include "nets/inception.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tensor/stats.h"

#define EPS 1e-3	/* of the batch norms */

/* ---- weights ---------------------------------------------------------- */

/* The array "inception.X.PART", where the parameter is "inception.X.weight". */
static enum status
published(const float **x, const struct param *p, const char *part, int rank,
    size_t len, struct tensor *t, params_finder *find, void *arg)
{
	char name[128];
	int base = (int)(strrchr(p->name, '.') - p->name);

	snprintf(name, sizeof name, "%.*s.%s", base, p->name, part);
	const struct tensor *found = find(arg, name);

	if (!found)
		return fail(E_SHAPE, "parameter %s: missing", name);
	if (found->dtype != DT_F4 || found->rank != rank ||
	    found->dim[0] != p->dim[0] || tensor_len(found) != len)
		return fail(E_SHAPE, "parameter %s: %zu values in %d "
		    "dimensions, want %zu in %d", name, tensor_len(found),
		    found->rank, len, rank);
	enum status st = tensor_check(found, -INFINITY, INFINITY, false);

	if (st != OK)
		return fail_in(st, "parameter %s", name);
	/* find may use one struct for all that it gives */
	*t = *found;
	*x = t->data;
	return OK;
}

/* (o,c,kh,kw) to (o,c,k,k), or to (o, kh kw c, 1, 1) behind g_taps. */
static void
fold_kernel(float *to, const float *w, const struct tensor *t, double scale)
{
	size_t c = t->dim[1], taps = t->dim[2] * t->dim[3];
	bool square = t->dim[2] == t->dim[3];

	for (size_t i = 0; i < c; i++)
		for (size_t k = 0; k < taps; k++)
			to[square ? i * taps + k : k * c + i] =
			    (float)(scale * w[i * taps + k]);
}

static enum status
fold(struct param *weight, struct param *bias, params_finder *find, void *arg)
{
	size_t o = weight->dim[0], in = weight->len / o;
	const float *w, *gamma, *beta, *mean, *var;
	struct tensor kernel, t;

	TRY(published(&w, weight, "conv.weight", 4, weight->len, &kernel,
	    find, arg));
	TRY(published(&gamma, weight, "bn.weight", 1, o, &t, find, arg));
	TRY(published(&beta, weight, "bn.bias", 1, o, &t, find, arg));
	TRY(published(&mean, weight, "bn.running_mean", 1, o, &t, find, arg));
	TRY(published(&var, weight, "bn.running_var", 1, o, &t, find, arg));
	for (size_t k = 0; k < o; k++) {
		double scale = gamma[k] / sqrt(var[k] + EPS);

		fold_kernel(weight->x + k * in, w + k * in, &kernel, scale);
		bias->x[k] = (float)(beta[k] - mean[k] * scale);
	}
	return OK;
}

enum status
inception_bind(struct params *ps, struct arena *a, params_finder *find,
    void *arg)
{
	struct graph *dry;

	TRY(graph_new(&dry, GRAPH_DRY, ps));
	inception_run(dry, INCEPTION_TF, g_input(dry, 1, INCEPTION_SIDE,
	    INCEPTION_SIDE, 3, NULL, false));
	enum status st = graph_status(dry);

	graph_free(dry);
	TRY(st);
	for (size_t i = 0; i < params_count(ps); i++) {
		struct param *p = params_at(ps, i);

		p->x = arena_alloc(a, p->len * sizeof *p->x);
		if (!p->x)
			return E_NOMEM;
	}
	/* A kernel and its bias follow each other. */
	for (size_t i = 0; i + 1 < params_count(ps); i += 2)
		TRY(fold(params_at(ps, i), params_at(ps, i + 1), find, arg));
	return OK;
}

/* ---- the network ------------------------------------------------------ */

/* Of a block: its input, and the branches that are concatenated. */
struct block {
	struct graph *g;
	enum inception kind;
	struct var *x;
	struct var *branch[6];
	size_t n;
};

/* y behind x, which ends unless it is the block's input. */
static struct var *
after(struct block *b, struct var *x, struct var *y)
{
	if (x != b->x)
		g_done(b->g, x);
	return y;
}

static struct var *
conv(struct block *b, struct var *x, const char *name, struct g_conv o)
{
	o.post = NN_ACT_LRELU;
	return after(b, x, g_conv(b->g, x, name, o));
}

static struct var *
conv1(struct block *b, struct var *x, const char *name, size_t o)
{
	return conv(b, x, name, (struct g_conv){ .o = o, .k = 1 });
}

/* k x k, the same size. */
static struct var *
convk(struct block *b, struct var *x, const char *name, size_t o, size_t k)
{
	return conv(b, x, name, (struct g_conv){ .o = o, .k = k,
	    .pad = k / 2 });
}

/* 3x3, half the size. */
static struct var *
half3(struct block *b, struct var *x, const char *name, size_t o)
{
	return conv(b, x, name, (struct g_conv){ .o = o, .k = 3,
	    .stride = 2 });
}

/* kh x kw, the same size; x is kept where two convolutions read it. */
static struct var *
line(struct block *b, struct var *x, const char *name, size_t o, size_t kh,
    size_t kw)
{
	struct var *taps = g_taps(b->g, x, kh, kw);

	return conv1(b, taps, name, o);
}

static struct var *
across(struct block *b, struct var *x, const char *name, size_t o)
{
	return after(b, x, line(b, x, name, o, 1, 7));
}

static struct var *
down(struct block *b, struct var *x, const char *name, size_t o)
{
	return after(b, x, line(b, x, name, o, 7, 1));
}

static void
branch(struct block *b, struct var *y)
{
	b->branch[b->n++] = y;
}

/* The branch of a pool and a 1x1 convolution. */
static void
branch_pool(struct block *b, size_t o, enum nn_pool_kind kind)
{
	struct var *y = g_pool(b->g, b->x, (struct g_pool){ .k = 3,
	    .stride = 1, .pad = 1, .kind = kind });

	branch(b, conv1(b, y, "branch_pool", o));
}

static enum nn_pool_kind
mean_kind(const struct block *b)
{
	return b->kind == INCEPTION_TF ? NN_POOL_MEAN_INSIDE : NN_POOL_MEAN;
}

static void
block_a(struct block *b, size_t pool)
{
	struct var *y;

	branch(b, conv1(b, b->x, "branch1x1", 64));
	y = conv1(b, b->x, "branch5x5_1", 48);
	branch(b, convk(b, y, "branch5x5_2", 64, 5));
	y = conv1(b, b->x, "branch3x3dbl_1", 64);
	y = convk(b, y, "branch3x3dbl_2", 96, 3);
	branch(b, convk(b, y, "branch3x3dbl_3", 96, 3));
	branch_pool(b, pool, mean_kind(b));
}

static void
block_b(struct block *b, size_t unused)
{
	struct var *y;

	(void)unused;
	branch(b, half3(b, b->x, "branch3x3", 384));
	y = conv1(b, b->x, "branch3x3dbl_1", 64);
	y = convk(b, y, "branch3x3dbl_2", 96, 3);
	branch(b, half3(b, y, "branch3x3dbl_3", 96));
	branch(b, g_maxpool(b->g, b->x, 3, 2));
}

static void
block_c(struct block *b, size_t c)
{
	struct var *y;

	branch(b, conv1(b, b->x, "branch1x1", 192));
	y = conv1(b, b->x, "branch7x7_1", c);
	y = across(b, y, "branch7x7_2", c);
	branch(b, down(b, y, "branch7x7_3", 192));
	y = conv1(b, b->x, "branch7x7dbl_1", c);
	y = down(b, y, "branch7x7dbl_2", c);
	y = across(b, y, "branch7x7dbl_3", c);
	y = down(b, y, "branch7x7dbl_4", c);
	branch(b, across(b, y, "branch7x7dbl_5", 192));
	branch_pool(b, 192, mean_kind(b));
}

static void
block_d(struct block *b, size_t unused)
{
	struct var *y;

	(void)unused;
	y = conv1(b, b->x, "branch3x3_1", 192);
	branch(b, half3(b, y, "branch3x3_2", 320));
	y = conv1(b, b->x, "branch7x7x3_1", 192);
	y = across(b, y, "branch7x7x3_2", 192);
	y = down(b, y, "branch7x7x3_3", 192);
	branch(b, half3(b, y, "branch7x7x3_4", 192));
	branch(b, g_maxpool(b->g, b->x, 3, 2));
}

/* last: the block whose pool is a maximum in TensorFlow's. */
static void
block_e(struct block *b, size_t last)
{
	struct var *y;

	branch(b, conv1(b, b->x, "branch1x1", 320));
	y = conv1(b, b->x, "branch3x3_1", 384);
	branch(b, line(b, y, "branch3x3_2a", 384, 1, 3));
	branch(b, line(b, y, "branch3x3_2b", 384, 3, 1));
	g_done(b->g, y);
	y = conv1(b, b->x, "branch3x3dbl_1", 448);
	y = convk(b, y, "branch3x3dbl_2", 384, 3);
	branch(b, line(b, y, "branch3x3dbl_3a", 384, 1, 3));
	branch(b, line(b, y, "branch3x3dbl_3b", 384, 3, 1));
	g_done(b->g, y);
	branch_pool(b, 192, last && b->kind == INCEPTION_TF ? NN_POOL_MAX :
	    mean_kind(b));
}

static const struct {
	const char *name;
	void (*run)(struct block *b, size_t c);
	size_t c;
} mixed[] = {
	{ "Mixed_5b", block_a, 32 }, { "Mixed_5c", block_a, 64 },
	{ "Mixed_5d", block_a, 64 }, { "Mixed_6a", block_b, 0 },
	{ "Mixed_6b", block_c, 128 }, { "Mixed_6c", block_c, 160 },
	{ "Mixed_6d", block_c, 160 }, { "Mixed_6e", block_c, 192 },
	{ "Mixed_7a", block_d, 0 }, { "Mixed_7b", block_e, 0 },
	{ "Mixed_7c", block_e, 1 },
};

static struct var *
stem(struct block *b)
{
	struct var *y = half3(b, b->x, "Conv2d_1a_3x3", 32);

	y = conv(b, y, "Conv2d_2a_3x3", (struct g_conv){ .o = 32, .k = 3 });
	y = convk(b, y, "Conv2d_2b_3x3", 64, 3);
	y = after(b, y, g_maxpool(b->g, y, 3, 2));
	y = conv1(b, y, "Conv2d_3b_1x1", 80);
	y = conv(b, y, "Conv2d_4a_3x3", (struct g_conv){ .o = 192, .k = 3 });
	return after(b, y, g_maxpool(b->g, y, 3, 2));
}

struct var *
inception_run(struct graph *g, enum inception kind, struct var *x)
{
	struct block b = { .g = g, .kind = kind, .x = x };

	g_push(g, "inception");
	struct var *y = stem(&b);

	for (size_t i = 0; i < sizeof mixed / sizeof *mixed; i++) {
		b.x = y;
		b.n = 0;
		g_push(g, "%s", mixed[i].name);
		mixed[i].run(&b, mixed[i].c);
		y = g_concat(g, b.branch, b.n);
		for (size_t k = 0; k < b.n; k++)
			g_done(g, b.branch[k]);
		g_done(g, b.x);
		g_pop(g);
	}
	struct var *mean = g_mean_pixels(g, y);

	g_done(g, y);
	g_pop(g);
	return mean;
}
