#include "train/feed.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "train/draw.h"
#include "train/shuffle.h"

#define MOST_BYTES ((size_t)4 << 30)	/* address space of each, not memory */

struct feed {
	struct feed_options o;
	struct shards *shards;
	struct shuffle shuffle;
	struct subject *slot;	/* what shuffle.number says, once filled ... */
	size_t filled;		/* ... and behind these, those a pipe had last */
	uint64_t drawn;		/* where to begin */

	pthread_mutex_t lock;
	pthread_cond_t change;
	struct arena **arena;	/* of each of `ahead` prepared samples ... */
	struct sample *ready;	/* ... of which half may be in use */
	size_t ahead;
	uint64_t made, taken;	/* samples since the start; made - taken ready */
	size_t in_use;		/* of them */
	bool reading, quit;
	bool gone;		/* the thread has done with all of this */
	enum status end;	/* OK while it goes on */
	char detail[512];
};

/* Whether the sample of a draw is one that is given. */
static bool
is_ours(const struct feed *f, uint64_t draw)
{
	if (f->o.step == 0)
		return true;
	size_t lane = (size_t)((draw - f->drawn) % f->o.step) % f->o.lanes;

	return f->o.from <= lane && lane < f->o.to;
}

/* Whether only what is_ours need be in the buffer. */
static bool
is_divided(const struct feed *f)
{
	return f->o.step && (!f->o.prepare.dual || f->o.prepare.bank ||
	    f->o.prepare.views == 1);
}

/* Sample `number` into a slot; the thread may wait long in here. */
static enum status
load(struct feed *f, size_t slot, uint64_t number)
{
	struct sample s;
	enum status st;

	pthread_mutex_lock(&f->lock);
	f->reading = true;
	pthread_mutex_unlock(&f->lock);
	st = shards_read(f->shards, number, &s);
	pthread_mutex_lock(&f->lock);
	f->reading = false;
	pthread_mutex_unlock(&f->lock);
	if (st != OK)
		return st;
	st = subject_take(&f->slot[slot], &s, &f->o.want);
	return st == OK ? OK : fail_in(st, "%s: sample %zu \"%s\"",
	    shards_source(f->shards), s.ordinal, s.key);
}

/*
 * The slot was used: the next sample comes there, or none; and where it would
 * be another rank's, its number alone.
 */
static enum status
replace(struct feed *f, size_t slot, bool load_now)
{
	struct shuffle *sh = &f->shuffle;

	if (load_now && is_divided(f)) {
		uint64_t number = sh->next;

		shuffle_refill(sh, slot);
		if (is_ours(f, shuffle_due(sh, slot)))
			return load(f, slot, number);
		subject_free(&f->slot[slot]);
		return OK;
	}
	enum status st = load_now ? load(f, slot, sh->next) : OK;

	if (st == END) {
		struct subject gone = f->slot[slot];

		shuffle_drain(sh, slot);
		f->slot[slot] = f->slot[sh->n];
		f->slot[sh->n] = gone;
		return OK;
	}
	if (st == OK)
		shuffle_refill(sh, slot);
	return st;
}

struct waiting {
	uint64_t number;
	size_t slot;
};

static int
by_number(const void *a, const void *b)
{
	uint64_t x = ((const struct waiting *)a)->number,
	    y = ((const struct waiting *)b)->number;

	return (x > y) - (x < y);
}

/* All slots, front to back as the files have them. */
static enum status
fill(struct feed *f)
{
	struct shuffle *sh = &f->shuffle;
	struct waiting *w = calloc(sh->n, sizeof *w);
	uint64_t *due = calloc(sh->n, sizeof *due);
	enum status st = w && due ? OK : fail(E_NOMEM, "no memory for the buffer");
	size_t n = sh->n;

	for (size_t i = 0; st == OK && i < n; i++)
		w[i] = (struct waiting){ sh->number[i], i };
	if (st == OK)
		qsort(w, n, sizeof *w, by_number);
	if (st == OK && is_divided(f))
		shuffle_due_all(sh, due);
	for (size_t i = 0; st == OK && i < n; i++) {
		if (is_divided(f) && !is_ours(f, due[w[i].slot]))
			continue;
		st = load(f, w[i].slot, w[i].number);
		if (st == END) {	/* a pipe shorter than the buffer */
			sh->n = i;
			st = i ? OK : fail(E_VALUE, "<stdin>: no samples");
			break;
		}
	}
	free(w);
	free(due);
	f->filled = sh->n;
	return st;
}

/*
 * To where training stands. Files: by numbers alone, then what the buffer
 * holds. A pipe: by reading it again.
 */
static enum status
start(struct feed *f)
{
	bool pipe = shards_total(f->shards) == 0;

	if (pipe)
		TRY(fill(f));
	while (f->shuffle.draws < f->drawn) {
		if (f->shuffle.n == 0)
			return END;
		TRY(replace(f, shuffle_slot(&f->shuffle), pipe));
	}
	return pipe ? OK : fill(f);
}

static enum status
make(struct feed *f, struct sample *s, struct arena *a)
{
	while (f->shuffle.n > 0 && !is_ours(f, f->shuffle.draws))
		TRY(replace(f, shuffle_slot(&f->shuffle), true));
	if (f->shuffle.n == 0)
		return END;
	size_t slot = shuffle_slot(&f->shuffle);
	const struct subject *sub = &f->slot[slot];
	const struct subjects others = { f->slot, f->filled };

	sample_clear(s);
	arena_reset(a);
	TRY(sample_init(s, a, sub->s.key));
	s->ordinal = sub->s.ordinal;
	enum status st = prepare(s, sub, &others, &f->o.prepare,
	    draw_rng(f->o.seed, DRAW_SAMPLE, f->shuffle.draws));

	if (st != OK)
		return fail_in(st, "sample %zu \"%s\"", s->ordinal, s->key);
	return replace(f, slot, true);
}

