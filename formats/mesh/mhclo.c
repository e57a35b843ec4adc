/* MakeHuman's text files of vertices: targets, and how clothes are fitted. */
#include "mesh/makehuman.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define TEXT_MOST ((size_t)64 << 20)

static const char *
skip_blank(const char *s)
{
	return s + strspn(s, " \t\r");
}

static const char *
next_line(const char *s)
{
	s += strcspn(s, "\n");
	return *s ? s + 1 : s;
}

/* Numbers of this line, `most` of them; -1 where something else stands. */
static int
numbers(double *x, int most, const char *s)
{
	int n = 0;

	for (s = skip_blank(s); *s && *s != '\n' && *s != '#';
	    s = skip_blank(s)) {
		char *end;
		double y = strtod(s, &end);

		if (end == s || !isfinite(y) || n == most || (*end &&
		    !isspace((unsigned char)*end)))
			return -1;
		x[n++] = y;
		s = end;
	}
	return n;
}

static enum status
vertex(uint32_t *out, double x, size_t n, size_t line)
{
	if (!(x >= 0 && x < (double)n && x == floor(x)))
		return fail(E_VALUE, "line %zu: vertex %g, the base mesh has "
		    "%zu", line, x, n);
	*out = (uint32_t)x;
	return OK;
}

enum status
makehuman_parse_target(float (*vert)[3], size_t n, const char *text,
    float share)
{
	size_t line = 1;

	for (const char *s = text; *s; s = next_line(s), line++) {
		double x[4];
		int have = numbers(x, 4, s);
		uint32_t i = 0;

		if (have == 0)
			continue;
		if (have != 4)
			return fail(E_FORMAT, "line %zu: want a vertex and "
			    "three numbers", line);
		TRY(vertex(&i, x[0], n, line));
		for (int c = 0; c < 3; c++) {
			if (fabs(x[c + 1]) > 100)
				return fail(E_VALUE, "line %zu: %g decimetres",
				    line, x[c + 1]);
			vert[i][c] += share * (float)x[c + 1];
		}
	}
	return OK;
}

/* The text of a file that may be gzip, with a 0 behind it. */
static enum status
read_text(const char **text, struct arena *a, const char *path)
{
	const char *buf;
	size_t n, have = 0, room = TEXT_MOST;
	struct archive_entry *e;

	TRY(file_read(&buf, &n, a, path, TEXT_MOST));
	*text = buf;
	if (n < 2 || memcmp(buf, "\037\213", 2) != 0)
		return OK;
	/* Ten times is more than text of numbers reaches. */
	room = n * 32 < room ? n * 32 + 4096 : room;
	char *out = arena_alloc(a, room + 1);
	struct archive *ar = archive_read_new();
	la_ssize_t got = -1;

	if (out && ar && archive_read_support_filter_gzip(ar) == ARCHIVE_OK &&
	    archive_read_support_format_raw(ar) == ARCHIVE_OK &&
	    archive_read_support_format_empty(ar) == ARCHIVE_OK &&
	    archive_read_open_memory(ar, buf, n) == ARCHIVE_OK) {
		int begun = archive_read_next_header(ar, &e);

		/* A target that changes nothing is an empty text. */
		got = begun == ARCHIVE_EOF ? 0 : -1;
		while (begun == ARCHIVE_OK && have < room && (got =
		    archive_read_data(ar, out + have, room - have)) > 0)
			have += (size_t)got;
	}
	archive_read_free(ar);
	if (!out)
		return E_NOMEM;
	if (got != 0)
		return fail(E_FORMAT, "%s: damaged gzip", path);
	out[have] = 0;
	*text = out;
	return memchr(out, 0, have) ? fail(E_FORMAT, "%s: a zero byte: not "
	    "text", path) : OK;
}

enum status
makehuman_morph(float (*vert)[3], size_t n, struct arena *a,
    const char *path, float share)
{
	size_t mark = arena_mark(a);
	const char *text;

	TRY(read_text(&text, a, path));
	enum status s = makehuman_parse_target(vert, n, text, share);

	arena_pop(a, mark);
	return s == OK ? OK : fail_in(s, "%s", path);
}

