#include "nets/decoder.h"

#include "nets/block.h"

/* Kernels start near uniform. */
#define KERNEL_GAIN 0.1
/* So are changes of what is finished near none. */
#define CHANGE_GAIN 0.1

struct var *
decoder(struct graph *g, const struct recipe *r, int level, struct var *x)
{
	enum block kind = r->norm == NORM_INSTANCE ? BLOCK_NORM : BLOCK_PLAIN;
	size_t o = recipe_channels(r, level > 1 ? level - 1 : 1);

	g_push(g, "dec%d.res", level);
	struct var *y = block_res(g, x, kind);

	g_pop(g);
	g_push(g, "dec%d.up", level);
	struct var *z = block_up(g, y, o, x->c, kind, r->upsample);

	g_pop(g);
	g_done(g, y);
	return z;
}

struct var *
decoder_attend(struct graph *g, const struct recipe *r, int level,
    struct var *q, struct var *key, struct var *f, bool relative,
    struct var **tap)
{
	/* eq. 1 */
	return g_attn(g, q, key, f, (struct g_attn){
	    .k = r->kernel[DUAL_INDEX(level)], .hidden = r->hidden,
	    .mean = r->attn_mean, .relative = relative,
	    .gain = KERNEL_GAIN, .tap = tap });
}

struct var *
decoder_out(struct graph *g, struct var *x, struct var *evidence,
    bool changes)
{
	struct g_conv o = { .o = 3, .k = 3, .pad = 1,
	    .mode = NN_PAD_REFLECT, .act = true,
	    .post = changes ? NN_ACT_NONE : NN_ACT_TANH,
	    .gain = changes ? CHANGE_GAIN : 1 };
	struct var *in = x;

	if (evidence) {
		/* The evidence is not activated, only what was computed is. */
		struct var *y = g_act(g, x, NN_ACT_LRELU, G_SLOPE);

		in = g_concat(g, (struct var *[]){ y, evidence }, 2);
		g_done(g, y);
		g_done(g, x);
		o.act = false;
	}
	struct var *y = g_conv(g, in, "out", o);

	g_done(g, in);
	if (!changes)
		return y;

	struct var *u = g_slice(g, evidence, evidence->c - 3, 3);
	struct var *t = g_add(g, u, y);

	g_done(g, u);
	g_done(g, y);
	return t;
}
