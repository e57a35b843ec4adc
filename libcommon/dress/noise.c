#include "dress/noise.h"

#include <math.h>

#include "math/lerp.h"

static uint32_t
hash(uint32_t seed, int32_t x, int32_t y, int32_t z)
{
	uint32_t h = seed * 0x9e3779b1u ^ (uint32_t)x * 0x85ebca77u ^
	    (uint32_t)y * 0xc2b2ae3du ^ (uint32_t)z * 0x27d4eb2fu;

	h = (h ^ h >> 15) * 0x2c1b3c6du;
	h = (h ^ h >> 12) * 0x297a2d39u;
	return h ^ h >> 15;
}

float
noise_cell(uint32_t seed, int32_t x, int32_t y, int32_t z)
{
	return (float)(hash(seed, x, y, z) >> 8) * 0x1p-24f;
}

/* The eight corners of a cell at once: x changes first, then y, then z. */
typedef uint32_t corners __attribute__((vector_size(32)));
typedef float weights __attribute__((vector_size(32)));

float
noise3(uint32_t seed, float x, float y, float z)
{
	const corners dx = { 0, 1, 0, 1, 0, 1, 0, 1 };
	const corners dy = { 0, 0, 1, 1, 0, 0, 1, 1 };
	const corners dz = { 0, 0, 0, 0, 1, 1, 1, 1 };
	float fx = floorf(x), fy = floorf(y), fz = floorf(z);
	corners h = ((uint32_t)(int32_t)fx + dx) * 0x85ebca77u ^
	    ((uint32_t)(int32_t)fy + dy) * 0xc2b2ae3du ^
	    ((uint32_t)(int32_t)fz + dz) * 0x27d4eb2fu ^ seed * 0x9e3779b1u;
	float a = smoothstep(x - fx), b = smoothstep(y - fy);
	float c = smoothstep(z - fz);
	float a0 = 1 - a, b0 = 1 - b, c0 = 1 - c;
	float p = b0 * c0, q = b * c0, r = b0 * c, s = b * c;
	weights w = { a0 * p, a * p, a0 * q, a * q, a0 * r, a * r, a0 * s,
		a * s };

	h = (h ^ h >> 15) * 0x2c1b3c6du;
	h = (h ^ h >> 12) * 0x297a2d39u;
	h ^= h >> 15;
	w *= __builtin_convertvector((h >> 8), weights);
	float v = ((w[0] + w[4]) + (w[1] + w[5])) + ((w[2] + w[6]) + (w[3] +
	    w[7]));

	return v * 0x1p-23f - 1;
}

float
noise3_rough(uint32_t seed, float x, float y, float z)
{
	return (4 * noise3(seed, x, y, z) +
	    2 * noise3(seed + 1, 2 * x, 2 * y, 2 * z) +
	    noise3(seed + 2, 4 * x, 4 * y, 4 * z)) / 7;
}
