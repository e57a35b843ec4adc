/*
 * Speed of networks of others: the pose network as a whole, where it has been
 * fetched, and some of its layers beside their plain twins; medians, with 1
 * thread and with all.
 *
 *	pose [RUNS]
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "foreign/netgraph.h"
#include "layers/window.h"
#include "math/team.h"

#include "../numbers.h"

#define MAX_RUNS 101

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + 1e-6 * (double)t.tv_nsec;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median milliseconds of `runs`. */
static double
measure(void (*run)(void *arg), void *arg, int runs)
{
	double t[MAX_RUNS];

	run(arg);
	for (int i = 0; i < runs; i++) {
		double from = now();

		run(arg);
		t[i] = now() - from;
	}
	qsort(t, (size_t)runs, sizeof *t, by_value);
	return t[runs / 2];
}

struct layer {
	struct nn_window s;
	size_t o;		/* 0: depthwise */
	float *x, *w, *packed, *out;
	void *scratch;
};

static const struct nn_clip relu6 = { 0, 6 };

static void
fast(void *arg)
{
	struct layer *l = arg;

	if (l->o)
		nn_wconv_fwd(l->out, l->x, l->packed, NULL, relu6, &l->s,
		    l->o, l->scratch);
	else
		nn_depthwise_fwd(l->out, l->x, l->packed, relu6, &l->s,
		    l->scratch);
}

static void
plain(void *arg)
{
	struct layer *l = arg;

	if (l->o)
		nn_wconv_fwd_ref(l->out, l->x, l->w, NULL, relu6, &l->s, l->o);
	else
		nn_depthwise_fwd_ref(l->out, l->x, l->w, NULL, relu6, &l->s);
}

static void
bench_layer(size_t side, size_t c, size_t o, size_t k, size_t stride, int runs)
{
	struct rng r = rng_seed(1, 0);
	struct layer l = { .s = { .h = side, .w = side, .c = c, .kh = k,
		.kw = k, .sh = stride, .sw = stride }, .o = o };
	size_t n = o ? o * c * k * k : c * k * k, outs = o ? o : c;

	nn_window_same(&l.s);
	l.x = randoms(&r, side * side * c, 1);
	l.w = randoms(&r, n, 0.1);
	l.out = zeros(l.s.ho * l.s.wo * outs);
	l.packed = scratch((o ? nn_wconv_packed(&l.s, o) :
	    nn_depthwise_packed(&l.s)) * sizeof (float));
	team_begin(0);
	l.scratch = scratch(o ? nn_wconv_scratch(&l.s) :
	    nn_depthwise_scratch(&l.s));
	if (o)
		nn_wconv_pack(l.packed, l.w, &l.s, o);
	else
		nn_depthwise_pack(l.packed, l.w, NULL, &l.s);
	double all = measure(fast, &l, runs);

	team_begin(1);
	double one = measure(fast, &l, runs), ref = measure(plain, &l, 1);
	double flop = 2e-6 * (double)(l.s.ho * l.s.wo * n);

	printf("%s %zux%zu stride %zu, %zu->%zu @%-3zu %6.2f / %5.2f ms  "
	    "%4.0f GF/s  plain %.0f ms: %.0f times\n", o ? "convolution" :
	    "depthwise  ", k, k, stride, c, outs, side, one, all, flop / one,
	    ref, ref / one);
}

static void
run_graph(void *arg)
{
	struct netgraph *g = arg;
	struct tensor x = *netgraph_input(g);
	float *p = x.data;

	for (size_t i = 0; i < tensor_len(&x); i++)
		p[i] = (float)(i % 251) / 250;
	netgraph_run(g);
}

static void
bench_network(const char *path, int runs)
{
	double t[2];

	for (int k = 0; k < 2; k++) {
		struct weights *w = NULL;
		struct netgraph *g = NULL;

		team_begin(k ? 0 : 1);
		if (weights_open(&w, path, WEIGHTS_F4) != OK ||
		    netgraph_open(&g, w) != OK) {
			printf("%s: %s\n", path, status_detail());
			exit(2);
		}
		t[k] = measure(run_graph, g, runs);
		if (k)
			printf("pose network: %.0f million multiply-adds, "
			    "%.1f MB, %.1f / %.1f ms\n", netgraph_macs(g) /
			    1e6, (double)netgraph_bytes(g) / 1e6, t[0], t[1]);
		netgraph_close(g);
		weights_close(w);
	}
}

int
main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : 21;
	const char *bin = getenv("BIN");
	char path[4096];

	if (runs < 1 || runs > MAX_RUNS)
		return 2;
	team_begin(0);
	printf("1 thread / %zu threads\n", team_size());
	bench_layer(128, 24, 0, 3, 1, runs);
	bench_layer(128, 64, 0, 3, 2, runs);
	bench_layer(32, 192, 0, 5, 1, runs);
	bench_layer(8, 864, 0, 5, 1, runs);
	bench_layer(256, 8, 0, 3, 1, runs);
	bench_layer(256, 8, 8, 1, 1, runs);
	bench_layer(64, 24, 144, 1, 1, runs);
	bench_layer(16, 528, 88, 1, 1, runs);
	bench_layer(256, 3, 24, 3, 2, runs);
	snprintf(path, sizeof path, "%s/../share/dualtex/pose.tar",
	    bin ? bin : "build/rel/bin");
	if (access(path, R_OK) != 0)
		printf("no pose.tar here: make pose-weights\n");
	else
		bench_network(path, runs);
	return 0;
}
