#include "weights/tflite_reader.h"

#include <stdio.h>
#include <string.h>

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

/* The operator that is being read. */
struct op {
	size_t i;
	int64_t kind;
	struct flat_table table, options;
	bool has_options;
	struct flat_vector in, out;
	struct tflite_value *made;	/* its output */
	json_t *o;		/* what the graph will say of it */
};

/* ---- what operators read and make ---- */

static enum status
put(json_t *o, const char *key, json_t *v)
{
	return json_object_set_new(o, key, v) == 0 ? OK :
	    fail(E_NOMEM, "no memory for %s", key);
}

/* Input k, which an earlier operator made, or which is the network's. */
static enum status
take_input(struct tflite_reader *r, struct op *op, size_t k)
{
	int64_t t = flat_i32(&r->f, &op->in, k);
	struct tflite_value *v;

	TRY(tflite_value(&v, r, t));
	if (v->data || v->same_as)
		return fail(E_FORMAT, "tensor %lld is a constant, which is "
		    "not supported here", (long long)t);
	if (!v->made)
		return fail(E_FORMAT, "tensor %lld is read before it is made",
		    (long long)t);
	TRY(tflite_floats(v, t));
	return json_array_append_new(json_object_get(op->o, "inputs"),
	    tflite_name(t)) == 0 ? OK : fail(E_NOMEM, "no memory for inputs");
}

/* The tensor that the operator makes, from now on. */
static enum status
take_output(struct tflite_reader *r, struct op *op)
{
	int64_t t = flat_i32(&r->f, &op->out, 0);

	TRY(tflite_value(&op->made, r, t));
	if (op->made->made || op->made->data)
		return fail(E_FORMAT, "tensor %lld is %s already",
		    (long long)t, op->made->made ? "made" : "a constant");
	op->made->made = true;
	return tflite_floats(op->made, t);
}

/* Input k as an array of the weights: kernel or bias. */
static enum status
take_array(struct tflite_reader *r, struct op *op, size_t k,
    enum tflite_role role)
{
	const char *what = role == TFLITE_BIAS ? "bias" : "weight", *is;
	char name[48];

	snprintf(name, sizeof name, "op%zu.%s", op->i, what);
	TRY(tflite_array(&is, r, flat_i32(&r->f, &op->in, k), name, role));
	return put(op->o, what, json_string(is));
}

/* ---- options ---- */

/* The options' table, which has to be of this type. */
static enum status
want_options(const struct op *op, struct tflite_reader *r, int64_t type)
{
	int64_t is;

	TRY(flat_int(&is, &r->f, &op->table, 3, 1, 0));
	return op->has_options && is == type ? OK : fail(E_FORMAT,
	    "options of type %lld, want %lld", op->has_options ?
	    (long long)(is & 255) : 0LL, (long long)type);
}

/* Options k, of the width, and k + 1, of the height, as [height, width]. */
static enum status
take_pair(struct op *op, struct tflite_reader *r, const char *key, size_t k)
{
	int64_t w, h;

	TRY(flat_int(&w, &r->f, &op->options, k, 4, 0));
	TRY(flat_int(&h, &r->f, &op->options, k + 1, 4, 0));
	if (w < 1 || h < 1 || w > TFLITE_SIDE_MOST || h > TFLITE_SIDE_MOST)
		return fail(E_FORMAT, "%s %lld x %lld", key, (long long)h,
		    (long long)w);
	return put(op->o, key, json_pack("[II]", (json_int_t)h,
	    (json_int_t)w));
}

static enum status
take_padding(struct op *op, struct tflite_reader *r)
{
	int64_t p;

	TRY(flat_int(&p, &r->f, &op->options, 0, 1, 0));
	if (p != 0 && p != 1)
		return fail(E_FORMAT, "padding %lld, want SAME (0) or VALID "
		    "(1)", (long long)p);
	return put(op->o, "padding", json_string(p ? "VALID" : "SAME"));
}

