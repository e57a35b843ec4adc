#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iuv/iuv.h"
#include "weights/pickarray.h"
#include "weights/pth.h"

#define PEOPLE_MOST 255		/* inds is u1 */

/* ---- people ---- */

/* What is painted on. */
struct easel {
	uint8_t *iuv, *inds;
	float *score;		/* of who is at a pixel */
	size_t w, h;
};

struct person {
	struct pickle_array labels, uv;
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
			const double part = pickle_array_at(&p->labels, y, x, 0);
			const double u = pickle_array_at(&p->uv, 0, y, x);
			const double v = pickle_array_at(&p->uv, 1, y, x);

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
	struct pickle_array d;

	if (!labels || !uv)
		return fail(E_FORMAT, "a person without labels and uv: the dump "
		    "of another version, or of a model without charts");
	TRY(pickle_array_open(&p.labels, labels, "labels", 2));
	TRY(pickle_array_open(&p.uv, uv, "uv", 3));
	if (p.uv.dim[0] != 2 || p.uv.dim[1] != p.labels.dim[0] ||
	    p.uv.dim[2] != p.labels.dim[1])
		return fail(E_SHAPE, "uv of (%zu,%zu,%zu), want (2,%zu,%zu) as "
		    "labels has it", p.uv.dim[0], p.uv.dim[1], p.uv.dim[2],
		    p.labels.dim[0], p.labels.dim[1]);
	if (boxes) {
		TRY(pickle_array_open(&d, boxes, "pred_boxes_XYXY", 2));
		if (d.dim[1] != 4 || k >= d.dim[0])
			return fail(E_SHAPE, "no box of person %zu", k + 1);
		double x = pickle_array_at(&d, k, 0, 0), y = pickle_array_at(&d, k, 1, 0);

		if (!(fabs(x) < 1e6 && fabs(y) < 1e6))
			return fail(E_VALUE, "a box at (%g, %g)", x, y);
		p.x0 = (long)x;		/* as detectron2 makes whole boxes */
		p.y0 = (long)y;
	} else if (p.labels.dim[0] != e->h || p.labels.dim[1] != e->w) {
		return fail(E_SHAPE, "labels of %zux%zu and no pred_boxes_XYXY, "
		    "want the photo's %zux%zu", p.labels.dim[1],
		    p.labels.dim[0], e->w, e->h);
	}
	if (scores && pickle_array_open(&d, scores, "scores", 1) == OK && k < d.dim[0])
		p.score = (float)pickle_array_at(&d, k, 0, 0);
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
