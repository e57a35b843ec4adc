/*
 * The layers of simple.h against one formula for each value of their output,
 * and the same bytes, forward and backward, for any team.
 */
#include <string.h>

#include "layers/simple.h"
#include "math/team.h"

#include "../numbers.h"
#include "../tap.h"

/* Large enough that every layer is cut into several tasks; h, w are odd. */
enum { N = 2, H = 37, W = 41, C = 30, HW = H * W, LEN = N * HW * C };
enum { HALF = (H / 2) * (W / 2) };

static float *a, *b, *m, *out, *da, *db, *dm, *g;

static float
at(const float *x, size_t img, size_t y, size_t q, size_t c, size_t h,
    size_t w)
{
	return x[((img * h + y) * w + q) * C + c];
}

/* What layer k should give at index i of its output. */
static double
want(int k, size_t i)
{
	size_t c = i % C, p = i / C, q, y, img;
	double v = 0;

	switch (k) {
	case 0:
		return a[i] + b[i];
	case 1:
		return (1 - m[p]) * a[i] + m[p] * b[i];
	case 2:
		return m[p] * b[i];
	case 3:		/* b, zeros, a */
		c = i % (3 * C);
		p = i / (3 * C);
		return c < C ? b[p * C + c] : c < 2 * C ? 0 :
		    a[p * C + c - 2 * C];
	case 4:
		for (p = 0; p < HW; p++)
			v += a[(i / C * HW + p) * C + c];
		return v / HW;
	case 5:
		for (p = 0; p < N; p++)
			v += a[p * HW * C + i];
		return v / N;
	case 6:
		return a[i] + m[p / HW * C + c];
	case 7:
		q = p % (2 * W);
		y = p / (2 * W) % (2 * H);
		img = p / (4 * HW);
		return at(a, img, y / 2, q / 2, c, H, W);
	case 8:
		q = p % (W / 2) * 2;
		y = p / (W / 2) % (H / 2) * 2;
		img = p / HALF;
		return (at(a, img, y, q, c, H, W) + at(a, img, y, q + 1, c, H,
		    W) + at(a, img, y + 1, q, c, H, W) + at(a, img, y + 1,
		    q + 1, c, H, W)) / 4.;
	}
	return NAN;
}

/* Forward of layer k into out; its length. */
static size_t
forward(int k)
{
	switch (k) {
	case 0:
		nn_add_fwd(out, a, b, LEN);
		return LEN;
	case 1:
		nn_blend_fwd(out, a, b, m, N * HW, C);
		return LEN;
	case 2:
		nn_blend_fwd(out, NULL, b, m, N * HW, C);
		return LEN;
	case 3:
		nn_concat_fwd(out, b, N * HW, C, 0, 3 * C);
		nn_concat_fwd(out, NULL, N * HW, C, C, 3 * C);
		nn_concat_fwd(out, a, N * HW, C, 2 * C, 3 * C);
		return 3 * LEN;
	case 4:
		nn_mean_fwd(out, a, N, HW, C);
		return N * C;
	case 5:
		nn_mean_fwd(out, a, 1, N, HW * C);
		return HW * C;
	case 6:
		nn_spread_fwd(out, a, m, N, HW, C);
		return LEN;
	case 7:
		nn_up2_fwd(out, a, N, H, W, C);
		return 4 * LEN;
	case 8:
		nn_avgpool2_fwd(out, a, N, H, W, C);
		return N * HALF * C;
	}
	return 0;
}

static void
backward(int k)
{
	switch (k) {
	case 0:
		nn_add_bwd(da, db, g, LEN);
		break;
	case 1:
		nn_blend_bwd(da, db, dm, g, a, b, m, N * HW, C);
		break;
	case 2:
		nn_blend_bwd(NULL, db, dm, g, NULL, b, m, N * HW, C);
		break;
	case 3:
		nn_concat_bwd(da, g, N * HW, C, 2 * C, 3 * C);
		break;
	case 4:
		nn_mean_bwd(da, g, N, HW, C);
		break;
	case 5:
		nn_mean_bwd(da, g, 1, N, HW * C);
		break;
	case 6:
		nn_spread_bwd(da, dm, g, N, HW, C);
		break;
	case 7:
		nn_up2_bwd(da, g, N, H, W, C);
		break;
	case 8:
		nn_avgpool2_bwd(da, g, N, H, W, C);
		break;
	}
}

int
main(void)
{
	static const char *const name[] = { "add", "blend", "mask", "concat",
	    "mean of pixels", "mean of views", "spread", "up2", "avgpool2" };
	struct rng r = rng_seed(13, 0);
	float *all[] = { zeros(4 * LEN), zeros(LEN), zeros(LEN),
	    zeros(N * HW) };
	static float **const grads[] = { &out, &da, &db, &dm };
	static const size_t len[] = { 4 * LEN, LEN, LEN, N * HW };

	a = randoms(&r, LEN, 1);
	b = randoms(&r, LEN, 1);
	m = randoms(&r, N * HW, 1);
	g = randoms(&r, 4 * LEN, 1);
	for (size_t i = 0; i < 4; i++)
		*grads[i] = zeros(len[i]);
	for (int k = 0; k < (int)(sizeof name / sizeof *name); k++) {
		bool same = true;
		double worst = 0;

		for (int t = 1; t <= 3; t++) {
			team_begin(t);
			for (size_t i = 0; i < 4; i++)
				memset(*grads[i], 0, len[i] * sizeof (float));
			size_t n = forward(k);

			backward(k);
			for (size_t i = 0; t == 1 && i < n; i++)
				worst = fmax(worst, fabs(out[i] - want(k, i)));
			for (size_t i = 0; i < 4; i++)
				if (t == 1)
					memcpy(all[i], *grads[i], len[i] *
					    sizeof (float));
				else
					same &= !memcmp(all[i], *grads[i],
					    len[i] * sizeof (float));
		}
		ok(worst < 4e-6, "%s # off by %.0e", name[k], worst);
		ok(same, "%s: the same bytes with 1, 2 and 3 threads", name[k]);
	}
	return done();
}
