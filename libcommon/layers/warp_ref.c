#include "layers/warp.h"

#include <math.h>

/* Legend: px py position; x0 y0 its floor; a b fraction; q a pixel of out. */

struct corner {
	size_t at[4];		/* TL TR BL BR: pixel index in the map */
	double w[4], wx[4], wy[4];	/* weight and its derivatives */
};

static size_t
clamp(double i, size_t n)
{
	return i <= 0 ? 0 : i >= (double)n - 1 ? n - 1 : (size_t)i;
}

/* False where the position is NaN. */
static bool
corners(struct corner *k, const float *pos, size_t q, const struct nn_warp *s)
{
	size_t x = q % s->wo, y = q / s->wo % s->ho, img = q / s->wo / s->ho;
	double px = pos[q * 2] + (s->relative ? (double)x : 0);
	double py = pos[q * 2 + 1] + (s->relative ? (double)y : 0);

	if (isnan(px) || isnan(py))
		return false;
	double x0 = floor(px), y0 = floor(py), a = px - x0, b = py - y0;
	size_t map = s->maps == 1 ? 0 : img;

	for (int i = 0; i < 4; i++) {
		int r = i & 1, d = i >> 1;

		k->at[i] = (map * s->h + clamp(y0 + d, s->h)) * s->w +
		    clamp(x0 + r, s->w);
		k->w[i] = (r ? a : 1 - a) * (d ? b : 1 - b);
		k->wx[i] = (r ? 1 : -1) * (d ? b : 1 - b);
		k->wy[i] = (r ? a : 1 - a) * (d ? 1 : -1);
	}
	return true;
}

void
nn_warp_fwd_ref(float *out, const float *x, const float *pos,
    const struct nn_warp *s)
{
	struct corner k;

	for (size_t q = 0; q < s->n * s->ho * s->wo; q++) {
		bool seen = corners(&k, pos, q, s);

		for (size_t c = 0; c < s->c; c++) {
			double v = 0;

			for (int i = 0; seen && i < 4; i++)
				v += k.w[i] * x[k.at[i] * s->c + c];
			out[q * s->c + c] = (float)v;
		}
	}
}

void
nn_warp_bwd_ref(float *dx, float *dpos, const float *dout, const float *x,
    const float *pos, const struct nn_warp *s)
{
	struct corner k;

	for (size_t q = 0; q < s->n * s->ho * s->wo; q++) {
		if (!corners(&k, pos, q, s))
			continue;
		double gx = 0, gy = 0;

		for (size_t c = 0; c < s->c; c++)
			for (int i = 0; i < 4; i++) {
				double g = dout[q * s->c + c];
				size_t at = k.at[i] * s->c + c;

				/* out += w * x */
				gx += g * k.wx[i] * x[at];
				gy += g * k.wy[i] * x[at];
				if (dx)
					dx[at] += (float)(g * k.w[i]);
			}
		if (dpos) {
			dpos[q * 2] += (float)gx;
			dpos[q * 2 + 1] += (float)gy;
		}
	}
}
