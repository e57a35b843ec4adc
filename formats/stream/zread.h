/*
 * Bytes of a stream as they come: read, and decompressed if they are zstd,
 * or gzip, which is what becomes of tars that others packed again.
 * zread_next hands over what is there and never waits for more than one
 * byte of output needs (libarchive's own zstd filter waits for a full
 * buffer, and two processes in lock step would hang). It also checks what
 * only the zstd frames can tell about the end of a stream.
 */
#ifndef STREAM_ZREAD_H
#define STREAM_ZREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>
#include <zstd.h>

#include "base/status.h"
#include "stream/iobuf.h"


/* For the caller to read: taken, given, frame_from; to write: at_header. */
struct zread {
	int fd;			/* of the caller */
	double ratio;		/* limit of decompressed : compressed */

	/* Bytes read and not yet used: buf[at..have). */
	size_t at, have;
	uint64_t taken;		/* all bytes read so far */
	bool eof;

	uint64_t given;		/* all bytes that zread_next gave */
	bool detected, is_zstd, is_gzip;
	ZSTD_DCtx *zstd;
	z_stream gzip;
	bool in_frame;
	uint64_t frame_from;	/* `given` where the frame began */
	bool frame_zero;	/* only zero bytes in this frame so far */
	bool at_header;		/* the tar reader is between two members */
	uint64_t zeros;		/* that came there since the last other byte */
	bool table_due;		/* a trailer frame came, its table must follow */
	uint64_t frames;	/* since the last seek table */
	size_t stash;		/* decompressed bytes that wait in out */

	unsigned char buf[STREAM_BUF], out[STREAM_BUF];
};

/* Frees what zread keeps beside the struct, which starts as all zero. */
void zread_close(struct zread *z);

/*
 * The next bytes, valid until the next call; *n 0 at the end of the input,
 * which is checked as far as frames go: E_TRUNC in the middle of a frame,
 * or when the seek table that must follow a trailer frame is missing.
 */
MUST_CHECK enum status zread_next(struct zread *z, const void **p, size_t *n);

/*
 * Reads on to the end of the present frame, so that its checksum is checked.
 * What the frame still gives is kept for zread_next, and ends the reading.
 * The bytes that zread_next gave last must have been used.
 */
MUST_CHECK enum status zread_finish_frame(struct zread *z);

/* The file was moved to a frame's start, at byte `taken`, behind `frames`. */
void zread_restart(struct zread *z, uint64_t taken, uint64_t frames);

/* E_TRUNC and its sentence: the input ends at byte ... */
enum status zread_truncated(const struct zread *z);

#endif
