#include "model/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "body/viewbank.h"
#include "model/photos.h"
#include "texture/derive.h"

#define BANK_BYTES ((size_t)8 << 30)	/* address space, not memory */

/* What halluc.* has of each view, in this order. */
static const enum view_field fields[] = { VIEW_POSE, VIEW_IUV, VIEW_SURF,
	VIEW_MASK, VIEW_COORD, VIEW_SEEN, VIEW_HEAT, VIEW_TEXHEAT };
#define FIELDS (sizeof fields / sizeof *fields)

struct entry {
	const struct bank_view *view;	/* as stored */
	float share[25];	/* of the body's pixels, by part */
	void *made[VIEW_MAPS];	/* at the bank's size, once used; no picture */
};

struct bank {
	struct arena *arena;
	struct layout *layout;
	struct viewbank file;
	size_t size;
	struct entry *entry;	/* file.n of them */
};

/* p: n pixels of an IUV. */
static void
shares(float share[25], const uint8_t *p, size_t n)
{
	size_t body = 0, count[25] = { 0 };

	for (size_t i = 0; i < n; i++)
		if (p[3 * i] >= 1 && p[3 * i] <= 24) {
			count[p[3 * i]]++;
			body++;
		}
	for (int k = 0; k < 25; k++)
		share[k] = body ? (float)count[k] / (float)body : 0;
}

/*
 * Which way a body faces, in degrees: the yaw of the entry whose parts take
 * the most similar shares of the picture, an IUV. 0 looks at the camera.
 */
static double
yaw_of(const struct bank *b, const uint8_t *iuv, size_t pixels)
{
	float share[25], best = -1;
	double yaw = 0;

	shares(share, iuv, pixels);
	for (size_t i = 0; i < b->file.n; i++) {
		float common = 0;

		for (int k = 1; k < 25; k++)
			common += fminf(share[k], b->entry[i].share[k]);
		if (common > best) {
			best = common;
			yaw = b->file.view[i].yaw;
		}
	}
	return yaw;
}

/* ---- the bank's file ---- */

static enum status
read_bank(struct bank *b, const char *path)
{
	TRY(viewbank_read(&b->file, b->arena, path));
	b->entry = arena_calloc(b->arena, b->file.n, sizeof *b->entry);
	if (!b->entry)
		return E_NOMEM;
	for (size_t i = 0; i < b->file.n; i++) {
		const struct bank_view *v = &b->file.view[i];

		b->entry[i].view = v;
		shares(b->entry[i].share, v->iuv, v->h * v->w);
	}
	return OK;
}

enum status
bank_open(struct bank **out, const char *path, size_t size,
    const char *layout)
{
	struct bank *b = calloc(1, sizeof *b);
	enum status st;

	if (!b)
		return fail(E_NOMEM, "no memory for the bank");
	b->size = size;
	st = arena_new(&b->arena, BANK_BYTES);
	if (st == OK)
		st = layout_open(&b->layout, layout);
	if (st == OK)
		st = read_bank(b, path);
	if (st != OK)
		bank_close(b);
	else
		*out = b;
	return st;
}

void
bank_close(struct bank *b)
{
	if (!b)
		return;
	layout_close(b->layout);
	arena_free(b->arena);
	free(b);
}

/* ---- an entry at the size of the model ---- */

static enum status
make(struct bank *b, struct entry *e)
{
	const void *have[VIEW_MAPS] = { NULL };
	void *to[VIEW_MAPS] = { NULL };

	if (e->made[VIEW_POSE])
		return OK;
	for (size_t i = 0; i < FIELDS; i++)
		if (!(to[fields[i]] = arena_alloc(b->arena,
		    view_bytes(fields[i], view_square(b->size)))))
			return E_NOMEM;
	viewbank_scale(to[VIEW_POSE], to[VIEW_IUV], b->size, e->view);
	have[VIEW_POSE] = to[VIEW_POSE];
	have[VIEW_IUV] = to[VIEW_IUV];
	TRY(derive_maps(to, have, b->size, b->layout, b->arena));
	memcpy(e->made, to, sizeof to);
	return OK;
}

/* Field f of all views: those of the role first, then those of the entries. */
static enum status
stack(struct sample *s, enum role role, enum view_field f, size_t S, size_t n,
    struct entry *const *e)
{
	const struct view_size size = view_square(S);
	const size_t bytes = view_bytes(f, size);
	const struct tensor *own;
	size_t have = 0;
	struct tensor t;

	TRY(view_want(&own, &have, s, role, f, size));
	TRY(view_make(&t, s, ROLE_HALLUC, f, n, size));
	for (size_t i = 0; i < n; i++)
		memcpy((char *)t.data + i * bytes, i < have ?
		    (const char *)own->data + i * bytes :
		    (const char *)e[i]->made[f], bytes);
	return OK;
}

/* Degrees between two yaws, 0 to 180. */
static double
apart(double a, double b)
{
	return fabs(remainder(a - b, 360));
}

/*
 * Yaws of views `have` to n - 1: from the first view a quarter turn, half a
 * turn, ..., whichever is furthest from all that there are; of equals the
 * half turn, then the left side.
 */
static void
turn_away(double yaw[VIEWS_MAX], size_t have, size_t n)
{
	static const double turn[] = { 180, 90, 270, 0 };

	for (size_t i = have; i < n; i++) {
		double furthest = -1;

		for (size_t k = 0; k < sizeof turn / sizeof *turn; k++) {
			double nearest = 360;

			for (size_t j = 0; j < i; j++)
				nearest = fmin(nearest, apart(yaw[0] + turn[k],
				    yaw[j]));
			if (nearest > furthest + 1e-6) {
				furthest = nearest;
				yaw[i] = yaw[0] + turn[k];
			}
		}
	}
}

enum status
views_add(struct sample *s, struct bank *b, size_t n)
{
	const enum role role = photos_has(s) ? ROLE_PHOTOS : ROLE_SOURCE;
	const size_t S = b->size;
	double yaw[VIEWS_MAX] = { 0 };
	struct entry *e[VIEWS_MAX] = { NULL };
	const struct tensor *iuv;
	size_t have = 0;

	TRY(view_want(&iuv, &have, s, role, VIEW_IUV, view_square(S)));
	if (have == 0)
		return fail(E_SHAPE, "field photos.iuv: no photos");
	if (have > n)
		have = n;
	for (size_t i = 0; i < have; i++)
		yaw[i] = yaw_of(b, (const uint8_t *)iuv->data + i * S * S * 3,
		    S * S);
	turn_away(yaw, have, n);
	for (size_t i = have; i < n; i++) {
		e[i] = &b->entry[viewbank_nearest(&b->file, yaw[i], NULL)];
		TRY(make(b, e[i]));
	}
	for (size_t f = 0; f < FIELDS; f++)
		TRY(stack(s, role, fields[f], S, n, e));
	for (size_t i = 0; n > have && i < b->file.n_licence; i++)
		TRY(sample_add_licence(s, b->file.licence[i]));
	return OK;
}
