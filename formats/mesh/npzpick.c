#include "mesh/npzpick.h"

#include "stream/npy.h"
#include "weights/zip.h"

static enum status
pick(struct npz_want *w, struct arena *a, const struct zip_member *m)
{
	TRY(npy_convert(&w->t, a, m->data, m->n));
	if (!tensor_is(&w->t, w->t.dtype, w->rank, w->dim)) {
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

		w->found = false;
		if (!m && !w->optional)
			return fail(E_SHAPE, "no array %s", w->name);
		enum status s = m ? pick(w, a, m) : OK;

		if (s != OK)
			return fail_in(s, "array %s", w->name);
	}
	return OK;
}
