/*
 * unwrap's arithmetic on drawn people: what is seen, never the background,
 * the mirror, and each kind of fill.
 */
#include "texture/unwrapping.h"

#include <math.h>
#include <string.h>

#include "../tap.h"
#include "texture/coord.h"

enum { S = 64, T = 64 };

static struct layout *layout;
static struct arena *arena;
static struct unwrap_plan *plan;
static uint8_t image[S * S * 3], iuv[S * S * 3], mask[S * S];
static uint8_t known[T * T], seen[T * T], chart[T * T];
static float surf[S * S * 2], coord[T * T * 2], scratch[T * T];
static float texture[T * T * 3];
static uint8_t matte[S * S];
static bool with_matte;

static void
paint(int part, size_t x0, size_t y0, size_t w, size_t h, const int *rgb)
{
	for (size_t y = y0; y < y0 + h; y++)
		for (size_t x = x0; x < x0 + w; x++) {
			size_t i = 3 * (y * S + x);

			iuv[i] = (uint8_t)part;
			iuv[i + 1] = (uint8_t)(20 + 210 * (x - x0) / (w - 1));
			iuv[i + 2] = (uint8_t)(20 + 210 * (y - y0) / (h - 1));
			if (part == 15)		/* is the other way round */
				iuv[i + 2] = (uint8_t)(250 - iuv[i + 2]);
			for (size_t k = 0; k < 3; k++)
				image[i + k] = (uint8_t)rgb[k];
		}
}

/* A red upper arm (15), a green shin (13), in front of blue. */
static enum status
unwrap(int fill, bool mirror, float erode)
{
	const struct unwrap_options o = { fill, mirror, erode };
	const struct unwrap_input in = { S, S, image, iuv, coord, known,
		with_matte ? matte : NULL };

	memset(iuv, 0, sizeof iuv);
	for (size_t i = 0; i < S * S; i++)
		memcpy(image + 3 * i, (uint8_t[]){ 0, 0, 255 }, 3);
	paint(15, 4, 4, 24, 40, (int[]){ 255, 0, 0 });
	paint(13, 36, 10, 20, 40, (int[]){ 0, 255, 0 });
	/* The silhouette of DensePose reaches two pixels into the blue. */
	for (size_t y = 4; y < 44; y++)
		memcpy(image + 3 * (y * S + 26), (uint8_t[]){ 0, 0, 255, 0, 0,
		    255 }, 6);
	TRY(coord_surf(surf, mask, iuv, S, S, layout, T));
	coord_draw(coord, known, iuv, surf, S, S, T, scratch);
	return unwrap_texture(texture, seen, &in, plan, &o, arena);
}

static size_t
count(int part, uint8_t code)
{
	size_t n = 0;

	for (size_t t = 0; t < T * T; t++)
		n += (part ? chart[t] == part : chart[t] > 0) &&
		    seen[t] == code;
	return n;
}

/* Largest distance to a colour, over one part's texels of one code. */
static double
off(int part, int code, float r, float g, float b)
{
	double worst = 0;

	for (size_t t = 0; t < T * T; t++)
		if (chart[t] == part && seen[t] == code)
			worst = fmax(worst, (double)(fabsf(texture[3 * t] - r) +
			    fabsf(texture[3 * t + 1] - g) +
			    fabsf(texture[3 * t + 2] - b)));
	return worst;
}

/* Share of a part's texels in which red is more than green. */
static double
redder(int part)
{
	size_t n = 0, red = 0;

	for (size_t t = 0; t < T * T; t++)
		if (chart[t] == part) {
			n++;
			red += texture[3 * t] > texture[3 * t + 1];
		}
	return (double)red / (double)n;
}

/* The front of the thigh, which is not seen, with the red arm behind it. */
static void
lean(void)
{
	static int32_t behind[T * T];
	int32_t red = -1;
	double calf;

	for (int32_t t = 0; t < T * T; t++)
		if (chart[t] == 15 && seen[t] == SEEN_YES)
			red = t;
	ok(unwrap(UNWRAP_HARMONIC, true, 3) == OK && redder(9) < 1,
	    "a thigh that is filled alone is less red");
	calf = redder(11);
	for (size_t t = 0; t < T * T; t++)
		behind[t] = chart[t] == 9 ? red : -1;
	ok(unwrap_plan_make(&plan, arena, layout, T, behind) == OK &&
	    unwrap(UNWRAP_BEHIND, true, 3) == OK && redder(9) == 1,
	    "with red behind it, it is red");
	ok(redder(11) <= calf + .1, "not so what has nothing behind it");
	ok(unwrap(UNWRAP_BEHIND, true, 3) == OK &&
	    off(15, SEEN_YES, 1, -1, -1) < 1e-5, "what is seen stays");
}

