/*
 * Samples side by side: gradients and losses are those of step_sample one
 * after the other, to the last bit the same for any number of threads and of
 * ranks; of two samples that fail the first is told, and nothing of them
 * stays. And what a step makes of the light of a view.
 */
#include "train/batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../numbers.h"
#include "../tap.h"
#include "../threadwire.h"
#include "math/team.h"

#define S 16
#define N 21		/* more than BATCH_LANES */

static struct arena *arena;
static struct sample sample[N];
static int32_t mirror[S * S];
static uint8_t valid[S * S];
static const struct charts charts = { .mirror = mirror, .valid = valid };

static void *
field(struct sample *s, const char *name, enum dtype d, int rank,
    const size_t *dim)
{
	struct tensor t;

	if (sample_make(&t, s, name, d, rank, dim) != OK)
		exit(2);
	return t.data;
}

static void
places(float *xy, struct rng *r)
{
	for (size_t i = 0; i < 2 * S * S; i++)
		xy[i] = (float)(rng_unit(r) * (S - 1));
}

static void
make_sample(struct sample *s, size_t i)
{
	struct rng r = rng_seed(5, i);
	char key[16];

	snprintf(key, sizeof key, "p%zu", i);
	if (sample_init(s, arena, key) != OK)
		exit(2);
	s->ordinal = i;
	bytes(field(s, "source.image", DT_U1, TENSOR_DIMS(S, S, 3)),
	    S * S * 3, 256, &r);
	places(field(s, "source.coord", DT_F4, TENSOR_DIMS(S, S, 2)), &r);
	bytes(field(s, "source.seen", DT_U1, TENSOR_DIMS(S, S)), S * S, 3, &r);
	rng_fill_normal(&r, field(s, "texture", DT_F4, TENSOR_DIMS(S, S, 3)),
	    S * S * 3, 0.5);
	bytes(field(s, "true.texture", DT_U1, TENSOR_DIMS(S, S, 3)),
	    S * S * 3, 256, &r);
	bytes(field(s, "target.image", DT_U1, TENSOR_DIMS(1, S, S, 3)),
	    S * S * 3, 256, &r);
	places(field(s, "target.surf", DT_F4, TENSOR_DIMS(1, S, S, 2)), &r);
	bytes(field(s, "target.mask", DT_U1, TENSOR_DIMS(1, S, S)), S * S, 2,
	    &r);
}

static void
open_step(struct step *st)
{
	*st = (struct step){ .is_unet = true, .background_weight = 1,
		.charts = &charts, .u = { .size = S, .width = 4, .halvings = 2,
		.constant = 1, .mix = 3, .unwrap = true } };
	st->weight[LOSS_REC] = 2;
	st->weight[LOSS_TEX] = 5;
	if (params_new(&st->ps) != OK ||
	    unet_params(st->ps, &st->u, NULL) != OK ||
	    params_init(st->ps, 1) != OK || params_grads(st->ps) != OK ||
	    graph_new(&st->g, GRAPH_TRAIN, st->ps) != OK)
		exit(2);
	/* One that does not learn. */
	params_at(st->ps, 1)->dx = NULL;
}

static void
close_step(struct step *st)
{
	graph_free(st->g);
	params_free(st->ps);
}

/* All gradients in a row, to be freed. */
static float *
gradients(const struct params *ps, size_t *n)
{
	float *g = NULL;

	*n = 0;
	for (size_t i = 0; i < params_count(ps); i++) {
		const struct param *p = params_at(ps, i);

		if (!p->dx)
			continue;
		g = realloc(g, (*n + p->len) * sizeof *g);
		if (!g)
			exit(2);
		memcpy(g + *n, p->dx, p->len * sizeof *g);
		*n += p->len;
	}
	return g;
}

/* N samples by a batch, which stays open. */
static void
run_all(struct batch **b, struct step *st, struct step_values *v,
    struct ranks *r)
{
	const struct sample *s[N];

	*v = (struct step_values){ .total = 0 };
	for (size_t i = 0; i < N; i++)
		s[i] = &sample[i];
	if (batch_new(b, st, N, BATCH_LANES, r) != OK)
		exit(2);
	for (size_t i = 0; i < N; i += batch_room(*b)) {
		size_t k = N - i < batch_room(*b) ? N - i : batch_room(*b), from,
		    to;

		batch_share(*b, k, &from, &to);
		if (batch_run(*b, OK, s + i + from, k, 1.0 / N, v) != OK)
			exit(2);
	}
	batch_gather(*b);
}

