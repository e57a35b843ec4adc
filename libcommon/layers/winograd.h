/*
 * Winograd's short convolution on tiles of 6 x 6, Lavin and Gray, arXiv
 * 1509.09308: F(m x m, k x k) with m + k = 7, from polynomials at the points
 * 0, 1, -1, 2, -2 and infinity. Private to layers/.
 *
 *	Y = E_m^T [ (S E_k g E_k^T S) . (B^T d B) ] E_m
 *
 * d: 6 x 6 of the input, g: k x k of the kernel, Y: m x m of the output, "."
 * elementwise. E_n evaluates a polynomial of n coefficients at the points
 * (and takes the last one), S = diag(1/4, -1/6, -1/6, 1/24, 1/24, 1). Usually
 * S E_k is called G and E_m^T A^T. Summed over channels, each of the 36
 * places ("frequencies") is a product of matrices. The gradient is the same
 * sum read the other way:
 *
 *	dg = E_k^T S [ (E_m dY E_m^T) . (B^T d B) ] S E_k
 *
 * The numbers in B and E grow to 5 and 16, which costs about a digit.
 *
 * A 4 x 4 kernel with stride 2 is a 2 x 2 kernel with stride 1 on a map of
 * half the size whose pixels are 2 x 2 pixels, with four times the channels.
 * These four "phases" are read in place. In what follows k is the side of the
 * kernel divided by the stride: 2, 3 or 5.
 */
#ifndef LAYERS_WINOGRAD_H
#define LAYERS_WINOGRAD_H

#include "layers/corr.h"
#include "math/vec.h"

#define WINO 6			/* side of a tile of the input */
#define WINO_F (WINO * WINO)	/* frequencies */
#define WINO_MAX 5		/* largest k, largest m */

/* B^T d, one line. */
VEC_INLINE void
wino_input_line(vec o[WINO], const vec d[WINO])
{
	vec a = d[4] - 4 * d[2], b = d[3] - 4 * d[1];
	vec c = d[4] - d[2], e = 2 * (d[3] - d[1]);

	o[0] = 4 * d[0] - 5 * d[2] + d[4];
	o[1] = a + b;
	o[2] = a - b;
	o[3] = c + e;
	o[4] = c - e;
	o[5] = 4 * d[1] - 5 * d[3] + d[5];
}

/* E x: n values to 6; n is a constant, 2 to 5. */
VEC_INLINE void
wino_eval_line(vec o[WINO], const vec *x, size_t n)
{
	vec even = x[0], odd = x[1], even2 = x[0], odd2 = 2 * x[1];

	if (n > 2) {
		even += x[2];
		even2 += 4 * x[2];
	}
	if (n > 3) {
		odd += x[3];
		odd2 += 8 * x[3];
	}
	if (n > 4) {
		even += x[4];
		even2 += 16 * x[4];
	}
	o[0] = x[0];
	o[1] = even + odd;
	o[2] = even - odd;
	o[3] = even2 + odd2;
	o[4] = even2 - odd2;
	o[5] = x[n - 1];
}

/* E^T x: 6 values to n. */
VEC_INLINE void
wino_back_line(vec *o, const vec x[WINO], size_t n)
{
	vec sum = x[1] + x[2], dif = x[1] - x[2];
	vec sum2 = x[3] + x[4], dif2 = x[3] - x[4];

	o[0] = x[0] + (sum + sum2);
	o[1] = dif + 2 * dif2;
	if (n > 2)
		o[2] = sum + 4 * sum2;
	if (n > 3)
		o[3] = dif + 8 * dif2;
	if (n > 4)
		o[4] = sum + 16 * sum2;
	o[n - 1] += x[5];
}

/* out = B^T d B */
VEC_INLINE void
wino_input(vec out[WINO][WINO], vec d[WINO][WINO])
{
	vec t[WINO][WINO], o[WINO], col[WINO];

	VEC_UNROLL
	for (size_t j = 0; j < WINO; j++) {
		VEC_UNROLL
		for (size_t i = 0; i < WINO; i++)
			col[i] = d[i][j];
		wino_input_line(o, col);
		VEC_UNROLL
		for (size_t i = 0; i < WINO; i++)
			t[i][j] = o[i];
	}
	VEC_UNROLL
	for (size_t i = 0; i < WINO; i++)
		wino_input_line(out[i], t[i]);
}

