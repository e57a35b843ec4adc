#include "view/levels.h"

#include <math.h>

struct map {
	const float *xy;
	const uint8_t *ok;
	size_t w;
};

static bool
valid(const struct map *m, size_t y, size_t x)
{
	size_t i = y * m->w + x;

	return m->ok[i] && !isnan(m->xy[2 * i]) && !isnan(m->xy[2 * i + 1]);
}

/* One cell of f x f; returns how many are valid. */
static size_t
mean(float out[2], const struct map *m, size_t y0, size_t x0, size_t f)
{
	double sum[2] = { 0, 0 };
	size_t count = 0;

	for (size_t y = y0; y < y0 + f; y++)
		for (size_t x = x0; x < x0 + f; x++)
			if (valid(m, y, x)) {
				sum[0] += m->xy[2 * (y * m->w + x)];
				sum[1] += m->xy[2 * (y * m->w + x) + 1];
				count++;
			}
	for (int k = 0; k < 2; k++)
		out[k] = count ? (float)(sum[k] / (double)count) : 0;
	return count;
}

static size_t
nearest(float out[2], const struct map *m, size_t y0, size_t x0, size_t f)
{
	size_t count = 0, best = SIZE_MAX;

	out[0] = out[1] = 0;
	for (size_t y = 0; y < f; y++)
		for (size_t x = 0; x < f; x++) {
			/* Twice the distance to the centre, squared. */
			size_t dy = 2 * y > f - 1 ? 2 * y - (f - 1) :
			    f - 1 - 2 * y;
			size_t dx = 2 * x > f - 1 ? 2 * x - (f - 1) :
			    f - 1 - 2 * x;
			size_t i = (y0 + y) * m->w + x0 + x;

			if (!valid(m, y0 + y, x0 + x))
				continue;
			count++;
			if (dy * dy + dx * dx < best) {
				best = dy * dy + dx * dx;
				out[0] = m->xy[2 * i];
				out[1] = m->xy[2 * i + 1];
			}
		}
	return count;
}

void
level_reduce(float *pos, float *v, const float *xy, const uint8_t *ok,
    size_t n, size_t h, size_t w, size_t side, int level,
    enum level_rule rule)
{
	size_t f = (size_t)1 << level, hl = h / f, wl = w / f;
	float scale = ((float)(side / f) - 1) / ((float)side - 1);

	for (size_t i = 0; i < n * hl * wl; i++) {
		size_t at = i / (hl * wl), y = i / wl % hl, x = i % wl;
		struct map m = { xy + at * h * w * 2, ok + at * h * w, w };
		float p[2];
		size_t count = (rule == LEVELS_AREA ? mean : nearest)(p, &m,
		    y * f, x * f, f);

		v[i] = 4 * count >= f * f;
		for (int k = 0; k < 2; k++)
			pos[2 * i + k] = !count ? 0 : rule == LEVELS_AREA ?
			    p[k] * scale : (p[k] + 0.5f) / (float)f - 0.5f;
	}
}

void
level_anchor(float *pos, const float *v, size_t pixels, size_t side)
{
	float middle = ((float)side - 1) / 2;

	for (size_t i = 0; i < pixels; i++)
		if (v[i] == 0)
			pos[2 * i] = pos[2 * i + 1] = middle;
}

void
level_anchor_relative(float *pos, const float *v, size_t n, size_t h,
    size_t w)
{
	for (size_t i = 0; i < n * h * w; i++) {
		pos[2 * i] = v[i] == 0 ? 0 : pos[2 * i] - (float)(i % w);
		pos[2 * i + 1] = v[i] == 0 ? 0 :
		    pos[2 * i + 1] - (float)(i / w % h);
	}
}

/* The four corners of a position, clamped; the fraction before clamping. */
static void
corners(size_t at[4], float weight[4], const float p[2], size_t S)
{
	float lo = -2, hi = (float)S + 1;
	float x = fminf(fmaxf(p[0], lo), hi), y = fminf(fmaxf(p[1], lo), hi);
	float x0 = floorf(x), y0 = floorf(y), a = x - x0, b = y - y0;

	for (int k = 0; k < 4; k++) {
		float cx = x0 + (float)(k % 2), cy = y0 + (float)(k / 2);
		size_t ix = (size_t)fminf(fmaxf(cx, 0), (float)S - 1);
		size_t iy = (size_t)fminf(fmaxf(cy, 0), (float)S - 1);

		at[k] = iy * S + ix;
		weight[k] = (k % 2 ? a : 1 - a) * (k / 2 ? b : 1 - b);
	}
}

void
level_compose(float *xy, uint8_t *ok, const float *s, const uint8_t *m,
    const float *c_s, const uint8_t *seen_s, size_t sources, size_t n,
    size_t S)
{
	for (size_t i = 0; i < n * S * S; i++) {
		const size_t own = sources > 1 ? i / (S * S) * S * S : 0;
		float sum = 0, p[2] = { 0, 0 }, weight[4];
		size_t at[4];

		xy[2 * i] = xy[2 * i + 1] = 0;
		ok[i] = 0;
		if (!m[i] || isnan(s[2 * i]) || isnan(s[2 * i + 1]))
			continue;
		corners(at, weight, s + 2 * i, S);
		for (int k = 0; k < 4; k++) {
			const float *c = c_s + 2 * (own + at[k]);

			if (!seen_itself(seen_s[own + at[k]]) || isnan(c[0]) ||
			    isnan(c[1]))
				continue;
			sum += weight[k];
			p[0] += weight[k] * c[0];
			p[1] += weight[k] * c[1];
		}
		if (sum > 0.6f) {
			xy[2 * i] = p[0] / sum;
			xy[2 * i + 1] = p[1] / sum;
			ok[i] = 1;
		}
	}
}
