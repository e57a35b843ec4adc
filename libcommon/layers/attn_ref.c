#include "layers/attn.h"

#include <math.h>

/*
 * The literal definition, in double: sample the patch of each tap, convolve
 * query patch and key patch, softmax, average. No rewrite is used here.
 */

#define MAX_TAPS 81

static double
clamp(double i, size_t n)
{
	return i < 0 ? 0 : i > (double)n - 1 ? (double)n - 1 : i;
}

/* Map value at (y, x), bilinear, fraction before the clamp. */
static double
sample(const float *map, double y, double x, size_t ch, size_t h, size_t w,
    size_t c)
{
	double x0 = floor(x), y0 = floor(y), a = x - x0, b = y - y0, v = 0;

	for (int i = 0; i < 4; i++) {
		size_t xi = (size_t)clamp(x0 + (i & 1), w);
		size_t yi = (size_t)clamp(y0 + (i >> 1), h);

		v += (i & 1 ? a : 1 - a) * (i >> 1 ? b : 1 - b) *
		    map[(yi * w + xi) * c + ch];
	}
	return v;
}

void
nn_attn_fwd_ref(float *out, const float *key, const float *query,
    const float *pos, const float *wk, const float *wq, const float *bias,
    const float *w1, const float *b1, const struct nn_attn *s)
{
	size_t hw = s->h * s->w, taps = s->k * s->k;
	double r = (double)(s->k / 2), tap[MAX_TAPS];

	for (size_t p = 0; p < s->n * hw; p++) {
		size_t img = p / hw;
		const float *km = key +
		    (s->keys == 1 ? 0 : img) * s->kh * s->kw * s->c;
		const float *qm = query +
		    (s->queries == 1 ? 0 : img) * hw * s->c;
		double x = (double)(p % s->w), y = (double)(p % hw / s->w);
		double px = pos[p * 2] + (s->relative ? x : 0);
		double py = pos[p * 2 + 1] + (s->relative ? y : 0);
		double max = -INFINITY, sum = 0;

		if (isnan(px) || isnan(py)) {
			for (size_t c = 0; c < s->c; c++)
				out[p * s->c + c] = 0;
			continue;
		}
		for (size_t t = 0; t < taps; t++)
			tap[t] = b1[t];
		for (size_t d = 0; d < s->hid; d++) {
			double v = bias[d];

			for (size_t c = 0; c < s->c; c++)
			for (size_t t = 0; t < taps; t++) {
				double i = (double)(t / s->k) - r;
				double j = (double)(t % s->k) - r;
				size_t at = (d * s->c + c) * taps + t;

				v += wq[at] * sample(qm, y + i, x + j, c, s->h,
				    s->w, s->c);
				v += wk[at] * sample(km, py + i, px + j, c,
				    s->kh, s->kw, s->c);
			}
			v = v >= 0 ? v : NN_ATTN_SLOPE * v;
			for (size_t t = 0; t < taps; t++)
				tap[t] += w1[t * s->hid + d] * v;
		}
		for (size_t t = 0; t < taps; t++)
			max = fmax(max, tap[t]);
		for (size_t t = 0; t < taps; t++)
			sum += tap[t] = exp(tap[t] - max);
		/* eq. 1, Attn of both patches */
		for (size_t c = 0; c < s->c; c++) {
			double v = 0;

			for (size_t t = 0; t < taps; t++)
				v += tap[t] / sum * sample(km,
				    py + (double)(t / s->k) - r,
				    px + (double)(t % s->k) - r, c, s->kh,
				    s->kw, s->c);
			out[p * s->c + c] = (float)(s->scale * v);
		}
	}
}
