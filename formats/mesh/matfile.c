/* Names of types as in "MAT-File Format", MathWorks, chapter 1. */
#include "mesh/matfile.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#define HEAD 128		/* bytes before the first element */
#define DEFLATE_MOST 1032	/* bytes that one byte can become */

enum { MI_INT8 = 1, MI_UINT8, MI_INT16, MI_UINT16, MI_INT32, MI_UINT32,
	MI_SINGLE, MI_DOUBLE = 9, MI_INT64 = 12, MI_UINT64, MI_MATRIX,
	MI_COMPRESSED };
enum { MX_DOUBLE = 6, MX_UINT32 = 13, COMPLEX = 8 };

/* Bytes that are left to read. */
struct span {
	const unsigned char *p;
	size_t n;
};

struct element {
	uint32_t type;
	struct span data;
};

static uint32_t
u32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static enum status
cut_short(void)
{
	return fail(E_TRUNC, "the MATLAB file ends in a variable");
}

/* The next element; those of up to 4 bytes lie in their tag. */
static enum status
take(struct element *e, struct span *s)
{
	if (s->n < 8)
		return cut_short();
	const uint32_t type = u32(s->p), small = type >> 16;
	size_t size = small ? small : u32(s->p + 4), all = 8;

	e->type = small ? type & 0xffff : type;
	e->data.p = s->p + (small ? 4 : 8);
	e->data.n = size;
	if (small > 4 || (!small && size > s->n - 8))
		return cut_short();
	if (!small)
		all += e->type == MI_COMPRESSED ? size : (size + 7) / 8 * 8;
	all = all < s->n ? all : s->n;	/* the last one may lack its padding */
	s->p += all;
	s->n -= all;
	return OK;
}

/* The one element in a compressed one, in memory of the arena. */
static enum status
inflated(struct element *e, struct arena *a)
{
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)e->data.p,
		.avail_in = (uInt)e->data.n };
	unsigned char tag[8], *buf = NULL;

	if (inflateInit(&z) != Z_OK)
		return fail(E_NOMEM, "no memory for zlib");
	z.next_out = tag;
	z.avail_out = sizeof tag;
	inflate(&z, Z_SYNC_FLUSH);
	const size_t size = z.avail_out == 0 ? u32(tag + 4) : 0;
	enum status s = OK;

	if (z.avail_out > 0 || u32(tag) != MI_MATRIX ||
	    size / DEFLATE_MOST > e->data.n)
		s = fail(E_FORMAT, "a damaged variable in the MATLAB file");
	else if (!(buf = arena_alloc(a, size + 1)))
		s = E_NOMEM;
	if (s == OK) {
		z.next_out = buf;
		z.avail_out = (uInt)size;
		inflate(&z, Z_FINISH);
		if (z.avail_out > 0)
			s = cut_short();
		*e = (struct element){ MI_MATRIX, { buf, size } };
	}
	inflateEnd(&z);
	return s;
}

static size_t
size_of(uint32_t type)
{
	switch (type) {
	case MI_INT8: case MI_UINT8:
		return 1;
	case MI_INT16: case MI_UINT16:
		return 2;
	case MI_INT32: case MI_UINT32: case MI_SINGLE:
		return 4;
	case MI_DOUBLE: case MI_INT64: case MI_UINT64:
		return 8;
	default:
		return 0;
	}
}

static double
number(uint32_t type, const unsigned char *p)
{
	union { int8_t i1; uint8_t u1; int16_t i2; uint16_t u2; int32_t i4;
		uint32_t u4; float f4; double f8; int64_t i8; uint64_t u8; } v;

	memcpy(&v, p, size_of(type));
	switch (type) {
	case MI_INT8:
		return v.i1;
	case MI_UINT8:
		return v.u1;
	case MI_INT16:
		return v.i2;
	case MI_UINT16:
		return v.u2;
	case MI_INT32:
		return v.i4;
	case MI_UINT32:
		return v.u4;
	case MI_SINGLE:
		return (double)v.f4;
	case MI_INT64:
		return (double)v.i8;
	case MI_UINT64:
		return (double)v.u8;
	default:
		return v.f8;
	}
}

/* Whether e is a matrix of that name; then its dimensions and numbers. */
static enum status
open_matrix(bool *is_it, struct element *numbers, size_t dim[2],
    struct span s, const char *name)
{
	struct element flags, dims, title;

	*is_it = false;
	TRY(take(&flags, &s));
	TRY(take(&dims, &s));
	TRY(take(&title, &s));
	if (title.data.n != strlen(name) ||
	    memcmp(title.data.p, name, title.data.n) != 0)
		return OK;
	*is_it = true;
	if (flags.data.n < 8 || dims.data.n != 8 ||
	    flags.data.p[0] < MX_DOUBLE || flags.data.p[0] > MX_UINT32 ||
	    (flags.data.p[1] & COMPLEX))
		return fail(E_FORMAT, "%s is no matrix of real numbers", name);
	TRY(take(numbers, &s));
	dim[0] = u32(dims.data.p);
	dim[1] = u32(dims.data.p + 4);
	const size_t size = size_of(numbers->type);

	if (size == 0 || numbers->data.n / size != dim[0] * dim[1])
		return fail(E_FORMAT, "%s: %zu bytes of numbers for %zu x %zu",
		    name, numbers->data.n, dim[0], dim[1]);
	return OK;
}

enum status
matfile_open(struct matfile *m, const void *buf, size_t n)
{
	*m = (struct matfile){ buf, n };
	if (n >= 8 && memcmp(buf, "\211HDF\r\n\032\n", 8) == 0)
		return fail(E_FORMAT, "a MATLAB file of version 7.3: save it "
		    "with -v7");
	if (n < HEAD || memcmp(m->buf + 124, "\0\1IM", 4) != 0)
		return fail(E_FORMAT, "not a MATLAB file of level 5 (-v6, -v7)");
	return OK;
}

enum status
matfile_get(const double **value, size_t *rows, size_t *cols, struct arena *a,
    const struct matfile *m, const char *name)
{
	struct span s = { m->buf + HEAD, m->n - HEAD };

	while (s.n > 0) {
		const size_t mark = arena_mark(a);
		struct element e, x = { 0 };
		size_t dim[2] = { 0 };
		bool is_it = false;

		TRY(take(&e, &s));
		if (e.type == MI_COMPRESSED)
			TRY(inflated(&e, a));
		if (e.type == MI_MATRIX)
			TRY(open_matrix(&is_it, &x, dim, e.data, name));
		if (!is_it) {
			arena_pop(a, mark);
			continue;
		}
		const size_t n = dim[0] * dim[1], size = size_of(x.type);
		double *v = arena_calloc(a, n, sizeof *v);

		if (!v)
			return E_NOMEM;
		for (size_t i = 0; i < n; i++)
			v[i] = number(x.type, x.data.p + i * size);
		*value = v;
		*rows = dim[0];
		*cols = dim[1];
		return OK;
	}
	return fail(E_FORMAT, "no matrix %s", name);
}