/* N samples by a batch with so many threads. */
static float *
by_batch(int threads, struct step_values *v, size_t *n)
{
	struct step st;
	struct batch *b;

	team_begin(threads);
	open_step(&st);
	run_all(&b, &st, v, &ranks_alone);
	float *g = gradients(st.ps, n);

	batch_free(b);
	close_step(&st);
	return g;
}

static void
test_sums(void)
{
	struct step_values want = { .total = 0 }, v, w;
	struct step st;
	size_t n, m;
	double worst = 0, most = 0;

	open_step(&st);
	for (size_t i = 0; i < N; i++)
		if (step_sample(&st, &sample[i], 1.0 / N, &want) != OK)
			exit(2);
	float *g = gradients(st.ps, &n), *one = by_batch(1, &v, &m);

	ok(m == n, "%zu gradients", n);
	for (size_t i = 0; i < n; i++) {
		worst = fmax(worst, fabs((double)one[i] - g[i]));
		most = fmax(most, fabs(g[i]));
	}
	ok(most > 0 && worst <= 1e-6 * most, "as one after the other "
	    "# off by %.1e of %.1e", worst, most);
	ok(memcmp(&v, &want, sizeof v) == 0, "losses to the last bit");
	for (int threads = 2; threads <= 5; threads += 3) {
		float *more = by_batch(threads, &w, &m);

		ok(memcmp(one, more, n * sizeof *one) == 0 &&
		    memcmp(&v, &w, sizeof v) == 0, "%d threads, the same bits",
		    threads);
		free(more);
	}
	free(one);
	free(g);
	close_step(&st);
}

/* What every rank must have: gradients and values of one. */
struct wanted {
	const float *g;
	struct step_values v;
	char said[5][512];
	bool good;
	pthread_mutex_t lock;
};

static void
as_rank(struct ranks *r, void *arg)
{
	struct wanted *w = arg;
	struct step_values v;
	struct step st;
	struct batch *b;
	size_t n;

	open_step(&st);
	run_all(&b, &st, &v, r);
	float *g = gradients(st.ps, &n);

	pthread_mutex_lock(&w->lock);
	w->good &= memcmp(g, w->g, n * sizeof *g) == 0 &&
	    memcmp(&v, &w->v, sizeof v) == 0;
	pthread_mutex_unlock(&w->lock);
	free(g);
	batch_free(b);
	close_step(&st);
}

/* Rank 1 has a sample without fields, and rank 0 no data any more. */
static void
as_failing_rank(struct ranks *r, void *arg)
{
	struct sample bad = { .key = "bad", .ordinal = 7,
	    .manifest = sample[0].manifest };
	const struct sample *s[4] = { &bad, &bad, &bad, &bad };
	struct wanted *w = arg;
	struct step_values v = { .total = 0 };
	struct step st;
	struct batch *b;

	open_step(&st);
	if (batch_new(&b, &st, 4, 3, r) != OK)
		exit(2);
	enum status st_ = batch_run(b, r->rank == 0 ? END : OK, s,
	    batch_room(b), 1, &v);

	snprintf(w->said[r->rank], sizeof w->said[0], "%s", status_detail());
	bool end = batch_run(b, r->rank == 0 ? END : OK, s, 1, 1, &v) == END;

	pthread_mutex_lock(&w->lock);
	w->good &= st_ == E_SHAPE && end;
	pthread_mutex_unlock(&w->lock);
	batch_free(b);
	close_step(&st);
}

static void
too_many(struct ranks *r, void *arg)
{
	struct wanted *w = arg;
	struct step st;
	struct batch *b;

	open_step(&st);
	bool refused = batch_new(&b, &st, 4, 16, r) == E_VALUE;

	pthread_mutex_lock(&w->lock);
	w->good &= refused;
	pthread_mutex_unlock(&w->lock);
	close_step(&st);
}

