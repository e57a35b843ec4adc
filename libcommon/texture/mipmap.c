#include "texture/mipmap.h"

#include <math.h>

void
mipmap_mean(uint8_t out[4], const uint8_t *const in[4])
{
	unsigned rgb[3] = { 0 }, plain[3] = { 0 }, a = 0;

	for (int k = 0; k < 4; k++) {
		a += in[k][3];
		for (int c = 0; c < 3; c++) {
			rgb[c] += (unsigned)in[k][c] * in[k][3];
			plain[c] += in[k][c];
		}
	}
	for (int c = 0; c < 3; c++)
		out[c] = (uint8_t)(a ? (rgb[c] + a / 2) / a :
		    (plain[c] + 2) / 4);
	out[3] = (uint8_t)((a + 2) / 4);
}

static size_t
side(size_t n, int level)
{
	while (level-- > 0)
		n = (n + 1) / 2;
	return n;
}

enum status
mipmap_make(struct mipmap *m, struct arena *a, const uint8_t *rgba, size_t h,
    size_t w)
{
	*m = (struct mipmap){ h, w, 1, { rgba } };
	while (m->n < MIPMAP_LEVELS && (h > 1 || w > 1)) {
		const uint8_t *from = m->level[m->n - 1];
		size_t h2 = (h + 1) / 2, w2 = (w + 1) / 2;
		uint8_t *to = arena_alloc(a, 4 * h2 * w2);

		if (!to)
			return E_NOMEM;
		for (size_t i = 0; i < h2 * w2; i++) {
			size_t y = 2 * (i / w2), x = 2 * (i % w2);
			size_t right = x + 1 < w ? 4 : 0;
			size_t down = y + 1 < h ? 4 * w : 0;
			const uint8_t *p = from + 4 * (y * w + x);
			const uint8_t *const in[4] = { p, p + right, p + down,
				p + right + down };

			mipmap_mean(to + 4 * i, in);
		}
		m->level[m->n++] = to;
		h = h2;
		w = w2;
	}
	return OK;
}

int
mipmap_level(const struct mipmap *m, float texels)
{
	int e = 0;

	if (!(texels > 1))
		return 0;
	frexpf(texels, &e);
	return e / 2 < m->n ? e / 2 : m->n - 1;
}

static size_t
clamp(float x, size_t n)
{
	return x <= 0 ? 0 : x >= (float)n ? n - 1 : (size_t)x;
}

void
mipmap_at(float rgb[3], const struct mipmap *m, int level, const float uv[2])
{
	size_t h = side(m->h, level), w = side(m->w, level);
	float x = uv[0] * (float)w - 0.5f, y = uv[1] * (float)h - 0.5f;
	float fx = x - floorf(x), fy = y - floorf(y), sum = 0;
	size_t xs[2] = { clamp(x, w), clamp(x + 1, w) };
	size_t ys[2] = { clamp(y, h), clamp(y + 1, h) };
	float plain[3] = { 0 };

	rgb[0] = rgb[1] = rgb[2] = 0;
	for (int k = 0; k < 4; k++) {
		const uint8_t *p = m->level[level] + 4 * (ys[k / 2] * w +
		    xs[k % 2]);
		float f = (k % 2 ? fx : 1 - fx) * (k / 2 ? fy : 1 - fy);
		float g = f * (float)p[3];

		sum += g;
		for (int c = 0; c < 3; c++) {
			rgb[c] += g * (float)p[c];
			plain[c] += f * (float)p[c];
		}
	}
	for (int c = 0; c < 3; c++)
		rgb[c] = sum > 0 ? rgb[c] / sum : plain[c];
}

bool
mipmap_there(const struct mipmap *m, int level, const float uv[2])
{
	size_t h = side(m->h, level), w = side(m->w, level);

	return m->level[level][4 * (clamp(uv[1] * (float)h, h) * w +
	    clamp(uv[0] * (float)w, w)) + 3] >= 128;
}
