#include "mesh/body.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "mesh/npzpick.h"

#define LEAST_UPRIGHT 0.6f	/* of the longest side of its box */
#define SHORTEST 0.3f		/* metres */
#define TALLEST 3

enum { VERTICES, FACES, UV, UV_FACES, PART, PART_U, PART_V, SKIN, JOINT_REG,
	PARENTS, BODY25, N_WANT };

static const int coco_of_body25[25] = {
	0, 1, 2, 3, 4, 5, 6, 7, -1, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
	-1, -1, -1, -1, -1, -1
};

void
sparse_apply(float (*out)[3], const struct sparse *m, const float (*v)[3])
{
	for (size_t i = 0; i < m->n_row; i++) {
		double s[3] = { 0 };

		for (uint32_t k = m->row[i]; k < m->row[i + 1]; k++)
			for (int c = 0; c < 3; c++)
				s[c] += m->weight[k] * v[m->col[k]][c];
		for (int c = 0; c < 3; c++)
			out[i][c] = (float)s[c];
	}
}

/*
 * The n_row x n_col values of t as sparse rows; order[r] is the row that
 * row r of the tensor becomes, or -1 for none; NULL keeps the order.
 */
static enum status
make_sparse(struct sparse *m, struct arena *a, const struct tensor *t,
    const char *name, const int *order, size_t n_row)
{
	size_t rows = t->dim[0], cols = t->dim[1], n = 0;
	const float *w = t->data;

	if (t->dtype != DT_F4)
		return fail(E_SHAPE, "array %s: want floating point", name);
	for (size_t i = 0; i < rows * cols; i++) {
		if (!isfinite(w[i]) || fabsf(w[i]) > 100)
			return fail(E_VALUE, "array %s: weight %g", name, w[i]);
		n += w[i] != 0;
	}
	if (n > UINT32_MAX)
		return fail(E_LIMIT, "array %s: %zu weights", name, n);
	uint32_t *row = arena_calloc(a, n_row + 1, sizeof *row);
	uint32_t *col = arena_calloc(a, n, sizeof *col);
	float *weight = arena_calloc(a, n, sizeof *weight);

	if (!row || !col || !weight)
		return E_NOMEM;
	n = 0;
	for (size_t i = 0; i < n_row; i++) {
		size_t r = i;

		for (size_t k = 0; order && k < rows; k++)
			if (order[k] == (int)i)
				r = k;
		for (size_t c = 0; c < cols; c++)
			if (w[r * cols + c] != 0) {
				col[n] = (uint32_t)c;
				weight[n++] = w[r * cols + c];
			}
		row[i + 1] = (uint32_t)n;
	}
	*m = (struct sparse){ n_row, row, col, weight };
	return OK;
}

/* Indices of any integer dtype as uint32, each below `below`. */
static enum status
get_faces(const uint32_t (**out)[3], struct arena *a, const struct tensor *t,
    const char *name, size_t below)
{
	size_t n = tensor_len(t);
	uint32_t *p = arena_calloc(a, n, sizeof *p);

	if (!p)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		int64_t x = t->dtype == DT_U1 ? ((const uint8_t *)t->data)[i] :
		    t->dtype == DT_U2 ? ((const uint16_t *)t->data)[i] :
		    t->dtype == DT_I4 ? ((const int32_t *)t->data)[i] :
		    t->dtype == DT_I8 ? ((const int64_t *)t->data)[i] : -1;

		if (x < 0 || (uint64_t)x >= below)
			return fail(E_VALUE, "array %s: index %lld in face %zu, "
			    "want whole numbers below %zu", name, (long long)x,
			    i / 3, below);
		p[i] = (uint32_t)x;
	}
	*out = (const uint32_t (*)[3])p;
	return OK;
}

static enum status
get_floats(const float **out, const struct tensor *t, const char *name,
    float lo, float hi)
{
	const float *p = t->data;

	if (t->dtype != DT_F4)
		return fail(E_SHAPE, "array %s: want floating point", name);
	for (size_t i = 0; i < tensor_len(t); i++)
		if (!(p[i] >= lo && p[i] <= hi))
			return fail(E_VALUE, "array %s: value %g, want "
			    "%g..%g", name, p[i], lo, hi);
	*out = p;
	return OK;
}

