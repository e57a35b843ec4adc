/*
 * Training's parts: Adam, clipping and the running mean against their
 * formulas; the shuffle buffer gives every sample once an epoch and finds
 * itself again; the log keeps what was before and only that.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"
#include "math/rng.h"
#include "math/team.h"
#include "train/draw.h"
#include "train/optim.h"
#include "train/shuffle.h"
#include "train/trainlog.h"

#define N 5000
#define STEPS 20

static bool
all(const struct param *p)
{
	(void)p;
	return true;
}

static bool
not_b(const struct param *p)
{
	return *p->name != 'b';
}

/* Two parameters of N values, bound, with gradients. */
static struct params *
make_params(void)
{
	struct params *ps;
	struct param p = { .rank = 1, .dim = { N }, .init = INIT_NORMAL,
		.gain = 1 };

	if (params_new(&ps) != OK)
		exit(2);
	p.name = "a";
	if (params_add(ps, &p) != OK)
		exit(2);
	p.name = "b";
	if (params_add(ps, &p) != OK || params_init(ps, 3) != OK ||
	    params_grads(ps) != OK)
		exit(2);
	return ps;
}

/* The formulas of optim.h, in double, one value at a time. */
struct want {
	double x, m, v, e;
};

static void
want_step(struct want *w, double g, double t, const struct optim_options *o,
    double rate, double scale)
{
	double keep = fmin(o->ema, (1 + t) / (10 + t));

	g *= scale;
	w->m = o->beta1 * w->m + (1 - o->beta1) * g;
	w->v = o->beta2 * w->v + (1 - o->beta2) * g * g;
	w->x -= rate * (w->m / (1 - pow(o->beta1, t))) /
	    (sqrt(w->v / (1 - pow(o->beta2, t))) + OPTIM_EPS);
	w->e += (1 - keep) * (w->x - w->e);
}

static void
check_adam(const char *name, struct optim_options o)
{
	static struct want w[2][N];
	struct params *ps = make_params();
	struct optim a;
	struct rng r = rng_seed(5, 0);
	double worst = 0, worst_mean = 0, worst_norm = 0, norm;

	if (optim_new(&a, ps, all, &o) != OK)
		exit(2);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < N; i++) {
			double x = (double)params_at(ps, k)->x[i];

			w[k][i] = (struct want){ .x = x, .e = x };
		}
	for (int t = 1; t <= STEPS; t++) {
		double sum = 0, want;

		for (size_t k = 0; k < 2; k++)
			for (size_t i = 0; i < N; i++) {
				float g = (float)rng_normal(&r);

				params_at(ps, k)->dx[i] = g;
				sum += (double)g * (double)g;
			}
		want = sqrt(sum);
		double scale = o.clip > 0 ? fmin(1, o.clip / want) : 1;

		for (size_t k = 0; k < 2; k++)
			for (size_t i = 0; i < N; i++)
				want_step(&w[k][i],
				    (double)params_at(ps, k)->dx[i], t, &o,
				    0.01, scale);
		optim_step(&a, 0.01, &norm);
		worst_norm = fmax(worst_norm, fabs(norm / want - 1));
	}
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < N; i++) {
			worst = fmax(worst, fabs((double)params_at(ps,
			    k)->x[i] - w[k][i].x));
			if (o.ema > 0)
				worst_mean = fmax(worst_mean,
				    fabs((double)a.ema[k][i] - w[k][i].e));
		}
	ok(worst < 2e-5, "%s: %d steps # off by %.1e", name, STEPS, worst);
	ok(worst_mean < 2e-5, "%s: mean # off by %.1e", name, worst_mean);
	ok(worst_norm < 1e-12, "%s: norm # off by %.1e", name, worst_norm);
	float left = 0;

	for (size_t i = 0; i < N; i++)
		left += fabsf(params_at(ps, 0)->dx[i]);
	ok(left == 0, "%s: the gradient is gone", name);
	optim_free(&a);
	params_free(ps);
}

static void
check_others(void)
{
	struct params *ps = make_params();
	const struct optim_options o = { .beta2 = 0.999 };
	struct optim a;
	double norm;
	float before = params_at(ps, 1)->x[7];

	if (optim_new(&a, ps, not_b, &o) != OK)
		exit(2);
	for (size_t i = 0; i < N; i++)
		params_at(ps, 0)->dx[i] = params_at(ps, 1)->dx[i] = 1;
	optim_step(&a, 0.1, &norm);
	ok(params_at(ps, 1)->x[7] == before && params_at(ps, 1)->dx[7] == 1,
	    "what is another's stays");
	ok(fabs(norm - sqrt(N)) < 1e-9, "and does not count");
	before = params_at(ps, 0)->x[7];
	params_at(ps, 0)->dx[3] = NAN;
	optim_step(&a, 0.1, &norm);
	ok(isnan(norm) && params_at(ps, 0)->x[7] == before && a.t == 1,
	    "no step by a gradient that is not a number");
	optim_free(&a);
	params_free(ps);
}

