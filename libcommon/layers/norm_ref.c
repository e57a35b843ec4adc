#include "layers/norm.h"

#include <math.h>

/* Plain loops, one channel of one image at a time, in double. */

static void
stats(double *mean, double *rstd, const float *x, size_t hw, size_t c)
{
	double sum = 0, sq = 0;

	for (size_t p = 0; p < hw; p++)
		sum += x[p * c];
	*mean = sum / (double)hw;
	for (size_t p = 0; p < hw; p++)
		sq += (x[p * c] - *mean) * (x[p * c] - *mean);
	*rstd = 1 / sqrt(sq / (double)hw + NN_INORM_EPS);
}

void
nn_inorm_fwd_ref(float *out, const float *x, const float *gamma,
    const float *beta, float slope, size_t n, size_t hw, size_t c)
{
	for (size_t i = 0; i < n * c; i++) {
		size_t ch = i % c, at = i / c * hw * c + ch;
		double mean, rstd;

		stats(&mean, &rstd, x + at, hw, c);
		for (size_t p = 0; p < hw; p++) {
			double y = gamma[ch] * (x[at + p * c] - mean) * rstd +
			    beta[ch];

			out[at + p * c] = (float)(y >= 0 ? y : slope * y);
		}
	}
}

void
nn_inorm_bwd_ref(float *dx, float *dgamma, float *dbeta, const float *dout,
    const float *x, const float *gamma, const float *beta, float slope,
    size_t n, size_t hw, size_t c)
{
	for (size_t i = 0; i < n * c; i++) {
		size_t ch = i % c, at = i / c * hw * c + ch;
		double mean, rstd, dy_sum = 0, dyx_sum = 0;

		stats(&mean, &rstd, x + at, hw, c);
		for (int pass = 0; pass < 2; pass++)
		for (size_t p = 0; p < hw; p++) {
			double xhat = (x[at + p * c] - mean) * rstd;
			double y = gamma[ch] * xhat + beta[ch];
			/* out = y > 0 ? y : slope * y */
			double dy = dout[at + p * c] * (y > 0 ? 1 : slope);

			if (pass == 0) {
				dy_sum += dy;
				dyx_sum += dy * xhat;
			} else if (dx) {
				/* xhat moves with its own mean and variance */
				dx[at + p * c] += (float)(gamma[ch] * rstd *
				    (dy - (dy_sum + xhat * dyx_sum) /
				    (double)hw));
			}
		}
		/* y = gamma * xhat + beta */
		if (dgamma)
			dgamma[ch] += (float)dyx_sum;
		if (dbeta)
			dbeta[ch] += (float)dy_sum;
	}
}
