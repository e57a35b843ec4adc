#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iuv/iuv.h"
#include "weights/pth.h"

#define PEOPLE_MOST 255		/* inds is u1 */

/* An array of the file where it lies, of torch or of numpy. */
struct dumped {
	enum elem elem;
	int rank;
	size_t dim[TENSOR_MAX_RANK], stride[TENSOR_MAX_RANK];	/* elements */
	const char *data;
	size_t len;		/* elements there are */
};

static bool
is_class(const struct pv *v, const char *name)
{
	return v->kind == PV_OBJECT && strcmp(v->u.object.class, name) == 0;
}

/* ---- arrays ---- */

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
open_numpy(struct dumped *d, const struct pv *v)
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
open_torch(struct dumped *d, const struct pv *v)
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

/* An array all of whose elements are there; axes of 1 in front come and go to give it `rank`. */
static enum status
open_array(struct dumped *d, const struct pv *v, const char *name, int rank)
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

static double
element(const struct dumped *d, size_t i, size_t j, size_t k)
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

/* ---- people ---- */

/* What is painted on. */
struct easel {
	uint8_t *iuv, *inds;
	float *score;		/* of who is at a pixel */
	size_t w, h;
};

struct person {
	struct dumped labels, uv;
	long x0, y0;
	float score;
	uint8_t number;		/* 1, 2, ... */
};

static enum status
paint(const struct easel *e, const struct person *p)
{
	for (size_t y = 0; y < p->labels.dim[0]; y++)
		for (size_t x = 0; x < p->labels.dim[1]; x++) {
			const long X = p->x0 + (long)x, Y = p->y0 + (long)y;
			const double part = element(&p->labels, y, x, 0);
			const double u = element(&p->uv, 0, y, x);
			const double v = element(&p->uv, 1, y, x);

			if (part == 0)
				continue;
			if (!(part >= 1 && part <= IUV_PARTS &&
			    part == floor(part)))
				return fail(E_VALUE, "labels has %g at (%zu, %zu), "
				    "want 0..%d", part, x, y, IUV_PARTS);
			/* Interpolation may leave 0..1 by rounding. */
			if (!(u >= -0.01 && u <= 1.01 && v >= -0.01 && v <= 1.01))
				return fail(E_VALUE, "uv has %g, %g at (%zu, %zu), "
				    "want 0..1", u, v, x, y);
			if (X < 0 || Y < 0 || X >= (long)e->w || Y >= (long)e->h)
				continue;
			size_t k = (size_t)Y * e->w + (size_t)X;

			if (e->inds[k] && e->score[k] >= p->score)
				continue;
			e->score[k] = p->score;
			e->inds[k] = p->number;
			e->iuv[3 * k] = (uint8_t)part;
			e->iuv[3 * k + 1] = (uint8_t)lrint(255 * fmin(fmax(u, 0), 1));
			e->iuv[3 * k + 2] = (uint8_t)lrint(255 * fmin(fmax(v, 0), 1));
		}
	return OK;
}

/* Person k of a photo's entry, whose labels and uv are in `who`. */
static enum status
paint_person(const struct easel *e, const struct pv *entry,
    const struct pv *who, size_t k)
{
	const struct pv *labels = pickle_get(who, "labels");
	const struct pv *uv = pickle_get(who, "uv");
	const struct pv *boxes = pickle_get(entry, "pred_boxes_XYXY");
	const struct pv *scores = pickle_get(entry, "scores");
	struct person p = { .number = (uint8_t)(k + 1) };
	struct dumped d;

	if (!labels || !uv)
		return fail(E_FORMAT, "a person without labels and uv: the dump "
		    "of another version, or of a model without charts");
	TRY(open_array(&p.labels, labels, "labels", 2));
	TRY(open_array(&p.uv, uv, "uv", 3));
	if (p.uv.dim[0] != 2 || p.uv.dim[1] != p.labels.dim[0] ||
	    p.uv.dim[2] != p.labels.dim[1])
		return fail(E_SHAPE, "uv of (%zu,%zu,%zu), want (2,%zu,%zu) as "
		    "labels has it", p.uv.dim[0], p.uv.dim[1], p.uv.dim[2],
		    p.labels.dim[0], p.labels.dim[1]);
	if (boxes) {
		TRY(open_array(&d, boxes, "pred_boxes_XYXY", 2));
		if (d.dim[1] != 4 || k >= d.dim[0])
			return fail(E_SHAPE, "no box of person %zu", k + 1);
		double x = element(&d, k, 0, 0), y = element(&d, k, 1, 0);

		if (!(fabs(x) < 1e6 && fabs(y) < 1e6))
			return fail(E_VALUE, "a box at (%g, %g)", x, y);
		p.x0 = (long)x;		/* as detectron2 makes whole boxes */
		p.y0 = (long)y;
	} else if (p.labels.dim[0] != e->h || p.labels.dim[1] != e->w) {
		return fail(E_SHAPE, "labels of %zux%zu and no pred_boxes_XYXY, "
		    "want the photo's %zux%zu", p.labels.dim[1],
		    p.labels.dim[0], e->w, e->h);
	}
	if (scores && open_array(&d, scores, "scores", 1) == OK && k < d.dim[0])
		p.score = (float)element(&d, k, 0, 0);
	return paint(e, &p);
}

