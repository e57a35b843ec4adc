#include "losses/loss.h"

#include <assert.h>
#include <math.h>

#include "losses/pieces.h"

struct job {
	float *dx;
	const float *x;
	const uint8_t *want;
	size_t c;
	float scale;
};

/* log of the sum of exp(x). */
static float
log_sum(const float *x, size_t c)
{
	float most = x[0], sum = 0;

	for (size_t k = 1; k < c; k++)
		most = x[k] > most ? x[k] : most;
	for (size_t k = 0; k < c; k++)
		sum += expf(x[k] - most);
	return most + logf(sum > 1 ? sum : 1);	/* it is at least 1 */
}

static double
piece(void *arg, size_t i, size_t j)
{
	const struct job *a = arg;
	double sum = 0;

	for (size_t p = i; p < j; p++) {
		const float *x = a->x + a->c * p;
		const size_t want = a->want[p];

		if (want == 0 || want > a->c)
			continue;
		const float all = log_sum(x, a->c);

		sum += (double)(all - x[want - 1]);
		for (size_t k = 0; a->dx && k < a->c; k++)
			a->dx[a->c * p + k] += a->scale *
			    (expf(x[k] - all) - (k == want - 1));
	}
	return sum;
}

double
loss_kind(struct graph *g, struct var *x, const uint8_t *want, double weight)
{
	const size_t pixels = x->n * x->h * x->w;
	double total = 1e-8;

	if (!tape_runs(g))
		return 0;
	for (size_t p = 0; p < pixels; p++)
		total += want[p] > 0 && want[p] <= x->c;
	struct job a = { pieces_grad(g, x, weight), x->x, want, x->c,
		(float)(weight / total) };

	return tape_runs(g) ? pieces_sum(pixels, piece, &a) / total : 0;
}
