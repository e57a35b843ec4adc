#include "train/batch.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "math/team.h"

#define MOST_BYTES ((size_t)64 << 30)	/* address space, not memory */
#define GRAIN 4096

/* What a thread works with: the first has the caller's. */
struct worker {
	struct step st;
	struct params *own;	/* the same values, for its graph; or NULL */
};

struct batch {
	struct step *st;
	struct ranks *ranks;
	struct worker *worker;
	size_t workers;
	/*
	 * Gradients of this rank's lanes, `len` numbers each. The last param's
	 * are the first, as they are whole before the others: those from param
	 * i on are end[i] numbers. The first lane's are what the dx of st's
	 * parameters point to.
	 */
	struct lane {
		const struct batch *b;
		float *x;
		atomic_size_t whole;	/* so many of them, in this round */
	} *lane;
	size_t lanes, first, own;	/* of all ranks; which are ours */
	size_t *end, len;
	float *room;			/* of their sum */
	atomic_bool busy;		/* computing */
	float *state;			/* of params, before the step ... */
	size_t done, samples;		/* ... of so many samples */
	bool summed;
	struct arena *arena;		/* of lane, end, room and state */
};

/* ---- opening ---------------------------------------------------------- */

/* Those of param i begin where those of the next ones end. */
static void
aim(struct params *ps, const struct lane *l)
{
	const size_t *end = l->b->end;

	for (size_t i = 0; i < params_count(ps); i++)
		params_at(ps, i)->dx = end[i] == end[i + 1] ? NULL :
		    l->x + end[i + 1];
}

/* The state of parameters in a row: out to `to`; how many numbers. */
static size_t
state(const struct params *ps, float *to)
{
	size_t n = 0;

	for (size_t i = 0; i < params_count(ps); i++) {
		const struct param *p = params_at(ps, i);

		if (p->state && to)
			memcpy(to + n, p->x, p->len * sizeof *to);
		n += p->state ? p->len : 0;
	}
	return n;
}

static enum status
open_lanes(struct batch *b)
{
	struct params *ps = b->st->ps;

	TRY(arena_new(&b->arena, MOST_BYTES));
	b->end = arena_calloc(b->arena, params_count(ps) + 1, sizeof *b->end);
	b->lane = arena_calloc(b->arena, b->own, sizeof *b->lane);
	if (!b->end || !b->lane)
		return E_NOMEM;
	for (size_t i = params_count(ps); i-- > 0;) {
		const struct param *p = params_at(ps, i);

		b->end[i] = b->end[i + 1] + (p->dx ? (p->len + 15) / 16 * 16 : 0);
	}
	b->len = b->end[0];
	for (size_t l = 0; l < b->own; l++) {
		b->lane[l].b = b;
		b->lane[l].x = arena_calloc(b->arena, b->len, sizeof(float));
		if (!b->lane[l].x)
			return E_NOMEM;
	}
	aim(ps, &b->lane[0]);
	b->room = arena_calloc(b->arena, 1 + ranks_room(b->ranks, b->len),
	    sizeof *b->room);
	b->state = arena_calloc(b->arena, 1 + state(ps, NULL), sizeof *b->state);
	return b->room && b->state ? OK : E_NOMEM;
}

static enum status
open_workers(struct batch *b)
{
	b->workers = b->st->d ? 1 : team_size();
	b->worker = calloc(b->workers, sizeof *b->worker);
	if (!b->worker)
		return fail(E_NOMEM, "no memory for %zu threads", b->workers);
	b->worker[0].st = *b->st;
	for (size_t i = 1; i < b->workers; i++) {
		struct worker *w = &b->worker[i];

		w->st = *b->st;
		w->st.g = NULL;
		TRY(params_twin(&w->own, b->st->ps));
		w->st.ps = w->own;
		TRY(graph_new(&w->st.g, GRAPH_TRAIN, w->own));
	}
	return OK;
}

enum status
batch_new(struct batch **out, struct step *st, size_t samples, size_t lanes,
    struct ranks *r)
{
	if (samples < lanes)
		lanes = samples;
	if (r->size > lanes)
		return fail(E_VALUE, "%zu ranks for %zu lanes: want at least a "
		    "sample of a step for each, and --lanes", r->size, lanes);
	struct batch *b = calloc(1, sizeof *b);

	if (!b)
		return fail(E_NOMEM, "no memory");
	*out = b;
	b->st = st;
	b->ranks = r;
	b->samples = samples;
	b->lanes = lanes;
	b->first = ranks_first(r, r->rank, lanes);
	b->own = ranks_first(r, r->rank + 1, lanes) - b->first;
	enum status s = open_lanes(b);

	if (s == OK)
		s = open_workers(b);
	if (s != OK) {
		batch_free(b);
		*out = NULL;
	}
	return s;
}

