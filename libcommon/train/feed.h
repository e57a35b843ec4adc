/*
 * The data side of training, on a thread of its own: reads shards, keeps the
 * shuffle buffer, and has a few prepared samples ready while the networks
 * are at work. What it gives depends on data, seed and options alone.
 */
#ifndef TRAIN_FEED_H
#define TRAIN_FEED_H

#include "train/prepare.h"
#include "train/shards.h"

struct feed_options {
	const char *const *path;	/* n files; 0: standard input */
	size_t n;
	uint64_t seed;
	size_t buffer;			/* samples that are shuffled */
	size_t most;			/* that are taken at once */
	/*
	 * Of ranks: of every `step` samples sample i is given where lane i mod
	 * `lanes` is one of from..to-1. step 0: all are given.
	 */
	size_t step, lanes, from, to;
	struct stream_limits limits;
	struct subject_want want;
	struct prepare prepare;		/* its bank and layout: kept open */
};

struct feed;

/*
 * Files are read for the samples alone that are given, unless these take
 * poses from others (prepare.h). E_VALUE for a part of standard input.
 *
 * Starts behind the first `drawn` samples. Files are counted here; the rest
 * of what can go wrong is told by feed_next. o is copied.
 */
MUST_CHECK enum status feed_open(struct feed **f,
    const struct feed_options *o, uint64_t drawn);

/* Whether feed_next(n) would return at once, after waiting at most ms. */
bool feed_wait(struct feed *f, size_t n, int ms);

/*
 * The next n samples given, n <= most, valid until the call after. END when a pipe
 * has ended and the buffer holds fewer. After an error only feed_close.
 */
MUST_CHECK enum status feed_next(struct feed *f, size_t n,
    const struct sample **s);

/* A thread that waits for a pipe is left behind. */
void feed_close(struct feed *f);

#endif
