/*
 * What the networks are built from: GFLA's blocks (networks(7), Blocks),
 * activation before convolution everywhere. Parameter names are relative to the prefix
 * of the graph.
 */
#ifndef NETS_BLOCK_H
#define NETS_BLOCK_H

#include "graph/graph.h"
#include "nets/recipe.h"

/* What stands before a block's convolutions. */
enum block {
	BLOCK_NORM,	/* instance norm, LeakyReLU */
	BLOCK_PLAIN,	/* LeakyReLU */
	BLOCK_RAW	/* nothing before the first, LeakyReLU before others */
};

/*
 * Half the size: conv1 4x4 stride 2, conv2 3x3, to o channels. x stays the
 * caller's in all of these.
 */
struct var *block_encode(struct graph *g, struct var *x, size_t o,
    enum block kind);

/* x + conv2(conv1(x)), 3x3. */
struct var *block_res(struct graph *g, struct var *x, enum block kind);

/*
 * Twice the size, to o channels, with `hidden` between:
 *	transposed: convT2(conv1(x)) + convT_short(x), all 3x3
 *	resize:     conv2(up(conv1(x))) + up(conv_short(x)), short 1x1
 */
struct var *block_up(struct graph *g, struct var *x, size_t o, size_t hidden,
    enum block kind, enum recipe_upsample upsample);

/* Encoder "enc1" to "encN": the kind of stage i (0 is the input's). */
enum block block_generator(const struct recipe *r, int i);
enum block block_flow(const struct recipe *r, int i);

#endif
