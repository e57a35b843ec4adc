/*
 * Activations, one value at a time, and the softmax over the last axis. out
 * may be x. Every _bwd adds to dx. exp and tanh are our own (math/vec.h), off
 * by 2 units in the last place at most.
 */
#ifndef LAYERS_ACT_H
#define LAYERS_ACT_H

#include <stddef.h>

enum nn_act { NN_ACT_NONE, NN_ACT_LRELU, NN_ACT_TANH, NN_ACT_SIGMOID };

/*
 * out = x > 0 ? x : slope * x; slope 0 is ReLU, 0 <= slope <= 1. The slope at
 * zero is `slope`, as PyTorch has it: the plane of a key point that is
 * missing is all zeros behind its norm.
 */
void nn_lrelu_fwd(float *out, const float *x, float slope, size_t len);
/* x as given to fwd; its output serves as well. */
void nn_lrelu_bwd(float *dx, const float *dout, const float *x, float slope,
    size_t len);

void nn_tanh_fwd(float *out, const float *x, size_t len);
void nn_tanh_bwd(float *dx, const float *dout, const float *out, size_t len);

/* out = 1 / (1 + exp(-x)) */
void nn_sigmoid_fwd(float *out, const float *x, size_t len);
void nn_sigmoid_bwd(float *dx, const float *dout, const float *out,
    size_t len);

/* x, out (rows, c), each row sums to one. */
void nn_softmax_fwd(float *out, const float *x, size_t rows, size_t c);
void nn_softmax_bwd(float *dx, const float *dout, const float *out,
    size_t rows, size_t c);

/* One of the above by name; NN_ACT_NONE copies (adds). */
void nn_act_fwd(float *out, const float *x, enum nn_act act, float slope,
    size_t len);
void nn_act_bwd(float *dx, const float *dout, const float *out,
    enum nn_act act, float slope, size_t len);

/* As nn_act_fwd, by the calling thread alone: for kernels. */
void nn_act_line(float *out, const float *x, enum nn_act act, float slope,
    size_t len);

#endif
