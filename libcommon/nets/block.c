#include "nets/block.h"

/*
 * Initial gains where no norm stands before the convolution: LeakyReLU
 * halves the mean square, and the last convolution of a residual branch
 * starts small.
 */
#define AFTER_ACT 1.4142135623730951
#define BRANCH_END 0.4

static struct g_conv
before(struct g_conv o, enum block kind, const char *norm)
{
	o.act = kind != BLOCK_RAW;
	if (kind == BLOCK_NORM)
		o.norm = norm;
	if (kind == BLOCK_PLAIN)
		o.gain = (o.gain != 0 ? o.gain : 1) * AFTER_ACT;
	return o;
}

/* Of the second convolution: what comes out of the first is never raw. */
static enum block
inside(enum block kind)
{
	return kind == BLOCK_RAW ? BLOCK_PLAIN : kind;
}

struct var *
block_encode(struct graph *g, struct var *x, size_t o, enum block kind)
{
	struct var *y = g_conv(g, x, "conv1", before((struct g_conv){
	    .o = o, .k = 4, .stride = 2, .pad = 1 }, kind, "norm1"));
	struct var *z = g_conv(g, y, "conv2", before((struct g_conv){
	    .o = o, .k = 3, .pad = 1 }, inside(kind), "norm2"));

	g_done(g, y);
	return z;
}

static double
branch_end(enum block kind)
{
	return kind == BLOCK_NORM ? 1 : BRANCH_END;
}

struct var *
block_res(struct graph *g, struct var *x, enum block kind)
{
	struct var *y = g_conv(g, x, "conv1", before((struct g_conv){
	    .o = x->c, .k = 3, .pad = 1 }, kind, "norm1"));
	struct var *z = g_conv(g, y, "conv2", before((struct g_conv){
	    .o = x->c, .k = 3, .pad = 1, .add = x,
	    .gain = branch_end(kind) }, inside(kind), "norm2"));

	g_done(g, y);
	return z;
}

struct var *
block_up(struct graph *g, struct var *x, size_t o, size_t hidden,
    enum block kind, enum recipe_upsample upsample)
{
	struct g_conv two = { .o = o, .k = 3, .pad = 1,
	    .gain = branch_end(kind) };
	struct g_conv shortcut = { .o = o, .k = 3, .pad = 1 };
	struct var *y = g_conv(g, x, "conv1", before((struct g_conv){
	    .o = hidden, .k = 3, .pad = 1 }, kind, "norm1"));

	if (upsample == UPSAMPLE_TRANSPOSED) {
		two.transposed = shortcut.transposed = true;
		two.stride = shortcut.stride = 2;
	} else {
		two.up = true;
		shortcut.k = 1;
		shortcut.pad = 0;
	}
	two.add = g_conv(g, x, "short", shortcut);
	if (upsample == UPSAMPLE_RESIZE) {
		struct var *low = two.add;

		two.add = g_up2(g, low);
		g_done(g, low);
	}
	struct var *z = g_conv(g, y, "conv2", before(two, inside(kind),
	    "norm2"));

	g_done(g, y);
	g_done(g, two.add);
	return z;
}

enum block
block_generator(const struct recipe *r, int i)
{
	return r->norm == NORM_INSTANCE ? BLOCK_NORM :
	    i == 0 ? BLOCK_RAW : BLOCK_PLAIN;
}

enum block
block_flow(const struct recipe *r, int i)
{
	return r->norm == NORM_INNER && i == 0 ? BLOCK_RAW : BLOCK_NORM;
}
