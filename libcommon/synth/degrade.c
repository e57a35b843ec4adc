#include "synth/degrade.h"

#include <math.h>
#include <string.h>

#include "image/image.h"

/* Gain of each channel and a gamma, as a table for each. */
static void
expose(uint8_t *rgb, size_t n, double strength, struct rng *d)
{
	uint8_t table[3][256];
	double gain = 1 + strength * rng_range(d, -0.18, 0.12);
	double warm = strength * rng_range(d, -0.07, 0.07);
	double gamma = 1 + strength * rng_range(d, -0.18, 0.18);

	for (int c = 0; c < 3; c++)
		for (int v = 0; v < 256; v++) {
			double x = pow(v / 255.0, gamma) * gain *
			    (1 + warm * (c - 1));

			table[c][v] = (uint8_t)lrint(255 * fmin(x, 1));
		}
	for (size_t i = 0; i < n; i++)
		rgb[i] = table[i % 3][rgb[i]];
}

/*
 * A blur of deviation sd < 2 along lines of `len` pixels `step` bytes apart,
 * by a kernel of 5 taps in 1/256.
 */
static void
blur_lines(uint8_t *rgb, const uint8_t *src, size_t size, bool down, double sd)
{
	int tap[3];
	double w1 = exp(-0.5 / (sd * sd)), w2 = exp(-2 / (sd * sd));
	double sum = 1 + 2 * w1 + 2 * w2;
	size_t step = down ? 3 * size : 3;

	tap[1] = (int)lrint(256 * w1 / sum);
	tap[2] = (int)lrint(256 * w2 / sum);
	tap[0] = 256 - 2 * tap[1] - 2 * tap[2];
	for (size_t i = 0; i < size * size; i++) {
		size_t at = down ? i / size : i % size;
		size_t b1 = at >= 1 ? step : 0, b2 = at >= 2 ? 2 * step : b1;
		size_t f1 = at + 1 < size ? step : 0;
		size_t f2 = at + 2 < size ? 2 * step : f1;

		for (size_t c = 3 * i; c < 3 * i + 3; c++)
			rgb[c] = (uint8_t)((tap[0] * src[c] + tap[1] *
			    (src[c - b1] + src[c + f1]) + tap[2] *
			    (src[c - b2] + src[c + f2]) + 128) >> 8);
	}
}

/*
 * Photon noise grows with the root of the light; readout noise does not.
 * Sums of four bytes stand in for normal numbers: deviation 147.8.
 */
static void
grain(uint8_t *rgb, size_t n, double sd, struct rng *d)
{
	float scale[256];

	for (int v = 0; v < 256; v++)
		scale[v] = (float)(sd * (0.4 + 0.6 * sqrt(v / 255.0)) / 147.8);
	for (size_t i = 0; i < n;) {
		uint64_t bits = rng_u64(d);

		for (int k = 0; k < 2 && i < n; k++, i++, bits >>= 32) {
			int sum = (int)(bits & 255) + (int)(bits >> 8 & 255) +
			    (int)(bits >> 16 & 255) + (int)(bits >> 24 & 255);
			float x = (float)rgb[i] + scale[rgb[i]] *
			    (float)(sum - 510);

			rgb[i] = (uint8_t)(x < 0 ? 0 : x > 255 ? 255 :
			    x + 0.5f);
		}
	}
}

static enum status
jpeg(uint8_t *rgb, size_t size, int quality, struct arena *a)
{
	const void *file;
	size_t n;
	struct tensor t = { DT_U1, 3, { size, size, 3 }, rgb };

	TRY(image_encode_jpeg(&file, &n, a, &t, quality));
	TRY(image_decode(&t, NULL, a, file, n, IMAGE_ON_WHITE));
	memcpy(rgb, t.data, 3 * size * size);
	return OK;
}

enum status
degrade(uint8_t *rgb, size_t size, double strength, struct rng *d,
    struct arena *a)
{
	size_t n = 3 * size * size, mark = arena_mark(a);
	/* Pictures are reduced from larger ones, so blur is below a pixel. */
	double sharp = rng_unit(d), sd = strength * rng_range(d, 0.2, 0.9);
	double noise = strength * rng_range(d, 0, 9);
	int quality = 98 - (int)(strength * rng_range(d, 0, 50));
	enum status st = OK;

	if (strength <= 0)
		return OK;
	expose(rgb, n, strength, d);
	if (sharp < 0.6 && sd > 0.2) {
		uint8_t *copy = arena_alloc(a, n);

		if (!copy)
			return E_NOMEM;
		blur_lines(copy, rgb, size, false, sd);
		blur_lines(rgb, copy, size, true, sd);
	}
	grain(rgb, n, noise * rng_unit(d), d);
	if (rng_unit(d) < 0.8)
		st = jpeg(rgb, size, quality, a);
	arena_pop(a, mark);
	return st;
}
