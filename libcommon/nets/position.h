/*
 * The positions that F_TI and F_IT mean by their first two channels, for
 * flow from one domain to the other: absolute, in pixels of the key's level.
 */
#ifndef NETS_POSITION_H
#define NETS_POSITION_H

#include "graph/graph.h"

/*
 * head (n,h,w,>=2) -> (n,h,w,2): by tanh into a map of kh x kw, or, where
 * there is an anchor (n,h,w,2), a residual on it.
 */
struct var *position(struct graph *g, struct var *head, struct var *anchor,
    size_t kh, size_t kw);

#endif
