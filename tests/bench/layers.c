/*
 * Speed of the layers, one line each: GF/s with 1 thread and with all, and
 * their ratio to the machine's fp32 peak, which is measured in the same run.
 * GF/s count 2 operations for each multiply-add of the direct convolution,
 * so that Winograd can pass the peak. Medians of interleaved runs.
 *
 *	layers [RUNS]
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "layers/attn.h"
#include "layers/conv.h"
#include "layers/norm.h"
#include "layers/simple.h"
#include "layers/warp.h"
#include "math/team.h"
#include "math/vec.h"

#include "../numbers.h"

#define MAX_RUNS 101

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *t, int n)
{
	qsort(t, (size_t)n, sizeof *t, by_value);
	return t[n / 2];
}

/* Enough independent multiply-adds to fill the pipes: GF/s of one core. */
static double
peak_once(void)
{
	enum { CHAINS = 12, LOOPS = 1000000 };
	vec a[CHAINS], b = vec_all(0.999f), c = vec_all(1e-3f);

	for (int i = 0; i < CHAINS; i++)
		a[i] = vec_all((float)i);
	double t = now();

	for (int k = 0; k < LOOPS; k++) {
		VEC_UNROLL
		for (int i = 0; i < CHAINS; i++) {
			a[i] = a[i] * b + c;
			__asm__ volatile("" : "+v"(a[i]));
		}
	}
	return 2. * CHAINS * LOOPS * VEC / (now() - t) / 1e9;
}

struct job {
	const char *name;
	void (*run)(void *arg);
	void *arg;
	double flop;		/* 0: only time is of interest */
};

static double peak;

static void
measure(const struct job *j, int runs)
{
	double one[MAX_RUNS], all[MAX_RUNS], p[MAX_RUNS];

	j->run(j->arg);
	for (int i = 0; i < runs; i++) {
		p[i] = peak_once();
		team_begin(1);
		double t = now();

		j->run(j->arg);
		one[i] = now() - t;
		team_begin(0);
		t = now();
		j->run(j->arg);
		all[i] = now() - t;
	}
	double t1 = median(one, runs), t2 = median(all, runs);

	peak = median(p, runs);
	if (j->flop > 0)
		printf("%-34s %7.2f / %6.2f ms  %5.0f / %5.0f GF/s  "
		    "%.2f / %.2f x peak of 1\n", j->name, t1 * 1e3, t2 * 1e3,
		    j->flop / t1 / 1e9, j->flop / t2 / 1e9,
		    j->flop / t1 / 1e9 / peak, j->flop / t2 / 1e9 / peak);
	else
		printf("%-34s %7.2f / %6.2f ms\n", j->name, t1 * 1e3, t2 * 1e3);
	fflush(stdout);
}

struct conv {
	struct nn_conv s;
	struct nn_pre pre;
	struct nn_post post;
	float *x, *w, *packed, *back, *out, *dx, *dw;
	void *scratch;
};

static void
conv_fwd(void *arg)
{
	struct conv *c = arg;

	nn_conv_fwd(c->out, c->x, c->packed, &c->pre, &c->post, &c->s,
	    c->scratch);
}

static void
conv_dx(void *arg)
{
	struct conv *c = arg;

	nn_conv_bwd(c->dx, NULL, NULL, c->out, c->x, c->back, &c->pre, &c->s,
	    c->scratch);
}

static void
conv_dw(void *arg)
{
	struct conv *c = arg;

	nn_conv_bwd(NULL, c->dw, NULL, c->out, c->x, c->back, &c->pre, &c->s,
	    c->scratch);
}

static void
conv_pack(void *arg)
{
	struct conv *c = arg;

	nn_conv_pack(c->packed, c->w, &c->s);
}

