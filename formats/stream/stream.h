/*
 * The stream: a pax tar of .npy and small .json members, one zstd frame per
 * sample, a seek table at the end. The contract is man/stream.5.
 *
 * Readers take what stream.5 calls foreign streams as well. A reader never
 * waits for bytes behind the sample that it returns, and a writer flushes
 * at the end of each sample, so two processes can talk in lock step.
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include <stdint.h>

#include "stream/sample.h"

/* Checked before anything is allocated. */
struct stream_limits {
	int rank;		/* of an array, <= TENSOR_MAX_RANK */
	uint64_t member;	/* bytes of one member */
	uint64_t sample;	/* bytes of one sample */
	size_t name;		/* bytes of a member's name */
	double ratio;		/* decompressed : compressed, past the first GiB */
};
#define STREAM_LIMITS { TENSOR_MAX_RANK, (uint64_t)4 << 30, \
	(uint64_t)16 << 30, 255, 4000 }

struct stream_in;
struct stream_out;

/*
 * Opens a stream for reading. fd is kept by the caller and not closed;
 * source is the name for messages ("<stdin>", a path) and is copied.
 * limits may be NULL. Nothing is read before the first stream_next.
 */
MUST_CHECK enum status stream_open_fd(struct stream_in **in, int fd,
    const char *source, const struct stream_limits *limits);
MUST_CHECK enum status stream_open(struct stream_in **in, const char *path,
    const struct stream_limits *limits);

/*
 * The next sample, valid until the next call on this stream. END after the
 * end mark of the last stream. E_TRUNC, E_FORMAT, E_SUM, E_LIMIT, E_IO;
 * after an error only stream_close may be called.
 */
MUST_CHECK enum status stream_next(struct stream_in *in, struct sample *s);

/* Only names and shapes: as stream_next, but data pointers are NULL and the data is not kept. */
MUST_CHECK enum status stream_next_headers(struct stream_in *in,
    struct sample *s);

/*
 * While held, the arrays and keys of all samples since stay valid (their
 * manifests do not), and all of them together must be below the limit of one.
 */
void stream_hold(struct stream_in *in, bool on);

/*
 * For a file with a seek table: number of samples, and going to sample k
 * (the next stream_next returns it). E_FORMAT when there is no table or the
 * input cannot seek.
 */
MUST_CHECK enum status stream_count(struct stream_in *in, size_t *n);
MUST_CHECK enum status stream_seek(struct stream_in *in, size_t k);

/* For messages: where reading stands. */
const char *stream_source(const struct stream_in *in);
size_t stream_ordinal(const struct stream_in *in);	/* samples returned */
const char *stream_key(const struct stream_in *in);	/* of the one being read, or "" */
const char *stream_member(const struct stream_in *in);	/* being read, or "" */
uint64_t stream_offset(const struct stream_in *in);	/* bytes of input taken */

void stream_close(struct stream_in *in);

/*
 * A writer to fd (kept by the caller), or to a file: written beside its
 * final name and renamed by stream_end, so that a name is never half a
 * stream. level: zstd's 1..19, or 0 for a plain tar.
 */
MUST_CHECK enum status stream_create_fd(struct stream_out **out, int fd,
    const char *sink, int level);
MUST_CHECK enum status stream_create(struct stream_out **out,
    const char *path, int level);

const char *stream_sink(const struct stream_out *out);	/* for messages */

/* Writes the sample and flushes. The manifest's field list is made here. */
MUST_CHECK enum status stream_put(struct stream_out *out,
    const struct sample *s);

/*
 * Writes the end mark, checks that everything reached the system, renames.
 * Frees out in every case.
 */
MUST_CHECK enum status stream_end(struct stream_out *out);

/* Frees out without an end mark; a file's temporary name is removed. */
void stream_abort(struct stream_out *out);

#endif
