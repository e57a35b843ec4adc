/* Every _bwd of act.h against directional derivatives of its _fwd. */
#include "layers/act.h"

#include "../gradcheck.h"

#define ROWS 7
#define C 9
#define LEN (ROWS * C)

struct net {
	void (*fwd)(float *out, const float *x);
	float *x, *out, *proj;
};

static double
loss(void *arg)
{
	struct net *t = arg;

	t->fwd(t->out, t->x);
	return inner(t->out, t->proj, LEN);
}

static void
lrelu(float *out, const float *x)
{
	nn_lrelu_fwd(out, x, 0.1f, LEN);
}

static void
softmax(float *out, const float *x)
{
	nn_softmax_fwd(out, x, ROWS, C);
}

static void
tanh_fwd(float *out, const float *x)
{
	nn_act_fwd(out, x, NN_ACT_TANH, 0, LEN);
}

static void
sigmoid_fwd(float *out, const float *x)
{
	nn_act_fwd(out, x, NN_ACT_SIGMOID, 0, LEN);
}

int
main(void)
{
	struct rng r = rng_seed(4, 0);
	struct net t = { .x = randoms(&r, LEN, 1), .out = zeros(LEN),
	    .proj = randoms(&r, LEN, 1) };
	float *dx = zeros(LEN);
	const struct grad v[] = { { "dx", t.x, dx, LEN }, { 0 } };

	/* away from the kink of LeakyReLU */
	for (size_t i = 0; i < LEN; i++)
		t.x[i] += t.x[i] < 0 ? -0.1f : 0.1f;

	t.fwd = lrelu;
	nn_lrelu_bwd(dx, t.proj, t.x, 0.1f, LEN);
	gradcheck_all("lrelu", loss, &t, v, &r);
	/* the same by the output, and twice into one gradient */
	loss(&t);
	memset(dx, 0, LEN * sizeof *dx);
	for (int twice = 0; twice < 2; twice++)
		nn_act_bwd(dx, t.proj, t.out, NN_ACT_LRELU, 0.1f, LEN);
	for (size_t i = 0; i < LEN; i++)
		dx[i] /= 2;
	gradcheck_all("lrelu by its output, twice", loss, &t, v, &r);

	t.fwd = tanh_fwd;
	loss(&t);
	memset(dx, 0, LEN * sizeof *dx);
	nn_tanh_bwd(dx, t.proj, t.out, LEN);
	gradcheck_all("tanh", loss, &t, v, &r);

	t.fwd = sigmoid_fwd;
	loss(&t);
	memset(dx, 0, LEN * sizeof *dx);
	nn_sigmoid_bwd(dx, t.proj, t.out, LEN);
	gradcheck_all("sigmoid", loss, &t, v, &r);

	t.fwd = softmax;
	loss(&t);
	memset(dx, 0, LEN * sizeof *dx);
	nn_softmax_bwd(dx, t.proj, t.out, ROWS, C);
	gradcheck_all("softmax", loss, &t, v, &r);
	return done();
}
