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
#define FIRST ((size_t)64 << 20)	/* address space of the first chunk */

/*
 * Address space is taken in chunks, each as large as all before it together:
 * where it is short (ulimit -v, valgrind) what is not needed is left to others.
 * Chunks stay until the arena is freed, so that samples of one size find
 * them again.
 */
struct chunk {
	char *base;
	size_t from;		/* bytes in the chunks before it */
	size_t size, usable, used;
};

struct arena {
	struct chunk chunk[32];
	int n, at;		/* of them; the one that is allocated from */
	size_t most, room;	/* limit; what is left of it */
	size_t peak;
};

static size_t
round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

enum status
arena_new(struct arena **out, size_t most)
{
	struct arena *a = most > SIZE_MAX - STEP ? NULL : calloc(1, sizeof *a);

	if (!a)
		return fail(E_NOMEM, "no memory for an arena");
	a->most = a->room = round_up(most, STEP);
	*out = a;
	return OK;
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	for (int i = 0; i < a->n; i++) {
		UNPOISON(a->chunk[i].base, a->chunk[i].usable);
		munmap(a->chunk[i].base, a->chunk[i].size);
	}
	free(a);
}

static int
grow(struct chunk *c, size_t need)
{
	size_t to = round_up(need, STEP);

	if (mprotect(c->base + c->usable, to - c->usable,
	    PROT_READ | PROT_WRITE) != 0) {
		fail(E_NOMEM, "no memory for %zu bytes: %s", need,
		    strerror(errno));
		return -1;
	}
	POISON(c->base + c->usable, to - c->usable);
	c->usable = to;
	return 0;
}

/* One more chunk, for at least n bytes; NULL when there is none. */
static struct chunk *
add_chunk(struct arena *a, size_t n)
{
	const struct chunk *last = a->n ? &a->chunk[a->n - 1] : NULL;
	const size_t before = last ? last->from + last->size : 0;
	const size_t least = round_up(n, STEP);
	size_t size = before > FIRST ? before : FIRST;
	char *base = MAP_FAILED;

	size = size < a->most ? size : a->most;
	size = size > least ? size : least;
	/* PROT_NONE costs no commit charge, also under strict overcommit. */
	while (a->n < (int)(sizeof a->chunk / sizeof *a->chunk) &&
	    (base = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_NORESERVE, -1, 0)) == MAP_FAILED && size > least)
		size = size / 2 > least ? round_up(size / 2, STEP) : least;
	if (base == MAP_FAILED) {
		fail(E_NOMEM, "no memory for %zu bytes: %s", n,
		    strerror(errno));
		return NULL;
	}
#ifndef SMALL_BUFFERS	/* fuzzing would clear 2 MiB for each input */
	madvise(base, size, MADV_HUGEPAGE);
#endif
	a->chunk[a->n] = (struct chunk){ base, before, size, 0, 0 };
	return &a->chunk[a->n++];
}

/* The chunk in which n bytes are free, this one or one behind it. */
static struct chunk *
chunk_for(struct arena *a, size_t n)
{
	for (int i = a->at; i < a->n; i++)
		if (n <= a->chunk[i].size - a->chunk[i].used) {
			a->at = i;
			return &a->chunk[i];
		}
	struct chunk *c = add_chunk(a, n);

	if (c)
		a->at = a->n - 1;
	return c;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	if (n > a->room || round_up(n, ALIGN) + REDZONE > a->room) {
		fail(E_LIMIT, "%zu bytes more than the limit of %zu bytes",
		    n - (n < a->room ? n : a->room), a->most);
		return NULL;
	}
	const size_t need = round_up(n, ALIGN) + REDZONE;
	struct chunk *c = chunk_for(a, need);

	if (!c || (c->used + need > c->usable && grow(c, c->used + need) != 0))
		return NULL;
	char *p = c->base + c->used;

	UNPOISON(p, n);
	c->used += need;
	a->room -= need;
	if (a->most - a->room > a->peak)
		a->peak = a->most - a->room;
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
	return a->n ? a->chunk[a->at].from + a->chunk[a->at].used : 0;
}

/* A mark is a number of bytes from the first chunk on. */
void
arena_pop(struct arena *a, size_t mark)
{
	for (int i = a->n ? a->at : -1; i >= 0; i--) {
		struct chunk *c = &a->chunk[i];
		const size_t to = mark > c->from ? mark - c->from : 0;

		a->at = i;
		if (to < c->used) {
			POISON(c->base + to, c->used - to);
			a->room += c->used - to;
			c->used = to;
		}
		if (mark >= c->from)
			break;
	}
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
