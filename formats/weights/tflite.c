/*
 * Numbers of fields, types and operators are those of TensorFlow Lite's
 * schema.fbs. Legend: t tensor by number, i operator by number, both as in the
 * file.
 */
#include "weights/tflite.h"

#include <stdio.h>
#include <string.h>

#include "weights/flatbuf.h"

#define OPS_MOST 4096		/* operators; heavy has 684 */
#define TENSORS_MOST 16384
#define ENDS_MOST 64		/* inputs, and outputs, of the network */
#define SIDE_MOST 65535		/* of a shape, a stride, a padding */

enum type { F32, F16, I32, TYPES };
static const struct {
	const char *name;
	enum elem elem;
} types[TYPES] = { { "f32", EL_F4 }, { "f16", EL_F2 }, { "i32", EL_I4 } };

enum role { UNUSED, KERNEL, DEPTHWISE, BIAS };
static const char *const roles[] = { "", "kernel", "depthwise kernel",
	"bias" };

struct value {
	bool read;		/* what follows has been read */
	bool made;		/* by an operator, or an input */
	size_t type;
	int rank;
	size_t dim[TENSOR_MAX_RANK], bytes;
	const unsigned char *data;	/* of a constant, or NULL */
	size_t same_as;		/* a DEQUANTIZE's input, plus 1; or 0 */
	enum role role;		/* as which it has been added */
	const char *name;	/* of its array */
};

/* The operator that is being read. */
struct op {
	size_t i;
	int64_t kind;
	struct flat_table table, options;
	bool has_options;
	struct flat_vector in, out;
	json_t *o;		/* what the graph will say of it */
};

struct reader {
	struct flatbuf f;
	struct arrays *set;
	struct flat_vector tensors, buffers, codes;
	struct value *value;	/* tensors.len of them */
	size_t taken;		/* bytes of constants */
	json_t *ops;
};

/* ---- operators' names ---- */

enum kind {
	ADD = 0, CONV_2D = 3, DEPTHWISE_CONV_2D = 4, DEQUANTIZE = 6,
	LOGISTIC = 14, MAX_POOL_2D = 17, RESHAPE = 22, RESIZE_BILINEAR = 23,
	PAD = 34
};

static const char *const kinds[] = {
	"ADD", "AVERAGE_POOL_2D", "CONCATENATION", "CONV_2D",
	"DEPTHWISE_CONV_2D", "DEPTH_TO_SPACE", "DEQUANTIZE",
	"EMBEDDING_LOOKUP", "FLOOR", "FULLY_CONNECTED", "HASHTABLE_LOOKUP",
	"L2_NORMALIZATION", "L2_POOL_2D", "LOCAL_RESPONSE_NORMALIZATION",
	"LOGISTIC", "LSH_PROJECTION", "LSTM", "MAX_POOL_2D", "MUL", "RELU",
	"RELU_N1_TO_1", "RELU6", "RESHAPE", "RESIZE_BILINEAR", "RNN",
	"SOFTMAX", "SPACE_TO_DEPTH", "SVDF", "TANH", "CONCAT_EMBEDDINGS",
	"SKIP_GRAM", "CALL", "CUSTOM", "EMBEDDING_LOOKUP_SPARSE", "PAD",
};

static const char *
kind_name(int64_t kind)
{
	return kind >= 0 && kind < (int64_t)(sizeof kinds / sizeof *kinds) ?
	    kinds[kind] : "of a later version";
}

/* "operator 12 (CONV_2D): " in front of the detail. */
static enum status
at_op(enum status st, const struct op *op)
{
	return st == OK ? OK : fail_in(st, "operator %zu (%s)", op->i,
	    kind_name(op->kind));
}

/* ---- tensors ---- */

static enum status
read_shape(struct value *v, struct reader *r, const struct flat_table *t)
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
read_data(struct value *v, struct reader *r, const struct flat_table *t)
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
read_value(struct value *v, struct reader *r, const struct flat_table *t)
{
	int64_t type, variable;
	struct flat_table sparse;
	bool there;

	TRY(flat_int(&type, &r->f, t, 1, 1, 0));
	if (type < 0 || type >= TYPES)
		return fail(E_FORMAT, "type %lld, want f32, f16 or i32",
		    (long long)type);
	v->type = (size_t)type;
	TRY(flat_int(&variable, &r->f, t, 5, 1, 0));
	TRY(flat_table(&sparse, &there, &r->f, t, 6));
	if (variable || there)
		return fail(E_FORMAT, "it is %s", there ? "sparse" :
		    "a variable");
	TRY(read_shape(v, r, t));
	return read_data(v, r, t);
}

