/*
 * Memory with one owner and one end: allocate as often as you like, free all
 * at once. One arena holds one sample, one step of training, or one set of
 * weights. Address space is reserved in large pieces and made usable as it is
 * needed, in huge pages where the system has them: fresh 4 KiB pages cost more than
 * most of our arithmetic. Pages stay mapped over arena_reset, so a stream
 * of equal samples faults only once.
 *
 * Not thread-safe: one thread allocates from an arena at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/status.h"

struct arena;

/*
 * Pieces that are taken one after the other follow each other with at most
 * this many bytes between, or the later one is anywhere else.
 */
#define ARENA_GAP 128

/*
 * For at most `most` bytes; nothing is reserved or committed before it is asked
 * for. Freed by arena_free.
 */
MUST_CHECK enum status arena_new(struct arena **a, size_t most);
void arena_free(struct arena *a);

/*
 * n bytes, aligned to 64, uninitialised; NULL (and a detail set) when the
 * arena's limit or the machine's memory is reached. n == 0 gives a pointer
 * that may not be read. Lives until arena_reset, arena_free or an
 * arena_pop below it.
 */
void *arena_alloc(struct arena *a, size_t n);

/* As arena_alloc for n items of `size` bytes, all zero; checks the product. */
void *arena_calloc(struct arena *a, size_t n, size_t size);

/* A copy of the string; NULL when there is no memory. */
char *arena_strdup(struct arena *a, const char *s);

/* printf into the arena; NULL when there is no memory. */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Frees everything at once; the pages stay with the arena. */
void arena_reset(struct arena *a);

/* Scratch: mark = arena_mark(a); ...; arena_pop(a, mark) frees what came since. */
size_t arena_mark(const struct arena *a);
void arena_pop(struct arena *a, size_t mark);

/* Most bytes ever in use: what the MEMORY sections of man pages speak of. */
size_t arena_peak(const struct arena *a);

/* *out = a * b; E_LIMIT when the product does not fit. */
MUST_CHECK enum status size_mul(size_t *out, size_t a, size_t b);

#endif
