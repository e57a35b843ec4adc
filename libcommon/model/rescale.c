#include "model/rescale.h"

#include <stdlib.h>
#include <string.h>

#include "layers/bilinear.h"
#include "photo/photo.h"
#include "pose/coco.h"
#include "tensor/stats.h"
#include "texture/convert.h"
#include "texture/derive.h"

#define BIT(f) (1u << (f))

/* Made of iuv, and of pose; texheat of both. */
#define OF_IUV (BIT(VIEW_SURF) | BIT(VIEW_MASK) | BIT(VIEW_COORD) | \
	BIT(VIEW_SEEN) | BIT(VIEW_TEXHEAT))
#define OF_POSE (BIT(VIEW_HEAT) | BIT(VIEW_TEXHEAT))

/* What networks read of a view. */
static const enum view_field fields[] = { VIEW_IMAGE, VIEW_IUV, VIEW_MATTE,
	VIEW_POSE, VIEW_SURF, VIEW_MASK, VIEW_COORD, VIEW_SEEN, VIEW_HEAT,
	VIEW_TEXHEAT };
#define FIELDS (sizeof fields / sizeof *fields)

/*
 * Which of them a role has; *other: pictures or maps have another size than S.
 * Heat maps and mattes go with these, and alone change nothing.
 */
static unsigned
look(bool *other, const struct sample *s, enum role r, size_t S)
{
	unsigned has = 0;

	*other = false;
	for (size_t i = 0; i < FIELDS; i++) {
		char name[ROLE_NAME_MAX];
		const struct field *f = sample_find(s, view_field_name(name, r,
		    fields[i]));
		size_t dim[3];
		const int rank = view_dims(dim, fields[i], view_square(S));

		if (!f)
			continue;
		has |= BIT(fields[i]);
		if (BIT(fields[i]) & (OF_POSE | BIT(VIEW_MATTE)))
			continue;
		/* What is no such field at all is for the networks to refuse. */
		if (!f->is_json && f->t.rank == rank + (r != ROLE_SOURCE))
			*other |= memcmp(role_dims(&f->t, r), dim,
			    (size_t)rank * sizeof *dim) != 0;
	}
	return has;
}

/* One view of a role with n of them; size: of its pictures. */
static struct tensor
view_of(const struct tensor *t, enum view_field f, struct view_size size,
    size_t i)
{
	struct tensor v = { .dtype = t->dtype };

	v.rank = view_dims(v.dim, f, size);
	v.data = (char *)t->data + i * view_bytes(f, size);
	return v;
}

/* Picture, iuv, matte or key points of one view, into `to`. */
static enum status
resize(void *to, enum view_field f, const struct tensor *from,
    struct view_size size, size_t S, struct arena *a)
{
	const struct photo_rect all = { 0, 0, (long)size.w, (long)size.h };
	const size_t mark = arena_mark(a);
	struct tensor t;

	if (f == VIEW_POSE) {
		memcpy(to, from->data, view_bytes(f, size));
		photo_map_points(to, POSE_POINTS, &all, S);
		return OK;
	}
	if (f == VIEW_IMAGE)
		TRY(photo_resize(&t, a, from, &all, S));
	else if (f == VIEW_IUV)
		TRY(photo_blend_iuv(&t, a, from, &all, S));
	else
		TRY(photo_resize_matte(&t, a, from, &all, S));
	memcpy(to, t.data, tensor_bytes(&t));
	arena_pop(a, mark);
	return OK;
}

/* Field f of all views of r->seen, from those of s. */
static enum status
resize_field(struct tensor *to, struct rescale *r, const struct sample *s,
    enum role role, enum view_field f, struct view_size size, size_t *n)
{
	const struct view_size small = view_square(r->S);
	const struct tensor *from;

	TRY(view_want(&from, n, s, role, f, size));
	if (size.h == r->S) {
		*to = *from;
		return OK;
	}
	TRY(view_make(to, &r->seen, role, f, *n, small));
	for (size_t i = 0; i < *n; i++) {
		const struct tensor v = view_of(from, f, size, i);

		TRY(resize((char *)to->data + i * view_bytes(f, small), f, &v,
		    size, r->S, s->arena));
	}
	return OK;
}

static enum status
need_layout(struct rescale *r)
{
	return r->opened ? OK : layout_open(&r->opened, r->layout);
}

/* What follows from iuv and pose, of all views. */
static enum status
derive(struct tensor t[VIEW_FIELDS], struct rescale *r, enum role role,
    unsigned has, size_t n)
{
	const struct view_size small = view_square(r->S);
	char name[ROLE_NAME_MAX];

	TRY(need_layout(r));
	for (enum view_field f = VIEW_SURF; f <= VIEW_TEXHEAT; f++)
		if (has & BIT(f))
			TRY(view_make(&t[f], &r->seen, role, f, n, small));
	for (size_t i = 0; i < n; i++) {
		const void *have[VIEW_MAPS] = { NULL };
		void *to[VIEW_MAPS] = { NULL };

		for (enum view_field f = 0; f < VIEW_MAPS; f++) {
			if (!(has & BIT(f)))
				continue;
			char *at = (char *)t[f].data + i * view_bytes(f, small);

			if (f == VIEW_IUV || f == VIEW_POSE)
				have[f] = at;
			else if (f != VIEW_IMAGE)
				to[f] = at;
		}
		enum status st = derive_maps(to, have, r->S, r->opened,
		    r->seen.arena);

		if (st != OK)
			return fail_in(st, "field %s",
			    view_field_name(name, role, VIEW_IUV));
	}
	return OK;
}

