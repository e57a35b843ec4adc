#include "photo/portrait.h"

#include <math.h>
#include <string.h>

#include "image/image.h"
#include "iuv/iuv.h"
#include "photo/bodies.h"

/* What is known so far, all in the photo's pixels. */
struct view {
	const struct portrait_options *o;
	const struct dataset_item *it;
	struct arena *a;
	struct image_note note;
	struct tensor photo, iuv;
	size_t w, h;
	struct pose pose;
	const struct pose_person *who;	/* NULL: no key points */
	bool has_iuv;
	struct photo_box body;		/* outline in the IUV */
};

#define POINTS(person) ((const float (*)[3])(person)->point)

static enum status
load_photo(struct view *v)
{
	const void *buf;
	size_t n;

	TRY(dataset_read(&buf, &n, v->a, v->it, DATASET_PHOTO));
	TRY(image_decode(&v->photo, &v->note, v->a, buf, n, IMAGE_ON_WHITE));
	v->h = v->photo.dim[0];
	v->w = v->photo.dim[1];
	if (v->w < PHOTO_MIN_SIDE || v->h < PHOTO_MIN_SIDE)
		return fail(E_VALUE, "a photo of %zux%zu pixels, want at least "
		    "%dx%d", v->w, v->h, PHOTO_MIN_SIDE, PHOTO_MIN_SIDE);
	v->o->tell(false, "photo: %s, %zux%zu%s%s", image_kind_name(v->note.kind),
	    v->w, v->h, v->note.orientation > 1 ? ", turned upright" : "",
	    v->note.alpha ? ", transparent parts made white" : "");
	return OK;
}

/* From the photo's own file or else the table; END when neither has any. */
static enum status
read_pose(struct view *v, const char **from)
{
	const char *photo = v->it->file[DATASET_PHOTO];
	const char *slash = strrchr(photo, '/');
	const void *buf;
	size_t n;

	photo = slash ? slash + 1 : photo;
	*from = v->it->file[DATASET_POSE];
	if (*from) {
		TRY(dataset_read(&buf, &n, v->a, v->it, DATASET_POSE));
		return pose_parse_json(&v->pose, v->a, buf, n, photo);
	}
	const char *row;

	*from = v->o->table_name;
	if (!v->o->table)
		return END;
	TRY(pose_table_find(&v->pose, &row, v->o->table, v->a, v->it->key));
	v->o->tell(false, "key points: row %s", row);
	return OK;
}

static enum status
load_pose(struct view *v, const char **from)
{
	const struct portrait_options *o = v->o;
	enum status st = read_pose(v, from);

	if (st == END) {
		o->tell(false, "key points: none");
		*from = NULL;
		return o->need_pose ? fail(E_SHAPE, "no key points to this photo, "
		    "and they are required") : OK;
	}
	if (st != OK)
		return st;
	TRY(pose_to_photo(&v->pose, o->grid_w, o->grid_h, v->w, v->h));
	size_t k = o->person ? o->person - 1 : pose_largest(&v->pose);

	if (k >= v->pose.n)
		return fail(E_VALUE, "no person %zu: there are %zu", o->person,
		    v->pose.n);
	v->who = &v->pose.person[k];
	if (v->who->found == 0)
		return fail(E_VALUE, "person %zu has no point", k + 1);
	const char *format = pose_format_name(v->pose.format);

	if (v->pose.n == 1)
		o->tell(false, "key points: %s, 1 person with %zu of %d points",
		    format, v->who->found, POSE_POINTS);
	else
		o->tell(false, "key points: %s, %zu people, took %snumber %zu with "
		    "%zu of %d points", format, v->pose.n, o->person ? "" :
		    "the largest, ", k + 1, v->who->found, POSE_POINTS);
	return OK;
}

/* The INDS map; it must fit, too. */
static enum status
load_inds(struct view *v, struct tensor *t)
{
	const void *buf;
	size_t n;

	TRY(dataset_read(&buf, &n, v->a, v->it, DATASET_INDS));
	TRY(image_decode(t, NULL, v->a, buf, n, IMAGE_IGNORE_ALPHA));
	if (t->dim[0] != v->h || t->dim[1] != v->w)
		return fail(E_SHAPE, "an INDS map of %zux%zu, want the photo's "
		    "%zux%zu", t->dim[1], t->dim[0], v->w, v->h);
	return OK;
}

/* Which body is the person's; says what is doubtful about it. */
static enum status
choose_body(const struct view *v, struct bodies *b, size_t *k)
{
	const struct portrait_options *o = v->o;
	size_t n = bodies_comparable(b);

	if (!v->who) {
		*k = o->person ? o->person - 1 : 0;
		if (*k >= b->n)
			return fail(E_VALUE, "no person %zu: it shows %zu bodies",
			    o->person, b->n);
		if (n > 1 && !o->person)
			o->tell(true, "the IUV shows %zu bodies of comparable "
			    "size, and there are no key points to choose by: took "
			    "the largest (--person takes another)", n);
		return OK;
	}
	bodies_count_hits(b, POINTS(v->who), POSE_POINTS);
	*k = bodies_most_hits(b);
	if (2 * b->body[*k].hits < v->who->found)
		o->tell(true, "only %zu of %zu key points lie on the body in the "
		    "IUV: do the two belong together?", b->body[*k].hits,
		    v->who->found);
	/* Bodies that touch cannot be told apart; other people's points can. */
	for (size_t i = 0; i < v->pose.n && !b->by_person; i++) {
		const struct pose_person *p = &v->pose.person[i];

		bodies_count_hits(b, POINTS(p), POSE_POINTS);
		if (p != v->who && p->found > 3 &&
		    2 * b->body[*k].hits > p->found)
			o->tell(true, "person %zu touches the one taken and stays "
			    "in the IUV", i + 1);
	}
	return OK;
}

