/*
 * NumPy's .npy, versions 1 to 3, for the dtypes of stream.5: little-endian
 * (a big-endian or Fortran-order array is refused with its name, except that
 * npy_convert takes both). Headers written here are padded so that data
 * start at a multiple of 64 bytes from the member's first byte.
 */
#ifndef STREAM_NPY_H
#define STREAM_NPY_H

#include "tensor/tensor.h"

#define NPY_HEADER_MAX 4096	/* longest header accepted */
/* Bytes of an array without values, had it 1 in place of each dim of 0. */
#define NPY_EMPTY_MAX ((size_t)4 << 30)

/*
 * Parses a header at the start of buf[0..n). *t gets dtype, rank and dims
 * (data NULL), *skip the bytes before the data. max_bytes bounds the data;
 * a dim may be 0, then there are none.
 * E_TRUNC when n ends inside the header, E_FORMAT, E_LIMIT.
 */
MUST_CHECK enum status npy_parse(struct tensor *t, size_t *skip,
    const void *buf, size_t n, size_t max_bytes);

/*
 * Writes a header into buf (at least NPY_HEADER_MAX bytes); returns its
 * length, a multiple of 64.
 */
size_t npy_header(void *buf, const struct tensor *t);

/*
 * A whole .npy file in memory to a tensor in the arena. Takes what numpy
 * writes and the suite does not: f8 (to f4), i1 and i2 (to i4), u4 and u8
 * (to i8; E_VALUE above its range), b1 (to u1), big-endian, Fortran order.
 * Used where foreign .npy and .npz files come in.
 */
MUST_CHECK enum status npy_convert(struct tensor *t, struct arena *a,
    const void *buf, size_t n);

#endif
