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

#define VEC_INLINE static inline __attribute__((always_inline, unused))

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

/* x in every place; minus zero changes no value, so it costs nothing. */
VEC_INLINE vec
vec_all(float x)
{
	return x - (vec){ 0 };
}

/* max(x, slope * x): LeakyReLU for 0 <= slope <= 1. */
VEC_INLINE vec
vec_lrelu(vec x, float slope)
{
	vec y = slope * x;
	vec_mask m = x > y;	/* all ones or all zeros */

	return (vec)(((vec_mask)x & m) | ((vec_mask)y & ~m));
}

#endif
