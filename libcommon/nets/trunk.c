#include "nets/trunk.h"

#include <stdio.h>

/* The way through a network: where it stands, and the taps so far. */
struct walk {
	struct graph *g;
	struct var *x;
	bool mine;		/* x is needed for the next step only */
	struct var **tap;
	size_t taps;
};

static void
advance(struct walk *w, struct var *y)
{
	if (w->mine)
		g_done(w->g, w->x);
	w->x = y;
	w->mine = true;
}

static void
tap(struct walk *w)
{
	w->tap[w->taps++] = w->x;
	w->mine = false;
}

static struct var *
relu(struct graph *g, struct var *x, const char *name, struct g_conv o)
{
	o.post = NN_ACT_LRELU;
	return g_conv(g, x, name, o);
}

static void
conv(struct walk *w, const char *name, struct g_conv o)
{
	advance(w, relu(w->g, w->x, name, o));
}

static void
maxpool(struct walk *w, struct g_pool o)
{
	advance(w, g_pool(w->g, w->x, o));
}

static void
alexnet(struct walk *w)
{
	const struct g_pool half = { .k = 3, .stride = 2 };

	conv(w, "conv1", (struct g_conv){ .o = 64, .k = 11, .stride = 4,
	    .pad = 2 });
	tap(w);
	maxpool(w, half);
	conv(w, "conv2", (struct g_conv){ .o = 192, .k = 5, .pad = 2 });
	tap(w);
	maxpool(w, half);
	conv(w, "conv3", (struct g_conv){ .o = 384, .k = 3, .pad = 1 });
	tap(w);
	conv(w, "conv4", (struct g_conv){ .o = 256, .k = 3, .pad = 1 });
	tap(w);
	conv(w, "conv5", (struct g_conv){ .o = 256, .k = 3, .pad = 1 });
	tap(w);
}

static void
vgg16(struct walk *w)
{
	static const struct {
		size_t o, layers;
	} block[] = { { 64, 2 }, { 128, 2 }, { 256, 3 }, { 512, 3 },
	    { 512, 3 } };

	for (size_t b = 0; b < 5; b++) {
		if (b > 0)
			maxpool(w, (struct g_pool){ .k = 2, .stride = 2 });
		for (size_t i = 0; i < block[b].layers; i++) {
			char name[32];

			snprintf(name, sizeof name, "conv%zu_%zu", b + 1,
			    i + 1);
			conv(w, name, (struct g_conv){ .o = block[b].o, .k = 3,
			    .pad = 1 });
		}
		tap(w);
	}
}

/* Squeezed to few channels, and expanded by 1x1 and 3x3 side by side. */
static void
fire(struct walk *w, int n, size_t squeeze, size_t expand)
{
	g_push(w->g, "fire%d", n);
	conv(w, "squeeze", (struct g_conv){ .o = squeeze, .k = 1 });
	struct var *both[] = {
		relu(w->g, w->x, "expand1x1", (struct g_conv){ .o = expand,
		    .k = 1 }),
		relu(w->g, w->x, "expand3x3", (struct g_conv){ .o = expand,
		    .k = 3, .pad = 1 }),
	};

	advance(w, g_concat(w->g, both, 2));
	g_done(w->g, both[0]);
	g_done(w->g, both[1]);
	g_pop(w->g);
}

static void
squeezenet(struct walk *w)
{
	const struct g_pool half = { .k = 3, .stride = 2, .ceil = true };

	conv(w, "conv1", (struct g_conv){ .o = 64, .k = 3, .stride = 2 });
	tap(w);
	maxpool(w, half);
	fire(w, 2, 16, 64);
	fire(w, 3, 16, 64);
	tap(w);
	maxpool(w, half);
	fire(w, 4, 32, 128);
	fire(w, 5, 32, 128);
	tap(w);
	maxpool(w, half);
	fire(w, 6, 48, 192);
	tap(w);
	fire(w, 7, 48, 192);
	tap(w);
	fire(w, 8, 64, 256);
	tap(w);
	fire(w, 9, 64, 256);
	tap(w);
}

static const struct {
	const char *name;
	void (*run)(struct walk *w);
} trunks[] = {
	[TRUNK_ALEXNET] = { "alexnet", alexnet },
	[TRUNK_VGG16] = { "vgg16", vgg16 },
	[TRUNK_SQUEEZENET] = { "squeezenet", squeezenet },
};

const char *
trunk_name(enum trunk t)
{
	return trunks[t].name;
}

size_t
trunk_run(struct graph *g, enum trunk t, struct var *x,
    struct var *taps[TRUNK_TAPS])
{
	struct walk w = { .g = g, .x = x, .tap = taps };

	g_push(g, "%s", trunks[t].name);
	trunks[t].run(&w);
	g_pop(g);
	return w.taps;
}
