#include "losses/loss.h"

#include <assert.h>

#include "layers/simple.h"
#include "layers/warp.h"
#include "losses/pieces.h"

double
loss_cons(struct graph *g, struct var *f_st, struct var *f_it,
    struct var *f_ti, const struct var *m, double weight)
{
	const struct nn_warp s = { .n = f_ti->n, .maps = f_it->n,
	    .h = f_it->h, .w = f_it->w, .c = 2, .ho = f_ti->h, .wo = f_ti->w };
	size_t len = var_len(f_st);
	double value = 0;

	if (!tape_runs(g))
		return 0;
	assert(var_len(f_ti) == len && f_st->c == 2);
	assert(f_it->n == 1 || f_it->n == f_ti->n);
	float *d = tape_floats(g, len), *dst = pieces_grad(g, f_st, weight),
	    *dit = pieces_grad(g, f_it, weight),
	    *dti = pieces_grad(g, f_ti, weight);

	if (tape_runs(g)) {
		/* eq. 15: d = f_it(f_ti(l)) - (l + f_st(l)) */
		nn_warp_fwd(d, f_it->x, f_ti->x, &s);
		for (size_t i = 0; i < len; i++) {
			size_t p = i / 2;

			d[i] -= f_st->x[i] + (float)(i % 2 ? p / f_st->w %
			    f_st->h : p % f_st->w);
		}
		value = pieces_length(d, m ? m->x : NULL, m ? var_len(m) : 1,
		    len / 2, weight);
		nn_warp_bwd(dit, dti, d, f_it->x, f_ti->x, &s);
		for (size_t i = 0; dst && i < len; i++)
			dst[i] -= d[i];
	}
	tape_drop(g, d);
	return value;
}
