/*
 * The gradient to a convolution's weights. Private to layers/.
 *
 * dw[q, p, i, j] += sum over images and pixels (y, x) of
 *	pixels[y, x, q] * patches[y * stride - pad + i, x * stride - pad + j, p]
 *
 * For a convolution, patches are its input and pixels the gradient to its
 * output; for a transposed one it is the other way round. Either side may
 * have to be preprocessed first.
 */
#ifndef LAYERS_CONV_DW_H
#define LAYERS_CONV_DW_H

#include "layers/conv.h"

struct dw {
	size_t n;
	size_t h, w, c;		/* of patches */
	size_t ho, wo, o;	/* of pixels */
	size_t k, stride, pad;
	enum nn_pad mode;
};

size_t dw_scratch(const struct dw *s);	/* bytes */
void dw_run(float *dw, const float *patches, const struct nn_pre *patch_pre,
    const float *pixels, const struct nn_pre *pixel_pre, const struct dw *s,
    void *scratch);

#endif
