#include "weights/tflite_reader.h"

#include <string.h>

static const struct {
	const char *name;
	enum elem elem;
} types[TFLITE_TYPES] = { { "f32", EL_F4 }, { "f16", EL_F2 },
	{ "i32", EL_I4 } };

static const char *const roles[] = { "", "kernel", "depthwise kernel",
	"bias" };

static enum status
read_shape(struct tflite_value *v, struct tflite_reader *r,
    const struct flat_table *t)
{
	struct flat_vector shape;

	TRY(flat_vector(&shape, &r->f, t, 0, 4));
	if (shape.len > TENSOR_MAX_RANK)
		return fail(E_LIMIT, "%zu dimensions, want at most %d",
		    shape.len, TENSOR_MAX_RANK);
	v->rank = (int)shape.len;
	v->bytes = elem_size(types[v->type].elem);
	for (int k = 0; k < v->rank; k++) {
		int32_t d = flat_i32(&r->f, &shape, (size_t)k);

		if (d < 1)
			return fail(E_FORMAT, "dimension %d is %d, want at "
			    "least 1", k, (int)d);
		v->dim[k] = (size_t)d;
		TRY(size_mul(&v->bytes, v->bytes, v->dim[k]));
	}
	return OK;
}

/* The bytes of a constant; v->data stays NULL for what is computed. */
static enum status
read_data(struct tflite_value *v, struct tflite_reader *r,
    const struct flat_table *t)
{
	int64_t buffer, far;
	struct flat_table b;
	struct flat_vector data;

	TRY(flat_int(&buffer, &r->f, t, 2, 4, 0));
	if (buffer < 0 || (size_t)buffer >= r->buffers.len)
		return buffer == 0 ? OK : fail(E_FORMAT, "buffer %lld of %zu",
		    (long long)buffer, r->buffers.len);
	TRY(flat_item(&b, &r->f, &r->buffers, (size_t)buffer));
	TRY(flat_int(&far, &r->f, &b, 1, 4, 0));
	if (far != 0)
		return fail(E_FORMAT, "buffer %lld lies outside the "
		    "flatbuffer", (long long)buffer);
	TRY(flat_vector(&data, &r->f, &b, 0, 1));
	if (data.len == 0)
		return OK;
	if (data.len != v->bytes)
		return fail(E_FORMAT, "buffer %lld has %zu bytes, type and "
		    "shape want %zu", (long long)buffer, data.len, v->bytes);
	v->data = r->f.b + data.at;
	return OK;
}

static enum status
read_value(struct tflite_value *v, struct tflite_reader *r,
    const struct flat_table *t)
{
	int64_t type, variable;
	struct flat_table sparse;
	bool there;

	TRY(flat_int(&type, &r->f, t, 1, 1, 0));
	if (type < 0 || type >= TFLITE_TYPES)
		return fail(E_FORMAT, "type %lld, want f32, f16 or i32",
		    (long long)type);
	v->type = (enum tflite_type)type;
	TRY(flat_int(&variable, &r->f, t, 5, 1, 0));
	TRY(flat_table(&sparse, &there, &r->f, t, 6));
	if (variable || there)
		return fail(E_FORMAT, "it is %s", there ? "sparse" :
		    "a variable");
	TRY(read_shape(v, r, t));
	return read_data(v, r, t);
}

enum status
tflite_value(struct tflite_value **v, struct tflite_reader *r, int64_t t)
{
	struct flat_table table;

	if (t < 0 || (size_t)t >= r->tensors.len)
		return fail(E_FORMAT, "tensor %lld of %zu", (long long)t,
		    r->tensors.len);
	*v = &r->value[t];
	if ((*v)->read)
		return OK;
	TRY(flat_item(&table, &r->f, &r->tensors, (size_t)t));
	enum status st = read_value(*v, r, &table);

	(*v)->read = st == OK;
	return st == OK ? OK : fail_in(st, "tensor %lld", (long long)t);
}

const char *
tflite_type(const struct tflite_value *v)
{
	return types[v->type].name;
}

