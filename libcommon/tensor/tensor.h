/*
 * An array as it stands in a stream: dtype, shape, data. Little-endian, C
 * order, channels last. A struct tensor is a small value and does not own
 * its data; data lies in the arena of the sample, or in a mapped file.
 */
#ifndef TENSOR_TENSOR_H
#define TENSOR_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

#define TENSOR_MAX_RANK 6

enum dtype { DT_F4, DT_F2, DT_U1, DT_U2, DT_I4, DT_I8, DT_COUNT };

struct tensor {
	enum dtype dtype;
	int rank;			/* 0..TENSOR_MAX_RANK; 0 is a scalar */
	size_t dim[TENSOR_MAX_RANK];	/* outermost first; 0 is allowed */
	void *data;
};

/* Shapes as arguments: TENSOR_DIMS(h, w, 3) gives (rank, dims). */
#define TENSOR_DIMS(...) \
	(int)(sizeof (size_t[]){ __VA_ARGS__ } / sizeof (size_t)), \
	(const size_t[]){ __VA_ARGS__ }

size_t dtype_size(enum dtype d);	/* bytes of one element */
const char *dtype_name(enum dtype d);	/* "f4", "u1", ... */

size_t tensor_len(const struct tensor *t);	/* elements */
size_t tensor_bytes(const struct tensor *t);

/*
 * Shape and uninitialised data from the arena. E_LIMIT for a rank or a
 * product that is too large, E_NOMEM.
 */
MUST_CHECK enum status tensor_alloc(struct tensor *t, struct arena *a,
    enum dtype d, int rank, const size_t *dim);

/* True when dtype and shape agree; a wanted dim of 0 matches any. */
bool tensor_is(const struct tensor *t, enum dtype d, int rank,
    const size_t *dim);

/*
 * "f4 (32,32,128)" into buf, always terminated; returns buf. A dim of 0 is
 * written as "*", which is how wanted shapes are shown.
 */
char *tensor_text(char *buf, size_t n, enum dtype d, int rank,
    const size_t *dim);
#define TENSOR_TEXT_MAX 192

/* Half precision, IEEE 754 binary16, round to nearest even. */
float half_to_float(uint16_t h);
uint16_t float_to_half(float f);

/* n elements of any dtype to float; dst and src do not overlap. */
void tensor_to_float(float *dst, const struct tensor *src, size_t first,
    size_t n);

#endif
