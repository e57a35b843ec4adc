/* What the decoders of G_I and G_T have in common. */
#ifndef NETS_DECODER_H
#define NETS_DECODER_H

#include "graph/graph.h"
#include "nets/recipe.h"

/*
 * "decL.res", "decL.up": level L (3, 2, 1) to level L - 1, in the width of
 * that level (level 0 has level 1's). x stays the caller's.
 */
struct var *decoder(struct graph *g, const struct recipe *r, int level,
    struct var *x);

/*
 * eq. 1 with the recipe's kernel and hidden channels at this level. tap as of
 * struct g_attn.
 */
struct var *decoder_attend(struct graph *g, const struct recipe *r, int level,
    struct var *q, struct var *key, struct var *f, bool relative,
    struct var **tap);

/*
 * "out": (n,S,S,C1) to (n,S,S,3) in [-1,1], with evidence (n,S,S,.; or NULL)
 * beside it. changes: the evidence's last three channels are a picture that
 * is finished, and the result is it and what to change in it, linear: about
 * [-1,1]. Ends x.
 */
struct var *decoder_out(struct graph *g, struct var *x,
    struct var *evidence, bool changes);

#endif
