/*
 * Milliseconds of CPU for one person at 256 x 256, T = 256, medians of RUNS (25):
 * what pose2heat, iuv2coord, unwrap and render-warp compute, without streams.
 * The person is a figure of rectangles that takes 14 % of the picture.
 *
 *	texture [RUNS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "texture/coord.h"
#include "texture/texmap.h"
#include "texture/unwrapping.h"
#include "view/heat.h"

enum { S = 256, T = 256, MOST = 101 };

static uint8_t image[S * S * 3], iuv[S * S * 3], mask[S * S];
static uint8_t seen[T * T], from[T * T], chart[T * T], bytes[T * T];
static float surf[S * S * 2], coord[T * T * 2], scratch[T * T];
static float heat[S * S * 18], texheat[T * T * 18], pose[18][3];
static float texture[T * T * 3], out[S * S * 3];
static struct layout *layout;
static struct arena *arena;
static struct unwrap_plan *plan;

static void
paint(int part, size_t x0, size_t y0, size_t w, size_t h, bool turn)
{
	for (size_t y = 0; y < h; y++)
		for (size_t x = 0; x < w; x++) {
			size_t i = 3 * ((y0 + y) * S + x0 + x);
			size_t v = 40 + 180 * y / h;

			iuv[i] = (uint8_t)part;
			iuv[i + 1] = (uint8_t)(40 + 180 * x / w);
			iuv[i + 2] = (uint8_t)(turn ? 255 - v : v);
			image[i] = (uint8_t)(10 * part);
			image[i + 1] = (uint8_t)(x * 5);
			image[i + 2] = (uint8_t)(y * 3);
		}
}

static void
draw_heat(void)
{
	if (heat_draw(heat, pose[0], S, S, 6, false, texture) != OK)
		exit(2);
}

static void
maps(void)
{
	if (coord_surf(surf, mask, iuv, S, S, layout, T) != OK)
		exit(2);
	coord_draw(coord, seen, iuv, surf, S, S, T, scratch);
	coord_sample(texheat, heat, S, S, 18, coord, seen, T);
}

static void
unwrap(void)
{
	const struct unwrap_options o = { UNWRAP_HARMONIC, true, 3 };
	const struct unwrap_input in = { S, S, image, iuv, coord, seen };

	if (unwrap_texture(texture, from, &in, plan, &o, arena) != OK)
		exit(2);
}

static void
render(void)
{
	texmap_gutter(texture, chart, T, 3, 4, bytes);
	texmap_render(out, out, texture, T, surf, mask, S * S);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + 1e-6 * (double)t.tv_nsec;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	const struct { const char *name; void (*run)(void); } job[] = {
		{ "pose2heat", draw_heat }, { "iuv2coord, with heat", maps },
		{ "unwrap", unwrap }, { "render-warp", render },
	};
	int runs = argc > 1 ? atoi(argv[1]) : 25;
	double t[MOST] = { 0 };

	runs = runs < 1 ? 1 : runs > MOST ? MOST : runs;
	if (layout_open(&layout, "atlas24") != OK ||
	    arena_new(&arena, (size_t)1 << 30) != OK ||
	    unwrap_plan_make(&plan, arena, layout, T, NULL) != OK)
		return 2;
	layout_charts(layout, T, chart);
	paint(23, 106, 10, 22, 36, true);
	paint(2, 96, 48, 64, 80, false);
	paint(16, 70, 50, 24, 50, false);
	paint(9, 96, 130, 30, 50, false);
	paint(14, 130, 180, 26, 60, true);
	for (size_t i = 0; i < 18; i++)
		memcpy(pose[i], (float[]){ 100 + 3 * (float)i, 128, 1 },
		    sizeof pose[i]);
	for (size_t j = 0; j < sizeof job / sizeof *job; j++) {
		for (int i = 0; i < runs; i++) {
			double begin = now();

			job[j].run();
			t[i] = now() - begin;
		}
		qsort(t, (size_t)runs, sizeof *t, by_value);
		printf("%-34s %7.2f ms\n", job[j].name, t[runs / 2]);
	}
	arena_free(arena);
	layout_close(layout);
	return 0;
}
