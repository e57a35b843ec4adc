/*
 * E_s, the source image encoder: x^s -> phi^s, the key features of the
 * source attention, section 4.1. Three halvings; the features at strides 8
 * and 4 are used.
 */
#ifndef NETS_E_S_H
#define NETS_E_S_H

#include "graph/graph.h"
#include "nets/recipe.h"

/* x (1,S,S,3) in [-1,1]; phi[0] at level 3, phi[1] at level 2. */
void e_s(struct graph *g, const struct recipe *r, struct var *x,
    struct var *phi[2]);

#endif