/* Tensor t, read when it is first asked for. */
static enum status
get(struct value **v, struct reader *r, int64_t t)
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

/* ---- what operators read and make ---- */

static enum status
put(json_t *o, const char *key, json_t *v)
{
	return json_object_set_new(o, key, v) == 0 ? OK :
	    fail(E_NOMEM, "no memory for %s", key);
}

static json_t *
value_name(int64_t t)
{
	return json_sprintf("t%lld", (long long)t);
}

/* Input k, which an earlier operator made, or which is the network's. */
static enum status
take_input(struct value **v, struct reader *r, struct op *op, size_t k)
{
	int64_t t = flat_i32(&r->f, &op->in, k);

	TRY(get(v, r, t));
	if ((*v)->data || (*v)->same_as)
		return fail(E_FORMAT, "tensor %lld is a constant, which is "
		    "not supported here", (long long)t);
	if (!(*v)->made)
		return fail(E_FORMAT, "tensor %lld is read before it is made",
		    (long long)t);
	if ((*v)->type != F32)
		return fail(E_FORMAT, "tensor %lld is %s, want f32",
		    (long long)t, types[(*v)->type].name);
	return json_array_append_new(json_object_get(op->o, "inputs"),
	    value_name(t)) == 0 ? OK : fail(E_NOMEM, "no memory for inputs");
}

static enum status
take_output(struct value **v, struct reader *r, const struct op *op)
{
	int64_t t = flat_i32(&r->f, &op->out, 0);

	TRY(get(v, r, t));
	if ((*v)->made || (*v)->data)
		return fail(E_FORMAT, "tensor %lld is %s already",
		    (long long)t, (*v)->made ? "made" : "a constant");
	if ((*v)->type != F32)
		return fail(E_FORMAT, "tensor %lld is %s, want f32",
		    (long long)t, types[(*v)->type].name);
	(*v)->made = true;
	return OK;
}

/* Input k as a constant; behind a DEQUANTIZE it is that one's input. */
static enum status
constant(struct value **v, struct reader *r, const struct op *op, size_t k)
{
	int64_t t = flat_i32(&r->f, &op->in, k);

	TRY(get(v, r, t));
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
add_array(struct value *v, struct reader *r, const char *name, enum role role)
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
	if (role == BIAS)
		return arrays_add_raw(r->set, name, e, 1, d, v->data);
	if ((turned = arena_alloc(r->set->arena, v->bytes)) == NULL)
		return E_NOMEM;
	turn(turned, v->data, d[0], d[1] * d[2], d[3], elem_size(e));
	if (role == DEPTHWISE) {	/* (1, c, h, w) as (c, 1, h, w) */
		oihw[0] = d[3];
		oihw[1] = 1;
	}
	return arrays_add_raw(r->set, name, e, 4, oihw, turned);
}

/* Input k as an array of the weights: kernel or bias. */
static enum status
take_array(struct reader *r, struct op *op, size_t k, enum role role)
{
	const char *what = role == BIAS ? "bias" : "weight";
	struct value *v;
	char name[48];

	TRY(constant(&v, r, op, k));
	if (v->type == I32 || v->rank != (role == BIAS ? 1 : 4))
		return fail(E_FORMAT, "%s of type %s with %d dimensions",
		    roles[role], types[v->type].name, v->rank);
	if (role == DEPTHWISE && v->dim[0] != 1)
		return fail(E_FORMAT, "%s of %zu, want 1", roles[role],
		    v->dim[0]);
	snprintf(name, sizeof name, "op%zu.%s", op->i, what);
	if (v->role == UNUSED)
		TRY(add_array(v, r, name, role));
	else if (v->role != role)
		return fail(E_FORMAT, "one constant is %s and %s",
		    roles[v->role], roles[role]);
	return put(op->o, what, json_string(v->name));
}

