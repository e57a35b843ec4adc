/*
 * atlas24: round trip, even density, gutter, use of the square, its page;
 * DensePose's tiles; the mirror is its own inverse.
 */
#include "texture/layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "texture/atlas24.h"
#include "../tap.h"

/*
 * Of the SMPL rest body, per part: metres per unit of u and of v (root mean
 * square over the surface, mean of left and right), measured apart from the
 * packing script.
 */
static const float metres[25][2] = {
	{ 0, 0 }, { .643f, .478f }, { .818f, .606f }, { .407f, .243f },
	{ .407f, .243f }, { .367f, .304f }, { .367f, .304f }, { .528f, .400f },
	{ .528f, .400f }, { .544f, .306f }, { .544f, .306f }, { .396f, .176f },
	{ .396f, .176f }, { .382f, .201f }, { .382f, .201f }, { .282f, .186f },
	{ .282f, .186f }, { .285f, .252f }, { .285f, .252f }, { .300f, .136f },
	{ .300f, .136f }, { .308f, .149f }, { .308f, .149f }, { .300f, .349f },
	{ .300f, .349f },
};

static void
round_trip(const struct layout *l, size_t T)
{
	double worst = 0;
	size_t lost = 0;

	for (int p = 1; p < 25; p++)
		for (int i = 0; i <= 255; i += 5)
			for (int j = 0; j <= 255; j += 5) {
				float u = (float)i / 255, v = (float)j / 255;
				float xy[2], a, b;
				int q;

				if (!layout_texel(l, T, p, u, v, xy) ||
				    !layout_surface(l, T, xy[0], xy[1], &q, &a,
				    &b) || q != p) {
					lost++;
					continue;
				}
				worst = fmax(worst, fmax(fabsf(a - u),
				    fabsf(b - v)));
			}
	ok(lost == 0 && worst < 1e-5, "surface -> texel -> surface at T = %zu: "
	    "%zu lost, worst %.1e", T, lost, worst);
}

/* Texels per metre along u and v, from the placing itself. */
static void
density(const struct layout *l)
{
	const float T = 256;
	double body[24][2], mean = 0, worst = 0, head = 0;

	for (int p = 1; p < 25; p++) {
		float o[2], a[2], b[2];

		if (!layout_texel(l, 256, p, 0, 0, o) ||
		    !layout_texel(l, 256, p, 1, 0, a) ||
		    !layout_texel(l, 256, p, 0, 1, b)) {
			ok(false, "part %d has no place", p);
			return;
		}
		body[p - 1][0] = hypotf(a[0] - o[0], a[1] - o[1]) /
		    metres[p][0];
		body[p - 1][1] = hypotf(b[0] - o[0], b[1] - o[1]) /
		    metres[p][1];
		if (p < 23)
			mean += (body[p - 1][0] + body[p - 1][1]) / 44;
		else
			head += (body[p - 1][0] + body[p - 1][1]) / 4;
	}
	for (int p = 1; p < 25; p++)
		for (int i = 0; i < 2; i++)
			worst = fmax(worst, fabs(body[p - 1][i] /
			    (p < 23 ? mean : head) - 1));
	ok(worst < 0.25, "density even within 25 %%: worst chart %.1f %%, mean "
	    "%.0f texels per metre at T = %.0f", worst * 100, mean, T);
	ok(fabs(head / mean - 2) < 0.2, "the head has %.2f times that",
	    head / mean);
}

/* Any two texels of different charts are at least `want` + 1 apart in x or y. */
static size_t
too_close(const uint8_t *c, size_t T, size_t want)
{
	size_t bad = 0;

	for (size_t y = 0; y < T; y++)
		for (size_t x = 0; x < T; x++) {
			if (!c[y * T + x])
				continue;
			for (size_t j = y; j < T && j <= y + want; j++)
				for (size_t i = x < want ? 0 : x - want;
				    i < T && i <= x + want; i++)
					bad += c[j * T + i] &&
					    c[j * T + i] != c[y * T + x];
		}
	return bad;
}

