/*
 * Training samples by number. Files are read over and over: an epoch is all
 * samples of all files, in an order of the files that seed and epoch decide.
 * SHARDS_WAYS of them are read side by side, each as often as its share of
 * their samples: files often hold people of one kind, and networks would
 * drift after each. A sample's number alone says what it is, so training can
 * be taken up anywhere. A pipe has each of its samples once.
 */
#ifndef TRAIN_SHARDS_H
#define TRAIN_SHARDS_H

#include "stream/stream.h"

#define SHARDS_WAYS 16

struct shards;

/*
 * Files path[0..n), or standard input where n is 0. Counts the samples of
 * every file, by its seek table or, where there is none, by reading it once.
 * E_VALUE when there are none. Details start with the path.
 */
MUST_CHECK enum status shards_open(struct shards **sh,
    const char *const *path, size_t n, uint64_t seed,
    const struct stream_limits *limits);
void shards_close(struct shards *sh);

/* For messages: the file that was read last. */
const char *shards_source(const struct shards *sh);

/* Samples of an epoch; 0 for a pipe, whose end nobody knows. */
size_t shards_total(const struct shards *sh);

/*
 * Sample `number`, valid until the next call. Ascending numbers read the
 * files from front to back; a pipe gives nothing else, and skips. END behind
 * the last one of a pipe. Details are `FILE: sample 41 "p317": reason`.
 */
MUST_CHECK enum status shards_read(struct shards *sh, uint64_t number,
    struct sample *s);

#endif
