/*
 * F_st, the source-to-target flow generator, eq. 6: from x^s, p^s and p^h
 * to the flow and mask of the source attention, at two levels. Relative
 * flow: both maps are images.
 */
#ifndef NETS_F_ST_H
#define NETS_F_ST_H

#include "nets/flow.h"

/*
 * x (1,S,S,3), p_s (1,S,S,18), p (n,S,S,18). anchor (n,h,w,2) is the flow
 * that the annotations give, zero where they do not; NULL in FLOW_LEARNED.
 * Writes f (n,h,w,2), offsets in pixels of the level, and m (n,h,w,1).
 */
void f_st_coarse(struct graph *g, const struct recipe *r,
    struct flow_net *net, struct var *x, struct var *p_s, struct var *p,
    struct var *anchor, struct var **f, struct var **m);
void f_st_fine(struct graph *g, const struct recipe *r, struct flow_net *net,
    struct var *anchor, struct var **f, struct var **m);

#endif
