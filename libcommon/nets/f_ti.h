/*
 * F_TI, the texture-to-image flow generator, eq. 7: from the pose p^h
 * alone at level 3; below it, the texture feature that level 3 gathered
 * joins the decoder. Absolute flow: where in the texture map.
 */
#ifndef NETS_F_TI_H
#define NETS_F_TI_H

#include "nets/flow.h"

/*
 * p (n,S,S,18). anchor (n,h,w,2): the texel that s gives, the middle where
 * it does not; NULL in FLOW_LEARNED. known (n,h,w,1): whether it does, where
 * recipe.known; else NULL. f (n,h,w,2) in texels of the level, m
 * (n,h,w,1). Fine: gathered (n,S/8,S/8,C) is warp(phi_t; f) of level 3.
 */
void f_ti_coarse(struct graph *g, const struct recipe *r,
    struct flow_net *net, struct var *p, struct var *anchor,
    struct var *known, struct var **f, struct var **m);
void f_ti_fine(struct graph *g, const struct recipe *r, struct flow_net *net,
    struct var *gathered, struct var *anchor, struct var *known,
    struct var **f, struct var **m);

#endif
