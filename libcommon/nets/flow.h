/*
 * The body that the three flow nets have in common, GFLA's PoseFlowNet
 * (networks(7), Blocks): five halvings, three doublings with jumps, heads at level 3
 * and level 2. It stops between the heads, because the coarse level is
 * needed, and for F_TI answered, before the fine one is computed.
 */
#ifndef NETS_FLOW_H
#define NETS_FLOW_H

#include "graph/graph.h"
#include "nets/recipe.h"

/* What waits between the levels: feature at stride 4, decoder at stride 8. */
struct flow_net {
	struct var *jump, *u;
};

/*
 * x (n,S,S,.) -> head (n,S/8,S/8,outs), linear: flow x, flow y, then what
 * the net has more. x stays the caller's.
 */
struct var *flow_coarse(struct graph *g, const struct recipe *r,
    struct flow_net *f, struct var *x, size_t outs);

/* -> head (n,S/4,S/4,outs). */
struct var *flow_fine(struct graph *g, const struct recipe *r,
    struct flow_net *f, size_t outs);

/*
 * One channel of a head through the sigmoid: a mask. known (n,h,w,1), unless
 * NULL: what it is multiplied with. Ends known.
 */
struct var *flow_mask(struct graph *g, struct var *head, size_t channel,
    struct var *known);

#endif
