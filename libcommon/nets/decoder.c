#include "nets/decoder.h"

#include "nets/block.h"

/* Kernels start near uniform. */
#define KERNEL_GAIN 0.1

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
    struct var *q, struct var *key, struct var *f, bool relative)
{
	return g_attn(g, q, key, f, (struct g_attn){
	    .k = r->kernel[DUAL_INDEX(level)], .hidden = r->hidden,
	    .mean = r->attn_mean, .relative = relative,
	    .gain = KERNEL_GAIN });
}
