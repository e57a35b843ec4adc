#include "layers/act.h"

#include "math/team.h"
#include "math/vec.h"

void
nn_act_line(float *out, const float *x, enum nn_act act, float slope,
    size_t len)
{
	/* One loop each, so that the choice is made once. */
#define LOOP(f) for (size_t i = 0; i < len; i += VEC) { \
		size_t n = vec_left(i, len); \
		vec v = vec_get(x + i, n); \
\
		vec_put(out + i, f, n); \
	}

	switch (act) {
	case NN_ACT_NONE:
		if (out != x)
			LOOP(v);
		break;
	case NN_ACT_LRELU:
		LOOP(vec_lrelu(v, slope));
		break;
	case NN_ACT_TANH:
		LOOP(vec_tanh(v));
		break;
	case NN_ACT_SIGMOID:
		LOOP(vec_sigmoid(v));
		break;
	}
#undef LOOP
}

struct fwd {
	float *out;
	const float *x;
	enum nn_act act;
	float slope;
};

static void
fwd_range(void *arg, size_t i, size_t j)
{
	const struct fwd *a = arg;

	nn_act_line(a->out + i, a->x + i, a->act, a->slope, j - i);
}

void
nn_act_fwd(float *out, const float *x, enum nn_act act, float slope,
    size_t len)
{
	struct fwd a = { out, x, act, slope };

	team_range(len, team_grain(1), fwd_range, &a);
}

void
nn_lrelu_fwd(float *out, const float *x, float slope, size_t len)
{
	nn_act_fwd(out, x, NN_ACT_LRELU, slope, len);
}

void
nn_tanh_fwd(float *out, const float *x, size_t len)
{
	nn_act_fwd(out, x, NN_ACT_TANH, 0, len);
}

void
nn_sigmoid_fwd(float *out, const float *x, size_t len)
{
	nn_act_fwd(out, x, NN_ACT_SIGMOID, 0, len);
}

struct bwd {
	float *dx;
	const float *dout, *out;
	enum nn_act act;
	float slope;
};

static void
bwd_range(void *arg, size_t first, size_t end)
{
	const struct bwd *a = arg;
	float *dx = a->dx, slope = a->slope;
	const float *dout = a->dout, *out = a->out;

	switch (a->act) {
	case NN_ACT_NONE:
		for (size_t i = first; i < end; i++)
			dx[i] += dout[i];
		break;
	case NN_ACT_LRELU:
		/*
		 * out = x > 0 ? x : slope * x; where x > 0 out is too, and
		 * nowhere else: so ReLU can do with out.
		 */
		for (size_t i = first; i < end; i += VEC) {
			size_t n = vec_left(i, end);
			vec g = vec_get(dout + i, n);

			g = vec_pick(vec_get(out + i, n) > 0, g, slope * g);
			vec_put(dx + i, vec_get(dx + i, n) + g, n);
		}
		break;
	case NN_ACT_TANH:
		/* out = tanh(x) */
		for (size_t i = first; i < end; i++)
			dx[i] += dout[i] * (1 - out[i] * out[i]);
		break;
	case NN_ACT_SIGMOID:
		/* out = 1 / (1 + exp(-x)) */
		for (size_t i = first; i < end; i++)
			dx[i] += dout[i] * out[i] * (1 - out[i]);
		break;
	}
}

void
nn_act_bwd(float *dx, const float *dout, const float *out, enum nn_act act,
    float slope, size_t len)
{
	struct bwd a = { dx, dout, out, act, slope };

	team_range(len, team_grain(1), bwd_range, &a);
}

void
nn_lrelu_bwd(float *dx, const float *dout, const float *x, float slope,
    size_t len)
{
	nn_act_bwd(dx, dout, x, NN_ACT_LRELU, slope, len);
}

void
nn_tanh_bwd(float *dx, const float *dout, const float *out, size_t len)
{
	nn_act_bwd(dx, dout, out, NN_ACT_TANH, 0, len);
}

void
nn_sigmoid_bwd(float *dx, const float *dout, const float *out, size_t len)
{
	nn_act_bwd(dx, dout, out, NN_ACT_SIGMOID, 0, len);
}

void
nn_softmax_fwd(float *out, const float *x, size_t rows, size_t c)
{
	for (size_t r = 0; r < rows; r++, out += c, x += c) {
		float max = x[0], sum = 0;

		for (size_t i = 1; i < c; i++)
			max = x[i] > max ? x[i] : max;
		for (size_t i = 0; i < c; i += VEC) {
			size_t n = vec_left(i, c);

			vec_put(out + i, vec_exp(vec_get(x + i, n) - max), n);
		}
		for (size_t i = 0; i < c; i++)
			sum += out[i];
		for (size_t i = 0; i < c; i++)
			out[i] /= sum;
	}
}

void
nn_softmax_bwd(float *dx, const float *dout, const float *out, size_t rows,
    size_t c)
{
	/* out = softmax(x): dx = out * (dout - <dout, out>) */
	for (size_t r = 0; r < rows; r++, dx += c, dout += c, out += c) {
		float dot = 0;

		for (size_t i = 0; i < c; i++)
			dot += dout[i] * out[i];
		for (size_t i = 0; i < c; i++)
			dx[i] += out[i] * (dout[i] - dot);
	}
}
