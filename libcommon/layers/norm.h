/*
 * Instance normalisation with affine, followed by LeakyReLU, as torch.nn.
 * InstanceNorm2d(affine=True) without running statistics: biased variance,
 * eps 1e-5, sums in double.
 *
 *	xhat = (x - mean[n, c]) * rstd[n, c]
 *	out  = lrelu(gamma[c] * xhat + beta[c], slope)
 *
 * The statistics are a step of their own, so that the rest can be done by
 * the convolution that reads the result: struct nn_pre takes scale and shift.
 *
 * Symbols: n images, hw pixels of one, c channels; x (n, hw, c).
 */
#ifndef LAYERS_NORM_H
#define LAYERS_NORM_H

#include <stddef.h>

#define NN_INORM_EPS 1e-5

/*
 * Bytes of scratch that nn_inorm_stats and nn_inorm_bwd want, aligned to 64.
 */
size_t nn_inorm_scratch(size_t n, size_t hw, size_t c);

/* mean, rstd (n, c): mean and 1 / sqrt(variance + eps) of each channel. */
void nn_inorm_stats(float *mean, float *rstd, const float *x, size_t n,
    size_t hw, size_t c, void *scratch);

/* scale = gamma * rstd, shift = beta - mean * scale, all (n, c). */
void nn_inorm_affine(float *scale, float *shift, const float *mean,
    const float *rstd, const float *gamma, const float *beta, size_t n,
    size_t c);

/*
 * out = lrelu(scale * x + shift, slope); slope 1 for no activation. out may
 * be x. Only for where no convolution follows that could do it.
 */
void nn_inorm_fwd(float *out, const float *x, const float *scale,
    const float *shift, float slope, size_t n, size_t hw, size_t c);

/*
 * Adds to dx (n, hw, c), dgamma and dbeta (c); each may be NULL. dout is the
 * gradient to out, behind the LeakyReLU.
 */
void nn_inorm_bwd(float *dx, float *dgamma, float *dbeta, const float *dout,
    const float *x, const float *mean, const float *rstd, const float *gamma,
    const float *beta, float slope, size_t n, size_t hw, size_t c,
    void *scratch);

/* The definition. */
void nn_inorm_fwd_ref(float *out, const float *x, const float *gamma,
    const float *beta, float slope, size_t n, size_t hw, size_t c);
void nn_inorm_bwd_ref(float *dx, float *dgamma, float *dbeta,
    const float *dout, const float *x, const float *gamma, const float *beta,
    float slope, size_t n, size_t hw, size_t c);

#endif