void
batch_free(struct batch *b)
{
	if (!b)
		return;
	for (size_t i = 1; b->worker && i < b->workers; i++) {
		graph_free(b->worker[i].st.g);
		params_free(b->worker[i].own);
	}
	free(b->worker);
	arena_free(b->arena);
	free(b);
}

size_t
batch_room(const struct batch *b)
{
	return b->lanes;
}

void
batch_share(const struct batch *b, size_t n, size_t *from, size_t *to)
{
	*from = b->first < n ? b->first : n;
	*to = b->first + b->own < n ? b->first + b->own : n;
}

/* ---- adding up -------------------------------------------------------- */

/* Numbers of all our lanes, behind those of the ranks before. */
struct sum {
	const struct batch *b;
	const float *before;
	size_t from;
};

static void
sum_range(void *arg, size_t from, size_t to)
{
	const struct sum *s = arg;
	const struct batch *b = s->b;
	const float *restrict before = s->before;
	float *restrict x = b->lane[0].x + s->from;

	for (size_t k = from; before && k < to; k++)
		x[k] += before[k];
	for (size_t l = 1; l < b->own; l++) {
		float *restrict y = b->lane[l].x + s->from;

		for (size_t k = from; k < to; k++) {
			x[k] += y[k];
			y[k] = 0;
		}
	}
}

static void
add_lanes(void *arg, const float *before, size_t from, size_t to)
{
	struct sum s = { arg, before, from };

	/* The team is the samples'. */
	if (atomic_load(&s.b->busy))
		sum_range(&s, 0, to - from);
	else
		team_range(to - from, GRAIN, sum_range, &s);
}

static bool
all_whole(void *arg, size_t to)
{
	const struct batch *b = arg;

	for (size_t l = 0; l < b->own; l++)
		if (atomic_load(&b->lane[l].whole) < to)
			return false;
	return true;
}

static void
sum_all(struct batch *b)
{
	ranks_sum(b->ranks, &(struct ranks_sum){ b->lane[0].x, b->len,
	    add_lanes, all_whole, b, b->room });
	b->summed = true;
}

/* ---- running ---------------------------------------------------------- */

/* What a rank tells the others; of its samples the first that failed. */
struct told {
	enum status status;
	char detail[512];
	struct step_values v[];
};

struct run {
	struct batch *b;
	const struct sample *const *s;
	double share;
	struct told *told;		/* ours */
	size_t failed;			/* the sample that it is about */
	pthread_mutex_t lock;
};

/* From param i on all have their gradient. */
static void
note_whole(void *lane, size_t i)
{
	struct lane *l = lane;

	atomic_store(&l->whole, l->b->end[i]);
}

static void
sample_task(void *arg, size_t i, size_t thread)
{
	struct run *r = arg;
	struct step *st = &r->b->worker[thread].st;

	aim(st->ps, &r->b->lane[i]);
	graph_tell(st->g, note_whole, &r->b->lane[i]);
	enum status s = step_sample(st, r->s[i], r->share, &r->told->v[i]);

	graph_tell(st->g, NULL, NULL);
	if (s == OK)
		return;
	pthread_mutex_lock(&r->lock);
	if (i < r->failed) {
		r->failed = i;
		r->told->status = s;
		snprintf(r->told->detail, sizeof r->told->detail,
		    "sample %zu \"%s\": %s", r->s[i]->ordinal, r->s[i]->key,
		    status_detail());
	}
	pthread_mutex_unlock(&r->lock);
}

static void
run_own(struct batch *b, struct told *told, const struct sample *const *s,
    size_t n, double share)
{
	struct run r = { .b = b, .s = s, .share = share, .told = told,
		.failed = n, .lock = PTHREAD_MUTEX_INITIALIZER };

	if (b->workers > 1)
		team_run(n, sample_task, &r);
	else
		for (size_t i = 0; i < n; i++)
			sample_task(&r, i, 0);
	aim(b->st->ps, &b->lane[0]);
}

static void *
sum_thread(void *b)
{
	sum_all(b);
	return NULL;
}

/* Signals are for the thread that runs the program. */
static bool
sum_beside(struct batch *b, pthread_t *thread)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int failed = pthread_create(thread, NULL, sum_thread, b);

	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return failed == 0;
}

/*
 * Our n samples of some, if there were any; the sum beside the last of a step.
 * What fails sums what is there, as others do not know it yet.
 */
static void
round_of(struct batch *b, struct told *told, const struct sample *const *s,
    size_t n, double share)
{
	pthread_t thread;

	if (told->status != OK)
		n = 0;
	for (size_t l = 0; l < b->own; l++)
		atomic_store(&b->lane[l].whole, l < n ? 0 : b->len);
	atomic_store(&b->busy, true);
	bool beside = b->ranks->size > 1 && b->done == b->samples &&
	    sum_beside(b, &thread);

	run_own(b, told, s, n, share);
	for (size_t l = 0; l < n; l++)
		atomic_store(&b->lane[l].whole, b->len);
	atomic_store(&b->busy, false);
	if (beside)
		pthread_join(thread, NULL);
}

