/*
 * Local attention with predicted kernels, eq. 1; NETWORK.md 1.1. At each
 * query pixel p, k x k patches of the query (around p) and of the key
 * (around pos(p), bilinear) are laid side by side, a k x k convolution and a
 * 1 x 1 predict one weight for each of the k k taps, and out is the weighted
 * sum of the key's patch:
 *
 *	hidden = lrelu(conv_q(Q) + bias + conv_k(K's patch), 0.1)   (hid)
 *	tap    = softmax(w1 hidden + b1)                            (k k)
 *	out    = scale * sum over t of tap[t] * K(pos + offset(t))  (c)
 *
 * No patch is ever built. All taps of a patch share one fraction, so conv_k
 * of the warped patch is the bilinear gather, at pos + r, of an ordinary
 * convolution of K enlarged by r = k/2 on each side (edge values); and the
 * weighted sum is one (k+1) x (k+1) kernel at whole pixels. So the work is
 *
 *	hk = nn_conv_fwd(K; nn_attn_key(s)), once for each key map
 *	hq = nn_conv_fwd(Q; nn_attn_query(s)) with its bias, once for each query
 *	nn_attn_fwd, for each view
 *
 * Key and query maps may be shared by all views: n images to one texture, or
 * one texture to n images.
 */
#ifndef LAYERS_ATTN_H
#define LAYERS_ATTN_H

#include <stdbool.h>
#include <stddef.h>

#include "layers/conv.h"

#define NN_ATTN_SLOPE 0.1f

struct nn_attn {
	size_t n;		/* views: images of pos and out */
	size_t keys, queries;	/* n or 1 each: one map for all views */
	size_t h, w;		/* of query, pos and out */
	size_t kh, kw;		/* of the key map */
	size_t c, hid;		/* channels of the key; hidden channels */
	size_t k;		/* odd */
	float scale;		/* 1 / (k k) as GFLA, or 1 */
	bool relative;		/* pos is a flow: offset from the query pixel */
};

/*
 * The two convolutions, by shape. wk, wq (hid, c, k, k) in the file; the
 * bias belongs to the query's.
 */
struct nn_conv nn_attn_key(const struct nn_attn *s);
struct nn_conv nn_attn_query(const struct nn_attn *s);

/* Bytes of scratch, aligned to 64. */
size_t nn_attn_scratch(const struct nn_attn *s);
size_t nn_attn_scratch_bwd(const struct nn_attn *s);

/*
 * key (keys, kh, kw, c), hk (keys, kh + 2r, kw + 2r, hid),
 * hq (queries, h, w, hid), pos (n, h, w, 2) as x, y in pixels of the key
 * map, w1 (k k, hid), b1 (k k) -> out (n, h, w, c) and, unless NULL,
 * tap (n, h, w, k k), which the backward wants. Tap i k + j is row i, column
 * j of the patch. NaN in pos gives zeros.
 */
void nn_attn_fwd(float *out, float *tap, const float *key, const float *hk,
    const float *hq, const float *pos, const float *w1, const float *b1,
    const struct nn_attn *s, void *scratch);

/*
 * Adds to the gradients; each may be NULL. dkey is only the part by way of
 * the weighted sum: the part by way of hk comes from nn_conv_bwd of
 * nn_attn_key(s), as dwk does.
 */
void nn_attn_bwd(float *dkey, float *dhk, float *dhq, float *dpos, float *dw1,
    float *db1, const float *dout, const float *key, const float *hk,
    const float *hq, const float *pos, const float *tap, const float *w1,
    const struct nn_attn *s, void *scratch);

/*
 * The literal definition from maps and weights to out: the patches are built
 * as a mosaic and convolved. No scratch; slow.
 */
void nn_attn_fwd_ref(float *out, const float *key, const float *query,
    const float *pos, const float *wk, const float *wq, const float *bias,
    const float *w1, const float *b1, const struct nn_attn *s);

#endif
