/*
 * Decompositions of matrices, mostly by LAPACK, in double, row after row (which
 * for symmetric matrices is column after column). The only place that calls
 * LAPACK; its BLAS is BLIS, serial, so that results do not depend on the
 * number of threads.
 */
#ifndef MATH_DECOMPOSE_H
#define MATH_DECOMPOSE_H

#include "base/arena.h"

/*
 * F (n, *rank) with S = F F^T, for a symmetric S (n, n) without negative
 * eigenvalues, by Cholesky's way with pivots: *rank is how many of them are
 * above rounding. S is overwritten; F is of the arena.
 */
MUST_CHECK enum status decompose_factor(double **f, size_t *rank, double *s,
    size_t n, struct arena *a);

/*
 * The sum of the singular values of m (rows, cols), the trace norm; m is
 * overwritten. E_VALUE where they are not found: NaN or infinity in m.
 */
MUST_CHECK enum status decompose_trace_norm(double *sum, double *m,
    size_t rows, size_t cols, struct arena *scratch);

/*
 * Solves S x = b for a symmetric, positive definite S (n, n), by Cholesky: x
 * holds b and gets the solution, s is overwritten. E_VALUE where S is not
 * positive definite.
 */
MUST_CHECK enum status decompose_solve(double *x, double *s, size_t n);

#endif
