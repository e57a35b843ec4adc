#include "synth/remix.h"

#include <math.h>

#include "synth/dye.h"
#include "texture/texmap.h"

/* What is taken from one texture, by DensePose's part. */
enum piece { TOP, BOTTOM, BARE, PIECES };

static enum piece
piece_of(int part)
{
	if (part <= 2 || (part >= 15 && part <= 22))
		return TOP;
	return part >= 5 && part <= 14 ? BOTTOM : BARE;
}

/*
 * Colours 0..1 are turned about the grey axis by any angle, made more or less
 * colourful, and lighter or darker; skin only the last.
 */
static void
draw_colours(double m[3][3], bool bare, struct rng *d)
{
	double keep = rng_unit(d), t = rng_range(d, -M_PI, M_PI);
	double colourful = rng_range(d, 0.6, 1.5);
	double gain = bare ? rng_range(d, 0.8, 1.15) : rng_range(d, 0.75, 1.2);

	if (bare || keep < 0.4) {
		t = 0;
		colourful = 1;
	}
	dye_turn(m, t, colourful, gain);
}

static void
recolour(float to[3], const float from[3], const double m[3][3])
{
	for (int i = 0; i < 3; i++) {
		double x = 0;

		for (int j = 0; j < 3; j++)
			x += m[i][j] * (from[j] + 1) / 2;
		to[i] = (float)(2 * fmin(fmax(x, 0), 1) - 1);
	}
}

/* ---- what only the front has ----------------------------------------- */

/* Where a print or an opening is, in fractions of the trunk's front. */
struct front {
	size_t x0, y0, w, h;	/* of the chart, in texels */
	float x, y, rx, ry;	/* middle and half sides */
	bool round;
	float share;		/* of its colours */
	size_t shift;		/* texels from there to where they are taken */
};

/* The chart of the trunk's front, which stands upright in every layout. */
static void
front_box(struct front *f, const struct cast *c)
{
	size_t x1 = 0, y1 = 0;

	f->x0 = f->y0 = c->T;
	for (size_t i = 0; i < c->T * c->T; i++) {
		size_t x = i % c->T, y = i / c->T;

		if (c->chart[i] != 2)
			continue;
		f->x0 = x < f->x0 ? x : f->x0;
		f->y0 = y < f->y0 ? y : f->y0;
		x1 = x > x1 ? x : x1;
		y1 = y > y1 ? y : y1;
	}
	f->w = x1 + 1 - f->x0;
	f->h = y1 + 1 - f->y0;
}

/* A print on the chest, or what an open jacket shows from top to bottom. */
static void
front_draw(struct front *f, const struct cast *c, struct rng *d)
{
	bool open = rng_unit(d) < 0.5;

	f->round = rng_unit(d) < 0.5 && !open;
	f->x = open ? 0.5f : (float)rng_range(d, 0.42, 0.58);
	f->y = open ? 0.5f : (float)rng_range(d, 0.28, 0.5);
	f->rx = (float)rng_range(d, 0.06, open ? 0.18 : 0.25);
	f->ry = open ? 0.5f : (float)rng_range(d, 0.06, 0.2);
	f->share = (float)rng_range(d, 0.6, 1);
	f->shift = rng_below(d, c->T * c->T);
}

static bool
front_has(const struct front *f, size_t x, size_t y)
{
	float dx = ((float)(x - f->x0) / (float)f->w - f->x) / f->rx;
	float dy = ((float)(y - f->y0) / (float)f->h - f->y) / f->ry;

	return f->round ? dx * dx + dy * dy < 1 : fabsf(dx) < 1 &&
	    fabsf(dy) < 1;
}

/* The front alone gets colours of another texture, in other hues. */
static void
front_paint(float *out, const struct cast *c, struct rng *d)
{
	struct front f;
	size_t texels = c->T * c->T, k = rng_below(d, c->n_texture);
	double m[3][3];

	front_box(&f, c);
	front_draw(&f, c, d);
	draw_colours(m, false, d);
	for (size_t i = 0; i < texels; i++) {
		size_t j = (i + f.shift) % texels;
		float rgb[3];

		/* An opening has what the other wears there. */
		if (c->chart[i] != 2 || !front_has(&f, i % c->T, i / c->T))
			continue;
		recolour(rgb, c->texture[k].texture + 3 * (f.ry >= 0.5f ? i : j),
		    (const double (*)[3])m);
		for (int e = 0; e < 3; e++)
			out[3 * i + (size_t)e] += f.share * (rgb[e] -
			    out[3 * i + (size_t)e]);
	}
}

void
remix_texture(float *out, size_t *head, const struct cast *c, struct rng *d,
    uint8_t *scratch)
{
	size_t of[PIECES], texels = c->T * c->T;
	double m[PIECES][3][3];
	bool same = rng_unit(d) < 0.4;

	for (int p = 0; p < PIECES; p++) {
		of[p] = rng_below(d, c->n_texture);
		draw_colours(m[p], p == BARE, d);
	}
	if (same)
		of[TOP] = of[BOTTOM] = of[BARE];
	for (size_t i = 0; i < texels; i++) {
		enum piece p = piece_of(c->chart[i]);

		recolour(out + 3 * i, c->texture[of[p]].texture + 3 * i,
		    (const double (*)[3])m[p]);
	}
	if (rng_unit(d) < 0.4)
		front_paint(out, c, d);
	texmap_gutter(out, c->chart, c->T, 3, TEXMAP_GUTTER, scratch);
	*head = of[BARE];
}
