#include "losses/loss.h"

#include <assert.h>

#include "losses/pieces.h"

double
loss_rec(struct graph *g, struct var *x, const struct var *want,
    const struct var *m, double weight)
{
	size_t len = var_len(x);

	if (!tape_runs(g))
		return 0;
	assert(var_len(want) == len && (!m || (m->h == x->h && m->w == x->w)));
	float *dx = pieces_grad(g, x, weight);

	if (!tape_runs(g))
		return 0;
	return pieces_l1(dx, x->x, want->x, m ? m->x : NULL,
	    m ? var_len(m) : 1, len / x->c, x->c, weight / (double)len) /
	    (double)len;
}
