/*
 * D, the discriminator: GFLA's ResDiscriminator, spectral norm on every
 * convolution (networks(7), Blocks).
 */
#ifndef NETS_D_H
#define NETS_D_H

#include "graph/graph.h"
#include "nets/recipe.h"

/* x (n,h,w,3) in [-1,1] -> logits (n,h/16,w/16,1), linear. x stays. */
struct var *d_run(struct graph *g, const struct recipe *r, struct var *x);

/*
 * The discriminator of textures, the same network with parameters of its
 * own, d.t.*: t (n,T,T,3), 0 outside of the charts, where no truth is.
 */
struct var *d_texture(struct graph *g, const struct recipe *r, struct var *t);

#endif
