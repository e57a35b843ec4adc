#include "train/shards.h"

#include <stdlib.h>
#include <string.h>

#include "train/draw.h"

/* One of the files that are read side by side. */
struct way {
	struct stream_in *in;	/* about to give sample `at`; or NULL */
	size_t at;
};

struct shards {
	const char *const *path;
	size_t n, total;
	size_t *count;		/* samples of each file */
	size_t *order;		/* of the files, in `epoch` */
	uint64_t seed, epoch;
	struct stream_limits limits;
	/* The present ways: files order[first..first + n_way) of `epoch`. */
	struct way way[SHARDS_WAYS];
	size_t first, n_way, sum;	/* sum: samples of them */
	uint8_t *turn;		/* whose turn it is at each of these */
	size_t *taken;		/* how often that way had its turn before */
	const char *source;	/* that was read last */
	struct stream_in *pipe;
	uint64_t piped;		/* samples it has given */
	bool ended;		/* and it will give no more */
};

static enum status
located(enum status st, const struct stream_in *in)
{
	const char *key = stream_key(in);

	return fail_in(st, *key ? "%s: sample %zu \"%s\"" : "%s: sample %zu",
	    stream_source(in), stream_ordinal(in), key);
}

static enum status
count_samples(size_t *n, const char *path, const struct stream_limits *limits)
{
	struct stream_in *in;
	struct sample s;
	enum status st = stream_open(&in, path, limits);

	if (st != OK)
		return fail_in(st, "%s", path);
	st = stream_count(in, n);
	if (st != OK) {
		for (*n = 0; (st = stream_next_headers(in, &s)) == OK; ++*n)
			;
		st = st == END ? OK : located(st, in);
	}
	stream_close(in);
	return st;
}

static void
shuffle_files(struct shards *sh, uint64_t epoch)
{
	struct rng r = draw_rng(sh->seed, DRAW_EPOCH, epoch);

	for (size_t i = 0; i < sh->n; i++)
		sh->order[i] = i;
	for (size_t i = sh->n; i > 1; i--) {
		size_t j = rng_below(&r, i), t = sh->order[i - 1];

		sh->order[i - 1] = sh->order[j];
		sh->order[j] = t;
	}
	sh->epoch = epoch;
}

static enum status
open_files(struct shards *sh)
{
	sh->count = calloc(sh->n, sizeof *sh->count);
	sh->order = calloc(sh->n, sizeof *sh->order);
	if (!sh->count || !sh->order)
		return fail(E_NOMEM, "no memory for %zu files", sh->n);
	for (size_t i = 0; i < sh->n; i++) {
		TRY(count_samples(&sh->count[i], sh->path[i], &sh->limits));
		sh->total += sh->count[i];
	}
	if (sh->total == 0)
		return fail(E_VALUE, "%s: no samples", sh->path[0]);
	shuffle_files(sh, 0);
	return OK;
}

enum status
shards_open(struct shards **out, const char *const *path, size_t n,
    uint64_t seed, const struct stream_limits *limits)
{
	struct shards *sh = calloc(1, sizeof *sh);
	enum status st;

	if (!sh)
		return fail(E_NOMEM, "no memory");
	sh->path = path;
	sh->n = n;
	sh->seed = seed;
	sh->limits = *limits;
	sh->source = "";
	st = n ? open_files(sh) : stream_open_fd(&sh->pipe, 0, "<stdin>",
	    limits);
	if (st != OK)
		shards_close(sh);
	else
		*out = sh;
	return st;
}

static void
close_ways(struct shards *sh)
{
	for (size_t i = 0; i < SHARDS_WAYS; i++) {
		stream_close(sh->way[i].in);
		sh->way[i] = (struct way){ 0 };
	}
	sh->n_way = 0;
}

void
shards_close(struct shards *sh)
{
	if (!sh)
		return;
	close_ways(sh);
	stream_close(sh->pipe);
	free(sh->turn);
	free(sh->taken);
	free(sh->count);
	free(sh->order);
	free(sh);
}

const char *
shards_source(const struct shards *sh)
{
	return sh->pipe ? stream_source(sh->pipe) : sh->source;
}

size_t
shards_total(const struct shards *sh)
{
	return sh->total;
}

