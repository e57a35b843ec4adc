#include "photo/photodoubt.h"

#include <string.h>

#define SMALL 4096		/* pixels */
#define PARTS 24
#define FEW 32			/* colours */

/* One of both ends has part numbers, the others are 0 where it is. */
static bool
is_iuv(const uint8_t *p, size_t n, int part)
{
	size_t body = 0, filled = 0;
	uint8_t most = 0;
	bool there[PARTS + 1] = { false };
	int parts = 0;

	for (size_t i = 0; i < n; i++, p += 3) {
		const uint8_t u = p[1], v = p[2 - part];

		if (p[part] > PARTS)
			return false;
		there[p[part]] = true;
		body += p[part] != 0;
		filled += p[part] == 0 && (u || v);
		most = u > most ? u : most;
	}
	for (int k = 1; k <= PARTS; k++)
		parts += there[k];
	return parts >= 4 && most > 2 * PARTS && body < n && 20 * filled < n - body;
}

/* Between two and FEW colours. */
static bool
has_few_colours(const uint8_t *p, size_t n)
{
	uint8_t colour[FEW][3];
	size_t colours = 0, last = 0;

	for (size_t i = 0; i < n; i++, p += 3) {
		if (colours && !memcmp(colour[last], p, 3))
			continue;
		for (last = 0; last < colours && memcmp(colour[last], p, 3);)
			last++;
		if (last < colours)
			continue;
		if (colours == FEW)
			return false;
		memcpy(colour[colours++], p, 3);
	}
	return colours > 1;
}

/* Grey, and nearly all of it black or white, of both. */
static bool
is_matte(const uint8_t *p, size_t n)
{
	size_t black = 0, white = 0;

	for (size_t i = 0; i < n; i++, p += 3) {
		if (p[0] != p[1] || p[0] != p[2])
			return false;
		black += p[0] == 0;
		white += p[0] == 255;
	}
	return 20 * black > n && 20 * white > n && 10 * (black + white) > 9 * n;
}

const char *
photo_doubt(const struct tensor *picture)
{
	const size_t n = picture->dim[0] * picture->dim[1];
	const uint8_t *p = picture->data;

	if (n < SMALL)
		return NULL;
	if (is_iuv(p, n, 0) || is_iuv(p, n, 2))
		return "an IUV";
	if (is_matte(p, n))
		return "a matte";
	return has_few_colours(p, n) ? "a map of labels, of few colours" : NULL;
}
