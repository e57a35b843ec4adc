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
	if (*at == 0 && n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		*at = 3;	/* a byte order mark */
	char *line = text + *at, *nl = memchr(line, '\n', n - *at);

	*end = nl ? nl : text + n;
	nl = memchr(line, '\r', (size_t)(*end - line));
	if (nl && nl + 1 < *end)
		*end = nl;	/* lines that end in it alone */
	*at = (size_t)(*end - text) + 1;
	if (nl)
		*end = nl;
	**end = 0;
	return line;
}
