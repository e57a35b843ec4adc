/* Wavefront OBJ with its material and texture beside it. */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"
#include "base/text.h"
#include "mesh/surface.h"

/* A text file in memory, and then on disk. */
struct text {
	FILE *f;
	char *buf;
	size_t n;
};

static enum status
write_whole(const char *path, const void *data, size_t n)
{
	struct outfile *f;

	TRY(outfile_open(&f, path));
	return outfile_end(f, outfile_put(f, data, n));
}

static enum status
write_text(const char *path, struct text *t)
{
	bool bad = ferror(t->f) != 0;

	if (fclose(t->f) != 0 || bad) {
		free(t->buf);
		return fail(E_NOMEM, "no memory for a text of %zu bytes", t->n);
	}
	enum status st = write_whole(path, t->buf, t->n);

	free(t->buf);
	return st;
}

static enum status
begin(struct text *t, const struct surface *s, struct arena *scratch)
{
	const char *name = text_plain(scratch, s->name), *licence = s->licence ?
	    text_plain(scratch, s->licence) : NULL;

	if (!name || (s->licence && !licence))
		return E_NOMEM;
	*t = (struct text){ 0 };
	t->f = open_memstream(&t->buf, &t->n);
	if (!t->f)
		return fail(E_NOMEM, "no memory");
	fprintf(t->f, "# %s by %s\n", name, s->generator);
	if (licence)
		fprintf(t->f, "# licence: %s\n", licence);
	return OK;
}

static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static enum status
write_material(const char *path, const char *png, const struct surface *s,
    struct arena *scratch)
{
	struct text t;

	TRY(begin(&t, s, scratch));
	fprintf(t.f, "newmtl texture\nKa 0 0 0\nKd 1 1 1\nKs 0 0 0\nillum 1\n"
	    "map_Kd %s\n", base_of(png));
	return write_text(path, &t);
}

static enum status
write_mesh(const char *path, const char *mtl, const struct surface *s,
    struct arena *scratch)
{
	struct text t;

	TRY(begin(&t, s, scratch));
	fprintf(t.f, "mtllib %s\no %s\nusemtl texture\n", base_of(mtl), s->name);
	for (size_t i = 0; i < s->n_vert; i++)
		fprintf(t.f, "v %.7g %.7g %.7g\n", (double)s->vert[i][0],
		    (double)s->vert[i][1], (double)s->vert[i][2]);
	for (size_t i = 0; i < s->n_vert; i++)	/* v is up */
		fprintf(t.f, "vt %.7g %.7g\n", (double)s->uv[i][0],
		    1 - (double)s->uv[i][1]);
	for (size_t i = 0; i < s->n_vert; i++)
		fprintf(t.f, "vn %.5f %.5f %.5f\n", (double)s->normal[i][0],
		    (double)s->normal[i][1], (double)s->normal[i][2]);
	for (size_t i = 0; i < s->n_face; i++) {
		const uint32_t *v = s->face[i];

		fprintf(t.f, "f %u/%u/%u %u/%u/%u %u/%u/%u\n", v[0] + 1,
		    v[0] + 1, v[0] + 1, v[1] + 1, v[1] + 1, v[1] + 1, v[2] + 1,
		    v[2] + 1, v[2] + 1);
	}
	return write_text(path, &t);
}

enum status
surface_write_obj(const char *path, const struct surface *s,
    struct arena *scratch)
{
	int stem = (int)(strrchr(path, '.') - path);
	char *png = arena_printf(scratch, "%.*s.png", stem, path);
	char *mtl = arena_printf(scratch, "%.*s.mtl", stem, path);

	assert(s->n_joint == 0);
	/* They refer to each other by name, and a name is a line. */
	for (const char *p = path; *p; p++)
		if (text_control(p))
			return fail(E_VALUE, "a control character in the name "
			    "of an OBJ file");
	if (!png || !mtl)
		return E_NOMEM;
	TRY(write_whole(png, s->png, s->png_len));
	TRY(write_material(mtl, png, s, scratch));
	return write_mesh(path, mtl, s, scratch);
}
