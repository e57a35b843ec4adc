#include "photo/photofields.h"

#include <math.h>
#include <string.h>

#include "image/image.h"
#include "view/fields.h"

/* One view's tensor; nothing where there is none. */
static enum status
put(struct sample *s, enum role r, enum view_field f, struct tensor t)
{
	char field[ROLE_NAME_MAX];

	if (!t.data)
		return OK;
	if (r != ROLE_SOURCE) {
		memmove(t.dim + 1, t.dim, (size_t)t.rank++ * sizeof *t.dim);
		t.dim[0] = 1;
	}
	return sample_put(s, view_field_name(field, r, f), &t);
}

/* One view's tensor, with the shape of one view; no data where there is none. */
static enum status
take(struct tensor *out, const struct sample *s, enum role r,
    enum view_field f, struct view_size size)
{
	const struct tensor *t;
	size_t n = 1;

	if (!role_has(s, r, view_name(f)))
		return OK;
	TRY(view_want(&t, &n, s, r, f, size));
	*out = (struct tensor){ .dtype = view_dtype(f), .data = t->data };
	out->rank = view_dims(out->dim, f, size);
	memcpy(out->dim, role_dims(t, r), (size_t)out->rank * sizeof *out->dim);
	return OK;
}

/* crop.ROLE in the manifest becomes `of`, whose reference is stolen. */
static enum status
put_crop(struct sample *s, enum role r, json_t *of)
{
	json_t *crop = json_object_get(s->manifest, "crop");
	json_t *all = json_is_object(crop) ? json_incref(crop) : json_object();

	if (!of || json_object_set_new(all, role_word(r), of) != 0 ||
	    json_object_set(s->manifest, "crop", all) != 0) {
		json_decref(all);
		return fail(E_FORMAT, "the photo's name is not UTF-8");
	}
	json_decref(all);
	return OK;
}

/* What is known of the photo as a file, for crop.ROLE. */
static json_t *
describe(const struct labelled *l)
{
	return json_pack("{s:s*, s:[I,I], s:o*}", "photo", l->photo_file,
	    "photo_size", (json_int_t)l->photo.dim[1],
	    (json_int_t)l->photo.dim[0], "orientation", l->orientation ?
	    json_integer(l->orientation) : NULL);
}

/* Key points as fields(7) has them, and the boxes round all that there were. */
static enum status
put_people(struct sample *s, enum role r, const struct pose *p)
{
	struct tensor poses, boxes;

	if (p->n == 0)
		return OK;
	TRY(tensor_alloc(&poses, s->arena, DT_F4,
	    TENSOR_DIMS(p->n, POSE_POINTS, 3)));
	TRY(tensor_alloc(&boxes, s->arena, DT_F4, TENSOR_DIMS(p->n, 4)));
	float (*point)[3] = poses.data, (*box)[4] = boxes.data;

	for (size_t i = 0; i < p->n; i++, point += POSE_POINTS) {
		const struct pose_person *who = &p->person[i];

		memcpy(point, who->point, sizeof who->point);
		for (int k = 0; k < POSE_POINTS; k++)
			if (isnan(point[k][0]))
				point[k][2] = 0;
		for (int k = 0; k < 4; k++)
			box[i][k] = who->found ? who->box[k] : NAN;
	}
	TRY(put(s, r, VIEW_POSES, poses));
	return put(s, r, VIEW_BOXES, boxes);
}

enum status
labelled_put(struct sample *s, enum role r, const struct labelled *l)
{
	TRY(put(s, r, VIEW_PHOTO, l->photo));
	TRY(put_people(s, r, &l->pose));
	TRY(put(s, r, VIEW_IUV, l->iuv));
	TRY(put(s, r, VIEW_INDS, l->inds));
	TRY(put(s, r, VIEW_MATTE, l->matte));
	return put_crop(s, r, describe(l));
}

/* n people; box NULL: the boxes round their points. */
static enum status
take_people(struct labelled *l, const struct sample *s, const char *field,
    const float (*point)[3], const float (*box)[4], size_t n)
{
	if (n == 0 || n > POSE_MAX_PEOPLE)
		return fail(E_SHAPE, "%zu people, want 1 to %d", n,
		    POSE_MAX_PEOPLE);
	l->pose_field = field;
	l->pose.n = n;
	l->pose.person = arena_calloc(s->arena, n, sizeof *l->pose.person);
	if (!l->pose.person)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		enum status st = pose_person_of(&l->pose.person[i],
		    point + i * POSE_POINTS, box ? box[i] : NULL);

		if (st != OK)
			return fail_in(st, "person %zu", i + 1);
	}
	return OK;
}

