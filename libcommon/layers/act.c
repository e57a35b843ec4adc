#include "layers/act.h"

#include <math.h>

void
nn_lrelu_fwd(float *out, const float *x, float slope, size_t len)
{
	/* The larger of the two, as slope <= 1: one max instruction. */
	for (size_t i = 0; i < len; i++) {
		float y = slope * x[i];

		out[i] = x[i] > y ? x[i] : y;
	}
}

void
nn_lrelu_bwd(float *dx, const float *dout, const float *x, float slope,
    size_t len)
{
	for (size_t i = 0; i < len; i++) {
		float g = slope * dout[i];

		dx[i] += x[i] >= 0 ? dout[i] : g;
	}
}

void
nn_tanh_fwd(float *out, const float *x, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = tanhf(x[i]);
}

void
nn_tanh_bwd(float *dx, const float *dout, const float *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dx[i] += dout[i] * (1 - out[i] * out[i]);
}

void
nn_sigmoid_fwd(float *out, const float *x, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = 1 / (1 + expf(-x[i]));
}

void
nn_sigmoid_bwd(float *dx, const float *dout, const float *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dx[i] += dout[i] * out[i] * (1 - out[i]);
}

void
nn_softmax_fwd(float *out, const float *x, size_t rows, size_t c)
{
	for (size_t r = 0; r < rows; r++, out += c, x += c) {
		float max = x[0], sum = 0;

		for (size_t i = 1; i < c; i++)
			max = x[i] > max ? x[i] : max;
		for (size_t i = 0; i < c; i++)
			sum += out[i] = expf(x[i] - max);
		for (size_t i = 0; i < c; i++)
			out[i] /= sum;
	}
}

void
nn_softmax_bwd(float *dx, const float *dout, const float *out, size_t rows,
    size_t c)
{
	for (size_t r = 0; r < rows; r++, dx += c, dout += c, out += c) {
		float dot = 0;

		for (size_t i = 0; i < c; i++)
			dot += dout[i] * out[i];
		for (size_t i = 0; i < c; i++)
			dx[i] += out[i] * (dout[i] - dot);
	}
}

void
nn_act_fwd(float *out, const float *x, enum nn_act act, float slope,
    size_t len)
{
	switch (act) {
	case NN_ACT_NONE:
		slope = 1;
		/* fall through */
	case NN_ACT_LRELU:
		nn_lrelu_fwd(out, x, slope, len);
		break;
	case NN_ACT_TANH:
		nn_tanh_fwd(out, x, len);
		break;
	case NN_ACT_SIGMOID:
		nn_sigmoid_fwd(out, x, len);
		break;
	}
}

void
nn_act_bwd(float *dx, const float *dout, const float *out, enum nn_act act,
    float slope, size_t len)
{
	switch (act) {
	case NN_ACT_NONE:
		slope = 1;
		/* fall through */
	case NN_ACT_LRELU:
		nn_lrelu_bwd(dx, dout, out, slope, len);
		break;
	case NN_ACT_TANH:
		nn_tanh_bwd(dx, dout, out, len);
		break;
	case NN_ACT_SIGMOID:
		nn_sigmoid_bwd(dx, dout, out, len);
		break;
	}
}
