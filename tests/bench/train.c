/*
 * Speed and memory of a step of training, one line: `small`, batch 2, every
 * loss but adv, VGG19 as far as conv3_4; or the U-Net of that size with the
 * losses it has. Milliseconds of the clock and of the processor, medians.
 * tests/bench/train.sh sets PyTorch beside it.
 *
 *	train [RUNS [THREADS [PRESET [BATCH [dual|unet]]]]]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../numbers.h"
#include "math/team.h"
#include "train/batch.h"
#include "train/optim.h"
#include "view/heat.h"

#define MAX_RUNS 101
#define VIEWS 2

static void
must(enum status s)
{
	if (s == OK)
		return;
	fprintf(stderr, "train: %s\n", status_detail());
	exit(2);
}

/* ---- a sample that looks like one to the processor --------------------- */

static void *
field(struct sample *s, const char *role, const char *name, enum dtype d,
    size_t n, size_t S, size_t c)
{
	size_t dim[4] = { n, S, S, c }, skip = n == 0;
	char full[64];
	struct tensor t;

	snprintf(full, sizeof full, "%s.%s", role, name);
	must(sample_make(&t, s, full, d, (c ? 4 : 3) - (int)skip, dim + skip));
	return t.data;
}

/* Smooth positions, some pixels off their own place. */
static void
positions(float *xy, size_t n, size_t S, struct rng *r)
{
	for (size_t i = 0; i < n * S * S; i++) {
		double x = (double)(i % S), y = (double)(i / S % S);

		xy[2 * i] = (float)(x + 9 * sin(y / 19) + rng_unit(r));
		xy[2 * i + 1] = (float)(y + 9 * cos(x / 17) - rng_unit(r));
	}
}

static void
heat(float *x, size_t n, size_t S, struct rng *r)
{
	float pose[POSE_POINTS][3], *scratch;

	if (!(scratch = malloc(POSE_POINTS * 2 * S * sizeof *scratch)))
		must(E_NOMEM);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < POSE_POINTS; k++) {
			pose[k][0] = (float)(rng_unit(r) * (double)S);
			pose[k][1] = (float)(rng_unit(r) * (double)S);
			pose[k][2] = 1;
		}
		must(heat_draw(x + i * S * S * POSE_POINTS, *pose, S, S,
		    6.0f * (float)S / 256, false, scratch));
	}
	free(scratch);
}

/* Everything that a role can have; n 0: one, without its own axis. */
static void
role(struct sample *s, const char *name, size_t n, size_t S, struct rng *r)
{
	size_t m = n ? n : 1, len = m * S * S;

	bytes(field(s, name, "image", DT_U1, n, S, 3), 3 * len, 256, r);
	heat(field(s, name, "heat", DT_F4, n, S, POSE_POINTS), m, S, r);
	heat(field(s, name, "texheat", DT_F4, n, S, POSE_POINTS), m, S, r);
	positions(field(s, name, "surf", DT_F4, n, S, 2), m, S, r);
	positions(field(s, name, "coord", DT_F4, n, S, 2), m, S, r);
	memset(field(s, name, "mask", DT_U1, n, S, 0), 1, len);
	memset(field(s, name, "seen", DT_U1, n, S, 0), 1, len);
}

static void
make(struct sample *s, size_t S)
{
	struct arena *a;
	struct rng r = rng_seed(7, S);

	must(arena_new(&a, (size_t)1 << 30));
	must(sample_init(s, a, "bench"));
	role(s, "source", 0, S, &r);
	role(s, "halluc", VIEWS, S, &r);
	role(s, "target", 1, S, &r);
	bytes(field(s, "true", "texture", DT_U1, 0, S, 3), 3 * S * S, 256, &r);
	memset(field(s, "true", "valid", DT_U1, 0, S, 0), 1, S * S);
	/* What a U-Net with a prior begins with. */
	struct tensor t;

	must(sample_make(&t, s, "texture", DT_F4, TENSOR_DIMS(S, S, 3)));
	rng_fill_normal(&r, t.data, 3 * S * S, 0.5);
}

/* ---- weights ------------------------------------------------------------ */

/* VGG19 to conv3_4 with random weights. */
static const struct tensor *
find(void *arg, const char *name)
{
	static const size_t width[] = { 64, 64, 128, 128, 256, 256, 256, 256 };
	static struct tensor t;
	size_t *k = arg, i = *k / 2, bias = (*k)++ % 2;
	struct rng r = rng_seed(i, 0);

	(void)name;
	if (i == sizeof width / sizeof *width)
		return NULL;
	size_t c = i ? width[i - 1] : 3, len = width[i] * (bias ? 1 : 9 * c);

	t = (struct tensor){ DT_F4, bias ? 1 : 4, { width[i], c, 3, 3 },
		calloc(len, sizeof(float)) };
	if (!t.data)
		must(E_NOMEM);
	if (!bias)
		rng_fill_normal(&r, t.data, len, sqrt(2 / (9 * (double)c)));
	return &t;
}

