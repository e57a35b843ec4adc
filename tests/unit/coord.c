/* s and c of drawn IUV pictures whose maps are known; folds, fronts, mirror, heat. */
#include "texture/coord.h"

#include <math.h>
#include <string.h>

#include "texture/texmap.h"
#include "../tap.h"

enum { S = 64, T = 64 };

static struct layout *layout;
static uint8_t iuv[S * S * 3], mask[S * S], seen[T * T], chart[T * T];
static float surf[S * S * 2], coord[T * T * 2], scratch[T * T];

static void
clear(void)
{
	memset(iuv, 0, sizeof iuv);
}

/* A rectangle of one part with u = u0 + du * dx, v = v0 + dv * dy. */
static void
paint(int part, size_t x0, size_t y0, size_t w, size_t h, int u0, int du,
    int v0, int dv)
{
	for (size_t y = 0; y < h; y++)
		for (size_t x = 0; x < w; x++) {
			uint8_t *p = iuv + 3 * ((y0 + y) * S + x0 + x);

			p[0] = (uint8_t)part;
			p[1] = (uint8_t)(u0 + du * (int)x);
			p[2] = (uint8_t)(v0 + dv * (int)y);
		}
}

static bool
draw(void)
{
	if (coord_surf(surf, mask, iuv, S, S, layout, T) != OK)
		return false;
	coord_draw(coord, seen, iuv, surf, S, S, T, scratch);
	return true;
}

static size_t
count(uint8_t code)
{
	size_t n = 0;

	for (size_t t = 0; t < T * T; t++)
		n += seen[t] == code;
	return n;
}

/*
 * The inverse of one rectangle, worked out by hand from the corners' texels:
 * every texel inside must be seen, at the pixel on which it lies.
 */
static void
one_rectangle(void)
{
	const size_t x0 = 10, y0 = 20, w = 31, h = 21;
	float a[2], b[2], c[2];
	double worst = 0;
	size_t lost = 0, extra = 0, inside = 0;

	clear();
	paint(9, x0, y0, w, h, 20, 7, 10, 12);
	if (!ok(draw(), "a rectangle of part 9"))
		return;
	for (size_t i = 0; i < S * S; i++)
		lost += mask[i] != (iuv[3 * i] > 0) ||
		    isnan(surf[2 * i]) == (iuv[3 * i] > 0);
	ok(lost == 0, "mask and surf are there on the body and only there");
	/* Part 9 lies with u upwards and v to the right: x ~ v, y ~ -u. */
	memcpy(a, surf + 2 * (y0 * S + x0), sizeof a);
	memcpy(b, surf + 2 * (y0 * S + x0 + w - 1), sizeof b);
	memcpy(c, surf + 2 * ((y0 + h - 1) * S + x0), sizeof c);
	ok(a[0] == b[0] && a[1] > b[1] && a[1] == c[1] && a[0] < c[0],
	    "the chart stands upright");
	for (size_t t = 0; t < T * T; t++) {
		double i = ((double)(t / T) - (double)a[1]) /
		    (double)(b[1] - a[1]) * (double)(w - 1);
		double j = ((double)(t % T) - (double)a[0]) /
		    (double)(c[0] - a[0]) * (double)(h - 1);
		bool in = i >= 0 && j >= 0 && i <= w - 1 && j <= h - 1;

		inside += in;
		extra += !in && seen[t];
		lost += in && !seen[t];
		if (in && seen[t])
			worst = fmax(worst, hypot((double)coord[2 * t] -
			    (double)x0 - i, (double)coord[2 * t + 1] -
			    (double)y0 - j));
	}
	ok(inside > 20 && lost == 0 && extra == 0, "all %zu texels inside are "
	    "seen, none outside: %zu lost, %zu too many", inside, lost, extra);
	ok(worst < 1e-3, "at the right pixel: %.1e", worst);
}

