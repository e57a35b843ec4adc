/*
 * Matrix product, single precision; the only place that calls BLIS. The call
 * is serial (threads are ours, see team.h) and may be made by several threads
 * at once.
 *
 *	c[i * rsc + j] = beta * c[i * rsc + j]
 *	    + sum over p of a[i * rsa + p * csa] * b[p * rsb + j * csb]
 *
 * i < m, j < n, p < k. Any strides, in floats, so that a transpose costs
 * nothing; rows of a (and of b) may overlap, which is how convolution does
 * without im2col. c must not overlap a or b. With beta 0, c may be
 * uninitialised.
 */
#ifndef MATH_GEMM_H
#define MATH_GEMM_H

#include <stddef.h>

void gemm(size_t m, size_t n, size_t k, const float *a, size_t rsa,
    size_t csa, const float *b, size_t rsb, size_t csb, float beta, float *c,
    size_t rsc);

/* The same in double. */
void gemm_double(size_t m, size_t n, size_t k, const double *a, size_t rsa,
    size_t csa, const double *b, size_t rsb, size_t csb, double beta,
    double *c, size_t rsc);

#endif
