#include "losses/loss.h"

#include <assert.h>

#include "losses/pieces.h"

double
loss_tex(struct graph *g, struct var *t, const struct var *want,
    const struct var *m, double berhu, double weight)
{
	size_t pixels = t->n * t->h * t->w;
	double total = 1e-8;

	if (!tape_runs(g))
		return 0;
	assert(var_len(want) == var_len(t));
	assert(!m || (m->h == t->h && m->w == t->w));
	for (size_t p = 0; p < pixels; p++)
		total += (double)t->c * pieces_mask(m ? m->x : NULL,
		    m ? var_len(m) : 1, p);
	float *dt = pieces_grad(g, t, weight);

	if (!tape_runs(g))
		return 0;
	return pieces_bent(dt, t->x, want->x, m ? m->x : NULL,
	    m ? var_len(m) : 1, pixels, t->c, berhu, weight / total) / total;
}