static void
folds_and_fronts(void)
{
	size_t whole, n, wrong = 0;

	clear();
	paint(2, 5, 5, 40, 20, 10, 6, 30, 6);
	draw();
	whole = count(SEEN_YES);

	/* The left half again, squeezed to half its width: seen at a slant. */
	paint(2, 5, 40, 10, 20, 10, 12, 30, 6);
	draw();
	for (size_t t = 0; t < T * T; t++)
		wrong += seen[t] && coord[2 * t + 1] > 30;
	ok(count(SEEN_YES) == whole && wrong == 0,
	    "of two views of a texel the frontal one is kept");

	/* One picture row apart the chart jumps: nothing is drawn between. */
	clear();
	paint(2, 5, 5, 40, 8, 10, 6, 10, 6);
	draw();
	n = count(SEEN_YES);
	paint(2, 5, 13, 40, 8, 10, 6, 200, 6);
	draw();
	for (size_t t = 0; t < T * T; t++)
		wrong += seen[t] && coord[2 * t + 1] > 12 &&
		    coord[2 * t + 1] < 13;
	ok(wrong == 0 && count(SEEN_YES) > n, "a fold is not bridged");

	/* Two parts side by side share no triangle. */
	clear();
	paint(13, 5, 5, 20, 20, 10, 11, 10, 11);
	paint(14, 25, 5, 20, 20, 10, 11, 230, -11);
	draw();
	for (size_t t = 0; t < T * T; t++)
		wrong += seen[t] && coord[2 * t] > 24 && coord[2 * t] < 25;
	ok(wrong == 0, "nothing is drawn between two parts");

	clear();
	paint(2, 5, 5, 40, 20, 250, -6, 30, 6);
	draw();
	ok(count(SEEN_YES) == 0, "the body is not seen from inside");
}

static void
filled(void)
{
	static float heat[S * S * 2], out[T * T * 2];
	size_t yes, bad = 0, k = 0;
	double worst = 0;

	clear();
	paint(15, 8, 8, 30, 30, 20, 7, 230, -7);
	draw();
	layout_charts(layout, T, chart);
	yes = count(SEEN_YES);
	texmap_grow(coord, seen, T, 2, 1, SEEN_DILATED, chart);
	for (size_t t = 0; t < T * T; t++)
		bad += seen[t] && chart[t] != 15;
	ok(count(SEEN_YES) == yes && count(SEEN_DILATED) > 4 && bad == 0,
	    "dilated by %zu texels, in its chart", count(SEEN_DILATED));
	draw();
	coord_mirror(coord, seen, layout, T);
	for (size_t t = 0; t < T * T; t++) {
		int p;
		float u, v, xy[2];

		if (seen[t] != SEEN_MIRROR)
			continue;
		k++;
		if (!layout_surface(layout, T, (float)(t % T), (float)(t / T),
		    &p, &u, &v) || p != 16) {
			bad++;
			continue;
		}
		layout_mirror(&p, &u, &v);
		bad += !layout_texel(layout, T, p, u, v, xy);
		/* painted so that u = 20 + 7 (x - 8) */
		worst = fmax(worst, fabs((double)coord[2 * t] - 8 -
		    ((double)u * 255 - 20) / 7));
	}
	ok(count(SEEN_YES) == yes && k > yes / 2 && k < yes * 3 / 2 && bad == 0,
	    "the mirror has %zu of %zu texels, all on part 16", k, yes);
	/* At the rim of what is seen c is that of half a texel inwards. */
	ok(worst < 3, "at the mirrored pixel: %.2f", worst);

	for (size_t i = 0; i < S * S; i++) {
		heat[2 * i] = (float)(i % S);
		heat[2 * i + 1] = (float)(i / S);
	}
	coord_sample(out, heat, S, S, 2, coord, seen, T);
	worst = 0;
	bad = 0;
	for (size_t t = 0; t < T * T; t++)
		if (seen[t] == SEEN_YES)
			worst = fmax(worst, (double)fabsf(out[2 * t] -
			    coord[2 * t]) + (double)fabsf(out[2 * t + 1] -
			    coord[2 * t + 1]));
		else
			bad += out[2 * t] != 0 || out[2 * t + 1] != 0;
	ok(worst < 1e-4 && bad == 0, "maps read at c: %.1e; 0 elsewhere", worst);
}

int
main(void)
{
	if (!ok(layout_open(&layout, "atlas24") == OK, "layout"))
		return done();
	one_rectangle();
	folds_and_fronts();
	filled();
	clear();
	paint(25, 3, 4, 1, 1, 0, 0, 0, 0);
	ok(coord_surf(surf, mask, iuv, S, S, layout, T) == E_VALUE &&
	    strstr(status_detail(), "part 25 at (3,4)"), "%s",
	    status_detail());
	layout_close(layout);
	return done();
}
