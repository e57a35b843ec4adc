#include "photo/labelled.h"

#include <string.h>

#include "image/image.h"
#include "iuv/iuv.h"
#include "photo/photodoubt.h"

/* What the readers below share. */
struct reading {
	struct labelled *l;
	const struct labelled_options *o;
	const struct dataset_item *it;
	struct arena *a;
	size_t w, h;		/* of the photo */
};

enum status
labelled_about(enum status st, const char *role, const char *what,
    const char *from)
{
	return from ? fail_in(st, "field %s.%s: %s", role, what, from) :
	    fail_in(st, "field %s.%s", role, what);
}

/* The alpha channel becomes the matte, unless all of the photo is opaque. */
static void
keep_matte(struct labelled *l, const struct tensor *alpha)
{
	const uint8_t *v = alpha->data;

	for (size_t i = 0; v && i < tensor_len(alpha); i++)
		if (v[i] != 255) {
			l->matte = *alpha;
			return;
		}
}

static enum status
load_photo(struct reading *r)
{
	struct labelled *l = r->l;
	struct tensor alpha;
	struct image_note note;
	const void *buf;
	size_t n;

	TRY(dataset_read(&buf, &n, r->a, r->it, DATASET_PHOTO));
	TRY(image_decode_alpha(&l->photo, &alpha, &note, r->a, buf, n));
	r->h = l->photo.dim[0];
	r->w = l->photo.dim[1];
	l->orientation = note.orientation;
	TRY(photo_check_size(r->w, r->h));
	keep_matte(l, &alpha);
	r->o->tell(false, "photo: %s, %zux%zu%s%s%s%s%s",
	    image_kind_name(note.kind), r->w, r->h,
	    note.orientation > 1 ? ", turned upright" : "",
	    note.alpha ? ", transparent parts made white" : "",
	    *note.profile ? ", colours of the profile \"" : "", note.profile,
	    *note.profile ? "\" to sRGB" : "");
	if (note.others)
		r->o->tell(true, "%s: a %s of %zu pictures: the first is taken",
		    l->photo_file, image_kind_name(note.kind), note.others + 1);
	const char *seems = photo_doubt(&l->photo);

	if (seems)
		r->o->tell(true, "%s: seems to be %s, and no photo", l->photo_file,
		    seems);
	if (note.profile_bad)
		r->o->tell(true, "%s: its colour profile cannot be used; its "
		    "colours are taken as sRGB's", l->photo_file);
	return OK;
}

/* From the photo's own file or else the table; END when neither has any. */
static enum status
read_pose(struct reading *r)
{
	const char *photo = r->it->file[DATASET_PHOTO];
	const char *slash = strrchr(photo, '/');
	const void *buf;
	size_t n;

	photo = slash ? slash + 1 : photo;
	r->l->pose_file = r->it->file[DATASET_POSE];
	if (r->l->pose_file) {
		TRY(dataset_read(&buf, &n, r->a, r->it, DATASET_POSE));
		return pose_parse_json(&r->l->pose, r->a, buf, n, photo);
	}
	const char *row;

	if (!r->o->table)
		return END;
	r->l->pose_file = r->o->table_name;
	TRY(pose_table_find(&r->l->pose, &row, r->o->table, r->a, r->it->key));
	r->o->tell(false, "key points: row %s", row);
	return OK;
}

/* Says what the reader had to say of them, and what cannot be right. */
static void
judge_pose(struct reading *r)
{
	struct pose *p = &r->l->pose;
	const char *file = r->l->pose_file;
	size_t necks = pose_mend_necks(p), doubtful = 0;
	const char *why = pose_doubt(&p->person[pose_largest(p)]), *any = NULL;

	for (size_t i = 0; i < p->n_remark; i++)
		r->o->tell(p->remark[i].warn, "%s: %s", file, p->remark[i].text);
	if (necks)
		r->o->tell(true, "%s: the neck lies on the nose%s: it is put "
		    "between the shoulders", file, p->n > 1 ? " of some" : "");
	for (size_t i = 0; i < p->n; i++) {
		const char *his = pose_doubt(&p->person[i]);

		doubtful += his != NULL;
		any = his ? his : any;
	}
	why = !why && 2 * doubtful > p->n ? any : why;
	if (why)
		r->o->tell(true, "%s: as %s, %s: are the points in another "
		    "order (BODY_25B, another table), or of another picture, or "
		    "a mirrored one?",
		    file, pose_format_name(p->format), why);
}

