#include "train/prepare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/views.h"
#include "texture/derive.h"

#define TRIES 64		/* until somebody else is found */

#define BIT(m) (1u << (m))

/* View `view` of a role of a sample: what stands there, NULL for the rest. */
struct stored {
	const void *map[VIEW_MAPS];
};

static struct stored
stored_of(const struct sample *s, enum role r, size_t view, size_t S)
{
	struct stored v = { { NULL } };
	char name[ROLE_NAME_MAX];

	for (enum view_field m = 0; m < VIEW_MAPS; m++) {
		const struct field *f = sample_find(s, role_name(name, r,
		    view_name(m)));

		if (f)
			v.map[m] = (const char *)f->t.data +
			    view * view_bytes(m, view_square(S));
	}
	return v;
}

static size_t
views_in(const struct sample *s, enum role r)
{
	char name[ROLE_NAME_MAX];
	const struct field *f = sample_find(s, role_name(name, r, "iuv"));

	return !f ? 0 : r == ROLE_SOURCE ? 1 : f->t.dim[0];
}

/* The views v[0..n) become role r of `out`, with the maps of the set. */
static enum status
put_role(struct sample *out, enum role r, const struct stored *v, size_t n,
    unsigned set, const struct prepare *o)
{
	const struct view_size size = view_square(o->size);
	struct tensor t[VIEW_MAPS];
	char name[ROLE_NAME_MAX];

	for (enum view_field m = 0; m < VIEW_MAPS; m++)
		if (set & BIT(m))
			TRY(view_make(&t[m], out, r, m, n, size));
	for (size_t i = 0; i < n; i++) {
		void *to[VIEW_MAPS] = { NULL };

		for (enum view_field m = 0; m < VIEW_MAPS; m++)
			if (set & BIT(m))
				to[m] = (char *)t[m].data +
				    i * view_bytes(m, size);
		enum status st = derive_maps(to, v[i].map, o->size, o->layout,
		    out->arena);

		if (st != OK)
			return fail_in(st, "field %s", role_name(name, r, "iuv"));
	}
	return OK;
}

/* k of n numbers by chance, in out; k <= n <= PREPARE_VIEWS. */
static void
choose(size_t *out, size_t k, size_t n, struct rng *r)
{
	size_t all[PREPARE_VIEWS];

	for (size_t i = 0; i < n; i++)
		all[i] = i;
	for (size_t i = 0; i < k; i++) {
		size_t j = i + rng_below(r, n - i);

		out[i] = all[j];
		all[j] = all[i];
	}
}

static void
drop_pose(struct stored *v, const struct prepare *o, struct rng *r)
{
	if (rng_unit(r) < o->pose_dropout)
		v->map[VIEW_POSE] = v->map[VIEW_HEAT] = v->map[VIEW_TEXHEAT] = NULL;
}

/* A pose of somebody else, of a sample that was drawn by chance. */
static enum status
pose_of_another(struct stored *v, const struct subject *sub,
    const struct subjects *others, size_t S, struct rng *r)
{
	for (int i = 0; i < TRIES && others->n > 0; i++) {
		const struct subject *o = &others->of[rng_below(r, others->n)];
		size_t targets = views_in(&o->s, ROLE_TARGET);
		size_t k = rng_below(r, 1 + targets);

		if (strcmp(o->identity, sub->identity) == 0)
			continue;
		*v = k < targets ? stored_of(&o->s, ROLE_TARGET, k, S) :
		    stored_of(&o->s, ROLE_SOURCE, 0, S);
		v->map[VIEW_IMAGE] = NULL;
		return OK;
	}
	return fail(E_VALUE, "no other person in the shuffle buffer to take a "
		    "pose from: want field halluc.iuv, a larger --buffer or --poses");
}

static enum status
put_halluc(struct sample *out, const struct subject *sub,
    const struct subjects *others, const struct prepare *o, unsigned set,
    struct rng *r)
{
	struct stored v[PREPARE_VIEWS] = { stored_of(out, ROLE_SOURCE, 0, o->size) };
	size_t n = o->vary ? 1 + rng_below(r, o->views) : o->views;
	size_t own = views_in(&sub->s, ROLE_HALLUC), pick[PREPARE_VIEWS];

	if (o->bank)
		return views_add(out, o->bank, n);
	if (own > PREPARE_VIEWS)
		own = PREPARE_VIEWS;
	if (own + 1 >= n)
		choose(pick, n - 1, own, r);
	for (size_t i = 1; i < n; i++) {
		if (own + 1 >= n)
			v[i] = stored_of(&sub->s, ROLE_HALLUC, pick[i - 1], o->size);
		else
			TRY(pose_of_another(&v[i], sub, others, o->size, r));
		drop_pose(&v[i], o, r);
	}
	return put_role(out, ROLE_HALLUC, v, n, set, o);
}

/* Contrast about the middle, and brightness of each channel; 0..255. */
struct colours {
	double contrast, shift[3];
};

