#include "mesh/npzpick.h"

#include <stdio.h>
#include <string.h>

#include "stream/npy.h"
#include "weights/zip.h"

#define TEXT_WIDTH 256
#define TEXT_COUNT 65536

/* Strings of fixed width in UTF-32, as numpy.array(["a", "bc"]) is saved. */
static enum status
pick_text(struct npz_want *w, struct arena *a, const struct zip_member *m)
{
	const unsigned char *b = m->data;
	char header[NPY_HEADER_MAX + 1], *out;
	size_t from, len, width, count;

	if (m->n < 12 || memcmp(b, "\223NUMPY", 6) != 0)
		return fail(E_FORMAT, "not an .npy array");
	from = b[6] == 1 ? 10 : 12;
	len = (size_t)b[8] | (size_t)b[9] << 8;
	if (from + len > m->n || len > NPY_HEADER_MAX)
		return fail(E_TRUNC, "the .npy header stops early");
	memcpy(header, b + from, len);
	header[len] = 0;
	if (sscanf(header, "{'descr': '<U%5zu', 'fortran_order': %*[a-zA-Z], "
	    "'shape': (%6zu", &width, &count) != 2)
		return fail(E_SHAPE, "want a list of strings");
	if (width > TEXT_WIDTH || count > TEXT_COUNT)
		return fail(E_LIMIT, "%zu strings of %zu letters", count, width);
	if (count * width * 4 != m->n - from - len)
		return fail(E_TRUNC, "%zu bytes, want %zu strings of %zu "
		    "letters", m->n - from - len, count, width);
	TRY(tensor_alloc(&w->t, a, DT_U1, TENSOR_DIMS(count, width + 1)));
	out = w->t.data;
	b += from + len;
	for (size_t i = 0; i < count; i++, out += width + 1) {
		for (size_t k = 0; k < width; k++, b += 4) {
			if (b[0] > 126 || b[1] || b[2] || b[3])
				return fail(E_FORMAT, "string %zu is not ASCII",
				    i);
			out[k] = (char)b[0];
		}
		out[width] = 0;
	}
	w->found = true;
	return OK;
}

/* As npy_convert, and f2 to f4. */
static enum status
convert(struct tensor *t, struct arena *a, const struct zip_member *m)
{
	struct tensor half;

	TRY(npy_convert(t, a, m->data, m->n));
	if (t->dtype != DT_F2)
		return OK;
	half = *t;
	TRY(tensor_alloc(t, a, DT_F4, half.rank, half.dim));
	tensor_to_float(t->data, &half, 0, tensor_len(&half));
	return OK;
}

static enum status
pick(struct npz_want *w, struct arena *a, const struct zip_member *m)
{
	TRY(convert(&w->t, a, m));
	if (w->rank && !tensor_is(&w->t, w->t.dtype, w->rank, w->dim)) {
		char have[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];

		return fail(E_SHAPE, "%s, want %s",
		    tensor_text(have, sizeof have, w->t.dtype, w->t.rank,
		    w->t.dim), tensor_text(want, sizeof want, w->t.dtype,
		    w->rank, w->dim));
	}
	w->found = true;
	return OK;
}

enum status
npz_pick(struct npz_want *want, size_t n_want, struct arena *a,
    const void *buf, size_t n)
{
	struct zip z;

	if (!zip_is(buf, n))
		return fail(E_FORMAT, "not an npz (zip) file");
	TRY(zip_read(&z, a, buf, n));
	for (size_t i = 0; i < n_want; i++) {
		struct npz_want *w = &want[i];
		const char *name = arena_printf(a, "%s.npy", w->name);

		if (!name)
			return E_NOMEM;
		const struct zip_member *m = zip_find(&z, name);

		w->found = w->probe && m;
		if (!m && !w->optional)
			return fail(E_SHAPE, "no array %s", w->name);
		if (w->found && convert(&w->t, a, m) != OK)
			w->t.data = NULL;
		enum status s = !m || w->probe ? OK : w->text ? pick_text(w, a, m) :
		    pick(w, a, m);

		if (s != OK)
			return fail_in(s, "array %s", w->name);
	}
	return OK;
}

const char *
npz_names(struct arena *a, const void *buf, size_t n)
{
	const char *text = "";
	struct zip z;

	if (zip_read(&z, a, buf, n) != OK || z.n == 0)
		return "none";
	for (size_t i = 0; text && i < z.n && i < 8; i++) {
		const char *name = z.member[i].name, *dot = strrchr(name, '.');

		text = arena_printf(a, "%s%s%.*s", text, i ? ", " : "",
		    dot ? (int)(dot - name) : (int)strlen(name), name);
	}
	if (text && z.n > 8)
		text = arena_printf(a, "%s, ...", text);
	return text ? text : "some";
}