static enum status
take_activation(struct op *op, struct tflite_reader *r, size_t k)
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
want_no_dilation(const struct op *op, struct tflite_reader *r, size_t k)
{
	int64_t w, h;

	TRY(flat_int(&w, &r->f, &op->options, k, 4, 1));
	TRY(flat_int(&h, &r->f, &op->options, k + 1, 4, 1));
	return w == 1 && h == 1 ? OK : fail(E_FORMAT, "dilation %lld x %lld "
	    "is not supported", (long long)h, (long long)w);
}

/* ---- operators ---- */

static enum status
take_kernels(struct op *op, struct tflite_reader *r, enum tflite_role role)
{
	TRY(take_array(r, op, 1, role));
	/* A tensor of -1 is one that is left out. */
	return op->in.len == 3 && flat_i32(&r->f, &op->in, 2) != -1 ?
	    take_array(r, op, 2, TFLITE_BIAS) : OK;
}

static enum status
read_conv(struct op *op, struct tflite_reader *r)
{
	TRY(want_options(op, r, 1));
	TRY(take_kernels(op, r, TFLITE_KERNEL));
	TRY(take_pair(op, r, "stride", 1));
	TRY(take_padding(op, r));
	TRY(take_activation(op, r, 3));
	return want_no_dilation(op, r, 4);
}

