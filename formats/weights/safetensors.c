#include "weights/safetensors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"

#define HEADER_MOST ((size_t)16 << 20)	/* some 100 000 names */

static const struct {
	const char *name;
	enum elem elem;
} types[] = {
	{ "F64", EL_F8 }, { "F32", EL_F4 }, { "F16", EL_F2 },
	{ "BF16", EL_BF2 }, { "I64", EL_I8 }, { "I32", EL_I4 },
	{ "I16", EL_I2 }, { "I8", EL_I1 }, { "U32", EL_U4 },
	{ "U16", EL_U2 }, { "U8", EL_U1 }, { "BOOL", EL_B1 },
};

static const char *const written[DT_COUNT] = {
	[DT_F4] = "F32", [DT_F2] = "F16", [DT_U1] = "U8", [DT_U2] = "U16",
	[DT_I4] = "I32", [DT_I8] = "I64",
};

/* -- reading ------------------------------------------------------------ */

bool
safetensors_is(const void *buf, size_t n)
{
	return n > 8 && ((const char *)buf)[8] == '{';
}

/* A JSON array of n <= most sizes. */
static enum status
take_sizes(size_t *v, size_t *n, size_t most, const json_t *array,
    const char *what)
{
	*n = json_array_size(array);
	if (!json_is_array(array))
		return fail(E_FORMAT, "no %s", what);
	if (*n > most)
		return fail(E_LIMIT, "%zu numbers in %s, want at most %zu", *n,
		    what, most);
	for (size_t i = 0; i < *n; i++) {
		const json_t *e = json_array_get(array, i);

		if (!json_is_integer(e) || json_integer_value(e) < 0)
			return fail(E_FORMAT, "%s is not made of sizes", what);
		v[i] = (size_t)json_integer_value(e);
	}
	return OK;
}

struct span {
	size_t from, to;
	const char *name;
};

static enum status
take_array(struct arrays *set, struct span *span, const json_t *o,
    const char *data, size_t size)
{
	const char *type = json_string_value(json_object_get(o, "dtype"));
	size_t dim[TENSOR_MAX_RANK], rank, at[2], n, e = 0, bytes;

	while (e < sizeof types / sizeof *types && type &&
	    strcmp(type, types[e].name) != 0)
		e++;
	if (!type || e == sizeof types / sizeof *types)
		return fail(E_FORMAT, "dtype %s is not supported",
		    type ? type : "is missing: that");
	TRY(take_sizes(dim, &rank, TENSOR_MAX_RANK,
	    json_object_get(o, "shape"), "shape"));
	TRY(take_sizes(at, &n, 2, json_object_get(o, "data_offsets"),
	    "data_offsets"));
	if (n != 2 || at[0] > at[1] || at[1] > size)
		return fail(E_FORMAT, "data_offsets [%zu,%zu] in %zu bytes of "
		    "data", n > 0 ? at[0] : 0, n > 1 ? at[1] : 0, size);
	bytes = elem_size(types[e].elem);
	for (size_t i = 0; i < rank; i++)
		TRY(size_mul(&bytes, bytes, dim[i]));
	if (bytes != at[1] - at[0])
		return fail(E_FORMAT, "data_offsets span %zu bytes, dtype and "
		    "shape want %zu", at[1] - at[0], bytes);
	span->from = at[0];
	span->to = at[1];
	return arrays_add_raw(set, span->name, types[e].elem, (int)rank, dim,
	    data + at[0]);
}

