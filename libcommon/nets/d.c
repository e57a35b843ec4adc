#include "nets/d.h"

/*
 * conv2(act(conv1(act(x)))) + short(avgpool(x)); conv2 is 4x4 stride 2. The
 * activation reads the raw image too, as in GFLA.
 */
static struct var *
block(struct graph *g, struct var *x, size_t hidden, size_t o)
{
	struct var *y = g_conv(g, x, "conv1", (struct g_conv){ .o = hidden,
	    .k = 3, .pad = 1, .act = true, .spectral = true });
	struct var *half = g_avgpool2(g, x);
	struct var *s = g_conv(g, half, "short", (struct g_conv){ .o = o,
	    .k = 1, .spectral = true });
	struct var *z = g_conv(g, y, "conv2", (struct g_conv){ .o = o, .k = 4,
	    .stride = 2, .pad = 1, .act = true, .spectral = true, .add = s });

	g_done(g, y);
	g_done(g, half);
	g_done(g, s);
	return z;
}

static struct var *
network(struct graph *g, const struct recipe *r, struct var *x)
{
	size_t w = r->d_width;
	const size_t hidden[] = { w, w, 2 * w, 4 * w };
	const size_t out[] = { w, 2 * w, 4 * w, 4 * w };
	struct var *y = x;

	for (int i = 0; i < 4; i++) {
		g_push(g, "enc%d", i + 1);
		struct var *z = block(g, y, hidden[i], out[i]);

		g_pop(g);
		if (y != x)
			g_done(g, y);
		y = z;
	}
	struct var *z = g_conv(g, y, "out", (struct g_conv){ .o = 1, .k = 1,
	    .act = true, .spectral = true });

	g_done(g, y);
	return z;
}

struct var *
d_run(struct graph *g, const struct recipe *r, struct var *x)
{
	g_push(g, "d");
	struct var *z = network(g, r, x);

	g_pop(g);
	return z;
}

struct var *
d_texture(struct graph *g, const struct recipe *r, struct var *t)
{
	g_push(g, "d.t");
	struct var *z = network(g, r, t);

	g_pop(g);
	return z;
}
