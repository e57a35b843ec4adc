#include "pose/pose.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/listname.h"
#include "pose/points.h"

#define HEADER "name:keypoints_y:keypoints_x"
#define TAIL_MIN 12	/* a shorter name says too little about its end */

/*
 * `back` is the name as it is compared (see normal), written backwards: in
 * this order rows whose names share an end stand side by side.
 */
struct row {
	const char *back, *text;
	size_t len, name_len, line;
};

struct pose_table {
	struct row *row;
	size_t n;
};

/* The name as it is compared, backwards. */
static size_t
normal(char out[LISTNAME_MAX + 1], const char *name, size_t n)
{
	size_t m = listname_plain(out, name, n);

	for (size_t i = 0; i < m / 2; i++) {
		char c = out[i];

		out[i] = out[m - 1 - i];
		out[m - 1 - i] = c;
	}
	return m;
}

static int
by_back(const void *a, const void *b)
{
	const struct row *p = a, *q = b;
	int order = strcmp(p->back, q->back);

	return order ? order : p->line < q->line ? -1 : 1;
}

/* The next line of text[0..n), without its end. */
static size_t
line_len(const char *text, size_t n, size_t *next)
{
	const char *nl = memchr(text, '\n', n);
	size_t len = nl ? (size_t)(nl - text) : n;

	*next = nl ? len + 1 : len;
	while (len && (text[len - 1] == '\r' || text[len - 1] == ' '))
		len--;
	return len;
}

enum status
pose_table_open(struct pose_table **out, struct arena *a, const char *buf,
    size_t n)
{
	size_t at, lines = 1;
	char back[LISTNAME_MAX + 1];

	if (n >= 3 && memcmp(buf, "\xef\xbb\xbf", 3) == 0) {
		buf += 3;	/* a byte order mark */
		n -= 3;
	}
	if (line_len(buf, n, &at) != strlen(HEADER) ||
	    memcmp(buf, HEADER, strlen(HEADER)))
		return fail(E_FORMAT, "line 1 is not \"" HEADER "\"");
	for (size_t i = 0; i < n; i++)
		lines += buf[i] == '\n';
	struct pose_table *t = arena_calloc(a, 1, sizeof *t);

	if (!t || !(t->row = arena_calloc(a, lines, sizeof *t->row)))
		return E_NOMEM;
	for (size_t line = 2, next; at < n; at += next, line++) {
		size_t len = line_len(buf + at, n - at, &next);
		const char *colon = memchr(buf + at, ':', len);
		struct row *r = &t->row[t->n];

		if (len == 0)
			continue;
		if (!colon)
			return fail(E_FORMAT, "line %zu has no \":\"", line);
		*r = (struct row){ .text = buf + at, .len = len, .line = line,
		    .name_len = (size_t)(colon - (buf + at)) };
		normal(back, r->text, r->name_len);
		if (!(r->back = arena_strdup(a, back)))
			return E_NOMEM;
		t->n++;
	}
	qsort(t->row, t->n, sizeof *t->row, by_back);
	*out = t;
	return OK;
}

/* A JSON list of 18 numbers at text[0..n). */
static enum status
numbers(double v[POSE_POINTS], const char *text, size_t n, const char *what)
{
	json_error_t e;
	json_t *list = json_loadb(text, n, 0, &e);
	enum status s = OK;

	if (!list)
		return fail(E_FORMAT, "%s: %s", what, e.text);
	if (json_array_size(list) != POSE_POINTS)
		s = fail(E_FORMAT, "%s: want a list of 18 numbers", what);
	for (size_t k = 0; s == OK && k < POSE_POINTS; k++) {
		const json_t *j = json_array_get(list, k);

		if (!json_is_number(j))
			s = fail(E_FORMAT, "%s: item %zu is not a number", what, k);
		else
			v[k] = json_number_value(j);
	}
	json_decref(list);
	return s;
}

static enum status
parse_row(struct pose_person *p, const struct row *r)
{
	const char *ys = r->text + r->name_len + 1, *end = r->text + r->len;
	const char *colon = memchr(ys, ':', (size_t)(end - ys));
	double y[POSE_POINTS], x[POSE_POINTS];

	if (!colon)
		return fail(E_FORMAT, "one \":\", want name:keypoints_y:keypoints_x");
	TRY(numbers(y, ys, (size_t)(colon - ys), "keypoints_y"));
	TRY(numbers(x, colon + 1, (size_t)(end - colon - 1), "keypoints_x"));
	*p = pose_nobody();
	for (int k = 0; k < POSE_POINTS; k++) {
		if (x[k] == -1 || y[k] == -1)
			continue;
		if (x[k] < 0 || y[k] < 0 || pose_set(p, k, x[k], y[k], 1) != OK)
			return fail(E_VALUE, "point %d at (%g, %g), want pixels "
			    "or -1", k, x[k], y[k]);
	}
	return OK;
}

/* First row whose reversed name is not before back. */
static size_t
lower_bound(const struct pose_table *t, const char *back)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(t->row[mid].back, back) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

enum status
pose_table_find(struct pose *p, const char **name, const struct pose_table *t,
    struct arena *a, const char *wanted)
{
	char back[LISTNAME_MAX + 1];
	size_t m = normal(back, wanted, strlen(wanted));
	size_t first = lower_bound(t, back), whole = 0, tail = 0;

	for (size_t i = first; i < t->n && !strncmp(t->row[i].back, back, m); i++) {
		whole += t->row[i].back[m] == 0;
		tail++;
	}
	if (m == 0 || (!whole && (m < TAIL_MIN || !tail)))
		return END;
	const struct row *r = &t->row[first];

	if (whole ? whole > 1 : tail > 1)
		return fail(E_VALUE, "lines %zu and %zu both fit \"%s\"", r->line,
		    r[1].line, wanted);
	*p = (struct pose){ .format = POSE_CSV, .n = 1 };
	p->person = arena_calloc(a, 1, sizeof *p->person);
	*name = arena_printf(a, "%.*s", (int)r->name_len, r->text);
	if (!p->person || !*name)
		return E_NOMEM;
	enum status s = parse_row(p->person, r);

	return s == OK ? OK : fail_in(s, "line %zu", r->line);
}
