/*
 * Our own product kernel, for the many products in which one side is a
 * weight: that side is packed once, into panels of PANEL columns, and the
 * other is read where it lies. A row may be in several runs at any offsets
 * and rows may overlap, so a convolution is a product without im2col, all
 * kernel rows summed in registers.
 *
 *	c[i, j] = bias[j] + add[i, j] + sum over t, p of
 *	    a[i * row + seg[t] + p * step] * b[t * run + p, j]
 *
 * i < m, j < n, t < segs, p < run. Each sum is one chain of multiply-adds in
 * the order of t and p, so a value does not depend on m, n or its neighbours.
 *
 * In a row of products that each have a b of their own, as Winograd's have, up
 * to half the time is spent waiting for b, unless it is fetched during the
 * product before: in->next.
 *
 * Plain C with vector types: 12 x 32 values in registers with AVX-512, 6 x 16
 * with AVX, 6 x 8 without.
 */
#ifndef MATH_PANEL_H
#define MATH_PANEL_H

#include <stddef.h>

#include "math/vec.h"

#define PANEL (2 * VEC)

/* The left side; the strides and offsets are in floats. */
struct panel_rows {
	const float *a;
	size_t row, step;
	const size_t *seg;	/* NULL: all 0 */
	size_t segs, run;
	const float *next;	/* b of the next call, fetched meanwhile; or NULL */
};

/* Panels that n columns take; the last one is filled up with zeros. */
size_t panel_count(size_t n);

/*
 * Packs k rows of b, element (p, j) at b[p * rsb + j * csb], as
 * [panel][k][PANEL]: panel_count(n) * k * PANEL floats, aligned to 64.
 */
void panel_pack(float *packed, const float *b, size_t rsb, size_t csb,
    size_t k, size_t n);

/*
 * One panel: b is its k = segs * run rows, n <= PANEL the columns of c that
 * it fills: what stands beside them is left alone. bias
 * (n) and add (rows of ldc, may be c itself) may be NULL.
 */
void panel_mul(float *c, size_t ldc, const struct panel_rows *in,
    const float *b, size_t m, size_t n, const float *bias, const float *add);

/* The same by its definition. */
void panel_mul_ref(float *c, size_t ldc, const struct panel_rows *in,
    const float *b, size_t m, size_t n, const float *bias, const float *add);

#endif
