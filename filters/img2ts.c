/* img2ts: pictures of a table as fields of samples. */
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "dataset/tsv.h"
#include "image/image.h"

#define COLUMNS 32
#define LONGEST ((size_t)1 << 28)	/* bytes of a table */

struct table {
	const char *path;
	char *text;
	size_t at, size;	/* what is not read yet begins at `at` */
	size_t line;		/* of the row at hand, from 1 */
	size_t n;		/* columns */
	char *field[COLUMNS];
};

/* The next line, cut into cells; false at the end. Lines of nothing are passed over. */
static bool
next_row(char *cell[COLUMNS], size_t *n, struct table *t)
{
	while (t->at < t->size) {
		char *end, *line = tsv_line(t->text, &t->at, t->size, &end);

		t->line++;
		if (!*line)
			continue;
		for (*n = 0; line <= end; ++*n) {
			if (*n == COLUMNS)
				cli_die("%s: line %zu: want at most %d columns",
				    t->path, t->line, COLUMNS);
			cell[*n] = tsv_word(&line, end);
		}
		return true;
	}
	return false;
}

static void
read_head(struct table *t)
{
	if (!next_row(t->field, &t->n, t))
		cli_die("%s: is empty, want a line of key and names of fields",
		    t->path);
	if (t->n < 2 || strcmp(t->field[0], "key") != 0)
		cli_die("%s: line %zu: \"%s\" and %zu more columns, want key and "
		    "the names of fields, with tabs between", t->path, t->line,
		    t->field[0], t->n - 1);
}

/* Pictures that are black but for 1: fractions that were written as bytes. */
struct dark {
	size_t n;
	char first[300];	/* its file */
};

static bool
is_dark(const struct tensor *t)
{
	const uint8_t *p = t->data;
	size_t ones = 0;

	for (size_t i = 0; i < tensor_len(t); i++) {
		if (p[i] > 1)
			return false;
		ones += p[i];
	}
	return ones > 0;
}

static enum status
put_picture(struct sample *s, struct dark *dark, const char *field,
    const char *path)
{
	const char *buf;
	struct tensor t;
	size_t n;

	if (!*path)
		return fail(E_VALUE, "field %s: no file, want a picture", field);
	enum status st = file_read(&buf, &n, s->arena, path, IMAGE_MAX_FILE);

	if (st != OK)
		return fail_in(st, "field %s", field);
	st = image_decode(&t, NULL, s->arena, buf, n, IMAGE_ON_WHITE);
	if (st != OK)
		return fail_in(st, "field %s: %s", field, path);
	if (is_dark(&t) && dark->n++ == 0)
		snprintf(dark->first, sizeof dark->first, "%s", path);
	return sample_put(s, field, &t);
}

static enum status
put_row(struct sample *s, struct dark *dark, const struct table *t, char *cell[],
    size_t n)
{
	if (n != t->n)
		return fail(E_SHAPE, "line %zu: %zu columns, want %zu",
		    t->line, n, t->n);
	for (size_t i = 1; i < n; i++)
		TRY(put_picture(s, dark, t->field[i], cell[i]));
	return OK;
}

int
main(int argc, char **argv)
{
	const char *licence = NULL;
	const struct cli_opt opts[] = {
		CLI_STR(0, "licence", &licence, "TEXT",
		    "what the pictures' licence allows, for the manifest"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "img2ts", .opts = opts, .no_in = true,
		.operands = "TABLE",
		.summary = "pictures of a table as fields of a stream",
	};
	struct arena *a;
	struct sample s;
	struct table t = { 0 };
	struct dark dark = { .n = 0 };
	const char *text;
	char *cell[COLUMNS];
	size_t n;

	cli_begin(&p, &argc, &argv);
	if (argc != 1)
		cli_die("%d operands, want one table", argc);
	t.path = argv[0];
	cli_made_from(t.path);
	cli_try(arena_new(&a, LONGEST + (1 << 20)), "memory");
	cli_try(file_read(&text, &t.size, a, t.path, LONGEST), "TABLE");
	if (strlen(text) != t.size)
		cli_die("%s: is no text", t.path);
	t.text = (char *)text;	/* the arena's, which is ours */
	read_head(&t);
	while (next_row(cell, &n, &t)) {
		if (!cli_make_called(&s, cell[0]))
			continue;
		enum status st = put_row(&s, &dark, &t, cell, n);

		if (st == OK && licence)
			st = sample_add_licence(&s, licence);
		if (cli_ok(st, NULL, &s))
			cli_put(&s);
	}
	if (dark.n)
		cli_warn("%zu picture%s no value above 1, such as %s: were fractions "
		    "written as bytes, not multiplied by 255?", dark.n, dark.n > 1 ?
		    "s have" : " has", dark.first);
	arena_free(a);
	return cli_finish();
}
