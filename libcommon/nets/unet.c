#include "nets/unet.h"

#include <stdio.h>

#define MOST_HALVINGS 8
#define AFTER_ACT 1.4142135623730951
#define OUT_GAIN 0.1
#define CONSTANT_DEVIATION 0.5

/* LeakyReLU(conv3x3(x)), here behind the convolution. Ends x. */
static struct var *
conv(struct graph *g, struct var *x, const char *name, size_t o,
    size_t stride)
{
	struct var *y = g_conv(g, x, name, (struct g_conv){ .o = o, .k = 3,
	    .stride = stride, .pad = 1, .post = NN_ACT_LRELU,
	    .post_slope = G_SLOPE, .gain = AFTER_ACT });

	g_done(g, x);
	return y;
}

/* w 2w 4w 4w 4w ... */
static size_t
width(const struct unet_recipe *r, size_t level)
{
	return r->width << (level < 2 ? level : 2);
}

static struct var *
input(struct graph *g, const struct unet_recipe *r,
    const struct evidence_in *in)
{
	struct var *x[3] = { evidence(g, in, r->size) };
	size_t n = 1;

	if (r->constant)
		x[n++] = g_param(g, "constant", r->size, r->size, r->constant,
		    CONSTANT_DEVIATION);
	/* Last, so that weights without it can begin one with it. */
	if (r->behind)
		x[n++] = evidence_behind(g, x[0], in);
	if (n == 1)
		return x[0];
	struct var *all = g_concat(g, x, n);

	g_done(g, x[0]);
	return all;
}

/*
 * Charts put neighbours on the body anywhere on the map, and each always at
 * the same place. So one layer joins every place of the bottleneck with every
 * other, its weights a place's own: x + W2 lrelu(W1 x), x as one long vector.
 * Ends x.
 */
static struct var *
mix(struct graph *g, const struct unet_recipe *r, struct var *x)
{
	size_t len = x->h * x->w * x->c;

	if (!r->mix)
		return x;
	g_push(g, "mix");
	struct var *flat = g_shape(g, x, x->n, 1, 1, len);
	struct var *y = g_conv(g, flat, "conv1", (struct g_conv){
	    .o = r->mix, .k = 1, .post = NN_ACT_LRELU, .post_slope = G_SLOPE,
	    .gain = AFTER_ACT });
	struct var *z = g_conv(g, y, "conv2", (struct g_conv){ .o = len,
	    .k = 1, .add = flat, .gain = OUT_GAIN });
	struct var *out = g_shape(g, z, x->n, x->h, x->w, x->c);

	g_done(g, y);
	g_keep(z);
	g_keep(x);
	g_pop(g);
	return out;
}

struct unet_out
unet(struct graph *g, const struct unet_recipe *r,
    const struct evidence_in *in)
{
	struct var *skip[MOST_HALVINGS], *x;
	size_t n = r->halvings;

	g_push(g, "unet");
	x = conv(g, input(g, r, in), "enc0", width(r, 0), 1);
	for (size_t i = 1; i <= n; i++) {
		skip[i - 1] = x;
		g_push(g, "enc%zu", i);
		x = g_conv(g, x, "conv1", (struct g_conv){
		    .o = width(r, i), .k = 3, .stride = 2, .pad = 1,
		    .post = NN_ACT_LRELU, .post_slope = G_SLOPE,
		    .gain = AFTER_ACT });
		x = conv(g, x, "conv2", width(r, i), 1);
		if (i == n)
			x = conv(g, x, "conv3", width(r, i), 1);
		g_pop(g);
	}
	x = mix(g, r, x);
	struct var *mean = g_mean_pixels(g, x);
	struct var *v = g_conv(g, mean, "mean", (struct g_conv){ .o = x->c,
	    .k = 1 });
	struct var *y = g_spread(g, x, v);

	g_done(g, mean);
	g_done(g, v);
	g_done(g, x);
	for (size_t i = n; i-- > 0;) {
		char name[32];
		struct var *up = g_up2(g, y);
		struct var *both = g_concat(g, (struct var *[]){ up, skip[i] },
		    2);

		g_done(g, y);
		g_done(g, up);
		g_done(g, skip[i]);
		snprintf(name, sizeof name, "dec%zu", i);
		y = conv(g, both, name, width(r, i), 1);
	}
	struct unet_out out = { .t = g_conv(g, y, "out", (struct g_conv){
	    .o = 3, .k = 3, .pad = 1, .gain = OUT_GAIN }) };

	if (r->doubt)
		out.doubt = g_conv(g, y, "doubt", (struct g_conv){ .o = 1,
		    .k = 3, .pad = 1, .gain = OUT_GAIN });
	if (r->kinds)
		out.kinds = g_conv(g, y, "kinds", (struct g_conv){
		    .o = r->kinds, .k = 3, .pad = 1, .gain = OUT_GAIN });
	g_done(g, y);
	g_pop(g);
	if (r->unwrap) {
		struct var *from = g_input(g, 1, r->size, r->size, 3,
		    in->texture ? in->texture->data : NULL, false);
		struct var *t = g_add(g, out.t, from);

		g_done(g, out.t);
		g_done(g, from);
		out.t = t;
	}
	return out;
}

enum status
unet_params(struct params *ps, const struct unet_recipe *r,
    struct tally *tally)
{
	const struct tensor unwrap = { 0 };
	const struct evidence_in in = { .texture = r->unwrap ? &unwrap : NULL };
	struct graph *g;

	TRY(graph_new(&g, GRAPH_DRY, ps));
	unet(g, r, &in);
	enum status s = graph_status(g);

	if (tally)
		*tally = *graph_tally(g);
	graph_free(g);
	return s;
}
