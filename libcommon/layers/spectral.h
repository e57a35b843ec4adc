/*
 * Spectral normalisation as torch.nn.utils.spectral_norm: a weight is divided
 * by its largest singular value, which is tracked by power iteration.
 *
 *	v = unit(W^T u), u = unit(W v), sigma = u^T W v, out = W / sigma
 *
 * W is the weight as in the file, (rows, cols) = (o, c k k); u (rows) and
 * v (cols) are state of unit length that is stored with the weights, and
 * constants for the gradient.
 */
#ifndef LAYERS_SPECTRAL_H
#define LAYERS_SPECTRAL_H

#include <stddef.h>

/* One step of the iteration; in training only, before nn_spectral_fwd. */
void nn_spectral_step(float *u, float *v, const float *w, size_t rows,
    size_t cols);

/* Writes W / sigma and returns sigma. */
float nn_spectral_fwd(float *out, const float *w, const float *u,
    const float *v, size_t rows, size_t cols);

/*
 * Adds to dw:
 *	dW = (dout - <dout, W / sigma> u v^T) / sigma
 * out and sigma as fwd gave them.
 */
void nn_spectral_bwd(float *dw, const float *dout, const float *out,
    float sigma, const float *u, const float *v, size_t rows, size_t cols);

#endif