static void
bench_conv(const char *what, struct nn_conv s, bool backward, int runs)
{
	struct rng r = rng_seed(1, 0);
	size_t in = s.n * s.h * s.w * s.c, wl = s.o * s.c * s.k * s.k;
	size_t ho = nn_conv_ho(&s), wo = nn_conv_wo(&s);
	size_t outl = s.n * ho * wo * s.o;
	size_t a = nn_conv_scratch(&s), b = nn_conv_scratch_bwd(&s);
	struct conv c = { .s = s, .x = randoms(&r, in, 1),
	    .w = randoms(&r, wl, 0.02), .packed = scratch(nn_conv_packed(&s) *
	    sizeof (float)), .back = scratch(nn_conv_packed_bwd(&s) *
	    sizeof (float)), .out = zeros(outl), .dx = zeros(in),
	    .dw = zeros(wl), .scratch = scratch(a > b ? a : b) };
	float *scale = randoms(&r, s.n * s.c, 1);
	float *shift = randoms(&r, s.n * s.c, 1), *bias = randoms(&r, s.o, 1);
	double flop = 2. * (double)(s.transposed ? in * s.o : outl * s.c) *
	    (double)(s.k * s.k);
	char name[64];

	c.pre = (struct nn_pre){ scale, shift, 0.1f };
	c.post = (struct nn_post){ .bias = bias };
	nn_conv_pack(c.packed, c.w, &s);
	nn_conv_pack_bwd(c.back, c.w, &s);
	snprintf(name, sizeof name, "%s %zu->%zu @%zu", what, s.c, s.o, s.h);
	measure(&(struct job){ name, conv_fwd, &c, flop }, runs);
	if (backward) {
		snprintf(name, sizeof name, "  dx");
		measure(&(struct job){ name, conv_dx, &c, flop }, runs);
		snprintf(name, sizeof name, "  dw");
		measure(&(struct job){ name, conv_dw, &c, flop }, runs);
		snprintf(name, sizeof name, "  pack");
		measure(&(struct job){ name, conv_pack, &c, 0 }, runs);
	}
	float *all[] = { c.x, c.w, c.packed, c.back, c.out, c.dx, c.dw,
	    c.scratch, scale, shift, bias };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
}

struct attn {
	struct nn_attn s;
	float *key, *hk, *hq, *pos, *w1, *b1, *out, *tap;
	float *dkey, *dhk, *dhq, *dpos, *dw1, *db1;
	void *scratch;
};

static void
attn_fwd(void *arg)
{
	struct attn *a = arg;

	nn_attn_fwd(a->out, a->tap, a->key, a->hk, a->hq, a->pos, a->w1,
	    a->b1, &a->s, a->scratch);
}

static void
attn_bwd(void *arg)
{
	struct attn *a = arg;

	nn_attn_bwd(a->dkey, a->dhk, a->dhq, a->dpos, a->dw1, a->db1, a->out,
	    a->key, a->hk, a->hq, a->pos, a->tap, a->w1, &a->s, a->scratch);
}

static void
bench_attn(size_t c, size_t side, size_t k, int runs)
{
	struct rng r = rng_seed(2, 0);
	struct nn_attn s = { 1, 1, 1, side, side, side, side, c, 128, k, 1,
	    true };
	size_t hw = side * side, big = (side + k - 1) * (side + k - 1);
	size_t x = nn_attn_scratch(&s), y = nn_attn_scratch_bwd(&s);
	struct attn a = { s, randoms(&r, hw * c, 1), randoms(&r, big * 128, 1),
	    randoms(&r, hw * 128, 1), randoms(&r, hw * 2, 0.5), randoms(&r,
	    k * k * 128, 0.1), randoms(&r, k * k, 0.1), zeros(hw * c),
	    zeros(hw * k * k), zeros(hw * c), zeros(big * 128),
	    zeros(hw * 128), zeros(hw * 2), zeros(k * k * 128), zeros(k * k),
	    scratch(x > y ? x : y) };
	char name[64];

	snprintf(name, sizeof name, "attention k %zu, %zu @%zu, gather", k, c,
	    side);
	measure(&(struct job){ name, attn_fwd, &a, 0 }, runs);
	snprintf(name, sizeof name, "  backward");
	measure(&(struct job){ name, attn_bwd, &a, 0 }, runs);
}

struct map {
	size_t n, hw, c;
	float *x, *a, *b, *out, *dx;
	void *scratch;
};

static void
stats(void *arg)
{
	struct map *m = arg;

	nn_inorm_stats(m->a, m->b, m->x, m->n, m->hw, m->c, m->scratch);
}

static void
norm_bwd(void *arg)
{
	struct map *m = arg;

	nn_inorm_bwd(m->dx, m->dx, m->dx, m->out, m->x, m->a, m->b, m->x,
	    m->x, 0.1f, m->n, m->hw, m->c, m->scratch);
}

