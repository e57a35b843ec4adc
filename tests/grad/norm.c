/* nn_inorm_bwd against directional derivatives of the forward steps. */
#include "layers/norm.h"

#include "../gradcheck.h"

struct net {
	size_t n, hw, c;
	float slope;
	float *x, *gamma, *beta, *mean, *rstd, *scale, *shift, *out, *proj;
	void *scratch;
};

static double
loss(void *arg)
{
	struct net *t = arg;

	nn_inorm_stats(t->mean, t->rstd, t->x, t->n, t->hw, t->c, t->scratch);
	nn_inorm_affine(t->scale, t->shift, t->mean, t->rstd, t->gamma,
	    t->beta, t->n, t->c);
	nn_inorm_fwd(t->out, t->x, t->scale, t->shift, t->slope, t->n, t->hw,
	    t->c);
	return inner(t->out, t->proj, t->n * t->hw * t->c);
}

static void
check(const char *name, size_t n, size_t hw, size_t c, float slope,
    struct rng *r)
{
	size_t len = n * hw * c, sc = nn_inorm_scratch(n, hw, c);
	struct net t = { n, hw, c, slope, randoms(r, len, 1),
	    randoms(r, c, 0.3), randoms(r, c, 0.3), zeros(n * c),
	    zeros(n * c), zeros(n * c), zeros(n * c), zeros(len),
	    randoms(r, len, 1), scratch(sc) };
	float *dx = zeros(len), *dgamma = zeros(c), *dbeta = zeros(c);
	const struct grad v[] = { { "dx", t.x, dx, len }, { "dgamma",
	    t.gamma, dgamma, c }, { "dbeta", t.beta, dbeta, c }, { 0 } };

	/* gamma around 1; a slope's kink far from every value but few */
	for (size_t i = 0; i < c; i++) {
		t.gamma[i] += 1;
		t.beta[i] += slope == 1 ? 0 : i % 2 ? -3 : 3;
	}
	for (size_t i = 0; slope != 1 && i < len; i++)
		t.x[i] = fminf(fmaxf(t.x[i], -1.5f), 1.5f);
	loss(&t);
	nn_inorm_bwd(dx, dgamma, dbeta, t.proj, t.x, t.mean, t.rstd, t.gamma,
	    t.beta, slope, n, hw, c, t.scratch);
	gradcheck_all(name, loss, &t, v, r);
}

int
main(void)
{
	struct rng r = rng_seed(5, 0);

	check("plain", 2, 35, 6, 1, &r);
	check("with LeakyReLU", 3, 30, 21, 0.1f, &r);
	check("few pixels", 1, 5, 33, 1, &r);
	return done();
}
