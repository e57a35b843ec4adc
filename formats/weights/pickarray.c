#include "weights/pickarray.h"

#include <math.h>
#include <string.h>

static bool
is_class(const struct pv *v, const char *name)
{
	return v->kind == PV_OBJECT && strcmp(v->u.object.class, name) == 0;
}

/* numpy's dtype('f4', ...) and its state (3, '<', ...). */
static bool
elem_of_dtype(enum elem *e, const struct pv *v)
{
	static const struct {
		const char *name;
		enum elem elem;
	} known[] = {
		{ "f8", EL_F8 }, { "f4", EL_F4 }, { "f2", EL_F2 },
		{ "i8", EL_I8 }, { "i4", EL_I4 }, { "i2", EL_I2 },
		{ "i1", EL_I1 }, { "u4", EL_U4 }, { "u2", EL_U2 },
		{ "u1", EL_U1 }, { "b1", EL_B1 },
	};

	const struct pv *args = is_class(v, "numpy.dtype") ?
	    v->u.object.args : NULL;

	if (!args || args->kind != PV_TUPLE || args->u.seq.n < 1 ||
	    args->u.seq.at[0]->kind != PV_STR)
		return false;
	const struct pv *state = v->u.object.state;
	const struct pv *order = state && state->kind == PV_TUPLE &&
	    state->u.seq.n > 1 ? state->u.seq.at[1] : NULL;

	if (order && order->kind == PV_STR && order->u.str[0] == '>')
		return false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(known[i].name, args->u.seq.at[0]->u.str)) {
			*e = known[i].elem;
			return true;
		}
	return false;
}

/* _reconstruct(...) with the state (1, shape, dtype, fortran, bytes). */
static bool
open_numpy(struct pickle_array *d, const struct pv *v)
{
	const struct pv *s = v->u.object.state;

	if (!s || s->kind != PV_TUPLE || s->u.seq.n != 5)
		return false;
	const struct pv *shape = s->u.seq.at[1], *bytes = s->u.seq.at[4];
	const bool fortran = s->u.seq.at[3]->kind == PV_INT &&
	    s->u.seq.at[3]->u.i;
	size_t step = 1;

	if (shape->kind != PV_TUPLE || shape->u.seq.n > TENSOR_MAX_RANK ||
	    !is_class(bytes, "bytes") ||
	    !elem_of_dtype(&d->elem, s->u.seq.at[2]))
		return false;
	d->rank = (int)shape->u.seq.n;
	d->data = bytes->u.object.bytes;
	d->len = bytes->u.object.n / elem_size(d->elem);
	for (int i = 0; i < d->rank; i++) {
		if (shape->u.seq.at[i]->kind != PV_INT)
			return false;
		d->dim[i] = (size_t)shape->u.seq.at[i]->u.i;
	}
	for (int i = 0; i < d->rank; i++) {
		int k = fortran ? i : d->rank - 1 - i;

		d->stride[k] = step;
		if (__builtin_mul_overflow(step, d->dim[k], &step))
			return false;
	}
	return true;
}

static bool
open_torch(struct pickle_array *d, const struct pv *v)
{
	const struct pickle_storage *s = v->u.tensor.storage;

	if (!s->data || v->u.tensor.offset > s->len)
		return false;
	d->elem = s->elem;
	d->rank = v->u.tensor.rank;
	memcpy(d->dim, v->u.tensor.dim, sizeof d->dim);
	memcpy(d->stride, v->u.tensor.stride, sizeof d->stride);
	d->data = (const char *)s->data + v->u.tensor.offset *
	    elem_size(s->elem);
	d->len = s->len - v->u.tensor.offset;
	return true;
}

enum status
pickle_array_open(struct pickle_array *d, const struct pv *v, const char *name, int rank)
{
	size_t last = 0, span;
	bool over = false;

	if (!(v->kind == PV_TENSOR ? open_torch(d, v) :
	    (is_class(v, "numpy.core.multiarray._reconstruct") ||
	    is_class(v, "numpy._core.multiarray._reconstruct")) &&
	    open_numpy(d, v)))
		return fail(E_FORMAT, "%s is no array of torch or numpy that is "
		    "known", name);
	while (d->rank > rank && d->dim[0] == 1) {
		d->rank--;
		memmove(d->dim, d->dim + 1, sizeof d->dim - sizeof *d->dim);
		memmove(d->stride, d->stride + 1,
		    sizeof d->stride - sizeof *d->stride);
	}
	while (d->rank > 0 && d->rank < rank) {
		memmove(d->dim + 1, d->dim, sizeof d->dim - sizeof *d->dim);
		memmove(d->stride + 1, d->stride,
		    sizeof d->stride - sizeof *d->stride);
		d->dim[0] = 1;
		d->rank++;
	}
	if (d->rank != rank)
		return fail(E_SHAPE, "%s has %d axes, want %d", name, d->rank,
		    rank);
	for (int i = 0; i < rank; i++) {
		if (d->dim[i] == 0)
			return fail(E_SHAPE, "%s is empty", name);
		over |= __builtin_mul_overflow(d->dim[i] - 1, d->stride[i],
		    &span);
		over |= __builtin_add_overflow(last, span, &last);
	}
	return over || last >= d->len ? fail(E_TRUNC, "%s reaches beyond its "
	    "data", name) : OK;
}

double
pickle_array_at(const struct pickle_array *d, size_t i, size_t j, size_t k)
{
	const size_t at[3] = { i, j, k };
	size_t n = 0;
	double f8;
	float f4;
	int64_t i8;
	int32_t i4;
	int16_t i2;
	uint16_t u2;
	uint32_t u4;

	for (int a = 0; a < d->rank; a++)
		n += at[a] * d->stride[a];
	const char *p = d->data + n * elem_size(d->elem);

	switch (d->elem) {
	case EL_F8:
		memcpy(&f8, p, 8);
		return f8;
	case EL_F4:
		memcpy(&f4, p, 4);
		return f4;
	case EL_I8:
		memcpy(&i8, p, 8);
		return (double)i8;
	case EL_I4:
		memcpy(&i4, p, 4);
		return i4;
	case EL_I2:
		memcpy(&i2, p, 2);
		return i2;
	case EL_U2:
		memcpy(&u2, p, 2);
		return u2;
	case EL_U4:
		memcpy(&u4, p, 4);
		return u4;
	case EL_I1:
		return *(const int8_t *)p;
	case EL_U1:
	case EL_B1:
		return *(const uint8_t *)p;
	case EL_F2:
		memcpy(&u2, p, 2);
		return half_to_float(u2);
	case EL_BF2:
		memcpy(&u2, p, 2);
		u4 = (uint32_t)u2 << 16;
		memcpy(&f4, &u4, 4);
		return f4;
	default:
		return NAN;
	}
}
