/*
 * Speed and memory of the networks, one line each: milliseconds with 1
 * thread and with all, GF/s of the direct arithmetic, bytes of values and of
 * packed weights. Medians.
 *
 *	nets [RUNS [VIEWS]]
 *
 * With VIEWS only preset base with so many, and how much memory the process
 * had at most: views.sh sets PyTorch beside it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "math/rng.h"
#include "math/team.h"
#include "nets/dual.h"
#include "view/heat.h"

#define MAX_RUNS 101

/* One sample of random fields, and how it is run. */
struct job {
	const char *name;
	struct recipe r;
	size_t views;
	enum links links;
	bool texture;		/* else the image domain alone */
	bool train;		/* step one and two, and back */
	struct params *ps;
	struct graph *g;
	struct dual_image_in ii;
	struct dual_texture_in ti;
	double gmac;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
must(enum status s)
{
	if (s == OK)
		return;
	fprintf(stderr, "nets: %s\n", status_detail());
	exit(2);
}

static struct tensor *
field(enum dtype d, size_t n, size_t S, size_t c, double most)
{
	struct tensor *t = calloc(1, sizeof *t);
	size_t dim[] = { n, S, S, c }, skip = n == 0, len = c ? c : 1;
	struct rng r = rng_seed(n + c, S);

	if (!t)
		must(E_NOMEM);
	t->dtype = d;
	t->rank = (c ? 4 : 3) - (int)skip;
	memcpy(t->dim, dim + skip, (size_t)t->rank * sizeof *dim);
	len *= (n ? n : 1) * S * S;
	t->data = malloc(len * dtype_size(d));
	if (!t->data)
		must(E_NOMEM);
	for (size_t i = 0; i < len; i++)
		if (d == DT_U1)
			((uint8_t *)t->data)[i] = (uint8_t)(rng_unit(&r) * most);
		else
			((float *)t->data)[i] = (float)(rng_unit(&r) * most);
	return t;
}

/*
 * Heat maps of n people whose joints are anywhere: mostly small numbers, as
 * real ones are, which random numbers would not show.
 */
static struct tensor *
heat(size_t n, size_t S)
{
	struct tensor *t = field(DT_F4, n, S, POSE_POINTS, 0);
	float pose[POSE_POINTS][3], *scratch;
	struct rng r = rng_seed(n, S);

	scratch = malloc(POSE_POINTS * 2 * S * sizeof *scratch);
	if (!scratch)
		must(E_NOMEM);
	for (size_t i = 0; i < (n ? n : 1); i++) {
		for (size_t k = 0; k < POSE_POINTS; k++) {
			pose[k][0] = (float)(rng_unit(&r) * (double)S);
			pose[k][1] = (float)(rng_unit(&r) * (double)S);
			pose[k][2] = 1;
		}
		must(heat_draw((float *)t->data + i * S * S * POSE_POINTS,
		    *pose, S, S, 6.0f * (float)S / 256, false, scratch));
	}
	free(scratch);
	return t;
}

static void
open_job(struct job *j, const char *recipe, const char *preset)
{
	struct tally t = { 0 };

	must(recipe_preset(&j->r, recipe, preset));
	size_t S = j->r.size, n = j->views;
	double side = (double)S - 1;

	must(params_new(&j->ps));
	must(dual_params(j->ps, &j->r, DUAL_ALL & ~DUAL_DISCRIMINATOR, n, &t));
	for (size_t i = 0; i < t.n; i++)
		j->gmac += t.row[i].macs / 1e9;
	must(params_init(j->ps, 1));
	if (j->train)
		must(params_grads(j->ps));
	must(graph_new(&j->g, j->train ? GRAPH_TRAIN : GRAPH_INFER, j->ps));
	j->ii = (struct dual_image_in){ .x_s = field(DT_U1, 0, S, 3, 256), .p_s = heat(0, S),
	    .p = heat(n, S), .s = field(DT_F4, n, S, 2, side),
	    .m = field(DT_U1, n, S, 0, 2), .c_s = field(DT_F4, 0, S, 2, side),
	    .seen_s = field(DT_U1, 0, S, 0, 2) };
	struct tensor *valid = field(DT_U1, 0, S, 0, 2);
	int32_t *mirror = calloc(S * S, sizeof *mirror);

	j->ti = (struct dual_texture_in){ .p = j->ii.p, .x_s = j->ii.x_s,
	    .c_s = j->ii.c_s, .seen_s = j->ii.seen_s,
	    .b = heat(n, S), .c = field(DT_F4, n, S, 2, side),
	    .seen = field(DT_U1, n, S, 0, 2), .mirror = mirror,
	    .valid = valid->data };
}

static void
run(struct job *j)
{
	struct dual_image d, e;
	struct dual_texture dt;
	struct var *x, *t;

	graph_reset(j->g);
	must(dual_image_begin(&d, j->g, &j->r, &j->ii, j->links, false));
	if (j->texture) {
		must(dual_texture_begin(&dt, j->g, &j->r, &j->ti, j->links,
		    false));
		must(dual_run(&d, &dt, j->train ? NULL : &x, &t));
	} else {
		must(dual_again(&d, (struct var *[]){ NULL, NULL }, &x));
	}
	if (!j->train)
		return;
	/* The first view is its own target. */
	struct dual_image_in target = j->ii;
	struct tensor p = *j->ii.p, s = *j->ii.s, m = *j->ii.m;

	p.dim[0] = s.dim[0] = m.dim[0] = 1;
	target.p = &p;
	target.s = &s;
	target.m = &m;
	must(dual_image_begin(&e, j->g, &j->r, &target, j->links, false));
	must(dual_again(&e, dt.phi_t, &x));
	g_seed(j->g, x, x->x);
	g_seed(j->g, t, t->x);
	must(graph_backward(j->g));
	graph_params_changed(j->g);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median_ms(struct job *j, int threads, int runs)
{
	double t[MAX_RUNS];

	team_begin(threads);
	run(j);
	for (int i = 0; i < runs; i++) {
		t[i] = now();
		run(j);
		t[i] = 1e3 * (now() - t[i]);
	}
	qsort(t, (size_t)runs, sizeof *t, by_value);
	return t[runs / 2];
}

/* Milliseconds with 1 and 2 threads, and the process's peak of memory in MB. */
static void
views(size_t n, int runs)
{
	struct job j = { .views = n, .texture = true };
	struct rusage u;

	open_job(&j, "anchored", "base");
	double one = median_ms(&j, 1, runs), two = median_ms(&j, 2, runs);

	getrusage(RUSAGE_SELF, &u);
	printf("%.0f %.0f %ld\n", one, two, u.ru_maxrss >> 10);
	graph_free(j.g);
	params_free(j.ps);
}

int
main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : 3;
	struct { struct job j; const char *recipe, *preset; } jobs[] = {
		{ { .name = "GFLA at 256: E_s F_st G_I, 1 view", .views = 1,
		    .links = LINKS_I2T }, "paper", "base" },
		{ { .name = "base paper, 2 views", .views = 2,
		    .texture = true }, "paper", "base" },
		{ { .name = "base anchored, 2 views", .views = 2,
		    .texture = true }, "anchored", "base" },
		{ { .name = "small anchored, 2 views", .views = 2,
		    .texture = true }, "anchored", "small" },
		{ { .name = "small anchored, training, 2 views and a target",
		    .views = 2, .texture = true, .train = true }, "anchored",
		    "small" },
	};

	if (runs < 1 || runs > MAX_RUNS)
		runs = 3;
	if (argc > 2) {
		views((size_t)atoi(argv[2]), runs);
		return 0;
	}
	for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
		struct job *j = &jobs[i].j;

		open_job(j, jobs[i].recipe, jobs[i].preset);
		double one = median_ms(j, 1, runs), all = median_ms(j, 0, runs);

		printf("%-48s %6.0f ms 1T %6.0f ms %zuT", j->name, one, all,
		    team_size());
		printf("  values %4zu MB, packed %4zu MB\n",
		    graph_peak(j->g) >> 20, graph_packed(j->g) >> 20);
		fflush(stdout);
		graph_free(j->g);
		params_free(j->ps);
	}
	return 0;
}