static bool
generators(const struct param *p)
{
	return !step_is_discriminator(p);
}

static void
open_step(struct step *st, struct optim *adam, struct vgg19 *vgg,
    const char *preset)
{
	static const double half[] = { .5, .5, .5 };
	static struct charts charts;
	const struct optim_options o = { .beta1 = 0, .beta2 = .999 };
	struct tally t;
	size_t k = 0;

	if (st->is_unet)
		must(unet_preset(&st->u, preset));
	else
		must(recipe_preset(&st->r, "anchored", preset));
	size_t S = st->is_unet ? st->u.size : st->r.size;
	int32_t *mirror = calloc(S * S, sizeof *mirror);
	uint8_t *valid = malloc(S * S);

	if (!mirror || !valid)
		must(E_NOMEM);
	memset(valid, 1, S * S);
	charts = (struct charts){ .mirror = mirror, .valid = valid };
	st->charts = &charts;
	must(params_new(&st->ps));
	if (st->is_unet)
		must(unet_params(st->ps, &st->u, &t));
	else
		must(dual_params(st->ps, &st->r, DUAL_ALL & ~DUAL_DISCRIMINATOR,
		    VIEWS, &t));
	must(params_init(st->ps, 1));
	must(params_grads(st->ps));
	must(vgg19_bind(vgg, st->ps, find, &k, half, half));
	st->vgg = vgg;
	must(graph_new(&st->g, GRAPH_TRAIN, st->ps));
	step_weights(st->weight, st, false);
	st->weight[LOSS_STYL] = st->is_unet ? 0 : 500;
	st->weight[LOSS_ADV] = 0;
	must(optim_new(adam, st->ps, generators, &o));
}

/* ---- time --------------------------------------------------------------- */

static double
wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double
processor(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
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
	int runs = argc > 1 ? atoi(argv[1]) : 3;
	const char *preset = argc > 3 ? argv[3] : "small";
	size_t batch = argc > 4 ? (size_t)atoi(argv[4]) : 2;
	struct step st = { .links = LINKS_FULL, .background_weight = 1,
	    .is_unet = argc > 5 && strcmp(argv[5], "unet") == 0 };
	struct step_values v = { .total = 0 };
	struct optim adam;
	struct vgg19 vgg;
	struct sample s;
	const struct sample *all[BATCH_LANES];
	struct batch *b;
	struct rusage u;
	double t[MAX_RUNS], p[MAX_RUNS], norm;

	if (runs < 1 || runs > MAX_RUNS)
		runs = 3;
	team_begin(argc > 2 ? atoi(argv[2]) : 0);
	open_step(&st, &adam, &vgg, preset);
	make(&s, st.is_unet ? st.u.size : st.r.size);
	for (size_t k = 0; k < BATCH_LANES; k++)
		all[k] = &s;
	must(batch_new(&b, &st, batch, BATCH_LANES, &ranks_alone));
	for (int i = -1; i < runs; i++) {
		double t0 = wall(), p0 = processor();

		for (size_t k = 0, n; k < batch; k += n) {
			n = batch - k < batch_room(b) ? batch - k : batch_room(b);
			must(batch_run(b, OK, all, n, 1 / (double)batch, &v));
		}
		batch_gather(b);
		optim_step(&adam, 1e-4, &norm);
		batch_params_changed(b);
		if (i >= 0) {
			t[i] = 1e3 * (wall() - t0);
			p[i] = 1e3 * (processor() - p0);
		}
	}
	qsort(t, (size_t)runs, sizeof *t, by_value);
	qsort(p, (size_t)runs, sizeof *p, by_value);
	getrusage(RUSAGE_SELF, &u);
	printf("step of training, %s, batch %zu, %s %6.0f ms %zuT %6.0f ms of "
	    "processor", preset, batch, st.is_unet ? "U-Net" :
	    "all losses but adv", t[runs / 2], team_size(), p[runs / 2]);
	printf("  values %4zu MB, packed %4zu MB, peak %4ld MB\n",
	    graph_peak(st.g) >> 20, graph_packed(st.g) >> 20,
	    u.ru_maxrss >> 10);
	return 0;
}
