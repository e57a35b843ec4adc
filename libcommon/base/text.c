#include "base/text.h"

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
