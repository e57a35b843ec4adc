/*
 * nn_spectral_bwd against directional derivatives of nn_spectral_fwd with u
 * and v held, and the iteration against the known norm of a matrix.
 */
#include "layers/spectral.h"

#include "../gradcheck.h"

#define ROWS 12
#define COLS 27

struct net {
	float *w, *u, *v, *out, *proj;
};

static double
loss(void *arg)
{
	struct net *t = arg;

	nn_spectral_fwd(t->out, t->w, t->u, t->v, ROWS, COLS);
	return inner(t->out, t->proj, ROWS * COLS);
}

int
main(void)
{
	struct rng r = rng_seed(8, 0);
	struct net t = { randoms(&r, ROWS * COLS, 0.2), randoms(&r, ROWS, 1),
	    zeros(COLS), zeros(ROWS * COLS), randoms(&r, ROWS * COLS, 1) };
	float *dw = zeros(ROWS * COLS);
	const struct grad v[] = { { "dw", t.w, dw, ROWS * COLS }, { 0 } };

	for (int i = 0; i < 3; i++)
		nn_spectral_step(t.u, t.v, t.w, ROWS, COLS);
	float sigma = nn_spectral_fwd(t.out, t.w, t.u, t.v, ROWS, COLS);

	nn_spectral_bwd(dw, t.proj, t.out, sigma, t.u, t.v, ROWS, COLS);
	gradcheck_all("spectral", loss, &t, v, &r);

	/* An orthogonal matrix whose first row is three times as long. */
	void *scratch = malloc(rng_orthogonal_scratch(ROWS, COLS));

	rng_fill_orthogonal(&r, t.w, ROWS, COLS, 1, scratch);
	for (size_t i = 0; i < COLS; i++)
		t.w[i] *= 3;
	for (int i = 0; i < 60; i++)
		nn_spectral_step(t.u, t.v, t.w, ROWS, COLS);
	sigma = nn_spectral_fwd(t.out, t.w, t.u, t.v, ROWS, COLS);
	ok(fabsf(sigma - 3) < 1e-5f, "largest singular value 3 # %.7f", sigma);
	free(scratch);
	return done();
}
