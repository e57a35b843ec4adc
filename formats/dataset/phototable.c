#include "dataset/phototable.h"

#include <string.h>

#include "dataset/tsv.h"

enum { KEY, PHOTO, POSE, IUV, INDS, MASK, IDENTITY, MOTION, LICENCE, WORDS };

static const char *const names[WORDS] = { "key", "photo", "pose", "iuv", "inds",
	"mask", "identity", "motion", "licence" };

#define MAX_COLUMNS 64

/* Which column holds what; -1 for those that are passed over, and named. */
static enum status
read_header(int what[MAX_COLUMNS], size_t *columns, const char **passed,
    struct arena *a, char *line, char *end)
{
	bool there[WORDS] = { 0 };

	*passed = "";

	for (*columns = 0; line <= end; ++*columns) {
		const char *word = tsv_word(&line, end);

		if (*columns == MAX_COLUMNS)
			return fail(E_LIMIT, "more than %d columns", MAX_COLUMNS);
		what[*columns] = -1;
		for (int w = 0; w < WORDS; w++) {
			if (strcmp(word, names[w]) != 0)
				continue;
			if (there[w])
				return fail(E_FORMAT, "column \"%s\" is there "
				    "twice", word);
			there[w] = true;
			what[*columns] = w;
		}
		if (what[*columns] < 0 && *word)
			*passed = arena_printf(a, "%s%s%.40s", *passed,
			    **passed ? ", " : "", word);
		if (!*passed)
			return E_NOMEM;
	}
	if (!there[KEY] || !there[PHOTO])
		return fail(E_FORMAT, "want the names of the columns, \"key\" "
		    "and \"photo\" among them, with tabs between");
	return OK;
}

static enum status
read_row(struct dataset_item *it, const int *what, size_t columns, char *line,
    char *end)
{
	const char *word[WORDS] = { 0 };
	size_t k;

	for (k = 0; k < columns && line <= end; k++) {
		const char *w = tsv_word(&line, end);

		if (what[k] >= 0 && *w && strcmp(w, "-") != 0)
			word[what[k]] = w;
	}
	if (k < columns || line <= end)
		return fail(E_FORMAT, "%s than %zu words", k < columns ? "less" :
		    "more", columns);
	if (!word[KEY] || !word[PHOTO])
		return fail(E_FORMAT, "no %s", word[KEY] ? "photo" : "key");
	if (word[LICENCE] && !word[LICENCE][strspn(word[LICENCE], " ")])
		word[LICENCE] = NULL;
	*it = (struct dataset_item){ .key = word[KEY],
	    .identity = word[IDENTITY], .motion = word[MOTION],
	    .licence = word[LICENCE] };
	it->file[DATASET_PHOTO] = word[PHOTO];
	it->file[DATASET_POSE] = word[POSE];
	it->file[DATASET_IUV] = word[IUV];
	it->file[DATASET_INDS] = word[INDS];
	it->file[DATASET_MASK] = word[MASK];
	return OK;
}

enum status
phototable_parse(struct dataset_item **item, size_t *items,
    const char **passed, struct arena *a, char *text, size_t n)
{
	int what[MAX_COLUMNS];
	size_t at = 0, lines = 1, columns = 0;
	char *end;

	for (size_t i = 0; i < n; i++) {
		lines += text[i] == '\n' || text[i] == '\r';
		if (!text[i])
			return fail(E_FORMAT, "not a text: it has a zero byte");
	}
	*items = 0;
	*item = arena_calloc(a, lines, sizeof **item);
	if (!*item)
		return E_NOMEM;
	for (size_t line = 1; line == 1 || at < n; line++) {
		char *row = tsv_line(text, &at, n, &end);
		enum status st = line == 1 ?
		    read_header(what, &columns, passed, a, row, end) :
		    row == end ? OK :
		    read_row(&(*item)[*items], what, columns, row, end);

		if (st != OK)
			return fail_in(st, "line %zu", line);
		*items += line > 1 && row != end;
	}
	return OK;
}
