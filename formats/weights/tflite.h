/*
 * TensorFlow Lite's .tflite: a flatbuffer, told by "TFL3" at byte 4. Read
 * from the format's public schema, version 3, without generated code.
 *
 * The constants of the first and only subgraph become arrays, what is done
 * with them becomes the manifest's weights.graph, which weights.5 describes
 * field by field: inputs, outputs, and the operators in order. Kernels are
 * turned from OHWI to OIHW, depthwise ones from (1, h, w, c) to (c, 1, h, w).
 * Constants behind a DEQUANTIZE stay f2.
 *
 * Known are PAD, DEQUANTIZE (of constants), CONV_2D, DEPTHWISE_CONV_2D, ADD,
 * RESIZE_BILINEAR, MAX_POOL_2D, LOGISTIC and RESHAPE; types f32, f16 and, for
 * sizes, i32; SAME and VALID padding; no activation, RELU or RELU6. Anything
 * else is an error that names the operator by its number in the file, from 0,
 * and its kind. Nothing that is not in the file is assumed.
 */
#ifndef WEIGHTS_TFLITE_H
#define WEIGHTS_TFLITE_H

#include "weights/arrays.h"

bool tflite_is(const void *buf, size_t n);

/*
 * E_FORMAT, E_TRUNC (something reaches behind the end), E_LIMIT, E_SHAPE.
 * Work and memory are bounded by the file's size: no constant is taken twice,
 * and all together may not have more bytes than the file.
 */
MUST_CHECK enum status tflite_read(struct arrays *set, const void *buf,
    size_t n);

#endif