static void
add_values(struct step_values *to, const struct step_values *v)
{
	for (int i = 0; i < LOSSES; i++)
		to->loss[i] += v->loss[i];
	to->discriminator += v->discriminator;
	to->total += v->total;
}

/* Values in the order of the samples, for it decides the last bits. */
static enum status
sum_up(const struct batch *b, const char *all, size_t size, size_t n,
    struct step_values *v)
{
	bool end = false;

	for (size_t k = 0; k < b->ranks->size; k++) {
		const struct told *t = (const void *)(all + k * size);
		size_t from = ranks_first(b->ranks, k, b->lanes),
		    to = ranks_first(b->ranks, k + 1, b->lanes);

		if (t->status != OK && t->status != END)
			return fail(t->status, "%s", t->detail);
		end = end || t->status == END;
		for (size_t i = from; i < to && i < n; i++)
			add_values(v, &t->v[i - from]);
	}
	return end ? END : OK;
}

enum status
batch_run(struct batch *b, enum status got, const struct sample *const *s,
    size_t n, double share, struct step_values *v)
{
	const size_t most = (b->lanes + b->ranks->size - 1) / b->ranks->size,
	    size = sizeof(struct told) + most * sizeof(struct step_values);
	char *all = calloc(b->ranks->size, size);
	size_t from, to;

	if (!all)
		return fail(E_NOMEM, "no memory for %zu ranks", b->ranks->size);
	struct told *own = (void *)(all + b->ranks->rank * size);

	batch_share(b, n, &from, &to);
	if (b->done == 0)
		state(b->st->ps, b->state);
	b->done += n;
	own->status = got;
	snprintf(own->detail, sizeof own->detail, "%s", got == OK ? "" :
	    status_detail());
	round_of(b, own, s, to - from, share);
	ranks_share(b->ranks, all, size);
	enum status st = sum_up(b, all, size, n, v);

	free(all);
	return st;
}

/* ---- the end of a step ------------------------------------------------ */

/*
 * Spectral norms move on with the first sample of a step that asks their
 * discriminator, whichever it is: a rank none of whose samples did takes
 * their state from one where they have. did[rank][param], all[rank][number].
 */
static void
take_state(struct params *ps, const struct ranks *r, const char *did,
    const float *all, size_t n)
{
	for (size_t i = 0, at = 0, k; i < params_count(ps); i++) {
		struct param *p = params_at(ps, i);

		if (!p->state)
			continue;
		for (k = 0; k + 1 < r->size && !did[k * params_count(ps) + i]; k++)
			;
		memcpy(p->x, all + k * n + at, p->len * sizeof *all);
		at += p->len;
	}
}

/* Which have moved here; did[param]. */
static void
note_moved(const struct batch *b, char *did, const float *now)
{
	for (size_t i = 0, at = 0; i < params_count(b->st->ps); i++) {
		const struct param *p = params_at(b->st->ps, i);

		if (!p->state)
			continue;
		did[i] = memcmp(now + at, b->state + at, p->len * sizeof *now) != 0;
		at += p->len;
	}
}

static void
agree_on_state(struct batch *b)
{
	struct ranks *r = b->ranks;
	const size_t n = state(b->st->ps, NULL), params = params_count(b->st->ps);
	float *all = n && r->size > 1 ? calloc(r->size * n, sizeof *all) : NULL;
	char *did = all ? calloc(r->size, params) : NULL;
	bool differ = false;

	if (did) {
		state(b->st->ps, all + r->rank * n);
		note_moved(b, did + r->rank * params, all + r->rank * n);
		ranks_share(r, did, params);
		for (size_t k = 1; k < r->size; k++)
			differ = differ || memcmp(did, did + k * params, params) != 0;
		if (differ) {
			ranks_share(r, all, n * sizeof *all);
			take_state(b->st->ps, r, did, all, n);
		}
	}
	free(did);
	free(all);
}

void
batch_gather(struct batch *b)
{
	if (!b->summed)
		sum_all(b);
	agree_on_state(b);
	b->done = 0;
	b->summed = false;
}

void
batch_forget(struct batch *b)
{
	b->done = 0;
	b->summed = false;
	for (size_t l = 0; l < b->own; l++)
		memset(b->lane[l].x, 0, b->len * sizeof(float));
}

void
batch_params_changed(struct batch *b)
{
	for (size_t i = 0; i < b->workers; i++)
		graph_params_changed(b->worker[i].st.g);
	if (b->st->d)
		graph_params_changed(b->st->d);
}