static enum status
read_depthwise(struct op *op, struct tflite_reader *r)
{
	int64_t multiplier;

	TRY(want_options(op, r, 2));
	TRY(take_kernels(op, r, TFLITE_DEPTHWISE));
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
read_pool(struct op *op, struct tflite_reader *r)
{
	TRY(want_options(op, r, 5));
	TRY(take_pair(op, r, "stride", 1));
	TRY(take_pair(op, r, "window", 3));
	TRY(take_padding(op, r));
	return take_activation(op, r, 5);
}

static enum status
read_add(struct op *op, struct tflite_reader *r)
{
	TRY(want_options(op, r, 11));
	TRY(take_input(r, op, 1));
	return take_activation(op, r, 0);
}

static enum status
read_resize(struct op *op, struct tflite_reader *r)
{
	int64_t size[2], align, half;
	size_t n;

	TRY(want_options(op, r, 15));
	TRY(tflite_sizes(size, &n, 2, r, flat_i32(&r->f, &op->in, 1)));
	if (n != 2 || size[0] < 1 || size[1] < 1 ||
	    size[0] > TFLITE_SIDE_MOST || size[1] > TFLITE_SIDE_MOST)
		return fail(E_FORMAT, "the new size is not two numbers of 1 "
		    "to %d", TFLITE_SIDE_MOST);
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
read_pad(struct op *op, struct tflite_reader *r)
{
	int64_t p[8];
	size_t n;

	TRY(tflite_sizes(p, &n, 8, r, flat_i32(&r->f, &op->in, 1)));
	if (n != 8)
		return fail(E_FORMAT, "%zu numbers, want two for each of 4 "
		    "dimensions", n);
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0 || p[i] > (i < 2 ? 0 : TFLITE_SIDE_MOST))
			return fail(E_FORMAT, "padding of dimension %zu by "
			    "%lld", i / 2, (long long)p[i]);
	return put(op->o, "pad", json_pack("[[II][II][II]]", (json_int_t)p[2],
	    (json_int_t)p[3], (json_int_t)p[4], (json_int_t)p[5],
	    (json_int_t)p[6], (json_int_t)p[7]));
}

/* The new shape is that of the output; the file says it twice more. */
static enum status
read_reshape(struct op *op, struct tflite_reader *r)
{
	const struct tflite_value *out = op->made;
	json_t *shape = json_array();
	int64_t d[TENSOR_MAX_RANK];
	size_t n = (size_t)out->rank;

	TRY(put(op->o, "shape", shape));
	if (op->in.len == 2)
		TRY(tflite_sizes(d, &n, TENSOR_MAX_RANK, r,
		    flat_i32(&r->f, &op->in, 1)));
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
read_dequantize(struct op *op, struct tflite_reader *r)
{
	int64_t t = flat_i32(&r->f, &op->in, 0);
	struct tflite_value *in;

	TRY(tflite_value(&in, r, t));
	if (!in->data || in->type != TFLITE_F16)
		return fail(E_FORMAT, "tensor %lld is %s, want a constant of "
		    "f16", (long long)t, in->data ? tflite_type(in) :
		    "computed");
	TRY(take_output(r, op));
	if (op->made->rank != in->rank ||
	    memcmp(op->made->dim, in->dim, sizeof in->dim) != 0)
		return fail(E_SHAPE, "the output has another shape");
	op->made->same_as = (size_t)t + 1;
	return OK;
}

/* Kinds that are known, the inputs one may have, and what reads the rest. */
static const struct known {
	int64_t kind;
	size_t least, most;
	/* What there is beside the first input; NULL: nothing. */
	enum status (*read)(struct op *op, struct tflite_reader *r);
} known[] = {
	{ ADD, 2, 2, read_add },
	{ CONV_2D, 2, 3, read_conv },
	{ DEPTHWISE_CONV_2D, 2, 3, read_depthwise },
	{ DEQUANTIZE, 1, 1, read_dequantize },
	{ LOGISTIC, 1, 1, NULL },
	{ MAX_POOL_2D, 1, 1, read_pool },
	{ RESHAPE, 1, 2, read_reshape },
	{ RESIZE_BILINEAR, 2, 2, read_resize },
	{ PAD, 2, 2, read_pad },
};

static enum status
read_kind(struct op *op, struct tflite_reader *r)
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
read_arguments(const struct known **k, struct op *op, struct tflite_reader *r)
{
	size_t i = 0, n = sizeof known / sizeof *known;

	TRY(flat_vector(&op->in, &r->f, &op->table, 1, 4));
	TRY(flat_vector(&op->out, &r->f, &op->table, 2, 4));
	TRY(flat_table(&op->options, &op->has_options, &r->f, &op->table, 4));
	while (i < n && known[i].kind != op->kind)
		i++;
	if (i == n)
		return fail(E_FORMAT, "kind %lld is not supported",
		    (long long)op->kind);
	*k = &known[i];
	if (op->in.len < (*k)->least || op->in.len > (*k)->most ||
	    op->out.len != 1)
		return fail(E_FORMAT, "%zu inputs and %zu outputs", op->in.len,
		    op->out.len);
	return OK;
}

static enum status
read_op(struct op *op, struct tflite_reader *r)
{
	const struct known *k = NULL;
	int64_t t;

	TRY(read_arguments(&k, op, r));
	if (op->kind == DEQUANTIZE)
		return k->read(op, r);
	t = flat_i32(&r->f, &op->out, 0);
	op->o = json_pack("{s:o, s:s, s:[], s:[o]}", "name", json_sprintf(
	    "op%zu", op->i), "kind", kind_name(op->kind), "inputs", "outputs",
	    tflite_name(t));
	if (json_array_append_new(r->ops, op->o) != 0)
		return fail(E_NOMEM, "no memory for an operator");
	TRY(take_input(r, op, 0));
	/* Not before the inputs: no operator reads what it makes. */
	TRY(tflite_value(&op->made, r, t));
	if (k->read)
		TRY(k->read(op, r));
	return take_output(r, op);
}

enum status
tflite_op(struct tflite_reader *r, size_t i, const struct flat_table *table)
{
	struct op op = { .i = i, .table = *table };

	TRY(read_kind(&op, r));
	enum status st = read_op(&op, r);

	return st == OK ? OK : fail_in(st, "operator %zu (%s)", i,
	    kind_name(op.kind));
}
