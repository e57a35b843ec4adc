/*
 * nn_conv_fwd and nn_conv_bwd against their definition, for shapes that fit
 * the kernels and shapes that do not; the same bytes for any team.
 */
#include <string.h>

#include "layers/conv.h"
#include "math/team.h"

#include "../numbers.h"
#include "../tap.h"

/*
 * A sum of a few thousand products in float, against one in double; and what
 * Winograd's transforms may add to it (1e-3).
 */
#define TOL 5e-5
#define TOL_WINOGRAD 1e-3

struct data {
	struct nn_conv s;
	size_t in, wl, outl;
	float *x, *w, *bias, *scale, *shift, *add, *packed, *back, *dout;
	void *scratch;
};

static struct data
make(const struct nn_conv *s, struct rng *r)
{
	size_t in = s->n * s->h * s->w * s->c, wl = s->o * s->c * s->k * s->k;
	size_t outl = s->n * nn_conv_ho(s) * nn_conv_wo(s) * s->o;
	size_t sf = nn_conv_scratch(s), sb = nn_conv_scratch_bwd(s);
	struct data d = { *s, in, wl, outl, randoms(r, in, 1),
	    randoms(r, wl, 0.1), randoms(r, s->o, 1),
	    randoms(r, s->n * s->c, 1), randoms(r, s->n * s->c, 1),
	    randoms(r, outl, 1), scratch(nn_conv_packed(s) * sizeof (float)),
	    scratch(nn_conv_packed_bwd(s) * sizeof (float)),
	    randoms(r, outl, 1), scratch(sf > sb ? sf : sb) };

	nn_conv_pack(d.packed, d.w, s);
	nn_conv_pack_bwd(d.back, d.w, s);
	return d;
}

static void
drop(struct data *d)
{
	float *all[] = { d->x, d->w, d->bias, d->scale, d->shift, d->add,
	    d->packed, d->back, d->dout, d->scratch };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
}

static void
check(const char *name, struct nn_conv s, double tol, struct rng *r)
{
	struct data d = make(&s, r);
	const struct nn_pre pre = { d.scale, d.shift, 0.1f };
	const struct nn_pre lrelu = { NULL, NULL, 0.2f };
	const struct nn_post post = { d.bias, d.add, NN_ACT_LRELU, 0.1f };
	const struct nn_post out_tanh = { d.bias, NULL, NN_ACT_TANH, 0 };
	const struct {
		const struct nn_pre *pre;
		const struct nn_post *post;
	} fused[] = { { NULL, NULL }, { &pre, &post }, { &lrelu, &out_tanh } };
	float *got = randoms(r, d.outl, 1), *want = zeros(d.outl);
	double e, worst = 0;

	for (size_t i = 0; i < sizeof fused / sizeof *fused; i++) {
		nn_conv_fwd(got, d.x, d.packed, fused[i].pre, fused[i].post,
		    &s, d.scratch);
		nn_conv_fwd_ref(want, d.x, d.w, fused[i].pre, fused[i].post,
		    &s);
		e = residual(got, want, d.outl);
		worst = e > worst || isnan(e) ? e : worst;
	}
	/* out = out + conv(x), in place */
	memcpy(got, d.add, d.outl * sizeof *got);
	const struct nn_post in_place = { .add = got };

	nn_conv_fwd(got, d.x, d.packed, NULL, &in_place, &s, d.scratch);
	const struct nn_post apart = { .add = d.add };

	nn_conv_fwd_ref(want, d.x, d.w, NULL, &apart, &s);
	e = residual(got, want, d.outl);
	worst = e > worst || isnan(e) ? e : worst;
	ok(worst < tol, "%s forward # %.1e of the rms", name, worst);

	/* Gradients add to what is there. */
	float *dx = randoms(r, d.in, 1), *dw = randoms(r, d.wl, 1);
	float *db = randoms(r, s.o, 1);
	float *dx_want = zeros(d.in), *dw_want = zeros(d.wl);
	float *db_want = zeros(s.o);

	memcpy(dx_want, dx, d.in * sizeof *dx);
	memcpy(dw_want, dw, d.wl * sizeof *dw);
	memcpy(db_want, db, s.o * sizeof *db);
	nn_conv_bwd(dx, dw, db, d.dout, d.x, d.back, &pre, &s, d.scratch);
	nn_conv_bwd_ref(dx_want, dw_want, db_want, d.dout, d.x, d.w, &pre, &s);
	e = residual(dx, dx_want, d.in);
	ok(e < tol, "%s dx # %.1e of the rms", name, e);
	e = residual(dw, dw_want, d.wl);
	ok(e < tol, "%s dw # %.1e of the rms", name, e);
	e = residual(db, db_want, s.o);
	ok(e < tol, "%s db # %.1e of the rms", name, e);
	float *all[] = { got, want, dx, dw, db, dx_want, dw_want, db_want };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
	drop(&d);
}

