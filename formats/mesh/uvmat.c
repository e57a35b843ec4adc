#include "mesh/uvmat.h"

#include "base/file.h"
#include "mesh/matfile.h"
#include "mesh/mesh.h"

#define MOST ((size_t)256 << 20)	/* bytes of the file */

/*
 * A column-major matrix as n rows of `cols` numbers in lo..hi. *n: 0, or the
 * rows it must have. A vector may lie on its side.
 */
static enum status
read_rows(double **out, size_t *n, struct arena *a, const struct matfile *file,
    const char *name, size_t cols, double lo, double hi)
{
	const double *v;
	size_t h, w;

	TRY(matfile_get(&v, &h, &w, a, file, name));
	if (w != cols && !(cols == 1 && h == 1))
		return fail(E_FORMAT, "%s is %zu x %zu, want %zu columns", name,
		    h, w, cols);
	if (h > MESH_MAX_ITEMS || w > MESH_MAX_ITEMS)
		return fail(E_LIMIT, "%s is %zu x %zu", name, h, w);
	size_t rows = h * w / cols;

	*out = arena_calloc(a, rows * cols, sizeof **out);
	if (!*out)
		return E_NOMEM;
	if (rows == 0 || (*n && rows != *n))
		return fail(E_FORMAT, "%s has %zu rows, want %zu", name, rows,
		    *n);
	for (size_t i = 0; i < rows * cols; i++) {
		if (!(v[i] >= lo && v[i] <= hi))
			return fail(E_FORMAT, "%s has %g, want %g to %g", name,
			    v[i], lo, hi);
		(*out)[i % rows * cols + i / rows] = v[i];
	}
	*n = rows;
	return OK;
}

static enum status
read_all(struct uvmat *m, struct arena *a, const struct matfile *file)
{
	double *u, *v, *vertex, *face, *part;
	float (*uv)[2];
	uint32_t *vertices, (*faces)[3];
	uint8_t *parts;

	*m = (struct uvmat){ 0 };
	TRY(read_rows(&u, &m->n_point, a, file, "All_U_norm", 1, 0, 1));
	TRY(read_rows(&v, &m->n_point, a, file, "All_V_norm", 1, 0, 1));
	TRY(read_rows(&vertex, &m->n_point, a, file, "All_vertices", 1, 1,
	    (double)MESH_MAX_ITEMS));
	TRY(read_rows(&face, &m->n_face, a, file, "All_Faces", 3, 1,
	    (double)m->n_point));
	TRY(read_rows(&part, &m->n_face, a, file, "All_FaceIndices", 1, 1,
	    24));
	uv = arena_calloc(a, m->n_point, sizeof *uv);
	vertices = arena_calloc(a, m->n_point, sizeof *vertices);
	faces = arena_calloc(a, m->n_face, sizeof *faces);
	parts = arena_calloc(a, m->n_face, 1);
	if (!uv || !vertices || !faces || !parts)
		return E_NOMEM;
	for (size_t i = 0; i < m->n_point; i++) {
		uv[i][0] = (float)u[i];
		uv[i][1] = (float)v[i];
		vertices[i] = (uint32_t)vertex[i] - 1;
	}
	for (size_t i = 0; i < m->n_face; i++) {
		parts[i] = (uint8_t)part[i];
		for (size_t k = 0; k < 3; k++)
			faces[i][k] = (uint32_t)face[3 * i + k] - 1;
	}
	m->uv = (const float (*)[2])uv;
	m->vertex = vertices;
	m->face = (const uint32_t (*)[3])faces;
	m->part = parts;
	return OK;
}

enum status
uvmat_read(struct uvmat *m, struct arena *a, const char *path)
{
	struct matfile file;
	const char *buf;
	size_t n;

	TRY(file_read(&buf, &n, a, path, MOST));
	enum status s = matfile_open(&file, buf, n);

	if (s == OK)
		s = read_all(m, a, &file);
	return s == OK ? OK : fail_in(s, "%s", path);
}