static void
gutter(const struct layout *l)
{
	static uint8_t c[512 * 512];
	const struct { size_t T, want; } v[] = { { 128, 2 }, { 256, 4 },
		{ 512, 8 } };

	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		size_t T = v[i].T, used = 0, seen[25] = { 0 }, missing = 0;

		layout_charts(l, T, c);
		for (size_t k = 0; k < T * T; k++) {
			used += c[k] != 0;
			seen[c[k]]++;
		}
		for (int p = 1; p < 25; p++)
			missing += seen[p] == 0;
		ok(too_close(c, T, v[i].want) == 0 &&
		    too_close(c, T, v[i].want + 2) != 0,
		    "%zu empty texels between charts at T = %zu", v[i].want, T);
		ok(!missing && (double)used / (double)(T * T) > 0.75,
		    "all charts are there and take %.1f %% of the square",
		    100 * (double)used / (double)(T * T));
	}
}

static void
mirrors(void)
{
	const struct { int p, q; float u, v, mu, mv; } want[] = {
		/* symmetry of the body: the torso's V, the head's U turn */
		{ 2, 2, .5f, .2f, .5f, .8f }, { 1, 1, .3f, .9f, .3f, .1f },
		{ 23, 24, .2f, .6f, .8f, .6f }, { 4, 3, .7f, .3f, .3f, .3f },
		{ 5, 6, .4f, .4f, .6f, .4f }, { 9, 10, .3f, .6f, .3f, .6f },
		{ 22, 21, .8f, .1f, .8f, .1f }, { 18, 17, .5f, .5f, .5f, .5f },
	};
	double worst = 0;
	size_t off = 0;

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		int p = want[i].p;
		float u = want[i].u, v = want[i].v;

		layout_mirror(&p, &u, &v);
		ok(p == want[i].q && fabsf(u - want[i].mu) < .08f &&
		    fabsf(v - want[i].mv) < .08f, "mirror of part %d (%.1f,"
		    "%.1f): part %d (%.2f,%.2f)", want[i].p, want[i].u,
		    want[i].v, p, u, v);
	}
	for (int p = 1; p < 25; p++)
		for (float u = .15f; u < .9f; u += .1f)
			for (float v = .15f; v < .9f; v += .1f) {
				int q = p;
				float a = u, b = v;

				layout_mirror(&q, &a, &b);
				off += (q == p) != (p < 3);
				layout_mirror(&q, &a, &b);
				off += q != p;
				worst = fmax(worst, fmax(fabsf(a - u),
				    fabsf(b - v)));
			}
	ok(!off && worst < 1e-4, "mirror twice is where one began: %.1e",
	    worst);
}

/* Seen from outside every chart of atlas24 is the right way round. */
static void
hands(const struct layout *l)
{
	size_t wrong = 0, left = 0;

	for (int p = 1; p < 25; p++) {
		float o[2], a[2], b[2];

		wrong += !layout_texel(l, 256, p, 0, 0, o) ||
		    !layout_texel(l, 256, p, 1, 0, a) ||
		    !layout_texel(l, 256, p, 0, 1, b) ||
		    ((a[0] - o[0]) * (b[1] - o[1]) - (b[0] - o[0]) *
		    (a[1] - o[1]) > 0) != (atlas24_hand(p) > 0);
		left += atlas24_hand(p) < 0;
	}
	ok(wrong == 0 && left == 15, "handedness of u,v: %zu parts are "
	    "left-handed", left);
}

/* a and b of the table in layouts(7). */
static float
term(const char *word, float u, float v)
{
	const float a = word[strlen(word) - 1] == 'u' ? u : v;

	return word[1] ? 1 - a : a;
}

