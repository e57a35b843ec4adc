/* exp, tanh and sigmoid of math/vec.h against libm; softmax sums to one. */
#include "layers/act.h"
#include "math/vec.h"

#include "../numbers.h"
#include "../tap.h"

#define N 4000

static double
ulps(float got, double want)
{
	int e;

	frexp(want, &e);
	return fabs(got - want) / ldexp(1, (e < -125 ? -125 : e) - 24);
}

int
main(void)
{
	static float x[N], out[N];
	double worst = 0;

	for (size_t i = 0; i < N; i++)
		x[i] = -87 + 175.f * (float)i / N;
	for (size_t i = 0; i < N; i += VEC)
		vec_store(out + i, vec_exp(vec_load(x + i)));
	for (size_t i = 0; i < N; i++)
		worst = fmax(worst, ulps(out[i], exp(x[i])));
	ok(worst < 3, "exp # %.2f ulp", worst);

	for (size_t i = 0; i < N; i++)
		x[i] = (float)(ldexp(1, (int)(i % 40) - 35) * (i % 3 ? 1 : -1) *
		    (1 + (double)i / N));
	nn_tanh_fwd(out, x, N);
	worst = 0;
	for (size_t i = 0; i < N; i++)
		worst = fmax(worst, ulps(out[i], tanh(x[i])));
	ok(worst < 4, "tanh # %.2f ulp", worst);
	nn_sigmoid_fwd(out, x, N);
	worst = 0;
	for (size_t i = 0; i < N; i++)
		worst = fmax(worst, fabs(out[i] - 1 / (1 + exp(-x[i]))));
	ok(worst < 2e-7, "sigmoid # off by %.1e", worst);

	x[0] = 1e30f;
	x[1] = -1e30f;
	nn_sigmoid_fwd(out, x, 2);
	ok(out[0] == 1 && out[1] >= 0 && out[1] < 1e-30f,
	    "sigmoid far out # %g %g", out[0], out[1]);
	nn_tanh_fwd(out, x, 2);
	ok(out[0] == 1 && out[1] == -1, "tanh far out # %g %g", out[0],
	    out[1]);

	/* 9 and 25 taps; large values must not overflow */
	for (size_t c = 9; c <= 25; c += 16) {
		double sum = 0, off = 0;

		for (size_t i = 0; i < c; i++)
			x[i] = 1000 + (float)i / 3;
		nn_softmax_fwd(out, x, 1, c);
		for (size_t i = 0; i < c; i++) {
			sum += out[i];
			off = fmax(off, fabs(out[i] / out[0] /
			    exp(x[i] - x[0]) - 1));
		}
		ok(fabs(sum - 1) < 1e-6 && off < 1e-6,
		    "softmax over %zu # sum off by %.0e, ratios by %.0e", c,
		    fabs(sum - 1), off);
	}
	return done();
}
