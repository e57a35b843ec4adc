/* Names of picture files made from a pattern. */
#ifndef IMAGE_IMGNAME_H
#define IMAGE_IMGNAME_H

#include "base/arena.h"

/*
 * The pattern with %k replaced by key, %f by field and %% by %, in the
 * arena. E_FORMAT for any other % in it.
 */
MUST_CHECK enum status imgname_expand(char **path, struct arena *a,
    const char *pattern, const char *key, const char *field);

/* Makes the folders above path as far as they are missing. E_IO. */
MUST_CHECK enum status imgname_make_folders(char *path);

#endif
