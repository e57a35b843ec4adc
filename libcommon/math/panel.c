#include "math/panel.h"

#if defined __AVX512F__
#define ROWS 12		/* 24 sums, 2 of b and 1 of a in 32 registers */
#else
#define ROWS 6		/* 12 sums, 2 of b and 1 of a in 16 registers */
#endif

#define AHEAD 2	/* tiles that fetch the next b, a part each */

/* Keeps the compiler from one pointer per row, which are too many. */
#define KEEP(p) __asm__("" : "+r"(p))

size_t
panel_count(size_t n)
{
	return (n + PANEL - 1) / PANEL;
}

void
panel_pack(float *packed, const float *b, size_t rsb, size_t csb, size_t k,
    size_t n)
{
	for (size_t j0 = 0; j0 < n; j0 += PANEL) {
		size_t cols = n - j0 < PANEL ? n - j0 : PANEL;

		for (size_t p = 0; p < k; p++, packed += PANEL) {
			const float *from = b + p * rsb + j0 * csb;

			for (size_t j = 0; j < cols; j++)
				packed[j] = from[j * csb];
			for (size_t j = cols; j < PANEL; j++)
				packed[j] = 0;
		}
	}
}

/*
 * m <= ROWS rows and `wide` (1 or 2) vectors of columns, all full. m and wide
 * are constants where this is called, so every loop over them unrolls. With
 * each step PANEL / AHEAD floats from `next` on are fetched; none if it is NULL.
 */
VEC_INLINE void
tile(float *c, size_t ldc, const struct panel_rows *in, const float *a,
    const float *b, size_t m, size_t wide, const float *bias,
    const float *add, const float *next)
{
	size_t row = in->row, step = in->step, more = next ? PANEL / AHEAD : 0;
	const float *fetch = next ? next : b;
	vec sum[ROWS][2];

	VEC_UNROLL
	for (size_t i = 0; i < m; i++)
		VEC_UNROLL
		for (size_t v = 0; v < wide; v++) {
			sum[i][v] = bias ? vec_load(bias + v * VEC) :
			    (vec){ 0 };
			if (add)
				sum[i][v] += vec_load(add + i * ldc + v * VEC);
		}
	for (size_t t = 0; t < in->segs; t++) {
		const float *a0 = a + (in->seg ? in->seg[t] : 0), *a3 = a0 + 3 * row;
		const float *a6 = a3 + 3 * row, *a9 = a6 + 3 * row;

		for (size_t p = in->run; p > 0; p--) {
			vec b0 = vec_load(b), b1 = vec_load(b + VEC);

			VEC_UNROLL
			for (size_t i = 0; i < m; i++) {
				const float *from = i < 3 ? a0 : i < 6 ? a3 :
				    i < 9 ? a6 : a9;
				vec x = vec_all(from[i % 3 * row]);

				sum[i][0] += x * b0;
				if (wide == 2)
					sum[i][1] += x * b1;
			}
			b += PANEL;
			a0 += step;
			a3 += step;
			a6 += step;
			a9 += step;
			KEEP(a0);
			KEEP(a3);
			KEEP(a6);
			KEEP(a9);
			VEC_FETCH(fetch);
			fetch += more;
		}
	}
	VEC_UNROLL
	for (size_t i = 0; i < m; i++)
		VEC_UNROLL
		for (size_t v = 0; v < wide; v++)
			vec_store(c + i * ldc + v * VEC, sum[i][v]);
}

/* m <= ROWS rows of one vector, or of two. */
#define CASE(M) case M: tile(c, ldc, in, a, b, M, WIDE, bias, add, \
	next); break
#if ROWS == 12
#define CASES CASE(1); CASE(2); CASE(3); CASE(4); CASE(5); CASE(6); \
	CASE(7); CASE(8); CASE(9); CASE(10); CASE(11); CASE(12)
#else
#define CASES CASE(1); CASE(2); CASE(3); CASE(4); CASE(5); CASE(6)
#endif

static void
tile_narrow(float *c, size_t ldc, const struct panel_rows *in, const float *a,
    const float *b, size_t m, const float *bias, const float *add,
    const float *next)
{
#define WIDE 1
	switch (m) { CASES; }
#undef WIDE
}

static void
tile_full(float *c, size_t ldc, const struct panel_rows *in, const float *a,
    const float *b, size_t m, const float *bias, const float *add,
    const float *next)
{
#define WIDE 2
	switch (m) { CASES; }
#undef WIDE
}

/* Part of a vector: by way of a tile of our own. bias is padded already. */
static void
tile_part(float *c, size_t ldc, const struct panel_rows *in, const float *a,
    const float *b, size_t m, size_t n, const float *bias, const float *add)
{
	float part[ROWS * PANEL] = { 0 };

	for (size_t i = 0; add && i < m; i++)
		memcpy(part + i * PANEL, add + i * ldc, n * sizeof *part);
	(n < VEC ? tile_narrow : tile_full)(part, PANEL, in, a, b, m, bias,
	    add ? part : NULL, NULL);
	for (size_t i = 0; i < m; i++)
		memcpy(c + i * ldc, part + i * PANEL, n * sizeof *part);
}

void
panel_mul(float *c, size_t ldc, const struct panel_rows *in, const float *b,
    size_t m, size_t n, const float *bias, const float *add)
{
	size_t tiles = (m + ROWS - 1) / ROWS;
	size_t part = in->segs * in->run * (PANEL / AHEAD);
	float some[PANEL] = { 0 };

	if (n < PANEL && bias)
		bias = memcpy(some, bias, n * sizeof *bias);
	/* Tiles of nearly equal height: a short last one would be slow. */
	for (size_t t = 0, i = 0; t < tiles; t++) {
		size_t high = (m - i + tiles - t - 1) / (tiles - t);
		const float *a = in->a + i * in->row;
		const float *more = add ? add + i * ldc : NULL, *next = NULL;

		/* The last tiles, as what is fetched early may be lost again. */
		if (in->next && tiles - t <= AHEAD)
			next = in->next + (AHEAD - (tiles - t)) * part;
		if (n == PANEL)
			tile_full(c + i * ldc, ldc, in, a, b, high, bias, more,
			    next);
		else if (n == VEC)
			tile_narrow(c + i * ldc, ldc, in, a, b, high, bias,
			    more, next);
		else
			tile_part(c + i * ldc, ldc, in, a, b, high, n, bias,
			    more);
		i += high;
	}
}

void
panel_mul_ref(float *c, size_t ldc, const struct panel_rows *in,
    const float *b, size_t m, size_t n, const float *bias, const float *add)
{
	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < n; j++) {
			double sum = bias ? bias[j] : 0;

			if (add)
				sum += add[i * ldc + j];
			for (size_t t = 0; t < in->segs; t++)
				for (size_t p = 0; p < in->run; p++)
					sum += (double)in->a[i * in->row +
					    (in->seg ? in->seg[t] : 0) +
					    p * in->step] *
					    b[(t * in->run + p) * PANEL + j];
			c[i * ldc + j] = (float)sum;
		}
}
