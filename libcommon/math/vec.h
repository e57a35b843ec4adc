/*
 * The widest float vector of the instruction set we are compiled for, by the
 * vector extension of gcc and clang: + - * and comparisons work on whole
 * vectors, and there are no intrinsics anywhere.
 */
#ifndef MATH_VEC_H
#define MATH_VEC_H

#include <stddef.h>
#include <string.h>

#if defined __AVX512F__
#define VEC 16
#elif defined __AVX__
#define VEC 8
#else
#define VEC 4
#endif

typedef float vec __attribute__((vector_size(VEC * sizeof (float))));
typedef int vec_mask __attribute__((vector_size(VEC * sizeof (int))));

/*
 * VEC_UNROLL before a loop of constant length, so that an array of vectors
 * becomes registers. clang has to be told of each as gcc has not, and that
 * the widest vectors are meant.
 */
#ifdef __clang__
#define VEC_UNROLL _Pragma("clang loop unroll(full)")
#define VEC_INLINE static inline \
	__attribute__((always_inline, unused, min_vector_width(32 * VEC)))
#else
#define VEC_UNROLL _Pragma("GCC unroll 36")
#define VEC_INLINE static inline __attribute__((always_inline, unused))
#endif

VEC_INLINE vec
vec_load(const float *p)
{
	vec v;

	memcpy(&v, p, sizeof v);
	return v;
}

VEC_INLINE void
vec_store(float *p, vec v)
{
	memcpy(p, &v, sizeof v);
}

/* Brings the line at p, which may be anywhere, to the second level's cache. */
#define VEC_FETCH(p) __builtin_prefetch((p), 0, 2)

/* The first n < VEC values, the others 0. */
VEC_INLINE vec
vec_load_part(const float *p, size_t n)
{
	vec v = { 0 };

	memcpy(&v, p, n * sizeof *p);
	return v;
}

VEC_INLINE void
vec_store_part(float *p, vec v, size_t n)
{
	memcpy(p, &v, n * sizeof *p);
}

/* As above for n <= VEC: the last, shorter step of a loop. */
VEC_INLINE vec
vec_get(const float *p, size_t n)
{
	return n < VEC ? vec_load_part(p, n) : vec_load(p);
}

VEC_INLINE void
vec_put(float *p, vec v, size_t n)
{
	if (n < VEC)
		vec_store_part(p, v, n);
	else
		vec_store(p, v);
}

/* Values that a loop over n by VEC has at i. */
VEC_INLINE size_t
vec_left(size_t i, size_t n)
{
	return n - i < VEC ? n - i : VEC;
}

/* x in every place; minus zero changes no value, so it costs nothing. */
VEC_INLINE vec
vec_all(float x)
{
	return x - (vec){ 0 };
}

/* m ? x : y, where m is the result of a comparison. */
VEC_INLINE vec
vec_pick(vec_mask m, vec x, vec y)
{
	return (vec)(((vec_mask)x & m) | ((vec_mask)y & ~m));
}

/* max(x, slope * x): LeakyReLU for 0 <= slope <= 1. */
VEC_INLINE vec
vec_lrelu(vec x, float slope)
{
	vec y = slope * x;

	return vec_pick(x > y, x, y);
}

/* The sum of all places, in pairs. */
VEC_INLINE float
vec_sum(vec v)
{
	float x[VEC];

	vec_store(x, v);
	for (size_t n = VEC / 2; n > 0; n /= 2)
		for (size_t i = 0; i < n; i++)
			x[i] += x[i + n];
	return x[0];
}

/*
 * exp to about 2 units in the last place. With n = round(x / ln 2) and
 * r = x - n ln 2, exp(x) = 2^n exp(r), |r| <= 0.35; the polynomial is
 * Cephes' expf. Below -87 the result is that of -87, above 88 that of 88.
 */
VEC_INLINE vec
vec_exp(vec x)
{
	const float magic = 0x1.8p23f;	/* pushes the fraction out */

	x = vec_pick(x > -87, x, vec_all(-87));
	x = vec_pick(x < 88, x, vec_all(88));
	vec n = (x * 1.44269504f + magic) - magic;
	vec r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
	vec p = vec_all(1.9875691500e-4f);

	p = p * r + 1.3981999507e-3f;
	p = p * r + 8.3334519073e-3f;
	p = p * r + 4.1665795894e-2f;
	p = p * r + 1.6666665459e-1f;
	p = p * r + 5.0000001201e-1f;
	p = p * r * r + r + 1;
	vec_mask e = (__builtin_convertvector(n, vec_mask) + 127) << 23;

	return p * (vec)e;
}

VEC_INLINE vec
vec_sigmoid(vec x)
{
	return 1 / (1 + vec_exp(-x));
}

/*
 * 1 - 2 / (exp(2x) + 1), and near 0, where that loses digits, Cephes'
 * polynomial.
 */
VEC_INLINE vec
vec_tanh(vec x)
{
	vec z = x * x, p = vec_all(-5.70498872745e-3f);

	p = p * z + 2.06390887954e-2f;
	p = p * z - 5.37397155531e-2f;
	p = p * z + 1.33314422036e-1f;
	p = p * z - 3.33332819422e-1f;
	return vec_pick(z < 0.390625f, p * z * x + x,
	    1 - 2 / (vec_exp(2 * x) + 1));
}

#endif
