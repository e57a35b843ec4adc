/*
 * Pictures as bytes, 0..255, and as the values that textures and networks
 * have, -1..1: the one place where the former become the latter.
 */
#ifndef TENSOR_PIXEL_H
#define TENSOR_PIXEL_H

#include <stddef.h>
#include <stdint.h>

/* Of a byte, or of a mean of some. */
static inline float
pixel_signed(float byte)
{
	return byte / 127.5f - 1;
}

static inline void
pixels_signed(float *to, const uint8_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = pixel_signed((float)from[i]);
}

#endif
