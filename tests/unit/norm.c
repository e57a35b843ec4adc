/* Instance normalisation against its definition; the same bytes for any team. */
#include <string.h>

#include "layers/norm.h"
#include "math/team.h"

#include "../numbers.h"
#include "../tap.h"

/* x = offset + spread * normal */
static void
check(const char *name, size_t n, size_t hw, size_t c, float offset,
    float spread, struct rng *r)
{
	size_t len = n * hw * c;
	float *x = randoms(r, len, spread), *dout = randoms(r, len, 1);
	float *gamma = randoms(r, c, 1), *beta = randoms(r, c, 1);
	float *want = zeros(len), *dx_want = zeros(len);
	float *dg_want = zeros(c), *db_want = zeros(c);
	float *first = zeros(2 * len);
	bool same = true;

	for (size_t i = 0; i < len; i++)
		x[i] += offset;
	nn_inorm_fwd_ref(want, x, gamma, beta, 0.1f, n, hw, c);
	nn_inorm_bwd_ref(dx_want, dg_want, db_want, dout, x, gamma, beta, 0.1f,
	    n, hw, c);
	for (int t = 1; t <= 3; t++) {
		team_begin(t);
		float *mean = zeros(n * c), *rstd = zeros(n * c);
		float *scale = zeros(n * c), *shift = zeros(n * c);
		float *out = zeros(len), *dx = zeros(len);
		float *dg = zeros(c), *db = zeros(c);
		void *s = scratch(nn_inorm_scratch(n, hw, c));

		nn_inorm_stats(mean, rstd, x, n, hw, c, s);
		nn_inorm_affine(scale, shift, mean, rstd, gamma, beta, n, c);
		nn_inorm_fwd(out, x, scale, shift, 0.1f, n, hw, c);
		nn_inorm_bwd(dx, dg, db, dout, x, mean, rstd, gamma, beta,
		    0.1f, n, hw, c, s);
		if (t == 1) {
			/* x is only known to half a unit of its offset */
			double tol = 1e-5 + 4e-7 * fabs(offset) / spread;
			double e = residual(out, want, len);

			ok(e < tol, "%s: forward # %.1e", name, e);
			e = residual(dx, dx_want, len);
			ok(e < tol, "%s: dx # %.1e", name, e);
			e = fmax(residual(dg, dg_want, c),
			    residual(db, db_want, c));
			ok(e < tol, "%s: dgamma, dbeta # %.1e", name, e);
			memcpy(first, out, len * sizeof *out);
			memcpy(first + len, dx, len * sizeof *dx);
		}
		same &= !memcmp(first, out, len * sizeof *out) &&
		    !memcmp(first + len, dx, len * sizeof *dx);
		float *all[] = { mean, rstd, scale, shift, out, dx, dg, db, s };

		for (size_t i = 0; i < sizeof all / sizeof *all; i++)
			free(all[i]);
	}
	team_begin(0);
	ok(same, "%s: the same bytes with 1, 2 and 3 threads", name);
	float *all[] = { x, dout, gamma, beta, want, dx_want, dg_want, db_want,
	    first };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
}

int
main(void)
{
	struct rng r = rng_seed(11, 0);
	float x[64] = { 0 }, mean, rstd;

	check("map", 2, 60 * 61, 33, 0, 1, &r);
	check("few pixels", 3, 7, 20, 0, 1, &r);
	check("many channels", 1, 64, 300, 0.5f, 0.2f, &r);
	check("far from zero", 1, 50 * 50, 5, 100, 1, &r);
	check("small", 1, 1000, 16, 0, 1e-3f, &r);

	/* A missing key point's plane is all zero: eps keeps it finite. */
	nn_inorm_stats(&mean, &rstd, x, 1, 64, 1, scratch(nn_inorm_scratch(1,
	    64, 1)));
	ok(mean == 0 && fabs(rstd * sqrt(NN_INORM_EPS) - 1) < 1e-6,
	    "an empty plane # rstd %g", rstd);
	return done();
}
