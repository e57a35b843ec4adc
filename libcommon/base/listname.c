#include "base/listname.h"

#include <ctype.h>
#include <string.h>

size_t
listname_stem(const char *name, size_t n)
{
	const char *dot = memrchr(name, '.', n);

	return dot && n - (size_t)(dot - name) <= 5 ? (size_t)(dot - name) : n;
}

size_t
listname_plain(char out[LISTNAME_MAX + 1], const char *name, size_t n)
{
	static const char *const prefix[] = { "fashion", "fasion" };
	char *p = out + LISTNAME_MAX;
	size_t m = 0;

	n = listname_stem(name, n);
	while (n-- && m < LISTNAME_MAX)
		if (isalnum((unsigned char)name[n])) {
			*--p = (char)tolower((unsigned char)name[n]);
			m++;
		}
	for (size_t i = 0; i < 2; i++) {
		size_t k = strlen(prefix[i]);

		if (m >= k && !memcmp(p, prefix[i], k)) {
			p += k;
			m -= k;
		}
	}
	memmove(out, p, m);
	out[m] = 0;
	return m;
}
