#include "texture/texmap.h"

#include <math.h>
#include <string.h>

static size_t
clamp(float a, size_t n)
{
	return a <= 0 ? 0 : a >= (float)(n - 1) ? n - 1 : (size_t)a;
}

void
texmap_at(float *out, const float *map, size_t h, size_t w, size_t k, float x,
    float y)
{
	const float fx = floorf(x), fy = floorf(y), a = x - fx, b = y - fy;
	const size_t x0 = clamp(fx, w), x1 = clamp(fx + 1, w);
	const size_t y0 = clamp(fy, h), y1 = clamp(fy + 1, h);
	const float *p = map + (y0 * w + x0) * k, *q = map + (y0 * w + x1) * k;
	const float *r = map + (y1 * w + x0) * k, *s = map + (y1 * w + x1) * k;

	for (size_t i = 0; i < k; i++)
		out[i] = (1 - b) * ((1 - a) * p[i] + a * q[i]) +
		    b * ((1 - a) * r[i] + a * s[i]);
}

bool
texmap_nearest(const uint8_t *chart, size_t T, int part, const float xy[2],
    size_t *texel)
{
	const size_t x0 = (size_t)xy[0], y0 = (size_t)xy[1];
	float best = INFINITY;

	for (size_t y = y0; y < T && y <= y0 + 1; y++)
		for (size_t x = x0; x < T && x <= x0 + 1; x++) {
			float d = hypotf((float)x - xy[0], (float)y - xy[1]);

			if (chart[y * T + x] == part && d < best) {
				best = d;
				*texel = y * T + x;
			}
		}
	return best < INFINITY;
}

/* Marks a texel of the ring that is being grown: not known to its fellows yet. */
#define NEW 0x80

static void
grow_texel(float *map, uint8_t *known, size_t T, size_t k, size_t x, size_t y,
    const uint8_t *same)
{
	const size_t t = y * T + x;
	float n = 0;

	for (size_t j = y ? y - 1 : 0; j <= y + 1 && j < T; j++)
		for (size_t i = x ? x - 1 : 0; i <= x + 1 && i < T; i++) {
			const size_t u = j * T + i;

			if (!known[u] || known[u] & NEW ||
			    (same && same[u] != same[t]))
				continue;
			if (n == 0)
				memset(map + k * t, 0, k * sizeof *map);
			n++;
			for (size_t c = 0; c < k; c++)
				map[k * t + c] += map[k * u + c];
		}
	if (n == 0)
		return;
	for (size_t c = 0; c < k; c++)
		map[k * t + c] /= n;
	known[t] = NEW;
}

void
texmap_grow(float *map, uint8_t *known, size_t T, size_t k, int n, uint8_t code,
    const uint8_t *same)
{
	const uint8_t *end = known + T * T;
	bool grown = true;

	/* memchr finds the few that are asked for faster than a loop does. */
	for (int ring = 0; ring < n && grown; ring++) {
		uint8_t *p = known;

		for (; (p = memchr(p, 0, (size_t)(end - p))); p++) {
			size_t t = (size_t)(p - known);

			if (!same || same[t])
				grow_texel(map, known, T, k, t % T, t / T, same);
		}
		grown = false;
		for (p = known; (p = memchr(p, NEW, (size_t)(end - p))); p++) {
			*p = code;
			grown = true;
		}
	}
}

void
texmap_gutter(float *map, const uint8_t *chart, size_t T, size_t k, int n,
    uint8_t *scratch)
{
	for (size_t t = 0; t < T * T; t++) {
		scratch[t] = chart[t] != 0;
		if (!chart[t])
			memset(map + k * t, 0, k * sizeof *map);
	}
	texmap_grow(map, scratch, T, k, n, 1, NULL);
}

static bool
on_body(const float surf[2], uint8_t mask)
{
	return mask && isfinite(surf[0]) && isfinite(surf[1]);
}

void
texmap_render(float *out, const float *back, const float *tex, size_t T,
    const float *surf, const uint8_t *mask, size_t n)
{
	/* eq. 12 */
	for (size_t i = 0; i < n; i++)
		if (on_body(surf + 2 * i, mask[i]))
			texmap_at(out + 3 * i, tex, T, T, 3, surf[2 * i],
			    surf[2 * i + 1]);
		else if (out != back)
			memcpy(out + 3 * i, back + 3 * i, 3 * sizeof *out);
}

double
texmap_gain(const float *tex, size_t T, const float *surf, const uint8_t *mask,
    const uint8_t *image, size_t n)
{
	double ri = 0, rr = 0;
	float t[3];

	for (size_t i = 0; i < n; i++) {
		if (!on_body(surf + 2 * i, mask[i]))
			continue;
		texmap_at(t, tex, T, T, 3, surf[2 * i], surf[2 * i + 1]);
		for (size_t c = 0; c < 3; c++) {
			double r = ((double)t[c] + 1) / 2;

			ri += r * image[3 * i + c] / 255;
			rr += r * r;
		}
	}
	return rr > 0 ? fmax(0, ri / rr) : 1;
}

void
texmap_brighten(float *tex, size_t T, double gain)
{
	for (size_t i = 0; i < 3 * T * T; i++)
		tex[i] = fminf(1, (float)gain * (tex[i] + 1) - 1);
}
