#include "nets/e_s.h"

#include "nets/encoder.h"

void
e_s(struct graph *g, const struct recipe *r, struct var *x,
    struct var *phi[2])
{
	g_push(g, "e_s");
	phi[0] = encoder(g, r, x, &phi[1]);
	g_pop(g);
}
