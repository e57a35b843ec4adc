/*
 * Convolution, depthwise convolution and max pool as TensorFlow has them, for
 * networks that others have trained: the window may be any rectangle, rows
 * and columns have strides of their own, and the padding need not be the same
 * on both sides. Inference only, one dense channels-last map at a time:
 *
 *	out[y, x, :] = act(bias + sum over (i, j, c) of
 *	    w[:, c, i, j] * in[y * sh - top + i, x * sw - left + j, c])
 *
 * and depthwise, where output channel c sees input channel c alone. Outside
 * the map are zeros; a pool does not look there.
 *
 * Each fast way has its definition beside it (_ref), which takes the weights
 * as they stand in the file and needs no scratch. Sums are chains in an order
 * that the shape alone decides: the same bytes for any team.
 */
#ifndef LAYERS_WINDOW_H
#define LAYERS_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

/* All >= 1 but top and left; h and w at most 65535. */
struct nn_window {
	size_t h, w, c;		/* input */
	size_t kh, kw;		/* window */
	size_t sh, sw;		/* strides */
	size_t top, left;	/* zeros in front of the first row and column */
	size_t ho, wo;		/* output */
};

/* out = min(max(sum, lo), hi); NaN stays. ReLU: (0, inf); ReLU6: (0, 6). */
struct nn_clip {
	float lo, hi;
};
void nn_clip_fwd(float *out, const float *x, struct nn_clip clip, size_t len);

/*
 * Fills ho, wo, top and left from the rest. SAME: ho is h / sh rounded up, and
 * of the zeros that this takes the odd one stands behind. VALID: no zeros;
 * false where the window is larger than the map.
 */
void nn_window_same(struct nn_window *s);
bool nn_window_valid(struct nn_window *s);

/*
 * Convolution to o channels. w (o, c, kh, kw); bias (o) or NULL. Packed once:
 * nn_wconv_packed floats, aligned to 64. out (ho, wo, o) overlaps nothing.
 */
size_t nn_wconv_packed(const struct nn_window *s, size_t o);
void nn_wconv_pack(float *packed, const float *w, const struct nn_window *s,
    size_t o);
size_t nn_wconv_scratch(const struct nn_window *s);	/* bytes, for 64 */
void nn_wconv_fwd(float *out, const float *x, const float *packed,
    const float *bias, struct nn_clip clip, const struct nn_window *s,
    size_t o, void *scratch);
void nn_wconv_fwd_ref(float *out, const float *x, const float *w,
    const float *bias, struct nn_clip clip, const struct nn_window *s,
    size_t o);

/* Depthwise: w (c, 1, kh, kw); bias (c) or NULL, which goes into packed. */
size_t nn_depthwise_packed(const struct nn_window *s);
void nn_depthwise_pack(float *packed, const float *w, const float *bias,
    const struct nn_window *s);
size_t nn_depthwise_scratch(const struct nn_window *s);
void nn_depthwise_fwd(float *out, const float *x, const float *packed,
    struct nn_clip clip, const struct nn_window *s, void *scratch);
void nn_depthwise_fwd_ref(float *out, const float *x, const float *w,
    const float *bias, struct nn_clip clip, const struct nn_window *s);

/* Every window holds a pixel of the map, as those of SAME and VALID do. */
void nn_window_max_fwd(float *out, const float *x, struct nn_clip clip,
    const struct nn_window *s);

/*
 * x (h, w, c) with zeros round it: pad[0] is rows, pad[1] columns, pad[2]
 * channels, [0] in front and [1] behind; out (pad[0][0] + h + pad[0][1], ...).
 */
void nn_zeros_fwd(float *out, const float *x, size_t h, size_t w, size_t c,
    const size_t pad[3][2]);

#endif