/* Waits for room; false when it is time to go. */
static bool
room(struct feed *f)
{
	bool go;

	pthread_mutex_lock(&f->lock);
	while (!f->quit && f->made - f->taken == f->ahead)
		pthread_cond_wait(&f->change, &f->lock);
	go = !f->quit;
	pthread_mutex_unlock(&f->lock);
	return go;
}

static void *
run(void *arg)
{
	struct feed *f = arg;
	enum status st = start(f);

	while (st == OK && room(f)) {
		size_t i = f->made % f->ahead;

		st = make(f, &f->ready[i], f->arena[i]);
		pthread_mutex_lock(&f->lock);
		f->made += st == OK;
		pthread_cond_broadcast(&f->change);
		pthread_mutex_unlock(&f->lock);
	}
	pthread_mutex_lock(&f->lock);
	f->end = st;
	if (st != OK)
		strncpy(f->detail, status_detail(), sizeof f->detail - 1);
	f->gone = true;
	pthread_cond_broadcast(&f->change);
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

static enum status
make_ring(struct feed *f)
{
	const size_t n = 2 * f->o.most;

	f->arena = calloc(n, sizeof *f->arena);
	f->ready = calloc(n, sizeof *f->ready);
	if (!f->arena || !f->ready)
		return fail(E_NOMEM, "no memory for %zu samples", n);
	f->ahead = n;
	for (size_t i = 0; i < n; i++)
		TRY(arena_new(&f->arena[i], MOST_BYTES));
	return OK;
}

static enum status
begin(struct feed *f)
{
	if (f->o.step && f->o.n == 0)
		return fail(E_VALUE, "<stdin>: want files: several ranks cannot "
		    "share a pipe");
	TRY(shards_open(&f->shards, f->o.path, f->o.n, f->o.seed, &f->o.limits));
	size_t n = f->o.buffer, total = shards_total(f->shards);

	if (total > 0 && n > total)
		n = total;
	f->o.buffer = n;
	TRY(shuffle_new(&f->shuffle, n, f->o.seed));
	f->slot = calloc(n, sizeof *f->slot);
	if (!f->slot)
		return fail(E_NOMEM, "no memory for a buffer of %zu", n);
	TRY(make_ring(f));
	/* Signals are for the main thread. */
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_t thread;
	int e = pthread_create(&thread, NULL, run, f);

	/* A program that ends on an error joins none. */
	if (e == 0)
		pthread_detach(thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e == 0 ? OK : fail(E_NOMEM, "cannot start a thread");
}

static void
release(struct feed *f)
{
	for (size_t i = 0; i < f->ahead; i++) {
		sample_clear(&f->ready[i]);
		arena_free(f->arena[i]);
	}
	free(f->arena);
	free(f->ready);
	for (size_t i = 0; f->slot && i < f->o.buffer; i++)
		subject_free(&f->slot[i]);
	free(f->slot);
	shuffle_free(&f->shuffle);
	shards_close(f->shards);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->change);
	free(f);
}

enum status
feed_open(struct feed **out, const struct feed_options *o, uint64_t drawn)
{
	struct feed *f = calloc(1, sizeof *f);

	if (!f)
		return fail(E_NOMEM, "no memory");
	f->o = *o;
	f->drawn = drawn;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->change, NULL);
	enum status st = begin(f);

	if (st != OK)
		release(f);
	else
		*out = f;
	return st;
}

/* Those in use may be made anew. */
static void
give_back(struct feed *f)
{
	f->taken += f->in_use;
	f->in_use = 0;
	pthread_cond_broadcast(&f->change);
}

static bool
settled(const struct feed *f, size_t n)
{
	return f->made - f->taken >= n || f->end != OK;
}

bool
feed_wait(struct feed *f, size_t n, int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += ms * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&f->lock);
	give_back(f);
	while (!settled(f, n) && pthread_cond_timedwait(&f->change, &f->lock,
	    &until) == 0)
		;
	bool yes = settled(f, n);

	pthread_mutex_unlock(&f->lock);
	return yes;
}

enum status
feed_next(struct feed *f, size_t n, const struct sample **s)
{
	pthread_mutex_lock(&f->lock);
	give_back(f);
	while (!settled(f, n))
		pthread_cond_wait(&f->change, &f->lock);
	bool enough = f->made - f->taken >= n;

	for (size_t i = 0; enough && i < n; i++)
		s[i] = &f->ready[(f->taken + i) % f->ahead];
	f->in_use = enough ? n : 0;
	pthread_mutex_unlock(&f->lock);
	if (enough)
		return OK;
	return f->end == END ? END : fail(f->end, "%s", f->detail);
}

void
feed_close(struct feed *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->quit = true;
	bool blocked = f->reading && shards_total(f->shards) == 0;

	pthread_cond_broadcast(&f->change);
	while (!blocked && !f->gone)
		pthread_cond_wait(&f->change, &f->lock);
	pthread_mutex_unlock(&f->lock);
	if (!blocked)
		release(f);
}
