/*
 * A zip archive in memory, through libarchive: what .npz and .pth files are.
 * Only archives with their central directory, so that one that was cut is
 * noticed.
 */
#ifndef WEIGHTS_ZIP_H
#define WEIGHTS_ZIP_H

#include <stdbool.h>

#include "base/arena.h"

struct zip_member {
	const char *name;
	const void *data;	/* in the given buffer where it is stored as is */
	size_t n;
};

struct zip {
	struct zip_member *member;
	const struct zip_member **by_name;	/* n, sorted */
	size_t n;
};

bool zip_is(const void *buf, size_t n);

/*
 * All members, checksums compared; memory from a. E_FORMAT (no zip, cut,
 * damaged), E_LIMIT for a member that claims more than deflate can hold.
 */
MUST_CHECK enum status zip_read(struct zip *z, struct arena *a,
    const void *buf, size_t n);

/* The member, the first of that name, or NULL. */
const struct zip_member *zip_find(const struct zip *z, const char *name);

#endif