int
main(void)
{
	double blue = -1, zero = 0;

	if (!ok(layout_open(&layout, "atlas24") == OK &&
	    arena_new(&arena, (size_t)1 << 30) == OK &&
	    unwrap_plan_make(&plan, arena, layout, T, NULL) == OK, "plan"))
		return done();
	layout_charts(layout, T, chart);

	ok(unwrap(UNWRAP_NONE, false, 3) == OK, "seen alone");
	ok(count(15, SEEN_YES) > 20 && count(13, SEEN_YES) > 20 &&
	    count(16, SEEN_YES) == 0 && count(0, SEEN_MIRROR) == 0,
	    "%zu texels of the arm, %zu of the shin", count(15, SEEN_YES),
	    count(13, SEEN_YES));
	ok(off(15, SEEN_YES, 1, -1, -1) < 1e-5 &&
	    off(13, SEEN_YES, -1, 1, -1) < 1e-5, "in the photo's colours");
	for (size_t t = 0; t < T * T; t++)
		for (size_t k = 0; k < 3 && chart[t] && !seen[t]; k++)
			zero = fmax(zero, (double)fabsf(texture[3 * t + k]));
	ok(zero == 0, "texels that are not seen are 0");
	size_t all = count(0, SEEN_YES);

	ok(unwrap(UNWRAP_NONE, false, 0) == OK && count(0, SEEN_YES) > all,
	    "without erosion there are more");
	ok(off(15, SEEN_YES, 1, -1, -1) > 1, "and blue ones among them");

	ok(unwrap(UNWRAP_HARMONIC, true, 3) == OK, "mirror and fill");
	ok(count(16, SEEN_MIRROR) > count(15, SEEN_YES) / 2 &&
	    off(16, SEEN_MIRROR, 1, -1, -1) < 0.05, "the other arm is red");
	ok(off(14, SEEN_MIRROR, -1, 1, -1) < 0.05, "the other shin is green");
	for (size_t t = 0; t < T * T; t++)
		if (chart[t])
			blue = fmax(blue, (double)texture[3 * t + 2]);
	/* As a hint in the fill, where it is all there is: a tenth. */
	ok(blue < -0.8, "the background is nowhere: %.3f", blue);
	/* 17 is the arm's other half, 19 the forearm, 11 the calf. */
	ok(redder(17) == 1 && redder(19) == 1 && redder(11) == 0,
	    "what adjoins is filled alike");

	ok(unwrap(UNWRAP_MEAN, false, 3) == OK &&
	    off(15, SEEN_NOT, 1, -1, -1) < 1e-5, "mean of the chart");
	ok(off(9, SEEN_NOT, -.07f, .07f, -1) < 0.3,
	    "mean of all for charts that show nothing");

	lean();

	/* The matte ends where the red does, two pixels inside the labels. */
	memset(matte, 255, sizeof matte);
	for (size_t y = 0; y < S; y++)
		memset(matte + y * S + 26, 0, 10);
	with_matte = true;
	ok(unwrap(UNWRAP_NONE, false, 3) == OK && count(0, SEEN_YES) > all &&
	    off(15, SEEN_YES, 1, -1, -1) < 1e-5, "with a matte the rim stays, "
	    "and is red: %zu texels for %zu", count(0, SEEN_YES), all);
	memset(matte, 0, sizeof matte);
	ok(unwrap(UNWRAP_HARMONIC, true, 3) == E_VALUE, "a matte of nobody: %s",
	    status_detail());
	with_matte = false;

	ok(unwrap(UNWRAP_HARMONIC, true, 30) == E_VALUE, "too much erosion: "
	    "%s", status_detail());
	arena_free(arena);
	layout_close(layout);
	return done();
}
