#include "dataset/tsv.h"

#include <string.h>

char *
tsv_word(char **at, char *end)
{
	char *word = *at, *tab = word < end ? memchr(word, '\t',
	    (size_t)(end - word)) : NULL;

	*(tab ? tab : end) = 0;
	*at = tab ? tab + 1 : end + 1;
	return word;
}

char *
tsv_line(char *text, size_t *at, size_t n, char **end)
{
	char *line = text + *at, *nl = memchr(line, '\n', n - *at);

	*end = nl ? nl : text + n;
	*at = (size_t)(*end - text) + 1;
	if (*end > line && (*end)[-1] == '\r')
		--*end;
	**end = 0;
	return line;
}