static int
by_place(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

static enum status
check_cover(struct span *s, size_t n, size_t size)
{
	size_t at = 0;

	qsort(s, n, sizeof *s, by_place);
	for (size_t i = 0; i < n; at = s[i++].to)
		if (s[i].from != at)
			return fail(E_FORMAT, "array %s begins at byte %zu, "
			    "want %zu: arrays %s", s[i].name, s[i].from, at,
			    s[i].from < at ? "overlap" : "leave a hole");
	if (at != size)
		return fail(E_FORMAT, "%zu bytes behind the last array",
		    size - at);
	return OK;
}

static enum status
take_header(struct arrays *set, json_t *header, const char *data, size_t size)
{
	struct span *span = arena_calloc(set->arena, json_object_size(header),
	    sizeof *span);
	size_t n = 0;
	const char *name;
	json_t *o;

	if (!span)
		return E_NOMEM;
	json_object_foreach(header, name, o) {
		if (strcmp(name, "__metadata__") == 0) {
			const char *text = json_string_value(
			    json_object_get(o, "manifest"));

			/* One that is no JSON is not ours. */
			set->manifest = text ? json_loads(text, 0, NULL) : NULL;
			continue;
		}
		span[n].name = name;
		enum status st = take_array(set, &span[n], o, data, size);

		if (st != OK)
			return fail_in(st, "array %s", name);
		n++;
	}
	return check_cover(span, n, size);
}

enum status
safetensors_read(struct arrays *set, const void *buf, size_t n)
{
	uint64_t len;
	json_error_t err;

	memcpy(&len, buf, sizeof len);
	if (len > n - sizeof len)
		return fail(E_TRUNC, "header of %llu bytes in a file of %zu",
		    (unsigned long long)len, n);
	if (len > HEADER_MOST)
		return fail(E_LIMIT, "header of %zu bytes, want at most %zu",
		    (size_t)len, HEADER_MOST);
	const char *text = (const char *)buf + sizeof len;
	json_t *header = json_loadb(text, len, JSON_REJECT_DUPLICATES, &err);

	if (!header)
		return fail(E_FORMAT, "header: %s", err.text);
	enum status st = take_header(set, header, text + len,
	    n - sizeof len - len);

	json_decref(header);
	return st;
}

/* -- writing ------------------------------------------------------------ */

static json_t *
make_header(const struct arrays *set)
{
	json_t *header = json_object();
	size_t at = 0;

	if (set->manifest) {
		char *text = json_dumps(set->manifest, JSON_COMPACT);

		json_object_set_new(header, "__metadata__", json_pack("{ss}",
		    "manifest", text ? text : ""));
		free(text);
	}
	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *t = &set->item[i].t;
		json_t *shape = json_array();
		size_t end = at + tensor_bytes(t);

		for (int k = 0; k < t->rank; k++)
			json_array_append_new(shape,
			    json_integer((json_int_t)t->dim[k]));
		if (json_object_set_new(header, set->item[i].name,
		    json_pack("{ss so s[II]}", "dtype", written[t->dtype],
		    "shape", shape, "data_offsets", (json_int_t)at,
		    (json_int_t)end)) != 0) {
			fail(E_FORMAT, "name %s is not UTF-8",
			    set->item[i].name);
			json_decref(header);
			return NULL;
		}
		at = end;
	}
	return header;
}

static enum status
put(const struct outfile *f, const char *header, const struct arrays *set)
{
	uint64_t n = strlen(header), len = (n + 7) / 8 * 8;

	TRY(outfile_put(f, &len, sizeof len));
	TRY(outfile_put(f, header, n));
	TRY(outfile_put(f, "        ", len - n));
	for (size_t i = 0; i < set->n; i++)
		TRY(outfile_put(f, set->item[i].t.data,
		    tensor_bytes(&set->item[i].t)));
	return OK;
}

static enum status
write_file(const char *path, const char *header, const struct arrays *set)
{
	struct outfile *f;

	TRY(outfile_open(&f, path));
	return outfile_end(f, put(f, header, set));
}

enum status
safetensors_write(const char *path, const struct arrays *set)
{
	json_t *o = make_header(set);

	if (!o)
		return E_FORMAT;
	char *header = json_dumps(o, JSON_COMPACT);

	json_decref(o);
	if (!header)
		return fail(E_NOMEM, "no memory for the header");
	enum status st = write_file(path, header, set);

	free(header);
	return st;
}
