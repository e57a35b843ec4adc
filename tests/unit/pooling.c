/*
 * Pools and taps against their definitions, in every kind of border, and the
 * same bytes, forward and backward, for any team.
 */
#include "layers/pooling.h"

#include <string.h>

#include "math/team.h"

#include "../numbers.h"
#include "../tap.h"

enum { N = 2, H = 37, W = 42, C = 20, LEN = N * H * W * C, MOST = 9 * LEN };

static float *x, *out, *again, *dout, *dx, *dx1;

/* The value at (img, y, q, c), which may lie outside; false there. */
static bool
at(float *v, size_t img, ptrdiff_t y, ptrdiff_t q, size_t c)
{
	if (y < 0 || q < 0 || y >= H || q >= W)
		return false;
	*v = x[((img * H + (size_t)y) * W + (size_t)q) * C + c];
	return true;
}

static double
want(const struct nn_pool *s, size_t i, size_t ho, size_t wo)
{
	size_t c = i % C, q = i / C % wo, y = i / C / wo % ho;
	double most = -INFINITY, sum = 0, count = 0;

	for (size_t t = 0; t < s->k * s->k; t++) {
		float v;

		if (!at(&v, i / C / wo / ho, (ptrdiff_t)(y * s->stride +
		    t / s->k) - (ptrdiff_t)s->pad, (ptrdiff_t)(q * s->stride +
		    t % s->k) - (ptrdiff_t)s->pad, c))
			continue;
		most = fmax(most, v);
		sum += v;
		count++;
	}
	return s->kind == NN_POOL_MAX ? most : s->kind == NN_POOL_MEAN ?
	    sum / (double)(s->k * s->k) : sum / count;
}

static void
test_pool(struct nn_pool s, size_t ho, size_t wo)
{
	bool same = true;
	double worst = 0;

	s.n = N;
	s.h = H;
	s.w = W;
	s.c = C;
	if (!ok(nn_pool_ho(&s) == ho && nn_pool_wo(&s) == wo, "k %zu stride "
	    "%zu pad %zu%s gives %zux%zu", s.k, s.stride, s.pad,
	    s.ceil ? " ceil" : "", nn_pool_ho(&s), nn_pool_wo(&s)))
		return;
	for (int threads = 1; threads <= 3; threads++) {
		team_begin(threads);
		memset(dx, 0, LEN * sizeof *dx);
		nn_pool_fwd(threads == 1 ? out : again, x, &s);
		nn_pool_bwd(dx, dout, x, &s);
		if (threads == 1)
			memcpy(dx1, dx, LEN * sizeof *dx);
		else
			same = same && !memcmp(again, out, N * ho * wo * C *
			    sizeof *out) && !memcmp(dx, dx1, LEN * sizeof *dx);
	}
	ok(same, "the same bytes for 1, 2, 3 threads");
	for (size_t i = 0; i < N * ho * wo * C; i++)
		worst = fmax(worst, fabs(out[i] - want(&s, i, ho, wo)));
	ok(worst <= (s.kind == NN_POOL_MAX ? 0 : 1e-6), "kind %d is off by "
	    "%.1e", s.kind, worst);
}

static void
test_taps(size_t kh, size_t kw)
{
	size_t off = 0;

	nn_taps_fwd(out, x, N, H, W, C, kh, kw);
	for (size_t i = 0; i < kh * kw * LEN; i++) {
		size_t c = i % C, t = i / C % (kh * kw), p = i / C / (kh * kw);
		float v = 0;

		at(&v, p / W / H, (ptrdiff_t)(p / W % H + t / kw) -
		    (ptrdiff_t)(kh / 2), (ptrdiff_t)(p % W + t % kw) -
		    (ptrdiff_t)(kw / 2), c);
		off += v != out[i];
	}
	ok(off == 0, "taps of %zux%zu: %zu values differ", kh, kw, off);
}

int
main(void)
{
	struct rng r = rng_seed(5, 0);

	x = randoms(&r, LEN, 1);
	dout = randoms(&r, LEN, 1);
	out = zeros(MOST);
	again = zeros(LEN);
	dx = zeros(LEN);
	dx1 = zeros(LEN);
	test_pool((struct nn_pool){ .k = 2, .stride = 2 }, 18, 21);
	test_pool((struct nn_pool){ .k = 3, .stride = 2 }, 18, 20);
	/* SqueezeNet's: a window of two columns at the end */
	test_pool((struct nn_pool){ .k = 3, .stride = 2, .ceil = true }, 18,
	    21);
	/* a last window that would begin behind the padding is left */
	test_pool((struct nn_pool){ .k = 2, .stride = 3, .pad = 1,
	    .ceil = true }, 13, 15);
	for (int k = NN_POOL_MAX; k <= NN_POOL_MEAN_INSIDE; k++)
		test_pool((struct nn_pool){ .k = 3, .stride = 1, .pad = 1,
		    .kind = (enum nn_pool_kind)k }, H, W);
	test_taps(1, 7);
	test_taps(7, 1);
	test_taps(3, 3);
	return done();
}
