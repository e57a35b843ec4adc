#include "layers/simple.h"

#include <string.h>

void
nn_add_fwd(float *out, const float *a, const float *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = a[i] + b[i];
}

void
nn_add_bwd(float *da, float *db, const float *dout, size_t len)
{
	for (size_t i = 0; da && i < len; i++)
		da[i] += dout[i];
	for (size_t i = 0; db && i < len; i++)
		db[i] += dout[i];
}

void
nn_blend_fwd(float *out, const float *q, const float *a, const float *m,
    size_t hw, size_t c)
{
	for (size_t p = 0; p < hw; p++)
		for (size_t i = p * c; i < (p + 1) * c; i++)
			out[i] = q ? (1 - m[p]) * q[i] + m[p] * a[i] :
			    m[p] * a[i];
}

void
nn_blend_bwd(float *dq, float *da, float *dm, const float *dout,
    const float *q, const float *a, const float *m, size_t hw, size_t c)
{
	/* out = (1 - m) * q + m * a */
	for (size_t p = 0; p < hw; p++) {
		double sum = 0;

		for (size_t i = p * c; i < (p + 1) * c; i++) {
			if (dq)
				dq[i] += (1 - m[p]) * dout[i];
			if (da)
				da[i] += m[p] * dout[i];
			if (dm)
				sum += dout[i] * (q ? a[i] - q[i] : a[i]);
		}
		if (dm)
			dm[p] += (float)sum;
	}
}

void
nn_concat_fwd(float *out, const float *x, size_t hw, size_t c, size_t first,
    size_t total)
{
	for (size_t p = 0; p < hw; p++)
		if (x)
			memcpy(out + p * total + first, x + p * c,
			    c * sizeof *x);
		else
			memset(out + p * total + first, 0, c * sizeof *out);
}

void
nn_concat_bwd(float *dx, const float *dout, size_t hw, size_t c,
    size_t first, size_t total)
{
	for (size_t p = 0; p < hw; p++)
		for (size_t i = 0; i < c; i++)
			dx[p * c + i] += dout[p * total + first + i];
}

void
nn_mean_fwd(float *out, const float *x, size_t outer, size_t count,
    size_t inner)
{
	for (size_t o = 0; o < outer; o++)
		for (size_t i = 0; i < inner; i++) {
			double sum = 0;

			for (size_t k = 0; k < count; k++)
				sum += x[(o * count + k) * inner + i];
			out[o * inner + i] = (float)(sum / (double)count);
		}
}

void
nn_mean_bwd(float *dx, const float *dout, size_t outer, size_t count,
    size_t inner)
{
	float part = 1 / (float)count;

	for (size_t o = 0; o < outer; o++)
		for (size_t k = 0; k < count; k++)
			for (size_t i = 0; i < inner; i++)
				dx[(o * count + k) * inner + i] +=
				    part * dout[o * inner + i];
}

void
nn_spread_fwd(float *out, const float *x, const float *v, size_t n,
    size_t hw, size_t c)
{
	for (size_t p = 0; p < n * hw; p++)
		for (size_t i = 0; i < c; i++)
			out[p * c + i] = x[p * c + i] + v[p / hw * c + i];
}

void
nn_spread_bwd(float *dx, float *dv, const float *dout, size_t n, size_t hw,
    size_t c)
{
	if (dx)
		nn_add_bwd(dx, NULL, dout, n * hw * c);
	for (size_t p = 0; dv && p < n * hw; p++)
		for (size_t i = 0; i < c; i++)
			dv[p / hw * c + i] += dout[p * c + i];
}

void
nn_up2_fwd(float *out, const float *x, size_t n, size_t h, size_t w, size_t c)
{
	for (size_t y = 0; y < n * h * 2; y++)
		for (size_t i = 0; i < w * 2; i++)
			memcpy(out + (y * w * 2 + i) * c,
			    x + (y / 2 * w + i / 2) * c, c * sizeof *x);
}

void
nn_up2_bwd(float *dx, const float *dout, size_t n, size_t h, size_t w,
    size_t c)
{
	for (size_t y = 0; y < n * h; y++)
		for (size_t i = 0; i < w; i++) {
			const float *a = dout + (y * 2 * w + i) * 2 * c;
			const float *b = a + w * 2 * c;

			for (size_t j = 0; j < c; j++)
				dx[(y * w + i) * c + j] += (a[j] + a[c + j]) +
				    (b[j] + b[c + j]);
		}
}

void
nn_avgpool2_fwd(float *out, const float *x, size_t n, size_t h, size_t w,
    size_t c)
{
	size_t ho = h / 2, wo = w / 2;

	for (size_t p = 0; p < n * ho * wo; p++) {
		size_t y = p / wo / ho * h + p / wo % ho * 2;
		const float *a = x + (y * w + p % wo * 2) * c, *b = a + w * c;

		for (size_t j = 0; j < c; j++)
			out[p * c + j] = 0.25f *
			    ((a[j] + a[c + j]) + (b[j] + b[c + j]));
	}
}

void
nn_avgpool2_bwd(float *dx, const float *dout, size_t n, size_t h, size_t w,
    size_t c)
{
	size_t ho = h / 2, wo = w / 2;

	for (size_t p = 0; p < n * ho * wo; p++) {
		size_t y = p / wo / ho * h + p / wo % ho * 2;
		float *a = dx + (y * w + p % wo * 2) * c, *b = a + w * c;

		for (size_t j = 0; j < c; j++) {
			float d = 0.25f * dout[p * c + j];

			a[j] += d;
			a[c + j] += d;
			b[j] += d;
			b[c + j] += d;
		}
	}
}

void
nn_maxpool_fwd(float *out, const float *x, size_t n, size_t h, size_t w,
    size_t c, size_t k, size_t stride)
{
	size_t ho = (h - k) / stride + 1, wo = (w - k) / stride + 1;

	for (size_t p = 0; p < n * ho * wo; p++) {
		size_t y = p / wo / ho * h + p / wo % ho * stride;
		const float *a = x + (y * w + p % wo * stride) * c;
		float *o = out + p * c;

		memcpy(o, a, c * sizeof *o);
		for (size_t i = 0; i < k * k; i++) {
			const float *b = a + (i / k * w + i % k) * c;

			for (size_t j = 0; j < c; j++)
				o[j] = b[j] > o[j] ? b[j] : o[j];
		}
	}
}

void
nn_maxpool_bwd(float *dx, const float *dout, const float *x, size_t n,
    size_t h, size_t w, size_t c, size_t k, size_t stride)
{
	size_t ho = (h - k) / stride + 1, wo = (w - k) / stride + 1;

	for (size_t q = 0; q < n * ho * wo * c; q++) {
		size_t p = q / c, y = p / wo / ho * h + p / wo % ho * stride;
		size_t first = (y * w + p % wo * stride) * c + q % c;
		size_t best = first;

		for (size_t i = 1; i < k * k; i++) {
			size_t at = first + (i / k * w + i % k) * c;

			if (x[at] > x[best])
				best = at;
		}
		dx[best] += dout[q];
	}
}
