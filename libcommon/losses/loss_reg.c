#include "losses/loss.h"

#include <assert.h>

#include "losses/pieces.h"

/*
 * Of one coordinate of a window, values p at (i, j) in -r..r, the best fit is
 * mean + a j + b i with a = sum j p / q, b = sum i p / q, q = k sum i^2. As a
 * fit's rest stands at right angles to it, the gradient of the sum of the
 * squares of the rest is twice the rest.
 */
static double
window(float *df, const float *f, size_t row, size_t k, float scale)
{
	float r = ((float)k - 1) / 2, q = 0, mean = 0, a = 0, b = 0;
	double sum = 0;

	for (size_t i = 0; i < k; i++) {
		q += (float)k * ((float)i - r) * ((float)i - r);
		for (size_t j = 0; j < k; j++) {
			float p = f[i * row + 2 * j];

			mean += p;
			a += ((float)j - r) * p;
			b += ((float)i - r) * p;
		}
	}
	mean /= (float)(k * k);
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			float rest = f[i * row + 2 * j] - mean -
			    (a * ((float)j - r) + b * ((float)i - r)) / q;

			sum += (double)rest * rest;
			if (df)
				df[i * row + 2 * j] += scale * rest;
		}
	return sum;
}

double
loss_reg(struct graph *g, struct var *f, size_t k, double weight)
{
	size_t row = 2 * f->w;
	double sum = 0;

	if (!tape_runs(g))
		return 0;
	assert(f->c == 2 && k > 1 && f->h >= k && f->w >= k);
	size_t high = f->h - k + 1, wide = f->w - k + 1;
	double windows = (double)(f->n * high * wide);
	float *df = pieces_grad(g, f, weight), scale = (float)(2 * weight /
	    windows);

	if (!tape_runs(g))
		return 0;
	/* L_r of eq. 16 */
	for (size_t i = 0; i < f->n * high * wide; i++) {
		size_t at = (i / (high * wide) * f->h + i / wide % high) *
		    row + 2 * (i % wide);

		/* eq. 16, L_r of x and of y */
		for (size_t xy = 0; xy < 2; xy++)
			sum += window(df ? df + at + xy : NULL, f->x + at + xy,
			    row, k, scale);
	}
	return sum / windows;
}
