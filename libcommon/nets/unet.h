/*
 * The plain U-Net of inpaint(1): a texture from what unwrap saw of the
 * source, without flows and without an image domain. The baseline that the
 * dual-domain networks have to beat (networks(7), The U-Net).
 */
#ifndef NETS_UNET_H
#define NETS_UNET_H

#include "nets/vars.h"
#include "nets/recipe.h"

struct unet_out {
	struct var *t;		/* the texture, see unet */
	/*
	 * (1,S,S,1): s, where exp(s) is how far off the mean of a texel's
	 * channels is expected to be, in units of t; NULL without recipe.doubt.
	 */
	struct var *doubt;
	/* (1,S,S,kinds): logits of each kind; NULL without recipe.kinds. */
	struct var *kinds;
};

/*
 * The texture (1,S,S,3), linear: about [-1,1]. With recipe.unwrap in->texture
 * is unwrap's, which is evidence and to which the network's answer is added:
 * it need not learn what a smooth fill knows. Without, it is NULL.
 */
struct unet_out unet(struct graph *g, const struct unet_recipe *r,
    const struct evidence_in *in);

/* The list of its parameters, as dual_params; tally may be NULL. */
MUST_CHECK enum status unet_params(struct params *ps,
    const struct unet_recipe *r, struct tally *tally);

#endif