/* Input k as whole numbers of 0..SIDE_MOST, `most` of them at most. */
static enum status
take_sizes(int64_t *x, size_t *n, size_t most, struct reader *r,
    const struct op *op, size_t k)
{
	struct value *v;

	TRY(constant(&v, r, op, k));
	*n = v->bytes / 4;
	if (v->type != I32 || *n > most)
		return fail(E_FORMAT, "sizes of type %s, %zu of them",
		    types[v->type].name, *n);
	struct flat_vector data = { (size_t)(v->data - r->f.b), *n };

	for (size_t i = 0; i < *n; i++)
		x[i] = flat_i32(&r->f, &data, i);
	return OK;
}

/* ---- options ---- */

/* The options' table, which has to be of this type. */
static enum status
want_options(const struct op *op, struct reader *r, int64_t type)
{
	int64_t is;

	TRY(flat_int(&is, &r->f, &op->table, 3, 1, 0));
	return op->has_options && is == type ? OK : fail(E_FORMAT,
	    "options of type %lld, want %lld", op->has_options ?
	    (long long)(is & 255) : 0LL, (long long)type);
}

/* Options k, of the width, and k + 1, of the height, as [height, width]. */
static enum status
take_pair(struct op *op, struct reader *r, const char *key, size_t k)
{
	int64_t w, h;

	TRY(flat_int(&w, &r->f, &op->options, k, 4, 0));
	TRY(flat_int(&h, &r->f, &op->options, k + 1, 4, 0));
	if (w < 1 || h < 1 || w > SIDE_MOST || h > SIDE_MOST)
		return fail(E_FORMAT, "%s %lld x %lld", key, (long long)h,
		    (long long)w);
	return put(op->o, key, json_pack("[II]", (json_int_t)h,
	    (json_int_t)w));
}

static enum status
take_padding(struct op *op, struct reader *r)
{
	int64_t p;

	TRY(flat_int(&p, &r->f, &op->options, 0, 1, 0));
	if (p != 0 && p != 1)
		return fail(E_FORMAT, "padding %lld, want SAME (0) or VALID "
		    "(1)", (long long)p);
	return put(op->o, "padding", json_string(p ? "VALID" : "SAME"));
}

static enum status
take_activation(struct op *op, struct reader *r, size_t k)
{
	int64_t a = 0;

	TRY(flat_int(&a, &r->f, &op->options, k, 1, 0));
	if (a != 0 && a != 1 && a != 3)
		return fail(E_FORMAT, "activation %lld, want none (0), RELU "
		    "(1) or RELU6 (3)", (long long)a);
	return put(op->o, "activation", json_string(a == 0 ? "NONE" : a == 1 ?
	    "RELU" : "RELU6"));
}

/* Fields k and k + 1. */
static enum status
want_no_dilation(const struct op *op, struct reader *r, size_t k)
{
	int64_t w, h;

	TRY(flat_int(&w, &r->f, &op->options, k, 4, 1));
	TRY(flat_int(&h, &r->f, &op->options, k + 1, 4, 1));
	return w == 1 && h == 1 ? OK : fail(E_FORMAT, "dilation %lld x %lld "
	    "is not supported", (long long)h, (long long)w);
}

/* ---- operators ---- */

static enum status
take_kernels(struct op *op, struct reader *r, enum role role)
{
	TRY(take_array(r, op, 1, role));
	/* A tensor of -1 is one that is left out. */
	return op->in.len == 3 && flat_i32(&r->f, &op->in, 2) != -1 ?
	    take_array(r, op, 2, BIAS) : OK;
}

static enum status
read_conv(struct op *op, struct reader *r)
{
	TRY(want_options(op, r, 1));
	TRY(take_kernels(op, r, KERNEL));
	TRY(take_pair(op, r, "stride", 1));
	TRY(take_padding(op, r));
	TRY(take_activation(op, r, 3));
	return want_no_dilation(op, r, 4);
}

static enum status
read_depthwise(struct op *op, struct reader *r)
{
	int64_t multiplier;

	TRY(want_options(op, r, 2));
	TRY(take_kernels(op, r, DEPTHWISE));
	TRY(take_pair(op, r, "stride", 1));
	TRY(take_padding(op, r));
	TRY(take_activation(op, r, 4));
	TRY(flat_int(&multiplier, &r->f, &op->options, 3, 4, 0));
	if (multiplier != 1)
		return fail(E_FORMAT, "depth multiplier %lld, want 1",
		    (long long)multiplier);
	return want_no_dilation(op, r, 5);
}

