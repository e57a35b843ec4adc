#include "train/batch.h"

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
	struct worker *worker;
	size_t workers;
	/*
	 * Gradients by param.index, NULL for what is not trained; the first
	 * are those of st's parameters.
	 */
	float **lane[BATCH_LANES];
	size_t lanes, used;		/* used: since batch_gather */
	struct arena *arena;		/* of the others */
};

/* ---- opening ---------------------------------------------------------- */

static enum status
open_lanes(struct batch *b)
{
	const struct params *ps = b->st->ps;
	const size_t n = params_count(ps);

	TRY(arena_new(&b->arena, MOST_BYTES));
	for (size_t l = 0; l < b->lanes; l++) {
		float **dx = arena_calloc(b->arena, n, sizeof *dx);

		if (!dx)
			return E_NOMEM;
		for (size_t i = 0; i < n; i++) {
			const struct param *p = params_at(ps, i);

			dx[i] = l == 0 || !p->dx ? p->dx :
			    arena_calloc(b->arena, p->len, sizeof **dx);
			if (p->dx && !dx[i])
				return E_NOMEM;
		}
		b->lane[l] = dx;
	}
	return OK;
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
batch_new(struct batch **out, struct step *st, size_t samples)
{
	struct batch *b = calloc(1, sizeof *b);

	if (!b)
		return fail(E_NOMEM, "no memory");
	*out = b;
	b->st = st;
	b->lanes = samples < BATCH_LANES ? samples : BATCH_LANES;
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

/* ---- running ---------------------------------------------------------- */

struct run {
	struct batch *b;
	const struct sample *const *s;
	double share;
	struct {
		struct step_values v;
		enum status status;
		char detail[512];
	} of[BATCH_LANES];
};

static void
aim(struct params *ps, float *const *lane)
{
	for (size_t i = 0; i < params_count(ps); i++)
		params_at(ps, i)->dx = lane[i];
}

static void
sample_task(void *arg, size_t i, size_t thread)
{
	struct run *r = arg;
	struct step *st = &r->b->worker[thread].st;

	aim(st->ps, r->b->lane[i]);
	r->of[i].status = step_sample(st, r->s[i], r->share, &r->of[i].v);
	if (r->of[i].status != OK)
		snprintf(r->of[i].detail, sizeof r->of[i].detail, "%s",
		    status_detail());
}

static void
add_values(struct step_values *to, const struct step_values *v)
{
	for (int i = 0; i < LOSSES; i++)
		to->loss[i] += v->loss[i];
	to->discriminator += v->discriminator;
	to->total += v->total;
}

enum status
batch_run(struct batch *b, const struct sample *const *s, size_t n,
    double share, struct step_values *v)
{
	struct run r = { .b = b, .s = s, .share = share };

	if (n > b->used)
		b->used = n;
	if (b->workers > 1)
		team_run(n, sample_task, &r);
	else
		for (size_t i = 0; i < n; i++)
			sample_task(&r, i, 0);
	aim(b->st->ps, b->lane[0]);
	for (size_t i = 0; i < n; i++) {
		if (r.of[i].status != OK)
			return fail(r.of[i].status, "sample %zu \"%s\": %s",
			    s[i]->ordinal, s[i]->key, r.of[i].detail);
		add_values(v, &r.of[i].v);
	}
	return OK;
}

/* One parameter of all lanes. */
struct sum {
	float *dx[BATCH_LANES];
	size_t n;
};

static void
sum_range(void *arg, size_t from, size_t to)
{
	const struct sum *s = arg;
	float *restrict x = s->dx[0];

	for (size_t l = 1; l < s->n; l++) {
		float *restrict y = s->dx[l];

		for (size_t k = from; k < to; k++) {
			x[k] += y[k];
			y[k] = 0;
		}
	}
}

void
batch_gather(struct batch *b)
{
	for (size_t i = 0; i < params_count(b->st->ps); i++) {
		const struct param *p = params_at(b->st->ps, i);
		struct sum s = { .n = b->used };

		for (size_t l = 0; l < s.n; l++)
			s.dx[l] = b->lane[l][i];
		if (p->dx && s.n > 1)
			team_range(p->len, GRAIN, sum_range, &s);
	}
	b->used = 0;
}

void
batch_forget(struct batch *b)
{
	batch_gather(b);
	for (size_t i = 0; i < params_count(b->st->ps); i++) {
		const struct param *p = params_at(b->st->ps, i);

		if (p->dx)
			memset(p->dx, 0, p->len * sizeof *p->dx);
	}
}

void
batch_params_changed(struct batch *b)
{
	for (size_t i = 0; i < b->workers; i++)
		graph_params_changed(b->worker[i].st.g);
	if (b->st->d)
		graph_params_changed(b->st->d);
}
