/*
 * Files that appear whole or not at all: written under a temporary name in
 * the same folder, renamed when complete. A path that exists and is not a
 * regular file (a pipe, /dev/null) is written in place.
 */
#ifndef BASE_OUTFILE_H
#define BASE_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct outfile;

/* path is copied. E_IO. */
MUST_CHECK enum status outfile_open(struct outfile **f, const char *path);

/* To write to; closed by commit and abort, not by the caller. */
int outfile_fd(const struct outfile *f);

/* All n bytes. E_IO. */
MUST_CHECK enum status outfile_put(const struct outfile *f, const void *data,
    size_t n);

/* Closes, renames; frees f in every case. After an error there is no file. */
MUST_CHECK enum status outfile_commit(struct outfile *f);

/*
 * For whole files: commits where writing them came to `s` OK, else aborts and
 * returns s with its detail.
 */
MUST_CHECK enum status outfile_end(struct outfile *f, enum status s);

/* Closes and removes the temporary file; frees f. NULL is allowed. */
void outfile_abort(struct outfile *f);

/*
 * Whether a name is that of a temporary file whose process lives, on this
 * machine or maybe on another: it is to be left alone.
 */
bool outfile_in_work(const char *name);

/*
 * Removes the temporary files of this process, for a program that is about
 * to die. Async-signal-safe.
 */
void outfile_remove_all(void);

#endif
