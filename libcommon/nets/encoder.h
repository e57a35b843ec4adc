/*
 * The encoder that E_s, G_I and G_T have in common: enc1, enc2, enc3, each
 * half the size, to the recipe's widths.
 */
#ifndef NETS_ENCODER_H
#define NETS_ENCODER_H

#include "graph/graph.h"
#include "nets/recipe.h"

/*
 * Gives the feature at stride 8, and at stride 4 into *fine unless that is
 * NULL. x stays the caller's.
 */
struct var *encoder(struct graph *g, const struct recipe *r, struct var *x,
    struct var **fine);

#endif