/* The same bytes with 1, 2 and 3 threads. */
static void
check_team(const char *name, struct nn_conv s, struct rng *r)
{
	float *out[3], *dx[3], *dw[3], *db[3];
	struct rng seed = *r;
	bool same = true;

	for (int t = 0; t < 3; t++) {
		team_begin(t + 1);
		*r = seed;
		struct data d = make(&s, r);
		const struct nn_pre pre = { d.scale, d.shift, 0.1f };

		out[t] = zeros(d.outl);
		dx[t] = zeros(d.in);
		dw[t] = zeros(d.wl);
		db[t] = zeros(s.o);
		nn_conv_fwd(out[t], d.x, d.packed, &pre, NULL, &s, d.scratch);
		nn_conv_bwd(dx[t], dw[t], db[t], d.dout, d.x, d.back, &pre, &s,
		    d.scratch);
		same &= !memcmp(out[0], out[t], d.outl * sizeof (float)) &&
		    !memcmp(dx[0], dx[t], d.in * sizeof (float)) &&
		    !memcmp(dw[0], dw[t], d.wl * sizeof (float)) &&
		    !memcmp(db[0], db[t], s.o * sizeof (float));
		drop(&d);
	}
	team_begin(0);
	ok(same, "%s: the same bytes with 1, 2 and 3 threads", name);
	for (int t = 0; t < 3; t++) {
		free(out[t]);
		free(dx[t]);
		free(dw[t]);
		free(db[t]);
	}
}

#define PLAIN(n, h, w, c, o, k, stride, pad) (struct nn_conv){ n, h, w, c, o, \
	k, stride, pad, NN_PAD_ZERO, false }
#define EDGE(n, h, w, c, o, k, pad) (struct nn_conv){ n, h, w, c, o, k, 1, \
	pad, NN_PAD_EDGE, false }
#define REFLECT(n, h, w, c, o, k, pad) (struct nn_conv){ n, h, w, c, o, k, 1, \
	pad, NN_PAD_REFLECT, false }
#define UP(n, h, w, c, o, k, stride, pad) (struct nn_conv){ n, h, w, c, o, k, \
	stride, pad, NN_PAD_ZERO, true }

