#include <math.h>
#include <string.h>

#include "weights/weights.h"

static enum status
put_half(struct sample *s, const struct field *f)
{
	struct tensor t;
	size_t n = tensor_len(&f->t);

	TRY(sample_make(&t, s, f->name, f->t.dtype == DT_F4 ? DT_F2 :
	    f->t.dtype, f->t.rank, f->t.dim));
	if (f->t.dtype != DT_F4) {
		memcpy(t.data, f->t.data, tensor_bytes(&t));
		return OK;
	}
	for (size_t i = 0; i < n; i++) {
		float x = ((const float *)f->t.data)[i];
		uint16_t h = float_to_half(x);

		if (isfinite(x) && !isfinite(half_to_float(h)))
			return fail(E_VALUE, "parameter %s: %g is too large "
			    "for f2", f->name, (double)x);
		((uint16_t *)t.data)[i] = h;
	}
	return OK;
}

enum status
weights_half(struct sample *s, const struct weights *w)
{
	json_object_update(s->manifest, weights_manifest(w));
	for (size_t i = 0; i < weights_count(w); i++) {
		const struct field *f = weights_at(w, i);

		if (!f->is_json)
			TRY(put_half(s, f));
	}
	return OK;
}
