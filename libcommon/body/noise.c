#include "body/noise.h"

#include <math.h>

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

static float
smooth(float t)
{
	return t * t * (3 - 2 * t);
}

float
noise3(uint32_t seed, float x, float y, float z)
{
	float fx = floorf(x), fy = floorf(y), fz = floorf(z);
	int32_t i = (int32_t)fx, j = (int32_t)fy, k = (int32_t)fz;
	float a = smooth(x - fx), b = smooth(y - fy), c = smooth(z - fz);
	float v = 0;

	for (int n = 0; n < 8; n++) {
		int dx = n & 1, dy = n >> 1 & 1, dz = n >> 2;

		v += (dx ? a : 1 - a) * (dy ? b : 1 - b) * (dz ? c : 1 - c) *
		    noise_cell(seed, i + dx, j + dy, k + dz);
	}
	return 2 * v - 1;
}

float
noise3_rough(uint32_t seed, float x, float y, float z)
{
	return (4 * noise3(seed, x, y, z) +
	    2 * noise3(seed + 1, 2 * x, 2 * y, 2 * z) +
	    noise3(seed + 2, 4 * x, 4 * y, 4 * z)) / 7;
}
