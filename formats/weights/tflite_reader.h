/*
 * What the parts of tflite.c share: the file being read, its tensors
 * (tflite_value.c) and operators (tflite_op.c). For them alone.
 *
 * Numbers of fields, types and operators are those of TensorFlow Lite's
 * schema.fbs. Legend: t tensor by number, i operator by number, both as in the
 * file.
 */
#ifndef WEIGHTS_TFLITE_READER_H
#define WEIGHTS_TFLITE_READER_H

#include "weights/arrays.h"
#include "weights/flatbuf.h"

#define TFLITE_SIDE_MOST 65535	/* of a shape, a stride, a padding */

enum tflite_type { TFLITE_F32, TFLITE_F16, TFLITE_I32, TFLITE_TYPES };

/* As what a constant is an array of the weights. */
enum tflite_role { TFLITE_UNUSED, TFLITE_KERNEL, TFLITE_DEPTHWISE,
	TFLITE_BIAS };

struct tflite_value {
	bool read;		/* what follows has been read */
	bool made;		/* by an operator, or an input */
	enum tflite_type type;
	int rank;
	size_t dim[TENSOR_MAX_RANK], bytes;
	const unsigned char *data;	/* of a constant, or NULL */
	size_t same_as;		/* a DEQUANTIZE's input, plus 1; or 0 */
	enum tflite_role role;	/* as which it has been added */
	const char *name;	/* of its array */
};

struct tflite_reader {
	struct flatbuf f;
	struct arrays *set;
	struct flat_vector tensors, buffers, codes;
	struct tflite_value *value;	/* tensors.len of them */
	size_t taken;		/* bytes of constants */
	json_t *ops;
};

/* ---- tflite_value.c ---- */

/* Tensor t, read when it is first asked for; E_FORMAT where there is none. */
MUST_CHECK enum status tflite_value(struct tflite_value **v,
    struct tflite_reader *r, int64_t t);

/* Its type in words; its name in the graph, a new reference. */
const char *tflite_type(const struct tflite_value *v);
json_t *tflite_name(int64_t t);

/* E_FORMAT unless v, tensor t, is f32, as all that is computed must be. */
MUST_CHECK enum status tflite_floats(const struct tflite_value *v, int64_t t);

/* Tensor t, which must be a constant; behind a DEQUANTIZE that one's input. */
MUST_CHECK enum status tflite_constant(struct tflite_value **v,
    struct tflite_reader *r, int64_t t);

/*
 * Constant t as the array `name` of the weights, or as it was added before:
 * *is gets its name. Kernels are turned to OIHW. E_LIMIT where constants would
 * have more bytes than the file.
 */
MUST_CHECK enum status tflite_array(const char **is, struct tflite_reader *r,
    int64_t t, const char *name, enum tflite_role role);

/* Constant t as *n <= most whole numbers. */
MUST_CHECK enum status tflite_sizes(int64_t *x, size_t *n, size_t most,
    struct tflite_reader *r, int64_t t);

/* ---- tflite_op.c ---- */

/*
 * Operator i of the file: its constants become arrays, what it does an item
 * of r->ops. A DEQUANTIZE is none, its output only another name of its input.
 */
MUST_CHECK enum status tflite_op(struct tflite_reader *r, size_t i,
    const struct flat_table *table);

#endif