static enum status
choose_in_iuv(struct view *v, const struct tensor *inds)
{
	struct bodies b;
	size_t k;

	TRY(bodies_find(&b, v->a, &v->iuv, inds));
	if (b.n == 0)
		return fail(E_VALUE, "it numbers nobody in the IUV");
	TRY(choose_body(v, &b, &k));
	size_t others = bodies_keep(&v->body, &v->iuv, &b, k);

	if (others)
		v->o->tell(false, "IUV: removed %zu other bodies", others);
	v->has_iuv = true;
	return OK;
}

static enum status
load_iuv(struct view *v, const char **from)
{
	const struct portrait_options *o = v->o;
	const char *file = v->it->file[DATASET_IUV];
	struct iuv_note note;
	struct tensor inds;
	bool changed;
	char text[128];
	const void *buf;
	size_t n;

	*from = file;
	if (!file) {
		o->tell(false, "IUV: none");
		return o->need_iuv ? fail(E_SHAPE, "no IUV to this photo, and it is "
		    "required") : OK;
	}
	TRY(dataset_read(&buf, &n, v->a, v->it, DATASET_IUV));
	TRY(iuv_decode(&v->iuv, &note, v->a, buf, n));
	enum status st = iuv_fit(&v->iuv, &changed, v->a, v->w, v->h);

	if (st != OK && v->note.orientation > 1)
		return fail_in(st, "the photo is turned upright as its EXIF data "
		    "say, and so must be what the IUV is made from");
	TRY(st);
	o->tell(false, "IUV: %s", iuv_note_text(text, sizeof text, &note));
	if (changed)
		o->tell(true, "%s is one pixel off the photo's size", file);
	if (note.rescaled)
		o->tell(true, "%s: U and V fill 0..255 exactly, as if a converter "
		    "had rescaled them; texels may be displaced", file);
	if (!v->it->file[DATASET_INDS])
		return choose_in_iuv(v, NULL);
	*from = v->it->file[DATASET_INDS];
	TRY(load_inds(v, &inds));
	return choose_in_iuv(v, &inds);
}

/* Which square, and what it was found by. */
static enum status
find_frame(const struct view *v, struct photo_rect *r)
{
	const struct portrait_options *o = v->o;
	struct photo_box box = v->body;
	const char *by = v->has_iuv ? "IUV" : "the whole photo";

	if (v->who) {
		const float *p = v->who->box;
		struct photo_box joints = { p[0], p[1], p[2], p[3] };

		by = v->has_iuv ? "IUV and key points" : "key points";
		box = v->has_iuv ? photo_box_join(&box, &joints) :
		    photo_grow_joints(&joints, POINTS(v->who));
		TRY(photo_box_clip(&box, v->w, v->h));
	}
	*r = photo_frame(o->fit, v->w, v->h, v->who || v->has_iuv ? &box : NULL,
	    o->margin);
	o->tell(false, "frame: %ldx%ld at (%ld, %ld), by %s", r->w, r->h, r->x0,
	    r->y0, o->fit == PHOTO_CROP ? by : "the whole photo");
	return OK;
}

static enum status
cut(struct portrait *p, const struct view *v)
{
	size_t size = v->o->size;

	*p = (struct portrait){ .photo_w = v->w, .photo_h = v->h,
	    .orientation = v->note.orientation };
	TRY(find_frame(v, &p->frame));
	TRY(photo_resize(&p->image, v->a, &v->photo, &p->frame, size));
	if (v->has_iuv)
		TRY(photo_resize_iuv(&p->iuv, v->a, &v->iuv, &p->frame, size));
	if (!v->who)
		return OK;
	TRY(tensor_alloc(&p->pose, v->a, DT_F4, TENSOR_DIMS(POSE_POINTS, 3)));
	memcpy(p->pose.data, v->who->point, tensor_bytes(&p->pose));
	float (*point)[3] = p->pose.data;

	photo_map_points(point, POSE_POINTS, &p->frame, size);
	for (int k = 0; k < POSE_POINTS; k++)
		if (isnan(point[k][0]))
			point[k][2] = 0;	/* fields(7) */
	return OK;
}

/* from: the file, when it is not the photo, which messages name anyway. */
static enum status
about(enum status st, const char *role, const char *what, const char *from)
{
	return from ? fail_in(st, "field %s.%s: %s", role, what, from) :
	    fail_in(st, "field %s.%s", role, what);
}

enum status
portrait_make(struct portrait *p, struct arena *a, const struct dataset_item *it,
    const struct portrait_options *o, const char *role)
{
	struct view v = { .o = o, .it = it, .a = a };
	const char *from = NULL;
	enum status st = load_photo(&v);

	if (st != OK)
		return fail_in(st, "field %s.image", role);
	st = load_pose(&v, &from);
	if (st != OK)
		return about(st, role, "pose", from);
	st = load_iuv(&v, &from);
	if (st != OK)
		return about(st, role, "iuv", from);
	st = cut(p, &v);
	return st == OK ? OK : fail_in(st, "field %s.image", role);
}