/* out = E x E^T, x n by n. */
VEC_INLINE void
wino_eval(vec out[WINO][WINO], vec x[WINO_MAX][WINO_MAX], size_t n)
{
	vec t[WINO][WINO_MAX], o[WINO], col[WINO_MAX];

	VEC_UNROLL
	for (size_t j = 0; j < n; j++) {
		VEC_UNROLL
		for (size_t i = 0; i < n; i++)
			col[i] = x[i][j];
		wino_eval_line(o, col, n);
		VEC_UNROLL
		for (size_t i = 0; i < WINO; i++)
			t[i][j] = o[i];
	}
	VEC_UNROLL
	for (size_t i = 0; i < WINO; i++)
		wino_eval_line(out[i], t[i], n);
}

/* out = E^T x E, out n by n. */
VEC_INLINE void
wino_back(vec out[WINO_MAX][WINO_MAX], vec x[WINO][WINO], size_t n)
{
	vec t[WINO_MAX][WINO], o[WINO_MAX], col[WINO];

	VEC_UNROLL
	for (size_t j = 0; j < WINO; j++) {
		VEC_UNROLL
		for (size_t i = 0; i < WINO; i++)
			col[i] = x[i][j];
		wino_back_line(o, col, n);
		VEC_UNROLL
		for (size_t i = 0; i < n; i++)
			t[i][j] = o[i];
	}
	VEC_UNROLL
	for (size_t i = 0; i < n; i++)
		wino_back_line(out[i], t[i], n);
}

/* x = S x S */
VEC_INLINE void
wino_scale(vec x[WINO][WINO])
{
	static const float s[WINO] = { 1 / 4.f, -1 / 6.f, -1 / 6.f, 1 / 24.f,
	    1 / 24.f, 1 };

	VEC_UNROLL
	for (size_t i = 0; i < WINO; i++)
		VEC_UNROLL
		for (size_t j = 0; j < WINO; j++)
			x[i][j] *= s[i] * s[j];
}

/*
 * Floats from one frequency to the next, at least n. A tile is written to
 * (read from) 36 places, and n is mostly a power of two: without the extra
 * cache line they would all fight for one set of the cache.
 */
VEC_INLINE size_t
wino_stride(size_t n)
{
	return (n + 15) / 16 * 16 + 16;
}

/* How a map is cut into tiles of m x m outputs. */
struct wino_tiles {
	size_t m, x, y, n;	/* in a row, in a column, in all images */
};

struct wino_tiles wino_tiles(size_t n, size_t ho, size_t wo, size_t k);

/*
 * Whether it pays for a sum from c channels to maps of ho x wo and o: with few
 * channels the transforms cost more than they save, with few tiles reading
 * the larger weights does.
 */
bool wino_pays(size_t c, size_t ho, size_t wo, size_t o, size_t k,
    size_t stride);

/* The image and the first output pixel of a tile. */
VEC_INLINE void
wino_tile_at(size_t *img, size_t *y0, size_t *x0, size_t tile,
    const struct wino_tiles *t)
{
	*img = tile / (t->x * t->y);
	*y0 = tile % (t->x * t->y) / t->x * t->m;
	*x0 = tile % t->x * t->m;
}

/* An input x (n, h, w, c), and how a tile is read from it. */
struct wino_map {
	const float *x;
	size_t h, w, c, cp;	/* cp: c rounded up to whole vectors */
	size_t stride, pad;
	enum nn_pad mode;
	const struct nn_pre *pre;
};

/*
 * B^T d B of the tile with output (y0, x0) after pre, all phases and
 * channels: frequency f of phase p, channel c goes to v[f * vf + p * cp + c].
 */
void wino_input_tile(float *v, size_t vf, const struct wino_map *map,
    size_t img, size_t y0, size_t x0);

#endif