/* The page's table and formula are what is computed. */
static void
page(const struct layout *l)
{
	FILE *f = fopen("man/layouts.7", "r");
	char line[256], part[64], across[4], down[4];
	double worst = 0;
	int rows = 0, names = 0, p;
	float left, top, w, h;

	while (f && fgets(line, sizeof line, f)) {
		if (sscanf(line, ".It %d Ta %63[a-z, ] Ta %f Ta %f Ta %f Ta %f Ta "
		    "%3s Ta %3s", &p, part, &left, &top, &w, &h, across,
		    down) != 8)
			continue;
		part[strlen(part) - 1] = '\0';	/* the blank before Ta */
		rows++;
		names += strcmp(part, layout_part_name(p)) == 0;
		for (int i = 0; i < 9; i++) {
			const float u = (float)(i % 3) / 2, v = (float)(i / 3) / 2;
			float xy[2] = { -9, -9 };

			if (layout_texel(l, 256, p, u, v, xy))
				worst = fmax(worst, hypotf(xy[0] - 255 * (left +
				    w * term(across, u, v)), xy[1] - 255 *
				    (top + h * term(down, u, v))));
			else
				worst = 1;
		}
	}
	if (f)
		fclose(f);
	ok(rows == 24 && names == 24 && worst < 1e-3, "layouts(7): %d charts, %d "
	    "names, off by %.1e texels of 256", rows, names, worst);
}

/* DensePose's own pictures: its tiles, texel by texel. */
static void
tiles(void)
{
	struct layout *l;
	float xy[2], u, v;
	size_t wrong = 0, on = 0;
	uint8_t chart[60 * 60];
	int p;

	if (!ok(layout_open(&l, "densepose24") == OK, "densepose24 opens"))
		return;
	round_trip(l, 60);
	round_trip(l, 1200);
	layout_charts(l, 60, chart);
	for (int y = 0; y < 60; y++)
		for (int x = 0; x < 60; x++) {
			const int want = x < 40 ? 1 + 6 * (x / 10) + y / 10 : 0;

			on += chart[60 * y + x] > 0;
			wrong += chart[60 * y + x] != want;
		}
	ok(wrong == 0 && on == 2400, "60 x 60: tiles of 10 x 10, 4 columns, 6 rows");
	const bool there = layout_texel(l, 1200, 8, .25f, 1, xy);

	ok(there && fabsf(xy[0] - 249.75f) < 1e-3 && fabsf(xy[1] - 200) < 1e-3,
	    "part 8, u of 1/4, v of 1: (%g, %g)", (double)xy[0], (double)xy[1]);
	ok(layout_surface(l, 1200, 399, 0, &p, &u, &v) && p == 7 && u > .9999f &&
	    v > .9999f, "v runs up");
	ok(!layout_surface(l, 1200, 800, 5, &p, &u, &v) &&
	    !layout_surface(l, 1200, 199.5f, 5, &p, &u, &v) &&
	    !layout_surface(l, 1200, NAN, 5, &p, &u, &v),
	    "nothing beside the tiles, between two, at NaN");
	ok(!layout_texel(l, 11, 1, 0, 0, xy) &&
	    !layout_surface(l, 11, 0, 0, &p, &u, &v), "no tiles at T = 11");
	ok(layout_takes(l, 12) == OK && layout_takes(l, 128) == E_SHAPE &&
	    layout_takes(l, 6) == E_SHAPE, "takes multiples of 6 from 12");
	layout_close(l);
}

int
main(void)
{
	struct layout *l;
	float xy[2], u, v;
	int p;

	if (!ok(layout_open(&l, "atlas24") == OK, "atlas24 opens"))
		return done();
	ok(strcmp(layout_name(l), "atlas24") == 0, "and is called so");
	round_trip(l, 64);
	round_trip(l, 128);
	round_trip(l, 1000);
	density(l);
	gutter(l);
	ok(!layout_texel(l, 64, 0, .5f, .5f, xy) &&
	    !layout_texel(l, 64, 25, .5f, .5f, xy) &&
	    !layout_texel(l, 64, 3, NAN, .5f, xy) &&
	    !layout_texel(l, 64, 3, .5f, 1.01f, xy),
	    "no texel for the background, part 25, NaN, u of 1.01");
	ok(!layout_surface(l, 64, -1, 5, &p, &u, &v) &&
	    !layout_surface(l, 64, NAN, 5, &p, &u, &v),
	    "no surface outside the square or at NaN");
	hands(l);
	page(l);
	layout_close(l);
	tiles();
	mirrors();
	return done();
}
