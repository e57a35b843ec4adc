#include "nets/flow.h"

#include <stdio.h>

#include "nets/block.h"

#define HALVINGS 5

/* Heads start near zero flow and masks near a half. */
#define HEAD_GAIN 0.05

static struct var *
head(struct graph *g, struct var *u, int level, size_t outs)
{
	char name[32];

	snprintf(name, sizeof name, "head%d", level);
	return g_conv(g, u, name, (struct g_conv){ .o = outs, .k = 3,
	    .pad = 1, .gain = HEAD_GAIN });
}

/* Doubles u and adds the jump: LeakyReLU, reflect, 3x3. */
static struct var *
decode(struct graph *g, const struct recipe *r, struct var *u,
    struct var *from, size_t o, int level)
{
	char name[32];

	g_push(g, "dec%d", level + 1);
	struct var *up = block_up(g, u, o, o, BLOCK_NORM, r->upsample);

	g_pop(g);
	snprintf(name, sizeof name, "jump%d", level);
	struct var *y = g_conv(g, from, name, (struct g_conv){ .o = o, .k = 3,
	    .pad = 1, .mode = NN_PAD_REFLECT, .act = true, .add = up });

	g_done(g, up);
	g_done(g, u);
	g_done(g, from);
	return y;
}

struct var *
flow_coarse(struct graph *g, const struct recipe *r, struct flow_net *f,
    struct var *x, size_t outs)
{
	size_t w = r->flow_width;
	const size_t width[HALVINGS] = { w, 2 * w, 4 * w, 8 * w, 8 * w };
	struct var *e[HALVINGS];

	for (int i = 0; i < HALVINGS; i++) {
		g_push(g, "enc%d", i + 1);
		e[i] = block_encode(g, i ? e[i - 1] : x, width[i],
		    block_flow(r, i));
		g_pop(g);
	}
	g_done(g, e[0]);
	struct var *u = decode(g, r, e[4], e[3], 8 * w, 4);

	f->u = decode(g, r, u, e[2], 4 * w, 3);
	f->jump = e[1];
	return head(g, f->u, 3, outs);
}

struct var *
flow_fine(struct graph *g, const struct recipe *r, struct flow_net *f,
    size_t outs)
{
	struct var *u = decode(g, r, f->u, f->jump, 2 * r->flow_width, 2);
	struct var *y = head(g, u, 2, outs);

	g_done(g, u);
	return y;
}

struct var *
flow_mask(struct graph *g, struct var *h, size_t channel, struct var *known)
{
	struct var *x = g_slice(g, h, channel, 1);
	struct var *m = g_act(g, x, NN_ACT_SIGMOID, 0);

	g_done(g, x);
	if (!known)
		return m;

	struct var *y = g_blend(g, NULL, m, known);

	g_done(g, m);
	g_done(g, known);
	return y;
}
