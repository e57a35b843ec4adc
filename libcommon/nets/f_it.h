/*
 * F_IT, the image-to-texture flow generator, eq. 11: from p^h, b^h and
 * c^h to flow, mask and aggregation mask of the image attention, at two
 * levels. One set of weights for every view. Absolute flow: where in the
 * view's image.
 */
#ifndef NETS_F_IT_H
#define NETS_F_IT_H

#include "nets/flow.h"

/*
 * x (n,S,S,39): p 18, b 18, c 2 in [-1,1] and 0 where not seen, seen 1.
 * anchor (n,h,w,2): the pixel that c gives, the middle where it does not;
 * NULL in FLOW_LEARNED. known (n,h,w,1): whether it does, where recipe.known;
 * else NULL. f (n,h,w,2) in pixels of the level, m (n,h,w,1),
 * a (1,h,w,1): sigmoid of the mean over views, so that their order and
 * number are free.
 */
#define F_IT_CHANNELS 39
void f_it_coarse(struct graph *g, const struct recipe *r,
    struct flow_net *net, struct var *x, struct var *anchor,
    struct var *known, struct var **f, struct var **m, struct var **a);
void f_it_fine(struct graph *g, const struct recipe *r, struct flow_net *net,
    struct var *anchor, struct var *known, struct var **f, struct var **m,
    struct var **a);

#endif
