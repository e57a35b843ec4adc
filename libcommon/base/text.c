#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* *code: what the control character is. */
static size_t
control(unsigned *code, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	*code = p[0];
	if ((p[0] > 0 && p[0] < ' ') || p[0] == 127)
		return 1;
	if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
		*code = p[1];
		return 2;
	}
	if (p[0] != 0xe2 || (p[1] != 0x80 && p[1] != 0x81) ||
	    (p[2] & 0xc0) != 0x80)
		return 0;
	*code = 0x2000u | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	return (*code >= 0x2028 && *code <= 0x202e) ||
	    (*code >= 0x2066 && *code <= 0x2069) ? 3 : 0;
}

size_t
text_control(const char *s)
{
	unsigned code;

	return control(&code, s);
}

const char *
text_plain(struct arena *a, const char *s)
{
	size_t n = 0, k;
	unsigned code;

	for (const char *p = s; *p; p += k ? k : 1)
		n += (k = control(&code, p)) > 0;
	if (n == 0)
		return s;
	char *text = arena_alloc(a, strlen(s) + 6 * n + 1), *to = text;

	if (!text)
		return NULL;
	for (; *s; s += k ? k : 1) {
		k = control(&code, s);
		if (k == 0)
			*to++ = *s;
		else if (code == '\n' || code == '\t')
			to += sprintf(to, "\\%c", code == '\n' ? 'n' : 't');
		else
			to += sprintf(to, "\\u%04x", code);
	}
	*to = '\0';
	return text;
}

/* Bytes of the character at p, 0 where that is no UTF-8: RFC 3629. */
static size_t
utf8(const unsigned char *p)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 :
	    p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* Longer than needed, halves of UTF-16, beyond U+10FFFF. */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

const char *
text_utf8(struct arena *a, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n;

	while (*p && (n = utf8(p)) > 0)
		p += n;
	if (!*p)
		return s;
	char *text = arena_alloc(a, 4 * strlen(s) + 1), *to = text;

	for (p = (const unsigned char *)s; text && *p; p++)
		to += sprintf(to, *p < 0x80 ? "%c" : "\\x%02x", *p);
	return text;
}

void
text_shorten(char *s, size_t most)
{
	static const char gap[] = " ... ";
	const size_t n = strlen(s), keep = most - (sizeof gap - 1);
	size_t head = keep / 2, tail = n - (keep - keep / 2);

	if (n <= most)
		return;
	/* No half of a character. */
	while (head > 0 && (s[head] & 0xc0) == 0x80)
		head--;
	while (tail < n && (s[tail] & 0xc0) == 0x80)
		tail++;
	memcpy(s + head, gap, sizeof gap - 1);
	memmove(s + head + sizeof gap - 1, s + tail, n - tail + 1);
}

bool
text_number(size_t *n, const char **s)
{
	const char *p = *s;
	size_t x = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(x, 10, &x) ||
		    __builtin_add_overflow(x, (size_t)(*p - '0'), &x))
			return false;
	if (p == *s)
		return false;
	*n = x;
	*s = p;
	return true;
}

bool
text_colour(unsigned char rgb[3], const char **s)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *p = *s, *d;

	for (int i = 0; i < 6; i++, p++) {
		if (!*p || !(d = strchr(digits, *p)))
			return false;
		rgb[i / 2] = (unsigned char)(rgb[i / 2] * (i % 2 ? 16 : 0) +
		    (d - digits) % 16);
	}
	*s = p;
	return true;
}
