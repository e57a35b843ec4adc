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

/* Evidence and what lies behind it; *behind NULL where it is not read. */
static struct var *
look(struct graph *g, const struct unet_recipe *r,
    const struct evidence_in *in, struct var **behind)
{
	struct var *e = evidence(g, in, unet_side(r));

	*behind = r->behind ? evidence_behind(g, e, in) : NULL;
	return e;
}

/* What the coarse network reads, at its size. Ends e and behind. */
static struct var *
input(struct graph *g, const struct unet_recipe *r, struct var *e,
    struct var *behind)
{
	struct var *x[3] = { e };
	size_t n = 1;

	if (r->constant)
		x[n++] = g_param(g, "constant", r->size, r->size, r->constant,
		    CONSTANT_DEVIATION);
	/* Last, so that weights without it can begin one with it. */
	if (behind)
		x[n++] = behind;
	if (n == 1)
		return e;
	struct var *all = g_concat(g, x, n);

	g_done(g, e);
	if (behind)
		g_done(g, behind);
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

/* Down to the bottleneck and back: the last feature, (1,size,size,width). */
static struct var *
down_and_up(struct graph *g, const struct unet_recipe *r, struct var *in)
{
	struct var *skip[MOST_HALVINGS], *x = conv(g, in, "enc0", width(r, 0), 1);
	size_t n = r->halvings;

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
	return y;
}

/* The answers of a feature, each added to what is there. Ends y and those. */
static struct unet_out
answer(struct graph *g, const struct unet_recipe *r, struct var *y,
    const struct unet_out *to)
{
	const struct g_conv o = { .k = 3, .pad = 1, .gain = OUT_GAIN };
	const struct { const char *name; bool wanted; size_t c; } head[] = {
		{ "out", true, 3 }, { "doubt", r->doubt, 1 },
		{ "kinds", r->kinds > 0, r->kinds } };
	struct var *const old[] = { to->t, to->doubt, to->kinds };
	struct var *x[3] = { NULL };

	for (int i = 0; i < 3; i++) {
		struct g_conv h = o;

		if (!head[i].wanted)
			continue;
		h.o = head[i].c;
		h.add = old[i];
		x[i] = g_conv(g, y, head[i].name, h);
		if (old[i])
			g_done(g, old[i]);
	}
	g_done(g, y);
	return (struct unet_out){ x[0], x[1], x[2] };
}

static struct var *
twice(struct graph *g, struct var *x)
{
	struct var *y = x ? g_up2(g, x) : NULL;

	if (x)
		g_done(g, x);
	return y;
}

/*
 * The stage at twice the size: what the coarse network said and its last feature, beside the
 * evidence at full size, through two convolutions. Where the photo shows a texel or its
 * mirror, that is where detail comes from. Ends all of them.
 */
static struct unet_out
refine(struct graph *g, const struct unet_recipe *r, struct unet_out said,
    struct var *y, struct var *e, struct var *behind)
{
	struct var *x[4] = { e, twice(g, y) };
	size_t n = 2;

	said = (struct unet_out){ twice(g, said.t), twice(g, said.doubt),
		twice(g, said.kinds) };
	x[n++] = said.t;
	if (behind)
		x[n++] = behind;
	g_push(g, "fine");
	struct var *all = g_concat(g, x, n);

	for (size_t i = 0; i < n; i++)
		if (x[i] != said.t)
			g_done(g, x[i]);
	struct var *z = conv(g, all, "conv1", r->fine, 1);

	said = answer(g, r, conv(g, z, "conv2", r->fine, 1), &said);
	g_pop(g);
	return said;
}

struct unet_out
unet(struct graph *g, const struct unet_recipe *r,
    const struct evidence_in *in)
{
	const size_t side = unet_side(r);
	struct var *behind, *coarse_behind = NULL;

	g_push(g, "unet");
	struct var *e = look(g, r, in, &behind), *coarse = e;

	if (r->fine) {
		coarse = evidence_half(g, e);
		coarse_behind = behind ? evidence_half(g, behind) : NULL;
	} else {
		coarse_behind = behind;
	}
	struct var *y = down_and_up(g, r, input(g, r, coarse, coarse_behind));

	if (r->fine)
		g_keep(y);
	struct unet_out out = answer(g, r, y, &(struct unet_out){ 0 });

	if (r->fine)
		out = refine(g, r, out, y, e, behind);
	g_pop(g);
	if (r->unwrap) {
		struct var *from = g_input(g, 1, side, side, 3,
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