/* ---- shuffle ---------------------------------------------------------- */

static int
numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t
draw(struct shuffle *s)
{
	size_t slot = shuffle_slot(s);
	uint64_t n = s->number[slot];

	shuffle_refill(s, slot);
	return n;
}

static void
check_shuffle(void)
{
	enum { BUFFER = 50, DRAWS = 1000 };
	uint64_t a[DRAWS], b[DRAWS];
	struct shuffle s, again, other;
	size_t moved = 0, twice = 0, lost;

	if (shuffle_new(&s, BUFFER, 1) != OK ||
	    shuffle_new(&again, BUFFER, 1) != OK ||
	    shuffle_new(&other, BUFFER, 2) != OK)
		exit(2);
	for (size_t i = 0; i < DRAWS; i++) {
		a[i] = draw(&s);
		b[i] = draw(&other);
		moved += a[i] != i;
	}
	ok(moved > DRAWS * 9 / 10, "the order changes # %zu of %d", moved, DRAWS);
	ok(memcmp(a, b, sizeof a) != 0, "another seed, another order");
	for (size_t i = 0; i < 400; i++)
		draw(&again);
	bool same = true;

	for (size_t i = 400; i < DRAWS; i++)
		same &= draw(&again) == a[i];
	ok(same, "the buffer finds itself again after 400 draws");
	/* What was drawn and what waits are all numbers below next, once. */
	while (s.n > 0) {
		size_t slot = shuffle_slot(&s);
		uint64_t n = s.number[slot];

		shuffle_drain(&s, slot);
		b[s.n] = n;
	}
	uint64_t *every = calloc(DRAWS + BUFFER, sizeof *every);

	memcpy(every, a, sizeof a);
	memcpy(every + DRAWS, b, BUFFER * sizeof *b);
	qsort(every, DRAWS + BUFFER, sizeof *every, numbers);
	for (size_t i = lost = 0; i < DRAWS + BUFFER; i++) {
		twice += i > 0 && every[i] == every[i - 1];
		lost += every[i] != i;
	}
	ok(twice == 0 && lost == 0, "every sample once # %zu twice", twice);
	free(every);
	shuffle_free(&s);
	shuffle_free(&again);
	shuffle_free(&other);
}

/* ---- log -------------------------------------------------------------- */

static const char *
text_of(const char *path)
{
	static char text[512];
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

static void
check_log(void)
{
	char path[] = "/tmp/dualtex.log.XXXXXX";
	int fd = mkstemp(path);
	struct trainlog *l;
	enum status st;

	close(fd);
	st = trainlog_open(&l, path, "x\ty", 0);
	for (uint64_t i = 1; st == OK && i <= 5; i++)
		st = trainlog_put(l, 10 * i, (double[]){ (double)i, 0.5 }, 2);
	ok(st == OK && strcmp(text_of(path), "step\tx\ty\n10\t1\t0.5\n"
	    "20\t2\t0.5\n30\t3\t0.5\n40\t4\t0.5\n50\t5\t0.5\n") == 0,
	    "a table");
	trainlog_close(l);
	st = trainlog_open(&l, path, "x\ty", 25);
	ok(st == OK && strcmp(text_of(path),
	    "step\tx\ty\n10\t1\t0.5\n20\t2\t0.5\n") == 0,
	    "what is done again is taken off");
	st = trainlog_put(l, 30, (double[]){ 7, 8 }, 2);
	ok(st == OK && strstr(text_of(path), "20\t2\t0.5\n30\t7\t8\n"),
	    "and written anew");
	trainlog_close(l);
	st = trainlog_open(&l, path, "x\tz", 25);
	ok(st == E_FORMAT, "other columns: %s", status_detail());
	unlink(path);
}

int
main(void)
{
	team_begin(2);
	check_adam("Adam (0, .999)", (struct optim_options){ .beta2 = 0.999 });
	check_adam("Adam (.5, .99), clipped, with a mean",
	    (struct optim_options){ .beta1 = 0.5, .beta2 = 0.99, .clip = 20,
	    .ema = 0.9 });
	check_others();
	check_shuffle();
	check_log();
	return done();
}
