#include "losses/loss.h"

#include <assert.h>

#include "losses/pieces.h"

double
loss_perc(struct graph *g, const struct vgg19_maps *x,
    const struct vgg19_maps *want, double weight)
{
	double sum = 0;

	for (int j = 0; j < VGG19_MAPS; j++) {
		struct var *a = x->map[j], *b = want->map[j];

		if (!(LOSS_PERC_MAPS & VGG19_BIT(j)) || !a || !b ||
		    !tape_runs(g))
			continue;
		assert(var_len(a) == var_len(b));
		double scale = 1 / ((double)var_len(a) * x->unit);
		float *da = pieces_grad(g, a, weight);

		if (tape_runs(g))
			sum += scale * pieces_l1(da, a->x, b->x, NULL, 1,
			    var_len(a) / a->c, a->c, weight * scale);
	}
	return sum;
}
