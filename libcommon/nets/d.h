/*
 * D, the discriminator: GFLA's ResDiscriminator (NETWORK 1.4), spectral norm
 * on every convolution.
 */
#ifndef NETS_D_H
#define NETS_D_H

#include "graph/graph.h"
#include "nets/recipe.h"

/* x (n,h,w,3) in [-1,1] -> logits (n,h/16,w/16,1), linear. x stays. */
struct var *d_run(struct graph *g, const struct recipe *r, struct var *x);

#endif