/* "5 - 9 12": from and to, and single ones. */
static enum status
parse_hidden(bool *hides, size_t n_base, const char *s, size_t line)
{
	uint32_t last = 0;
	bool range = false;

	for (s = skip_blank(s); *s && *s != '\n'; s = skip_blank(s)) {
		uint32_t i = 0;
		char *end;

		if (*s == '-') {
			range = true;
			s++;
			continue;
		}
		double x = strtod(s, &end);

		if (end == s)
			return fail(E_FORMAT, "line %zu: want vertices to "
			    "delete", line);
		s = end;
		TRY(vertex(&i, x, n_base, line));
		for (uint32_t k = range ? last : i; k <= i; k++)
			hides[k] = true;
		last = i;
		range = false;
	}
	return OK;
}

static enum status
parse_vertex(struct clothes_vertex *v, const char *s, size_t n_base,
    size_t line)
{
	double x[9];
	int have = numbers(x, 9, s);

	*v = (struct clothes_vertex){ .weight = { 1 } };
	if (have != 1 && have != 9)
		return fail(E_FORMAT, "line %zu: want one vertex, or three "
		    "vertices, three weights and an offset", line);
	for (int i = 0; i < (have == 9 ? 3 : 1); i++)
		TRY(vertex(&v->vert[i], x[i], n_base, line));
	for (int i = 0; i < 3 && have == 9; i++) {
		if (fabs(x[3 + i]) > 100 || fabs(x[6 + i]) > 100)
			return fail(E_VALUE, "line %zu: weight %g, offset %g",
			    line, x[3 + i], x[6 + i]);
		v->weight[i] = (float)x[3 + i];
		v->off[i] = (float)x[6 + i];
	}
	return OK;
}

static bool
word_is(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(s, word, n) == 0;
}

enum section { ELSE, VERTS, HIDDEN };

/* A keyword and its values; where the vertices or the hidden ones begin. */
static enum status
parse_word(struct clothes *c, struct arena *a, const char *s, size_t n_base,
    size_t line, enum section *in)
{
	size_t n = strcspn(s, " \t\r\n");
	const char *value = skip_blank(s + n);

	/* Some files have other words between verts and the numbers. */
	*in = word_is(s, n, "verts") ? VERTS :
	    word_is(s, n, "delete_verts") ? HIDDEN : *in;
	if (n == 7 && s[0] >= 'x' && s[0] <= 'z' &&
	    memcmp(s + 1, "_scale", 6) == 0) {
		int axis = s[0] - 'x';
		double x[3];

		if (numbers(x, 3, value) != 3 || !(x[2] > 0))
			return fail(E_FORMAT, "line %zu: want two vertices and "
			    "their distance", line);
		TRY(vertex(&c->ruler[axis][0], x[0], n_base, line));
		TRY(vertex(&c->ruler[axis][1], x[1], n_base, line));
		c->length[axis] = (float)x[2];
	}
	if (word_is(s, n, "obj_file")) {
		size_t len = strcspn(value, " \t\r\n");
		char *name = arena_alloc(a, len + 1);

		if (!name)
			return E_NOMEM;
		memcpy(name, value, len);
		name[len] = 0;
		if (len == 0 || len > 200 || strchr(name, '/'))
			return fail(E_FORMAT, "line %zu: want the name of an "
			    "OBJ file beside it", line);
		c->obj = name;
	}
	return OK;
}

enum status
clothes_parse(struct clothes *c, struct arena *a, const char *text,
    size_t n_base)
{
	size_t line = 1, lines = 0;
	enum section in = ELSE;

	*c = (struct clothes){ 0 };
	for (const char *s = text; *s; s = next_line(s))
		lines++;
	struct clothes_vertex *vert = arena_calloc(a, lines, sizeof *vert);
	bool *hides = arena_calloc(a, n_base, sizeof *hides);

	if (!vert || !hides)
		return E_NOMEM;
	for (const char *t = text; *t; t = next_line(t), line++) {
		const char *s = skip_blank(t);

		if (!*s || *s == '\n' || *s == '#')
			continue;
		if (isalpha((unsigned char)*s))
			TRY(parse_word(c, a, s, n_base, line, &in));
		else if (in == VERTS)
			TRY(parse_vertex(&vert[c->n_vert++], s, n_base, line));
		else if (in == HIDDEN)
			TRY(parse_hidden(hides, n_base, s, line));
	}
	c->vert = vert;
	c->hides = hides;
	if (!c->obj)
		return fail(E_FORMAT, "no obj_file: not an .mhclo");
	return c->n_vert > 0 ? OK : fail(E_FORMAT, "no vertices below verts");
}
