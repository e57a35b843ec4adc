#include "nets/position.h"

/* A head of 1 moves an anchored position by so many pixels. */
#define RESIDUAL 4

struct var *
position(struct graph *g, struct var *head, struct var *anchor, size_t kh,
    size_t kw)
{
	struct var *x = g_slice(g, head, 0, 2);
	struct var *p = anchor ? g_flow_anchored(g, x, anchor, RESIDUAL) :
	    g_flow_learned(g, x, kh, kw);

	g_done(g, x);
	return p;
}
