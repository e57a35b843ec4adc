#include "texture/rim.h"

#include <math.h>
#include <stdlib.h>

#include "tensor/pixel.h"

#define JUMP 64			/* of U or V between neighbours: a fold */

/* Chosen on people of synthbody, whose textures are known. */
#define SURE 200		/* a matte of so much is the person */
#define HALF 128		/* where the pixels beside it have this */

/* Whether neighbour b of body pixel a is where something else begins. */
static bool
is_border(const uint8_t *a, const uint8_t *b, const struct rim_photo *p,
    const bool adjoin[25][25])
{
	if (!b[0])
		return !p->matte;
	if (!adjoin[a[0]][b[0]])
		return true;
	return a[0] == b[0] && abs(a[1] - b[1]) + abs(a[2] - b[2]) >= JUMP;
}

static bool
is_rim(const struct rim_photo *p, size_t x, size_t y,
    const bool adjoin[25][25])
{
	const uint8_t *c = p->iuv + 3 * (y * p->w + x);

	return (x > 0 && is_border(c, c - 3, p, adjoin)) ||
	    (x + 1 < p->w && is_border(c, c + 3, p, adjoin)) ||
	    (y > 0 && is_border(c, c - 3 * p->w, p, adjoin)) ||
	    (y + 1 < p->h && is_border(c, c + 3 * p->w, p, adjoin));
}

/* Makes hints of what is nearer than r to rim pixel (x, y), itself 1 away. */
static void
doubt_around(uint8_t *use, const struct rim_photo *p, size_t x, size_t y,
    float r)
{
	const size_t n = (size_t)r;

	for (size_t v = y > n ? y - n : 0; v <= y + n && v < p->h; v++)
		for (size_t u = x > n ? x - n : 0; u <= x + n && u < p->w;
		    u++) {
			const float dx = (float)u - (float)x;
			const float dy = (float)v - (float)y;

			if (dx * dx + dy * dy <= r * r &&
			    use[v * p->w + u] == RIM_USED)
				use[v * p->w + u] = RIM_HINT;
		}
}

/*
 * A soft matte may say by its value alone that a pixel is a mixture; a sharp
 * one has the background beside it.
 */
static enum rim_use
use_of(const struct rim_photo *p, size_t x, size_t y)
{
	const uint8_t here = p->matte[y * p->w + x];

	if (here < HALF)
		return RIM_NOT;
	if (here < SURE)
		return RIM_HINT;
	for (size_t v = y > 0 ? y - 1 : 0; v <= y + 1 && v < p->h; v++)
		for (size_t u = x > 0 ? x - 1 : 0; u <= x + 1 && u < p->w; u++)
			if (p->matte[v * p->w + u] < HALF)
				return RIM_HINT;
	return RIM_USED;
}

void
rim_judge(uint8_t *use, const struct rim_photo *p,
    const bool adjoin[25][25], float erode)
{
	const size_t w = p->w;

	for (size_t i = 0; i < p->h * w; i++)
		use[i] = !p->iuv[3 * i] ? RIM_NOT : !p->matte ? RIM_USED :
		    use_of(p, i % w, i / w);
	if (erode < 1)
		return;
	for (size_t i = 0; i < p->h * w; i++)
		if (p->iuv[3 * i] && is_rim(p, i % w, i / w, adjoin))
			doubt_around(use, p, i % w, i / w, erode - 1);
}

bool
rim_read(float rgb[3], float *trusted, const struct rim_photo *p,
    const uint8_t *use, const float c[2])
{
	const float fx = floorf(c[0]), fy = floorf(c[1]);
	const float a = c[0] - fx, b = c[1] - fy;
	float sum[2][4] = { { 0 } };	/* untrusted, trusted */

	*trusted = 0;
	if (!(c[0] >= 0 && c[1] >= 0 && c[0] <= (float)(p->w - 1) &&
	    c[1] <= (float)(p->h - 1)))
		return false;
	for (int k = 0; k < 4; k++) {
		float wt = (k & 1 ? a : 1 - a) * (k >> 1 ? b : 1 - b);
		size_t x = (size_t)fx + (k & 1), y = (size_t)fy + (k >> 1);

		if (wt == 0 || x >= p->w || y >= p->h)
			continue;
		size_t i = y * p->w + x;

		if (use[i] == RIM_NOT)
			continue;
		float *s = sum[use[i] == RIM_USED];

		for (int j = 0; j < 3; j++)
			s[j] += wt * p->image[3 * i + (size_t)j];
		s[3] += wt;
	}
	const float *s = sum[sum[1][3] > 0];

	*trusted = sum[1][3];
	for (int j = 0; j < 3; j++)
		rgb[j] = s[3] > 0 ? pixel_signed(s[j] / s[3]) : 0;
	return s[3] > 0;
}