int
main(void)
{
	struct rng r = rng_seed(9, 0);

	check("3x3", PLAIN(2, 9, 14, 5, 7, 3, 1, 1), TOL, &r);
	check("3x3 of 1x1", PLAIN(1, 1, 1, 40, 33, 3, 1, 1), TOL, &r);
	check("3x3 of 3x2", PLAIN(2, 3, 2, 64, 64, 3, 1, 1), TOL, &r);
	check("3x3 winograd", PLAIN(1, 16, 16, 32, 32, 3, 1, 1), TOL_WINOGRAD,
	    &r);
	check("3x3 winograd, odd", PLAIN(3, 17, 23, 37, 19, 3, 1, 1),
	    TOL_WINOGRAD, &r);
	check("3x3 to 3", PLAIN(1, 18, 21, 64, 3, 3, 1, 1), TOL, &r);
	check("3x3 reflect, to 2", REFLECT(2, 17, 18, 37, 2, 3, 1), TOL, &r);
	check("5x5 enlarged, to 1", EDGE(1, 7, 6, 20, 1, 5, 4), TOL, &r);
	check("3x3 stride 2, to 3", PLAIN(1, 9, 12, 16, 3, 3, 2, 1), TOL, &r);
	check("3x3 from 3", PLAIN(2, 17, 19, 3, 40, 3, 1, 1), TOL, &r);
	check("3x3 winograd, 256", PLAIN(1, 16, 17, 256, 48, 3, 1, 1),
	    TOL_WINOGRAD, &r);
	check("3x3 winograd, reflect", REFLECT(2, 19, 17, 33, 34, 3, 1),
	    TOL_WINOGRAD, &r);
	check("3x3 winograd, enlarged", EDGE(1, 15, 17, 32, 40, 3, 2),
	    TOL_WINOGRAD, &r);
	check("3x3 no padding", PLAIN(1, 8, 9, 6, 5, 3, 1, 0), TOL, &r);
	check("3x3 reflect", REFLECT(2, 2, 5, 8, 3, 3, 1), TOL, &r);
	check("3x3 enlarged", EDGE(1, 6, 5, 9, 16, 3, 2), TOL, &r);
	check("5x5", PLAIN(1, 11, 13, 17, 32, 5, 1, 2), TOL, &r);
	check("5x5 edge", EDGE(2, 6, 7, 24, 48, 5, 2), TOL, &r);
	check("5x5 enlarged", EDGE(1, 7, 6, 20, 33, 5, 4), TOL, &r);
	check("5x5 of 1x1, enlarged", EDGE(1, 1, 1, 20, 33, 5, 4), TOL, &r);
	check("1x1", PLAIN(2, 7, 9, 65, 31, 1, 1, 0), TOL, &r);
	check("1x1 of 1x1", PLAIN(3, 1, 1, 100, 70, 1, 1, 0), TOL, &r);
	check("4x4 stride 2", PLAIN(2, 12, 14, 3, 64, 4, 2, 1), TOL, &r);
	check("4x4 stride 2, odd", PLAIN(1, 13, 15, 39, 33, 4, 2, 1), TOL, &r);
	check("4x4 stride 2, large", PLAIN(1, 70, 130, 18, 24, 4, 2, 1), TOL,
	    &r);
	check("4x4 winograd, few tiles", PLAIN(1, 64, 64, 18, 32, 4, 2, 1),
	    TOL_WINOGRAD, &r);
	check("4x4 winograd", PLAIN(1, 82, 84, 35, 66, 4, 2, 1), TOL_WINOGRAD,
	    &r);
	check("3x3 stride 2", PLAIN(1, 9, 12, 16, 24, 3, 2, 1), TOL, &r);
	check("11x11 stride 4", PLAIN(1, 31, 29, 3, 20, 11, 4, 2), TOL, &r);
	check("1x1 stride 2", PLAIN(1, 9, 7, 12, 10, 1, 2, 0), TOL, &r);
	check("transposed 3x3", UP(2, 7, 5, 20, 12, 3, 2, 1), TOL, &r);
	check("transposed 3x3 of 1x1", UP(1, 1, 1, 9, 40, 3, 2, 1), TOL, &r);
	check("transposed 3x3, large", UP(1, 40, 66, 32, 64, 3, 2, 1), TOL,
	    &r);
	check("transposed 4x4", UP(1, 6, 7, 10, 33, 4, 2, 1), TOL, &r);

	check_team("few", PLAIN(2, 20, 30, 48, 3, 3, 1, 1), &r);
	check_team("direct", PLAIN(2, 20, 30, 18, 40, 4, 2, 1), &r);
	check_team("winograd", PLAIN(2, 33, 30, 48, 40, 3, 1, 1), &r);
	check_team("4x4 winograd", PLAIN(1, 84, 80, 33, 64, 4, 2, 1), &r);
	check_team("transposed", UP(1, 20, 30, 40, 33, 3, 2, 1), &r);
	check_team("enlarged", EDGE(3, 9, 10, 40, 33, 5, 4), &r);
	return done();
}
