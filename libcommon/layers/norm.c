#include "layers/norm.h"

#include <math.h>

#include "math/team.h"

size_t
nn_inorm_scratch(size_t n, size_t hw, size_t c)
{
	(void)hw;
	return 2 * n * c * sizeof (double);
}

struct stats {
	const float *x;
	float *mean, *rstd;
	double *sum, *sq;
	size_t hw, c;
};

static void
stats_task(void *arg, size_t img, size_t thread)
{
	const struct stats *a = arg;
	size_t hw = a->hw, c = a->c;
	const float *x = a->x + img * hw * c;
	double *sum = a->sum + img * c, *sq = a->sq + img * c;

	(void)thread;
	for (size_t j = 0; j < c; j++)
		sum[j] = sq[j] = 0;
	for (size_t p = 0; p < hw; p++)
		for (size_t j = 0; j < c; j++)
			sum[j] += x[p * c + j];
	for (size_t j = 0; j < c; j++)
		sum[j] /= (double)hw;
	for (size_t p = 0; p < hw; p++)
		for (size_t j = 0; j < c; j++) {
			double d = x[p * c + j] - sum[j];

			sq[j] += d * d;
		}
	for (size_t j = 0; j < c; j++) {
		a->mean[img * c + j] = (float)sum[j];
		a->rstd[img * c + j] = (float)(1 / sqrt(sq[j] / (double)hw +
		    NN_INORM_EPS));
	}
}

void
nn_inorm_stats(float *mean, float *rstd, const float *x, size_t n, size_t hw,
    size_t c, void *scratch)
{
	double *sum = scratch;
	struct stats a = { x, mean, rstd, sum, sum + n * c, hw, c };

	team_run(n, stats_task, &a);
}

void
nn_inorm_affine(float *scale, float *shift, const float *mean,
    const float *rstd, const float *gamma, const float *beta, size_t n,
    size_t c)
{
	for (size_t i = 0; i < n * c; i++) {
		scale[i] = gamma[i % c] * rstd[i];
		shift[i] = beta[i % c] - mean[i] * scale[i];
	}
}

void
nn_inorm_fwd(float *out, const float *x, const float *scale,
    const float *shift, float slope, size_t n, size_t hw, size_t c)
{
	for (size_t i = 0; i < n * hw; i++) {
		const float *a = scale + i / hw * c, *b = shift + i / hw * c;

		for (size_t j = 0; j < c; j++) {
			float y = a[j] * x[i * c + j] + b[j], z = slope * y;

			out[i * c + j] = y > z ? y : z;
		}
	}
}

void
nn_inorm_bwd(float *dx, float *dgamma, float *dbeta, const float *dout,
    const float *x, const float *mean, const float *rstd, const float *gamma,
    const float *beta, float slope, size_t n, size_t hw, size_t c,
    void *scratch)
{
	(void)mean;
	(void)rstd;
	(void)scratch;
	nn_inorm_bwd_ref(dx, dgamma, dbeta, dout, x, gamma, beta, slope, n, hw,
	    c);
}