static void
test_ranks(void)
{
	struct wanted w = { .good = true, .lock = PTHREAD_MUTEX_INITIALIZER };
	size_t n;

	w.g = by_batch(1, &w.v, &n);
	for (size_t k = 2; k <= 5; k++) {
		w.good = true;
		ranks_by_threads(k, as_rank, &w);
		ok(w.good, "%zu ranks, the same bits", k);
	}
	free((void *)(uintptr_t)w.g);
	w.good = true;
	ranks_by_threads(2, as_failing_rank, &w);
	ok(w.good && strcmp(w.said[0], w.said[1]) == 0 &&
	    strncmp(w.said[0], "sample 7 \"bad\": ", 16) == 0,
	    "a rank fails, another has no data # %s", w.said[0]);
	w.good = true;
	ranks_by_threads(5, too_many, &w);
	ok(w.good, "five ranks for four samples are refused");
}

static void
test_failure(void)
{
	const struct sample *s[4] = { &sample[0], NULL, &sample[1], NULL };
	struct step_values v = { .total = 0 };
	struct sample bad[2];
	struct step st;
	struct batch *b;
	size_t n, k = 0;

	for (size_t i = 0; i < 2; i++) {
		char key[16];

		snprintf(key, sizeof key, "bad%zu", i);
		if (sample_init(&bad[i], arena, key) != OK)
			exit(2);
		bad[i].ordinal = 40 + i;
		s[1 + 2 * i] = &bad[i];
	}
	team_begin(3);
	open_step(&st);
	if (batch_new(&b, &st, 4, BATCH_LANES, &ranks_alone) != OK)
		exit(2);
	ok(batch_room(b) == 4, "room for a small batch");
	ok(batch_run(b, OK, s, 4, 1, &v) == E_SHAPE, "a sample without fields");
	ok(strstr(status_detail(), "sample 40 \"bad0\": ") == status_detail(),
	    "the first is told # %s", status_detail());
	batch_forget(b);
	float *g = gradients(st.ps, &n);

	while (k < n && g[k] == 0)
		k++;
	ok(k == n, "no gradient stays");
	free(g);
	batch_free(b);
	close_step(&st);
	sample_clear(&bad[0]);
	sample_clear(&bad[1]);
}

/* rec of a picture of which one part in `by` of the light is left; its slope. */
static double
rec_of(bool gain, unsigned by, double *slope)
{
	struct step_values v = { .total = 0 };
	struct step st;
	struct sample s;

	make_sample(&s, 3);
	uint8_t *x = sample_find(&s, "target.image")->t.data;

	for (size_t i = 0; i < S * S * 3; i++)
		x[i] = (uint8_t)(x[i] / 4 * 4 / by);
	open_step(&st);
	st.gain = gain;
	st.weight[LOSS_TEX] = 0;
	if (step_sample(&st, &s, 1, &v) != OK)
		exit(2);
	size_t n;
	float *g = gradients(st.ps, &n);

	*slope = 0;
	for (size_t i = 0; i < n; i++)
		*slope += fabs((double)g[i]);
	free(g);
	close_step(&st);
	sample_clear(&s);
	return v.loss[LOSS_REC];
}

/* A view in a quarter of the light is off by a quarter, and no more. */
static void
test_gain(void)
{
	double steep, flat, any;
	double full = rec_of(true, 1, &steep), dark = rec_of(true, 4, &flat);

	ok(fabs(4 * dark / full - 1) < 1e-5, "with gain a texture has no light "
	    "# %g of %g", dark, full);
	ok(steep > 0 && fabs(4 * flat / steep - 1) < 1e-3, "nor is its "
	    "gradient of any # %g of %g", flat, steep);
	ok(full < rec_of(false, 1, &any) && dark < rec_of(false, 4, &any) / 2,
	    "without, it should have that of the view");
}

int
main(void)
{
	struct rng r = rng_seed(9, 0);

	if (arena_new(&arena, (size_t)1 << 28) != OK)
		exit(2);
	for (size_t i = 0; i < S * S; i++) {
		mirror[i] = (int32_t)i - (i % 7 == 0 ? (int32_t)i + 1 : 0);
		valid[i] = rng_below(&r, 4) != 0;
	}
	for (size_t i = 0; i < N; i++)
		make_sample(&sample[i], i);
	test_sums();
	test_ranks();
	test_failure();
	test_gain();
	for (size_t i = 0; i < N; i++)
		sample_clear(&sample[i]);
	arena_free(arena);
	return done();
}
