#include "base/arena.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define POISON(p, n) __asan_poison_memory_region(p, n)
#define UNPOISON(p, n) __asan_unpoison_memory_region(p, n)
#define REDZONE 64	/* an overrun of an allocation lands here and is seen */
#else
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
#define REDZONE 0
#endif

#define ALIGN ((size_t)64)
#define STEP ((size_t)4 << 20)	/* a multiple of the 2 MiB huge page */
#define LEAST ((size_t)64 << 20)	/* less address space is not worth it */

struct arena {
	char *base;
	size_t used, usable, most, peak;
};

static size_t
round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

enum status
arena_new(struct arena **out, size_t most)
{
	struct arena *a = malloc(sizeof *a);

	if (!a || most > SIZE_MAX - STEP) {
		free(a);
		return fail(E_NOMEM, "no memory for an arena");
	}
	*a = (struct arena){ .most = round_up(most, STEP) };
	/*
	 * PROT_NONE costs no commit charge, also under strict overcommit.
	 * Where address space is short (ulimit -v, valgrind) half will do.
	 */
	while ((a->base = mmap(NULL, a->most, PROT_NONE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) == MAP_FAILED &&
	    a->most > LEAST)
		a->most = round_up(a->most / 2, STEP);
	if (a->base == MAP_FAILED) {
		free(a);
		return fail(E_NOMEM, "cannot reserve %zu bytes: %s", most,
		    strerror(errno));
	}
	if (a->most >= LEAST)	/* a small one is not worth clearing 2 MiB */
		madvise(a->base, a->most, MADV_HUGEPAGE);
	*out = a;
	return OK;
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	UNPOISON(a->base, a->usable);
	munmap(a->base, a->most);
	free(a);
}

static int
grow(struct arena *a, size_t need)
{
	size_t to = round_up(need, STEP);

	if (mprotect(a->base + a->usable, to - a->usable,
	    PROT_READ | PROT_WRITE) != 0) {
		fail(E_NOMEM, "no memory for %zu bytes: %s", need,
		    strerror(errno));
		return -1;
	}
	POISON(a->base + a->usable, to - a->usable);
	a->usable = to;
	return 0;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	size_t room = a->most - a->used;

	if (n > room || round_up(n, ALIGN) + REDZONE > room) {
		fail(E_LIMIT, "%zu bytes more than the limit of %zu bytes",
		    n - (n < room ? n : room), a->most);
		return NULL;
	}
	size_t end = a->used + round_up(n, ALIGN) + REDZONE;

	if (end > a->usable && grow(a, end) != 0)
		return NULL;
	char *p = a->base + a->used;

	UNPOISON(p, n);
	a->used = end;
	if (end > a->peak)
		a->peak = end;
	return p;
}

void *
arena_calloc(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (size_mul(&bytes, n, size) != OK)
		return NULL;
	void *p = arena_alloc(a, bytes);

	if (p)
		memset(p, 0, bytes);
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = arena_alloc(a, n);

	return p ? memcpy(p, s, n) : NULL;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);

	if (p)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p;
}

void
arena_reset(struct arena *a)
{
	arena_pop(a, 0);
}

size_t
arena_mark(const struct arena *a)
{
	return a->used;
}

void
arena_pop(struct arena *a, size_t mark)
{
	POISON(a->base + mark, a->used - mark);
	a->used = mark;
}

size_t
arena_peak(const struct arena *a)
{
	return a->peak;
}

enum status
size_mul(size_t *out, size_t a, size_t b)
{
	if (__builtin_mul_overflow(a, b, out))
		return fail(E_LIMIT, "size %zu x %zu is too large", a, b);
	return OK;
}
