/* Any bytes as a list of pairs: refused, or names that lie in its lines. */
#include "dataset/pairlist.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct pairlist l;
	char *text = malloc(n + 1);	/* so that its end is seen */
	enum status st;

	if (!text)
		abort();
	memcpy(text, data, n);
	l = (struct pairlist){ .text = text, .n = n };
	while ((st = pairlist_next(&l)) == OK) {
		if (l.names < 2 || l.names > 1 + PAIRLIST_TARGETS)
			abort();
		for (size_t i = 0; i < l.names; i++)
			if (memchr(l.name[i], ',', l.len[i]) ||
			    memchr(l.name[i], '\n', l.len[i]))
				abort();
	}
	if (st != END && st != E_FORMAT)
		abort();
	free(text);
	return 0;
}