static enum status
load_pose(struct reading *r)
{
	const struct labelled_options *o = r->o;
	const struct pose *p = &r->l->pose;
	enum status st = read_pose(r);

	if (st == OK)
		st = pose_to_photo(&r->l->pose, r->a, o->grid_w, o->grid_h, r->w,
		    r->h);
	if (p->nobody && r->it->file[DATASET_IUV] && !o->need_pose) {
		o->tell(true, "%s: %s; going on with the IUV alone",
		    r->l->pose_file, status_detail());
		st = END;
	}
	if (st == END) {
		o->tell(false, "key points: none");
		r->l->pose_file = NULL;
		r->l->pose = (struct pose){ .n = 0 };
		return o->need_pose ? fail(E_SHAPE, "no key points to this photo, "
		    "and they are required") : OK;
	}
	if (st != OK)
		return st;
	judge_pose(r);
	if (p->n == 1)
		o->tell(false, "key points: %s, 1 person with %zu of %d points",
		    pose_format_name(p->format), p->person->found, POSE_POINTS);
	else
		o->tell(false, "key points: %s, %zu people",
		    pose_format_name(p->format), p->n);
	return OK;
}

/* A dump says by itself where in the photo it belongs, and whose is what. */
static enum status
load_dump(struct reading *r, const void *buf, size_t n)
{
	uint8_t most = 0;

	TRY(iuv_decode_dump(&r->l->iuv, &r->l->inds, r->a, buf, n,
	    r->it->file[DATASET_PHOTO], r->w, r->h));
	for (size_t i = 0; i < r->w * r->h; i++) {
		uint8_t who = ((const uint8_t *)r->l->inds.data)[i];

		most = who > most ? who : most;
	}
	r->o->tell(false, "IUV: a dump of detectron2, %d %s", most, most == 1 ?
	    "person" : "people");
	return OK;
}

static enum status
load_picture(struct reading *r, const char *file, const void *buf, size_t n)
{
	const struct labelled_options *o = r->o;
	struct iuv_note note;
	bool changed;
	char text[128];

	TRY(iuv_decode(&r->l->iuv, &note, r->a, buf, n));
	enum status st = iuv_fit(&r->l->iuv, &changed, r->a, r->w, r->h);

	if (st != OK && r->l->orientation > 1)
		return fail_in(st, "the photo is turned upright as its EXIF data "
		    "say, and so must be what the IUV is made from");
	TRY(st);
	o->tell(false, "IUV: %s", iuv_note_text(text, sizeof text, &note));
	if (changed)
		o->tell(true, "%s is one pixel off the photo's size", file);
	if (note.doubt)
		o->tell(true, "%s: %s", file, note.doubt);
	return OK;
}

static enum status
load_iuv(struct reading *r)
{
	const struct labelled_options *o = r->o;
	const char *file = r->l->iuv_file = r->it->file[DATASET_IUV];
	const void *buf;
	size_t n;

	if (!file) {
		o->tell(false, "IUV: none");
		return o->need_iuv ? fail(E_SHAPE, "no IUV to this photo, and it is "
		    "required") : OK;
	}
	TRY(dataset_read(&buf, &n, r->a, r->it, DATASET_IUV));
	return iuv_is_dump(buf, n) ? load_dump(r, buf, n) :
	    load_picture(r, file, buf, n);
}

/*
 * A picture of one plane that must have the photo's size. grey: all channels
 * must be alike; else the first one counts.
 */
