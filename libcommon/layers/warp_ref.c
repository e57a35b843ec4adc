#include "layers/warp.h"

#include <math.h>

/*
 * Legend: px py position; x0 y0 its floor; q a pixel of out. A tap of a line
 * is at x0 + i and weighs line[i]; slope is its derivative by px.
 */

#define MAX_TAPS 4

struct line {
	size_t n;		/* taps */
	size_t at[MAX_TAPS];	/* pixel index, clamped */
	double w[MAX_TAPS], slope[MAX_TAPS];
};

static size_t
clamp(double i, size_t n)
{
	return i <= 0 ? 0 : i >= (double)n - 1 ? n - 1 : (size_t)i;
}

static void
line(struct line *l, double x, size_t n, bool wide)
{
	double x0 = floor(x), a = x - x0, sum = 0, dsum = 0;

	l->n = wide ? 4 : 2;
	for (size_t i = 0; i < l->n; i++) {
		double d = (double)i - (wide ? 1 : 0) - a;

		l->at[i] = clamp(x0 + (double)i - (wide ? 1 : 0), n);
		/* 1 - |d|, or the Gaussian */
		l->w[i] = wide ? exp(-d * d / 8) : i ? a : 1 - a;
		l->slope[i] = wide ? l->w[i] * d / 4 : i ? 1 : -1;
		sum += l->w[i];
		dsum += l->slope[i];
	}
	for (size_t i = 0; wide && i < l->n; i++) {
		l->w[i] /= sum;
		l->slope[i] = (l->slope[i] - l->w[i] * dsum) / sum;
	}
}

/* False where the position is NaN. */
static bool
lines(struct line *lx, struct line *ly, const float *pos, size_t q,
    const struct nn_warp *s)
{
	size_t x = q % s->wo, y = q / s->wo % s->ho;
	double px = pos[q * 2] + (s->relative ? (double)x : 0);
	double py = pos[q * 2 + 1] + (s->relative ? (double)y : 0);

	if (isnan(px) || isnan(py))
		return false;
	line(lx, px, s->w, s->wide);
	line(ly, py, s->h, s->wide);
	return true;
}

/* Index of the map's value under tap (i, j) of channel 0. */
static size_t
tap(const struct line *lx, const struct line *ly, size_t i, size_t j,
    size_t q, const struct nn_warp *s)
{
	size_t map = s->maps == 1 ? 0 : q / s->wo / s->ho;

	return ((map * s->h + ly->at[i]) * s->w + lx->at[j]) * s->c;
}

void
nn_warp_fwd_ref(float *out, const float *x, const float *pos,
    const struct nn_warp *s)
{
	struct line lx, ly;

	for (size_t q = 0; q < s->n * s->ho * s->wo; q++) {
		bool seen = lines(&lx, &ly, pos, q, s);

		for (size_t c = 0; c < s->c; c++) {
			double v = 0;

			for (size_t i = 0; seen && i < ly.n; i++)
				for (size_t j = 0; j < lx.n; j++)
					v += ly.w[i] * lx.w[j] * x[tap(&lx,
					    &ly, i, j, q, s) + c];
			out[q * s->c + c] = (float)v;
		}
	}
}

void
nn_warp_bwd_ref(float *dx, float *dpos, const float *dout, const float *x,
    const float *pos, const struct nn_warp *s)
{
	struct line lx, ly;

	for (size_t q = 0; q < s->n * s->ho * s->wo; q++) {
		if (!lines(&lx, &ly, pos, q, s))
			continue;
		double gx = 0, gy = 0;

		for (size_t c = 0; c < s->c; c++)
		for (size_t i = 0; i < ly.n; i++)
		for (size_t j = 0; j < lx.n; j++) {
			double g = dout[q * s->c + c];
			size_t at = tap(&lx, &ly, i, j, q, s) + c;

			/* out += wy wx x */
			gx += g * ly.w[i] * lx.slope[j] * x[at];
			gy += g * ly.slope[i] * lx.w[j] * x[at];
			if (dx)
				dx[at] += (float)(g * ly.w[i] * lx.w[j]);
		}
		if (dpos) {
			dpos[q * 2] += (float)gx;
			dpos[q * 2 + 1] += (float)gy;
		}
	}
}
