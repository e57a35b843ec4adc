/* The bilinear gather against its definition; the same bytes for any team. */
#include <string.h>

#include "layers/warp.h"
#include "math/team.h"

#include "../numbers.h"
#include "../tap.h"

static void
check(const char *name, struct nn_warp s, double far, struct rng *r)
{
	size_t in = s.maps * s.h * s.w * s.c, pixels = s.n * s.ho * s.wo;
	float *x = randoms(r, in, 1), *pos = randoms(r, pixels * 2, far);
	float *dout = randoms(r, pixels * s.c, 1);
	float *want = zeros(pixels * s.c), *dx_want = zeros(in);
	float *dpos_want = zeros(pixels * 2);
	float *first[3] = { NULL };
	bool same = true;

	pos[0] = 1e30f;
	pos[3] = -1e9f;
	pos[4] = NAN;
	nn_warp_fwd_ref(want, x, pos, &s);
	nn_warp_bwd_ref(dx_want, dpos_want, dout, x, pos, &s);
	for (int t = 1; t <= 3; t++) {
		float *out = randoms(r, pixels * s.c, 1), *dx = zeros(in);
		float *dpos = zeros(pixels * 2);

		team_begin(t);
		nn_warp_fwd(out, x, pos, &s);
		nn_warp_bwd(dx, dpos, dout, x, pos, &s);
		if (t == 1) {
			double e = residual(out, want, pixels * s.c);

			ok(e < 1e-5, "%s: forward # %.1e", name, e);
			e = residual(dx, dx_want, in);
			ok(e < 1e-4, "%s: dx # %.1e", name, e);
			/* a map of one pixel has no slope, up to rounding */
			e = s.h * s.w == 1 ? fabs(inner(dpos, dpos, pixels *
			    2)) : residual(dpos, dpos_want, pixels * 2);
			ok(e < 1e-5, "%s: dpos # %.1e", name, e);
			first[0] = out;
			first[1] = dx;
			first[2] = dpos;
			continue;
		}
		same &= !memcmp(first[0], out, pixels * s.c * sizeof *out) &&
		    !memcmp(first[1], dx, in * sizeof *dx) &&
		    !memcmp(first[2], dpos, pixels * 2 * sizeof *dpos);
		free(out);
		free(dx);
		free(dpos);
	}
	team_begin(0);
	ok(same, "%s: the same bytes with 1, 2 and 3 threads", name);
	float *all[] = { x, pos, dout, want, dx_want, dpos_want, first[0],
	    first[1], first[2] };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
}

int
main(void)
{
	struct rng r = rng_seed(12, 0);

	check("positions", (struct nn_warp){ 2, 2, 9, 7, 33, 20, 21, false, false },
	    8, &r);
	check("flow, one map", (struct nn_warp){ 3, 1, 9, 7, 70, 9, 7, true, false },
	    3, &r);
	check("three channels", (struct nn_warp){ 1, 1, 40, 40, 3, 64, 64,
	    false, false }, 30, &r);
	check("1x1 map", (struct nn_warp){ 1, 1, 1, 1, 4, 3, 3, false, false }, 1,
	    &r);
	check("wide", (struct nn_warp){ 2, 1, 9, 11, 40, 8, 9, false, true }, 5,
	    &r);
	check("wide, 2x1 map", (struct nn_warp){ 1, 1, 2, 1, 20, 5, 5, false,
	    true }, 3, &r);
	return done();
}