static enum status
get_mesh(struct mesh *m, struct arena *a, const struct npz_want *w)
{
	const float *p = NULL;

	m->n_vert = w[VERTICES].t.dim[0];
	m->n_face = w[FACES].t.dim[0];
	if (m->n_vert == 0 || m->n_face == 0 || m->n_vert > MESH_MAX_ITEMS ||
	    m->n_face > MESH_MAX_ITEMS)
		return fail(E_LIMIT, "%zu vertices, %zu faces", m->n_vert,
		    m->n_face);
	TRY(get_floats(&p, &w[VERTICES].t, "vertices", -1e4f, 1e4f));
	m->vert = (const float (*)[3])p;
	TRY(get_faces(&m->face, a, &w[FACES].t, "faces", m->n_vert));
	if (!w[UV].found || !w[UV_FACES].found)
		return OK;
	if (w[UV_FACES].t.dim[0] != m->n_face)
		return fail(E_SHAPE, "array uv_faces: %zu faces, want %zu",
		    w[UV_FACES].t.dim[0], m->n_face);
	m->n_uv = w[UV].t.dim[0];
	TRY(get_floats(&p, &w[UV].t, "uv", -16, 16));
	m->uv = (const float (*)[2])p;
	return get_faces(&m->uv_face, a, &w[UV_FACES].t, "uv_faces", m->n_uv);
}

/* Labels, and with them the faces that have one. */
static enum status
get_charts(struct body *b, struct arena *a, const struct npz_want *w)
{
	struct mesh *m = &b->mesh;
	size_t n = m->n_face, kept = 0;
	const float *u = NULL, *v = NULL;

	if (w[PART].t.dtype != DT_U1)
		return fail(E_SHAPE, "array part: want u1");
	if (w[PART].t.dim[0] != n || w[PART_U].t.dim[0] != n ||
	    w[PART_V].t.dim[0] != n)
		return fail(E_SHAPE, "arrays part, part_u, part_v: want %zu "
		    "faces", n);
	TRY(get_floats(&u, &w[PART_U].t, "part_u", -1e-3f, 1.001f));
	TRY(get_floats(&v, &w[PART_V].t, "part_v", -1e-3f, 1.001f));
	const uint8_t *label = w[PART].t.data;
	uint8_t *part = arena_calloc(a, n, sizeof *part);
	float (*uv)[3][2] = arena_calloc(a, n, sizeof *uv);
	uint32_t (*face)[3] = arena_calloc(a, n, sizeof *face);
	uint32_t (*uv_face)[3] = arena_calloc(a, n, sizeof *uv_face);

	if (!part || !uv || !face || !uv_face)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (label[i] > 24)
			return fail(E_VALUE, "array part: %d, want 0..24",
			    label[i]);
		if (label[i] == 0)
			continue;
		part[kept] = label[i];
		memcpy(face[kept], m->face[i], sizeof *face);
		if (m->uv_face)
			memcpy(uv_face[kept], m->uv_face[i], sizeof *uv_face);
		for (int c = 0; c < 3; c++) {
			uv[kept][c][0] = fminf(fmaxf(u[3 * i + c], 0), 1);
			uv[kept][c][1] = fminf(fmaxf(v[3 * i + c], 0), 1);
		}
		kept++;
	}
	if (kept == 0)
		return fail(E_VALUE, "array part: all 0");
	m->n_face = kept;
	m->face = (const uint32_t (*)[3])face;
	if (m->uv_face)
		m->uv_face = (const uint32_t (*)[3])uv_face;
	b->part = part;
	b->part_uv = (const float (*)[3][2])uv;
	return OK;
}

static enum status
get_parents(struct body *b, const struct tensor *t)
{
	for (int j = 0; j < BODY_JOINTS; j++) {
		int64_t p = t->dtype == DT_I4 ? ((const int32_t *)t->data)[j] :
		    t->dtype == DT_I8 ? ((const int64_t *)t->data)[j] : -2;

		if (j == 0 ? p != -1 : p < 0 || p >= j)
			return fail(E_VALUE, "array parents: parent %lld of "
			    "joint %d, want the pelvis (-1) first and parents "
			    "before children", (long long)p, j);
		b->parent[j] = (int)p;
	}
	return OK;
}

static enum status
get_rig(struct body *b, struct arena *a, const struct npz_want *w)
{
	size_t n = b->mesh.n_vert;
	struct sparse joints;

	if (w[SKIN].t.dim[0] != n || w[JOINT_REG].t.dim[1] != n)
		return fail(E_SHAPE, "arrays skin_weights, joint_regressor: "
		    "want %zu vertices", n);
	TRY(get_parents(b, &w[PARENTS].t));
	TRY(make_sparse(&joints, a, &w[JOINT_REG].t, "joint_regressor", NULL,
	    BODY_JOINTS));
	sparse_apply(b->joint, &joints, b->mesh.vert);
	TRY(make_sparse(&b->skin, a, &w[SKIN].t, "skin_weights", NULL, n));
	for (size_t i = 0; i < n; i++) {
		double sum = 0;

		for (uint32_t k = b->skin.row[i]; k < b->skin.row[i + 1]; k++)
			sum += b->skin.weight[k];
		if (fabs(sum - 1) > 1e-2)
			return fail(E_VALUE, "array skin_weights: vertex %zu "
			    "has weights of sum %g, want 1", i, sum);
	}
	b->has_rig = true;
	return OK;
}

