/* Every _bwd of simple.h against directional derivatives of its _fwd. */
#include "layers/simple.h"

#include "../gradcheck.h"

#define N 2
#define H 6
#define W 7
#define C 5
#define HW (H * W)
#define LEN (N * HW * C)

/* Three variables and an output as large as any case needs. */
struct net {
	void (*fwd)(struct net *t);
	float *a, *b, *m, *out, *proj;
	size_t out_len;
};

static double
loss(void *arg)
{
	struct net *t = arg;

	t->fwd(t);
	return inner(t->out, t->proj, t->out_len);
}

static void
add(struct net *t)
{
	nn_add_fwd(t->out, t->a, t->b, LEN);
}

static void
blend(struct net *t)
{
	nn_blend_fwd(t->out, t->a, t->b, t->m, N * HW, C);
}

static void
mask(struct net *t)
{
	nn_blend_fwd(t->out, NULL, t->b, t->m, N * HW, C);
}

static void
concat(struct net *t)
{
	nn_concat_fwd(t->out, t->a, N * HW, C, 0, 3 * C);
	nn_concat_fwd(t->out, NULL, N * HW, C, C, 3 * C);
	nn_concat_fwd(t->out, t->b, N * HW, C, 2 * C, 3 * C);
}

static void
mean(struct net *t)
{
	nn_mean_fwd(t->out, t->a, N, HW, C);
}

static void
spread(struct net *t)
{
	nn_spread_fwd(t->out, t->a, t->m, N, HW, C);
}

static void
up2(struct net *t)
{
	nn_up2_fwd(t->out, t->a, N, H, W, C);
}

static void
avgpool2(struct net *t)
{
	nn_avgpool2_fwd(t->out, t->a, N, H, W, C);
}

int
main(void)
{
	struct rng r = rng_seed(6, 0);
	struct net t = { .a = randoms(&r, LEN, 1), .b = randoms(&r, LEN, 1),
	    .m = randoms(&r, N * HW, 1), .out = zeros(4 * LEN),
	    .proj = randoms(&r, 4 * LEN, 1) };
	float *da = zeros(LEN), *db = zeros(LEN), *dm = zeros(N * HW);
	const struct grad v[] = { { "first", t.a, da, LEN }, { "second", t.b,
	    db, LEN }, { "mask", t.m, dm, N * HW }, { 0 } };
	const struct grad one[] = { v[0], { 0 } }, two[] = { v[0], v[1],
	    { 0 } }, last[] = { v[1], v[2], { 0 } }, vec[] = { v[0], { "vector",
	    t.m, dm, N * C }, { 0 } };

#define CASE(name, fn, len, list, bwd) \
	t.fwd = fn; \
	t.out_len = len; \
	memset(da, 0, LEN * sizeof *da); \
	memset(db, 0, LEN * sizeof *db); \
	memset(dm, 0, N * HW * sizeof *dm); \
	bwd; \
	gradcheck_all(name, loss, &t, list, &r)

	CASE("add", add, LEN, two, nn_add_bwd(da, db, t.proj, LEN));
	CASE("blend", blend, LEN, v, nn_blend_bwd(da, db, dm, t.proj, t.a,
	    t.b, t.m, N * HW, C));
	CASE("blend without query", mask, LEN, last, nn_blend_bwd(NULL, db,
	    dm, t.proj, NULL, t.b, t.m, N * HW, C));
	CASE("concat", concat, 3 * LEN, two,
	    (nn_concat_bwd(da, t.proj, N * HW, C, 0, 3 * C),
	    nn_concat_bwd(db, t.proj, N * HW, C, 2 * C, 3 * C)));
	CASE("mean", mean, N * C, one, nn_mean_bwd(da, t.proj, N, HW, C));
	CASE("spread", spread, LEN, vec, nn_spread_bwd(da, dm, t.proj, N, HW,
	    C));
	CASE("up2", up2, 4 * LEN, one, nn_up2_bwd(da, t.proj, N, H, W, C));
	CASE("avgpool2", avgpool2, N * (H / 2) * (W / 2) * C, one,
	    nn_avgpool2_bwd(da, t.proj, N, H, W, C));
	return done();
}
