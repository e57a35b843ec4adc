/*
 * A whole file in memory: for formats whose parsers take a buffer, so that a
 * test or a fuzzer can feed them without files. The small ones (OBJ, BVH,
 * JSON, CSV) are read, files of arrays are mapped.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>

#include "base/arena.h"

/* Whether a name ends in ".obj", say, whatever the case of its letters. */
bool file_ends_in(const char *path, const char *ending);

/*
 * The n names of a folder that end so (NULL: all), sorted, so that all machines
 * agree, without those that begin with a dot; in memory of the arena. E_IO,
 * E_LIMIT for more than `most`, E_NOMEM; the detail names the folder.
 */
MUST_CHECK enum status file_list(const char ***name, size_t *n,
    struct arena *a, const char *folder, const char *ending, size_t most);

/*
 * Reads path ("-" is not special) into the arena, with a 0 byte behind the
 * n bytes. E_IO, E_LIMIT above `most` bytes, E_NOMEM; the detail names the
 * path.
 */
MUST_CHECK enum status file_read(const char **buf, size_t *n,
    struct arena *a, const char *path, size_t most);

/*
 * The n bytes of the file that is open as fd, until file_unmap. E_IO, also
 * for what is no regular file, E_TRUNC for an empty one.
 */
MUST_CHECK enum status file_map(const void **map, size_t *n, int fd);
void file_unmap(const void *map, size_t n);	/* NULL is allowed */

#endif
