/* nn_warp_bwd against directional derivatives of nn_warp_fwd. */
#include "layers/warp.h"

#include "../gradcheck.h"

struct net {
	struct nn_warp s;
	float *x, *pos, *out, *proj;
	size_t out_len;
};

static double
loss(void *arg)
{
	struct net *t = arg;

	nn_warp_fwd(t->out, t->x, t->pos, &t->s);
	return inner(t->out, t->proj, t->out_len);
}

static void
check(const char *name, struct nn_warp s, struct rng *r)
{
	size_t in = s.maps * s.h * s.w * s.c, pixels = s.n * s.ho * s.wo;
	struct net t = { s, randoms(r, in, 1), zeros(pixels * 2),
	    zeros(pixels * s.c), randoms(r, pixels * s.c, 1), pixels * s.c };
	float *dx = zeros(in), *dpos = zeros(pixels * 2);
	bool flat = true;
	const struct grad v[] = { { "dx", t.x, dx, in }, { "dpos", t.pos,
	    dpos, pixels * 2 }, { 0 } };

	/* Away from whole numbers, where the gather has a kink. */
	for (size_t i = 0; i < pixels * 2; i++) {
		double size = (double)(i % 2 ? s.h : s.w);

		t.pos[i] = (float)(floor(rng_unit(r) * (size + 6)) - 3 + 0.2 +
		    0.6 * rng_unit(r));
	}
	nn_warp_bwd(dx, dpos, t.proj, t.x, t.pos, &s);
	if (s.h > 1) {
		gradcheck_all(name, loss, &t, v, r);
		return;
	}
	/* all corners are one pixel: no direction has a slope */
	for (size_t i = 0; i < pixels * 2; i++)
		flat &= fabsf(dpos[i]) < 1e-5f;
	ok(flat, "%s dpos is 0", name);
	ok(gradcheck(loss, &t, t.x, dx, in, r) < GRAD_TOL, "%s dx", name);
}

int
main(void)
{
	struct rng r = rng_seed(7, 0);

	check("positions", (struct nn_warp){ 2, 2, 5, 6, 7, 4, 9, false, false }, &r);
	check("one map, flow", (struct nn_warp){ 3, 1, 7, 7, 33, 5, 5, true, false },
	    &r);
	check("1x1 map", (struct nn_warp){ 1, 1, 1, 1, 4, 3, 3, false, false }, &r);
	check("wide", (struct nn_warp){ 2, 1, 6, 7, 9, 5, 4, false, true }, &r);
	return done();
}
