#include "layers/spectral.h"

#include <math.h>

#define EPS 1e-12	/* as torch.nn.functional.normalize */

static void
unit(float *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)x[i] * x[i];
	double len = sqrt(sum);

	for (size_t i = 0; i < n; i++)
		x[i] = (float)(x[i] / (len > EPS ? len : EPS));
}

static double
dot(const float *a, const float *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * b[i];
	return sum;
}

void
nn_spectral_step(float *u, float *v, const float *w, size_t rows, size_t cols)
{
	/* v = unit(W^T u) */
	for (size_t j = 0; j < cols; j++)
		v[j] = 0;
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < cols; j++)
			v[j] += u[i] * w[i * cols + j];
	unit(v, cols);
	/* u = unit(W v) */
	for (size_t i = 0; i < rows; i++)
		u[i] = (float)dot(w + i * cols, v, cols);
	unit(u, rows);
}

float
nn_spectral_fwd(float *out, const float *w, const float *u, const float *v,
    size_t rows, size_t cols)
{
	double sigma = 0;

	for (size_t i = 0; i < rows; i++)
		sigma += u[i] * dot(w + i * cols, v, cols);
	float inv = (float)(1 / sigma);

	for (size_t i = 0; i < rows * cols; i++)
		out[i] = w[i] * inv;
	return (float)sigma;
}

void
nn_spectral_bwd(float *dw, const float *dout, const float *out, float sigma,
    const float *u, const float *v, size_t rows, size_t cols)
{
	float along = (float)dot(dout, out, rows * cols), inv = 1 / sigma;

	/* out = W / sigma, sigma = u^T W v */
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < cols; j++)
			dw[i * cols + j] += inv * (dout[i * cols + j] -
			    along * u[i] * v[j]);
}
