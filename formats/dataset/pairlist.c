#include "dataset/pairlist.h"

#include <stdbool.h>
#include <string.h>

/* The next line's text[0..n); false behind the last. */
static bool
next_line(struct pairlist *l, const char **text, size_t *n)
{
	if (l->at >= l->n)
		return false;
	*text = l->text + l->at;
	const char *nl = memchr(*text, '\n', l->n - l->at);

	*n = nl ? (size_t)(nl - *text) : l->n - l->at;
	l->at += *n + 1;
	l->line++;
	while (*n > 0 && ((*text)[*n - 1] == '\r' || (*text)[*n - 1] == ' '))
		--*n;
	return true;
}

enum status
pairlist_next(struct pairlist *l)
{
	const char *text, *end;
	size_t n;

	do {
		if (!next_line(l, &text, &n))
			return END;
	} while (n == 0 || (l->line == 1 && n == 7 &&
	    !memcmp(text, "from,to", 7)));
	end = text + n;
	for (l->names = 0; text <= end; l->names++) {
		const char *comma = memchr(text, ',', (size_t)(end - text));
		const char *stop = comma ? comma : end;

		if (l->names > PAIRLIST_TARGETS)
			return fail(E_FORMAT, "line %zu: more than %d targets",
			    l->line, PAIRLIST_TARGETS);
		l->name[l->names] = text;
		l->len[l->names] = (size_t)(stop - text);
		text = stop + 1;
	}
	return l->names > 1 ? OK : fail(E_FORMAT, "line %zu: want FROM,TO",
	    l->line);
}
