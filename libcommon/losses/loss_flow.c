#include "losses/loss.h"

#include <assert.h>

#include "layers/simple.h"
#include "losses/pieces.h"

double
loss_flow(struct graph *g, struct var *f, const struct var *want,
    const struct var *m, bool relative, double weight)
{
	size_t len = var_len(f);
	double value = 0;

	if (!tape_runs(g))
		return 0;
	assert(f->c == 2 && var_len(want) == len);
	assert(!m || (m->h == f->h && m->w == f->w));
	float *d = tape_floats(g, len), *df = pieces_grad(g, f, weight);

	if (tape_runs(g)) {
		for (size_t i = 0; i < len; i++) {
			size_t p = i / 2;
			size_t at = i % 2 ? p / f->w % f->h : p % f->w;

			d[i] = f->x[i] + (relative ? (float)at : 0) -
			    want->x[i];
		}
		value = pieces_length(d, m ? m->x : NULL, m ? var_len(m) : 1,
		    len / 2, weight);
		nn_add_bwd(df, NULL, d, len);
	}
	tape_drop(g, d);
	return value;
}