static enum status
read_pool(struct op *op, struct reader *r)
{
	TRY(want_options(op, r, 5));
	TRY(take_pair(op, r, "stride", 1));
	TRY(take_pair(op, r, "window", 3));
	TRY(take_padding(op, r));
	return take_activation(op, r, 5);
}

static enum status
read_add(struct op *op, struct reader *r)
{
	struct value *v;

	TRY(want_options(op, r, 11));
	TRY(take_input(&v, r, op, 1));
	return take_activation(op, r, 0);
}

static enum status
read_resize(struct op *op, struct reader *r)
{
	int64_t size[2], align, half;
	size_t n;

	TRY(want_options(op, r, 15));
	TRY(take_sizes(size, &n, 2, r, op, 1));
	if (n != 2 || size[0] < 1 || size[1] < 1 || size[0] > SIDE_MOST ||
	    size[1] > SIDE_MOST)
		return fail(E_FORMAT, "the new size is not two numbers of 1 "
		    "to %d", SIDE_MOST);
	TRY(flat_int(&align, &r->f, &op->options, 2, 1, 0));
	TRY(flat_int(&half, &r->f, &op->options, 3, 1, 0));
	if (align && half)
		return fail(E_FORMAT, "align_corners and half_pixel_centers");
	TRY(put(op->o, "size", json_pack("[II]", (json_int_t)size[0],
	    (json_int_t)size[1])));
	TRY(put(op->o, "align_corners", json_boolean(align)));
	return put(op->o, "half_pixel_centers", json_boolean(half));
}

/* Of batch, rows, columns and channels, in front and behind. */
static enum status
read_pad(struct op *op, struct reader *r)
{
	int64_t p[8];
	size_t n;

	TRY(take_sizes(p, &n, 8, r, op, 1));
	if (n != 8)
		return fail(E_FORMAT, "%zu numbers, want two for each of 4 "
		    "dimensions", n);
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0 || p[i] > (i < 2 ? 0 : SIDE_MOST))
			return fail(E_FORMAT, "padding of dimension %zu by "
			    "%lld", i / 2, (long long)p[i]);
	return put(op->o, "pad", json_pack("[[II][II][II]]", (json_int_t)p[2],
	    (json_int_t)p[3], (json_int_t)p[4], (json_int_t)p[5],
	    (json_int_t)p[6], (json_int_t)p[7]));
}

/* The new shape is that of the output; the file says it twice more. */
static enum status
read_reshape(struct op *op, struct reader *r, const struct value *out)
{
	json_t *shape = json_array();
	int64_t d[TENSOR_MAX_RANK];
	size_t n = (size_t)out->rank;

	TRY(put(op->o, "shape", shape));
	if (op->in.len == 2)
		TRY(take_sizes(d, &n, TENSOR_MAX_RANK, r, op, 1));
	for (size_t i = 0; i < n; i++) {
		if (n != (size_t)out->rank || (op->in.len == 2 && d[i] != -1 &&
		    d[i] != (int64_t)out->dim[i]))
			return fail(E_SHAPE, "the new shape is not that of "
			    "the output");
		if (json_array_append_new(shape,
		    json_integer((json_int_t)out->dim[i])) != 0)
			return fail(E_NOMEM, "no memory for a shape");
	}
	return OK;
}

static enum status
read_dequantize(struct op *op, struct reader *r)
{
	int64_t t = flat_i32(&r->f, &op->in, 0);
	struct value *in, *out;

	TRY(get(&in, r, t));
	if (!in->data || in->type != F16)
		return fail(E_FORMAT, "tensor %lld is %s, want a constant of "
		    "f16", (long long)t, in->data ? types[in->type].name :
		    "computed");
	TRY(take_output(&out, r, op));
	if (out->rank != in->rank || memcmp(out->dim, in->dim, sizeof out->dim))
		return fail(E_SHAPE, "the output has another shape");
	out->same_as = (size_t)t + 1;
	return OK;
}

/* What is read besides the first input. */
static enum status
read_rest(struct op *op, struct reader *r, const struct value *out)
{
	switch (op->kind) {
	case CONV_2D:
		return read_conv(op, r);
	case DEPTHWISE_CONV_2D:
		return read_depthwise(op, r);
	case MAX_POOL_2D:
		return read_pool(op, r);
	case ADD:
		return read_add(op, r);
	case RESIZE_BILINEAR:
		return read_resize(op, r);
	case PAD:
		return read_pad(op, r);
	case RESHAPE:
		return read_reshape(op, r, out);
	default:	/* LOGISTIC */
		return OK;
	}
}