static struct colours
make_colours(double jitter, struct rng *r)
{
	struct colours c = { .contrast = exp(jitter * rng_normal(r)) };
	double light = 64 * jitter * rng_normal(r);

	for (int k = 0; k < 3; k++)
		c.shift[k] = light + 32 * jitter * rng_normal(r);
	return c;
}

static double
coloured(double x, const struct colours *c, size_t k)
{
	return fmin(fmax(127.5 + (x - 127.5) * c->contrast + c->shift[k], 0),
	    255);
}

static void
recolour(struct sample *s, const char *name, const struct colours *c)
{
	struct field *f = sample_find(s, name);
	size_t n = f ? tensor_len(&f->t) : 0;

	if (f && f->t.dtype == DT_U1) {
		uint8_t *x = f->t.data, map[3][256];

		for (int i = 0; i < 3 * 256; i++)
			map[i / 256][i % 256] = (uint8_t)lrint(coloured(i % 256,
			    c, (size_t)i / 256));
		for (size_t i = 0; i < n; i++)
			x[i] = map[i % 3][x[i]];
	} else if (f) {
		float *x = f->t.data;

		/* In double: what goes to 0..255 here comes back unrounded. */
		for (size_t i = 0; i < n; i++)
			x[i] = (float)(coloured(127.5 * (x[i] + 1), c, i % 3) /
			    127.5 - 1);
	}
}

/* What unwrap(1) would make of the source; grey of one that shows nothing. */
static enum status
put_unwrapped(struct sample *s, const struct prepare *o)
{
	struct tensor t;

	TRY(sample_make(&t, s, "texture", DT_F4,
	    TENSOR_DIMS(o->size, o->size, 3)));
	memset(t.data, 0, tensor_bytes(&t));
	enum status st = unwrap_source(t.data, s, o->size, o->plan);

	return st == E_VALUE ? OK : st;
}

static enum status
put_copy(struct sample *out, const struct sample *s, const char *name)
{
	const struct field *f = sample_find(s, name);
	struct tensor t;

	if (!f)
		return OK;
	TRY(sample_make(&t, out, name, f->t.dtype, f->t.rank, f->t.dim));
	memcpy(t.data, f->t.data, tensor_bytes(&t));
	return OK;
}

enum status
prepare(struct sample *out, const struct subject *sub,
    const struct subjects *others, const struct prepare *o, struct rng r)
{
	unsigned source = BIT(VIEW_IMAGE) | BIT(VIEW_IUV) | BIT(VIEW_SURF) | BIT(VIEW_MASK) |
	    BIT(VIEW_COORD) | BIT(VIEW_SEEN);
	unsigned target = BIT(VIEW_IMAGE) | BIT(VIEW_SURF) | BIT(VIEW_MASK);
	unsigned halluc = BIT(VIEW_SURF) | BIT(VIEW_MASK) | BIT(VIEW_COORD) | BIT(VIEW_SEEN) |
	    BIT(VIEW_HEAT) | BIT(VIEW_TEXHEAT);
	struct stored v[PREPARE_VIEWS];
	size_t have = views_in(&sub->s, ROLE_TARGET), pick[PREPARE_VIEWS];
	size_t n = have < o->targets ? have : o->targets;

	if (have > PREPARE_VIEWS)
		have = PREPARE_VIEWS;
	if (o->dual) {
		source |= BIT(VIEW_HEAT) | BIT(VIEW_TEXHEAT) | BIT(VIEW_POSE);
		target |= BIT(VIEW_HEAT);
	}
	json_object_update(out->manifest, sub->s.manifest);
	v[0] = stored_of(&sub->s, ROLE_SOURCE, 0, o->size);
	drop_pose(&v[0], o, &r);
	TRY(put_role(out, ROLE_SOURCE, v, 1, source, o));
	choose(pick, n, have, &r);
	for (size_t i = 0; i < n; i++) {
		v[i] = stored_of(&sub->s, ROLE_TARGET, pick[i], o->size);
		drop_pose(&v[i], o, &r);
	}
	if (n > 0)
		TRY(put_role(out, ROLE_TARGET, v, n, target, o));
	if (o->dual)
		TRY(put_halluc(out, sub, others, o, halluc, &r));
	TRY(put_copy(out, &sub->s, "true.texture"));
	TRY(put_copy(out, &sub->s, "true.valid"));
	TRY(put_copy(out, &sub->s, "true.kind"));
	TRY(put_copy(out, &sub->s, "texture"));
	TRY(put_copy(out, &sub->s, "source.matte"));
	struct colours c = make_colours(o->jitter, &r);

	if (o->jitter > 0) {
		recolour(out, "source.image", &c);
		recolour(out, "target.image", &c);
		recolour(out, "true.texture", &c);
		recolour(out, "texture", &c);
	}
	return o->plan && !sample_find(out, "texture") ?
	    put_unwrapped(out, o) : OK;
}