/* The vertices of another OBJ in place of the body's own. */
static enum status
put_shape(struct mesh *m, struct arena *a, const char *path)
{
	struct mesh other;

	TRY(mesh_read_obj(&other, a, path));
	if (other.n_vert != m->n_vert)
		return fail(E_SHAPE, "%s: %zu vertices, want %zu as the body",
		    path, other.n_vert, m->n_vert);
	m->vert = other.vert;
	return OK;
}

enum status
body_parse_npz(struct body *b, struct arena *a, const void *buf, size_t n,
    const char *shape)
{
	struct npz_want w[N_WANT] = {
		[VERTICES] = { "vertices", .rank = 2, .dim = { 0, 3 } },
		[FACES] = { "faces", .rank = 2, .dim = { 0, 3 } },
		[UV] = { "uv", .optional = true, .rank = 2, .dim = { 0, 2 } },
		[UV_FACES] = { "uv_faces", .optional = true,
		    .rank = 2, .dim = { 0, 3 } },
		[PART] = { "part", .optional = true, .rank = 1, .dim = { 0 } },
		[PART_U] = { "part_u", .optional = true,
		    .rank = 2, .dim = { 0, 3 } },
		[PART_V] = { "part_v", .optional = true,
		    .rank = 2, .dim = { 0, 3 } },
		[SKIN] = { "skin_weights", .optional = true,
		    .rank = 2, .dim = { 0, BODY_JOINTS } },
		[JOINT_REG] = { "joint_regressor", .optional = true,
		    .rank = 2, .dim = { BODY_JOINTS } },
		[PARENTS] = { "parents", .optional = true,
		    .rank = 1, .dim = { BODY_JOINTS } },
		[BODY25] = { "body25_regressor", .optional = true,
		    .rank = 2, .dim = { 25 } },
	};

	*b = (struct body){ 0 };
	TRY(npz_pick(w, N_WANT, a, buf, n));
	TRY(get_mesh(&b->mesh, a, w));
	if (shape)
		TRY(put_shape(&b->mesh, a, shape));
	if (w[PART].found && w[PART_U].found && w[PART_V].found)
		TRY(get_charts(b, a, w));
	if (w[SKIN].found && w[JOINT_REG].found && w[PARENTS].found)
		TRY(get_rig(b, a, w));
	if (!w[BODY25].found)
		return OK;
	if (w[BODY25].t.dim[1] != b->mesh.n_vert)
		return fail(E_SHAPE, "array body25_regressor: want %zu "
		    "vertices", b->mesh.n_vert);
	return make_sparse(&b->points, a, &w[BODY25].t, "body25_regressor",
	    coco_of_body25, POSE_POINTS);
}

enum status
body_read(struct body *b, struct arena *a, const char *path,
    const char *shape)
{
	const char *buf;
	size_t n;

	if (file_ends_in(path, ".obj")) {
		*b = (struct body){ 0 };
		TRY(mesh_read_obj(&b->mesh, a, path));
		return shape ? put_shape(&b->mesh, a, shape) : OK;
	}
	if (!file_ends_in(path, ".npz"))
		return fail(E_FORMAT, "%s: want a body as .npz or .obj", path);
	TRY(file_read(&buf, &n, a, path, MESH_MAX_FILE));
	enum status s = body_parse_npz(b, a, buf, n, shape);

	return s == OK ? OK : fail_in(s, "%s", path);
}

const char *
body_doubt(const struct body *b, struct arena *a)
{
	float lo[3] = { INFINITY, INFINITY, INFINITY };
	float hi[3] = { -INFINITY, -INFINITY, -INFINITY }, size[3];

	for (size_t i = 0; i < b->mesh.n_vert; i++)
		for (int c = 0; c < 3; c++) {
			lo[c] = fminf(lo[c], b->mesh.vert[i][c]);
			hi[c] = fmaxf(hi[c], b->mesh.vert[i][c]);
		}
	for (int c = 0; c < 3; c++)
		size[c] = hi[c] - lo[c];
	const float most = fmaxf(size[1], fmaxf(size[0], size[2]));

	/* Arms that are held out are as long as the body is high. */
	if (size[1] < LEAST_UPRIGHT * most)
		return arena_printf(a, "it is %.3g high and %.3g long: does it lie? y "
		    "must be up", (double)size[1], (double)most);
	if (most < SHORTEST || most > TALLEST)
		return arena_printf(a, "it is %.3g high: are these metres?",
		    (double)most);
	if (b->has_rig && b->joint[J_NECK][1] < b->joint[J_PELVIS][1])
		return "its neck is below its pelvis: y must be up";
	return NULL;
}