static enum status
scale_role(struct rescale *r, const struct sample *s, enum role role)
{
	struct tensor t[VIEW_FIELDS];
	struct view_size size;
	char name[ROLE_NAME_MAX];
	bool other;
	size_t n = 0;
	unsigned has = look(&other, s, role, r->S);

	if (!other)
		return OK;
	has |= has & OF_IUV ? BIT(VIEW_IUV) : 0;
	has |= has & OF_POSE ? BIT(VIEW_POSE) : 0;
	TRY(view_picture_size(&size, &n, s, role));
	if (size.h != size.w)
		return fail(E_SHAPE, "field %s: pictures of %zu x %zu, want "
		    "square ones, see cutout(1)", view_field_name(name, role,
		    VIEW_IMAGE), size.w, size.h);
	for (size_t i = 0; i < FIELDS && fields[i] != VIEW_SURF; i++)
		if (has & BIT(fields[i]))
			TRY(resize_field(&t[fields[i]], r, s, role, fields[i],
			    size, &n));
	return has & (OF_IUV | OF_POSE) ? derive(t, r, role, has, n) : OK;
}

static enum status
scale_texture(struct rescale *r, const struct sample *s)
{
	const struct field *f = sample_find(s, view_name(VIEW_TEXTURE));
	struct tensor to;

	if (!f || f->is_json || f->t.dtype != DT_F4 || f->t.rank != 3 ||
	    f->t.dim[0] != f->t.dim[1] || f->t.dim[2] != 3 ||
	    f->t.dim[0] < 2 || f->t.dim[0] == r->S)
		return OK;
	enum status st = tensor_check_signed(&f->t);

	if (st != OK)
		return fail_in(st, "field %s", f->name);
	TRY(need_layout(r));
	TRY(view_make(&to, &r->seen, ROLE_SOURCE, VIEW_TEXTURE, 1,
	    view_square(r->S)));
	return convert_texture(to.data,
	    (struct convert_side){ r->opened, r->S }, f->t.data,
	    (struct convert_side){ r->opened, f->t.dim[0] }, s->arena);
}

static struct field *
copy_fields(const struct sample *s)
{
	struct field *f = arena_alloc(s->arena, (s->n + 1) * sizeof *f);

	if (f && s->n)
		memcpy(f, s->field, s->n * sizeof *f);
	return f;
}

enum status
rescale_begin(struct rescale *r, const struct sample *s, unsigned roles)
{
	r->seen = *s;
	r->seen.room = s->n + 1;
	if (!(r->seen.field = copy_fields(s)))
		return E_NOMEM;
	for (enum role role = 0; role < ROLES; role++)
		if (roles & BIT(role))
			TRY(scale_role(r, s, role));
	if (roles & BIT(ROLE_SOURCE))
		TRY(scale_texture(r, s));
	r->n = r->seen.n;
	r->before = copy_fields(&r->seen);
	return r->before ? OK : E_NOMEM;
}

/* role.gen as large as the role's pictures in s are. */
static enum status
enlarge(struct tensor *t, struct sample *s, enum role role, size_t S)
{
	const struct tensor from = *t;
	struct view_size size;
	size_t n = from.dim[0];

	TRY(view_picture_size(&size, &n, s, role));
	if (size.h == S && size.w == S)
		return OK;
	TRY(tensor_alloc(t, s->arena, DT_F4, TENSOR_DIMS(n, size.h, size.w, 3)));
	for (size_t i = 0; i < n; i++)
		nn_bilinear_fwd((float *)t->data + i * size.h * size.w * 3,
		    (const float *)from.data + i * S * S * 3,
		    &(struct nn_bilinear){ .h = S, .w = S, .c = 3, .ho = size.h,
		    .wo = size.w, .half_pixel = true });
	return OK;
}

enum status
rescale_end(struct sample *s, const struct rescale *r)
{
	const struct sample was = { .field = (struct field *)r->before,
		.n = r->n };

	for (size_t i = 0; i < was.n; i++)
		if (!sample_find(&r->seen, was.field[i].name))
			sample_drop(s, was.field[i].name);
	for (size_t i = 0; i < r->seen.n; i++) {
		const struct field *f = &r->seen.field[i];
		const struct field *old = sample_find(&was, f->name);
		const char *dot = strchr(f->name, '.');
		struct tensor t = f->t;
		enum role role;

		if (f->is_json || (old && old->t.data == f->t.data))
			continue;
		if (dot && strcmp(dot + 1, view_name(VIEW_GEN)) == 0 &&
		    role_of(&role, f->name))
			TRY(enlarge(&t, s, role, r->S));
		TRY(sample_put(s, f->name, &t));
	}
	return OK;
}

void
rescale_close(struct rescale *r)
{
	layout_close(r->opened);
	*r = (struct rescale){ 0 };
}
