/*
 * Layers without weights that only add, copy and average. Every _bwd adds to
 * its gradients, and any of them may be NULL.
 *
 * Symbols: n images, h w size, hw pixels, c channels.
 */
#ifndef LAYERS_SIMPLE_H
#define LAYERS_SIMPLE_H

#include <stddef.h>

/* out = a + b; out may be a or b. */
void nn_add_fwd(float *out, const float *a, const float *b, size_t len);
void nn_add_bwd(float *da, float *db, const float *dout, size_t len);

/*
 * Masked merge of a query feature with what attention brought back, eq. 2:
 *
 *	out = (1 - m) * q + m * a
 *
 * q, a, out: (hw, c); m: (hw), shared by all channels. q NULL is zero: then
 * out = m * a. out may alias q or a.
 */
void nn_blend_fwd(float *out, const float *q, const float *a, const float *m,
    size_t hw, size_t c);
/* Needs q, a, m as given to fwd. */
void nn_blend_bwd(float *dq, float *da, float *dm, const float *dout,
    const float *q, const float *a, const float *m, size_t hw, size_t c);

/*
 * Channel concatenation, one part at a time: x (hw, c) becomes the channels
 * first..first+c-1 of out (hw, total). x NULL writes zeros (a slot of the
 * merge of views that no view fills). _bwd is the split.
 */
void nn_concat_fwd(float *out, const float *x, size_t hw, size_t c,
    size_t first, size_t total);
void nn_concat_bwd(float *dx, const float *dout, size_t hw, size_t c,
    size_t first, size_t total);

/*
 * Mean over the middle axis: x (outer, count, inner) -> out (outer, inner).
 * (n, hw, c) is the global mean of a map, (1, n, hw c) the mean of n views.
 */
void nn_mean_fwd(float *out, const float *x, size_t outer, size_t count,
    size_t inner);
void nn_mean_bwd(float *dx, const float *dout, size_t outer, size_t count,
    size_t inner);

/* out = x + v[n, c] in every pixel; x (n, hw, c), v (n, c); out may be x. */
void nn_spread_fwd(float *out, const float *x, const float *v, size_t n,
    size_t hw, size_t c);
void nn_spread_bwd(float *dx, float *dv, const float *dout, size_t n,
    size_t hw, size_t c);

/* Every pixel four times: (n, h, w, c) -> (n, 2h, 2w, c). */
void nn_up2_fwd(float *out, const float *x, size_t n, size_t h, size_t w,
    size_t c);
void nn_up2_bwd(float *dx, const float *dout, size_t n, size_t h, size_t w,
    size_t c);

/* Mean of 2x2: (n, h, w, c) -> (n, h/2, w/2, c), an odd last row is left. */
void nn_avgpool2_fwd(float *out, const float *x, size_t n, size_t h,
    size_t w, size_t c);
void nn_avgpool2_bwd(float *dx, const float *dout, size_t n, size_t h,
    size_t w, size_t c);

#endif