json_t *
tflite_name(int64_t t)
{
	return json_sprintf("t%lld", (long long)t);
}

enum status
tflite_floats(const struct tflite_value *v, int64_t t)
{
	return v->type == TFLITE_F32 ? OK : fail(E_FORMAT, "tensor %lld is "
	    "%s, want f32", (long long)t, tflite_type(v));
}

/* ---- constants ---- */

enum status
tflite_constant(struct tflite_value **v, struct tflite_reader *r, int64_t t)
{
	TRY(tflite_value(v, r, t));
	if ((*v)->same_as)
		*v = &r->value[(*v)->same_as - 1];
	return (*v)->data ? OK : fail(E_FORMAT, "tensor %lld is no constant",
	    (long long)t);
}

/* dst (a, c, b) = src (a, b, c), items of `size` bytes. */
static void
turn(char *dst, const unsigned char *src, size_t a, size_t b, size_t c,
    size_t size)
{
	for (size_t i = 0; i < a; i++)
		for (size_t j = 0; j < b; j++)
			for (size_t k = 0; k < c; k++)
				memcpy(dst + ((i * c + k) * b + j) * size,
				    src + ((i * b + j) * c + k) * size, size);
}

static enum status
add_array(struct tflite_value *v, struct tflite_reader *r, const char *name,
    enum tflite_role role)
{
	const size_t *d = v->dim;
	size_t oihw[4] = { d[0], d[3], d[1], d[2] };
	enum elem e = types[v->type].elem;
	char *turned;

	v->role = role;
	if ((v->name = arena_strdup(r->set->arena, name)) == NULL)
		return E_NOMEM;
	r->taken += v->bytes;
	if (r->taken > r->f.n)
		return fail(E_LIMIT, "constants share bytes: %zu of them in a "
		    "file of %zu", r->taken, r->f.n);
	if (role == TFLITE_BIAS)
		return arrays_add_raw(r->set, name, e, 1, d, v->data);
	if ((turned = arena_alloc(r->set->arena, v->bytes)) == NULL)
		return E_NOMEM;
	turn(turned, v->data, d[0], d[1] * d[2], d[3], elem_size(e));
	if (role == TFLITE_DEPTHWISE) {	/* (1, c, h, w) as (c, 1, h, w) */
		oihw[0] = d[3];
		oihw[1] = 1;
	}
	return arrays_add_raw(r->set, name, e, 4, oihw, turned);
}

enum status
tflite_array(const char **is, struct tflite_reader *r, int64_t t,
    const char *name, enum tflite_role role)
{
	struct tflite_value *v;

	TRY(tflite_constant(&v, r, t));
	if (v->type == TFLITE_I32 || v->rank != (role == TFLITE_BIAS ? 1 : 4))
		return fail(E_FORMAT, "%s of type %s with %d dimensions",
		    roles[role], tflite_type(v), v->rank);
	if (role == TFLITE_DEPTHWISE && v->dim[0] != 1)
		return fail(E_FORMAT, "%s of %zu, want 1", roles[role],
		    v->dim[0]);
	if (v->role == TFLITE_UNUSED)
		TRY(add_array(v, r, name, role));
	else if (v->role != role)
		return fail(E_FORMAT, "one constant is %s and %s",
		    roles[v->role], roles[role]);
	*is = v->name;
	return OK;
}

enum status
tflite_sizes(int64_t *x, size_t *n, size_t most, struct tflite_reader *r,
    int64_t t)
{
	struct tflite_value *v;

	TRY(tflite_constant(&v, r, t));
	*n = v->bytes / 4;
	if (v->type != TFLITE_I32 || *n > most)
		return fail(E_FORMAT, "sizes of type %s, %zu of them",
		    tflite_type(v), *n);
	struct flat_vector data = { (size_t)(v->data - r->f.b), *n };

	for (size_t i = 0; i < *n; i++)
		x[i] = flat_i32(&r->f, &data, i);
	return OK;
}