/* The inputs that a kind may have; false for a kind that is not known. */
static bool
inputs_of(int64_t kind, size_t *least, size_t *most)
{
	switch (kind) {
	case CONV_2D: case DEPTHWISE_CONV_2D:
		*least = 2;
		*most = 3;
		return true;
	case ADD: case RESIZE_BILINEAR: case PAD:
		*least = *most = 2;
		return true;
	case RESHAPE:
		*least = 1;
		*most = 2;
		return true;
	case MAX_POOL_2D: case LOGISTIC: case DEQUANTIZE:
		*least = *most = 1;
		return true;
	default:
		return false;
	}
}

static enum status
read_kind(struct op *op, struct reader *r)
{
	int64_t code, old, new;
	struct flat_table t;

	op->kind = -1;
	TRY(flat_int(&code, &r->f, &op->table, 0, 4, 0));
	if (code < 0 || (size_t)code >= r->codes.len)
		return fail(E_FORMAT, "operator %zu: code %lld of %zu", op->i,
		    (long long)code, r->codes.len);
	TRY(flat_item(&t, &r->f, &r->codes, (size_t)code));
	/* The field of one byte was too small in the end. */
	TRY(flat_int(&old, &r->f, &t, 0, 1, 0));
	TRY(flat_int(&new, &r->f, &t, 3, 4, 0));
	op->kind = new > old ? new : old;
	return OK;
}

static enum status
read_arguments(struct op *op, struct reader *r)
{
	size_t least, most;

	TRY(flat_vector(&op->in, &r->f, &op->table, 1, 4));
	TRY(flat_vector(&op->out, &r->f, &op->table, 2, 4));
	TRY(flat_table(&op->options, &op->has_options, &r->f, &op->table, 4));
	if (!inputs_of(op->kind, &least, &most))
		return fail(E_FORMAT, "kind %lld is not supported",
		    (long long)op->kind);
	if (op->in.len < least || op->in.len > most || op->out.len != 1)
		return fail(E_FORMAT, "%zu inputs and %zu outputs", op->in.len,
		    op->out.len);
	return OK;
}

static enum status
read_op(struct op *op, struct reader *r)
{
	struct value *in, *out;

	TRY(read_arguments(op, r));
	if (op->kind == DEQUANTIZE)
		return read_dequantize(op, r);
	op->o = json_pack("{s:o, s:s, s:[], s:[o]}", "name", json_sprintf(
	    "op%zu", op->i), "kind", kind_name(op->kind), "inputs", "outputs",
	    value_name(flat_i32(&r->f, &op->out, 0)));
	if (json_array_append_new(r->ops, op->o) != 0)
		return fail(E_NOMEM, "no memory for an operator");
	TRY(take_input(&in, r, op, 0));
	/* Not before the inputs: no operator reads what it makes. */
	TRY(get(&out, r, flat_i32(&r->f, &op->out, 0)));
	TRY(read_rest(op, r, out));
	return take_output(&out, r, op);
}

/* ---- the file ---- */

static enum status
read_ops(struct reader *r, const struct flat_table *graph)
{
	struct flat_vector ops;

	TRY(flat_vector(&ops, &r->f, graph, 3, 4));
	if (ops.len > OPS_MOST)
		return fail(E_LIMIT, "%zu operators, want at most %d", ops.len,
		    OPS_MOST);
	for (size_t i = 0; i < ops.len; i++) {
		struct op op = { .i = i };

		TRY(flat_item(&op.table, &r->f, &ops, i));
		TRY(read_kind(&op, r));
		TRY(at_op(read_op(&op, r), &op));
	}
	return OK;
}

