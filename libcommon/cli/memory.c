#include "cli/memory.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

static void (*volatile died)(size_t n);

void
memory_guard(void (*dies)(size_t n))
{
	died = dies;
}

/* Sanitizers have functions of their own, and end the program themselves. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

#if !defined(SANITIZED) && defined(__GLIBC__)

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

/*
 * What comes next in the order of the loader: the C library's, or those of
 * a tool that was loaded before it. To look them up may need memory itself.
 */
static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	int (*posix_memalign)(void **, size_t, size_t);
	void *(*aligned_alloc)(size_t, size_t);
} next;
static _Thread_local int looking;

static void
look(void)
{
	looking++;
	*(void **)&next.calloc = dlsym(RTLD_NEXT, "calloc");
	*(void **)&next.realloc = dlsym(RTLD_NEXT, "realloc");
	*(void **)&next.posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
	*(void **)&next.aligned_alloc = dlsym(RTLD_NEXT, "aligned_alloc");
	*(void **)&next.malloc = dlsym(RTLD_NEXT, "malloc");
	looking--;
}

/* p, unless it is what fails. */
static void *
or_die(void *p, size_t n)
{
	void (*dies)(size_t) = died;

	if (!p && n > 0 && dies) {
		died = NULL;
		dies(n);
	}
	return p;
}

void *
malloc(size_t n)
{
	if (!next.malloc) {
		if (looking)
			return __libc_malloc(n);
		look();
	}
	return or_die(next.malloc(n), n);
}

void *
calloc(size_t n, size_t size)
{
	if (!next.malloc) {
		if (looking)
			return __libc_calloc(n, size);
		look();
	}
	size_t all;

	if (__builtin_mul_overflow(n, size, &all))
		all = SIZE_MAX;
	return or_die(next.calloc(n, size), all);
}

void *
realloc(void *p, size_t n)
{
	if (!next.malloc) {
		if (looking)
			return __libc_realloc(p, n);
		look();
	}
	return or_die(next.realloc(p, n), n);
}

int
posix_memalign(void **p, size_t align, size_t n)
{
	if (!next.malloc)
		look();
	int bad = next.posix_memalign(p, align, n);

	or_die(bad == ENOMEM ? NULL : p, n);
	return bad;
}

void *
aligned_alloc(size_t align, size_t n)
{
	if (!next.malloc)
		look();
	return or_die(next.aligned_alloc(align, n), n);
}

#endif
