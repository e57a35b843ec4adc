#include "layers/corr.h"

#include <string.h>

ptrdiff_t
corr_index(ptrdiff_t i, size_t n, enum nn_pad mode)
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

/* dst = lrelu(scale * x + shift); one pixel. */
static void
pre_pixel(float *dst, const float *x, size_t c, const struct nn_pre *pre,
    size_t img)
{
	if (!pre) {
		memcpy(dst, x, c * sizeof *x);
	} else if (!pre->scale) {
		nn_act_line(dst, x, NN_ACT_LRELU, pre->slope, c);
	} else {
		const float *a = pre->scale + img * c;
		const float *b = pre->shift + img * c;

		for (size_t j = 0; j < c; j++) {
			float y = a[j] * x[j] + b[j], z = pre->slope * y;

			dst[j] = y > z ? y : z;
		}
	}
}

void
corr_pad_row(float *dst, const float *row, ptrdiff_t first, size_t cols,
    size_t w, size_t c, enum nn_pad mode, const struct nn_pre *pre,
    size_t img)
{
	for (size_t i = 0; i < cols; i++) {
		ptrdiff_t from = row ? corr_index(first + (ptrdiff_t)i, w,
		    mode) : -1;

		if (from < 0)
			memset(dst + i * c, 0, c * sizeof *dst);
		else
			pre_pixel(dst + i * c, row + (size_t)from * c, c, pre,
			    img);
	}
}

void
corr_act(float *out, size_t pixels, size_t c, size_t c0, size_t c1,
    const struct nn_post *post)
{
	if (!post || post->act == NN_ACT_NONE)
		return;
	if (c1 - c0 == c)
		nn_act_line(out, out, post->act, post->slope, pixels * c);
	else
		for (size_t p = 0; p < pixels; p++)
			nn_act_line(out + p * c + c0, out + p * c + c0,
			    post->act, post->slope, c1 - c0);
}

size_t
corr_packed(const struct corr *s)
{
	return corr_fits_winograd(s) ? winograd_packed(s) : direct_packed(s);
}

void
corr_pack(float *packed, const float *w, const struct corr *s)
{
	(corr_fits_winograd(s) ? winograd_pack : direct_pack)(packed, w, s);
}

size_t
corr_scratch(const struct corr *s)
{
	return corr_fits_winograd(s) ? winograd_scratch(s) :
	    direct_scratch(s);
}

void
corr_run(float *out, const float *x, const float *packed,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct corr *s, void *scratch)
{
	(corr_fits_winograd(s) ? winograd_run : direct_run)(out, x, packed,
	    pre, post, s, scratch);
}
