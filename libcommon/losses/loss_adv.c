#include "losses/loss.h"

#include "losses/pieces.h"

/* Few logits: not worth a team. */

double
loss_adv(struct graph *g, struct var *fake, double weight)
{
	size_t n = var_len(fake);
	double sum = 0;

	if (!tape_runs(g))
		return 0;
	float *d = pieces_grad(g, fake, weight);

	for (size_t i = 0; tape_runs(g) && i < n; i++) {
		sum -= fake->x[i];
		if (d)
			d[i] -= (float)(weight / (double)n);
	}
	return sum / (double)n;
}

/* mean relu(1 + sign v) / 2 */
static double
hinge(struct graph *g, struct var *v, float sign, double weight)
{
	size_t n = var_len(v);
	float *d = pieces_grad(g, v, weight);
	double sum = 0;

	for (size_t i = 0; tape_runs(g) && i < n; i++) {
		float x = 1 + sign * v->x[i];

		sum += x > 0 ? x : 0;
		if (d && x > 0)
			d[i] += (float)(sign * weight / (2 * (double)n));
	}
	return sum / (2 * (double)n);
}

double
loss_discriminator(struct graph *g, struct var *real, struct var *fake,
    double weight)
{
	return tape_runs(g) ? hinge(g, real, -1, weight) +
	    hinge(g, fake, 1, weight) : 0;
}
