/* struct worn as fields of a sample. */
#include "avatar/worn.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* A field and where struct worn points to its data. */
struct row {
	const char *name;
	enum dtype dtype;
	int rank;
	size_t dim[3];		/* 0: as long as `count` says */
	size_t offset, count[3];	/* of the members of struct worn */
};

#define AT(member) offsetof(struct worn, member)
/* Dimensions of 0 are as long as the members say that come last. */
static const struct row rows[] = {
	{ "avatar.vert", DT_F4, 2, { 0, 3 }, AT(vert), { AT(n_vert) } },
	{ "avatar.face", DT_I4, 2, { 0, 3 }, AT(face), { AT(n_face) } },
	{ "avatar.uv", DT_F4, 3, { 0, 3, 2 }, AT(uv), { AT(n_face) } },
	{ "avatar.by", DT_U1, 2, { 0, AVATAR_INFLUENCES }, AT(by),
	    { AT(n_vert) } },
	{ "avatar.weight", DT_F4, 2, { 0, AVATAR_INFLUENCES }, AT(weight),
	    { AT(n_vert) } },
	{ "avatar.image", DT_U1, 3, { 0, 0, 4 }, AT(image), { AT(h), AT(w) } },
	{ "avatar.kind", DT_U1, 2, { 0, 0 }, AT(kind), { AT(h), AT(w) } },
	{ "avatar.inside", DT_F4, 2, { 0, 3 }, AT(inside), { AT(n_body) } },
	{ "avatar.hull", DT_F4, 2, { 0, 3 }, AT(hull), { AT(n_body) } },
	{ "true.texture", DT_U1, 3, { 0, 0, 3 }, AT(texture),
	    { AT(T), AT(T) } },
	{ "true.valid", DT_U1, 2, { 0, 0 }, AT(valid), { AT(T), AT(T) } },
	{ "true.kind", DT_U1, 2, { 0, 0 }, AT(texkind), { AT(T), AT(T) } },
};
#define ROWS (sizeof rows / sizeof *rows)
#define JOINT "avatar.joint"

static size_t *
count_of(struct worn *w, const struct row *r, int i)
{
	return (size_t *)((char *)w + r->count[i]);
}

enum status
worn_put(struct sample *s, const struct worn *w)
{
	struct worn v = *w;

	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		struct tensor t = { .dtype = r->dtype, .rank = r->rank };

		for (int k = 0; k < r->rank; k++)
			t.dim[k] = r->dim[k] ? r->dim[k] : *count_of(&v, r, k);
		memcpy(&t.data, (char *)&v + r->offset, sizeof t.data);
		TRY(sample_put(s, r->name, &t));
	}
	struct tensor t;

	TRY(sample_make(&t, s, JOINT, DT_F4, TENSOR_DIMS(BODY_JOINTS, 3)));
	memcpy(t.data, w->joint, sizeof w->joint);
	return OK;
}

/* Numbers of a field that are finite and within lo..hi. */
static enum status
within(const char *name, const float *x, size_t n, float lo, float hi)
{
	for (size_t i = 0; i < n; i++)
		if (!(x[i] >= lo && x[i] <= hi))
			return fail(E_VALUE, "field %s: %g, want %g..%g", name,
			    (double)x[i], (double)lo, (double)hi);
	return OK;
}

static enum status
below(const char *name, const uint8_t *x, size_t n, int most)
{
	for (size_t i = 0; i < n; i++)
		if (x[i] >= most)
			return fail(E_VALUE, "field %s: %d, want less than %d",
			    name, x[i], most);
	return OK;
}

/* Each vertex' weights make one. */
static enum status
sums(const float (*weight)[AVATAR_INFLUENCES], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double sum = 0;

		for (int k = 0; k < AVATAR_INFLUENCES; k++)
			sum += weight[i][k];
		if (!(fabs(sum - 1) < 0.02))
			return fail(E_VALUE, "field avatar.weight: the sum of "
			    "vertex %zu is %g, want 1", i, sum);
	}
	return OK;
}

#define FAR 10.0f	/* metres from the pelvis, in no body */

static enum status
check(const struct worn *w)
{
	for (size_t i = 0; i < w->n_face; i++)
		for (int k = 0; k < 3; k++)
			if (w->face[i][k] >= w->n_vert)
				return fail(E_VALUE, "field avatar.face: "
				    "vertex %ld, want 0..%zu",
				    (long)(int32_t)w->face[i][k],
				    w->n_vert - 1);
	TRY(within("avatar.vert", w->vert[0], 3 * w->n_vert, -FAR, FAR));
	TRY(within("avatar.uv", w->uv[0][0], 6 * w->n_face, 0, 1));
	TRY(below("avatar.by", w->by[0], AVATAR_INFLUENCES * w->n_vert,
	    BODY_JOINTS));
	TRY(within("avatar.weight", w->weight[0], AVATAR_INFLUENCES *
	    w->n_vert, 0, 1.001f));
	TRY(sums(w->weight, w->n_vert));
	TRY(within("avatar.inside", w->inside[0], 3 * w->n_body, -FAR, FAR));
	TRY(within("avatar.hull", w->hull[0], 3 * w->n_body, -FAR, FAR));
	TRY(within(JOINT, w->joint[0], 3 * BODY_JOINTS, -FAR, FAR));
	for (size_t i = 0; i < w->h * w->w; i++)
		if ((w->kind[i] & ~AVATAR_CUT) >= AVATAR_KINDS)
			return fail(E_VALUE, "field avatar.kind: %d, want less "
			    "than %d, or so much more than %d", w->kind[i],
			    AVATAR_KINDS, AVATAR_CUT);
	return below("true.kind", w->texkind, w->T * w->T, AVATAR_KINDS);
}

enum status
worn_get(struct worn *w, const struct sample *s)
{
	*w = (struct worn){ .T = 0 };
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		const struct tensor *t;
		size_t dim[3];

		/* What an earlier field has said of a dimension holds. */
		for (int k = 0; k < r->rank; k++)
			dim[k] = r->dim[k] ? r->dim[k] : *count_of(w, r, k);
		TRY(sample_want(&t, s, r->name, r->dtype, r->rank, dim));
		for (int k = 0; k < r->rank; k++) {
			if (t->dim[k] == 0)
				return fail(E_SHAPE, "field %s is empty",
				    r->name);
			if (r->dim[k] == 0)
				*count_of(w, r, k) = t->dim[k];
		}
		if (r->offset == AT(texture) && t->dim[0] != t->dim[1])
			return fail(E_SHAPE, "field %s is not square",
			    r->name);
		memcpy((char *)w + r->offset, &t->data, sizeof t->data);
	}
	const struct tensor *t;

	TRY(sample_want(&t, s, JOINT, DT_F4, TENSOR_DIMS(BODY_JOINTS, 3)));
	memcpy(w->joint, t->data, sizeof w->joint);
	return check(w);
}
