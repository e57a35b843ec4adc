#include "train/shards.h"

#include <stdlib.h>
#include <string.h>

#include "train/draw.h"

struct shards {
	const char *const *path;
	size_t n, total;
	size_t *count;		/* samples of each file */
	size_t *order;		/* of the files, in `epoch` */
	uint64_t seed, epoch;
	struct stream_limits limits;
	struct stream_in *in;	/* of file `open`, about to give sample `at` */
	size_t open, at;
	uint64_t piped;		/* samples a pipe has given */
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
	st = n ? open_files(sh) : stream_open_fd(&sh->in, 0, "<stdin>", limits);
	if (st != OK)
		shards_close(sh);
	else
		*out = sh;
	return st;
}

void
shards_close(struct shards *sh)
{
	if (!sh)
		return;
	stream_close(sh->in);
	free(sh->count);
	free(sh->order);
	free(sh);
}

const char *
shards_source(const struct shards *sh)
{
	return sh->in ? stream_source(sh->in) : "";
}

size_t
shards_total(const struct shards *sh)
{
	return sh->total;
}

/* Sample k of file i into s. */
static enum status
read_file(struct shards *sh, size_t i, size_t k, struct sample *s)
{
	enum status st;

	if (!sh->in || sh->open != i) {
		stream_close(sh->in);
		sh->in = NULL;
		st = stream_open(&sh->in, sh->path[i], &sh->limits);
		if (st != OK)
			return fail_in(st, "%s", sh->path[i]);
		sh->open = i;
		sh->at = 0;
	}
	if (k < sh->at || k > sh->at + 1) {
		st = stream_seek(sh->in, k);
		if (st == OK) {
			sh->at = k;
		} else if (k < sh->at) {
			/* No seek table: from the front again. */
			stream_close(sh->in);
			sh->in = NULL;
			return read_file(sh, i, k, s);
		}
	}
	for (; sh->at < k; sh->at++)
		if ((st = stream_next_headers(sh->in, s)) != OK)
			return located(st, sh->in);
	st = stream_next(sh->in, s);
	if (st == END)
		return fail(E_TRUNC, "%s: %zu samples, there were %zu when "
		    "training began", sh->path[i], k, sh->count[i]);
	if (st != OK)
		return located(st, sh->in);
	sh->at++;
	return OK;
}

static enum status
read_pipe(struct shards *sh, uint64_t number, struct sample *s)
{
	enum status st = END;

	for (; !sh->ended && sh->piped <= number; sh->piped++) {
		st = sh->piped == number ? stream_next(sh->in, s) :
		    stream_next_headers(sh->in, s);
		if (st == END) {
			sh->ended = true;
			return END;
		}
		if (st != OK)
			return located(st, sh->in);
	}
	return st;
}

enum status
shards_read(struct shards *sh, uint64_t number, struct sample *s)
{
	if (sh->n == 0)
		return read_pipe(sh, number, s);
	uint64_t epoch = number / sh->total;
	size_t k = (size_t)(number % sh->total), i = 0;

	if (epoch != sh->epoch)
		shuffle_files(sh, epoch);
	for (; k >= sh->count[sh->order[i]]; i++)
		k -= sh->count[sh->order[i]];
	return read_file(sh, sh->order[i], k, s);
}
