/* nn_pool_bwd against directional derivatives of nn_pool_fwd. */
#include "layers/pooling.h"

#include "../gradcheck.h"

enum { N = 2, H = 6, W = 7, C = 5, LEN = N * H * W * C };

struct net {
	struct nn_pool s;
	float *x, *out, *proj;
};

static double
loss(void *arg)
{
	struct net *t = arg;

	nn_pool_fwd(t->out, t->x, &t->s);
	return inner(t->out, t->proj, N * nn_pool_ho(&t->s) *
	    nn_pool_wo(&t->s) * C);
}

int
main(void)
{
	static const struct {
		const char *name;
		struct nn_pool s;
	} cases[] = {
		{ "max 3 stride 2", { .k = 3, .stride = 2 } },
		{ "max 2 stride 2", { .k = 2, .stride = 2 } },
		{ "max 3 stride 2, ceil", { .k = 3, .stride = 2,
		    .ceil = true } },
		{ "max 3 stride 1 pad 1", { .k = 3, .stride = 1, .pad = 1 } },
		{ "mean 3 stride 1 pad 1", { .k = 3, .stride = 1, .pad = 1,
		    .kind = NN_POOL_MEAN } },
		{ "mean 3 stride 1 pad 1, inside", { .k = 3, .stride = 1,
		    .pad = 1, .kind = NN_POOL_MEAN_INSIDE } },
	};
	struct rng r = rng_seed(6, 0);
	struct net t = { .x = randoms(&r, LEN, 1), .out = zeros(LEN),
	    .proj = randoms(&r, LEN, 1) };
	float *dx = zeros(LEN);
	const struct grad v[] = { { "x", t.x, dx, LEN }, { 0 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		t.s = cases[i].s;
		t.s.n = N;
		t.s.h = H;
		t.s.w = W;
		t.s.c = C;
		memset(dx, 0, LEN * sizeof *dx);
		nn_pool_bwd(dx, t.proj, t.x, &t.s);
		gradcheck_all(cases[i].name, loss, &t, v, &r);
	}
	return done();
}