/* An input or output: its name, tensor and shape. */
static enum status
add_end(json_t *list, json_t *seen, struct reader *r, int64_t t)
{
	struct flat_table table;
	struct flat_vector name;
	struct value *v;

	TRY(get(&v, r, t));
	if (v->type != F32)
		return fail(E_FORMAT, "tensor %lld is %s, want f32",
		    (long long)t, types[v->type].name);
	TRY(flat_item(&table, &r->f, &r->tensors, (size_t)t));
	TRY(flat_vector(&name, &r->f, &table, 3, 1));
	json_t *shape = json_array(), *text = name.len > 0 && name.len < 256 ?
	    json_stringn((const char *)r->f.b + name.at, name.len) : NULL;

	for (int k = 0; k < v->rank; k++)
		json_array_append_new(shape,
		    json_integer((json_int_t)v->dim[k]));
	if (!text || strlen(json_string_value(text)) != name.len ||
	    json_object_get(seen, json_string_value(text))) {
		json_decref(shape);
		json_decref(text);
		return fail(E_FORMAT, "tensor %lld has no name of its own",
		    (long long)t);
	}
	json_object_set_new(seen, json_string_value(text), json_true());
	return json_array_append_new(list, json_pack("{sososo}", "name", text,
	    "tensor", value_name(t), "shape", shape)) == 0 ? OK :
	    fail(E_NOMEM, "no memory for the graph");
}

/* Field k of the subgraph: its inputs (1) or outputs (2). */
static enum status
read_ends(json_t *list, json_t *seen, struct reader *r,
    const struct flat_table *graph, size_t k)
{
	const char *what = k == 1 ? "input" : "output";
	struct flat_vector ends;
	struct value *v;

	TRY(flat_vector(&ends, &r->f, graph, k, 4));
	if (ends.len == 0 || ends.len > ENDS_MOST)
		return fail(E_FORMAT, "%zu %ss", ends.len, what);
	for (size_t i = 0; i < ends.len; i++) {
		int64_t t = flat_i32(&r->f, &ends, i);
		enum status st = add_end(list, seen, r, t);

		if (st != OK)
			return fail_in(st, "%s %zu", what, i);
		TRY(get(&v, r, t));
		if (k == 1 ? v->made || v->data : !v->made || v->same_as)
			return fail(E_FORMAT, "%s %zu: tensor %lld is %s", what,
			    i, (long long)t, k == 1 ? "there already" :
			    "not made by an operator");
		v->made = true;
	}
	return OK;
}

static enum status
read_graph(json_t *o, struct reader *r, const struct flat_table *graph)
{
	json_t *in = json_array(), *out = json_array(), *seen = json_object();
	enum status st;

	r->ops = json_array();
	json_object_set_new(o, "inputs", in);
	json_object_set_new(o, "outputs", out);
	json_object_set_new(o, "ops", r->ops);
	st = read_ends(in, seen, r, graph, 1);
	if (st == OK)
		st = read_ops(r, graph);
	json_object_clear(seen);
	if (st == OK)
		st = read_ends(out, seen, r, graph, 2);
	json_decref(seen);
	return st;
}

static enum status
read_model(json_t *o, struct reader *r)
{
	struct flat_table model, graph;
	struct flat_vector graphs;
	int64_t version;

	TRY(flat_root(&model, &r->f));
	TRY(flat_int(&version, &r->f, &model, 0, 4, 0));
	if (version != 3)
		return fail(E_FORMAT, "version %lld, want 3",
		    (long long)version);
	TRY(flat_vector(&r->codes, &r->f, &model, 1, 4));
	TRY(flat_vector(&graphs, &r->f, &model, 2, 4));
	TRY(flat_vector(&r->buffers, &r->f, &model, 4, 4));
	if (graphs.len != 1)
		return fail(E_FORMAT, "%zu subgraphs, want 1", graphs.len);
	TRY(flat_item(&graph, &r->f, &graphs, 0));
	TRY(flat_vector(&r->tensors, &r->f, &graph, 0, 4));
	if (r->tensors.len > TENSORS_MOST)
		return fail(E_LIMIT, "%zu tensors, want at most %d",
		    r->tensors.len, TENSORS_MOST);
	r->value = arena_calloc(r->set->arena, r->tensors.len,
	    sizeof *r->value);
	return r->value ? read_graph(o, r, &graph) : E_NOMEM;
}

bool
tflite_is(const void *buf, size_t n)
{
	return n >= 8 && memcmp((const char *)buf + 4, "TFL3", 4) == 0;
}

enum status
tflite_read(struct arrays *set, const void *buf, size_t n)
{
	struct reader r = { .f = { buf, n }, .set = set };
	json_t *o = json_object();

	set->manifest = json_pack("{s:{s:o}}", "weights", "graph", o);
	return set->manifest ? read_model(o, &r) :
	    fail(E_NOMEM, "no memory for the graph");
}
