/* Between two numbers: straight, cut off, or level at both ends. */
#ifndef MATH_LERP_H
#define MATH_LERP_H

static inline float
lerp(float a, float b, float t)
{
	return a + t * (b - a);
}

static inline float
clamp01(float t)
{
	return t < 0 ? 0 : t > 1 ? 1 : t;
}

/* 0 to 1 as t goes from 0 to 1, level at both ends. */
static inline float
smoothstep(float t)
{
	return t * t * (3 - 2 * t);
}

#endif
