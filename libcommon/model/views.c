#include "model/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "body/viewbank.h"
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

double
views_yaw(const struct bank *b, const struct tensor *iuv)
{
	float share[25], best = -1;
	double yaw = 0;

	shares(share, iuv->data, tensor_len(iuv) / 3);
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

/* Field f of all views: the source's first, then those of the entries. */
static enum status
stack(struct sample *s, enum view_field f, size_t S, size_t n,
    struct entry *const *e)
{
	const struct view_size size = view_square(S);
	const size_t bytes = view_bytes(f, size);
	const struct tensor *source;
	struct tensor t;

	TRY(view_want(&source, NULL, s, ROLE_SOURCE, f, size));
	TRY(view_make(&t, s, ROLE_HALLUC, f, n, size));
	memcpy(t.data, source->data, bytes);
	for (size_t i = 1; i < n; i++)
		memcpy((char *)t.data + i * bytes, e[i]->made[f], bytes);
	return OK;
}

enum status
views_add(struct sample *s, struct bank *b, size_t n)
{
	static const double turn[VIEWS_MAX] = { 0, 180, 90, 270 };
	struct entry *e[VIEWS_MAX] = { NULL };
	const struct tensor *iuv;
	size_t i;

	TRY(view_want(&iuv, NULL, s, ROLE_SOURCE, VIEW_IUV,
	    view_square(b->size)));
	for (i = 1; i < n; i++) {
		e[i] = &b->entry[viewbank_nearest(&b->file,
		    views_yaw(b, iuv) + turn[i], NULL)];
		TRY(make(b, e[i]));
	}
	for (size_t f = 0; f < FIELDS; f++)
		TRY(stack(s, fields[f], b->size, n, e));
	for (i = 0; n > 1 && i < b->file.n_licence; i++)
		TRY(sample_add_licence(s, b->file.licence[i]));
	return OK;
}
