/*
 * A file that appears under its name only when it is whole: written beside
 * it and renamed.
 */
#ifndef WEIGHTS_WHOLEFILE_H
#define WEIGHTS_WHOLEFILE_H

#include <stdio.h>

#include "base/status.h"

struct outfile {
	FILE *f;
	const char *path;	/* of the caller, kept until outfile_end */
	char tmp[4096];
};

MUST_CHECK enum status outfile_create(struct outfile *o, const char *path);
MUST_CHECK enum status outfile_write(struct outfile *o, const void *p,
    size_t n);

/*
 * With st OK: flushes, closes, renames. Otherwise, and when that fails,
 * removes what was written. Returns st or the new error.
 */
MUST_CHECK enum status outfile_end(struct outfile *o, enum status st);

#endif