static enum status
load_plane(struct tensor *t, struct reading *r, enum dataset_role kind,
    const char *what, bool grey)
{
	struct tensor rgb;
	const void *buf;
	size_t n;

	TRY(tensor_alloc(t, r->a, DT_U1, TENSOR_DIMS(r->h, r->w)));
	size_t mark = arena_mark(r->a);

	TRY(dataset_read(&buf, &n, r->a, r->it, kind));
	TRY(image_decode(&rgb, NULL, r->a, buf, n, IMAGE_IGNORE_ALPHA));
	if (rgb.dim[0] != r->h || rgb.dim[1] != r->w)
		return fail(E_SHAPE, "%s of %zux%zu, want the photo's %zux%zu%s",
		    what, rgb.dim[1], rgb.dim[0], r->w, r->h,
		    grey && r->l->orientation > 1 ? ", turned upright as its EXIF "
		    "data say" : "");
	const uint8_t *p = rgb.data;
	uint8_t *to = t->data;

	for (size_t i = 0; i < r->h * r->w; i++, p += 3) {
		if (grey && (p[0] != p[1] || p[0] != p[2]))
			return fail(E_VALUE, "pixel (%zu, %zu) has the colour "
			    "%u,%u,%u, want grey", i % r->w, i / r->w, p[0], p[1],
			    p[2]);
		to[i] = p[0];
	}
	arena_pop(r->a, mark);
	return OK;
}

static enum status
load_inds(struct reading *r)
{
	if (!r->l->iuv.data || !r->it->file[DATASET_INDS])
		return OK;
	r->l->inds_file = r->it->file[DATASET_INDS];
	return load_plane(&r->l->inds, r, DATASET_INDS, "an INDS map", false);
}

/*
 * What cannot be a person: they do not fill a photo, corners included (as what is
 * left of a screen's round corners does), nor stand at all of its edges.
 */
static void
doubt_matte(const struct reading *r, const char *of)
{
	const uint8_t *m = r->l->matte.data;
	size_t all = 0, edge = 0, n = 0;

	for (size_t y = 0; y < r->h; y++)
		for (size_t x = 0; x < r->w; x++) {
			const bool yes = m[y * r->w + x] >= 128;

			all += yes;
			if (x > 0 && y > 0 && x + 1 < r->w && y + 1 < r->h)
				continue;
			n++;
			edge += yes;
		}
	if ((double)all > 0.98 * (double)(r->w * r->h))
		r->o->tell(true, "%s: the person is nearly everywhere: is that a "
		    "matte?", of);
	else if ((double)edge > 0.9 * (double)n)
		r->o->tell(true, "%s: the person is at nearly all edges of the "
		    "photo: is it inverted? want 255 for the person, 0 for the "
		    "rest", of);
}

/* A mask that is on file comes before the photo's own alpha channel. */
static enum status
load_matte(struct reading *r)
{
	const char *file = r->it->file[DATASET_MASK];
	struct tensor *m = &r->l->matte;
	uint8_t most = 0;

	if (file)
		TRY(load_plane(m, r, DATASET_MASK, "a mask", true));
	if (!m->data)
		return OK;
	for (size_t i = 0; i < tensor_len(m); i++) {
		uint8_t v = ((const uint8_t *)m->data)[i];

		most = v > most ? v : most;
	}
	if (most == 0)
		return fail(E_VALUE, file ? "no person: black everywhere" :
		    "no person: the photo is transparent everywhere");
	if (most < 128)
		return fail(E_VALUE, "no value above %u, want 0 to 255 for how "
		    "much of a pixel is the person", most);
	doubt_matte(r, file ? file : r->l->photo_file);
	r->o->tell(false, "matte: %s", file ? file : "the photo's transparency");
	return OK;
}

enum status
labelled_read(struct labelled *l, struct arena *a, const struct dataset_item *it,
    const struct labelled_options *o, const char *role)
{
	struct reading r = { .l = l, .o = o, .it = it, .a = a };

	*l = (struct labelled){ .photo_file = it->file[DATASET_PHOTO],
	    .pose_field = "pose" };
	enum status st = load_photo(&r);

	if (st != OK)
		return fail_in(st, "field %s.image", role);
	st = load_pose(&r);
	if (st != OK)
		return labelled_about(st, role, "pose", l->pose_file);
	st = load_iuv(&r);
	if (st != OK)
		return labelled_about(st, role, "iuv", l->iuv_file);
	st = load_inds(&r);
	if (st != OK)
		return labelled_about(st, role, "iuv", l->inds_file);
	st = load_matte(&r);
	return st == OK ? OK : labelled_about(st, role, "matte",
	    it->file[DATASET_MASK]);
}
