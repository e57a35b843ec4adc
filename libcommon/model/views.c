#include "model/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "body/viewbank.h"
#include "pose/heat.h"
#include "texture/coord.h"

#define SIGMA_256 6.0f		/* of heat maps, in the 256 grid */
#define BANK_BYTES ((size_t)8 << 30)	/* address space, not memory */

/* What each view has, in this order, with S the size; 0 ends a shape. */
enum { POSE, IUV, SURF, MASK, COORD, SEEN, HEAT, TEXHEAT, FIELDS };
static const struct {
	const char *name;
	enum dtype dtype;
	size_t last;		/* third dimension, 0: none */
} fields[FIELDS] = {
	[POSE] = { "pose", DT_F4, 0 },		/* (18,3) */
	[IUV] = { "iuv", DT_U1, 3 },
	[SURF] = { "surf", DT_F4, 2 },
	[MASK] = { "mask", DT_U1, 0 },
	[COORD] = { "coord", DT_F4, 2 },
	[SEEN] = { "seen", DT_U1, 0 },
	[HEAT] = { "heat", DT_F4, HEAT_JOINTS },
	[TEXHEAT] = { "texheat", DT_F4, HEAT_JOINTS },
};

struct entry {
	const struct bank_view *view;	/* as stored */
	float share[25];	/* of the body's pixels, by part */
	void *made[FIELDS];	/* at the bank's size, once used */
};

struct bank {
	struct arena *arena;
	struct layout *layout;
	struct viewbank file;
	size_t size;
	struct entry *entry;	/* file.n of them */
};

/* Shape of a field of one view. */
static int
shape(size_t dim[3], int f, size_t S)
{
	dim[0] = f == POSE ? 18 : S;
	dim[1] = f == POSE ? 3 : S;
	dim[2] = fields[f].last;
	return fields[f].last ? 3 : 2;
}

static size_t
bytes(int f, size_t S)
{
	size_t dim[3];
	int rank = shape(dim, f, S);

	return dtype_size(fields[f].dtype) * dim[0] * dim[1] *
	    (rank == 3 ? dim[2] : 1);
}

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
	const size_t S = b->size;

	if (e->made[POSE])
		return OK;
	for (int f = FIELDS - 1; f >= 0; f--)	/* POSE last: it is the mark */
		if (!(e->made[f] = arena_alloc(b->arena, bytes(f, S))))
			return E_NOMEM;

	size_t mark = arena_mark(b->arena);
	float *scratch = arena_alloc(b->arena,
	    (S * S + 36 * S) * sizeof *scratch);

	if (!scratch)
		return E_NOMEM;
	viewbank_scale(e->made[POSE], e->made[IUV], S, e->view);
	TRY(heat_draw(e->made[HEAT], e->made[POSE], S, S,
	    SIGMA_256 * (float)S / 256, false, scratch));
	TRY(coord_surf(e->made[SURF], e->made[MASK], e->made[IUV], S, S,
	    b->layout, S));
	coord_draw(e->made[COORD], e->made[SEEN], e->made[IUV], e->made[SURF],
	    S, S, S, scratch);
	coord_sample(e->made[TEXHEAT], e->made[HEAT], S, S, HEAT_JOINTS,
	    e->made[COORD], e->made[SEEN], S);
	arena_pop(b->arena, mark);
	return OK;
}

/* Field f of all views: the source's first, then those of the entries. */
static enum status
stack(struct sample *s, int f, size_t S, size_t n, struct entry *const *e)
{
	const struct tensor *source;
	struct tensor t;
	char name[32];
	size_t dim[4] = { n };
	int rank = shape(dim + 1, f, S);

	snprintf(name, sizeof name, "source.%s", fields[f].name);
	TRY(sample_want(&source, s, name, fields[f].dtype, rank, dim + 1));
	snprintf(name, sizeof name, "halluc.%s", fields[f].name);
	TRY(sample_make(&t, s, name, fields[f].dtype, rank + 1, dim));
	memcpy(t.data, source->data, bytes(f, S));
	for (size_t i = 1; i < n; i++)
		memcpy((char *)t.data + i * bytes(f, S), e[i]->made[f],
		    bytes(f, S));
	return OK;
}

enum status
views_add(struct sample *s, struct bank *b, size_t n)
{
	static const double turn[VIEWS_MAX] = { 0, 180, 90, 270 };
	struct entry *e[VIEWS_MAX] = { NULL };
	const struct tensor *iuv;
	size_t i;

	TRY(sample_want(&iuv, s, "source.iuv", DT_U1,
	    TENSOR_DIMS(b->size, b->size, 3)));
	for (i = 1; i < n; i++) {
		e[i] = &b->entry[viewbank_nearest(&b->file,
		    views_yaw(b, iuv) + turn[i], NULL)];
		TRY(make(b, e[i]));
	}
	for (int f = 0; f < FIELDS; f++)
		TRY(stack(s, f, b->size, n, e));
	for (i = 0; n > 1 && i < b->file.n_licence; i++)
		TRY(sample_add_licence(s, b->file.licence[i]));
	return OK;
}
