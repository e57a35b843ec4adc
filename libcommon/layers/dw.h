/*
 * The gradient to a convolution's weights. Private to layers/.
 *
 * dw[q, p, i, j] += sum over images and pixels (y, x) of
 *	pixels[y, x, q] * patches[y * stride - pad + i, x * stride - pad + j, p]
 *
 * For a convolution, patches are its input and pixels the gradient to its
 * output; for a transposed one it is the other way round. Either side may
 * have to be preprocessed first. Two ways, as in corr.h.
 */
#ifndef LAYERS_DW_H
#define LAYERS_DW_H

#include "layers/conv.h"

struct dw {
	size_t n;
	size_t h, w, c;		/* of patches */
	size_t ho, wo, o;	/* of pixels */
	size_t k, stride, pad;
	enum nn_pad mode;
};

/* The two sides, and what is done to them first (or NULL). */
struct dw_in {
	const float *patches, *pixels;
	const struct nn_pre *patch_pre, *pixel_pre;
};

/* The choice of the way, by shape alone. */
bool dw_fits_winograd(const struct dw *s);

size_t dw_scratch(const struct dw *s);	/* bytes */
void dw_run(float *dw, const struct dw_in *in, const struct dw *s,
    void *scratch);

size_t dw_direct_scratch(const struct dw *s);
void dw_direct_run(float *dw, const struct dw_in *in, const struct dw *s,
    void *scratch);

size_t dw_winograd_scratch(const struct dw *s);
void dw_winograd_run(float *dw, const struct dw_in *in, const struct dw *s,
    void *scratch);

#endif
