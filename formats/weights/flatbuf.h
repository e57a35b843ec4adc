/*
 * Bounds-checked reading of flatbuffers: tables, their fields by number,
 * vectors. Every offset is checked before it is followed, in 64 bits, and
 * values need not be aligned. What a field holds is for the format above.
 *
 * A table begins with the distance back to its vtable, which has its own
 * size, the table's size, and the place of each field in it, 0 for none.
 */
#ifndef WEIGHTS_FLATBUF_H
#define WEIGHTS_FLATBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct flatbuf {
	const unsigned char *b;
	size_t n;
};

struct flat_table {
	size_t at, size;	/* bytes */
	size_t vtable, fields;
};

/* len items of `size` bytes from `at` on, all inside the file. */
struct flat_vector {
	size_t at, len;
};

/*
 * E_TRUNC for what lies behind the end, E_FORMAT for what cannot be; the
 * details name the byte. root is the table that the file begins with.
 */
MUST_CHECK enum status flat_root(struct flat_table *t,
    const struct flatbuf *f);

/* Field k: a table; *there false, and t empty, where it is not set. */
MUST_CHECK enum status flat_table(struct flat_table *t, bool *there,
    const struct flatbuf *f, const struct flat_table *of, size_t k);

/* A vector (or text) of items of `size` bytes; empty where it is not set. */
MUST_CHECK enum status flat_vector(struct flat_vector *v,
    const struct flatbuf *f, const struct flat_table *of, size_t k,
    size_t size);

/* Item i of a vector of tables. */
MUST_CHECK enum status flat_item(struct flat_table *t,
    const struct flatbuf *f, const struct flat_vector *v, size_t i);

/* A scalar of 1, 2 or 4 bytes, signed; `none` where it is not set. */
MUST_CHECK enum status flat_int(int64_t *x, const struct flatbuf *f,
    const struct flat_table *of, size_t k, size_t size, int64_t none);

/* Item i < len of a vector of i32. */
int32_t flat_i32(const struct flatbuf *f, const struct flat_vector *v,
    size_t i);

#endif
