/*
 * The one routine behind convolution, forward and to its input: a sum over a
 * window, plain or transposed. Private to layers/; conv.h says what is
 * computed. Two ways to compute it: directly, and by Winograd.
 *
 * The gradient to the input of a convolution is a transposed convolution of
 * the gradient to the output with the same weights, and the reverse; with
 * stride 1 it is a convolution with flipped weights. So forward and backward
 * need the same two things.
 */
#ifndef LAYERS_CORR_H
#define LAYERS_CORR_H

#include "layers/conv.h"
#include "math/panel.h"

/* Up to so many outputs the direct way sums by vectors of the input. */
#define CORR_FEW 3

struct corr {
	size_t n, hi, wi, ci;	/* input */
	size_t ho, wo, co;	/* output */
	size_t k, stride, pad;
	enum nn_pad mode;
	bool transposed;
	/* w[co, ci, i, j] is at co * so + ci * si + i * k + j, or */
	size_t so, si;
	bool flip;		/* ... + (k - 1 - i) * k + k - 1 - j */
};

/* The choice of the way, by shape alone and not by n. */
bool corr_fits_winograd(const struct corr *s);

size_t corr_packed(const struct corr *s);	/* floats */
void corr_pack(float *packed, const float *w, const struct corr *s);
size_t corr_scratch(const struct corr *s);	/* bytes */
void corr_run(float *out, const float *x, const float *packed,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct corr *s, void *scratch);

/* The two ways; the same contracts. */
size_t direct_packed(const struct corr *s);
void direct_pack(float *packed, const float *w, const struct corr *s);
size_t direct_scratch(const struct corr *s);
void direct_run(float *out, const float *x, const float *packed,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct corr *s, void *scratch);

size_t winograd_packed(const struct corr *s);
void winograd_pack(float *packed, const float *w, const struct corr *s);
size_t winograd_scratch(const struct corr *s);
void winograd_run(float *out, const float *x, const float *packed,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct corr *s, void *scratch);

/*
 * Place of line i of n under the padding; negative for zeros, and for what is
 * so far out that no sum needs it.
 */
ptrdiff_t corr_index(ptrdiff_t i, size_t n, enum nn_pad mode);

/*
 * A padded copy of one row of an image (w, c), from column `first` on, cols
 * pixels, after pre: dst (cols, c). row NULL gives zeros. img: which of the
 * images, for pre.
 */
void corr_pad_row(float *dst, const float *row, ptrdiff_t first, size_t cols,
    size_t w, size_t c, enum nn_pad mode, const struct nn_pre *pre,
    size_t img);

/* post->act on columns c0..c1-1 of some pixels of c channels each. */
void corr_act(float *out, size_t pixels, size_t c, size_t c0, size_t c1,
    const struct nn_post *post);

#endif
