/*
 * A whole file in memory: for the small foreign formats (OBJ, BVH, npz,
 * JSON, CSV) whose parsers take a buffer, so that a test or a fuzzer can
 * feed them without files.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/arena.h"

/*
 * Reads path ("-" is not special) into the arena, with a 0 byte behind the
 * n bytes. E_IO, E_LIMIT above `most` bytes, E_NOMEM; the detail names the
 * path.
 */
MUST_CHECK enum status file_read(const char **buf, size_t *n,
    struct arena *a, const char *path, size_t most);

#endif
