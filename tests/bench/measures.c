/*
 * Speed of the measures that look through a network, one line each:
 * processor milliseconds for a pair of pictures with 1 thread, and elapsed
 * ones with all. Medians. Weights are those of tests/parity.
 *
 *	measures [RUNS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "math/rng.h"
#include "math/team.h"
#include "metrics/fid.h"
#include "metrics/lpips.h"

#define MAX_RUNS 101

struct job {
	const char *name;
	struct lpips *lpips;	/* or */
	struct fid *fid;
	struct arena *arena;
	size_t runs;
};

static double
now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
must(enum status s)
{
	if (s == OK)
		return;
	fprintf(stderr, "measures: %s\n", status_detail());
	exit(2);
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(struct job *j, const struct pair *p, int threads, clockid_t clock)
{
	double t[MAX_RUNS], d;

	team_begin(threads);
	for (size_t i = 0; i < j->runs + 1; i++) {
		double begin = now(clock);

		if (j->lpips)
			must(lpips_pair(&d, j->lpips, p, j->arena));
		else
			must(fid_add(j->fid, p, true, true, j->arena));
		if (i > 0)	/* the first packs the weights */
			t[i - 1] = now(clock) - begin;
	}
	qsort(t, j->runs, sizeof *t, ascending);
	return 1e3 * t[j->runs / 2];
}

static void
measure(struct job *j, size_t size)
{
	struct rng r = rng_seed(1, size);
	struct pair p = { size, size, 3, NULL, NULL, NULL };
	size_t mark = arena_mark(j->arena), n = 3 * size * size;

	p.a = arena_calloc(j->arena, n, sizeof *p.a);
	p.b = arena_calloc(j->arena, n, sizeof *p.b);
	if (!p.a || !p.b)
		must(E_NOMEM);
	for (size_t i = 0; i < n; i++) {
		p.a[i] = rng_unit(&r);
		p.b[i] = rng_unit(&r);
	}
	printf("%-14s %3zu  %7.1f ms of 1 thread  %7.1f ms with all\n",
	    j->name, size, median(j, &p, 1, CLOCK_PROCESS_CPUTIME_ID),
	    median(j, &p, 0, CLOCK_MONOTONIC));
	arena_pop(j->arena, mark);
}

int
main(int argc, char **argv)
{
	static const char *const names[] = { "lpips-alex", "lpips-vgg",
	    "lpips-squeeze", "inception" };
	struct job j = { .runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 7 };

	if (j.runs == 0 || j.runs > MAX_RUNS)
		return 2;
	must(arena_new(&j.arena, (size_t)256 << 20));
	for (size_t k = 0; k < 4; k++) {
		struct netfiles f = { 0 };
		char path[64];

		snprintf(path, sizeof path, "tests/parity/%s.weights.tar.zst",
		    names[k]);
		must(netfiles_add(&f, path));
		j.name = k < 3 ? names[k] : "fid";
		j.lpips = NULL;
		j.fid = NULL;
		if (k < 3)
			must(lpips_open(&j.lpips, (enum trunk)k, &f));
		else
			must(fid_open(&j.fid, INCEPTION_TF, &f));
		measure(&j, 128);
		measure(&j, 256);
		lpips_close(j.lpips);
		fid_close(j.fid);
		netfiles_close(&f);
	}
	arena_free(j.arena);
	return 0;
}
