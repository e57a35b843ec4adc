/*
 * Convolution, strided and transposed, as torch.nn.Conv2d and
 * torch.nn.ConvTranspose2d compute it, on dense channels-last maps:
 *
 *	out[y, x, :] = bias + sum over (i, j, c) of
 *	    w[:, c, i, j] * in[y * stride - pad + i, x * stride - pad + j, c]
 *
 * and transposed, always exactly `stride` times the size of the input:
 *
 *	out row y receives input row i with kernel row t: y = stride * i - pad + t
 *
 * What stands before and after a convolution in our networks is done on the
 * way: normalisation and LeakyReLU of the input while it is read (struct
 * nn_pre), bias, residual and activation while it is written (struct
 * nn_post).
 *
 * Weights are packed once for the kernel that will use them: once in a life
 * for inference, once per step in training.
 *
 * Symbols: n images, h w input size, c input channels, o output channels,
 * k kernel size; ho wo output size.
 */
#ifndef LAYERS_CONV_H
#define LAYERS_CONV_H

#include <stdbool.h>
#include <stddef.h>

#include "layers/act.h"

/* What lies outside the map: zeros; the nearest pixel; the mirror image. */
enum nn_pad { NN_PAD_ZERO, NN_PAD_EDGE, NN_PAD_REFLECT };

/*
 * k, stride >= 1; pad < h and w with NN_PAD_REFLECT; a transposed one has
 * zero padding, pad < k and k - pad >= stride.
 * The attention's key half is k = 2 r + 1, pad = 2 r, NN_PAD_EDGE: the map is
 * enlarged by r on each side (attn.h).
 */
struct nn_conv {
	size_t n, h, w, c, o, k, stride, pad;
	enum nn_pad mode;
	bool transposed;
};

/*
 * What is done to the input before the sum; the padding comes after it, so
 * zeros stay zeros. NULL as a whole: nothing.
 *
 *	in = lrelu(scale[n, c] * x + shift[n, c], slope)
 */
struct nn_pre {
	const float *scale, *shift;	/* (n, c), both or none (1 and 0) */
	float slope;			/* 1: no activation */
};

/*
 * What is done to the sum. NULL as a whole: nothing.
 *
 *	out = act(sum + bias + add)
 */
struct nn_post {
	const float *bias;	/* (o), or NULL */
	const float *add;	/* shape of out, may be out itself; or NULL */
	enum nn_act act;
	float slope;		/* of NN_ACT_LRELU */
};

size_t nn_conv_ho(const struct nn_conv *s);
size_t nn_conv_wo(const struct nn_conv *s);

/*
 * w, as in the weights file: (o, c, k, k), transposed (c, o, k, k), to the
 * order the kernels want. nn_conv_packed is the number of floats of
 * `packed`; it and the contents are the same for any n.
 */
size_t nn_conv_packed(const struct nn_conv *s);
void nn_conv_pack(float *packed, const float *w, const struct nn_conv *s);

/* The same for the gradient to the input. */
size_t nn_conv_packed_bwd(const struct nn_conv *s);
void nn_conv_pack_bwd(float *packed, const float *w, const struct nn_conv *s);

/* Bytes of scratch that nn_conv_fwd and nn_conv_bwd want, aligned to 64. */
size_t nn_conv_scratch(const struct nn_conv *s);
size_t nn_conv_scratch_bwd(const struct nn_conv *s);

/*
 * x (n, h, w, c) -> out (n, ho, wo, o). out overlaps nothing but post->add.
 */
void nn_conv_fwd(float *out, const float *x, const float *packed,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct nn_conv *s, void *scratch);

/*
 * Adds to dx (n, h, w, c), dw (as in the file) and db (o); each may be NULL.
 * dout is the gradient to sum + bias (undo post->act first; the gradient to
 * post->add is dout). dx is the gradient to what the sum reads, behind
 * nn_pre: nn_inorm_bwd or nn_lrelu_bwd takes it on. x and pre as given to
 * fwd, only needed for dw; packed_bwd only for dx.
 */
void nn_conv_bwd(float *dx, float *dw, float *db, const float *dout,
    const float *x, const float *packed_bwd, const struct nn_pre *pre,
    const struct nn_conv *s, void *scratch);

/* The definition, with w as in the file and no scratch. */
void nn_conv_fwd_ref(float *out, const float *x, const float *w,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct nn_conv *s);
void nn_conv_bwd_ref(float *dx, float *dw, float *db, const float *dout,
    const float *x, const float *w, const struct nn_pre *pre,
    const struct nn_conv *s);

#endif
