/*
 * The numeric matrices of a MATLAB file of level 5 (what MATLAB saves with -v6
 * and -v7, and scipy), little-endian; others are passed over. Sizes are proved
 * against the bytes that are there before anything is made of them.
 */
#ifndef MESH_MATFILE_H
#define MESH_MATFILE_H

#include "base/arena.h"

struct matfile {
	const unsigned char *buf;
	size_t n;
};

/* E_FORMAT for another kind of file; buf stays the caller's. */
MUST_CHECK enum status matfile_open(struct matfile *m, const void *buf,
    size_t n);

/*
 * The real matrix of that name, column by column as doubles in the arena.
 * E_FORMAT where there is none, or the file is damaged; E_TRUNC, E_NOMEM.
 */
MUST_CHECK enum status matfile_get(const double **value, size_t *rows,
    size_t *cols, struct arena *a, const struct matfile *m, const char *name);

#endif
