#include "model/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pose/heat.h"
#include "stream/stream.h"
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
	double yaw;
	float share[25];	/* of the body's pixels, by part */
	const float *pose;	/* as stored, size x size below */
	const uint8_t *iuv;
	size_t h, w;
	void *made[FIELDS];	/* at the bank's size, once used */
};

struct bank {
	struct arena *arena;
	struct layout *layout;
	json_t *licence;
	size_t size, n, room;
	struct entry *entry;
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

static void
shares(float share[25], const struct tensor *iuv)
{
	const uint8_t *p = iuv->data;
	size_t n = tensor_len(iuv) / 3, body = 0, count[25] = { 0 };

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

	shares(share, iuv);
	for (size_t i = 0; i < b->n; i++) {
		float common = 0;

		for (int k = 1; k < 25; k++)
			common += fminf(share[k], b->entry[i].share[k]);
		if (common > best) {
			best = common;
			yaw = b->entry[i].yaw;
		}
	}
	return yaw;
}

/* The entry nearest to a yaw; of several the first. */
static struct entry *
facing(struct bank *b, double yaw)
{
	struct entry *best = b->entry;
	double least = 1e9;

	for (size_t i = 0; i < b->n; i++) {
		double d = fabs(remainder(b->entry[i].yaw - yaw, 360));

		if (d < least - 1e-6) {
			least = d;
			best = &b->entry[i];
		}
	}
	return best;
}

/* ---- the bank's file ---- */

static void *
copy(struct arena *a, const struct tensor *t)
{
	void *p = arena_alloc(a, tensor_bytes(t));

	return p ? memcpy(p, t->data, tensor_bytes(t)) : NULL;
}

static enum status
add_entry(struct bank *b, const struct sample *s)
{
	const struct tensor *pose, *iuv;
	const json_t *yaw = json_object_get(s->manifest, "yaw");

	TRY(sample_want(&pose, s, "bank.pose", DT_F4, TENSOR_DIMS(18, 3)));
	TRY(sample_want(&iuv, s, "bank.iuv", DT_U1, TENSOR_DIMS(0, 0, 3)));
	if (!json_is_number(yaw))
		return fail(E_FORMAT, "no yaw in the manifest: not a pose bank");
	if (iuv->dim[0] == 0 || iuv->dim[1] == 0)
		return fail(E_SHAPE, "field bank.iuv: empty");
	if (b->n == b->room) {
		size_t room = b->room ? 2 * b->room : 32;
		struct entry *e = realloc(b->entry, room * sizeof *e);

		if (!e)
			return fail(E_NOMEM, "no memory for the bank");
		b->entry = e;
		b->room = room;
	}
	struct entry *e = &b->entry[b->n];

	*e = (struct entry){ .yaw = json_number_value(yaw),
		.h = iuv->dim[0], .w = iuv->dim[1],
		.pose = copy(b->arena, pose), .iuv = copy(b->arena, iuv) };
	if (!e->pose || !e->iuv)
		return E_NOMEM;
	shares(e->share, iuv);
	b->n++;
	if (!b->licence)
		b->licence = json_incref(json_object_get(s->manifest, "licence"));
	return OK;
}

static enum status
read_bank(struct bank *b, const char *path)
{
	struct stream_in *in;
	struct sample s;
	enum status st;

	TRY(stream_open(&in, path, NULL));
	while ((st = stream_next(in, &s)) == OK) {
		st = add_entry(b, &s);
		if (st != OK) {
			st = fail_in(st, "sample \"%s\"", s.key);
			break;
		}
	}
	stream_close(in);
	if (st == END)
		st = b->n ? OK : fail(E_FORMAT, "an empty pose bank");
	return st;
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
	if (st != OK) {
		bank_close(b);
		return fail_in(st, "%s", path);
	}
	*out = b;
	return OK;
}

void
bank_close(struct bank *b)
{
	if (!b)
		return;
	layout_close(b->layout);
	arena_free(b->arena);
	json_decref(b->licence);
	free(b->entry);
	free(b);
}

/* ---- an entry at the size of the model ---- */

static void
resize(struct entry *e, size_t S)
{
	float *pose = e->made[POSE];
	uint8_t *iuv = e->made[IUV];

	for (size_t k = 0; k < 18; k++) {
		pose[3 * k] = (e->pose[3 * k] + 0.5f) * (float)S /
		    (float)e->w - 0.5f;
		pose[3 * k + 1] = (e->pose[3 * k + 1] + 0.5f) * (float)S /
		    (float)e->h - 0.5f;
		pose[3 * k + 2] = e->pose[3 * k + 2];
	}
	for (size_t y = 0; y < S; y++)		/* the nearest: parts never blend */
		for (size_t x = 0; x < S; x++)
			memcpy(iuv + 3 * (y * S + x), e->iuv + 3 *
			    ((2 * y + 1) * e->h / (2 * S) * e->w +
			    (2 * x + 1) * e->w / (2 * S)), 3);
}

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
	resize(e, S);
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
	const json_t *line;
	size_t i;

	TRY(sample_want(&iuv, s, "source.iuv", DT_U1,
	    TENSOR_DIMS(b->size, b->size, 3)));
	for (i = 1; i < n; i++) {
		e[i] = facing(b, views_yaw(b, iuv) + turn[i]);
		TRY(make(b, e[i]));
	}
	for (int f = 0; f < FIELDS; f++)
		TRY(stack(s, f, b->size, n, e));
	if (n > 1)
		json_array_foreach(b->licence, i, line)
			TRY(sample_add_licence(s, json_string_value(line)));
	return OK;
}
