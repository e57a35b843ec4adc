/* nn_conv_bwd against directional derivatives of nn_conv_fwd. */
#include "layers/conv.h"

#include "../gradcheck.h"

struct net {
	struct nn_conv s;
	const struct nn_pre *pre;
	float *x, *w, *b, *packed, *out, *proj;
	void *scratch;
	size_t out_len;
};

static double
loss(void *arg)
{
	struct net *t = arg;
	const struct nn_post post = { .bias = t->b };

	nn_conv_pack(t->packed, t->w, &t->s);
	nn_conv_fwd(t->out, t->x, t->packed, t->pre, &post, &t->s,
	    t->scratch);
	return inner(t->out, t->proj, t->out_len);
}

static void
check(const char *name, struct nn_conv s, struct rng *r)
{
	size_t in = s.n * s.h * s.w * s.c, wl = s.o * s.c * s.k * s.k;
	size_t outl = s.n * nn_conv_ho(&s) * nn_conv_wo(&s) * s.o;
	size_t sf = nn_conv_scratch(&s), sb = nn_conv_scratch_bwd(&s);
	float *dx = zeros(in), *dw = zeros(wl), *db = zeros(s.o);
	float *back = zeros(nn_conv_packed_bwd(&s));
	const struct nn_pre pre = { .slope = 1 };
	/* A vector goes another way unless something is done to it first. */
	const bool vector = s.h * s.w == 1;
	struct net t = { .s = s, .pre = vector ? NULL : &pre, .x = randoms(r, in, 1),
	    .w = randoms(r, wl, 0.1), .b = randoms(r, s.o, 1),
	    .packed = zeros(nn_conv_packed(&s)), .out = zeros(outl),
	    .proj = randoms(r, outl, 1), .out_len = outl,
	    .scratch = scratch(sf > sb ? sf : sb) };
	const struct grad v[] = { { "dx", t.x, dx, in }, { "dw", t.w, dw, wl },
	    { "db", t.b, db, s.o }, { 0 } };

	nn_conv_pack_bwd(back, t.w, &s);
	nn_conv_bwd(dx, dw, db, t.proj, t.x, back, t.pre, &s, t.scratch);
	gradcheck_all(name, loss, &t, v, r);
}

int
main(void)
{
	struct rng r = rng_seed(1, 0);

	check("3x3", (struct nn_conv){ 2, 5, 7, 3, 4, 3, 1, 1, NN_PAD_ZERO,
	    false }, &r);
	check("3x3 wide", (struct nn_conv){ 1, 9, 10, 32, 40, 3, 1, 1,
	    NN_PAD_ZERO, false }, &r);
	check("3x3 reflect", (struct nn_conv){ 1, 6, 5, 9, 3, 3, 1, 1,
	    NN_PAD_REFLECT, false }, &r);
	check("3x3 edge, enlarged", (struct nn_conv){ 2, 4, 5, 6, 8, 3, 1, 2,
	    NN_PAD_EDGE, false }, &r);
	check("5x5 edge, enlarged", (struct nn_conv){ 1, 6, 5, 5, 8, 5, 1, 4,
	    NN_PAD_EDGE, false }, &r);
	check("4x4 stride 2", (struct nn_conv){ 2, 6, 8, 5, 7, 4, 2, 1,
	    NN_PAD_ZERO, false }, &r);
	check("3x3 stride 2, odd", (struct nn_conv){ 1, 7, 9, 5, 6, 3, 2, 1,
	    NN_PAD_ZERO, false }, &r);
	check("1x1", (struct nn_conv){ 2, 3, 3, 17, 9, 1, 1, 0, NN_PAD_ZERO,
	    false }, &r);
	check("1x1 of a vector", (struct nn_conv){ 1, 1, 1, 37, 19, 1, 1, 0,
	    NN_PAD_ZERO, false }, &r);
	check("transposed 3x3", (struct nn_conv){ 2, 4, 5, 6, 5, 3, 2, 1,
	    NN_PAD_ZERO, true }, &r);
	return done();
}
