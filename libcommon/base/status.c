#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LONGEST 8192	/* before the middle of a long name is left out */

static _Thread_local char detail[512];

enum status
fail(enum status s, const char *fmt, ...)
{
	char text[LONGEST];	/* an argument may be status_detail() */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	text_shorten(text, sizeof detail - 1);
	memcpy(detail, text, strlen(text) + 1);
	return s;
}

enum status
fail_errno(const char *fmt, ...)
{
	int e = errno;
	char text[LONGEST - sizeof detail];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return fail(E_IO, "%s: %s", text, strerror(e));
}

enum status
fail_in(enum status s, const char *fmt, ...)
{
	char text[LONGEST - sizeof detail];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return fail(s, "%s: %s", text, detail);
}

const char *
status_detail(void)
{
	return detail;
}
