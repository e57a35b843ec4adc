/*
 * Speed of render-mesh and drawtex per core, one line each: a body posed,
 * textured and drawn at 256 x 256 with all labels; a texture drawn. Medians
 * of CPU time, on the body of boxes, ours, and SMPL's where it is. Then
 * pairs of synthbody, without writing them.
 *
 *	bodies [RUNS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "body/scene.h"
#include "body/stance.h"
#include "dress/outfit.h"
#include "human/human.h"
#include "synth/backdrop.h"
#include "synth/mislabel.h"
#include "synth/synth.h"

#define MAX_RUNS 101

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool
all(const char *name)
{
	return name[0] == 's';
}

static enum status
bench(const char *path, struct layout *l, size_t T, int runs)
{
	struct arena *a, *step;
	struct body b;
	struct unfold u;
	struct outfit o;
	float pose[BODY_JOINTS][3];
	const struct shot shot = { (const float (*)[3])pose, 30 };
	struct scene c = { .body = &b, .viewpoint = VIEWPOINT_DEFAULT,
		.layout = l, .T = T };
	double draw[MAX_RUNS], view[MAX_RUNS];

	TRY(arena_new(&a, (size_t)4 << 30));
	TRY(arena_new(&step, (size_t)1 << 30));
	TRY(human_open(&b, a, path, NULL));
	TRY(unfold_make(&u, a, &b, l, T));
	float *texture = arena_calloc(a, T * T, 12);
	uint8_t *seen = arena_calloc(a, T, T);

	if (!texture || !seen)
		return E_NOMEM;
	c.texture = texture;
	c.viewpoint.w = c.viewpoint.h = 256;
	scene_choose(&c, ROLE_SOURCE, all);
	stance_pose(pose, STANCE_WALK);
	for (int i = 0; i < runs; i++) {
		struct sample s;
		double t = now();

		outfit_random(&o, (uint64_t)i);
		TRY(outfit_draw(texture, seen, &u, &o));
		draw[i] = now() - t;
		arena_reset(step);
		TRY(sample_init(&s, step, "x"));
		t = now();
		TRY(scene_put(&s, ROLE_SOURCE, &c, &shot, 1));
		view[i] = now() - t;
		sample_clear(&s);
	}
	qsort(draw, (size_t)runs, sizeof *draw, by_value);
	qsort(view, (size_t)runs, sizeof *view, by_value);
	printf("%-34s %6zu faces  render %6.1f /s  drawtex T = %zu %6.1f ms\n",
	    path, b.mesh.n_face, 1 / view[runs / 2], T, 1e3 * draw[runs / 2]);
	arena_free(step);
	arena_free(a);
	return OK;
}

/* Pairs of 128 x 128, as synthbody makes them in one thread. */
static enum status
bench_pairs(const struct layout *l, int runs)
{
	struct arena *a, *step;
	struct cast c;
	struct synth o = { .cast = &c, .size = 128, .n_target = 1,
		.backdrops = (1u << BACKDROPS) - 1, .light = 0.6, .degrade = 0.5,
		.label_noise = 0.5, .faults = FAULT_ALL };
	double t = now(), made;

	TRY(arena_new(&a, (size_t)4 << 30));
	TRY(arena_new(&step, (size_t)1 << 30));
	TRY(cast_begin(&c, a, l, 128, SPLIT_ALL));
	TRY(cast_add_humans(&c, 16));
	made = now() - t;
	t = now();
	for (int i = 0; i < 10 * runs; i++) {
		struct sample s;

		arena_reset(step);
		TRY(sample_init(&s, step, "x"));
		TRY(synth_sample(&s, &o, (uint64_t)i));
		sample_clear(&s);
	}
	printf("synthbody pairs of 128: %5.1f /s, %.1f MB at most; 16 bodies "
	    "%.0f ms, %.1f MB\n", 10 * runs / (now() - t), 1e-6 *
	    (double)arena_peak(step), 1e3 * made, 1e-6 *
	    (double)arena_peak(a));
	arena_free(step);
	arena_free(a);
	return OK;
}

int
main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : 21;
	struct layout *l;

	if (runs < 1 || runs > MAX_RUNS || layout_open(&l, "atlas24") != OK)
		return 2;
	for (size_t T = 128; T <= 256; T *= 2) {
		if (bench("tests/data/robot.npz", l, T, runs) != OK ||
		    bench("ours", l, T, runs) != OK ||
		    bench("../shared/data/body/body_male.npz", l, T, runs) !=
		    OK)
			printf("%s\n", status_detail());
	}
	if (bench_pairs(l, runs) != OK)
		printf("%s\n", status_detail());
	layout_close(l);
	return 0;
}
