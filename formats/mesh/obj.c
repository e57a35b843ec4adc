/*
 * Two passes over the text: count, then fill. Corner syntax is
 * v, v/vt, v//vn or v/vt/vn.
 */
#include "mesh/mesh.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

struct obj {
	struct mesh *m;
	float (*vert)[3], (*uv)[2];
	uint32_t (*face)[3], (*uv_face)[3], *poly;
	size_t n_vert, n_uv, n_face, n_poly;	/* read so far */
	bool fill, bare;	/* second pass; some corner has no vt */
	bool cut;		/* some polygon has more than three corners */
	size_t line;
};

static const char *
skip_blank(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static bool
at_end(const char *s)
{
	return *s == '\n' || *s == '\r' || *s == 0 || *s == '#';
}

/* want numbers to out; more on the line (w, colours) are left alone. */
static enum status
read_floats(struct obj *o, const char *s, float *out, int want)
{
	for (int i = 0; i < want; i++) {
		char *end;

		s = skip_blank(s);
		/* strtof would go on to the next line. */
		float x = at_end(s) ? NAN : strtof(s, &end);

		if (at_end(s) || end == s || !isfinite(x))
			return fail(E_FORMAT,
			    "line %zu: want %d finite numbers", o->line, want);
		out[i] = x;
		s = end;
	}
	return OK;
}

/* "-2" counts back from `seen`, "5" is absolute up to `total`. */
static enum status
read_index(const struct obj *o, const char **s, size_t seen, size_t total,
    const char *what, uint32_t *out)
{
	char *end = (char *)*s;
	/* strtol would skip blanks, and line ends with them. */
	long i = isdigit((unsigned char)**s) || **s == '-' ?
	    strtol(*s, &end, 10) : 0;

	if (end == *s)
		return fail(E_FORMAT, "line %zu: no %s index where one is wanted",
		    o->line, what);
	*s = end;
	if (!o->fill)			/* totals are not known yet */
		return OK;
	if (i == 0 || (i > 0 && (size_t)i > total) ||
	    (i < 0 && (i == LONG_MIN || (size_t)-i > seen)))
		return fail(E_FORMAT, "line %zu: %s index %ld, there are %zu",
		    o->line, what, i, total);
	*out = (uint32_t)(i > 0 ? (size_t)i - 1 : seen - (size_t)-i);
	return OK;
}

static enum status
read_corner(struct obj *o, const char **s, uint32_t *v, uint32_t *t)
{
	TRY(read_index(o, s, o->n_vert, o->m->n_vert, "vertex", v));
	if (**s == '/' && (*s)[1] != '/') {
		++*s;
		TRY(read_index(o, s, o->n_uv, o->m->n_uv, "texture", t));
	} else {
		o->bare = true;
		*s += **s == '/';
	}
	if (**s == '/')
		*s += 1 + strspn(*s + 1, "-0123456789"); /* normal: unused */
	if (**s != ' ' && **s != '\t' && !at_end(*s))
		return fail(E_FORMAT, "line %zu: character '%c' in a face",
		    o->line, **s > 32 && **s < 127 ? **s : '?');
	return OK;
}

static enum status
read_face(struct obj *o, const char *s)
{
	uint32_t v[3] = { 0 }, t[3] = { 0 };	/* first, previous, this */
	size_t n = 0;

	for (s = skip_blank(s); !at_end(s); s = skip_blank(s), n++) {
		TRY(read_corner(o, &s, &v[2], &t[2]));
		if (n >= 2 && o->fill) {
			memcpy(o->face[o->n_face], v, sizeof v);
			memcpy(o->uv_face[o->n_face], t, sizeof t);
			o->poly[o->n_face] = (uint32_t)o->n_poly;
		}
		o->n_face += n >= 2;
		if (n < 2) {
			v[n] = v[2];
			t[n] = t[2];
		} else {
			v[1] = v[2];
			t[1] = t[2];
		}
	}
	if (n < 3)
		return fail(E_FORMAT, "line %zu: a face of %zu corners",
		    o->line, n);
	o->cut |= n > 3;
	o->n_poly++;
	return OK;
}

static enum status
read_line(struct obj *o, const char *s)
{
	float spare[3];

	if (s[0] == 'v' && (s[1] == ' ' || s[1] == '\t'))
		return read_floats(o, s + 1,
		    o->fill ? o->vert[o->n_vert++] : (o->n_vert++, spare), 3);
	if (s[0] == 'v' && s[1] == 't')
		return read_floats(o, s + 2,
		    o->fill ? o->uv[o->n_uv++] : (o->n_uv++, spare), 2);
	if (s[0] == 'f' && (s[1] == ' ' || s[1] == '\t'))
		return read_face(o, s + 1);
	return OK;
}

static enum status
pass(struct obj *o, const char *buf, size_t n)
{
	const char *end = buf + n;

	o->n_vert = o->n_uv = o->n_face = o->n_poly = o->line = 0;
	for (const char *s = buf; s < end;) {
		const char *eol = memchr(s, '\n', (size_t)(end - s));

		o->line++;
		TRY(read_line(o, skip_blank(s)));
		s = eol ? eol + 1 : end;
	}
	return OK;
}

enum status
mesh_parse_obj(struct mesh *m, struct arena *a, const char *buf, size_t n)
{
	struct obj o = { .m = m };

	*m = (struct mesh){ 0 };
	if (memchr(buf, 0, n))
		return fail(E_FORMAT, "a zero byte: not an OBJ file");
	TRY(pass(&o, buf, n));
	if (o.n_vert == 0 || o.n_face == 0)
		return fail(E_FORMAT, "%zu vertices and %zu faces: not a mesh",
		    o.n_vert, o.n_face);
	if (o.n_vert > MESH_MAX_ITEMS || o.n_uv > MESH_MAX_ITEMS ||
	    o.n_face > MESH_MAX_ITEMS)
		return fail(E_LIMIT, "more than %zu vertices or faces",
		    MESH_MAX_ITEMS);
	*m = (struct mesh){ .n_vert = o.n_vert, .n_uv = o.n_uv,
	    .n_face = o.n_face };
	m->vert = (const float (*)[3])(o.vert = arena_calloc(a, o.n_vert,
	    sizeof *o.vert));
	m->uv = (const float (*)[2])(o.uv = arena_calloc(a, o.n_uv,
	    sizeof *o.uv));
	m->face = (const uint32_t (*)[3])(o.face = arena_calloc(a, o.n_face,
	    sizeof *o.face));
	m->uv_face = (const uint32_t (*)[3])(o.uv_face = arena_calloc(a,
	    o.n_face, sizeof *o.uv_face));
	m->poly = o.poly = arena_calloc(a, o.n_face, sizeof *o.poly);
	if (!o.vert || !o.uv || !o.face || !o.uv_face || !o.poly)
		return E_NOMEM;
	o.fill = true;
	TRY(pass(&o, buf, n));
	if (o.bare || m->n_uv == 0) {
		m->uv = NULL;
		m->uv_face = NULL;
		m->n_uv = 0;
	}
	if (!o.cut)
		m->poly = NULL;
	return OK;
}

enum status
mesh_read_obj(struct mesh *m, struct arena *a, const char *path)
{
	const char *buf;
	size_t n;

	TRY(file_read(&buf, &n, a, path, MESH_MAX_FILE));
	enum status s = mesh_parse_obj(m, a, buf, n);

	return s == OK ? OK : fail_in(s, "%s", path);
}