static void
lrelu(void *arg)
{
	struct map *m = arg;

	nn_lrelu_fwd(m->out, m->x, 0.1f, m->n * m->hw * m->c);
}

static void
tanh_all(void *arg)
{
	struct map *m = arg;

	nn_tanh_fwd(m->out, m->x, m->n * m->hw * m->c);
}

static void
add(void *arg)
{
	struct map *m = arg;

	nn_add_fwd(m->out, m->x, m->dx, m->n * m->hw * m->c);
}

static void
bench_map(size_t hw, size_t c, int runs)
{
	struct rng r = rng_seed(3, 0);
	struct map m = { 1, hw, c, randoms(&r, hw * c, 1), zeros(c), zeros(c),
	    zeros(hw * c), zeros(hw * c), scratch(nn_inorm_scratch(1, hw,
	    c)) };
	static const struct {
		const char *name;
		void (*run)(void *);
	} all[] = { { "statistics", stats }, { "norm backward", norm_bwd },
	    { "leaky relu", lrelu }, { "tanh", tanh_all }, { "add", add } };
	char name[64];

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		snprintf(name, sizeof name, "%s, %zu x %zu", all[i].name, hw,
		    c);
		measure(&(struct job){ name, all[i].run, &m, 0 }, runs);
	}
	float *p[] = { m.x, m.a, m.b, m.out, m.dx, m.scratch };

	for (size_t i = 0; i < sizeof p / sizeof *p; i++)
		free(p[i]);
}

static struct nn_conv
plain(size_t side, size_t c, size_t o, size_t k, size_t stride, size_t pad)
{
	return (struct nn_conv){ 1, side, side, c, o, k, stride, pad,
	    NN_PAD_ZERO, false };
}

int
main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : 9;

	if (runs < 1 || runs > MAX_RUNS)
		return 2;
	printf("1 thread / %zu threads\n", team_size());
	bench_conv("3x3", plain(256, 64, 64, 3, 1, 1), true, runs);
	bench_conv("3x3", plain(128, 128, 128, 3, 1, 1), true, runs);
	bench_conv("3x3", plain(64, 256, 256, 3, 1, 1), true, runs);
	bench_conv("3x3", plain(64, 128, 128, 3, 1, 1), false, runs);
	bench_conv("3x3", plain(32, 256, 256, 3, 1, 1), true, runs);
	bench_conv("3x3", plain(16, 256, 256, 3, 1, 1), false, runs);
	bench_conv("3x3", plain(8, 256, 256, 3, 1, 1), false, runs);
	bench_conv("3x3", plain(256, 64, 3, 3, 1, 1), true, runs);
	bench_conv("3x3", plain(64, 64, 2, 3, 1, 1), false, runs);
	bench_conv("4x4 stride 2", plain(256, 3, 64, 4, 2, 1), true, runs);
	bench_conv("4x4 stride 2", plain(256, 39, 32, 4, 2, 1), true, runs);
	bench_conv("4x4 stride 2", plain(128, 64, 128, 4, 2, 1), true, runs);
	bench_conv("4x4 stride 2", plain(64, 128, 256, 4, 2, 1), false, runs);
	bench_conv("transposed 3x3", (struct nn_conv){ 1, 32, 32, 256, 128, 3,
	    2, 1, NN_PAD_ZERO, true }, true, runs);
	bench_conv("transposed 3x3", (struct nn_conv){ 1, 128, 128, 64, 64, 3,
	    2, 1, NN_PAD_ZERO, true }, true, runs);
	bench_conv("5x5 edge, enlarged", (struct nn_conv){ 1, 64, 64, 128,
	    128, 5, 1, 4, NN_PAD_EDGE, false }, true, runs);
	bench_conv("3x3 edge, enlarged", (struct nn_conv){ 1, 32, 32, 256,
	    128, 3, 1, 2, NN_PAD_EDGE, false }, true, runs);
	bench_conv("1x1", plain(32, 1024, 256, 1, 1, 0), true, runs);
	bench_attn(256, 32, 3, runs);
	bench_attn(128, 64, 5, runs);
	bench_map(65536, 64, runs);
	bench_map(4096, 256, runs);
	printf("fp32 peak of one core, last measured: %.0f GF/s\n", peak);
	return 0;
}
