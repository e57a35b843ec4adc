/* TAP for compiled tests: ok(cond, "what ... %d", x) and return done(); */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int tap_n, tap_bad;

__attribute__((format(printf, 2, 3), unused))
static bool
ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	tap_bad += !good;
	return good;
}

/* A case that cannot run here, and why: it is always printed. */
__attribute__((unused))
static void
skip(const char *why)
{
	printf("ok %d # skip %s\n", ++tap_n, why);
}

/*
 * Step of a loop over all bytes of something: 1, or `slow` under valgrind,
 * which is fifty times slower (make check VALGRIND=1).
 */
__attribute__((unused))
static size_t
tap_stride(size_t slow)
{
	const char *v = getenv("VALGRIND");

	return v && *v ? slow : 1;
}

/* The plan line and the exit status of the test program. */
__attribute__((unused))
static int
done(void)
{
	printf("1..%d\n", tap_n);
	return tap_bad != 0;
}

#endif
