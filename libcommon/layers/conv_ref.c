#include "layers/conv.h"

#include <math.h>

/*
 * The definition of conv.h, one output value at a time, in double. Slow on
 * purpose: it is what the fast paths are judged against.
 */

/* Index of `i` in a line of n under the padding, or -1 for a zero. */
static ptrdiff_t
pad_index(ptrdiff_t i, size_t n, enum nn_pad mode)
{
	ptrdiff_t last = (ptrdiff_t)n - 1;

	if (i >= 0 && i <= last)
		return i;
	switch (mode) {
	case NN_PAD_ZERO:
		return -1;
	case NN_PAD_EDGE:
		return i < 0 ? 0 : last;
	case NN_PAD_REFLECT:
		break;
	}
	return i < 0 ? -i : 2 * last - i;
}

/*
 * Input line index that output index y reads through kernel index t, or -1.
 * Plain:      y * stride - pad + t
 * Transposed: the i with y = stride * i - pad + t
 */
static ptrdiff_t
source(size_t y, size_t t, size_t n, const struct nn_conv *s)
{
	ptrdiff_t st = (ptrdiff_t)s->stride, pad = (ptrdiff_t)s->pad;

	if (!s->transposed)
		return pad_index((ptrdiff_t)y * st - pad + (ptrdiff_t)t, n,
		    s->mode);
	ptrdiff_t i = (ptrdiff_t)y + pad - (ptrdiff_t)t;

	return i < 0 || i % st != 0 || i / st >= (ptrdiff_t)n ? -1 : i / st;
}

static double
pre_value(const float *x, size_t at, size_t img, size_t ch,
    const struct nn_pre *pre, size_t c)
{
	double v = x[at];

	if (!pre)
		return v;
	if (pre->scale)
		v = pre->scale[img * c + ch] * v + pre->shift[img * c + ch];
	return v >= 0 ? v : pre->slope * v;
}

static double
act_value(double v, const struct nn_post *post)
{
	switch (post->act) {
	case NN_ACT_NONE:
		return v;
	case NN_ACT_LRELU:
		return v >= 0 ? v : post->slope * v;
	case NN_ACT_TANH:
		return tanh(v);
	case NN_ACT_SIGMOID:
		return 1 / (1 + exp(-v));
	}
	return v;
}

/* Place of w[o, c, i, j] in the file. */
static size_t
w_at(size_t o, size_t c, size_t i, size_t j, const struct nn_conv *s)
{
	size_t oc = s->transposed ? c * s->o + o : o * s->c + c;

	return (oc * s->k + i) * s->k + j;
}

void
nn_conv_fwd_ref(float *out, const float *x, const float *w,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct nn_conv *s)
{
	size_t ho = nn_conv_ho(s), wo = nn_conv_wo(s);

	for (size_t at = 0; at < s->n * ho * wo * s->o; at++) {
		size_t o = at % s->o, p = at / s->o;
		size_t xo = p % wo, yo = p / wo % ho, img = p / wo / ho;
		double sum = 0;

		for (size_t i = 0; i < s->k; i++)
		for (size_t j = 0; j < s->k; j++) {
			ptrdiff_t yi = source(yo, i, s->h, s);
			ptrdiff_t xi = source(xo, j, s->w, s);

			if (yi < 0 || xi < 0)
				continue;
			size_t px = (img * s->h + (size_t)yi) * s->w +
			    (size_t)xi;

			for (size_t c = 0; c < s->c; c++)
				sum += w[w_at(o, c, i, j, s)] * pre_value(x,
				    px * s->c + c, img, c, pre, s->c);
		}
		if (post && post->bias)
			sum += post->bias[o];
		if (post && post->add)
			sum += post->add[at];
		out[at] = (float)(post ? act_value(sum, post) : sum);
	}
}

void
nn_conv_bwd_ref(float *dx, float *dw, float *db, const float *dout,
    const float *x, const float *w, const struct nn_pre *pre,
    const struct nn_conv *s)
{
	size_t ho = nn_conv_ho(s), wo = nn_conv_wo(s);

	for (size_t at = 0; at < s->n * ho * wo * s->o; at++) {
		size_t o = at % s->o, p = at / s->o;
		size_t xo = p % wo, yo = p / wo % ho, img = p / wo / ho;

		for (size_t i = 0; i < s->k; i++)
		for (size_t j = 0; j < s->k; j++) {
			ptrdiff_t yi = source(yo, i, s->h, s);
			ptrdiff_t xi = source(xo, j, s->w, s);

			if (yi < 0 || xi < 0)
				continue;
			size_t px = (img * s->h + (size_t)yi) * s->w +
			    (size_t)xi;

			for (size_t c = 0; c < s->c; c++) {
				size_t k = w_at(o, c, i, j, s);

				/* sum += w * in */
				if (dx)
					dx[px * s->c + c] += dout[at] * w[k];
				if (dw)
					dw[k] += (float)(dout[at] * pre_value(x,
					    px * s->c + c, img, c, pre, s->c));
			}
		}
		/* sum += bias */
		if (db)
			db[o] += dout[at];
	}
}
