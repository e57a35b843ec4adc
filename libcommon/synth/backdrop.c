#include "synth/backdrop.h"

#include <math.h>
#include <string.h>

#include "dress/noise.h"

struct paint {
	uint8_t *rgb;
	size_t size;
	struct rng *d;
};

enum status
backdrop_kinds(unsigned *set, const char *list)
{
	static const char *const names[] = { "plain", "gradient", "noise",
		"room", "photo", "panorama" };

	*set = 0;
	for (const char *p = list; *p;) {
		size_t len = strcspn(p, ","), k = 0;

		while (k < BACKDROPS && (strlen(names[k]) != len ||
		    memcmp(names[k], p, len) != 0))
			k++;
		if (k == BACKDROPS)
			return fail(E_VALUE, "\"%.*s\", want of %s", (int)len,
			    p, BACKDROP_NAMES);
		*set |= 1u << k;
		p += len + (p[len] == ',');
	}
	return *set ? OK : fail(E_VALUE, "no background named");
}

/* Walls and studios: mostly light and grey, some coloured, some dark. */
static void
wall(float c[3], struct rng *d)
{
	double light = rng_unit(d) < 0.7 ? rng_range(d, 150, 250) :
	    rng_range(d, 25, 150);
	double colour = rng_unit(d) < 0.6 ? 0.05 : 0.35;

	for (int i = 0; i < 3; i++)
		c[i] = (float)fmin(light * (1 + rng_range(d, -colour, colour)),
		    255);
}

static uint8_t
byte(float x)
{
	return (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x + 0.5f);
}

/* t from 0 to 1 along a direction, or with the distance from a point. */
static void
gradient(const struct paint *p, double strength)
{
	float a[3], b[3];
	bool round = rng_unit(p->d) < 0.4;
	double turn = rng_range(p->d, 0, 2 * M_PI), cx = rng_unit(p->d);
	float dx = (float)cos(turn), dy = (float)sin(turn);
	float n = 1 / (float)p->size, ox = (float)cx;
	float oy = (float)rng_range(p->d, 0.1, 0.7);

	wall(a, p->d);
	wall(b, p->d);
	for (int c = 0; c < 3; c++)
		b[c] = a[c] + (float)strength * (b[c] - a[c]);
	for (size_t i = 0; i < p->size * p->size; i++) {
		float x = (float)(i % p->size) * n, y = (float)(i / p->size) * n;
		float t = round ? hypotf(x - ox, y - oy) :
		    0.5f + 0.7f * ((x - 0.5f) * dx + (y - 0.5f) * dy);

		t = t < 0 ? 0 : t > 1 ? 1 : t;
		for (int c = 0; c < 3; c++)
			p->rgb[3 * i + (size_t)c] = byte(a[c] + t * (b[c] -
			    a[c]));
	}
}

/*
 * Smooth noise of several sizes between colours: foliage, streets, rooms out
 * of focus. Made on a lattice of a quarter of the size and interpolated:
 * what is behind a person is not sharp.
 */
static void
clouds(const struct paint *p)
{
	enum { MOST = 64 };
	float a[3], b[3], c[3], at[2][MOST * MOST];
	size_t n = p->size / 4 < 4 ? 4 : p->size / 4 > MOST ? MOST :
	    p->size / 4;
	uint32_t seed = (uint32_t)rng_u64(p->d);
	float cell = (float)rng_range(p->d, 1, 7) / (float)n;
	float tall = (float)rng_range(p->d, 0.3, 1.5);

	wall(a, p->d);
	wall(b, p->d);
	wall(c, p->d);
	/* Mostly of one brightness. */
	for (int k = 0; k < 3; k++) {
		b[k] = a[k] + 0.6f * (b[k] - a[k]);
		c[k] = a[k] + 0.6f * (c[k] - a[k]);
	}
	for (size_t i = 0; i < n * n; i++)
		for (uint32_t k = 0; k < 2; k++)
			at[k][i] = noise3_rough(seed + 7 * k, cell *
			    (float)(i % n), cell * tall * (float)(i / n), 0.5f);
	float f = (float)(n - 1) / (float)(p->size > 1 ? p->size - 1 : 1);

	for (size_t i = 0; i < p->size * p->size; i++) {
		float x = f * (float)(i % p->size), y = f *
		    (float)(i / p->size), v[2];
		size_t x0 = (size_t)x, y0 = (size_t)y;
		size_t x1 = x0 + (x0 + 1 < n), y1 = y0 + (y0 + 1 < n);

		x -= (float)x0;
		y -= (float)y0;
		for (int k = 0; k < 2; k++)
			v[k] = (1 - y) * ((1 - x) * at[k][y0 * n + x0] + x *
			    at[k][y0 * n + x1]) + y * ((1 - x) *
			    at[k][y1 * n + x0] + x * at[k][y1 * n + x1]);
		float s = fminf(fmaxf(0.5f + 1.2f * v[0], 0), 1);
		float t = fminf(fmaxf(1.5f * v[1], 0), 1);

		for (int k = 0; k < 3; k++) {
			float m = a[k] + s * (b[k] - a[k]);

			p->rgb[3 * i + (size_t)k] = byte(m + t * (c[k] - m));
		}
	}
}