static const char *
base_name(const char *path)
{
	const char *at = path;

	for (; *path; path++)
		if (*path == '/' || *path == '\\')
			at = path + 1;
	return at;
}

/* The entry of the photo; a file with one entry is believed. */
static enum status
find_entry(const struct pv **entry, const struct pv *top, const char *photo)
{
	const size_t n = top->kind == PV_LIST || top->kind == PV_TUPLE ?
	    top->u.seq.n : 0;

	*entry = n == 1 ? top->u.seq.at[0] : top;
	for (size_t i = 0; i < n && n > 1; i++) {
		const struct pv *name = pickle_get(top->u.seq.at[i], "file_name");

		if (name && name->kind == PV_STR &&
		    !strcmp(base_name(name->u.str), base_name(photo))) {
			*entry = top->u.seq.at[i];
			return OK;
		}
	}
	if (n > 1)
		return fail(E_VALUE, "%zu photos, none of them %s", n,
		    base_name(photo));
	if (!pickle_get(*entry, "pred_densepose") && !pickle_get(*entry, "labels"))
		return fail(E_FORMAT, "no pred_densepose and no labels: not the "
		    "results of detectron2's apply_net.py dump");
	return OK;
}

bool
iuv_is_dump(const void *buf, size_t n)
{
	return pth_is_values(buf, n);
}

enum status
iuv_decode_dump(struct tensor *t, struct tensor *inds, struct arena *a,
    const void *buf, size_t n, const char *photo, size_t w, size_t h)
{
	struct easel e = { .w = w, .h = h };
	const struct pv *entry;
	struct pv *top;

	TRY(tensor_alloc(t, a, DT_U1, TENSOR_DIMS(h, w, 3)));
	TRY(tensor_alloc(inds, a, DT_U1, TENSOR_DIMS(h, w)));
	memset(t->data, 0, tensor_bytes(t));
	memset(inds->data, 0, tensor_bytes(inds));
	size_t mark = arena_mark(a);

	e.iuv = t->data;
	e.inds = inds->data;
	e.score = arena_calloc(a, w * h, sizeof *e.score);
	if (!e.score)
		return E_NOMEM;
	TRY(pth_values(&top, a, buf, n));
	TRY(find_entry(&entry, top, photo));
	const struct pv *people = pickle_get(entry, "pred_densepose");
	const size_t k = !people ? 1 : people->kind == PV_LIST ||
	    people->kind == PV_TUPLE ? people->u.seq.n : 0;

	if (k > PEOPLE_MOST)
		return fail(E_LIMIT, "%zu people, want at most %d", k,
		    PEOPLE_MOST);
	if (people && people->kind != PV_LIST && people->kind != PV_TUPLE)
		return fail(E_FORMAT, "pred_densepose is no list of people: the "
		    "dump of a version before 2020, or of a model without charts");
	if (k == 0)
		return fail(E_VALUE, "no person was found on the photo");
	for (size_t i = 0; i < k; i++)
		TRY(paint_person(&e, entry, people ? people->u.seq.at[i] : entry,
		    i));
	arena_pop(a, mark);
	return OK;
}
