#include "weights/flatbuf.h"

#include <string.h>

static uint32_t
u32(const struct flatbuf *f, size_t at)
{
	const unsigned char *p = f->b + at;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static size_t
u16(const struct flatbuf *f, size_t at)
{
	return (size_t)(f->b[at] | f->b[at + 1] << 8);
}

/* n bytes at `at` are in the file. */
static enum status
want(const struct flatbuf *f, size_t at, size_t n, const char *what)
{
	return at <= f->n && n <= f->n - at ? OK : fail(E_TRUNC, "%s at byte "
	    "%zu: %zu bytes, behind the end of the file's %zu", what, at, n,
	    f->n);
}

static enum status
open_table(struct flat_table *t, const struct flatbuf *f, size_t at)
{
	TRY(want(f, at, 4, "table"));
	int64_t vtable = (int64_t)at - (int32_t)u32(f, at);

	if (vtable < 0)
		return fail(E_FORMAT, "table at byte %zu: its vtable lies "
		    "before the file", at);
	*t = (struct flat_table){ .at = at, .vtable = (size_t)vtable };
	TRY(want(f, t->vtable, 4, "vtable"));
	size_t size = u16(f, t->vtable);

	t->size = u16(f, t->vtable + 2);
	if (size < 4 || size % 2 != 0 || t->size < 4)
		return fail(E_FORMAT, "vtable at byte %zu: of %zu bytes, for "
		    "a table of %zu", t->vtable, size, t->size);
	TRY(want(f, t->vtable, size, "vtable"));
	TRY(want(f, at, t->size, "table"));
	t->fields = size / 2 - 2;
	return OK;
}

/* Where field k is, with `size` bytes; 0 where it is not set. */
static enum status
field(size_t *at, const struct flatbuf *f, const struct flat_table *t,
    size_t k, size_t size)
{
	size_t off = k < t->fields ? u16(f, t->vtable + 4 + 2 * k) : 0;

	*at = 0;
	if (off == 0)
		return OK;
	if (off < 4 || off + size > t->size)
		return fail(E_FORMAT, "table at byte %zu: field %zu lies at "
		    "%zu of its %zu bytes", t->at, k, off, t->size);
	*at = t->at + off;
	return OK;
}

/* Follows the offset at `at`, which is in the file. */
static enum status
follow(size_t *to, const struct flatbuf *f, size_t at)
{
	*to = at + u32(f, at);
	return want(f, *to, 4, "what an offset leads to");
}

enum status
flat_root(struct flat_table *t, const struct flatbuf *f)
{
	size_t to;

	TRY(want(f, 0, 8, "header"));
	TRY(follow(&to, f, 0));
	return open_table(t, f, to);
}

enum status
flat_table(struct flat_table *t, bool *there, const struct flatbuf *f,
    const struct flat_table *of, size_t k)
{
	size_t at, to;

	*t = (struct flat_table){ 0 };
	TRY(field(&at, f, of, k, 4));
	if ((*there = at != 0) == false)
		return OK;
	TRY(follow(&to, f, at));
	return open_table(t, f, to);
}

enum status
flat_vector(struct flat_vector *v, const struct flatbuf *f,
    const struct flat_table *of, size_t k, size_t size)
{
	size_t at, to;

	*v = (struct flat_vector){ 0 };
	TRY(field(&at, f, of, k, 4));
	if (at == 0)
		return OK;
	TRY(follow(&to, f, at));
	size_t len = u32(f, to);

	/* len * size is below 2^35 */
	TRY(want(f, to + 4, len * size, "vector"));
	*v = (struct flat_vector){ to + 4, len };
	return OK;
}

enum status
flat_item(struct flat_table *t, const struct flatbuf *f,
    const struct flat_vector *v, size_t i)
{
	size_t to;

	TRY(follow(&to, f, v->at + 4 * i));
	return open_table(t, f, to);
}

enum status
flat_int(int64_t *x, const struct flatbuf *f, const struct flat_table *of,
    size_t k, size_t size, int64_t none)
{
	size_t at;

	*x = none;
	TRY(field(&at, f, of, k, size));
	if (at != 0)
		*x = size == 1 ? (int8_t)f->b[at] : size == 2 ?
		    (int16_t)u16(f, at) : (int32_t)u32(f, at);
	return OK;
}

int32_t
flat_i32(const struct flatbuf *f, const struct flat_vector *v, size_t i)
{
	return (int32_t)u32(f, v->at + 4 * i);
}