/* A wall, a floor, and some upright things: doors, frames, furniture. */
static void
room(const struct paint *p)
{
	size_t n = p->size;
	size_t floor_y = (size_t)((double)n * rng_range(p->d, 0.6, 0.95));
	float ground[3];

	gradient(p, 0.3);
	wall(ground, p->d);
	for (int c = 0; c < 3; c++)
		ground[c] *= 0.7f;
	for (size_t y = floor_y; y < n; y++) {
		float t = 0.75f + 0.35f * (float)(y - floor_y) / (float)n;

		for (size_t x = 0; x < n; x++)
			for (int c = 0; c < 3; c++)
				p->rgb[3 * (y * n + x) + (size_t)c] =
				    byte(ground[c] * t);
	}
	for (size_t k = rng_below(p->d, 6); k > 0; k--) {
		float colour[3];
		size_t w = 1 + (size_t)((double)n * rng_range(p->d, 0.02, 0.35));
		size_t h = 1 + (size_t)((double)n * rng_range(p->d, 0.1, 0.9));
		size_t x0 = rng_below(p->d, n), y1 = rng_unit(p->d) < 0.6 ?
		    floor_y : rng_below(p->d, n);
		size_t y0 = y1 > h ? y1 - h : 0;

		wall(colour, p->d);
		for (size_t y = y0; y < y1 && y < n; y++)
			for (size_t x = x0; x < x0 + w && x < n; x++)
				for (int c = 0; c < 3; c++)
					p->rgb[3 * (y * n + x) + (size_t)c] =
					    byte(colour[c]);
	}
}

/* A square of a photo, by the means of the photo's pixels under each pixel. */
static void
from_photo(const struct paint *p, const struct tensor *t)
{
	size_t h = t->dim[0], w = t->dim[1], n = p->size;
	size_t least = h < w ? h : w;
	size_t side = (size_t)((double)least * rng_range(p->d, 0.5, 1));

	side = side < 1 ? 1 : side;
	size_t x0 = rng_below(p->d, w - side + 1);
	size_t y0 = rng_below(p->d, h - side + 1);
	bool flip = rng_unit(p->d) < 0.5;
	const uint8_t *src = t->data;

	for (size_t i = 0; i < n * n; i++) {
		size_t x = flip ? n - 1 - i % n : i % n, y = i / n;
		size_t ax = x0 + x * side / n, bx = x0 + (x + 1) * side / n;
		size_t ay = y0 + y * side / n, by = y0 + (y + 1) * side / n;
		size_t sum[3] = { 0 }, count = 0;

		for (size_t v = ay; v < (by > ay ? by : ay + 1); v++)
			for (size_t u = ax; u < (bx > ax ? bx : ax + 1); u++) {
				for (size_t c = 0; c < 3; c++)
					sum[c] += src[3 * (v * w + u) + c];
				count++;
			}
		for (size_t c = 0; c < 3; c++)
			p->rgb[3 * i + c] = (uint8_t)((sum[c] + count / 2) /
			    count);
	}
}

void
backdrop_draw(uint8_t *rgb, size_t size, unsigned set,
    const struct tensor *photo, size_t n_photo, struct rng *d)
{
	const struct paint p = { rgb, size, d };
	int kind[BACKDROPS], n = 0;

	for (int k = 0; k < BACK_PANORAMA; k++)
		if (set >> k & 1 && (k != BACK_PHOTO || n_photo > 0))
			kind[n++] = k;
	switch (n ? kind[rng_below(d, (size_t)n)] : BACK_PLAIN) {
	case BACK_PHOTO:
		from_photo(&p, &photo[rng_below(d, n_photo)]);
		break;
	case BACK_NOISE:
		clouds(&p);
		break;
	case BACK_ROOM:
		room(&p);
		break;
	case BACK_GRADIENT:
		gradient(&p, 1);
		break;
	default:
		gradient(&p, 0.05);
		break;
	}
}
