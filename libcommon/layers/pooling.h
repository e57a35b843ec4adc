/*
 * Pools as torch.nn.MaxPool2d and AvgPool2d compute them, and the window of
 * a kernel that is not square, on dense channels-last maps. A window that
 * reaches over the map is cut: what lies outside is never the largest, and
 * a mean counts it as zero or not at all.
 *
 * Symbols: n images, h w input size, c channels, ho wo output size.
 */
#ifndef LAYERS_POOLING_H
#define LAYERS_POOLING_H

#include <stdbool.h>
#include <stddef.h>

enum nn_pool_kind {
	NN_POOL_MAX,
	NN_POOL_MEAN,		/* outside is zero: always k * k values */
	NN_POOL_MEAN_INSIDE	/* of the values that there are */
};

/* pad <= k / 2, so that no window lies outside; h and w + 2 pad >= k. */
struct nn_pool {
	size_t n, h, w, c, k, stride, pad;
	bool ceil;		/* a last window that does not fit counts too */
	enum nn_pool_kind kind;
};

size_t nn_pool_ho(const struct nn_pool *s);
size_t nn_pool_wo(const struct nn_pool *s);

/* x (n, h, w, c) -> out (n, ho, wo, c). */
void nn_pool_fwd(float *out, const float *x, const struct nn_pool *s);

/* Adds to dx; of equal largest values the first has the gradient. */
void nn_pool_bwd(float *dx, const float *dout, const float *x,
    const struct nn_pool *s);

/*
 * The kh x kw window of every pixel side by side, kh and kw odd: x (n, h, w,
 * c) -> out (n, h, w, kh kw c), tap (i, j) in the channels from (i kw + j) c
 * on, zeros outside the map. A 1x1 convolution behind it is a convolution
 * with a kernel of kh x kw.
 */
void nn_taps_fwd(float *out, const float *x, size_t n, size_t h, size_t w,
    size_t c, size_t kh, size_t kw);

#endif
