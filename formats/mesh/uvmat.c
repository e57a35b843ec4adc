#include "mesh/uvmat.h"

#include <matio.h>
#include <unistd.h>

#include "mesh/mesh.h"

/* Element i of a real matrix of any numeric class; -1 for other classes. */
static double
element(const matvar_t *v, size_t i)
{
	switch (v->class_type) {
	case MAT_C_DOUBLE:
		return ((const double *)v->data)[i];
	case MAT_C_SINGLE:
		return (double)((const float *)v->data)[i];
	case MAT_C_UINT8:
		return ((const uint8_t *)v->data)[i];
	case MAT_C_INT8:
		return ((const int8_t *)v->data)[i];
	case MAT_C_UINT16:
		return ((const uint16_t *)v->data)[i];
	case MAT_C_INT16:
		return ((const int16_t *)v->data)[i];
	case MAT_C_UINT32:
		return ((const uint32_t *)v->data)[i];
	case MAT_C_INT32:
		return ((const int32_t *)v->data)[i];
	default:
		return -1;
	}
}

/*
 * A column-major matrix as n rows of `cols` numbers in lo..hi. *n: 0, or the
 * rows it must have. A vector may lie on its side.
 */
static enum status
read_rows(double **out, size_t *n, struct arena *a, mat_t *file,
    const char *name, size_t cols, double lo, double hi)
{
	matvar_t *v = Mat_VarRead(file, name);
	enum status s = OK;

	if (!v || !v->data || v->rank != 2 || v->isComplex)
		s = fail(E_FORMAT, "no matrix %s", name);
	else if (v->dims[1] != cols && !(cols == 1 && v->dims[0] == 1))
		s = fail(E_FORMAT, "%s is %zu x %zu, want %zu columns", name,
		    v->dims[0], v->dims[1], cols);
	else if (v->dims[0] > MESH_MAX_ITEMS || v->dims[1] > MESH_MAX_ITEMS)
		s = fail(E_LIMIT, "%s is %zu x %zu", name, v->dims[0],
		    v->dims[1]);
	if (s != OK) {
		Mat_VarFree(v);
		return s;
	}
	size_t rows = v->dims[0] * v->dims[1] / cols;

	*out = arena_calloc(a, rows * cols, sizeof **out);
	if (!*out)
		s = E_NOMEM;
	else if (rows == 0 || (*n && rows != *n))
		s = fail(E_FORMAT, "%s has %zu rows, want %zu", name, rows, *n);
	for (size_t i = 0; s == OK && i < rows * cols; i++) {
		double x = element(v, i);

		if (!(x >= lo && x <= hi))
			s = fail(E_FORMAT, "%s has %g, want %g to %g", name, x,
			    lo, hi);
		(*out)[i % rows * cols + i / rows] = x;
	}
	*n = rows;
	Mat_VarFree(v);
	return s;
}

static enum status
read_all(struct uvmat *m, struct arena *a, mat_t *file)
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
	if (access(path, R_OK) != 0)
		return fail_errno("%s", path);
	mat_t *file = Mat_Open(path, MAT_ACC_RDONLY);

	if (!file)
		return fail(E_FORMAT, "%s: not a MATLAB file", path);
	enum status s = read_all(m, a, file);

	Mat_Close(file);
	return s == OK ? OK : fail_in(s, "%s", path);
}