static enum status
take_pose(struct labelled *l, const struct sample *s, enum role r)
{
	struct tensor pose = { .data = NULL }, boxes = { .data = NULL };
	const bool one = role_has(s, r, view_name(VIEW_POSE));
	const enum view_field f = one ? VIEW_POSE : VIEW_POSES;
	const char *field = view_name(f);

	TRY(take(&pose, s, r, f, view_square(0)));
	if (!pose.data)
		return OK;
	if (!one)
		TRY(take(&boxes, s, r, VIEW_BOXES,
		    (struct view_size){ .k = pose.dim[0] }));
	enum status st = take_people(l, s, field, pose.data, boxes.data,
	    one ? 1 : pose.dim[0]);

	return st == OK ? OK : labelled_about(st, role_word(r), field, NULL);
}

/* Where the photo came from, as labelled_put has left it. */
static void
take_crop(struct labelled *l, const struct sample *s, enum role r)
{
	const json_t *of = json_object_get(json_object_get(s->manifest, "crop"),
	    role_word(r));

	l->photo_file = json_string_value(json_object_get(of, "photo"));
	l->orientation = (int)json_integer_value(json_object_get(of,
	    "orientation"));
}

/* What other programs make of a picture does not fit another one. */
static enum status
refuse_computed(const struct sample *s, enum role r)
{
	for (enum view_field f = VIEW_SURF; f <= VIEW_RENDER; f++)
		if (role_has(s, r, view_name(f)))
			return fail(E_VALUE, "field %s.%s: was made from the whole "
			    "photo and will not fit what is cut out of it: cut "
			    "out first", role_word(r), view_name(f));
	return OK;
}

enum status
labelled_take(struct labelled *l, const struct sample *s, enum role r)
{
	*l = (struct labelled){ .pose_field = "pose" };
	TRY(refuse_computed(s, r));
	TRY(take(&l->photo, s, r, VIEW_PHOTO, view_square(0)));
	const size_t h = l->photo.dim[0], w = l->photo.dim[1];
	const struct view_size size = { .h = h, .w = w };
	enum status st = photo_check_size(w, h);

	if (st == OK && (w > IMAGE_MAX_SIDE || h > IMAGE_MAX_SIDE ||
	    w * h > IMAGE_MAX_PIXELS))
		st = fail(E_LIMIT, "a photo of %zux%zu pixels, want at most %d a "
		    "side and %zu together", w, h, IMAGE_MAX_SIDE,
		    IMAGE_MAX_PIXELS);
	if (st != OK)
		return labelled_about(st, role_word(r), "photo", NULL);
	TRY(take_pose(l, s, r));
	TRY(take(&l->iuv, s, r, VIEW_IUV, size));
	if (l->iuv.data)
		TRY(take(&l->inds, s, r, VIEW_INDS, size));
	TRY(take(&l->matte, s, r, VIEW_MATTE, size));
	take_crop(l, s, r);
	return OK;
}

enum status
portrait_put(struct sample *s, enum role r, const struct labelled *l,
    const struct portrait *p, size_t size)
{
	static const enum view_field gone[] = { VIEW_PHOTO, VIEW_POSES,
	    VIEW_BOXES, VIEW_INDS, VIEW_IMAGE, VIEW_POSE, VIEW_IUV, VIEW_MATTE };
	char name[ROLE_NAME_MAX];
	json_t *crop = describe(l), *frame = json_pack(
	    "{s:I, s:I, s:I, s:I, s:I}", "x", (json_int_t)p->frame.x0,
	    "y", (json_int_t)p->frame.y0, "w", (json_int_t)p->frame.w,
	    "h", (json_int_t)p->frame.h, "size", (json_int_t)size);

	if (crop && frame)
		json_object_update(crop, frame);
	json_decref(frame);
	TRY(put_crop(s, r, crop));
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		sample_drop(s, view_field_name(name, r, gone[i]));
	TRY(put(s, r, VIEW_IMAGE, p->image));
	TRY(put(s, r, VIEW_POSE, p->pose));
	TRY(put(s, r, VIEW_IUV, p->iuv));
	return put(s, r, VIEW_MATTE, p->matte);
}