/* ---- files side by side ----------------------------------------------- */

/*
 * Whose turn it is: that way which is furthest behind its share, so that
 * way w has its k-th turn at about (k + 1/2) / count of the whole.
 */
static void
deal(struct shards *sh)
{
	size_t had[SHARDS_WAYS] = { 0 };

	for (size_t p = 0; p < sh->sum; p++) {
		double least = 2;
		size_t best = 0;

		for (size_t w = 0; w < sh->n_way; w++) {
			size_t c = sh->count[sh->order[sh->first + w]];
			double due = had[w] < c ? ((double)had[w] + 0.5) /
			    (double)c : 2;

			if (due < least) {
				least = due;
				best = w;
			}
		}
		sh->turn[p] = (uint8_t)best;
		sh->taken[p] = had[best]++;
	}
}

/* The ways from file `first` of the epoch's order on. */
static enum status
take_ways(struct shards *sh, size_t first, size_t n, size_t sum)
{
	uint8_t *turn = realloc(sh->turn, sum * sizeof *turn);

	if (turn)
		sh->turn = turn;
	size_t *taken = realloc(sh->taken, sum * sizeof *taken);

	if (taken)
		sh->taken = taken;
	if (!turn || !taken)
		return fail(E_NOMEM, "no memory for %zu samples", sum);
	close_ways(sh);
	sh->first = first;
	sh->n_way = n;
	sh->sum = sum;
	deal(sh);
	return OK;
}

/* Sample k of a file into s. */
static enum status
read_way(struct shards *sh, struct way *w, size_t file, size_t k,
    struct sample *s)
{
	enum status st;

	sh->source = sh->path[file];
	if (!w->in) {
		st = stream_open(&w->in, sh->path[file], &sh->limits);
		if (st != OK)
			return fail_in(st, "%s", sh->path[file]);
		w->at = 0;
	}
	/* Ways only go forward; without a seek table they are read on. */
	if (k > w->at + 1 && stream_seek(w->in, k) == OK)
		w->at = k;
	for (; w->at < k; w->at++)
		if ((st = stream_next_headers(w->in, s)) != OK)
			return located(st, w->in);
	st = stream_next(w->in, s);
	if (st == END)
		return fail(E_TRUNC, "%s: %zu samples, there were %zu when "
		    "training began", sh->path[file], k, sh->count[file]);
	if (st != OK)
		return located(st, w->in);
	w->at++;
	return OK;
}

/* Sample k of the epoch: which ways it is among, then whose turn. */
static enum status
read_files(struct shards *sh, size_t k, struct sample *s)
{
	size_t first = 0, n, sum;

	for (;; first += n) {
		n = sh->n - first < SHARDS_WAYS ? sh->n - first : SHARDS_WAYS;
		sum = 0;
		for (size_t i = 0; i < n; i++)
			sum += sh->count[sh->order[first + i]];
		if (k < sum)
			break;
		k -= sum;
	}
	if (sh->n_way == 0 || sh->first != first)
		TRY(take_ways(sh, first, n, sum));

	struct way *w = &sh->way[sh->turn[k]];

	if (w->in && w->at > sh->taken[k]) {	/* back: nobody does it often */
		stream_close(w->in);
		w->in = NULL;
	}
	return read_way(sh, w, sh->order[first + sh->turn[k]], sh->taken[k],
	    s);
}

static enum status
read_pipe(struct shards *sh, uint64_t number, struct sample *s)
{
	enum status st = END;

	for (; !sh->ended && sh->piped <= number; sh->piped++) {
		st = sh->piped == number ? stream_next(sh->pipe, s) :
		    stream_next_headers(sh->pipe, s);
		if (st == END) {
			sh->ended = true;
			return END;
		}
		if (st != OK)
			return located(st, sh->pipe);
	}
	return st;
}

enum status
shards_read(struct shards *sh, uint64_t number, struct sample *s)
{
	if (sh->n == 0)
		return read_pipe(sh, number, s);
	uint64_t epoch = number / sh->total;

	if (epoch != sh->epoch) {
		close_ways(sh);
		shuffle_files(sh, epoch);
	}
	return read_files(sh, (size_t)(number % sh->total), s);
}
