#include "photo/portrait.h"

#include <math.h>
#include <string.h>

#include "photo/bodies.h"
#include "photo/ownparts.h"
#include "photo/plainground.h"

/* Who is meant, and where they are, in the photo's pixels. */
struct choice {
	const struct portrait_options *o;
	struct labelled *l;
	struct arena *a;
	const struct pose_person *who;	/* NULL: no key points */
	struct photo_box body;		/* outline in the IUV, if there is one */
};

#define POINTS(person) ((const float (*)[3])(person)->point)

static enum status
choose_pose(struct choice *c)
{
	const struct portrait_options *o = c->o;
	const struct pose *p = &c->l->pose;

	if (p->n == 0)
		return OK;
	size_t k = o->person ? o->person - 1 : pose_largest(p);

	if (k >= p->n)
		return fail(E_VALUE, "no person %zu: there are %zu", o->person,
		    p->n);
	c->who = &p->person[k];
	if (c->who->found == 0)
		return fail(E_VALUE, "person %zu has no point", k + 1);
	if (p->n > 1)
		o->tell(false, "key points: took %snumber %zu with %zu of %d "
		    "points", o->person ? "" : "the largest, ", k + 1,
		    c->who->found, POSE_POINTS);
	return OK;
}

/*
 * Points of another table, of the other side, or of another person in the
 * same place. A limb may hide another one, so most must agree and not all.
 */
static void
compare_parts(const struct choice *c, const struct bodies *b, size_t k)
{
	struct ownparts n = ownparts_count(&c->l->iuv, b, k, c->who);

	if (n.on >= 6 && 2 * n.own < n.on)
		c->o->tell(true, "only %zu of %zu key points on the body lie on "
		    "their own part of it in the IUV: are they in another order, "
		    "or somebody else's?", n.own, n.on);
	else if (n.crossed >= 4 && n.crossed > 2 * n.same)
		c->o->tell(true, "%zu of %zu key points lie on the other side's "
		    "arm or leg in the IUV: is one of the two mirrored, or left "
		    "exchanged for right?", n.crossed, n.crossed + n.same);
}

/* Which body is the person's; says what is doubtful about it. */
static enum status
choose_body(const struct choice *c, struct bodies *b, size_t *k)
{
	const struct portrait_options *o = c->o;
	const struct pose *pose = &c->l->pose;
	size_t n = bodies_comparable(b);

	if (!c->who) {
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
	bodies_count_hits(b, POINTS(c->who), POSE_POINTS);
	*k = bodies_most_hits(b);
	if (2 * b->body[*k].hits < c->who->found)
		o->tell(true, "only %zu of %zu key points lie on the body in the "
		    "IUV: do the two belong together?", b->body[*k].hits,
		    c->who->found);
	else
		compare_parts(c, b, *k);
	/* Bodies that touch cannot be told apart; other people's points can. */
	for (size_t i = 0; i < pose->n && !b->by_person; i++) {
		const struct pose_person *p = &pose->person[i];

		bodies_count_hits(b, POINTS(p), POSE_POINTS);
		if (p != c->who && p->found > 3 &&
		    2 * b->body[*k].hits > p->found)
			o->tell(true, "person %zu touches the one taken and stays "
			    "in the IUV", i + 1);
	}
	return OK;
}

static enum status
find_bodies(struct bodies *b, const struct choice *c)
{
	const struct tensor *inds = c->l->inds.data ? &c->l->inds : NULL;

	TRY(bodies_find(b, c->a, &c->l->iuv, inds));
	return b->n ? OK : fail(E_VALUE, inds ? "it marks no pixel of the IUV "
	    "as a person's" : "it shows no body");
}

static enum status
choose_in_iuv(struct choice *c)
{
	struct labelled *l = c->l;
	struct bodies b;
	size_t k;

	if (!l->iuv.data)
		return OK;
	TRY(find_bodies(&b, c));
	TRY(choose_body(c, &b, &k));
	size_t others = bodies_keep(&c->body, &l->iuv, &b, k);

	if (others)
		c->o->tell(false, "IUV: removed %zu other bodies", others);
	return OK;
}

/*
 * Right points lie on the person: of 178 people's at least 86 % on a matte and
 * of 174 people's 98 in 100 by more than 75 % on what stands before a plain
 * ground. Of points of a picture of 0.7 times the size all have fewer.
 */
#define LEAST_ON_MATTE 0.7
#define LEAST_ON_PHOTO 0.6

/* Says so if too few of n points lie on the person. */
static void
tell_share(const struct choice *c, size_t hits, size_t n, double least,
    const char *of)
{
	if ((double)hits < least * (double)n)
		c->o->tell(true, "only %zu of %zu key points lie on the person "
		    "%s: do the two belong together? (another picture or size, a "
		    "mirrored one, x and y exchanged)", hits, n, of);
}

/*
 * Of the points on the photo, how many lie where the matte is mostly person,
 * or without any labels where a plain ground does not show.
 */
static enum status
compare_photo(const struct choice *c)
{
	const struct tensor *m = &c->l->matte;
	const size_t h = c->l->photo.dim[0], w = c->l->photo.dim[1];
	const size_t mark = arena_mark(c->a);
	struct plainground g = { .bare = NULL };
	size_t hits = 0, n = 0;

	if (!c->who || c->who->found < 6 || (c->l->iuv.data && !m->data))
		return OK;
	if (!m->data)
		TRY(plainground_find(&g, c->a, &c->l->photo));
	for (int k = 0; (m->data || g.bare) && k < POSE_POINTS; k++) {
		float px = roundf(c->who->point[k][0]);
		float py = roundf(c->who->point[k][1]);

		if (!(px >= 0 && py >= 0 && px < (float)w && py < (float)h))
			continue;
		size_t x = (size_t)px, y = (size_t)py;

		n++;
		hits += m->data ? ((const uint8_t *)m->data)[y * w + x] >= 128 :
		    !g.bare[y / g.step * g.w + x / g.step];
	}
	tell_share(c, hits, n, m->data ? LEAST_ON_MATTE : LEAST_ON_PHOTO,
	    m->data ? "of the matte" : "before the plain ground of the photo");
	arena_pop(c->a, mark);
	return OK;
}

/* The box round what is at least half the person; false: nothing is so. */
static bool
box_of_matte(struct photo_box *b, const struct tensor *matte)
{
	const uint8_t *m = matte->data;
	bool any = false;

	for (size_t i = 0; i < tensor_len(matte); i++) {
		float x = (float)(i % matte->dim[1]);
		float y = (float)(i / matte->dim[1]);
		struct photo_box one = { x, y, x, y };

		if (m[i] < 128)
			continue;
		*b = any ? photo_box_join(b, &one) : one;
		any = true;
	}
	return any;
}

/* Which square, and what it was found by. */
static enum status
find_frame(const struct choice *c, struct photo_rect *r)
{
	const struct portrait_options *o = c->o;
	const size_t h = c->l->photo.dim[0], w = c->l->photo.dim[1];
	struct photo_box box = c->body;
	const char *by = c->l->iuv.data ? "IUV" : "matte";
	bool outline = c->l->iuv.data || (c->l->matte.data &&
	    box_of_matte(&box, &c->l->matte));

	if (c->who) {
		const float *p = c->who->box;
		struct photo_box joints = { p[0], p[1], p[2], p[3] };

		by = !outline ? "key points" : c->l->iuv.data ?
		    "IUV and key points" : "matte and key points";
		box = outline ? photo_box_join(&box, &joints) :
		    photo_grow_joints(&joints, POINTS(c->who));
		TRY(photo_box_clip(&box, w, h));
	}
	if (!c->who && !outline)
		by = "the whole photo";
	*r = photo_frame(o->fit, w, h, c->who || outline ? &box : NULL,
	    o->margin);
	o->tell(false, "frame: %ldx%ld at (%ld, %ld), by %s", r->w, r->h, r->x0,
	    r->y0, o->fit == PHOTO_CROP ? by : "the whole photo");
	return OK;
}

static enum status
cut(struct portrait *p, const struct choice *c)
{
	const struct labelled *l = c->l;
	const size_t size = c->o->size;

	TRY(find_frame(c, &p->frame));
	TRY(photo_resize(&p->image, c->a, &l->photo, &p->frame, size));
	if (l->iuv.data)
		TRY(photo_resize_iuv(&p->iuv, c->a, &l->iuv, &p->frame, size));
	if (l->matte.data)
		TRY(photo_resize_matte(&p->matte, c->a, &l->matte, &p->frame,
		    size));
	if (!c->who)
		return OK;
	TRY(tensor_alloc(&p->pose, c->a, DT_F4, TENSOR_DIMS(POSE_POINTS, 3)));
	memcpy(p->pose.data, c->who->point, tensor_bytes(&p->pose));
	float (*point)[3] = p->pose.data;

	photo_map_points(point, POSE_POINTS, &p->frame, size);
	for (int k = 0; k < POSE_POINTS; k++)
		if (isnan(point[k][0]))
			point[k][2] = 0;	/* fields(7) */
	return OK;
}

static enum status
about_iuv(enum status st, const struct labelled *l, const char *role)
{
	return labelled_about(st, role, l->inds.data && !l->inds_file ?
	    "inds" : "iuv", l->inds_file ? l->inds_file : l->iuv_file);
}

enum status
portrait_who(const float (**point)[3], struct photo_box *box, bool *any,
    struct arena *a, struct labelled *l, const struct portrait_options *o,
    const char *role)
{
	struct choice c = { .o = o, .l = l, .a = a };
	struct bodies b;
	size_t k;
	enum status st = choose_pose(&c);

	*point = NULL;
	*any = c.who || l->iuv.data;
	if (st != OK)
		return labelled_about(st, role, l->pose_field, l->pose_file);
	if (c.who) {
		*point = POINTS(c.who);
		*box = (struct photo_box){ c.who->box[0], c.who->box[1],
			c.who->box[2], c.who->box[3] };
	} else if (l->iuv.data) {
		st = find_bodies(&b, &c);
		if (st == OK)
			st = choose_body(&c, &b, &k);
		if (st != OK)
			return about_iuv(st, l, role);
		*box = b.body[k].box;
	}
	return OK;
}

enum status
portrait_cut(struct portrait *p, struct arena *a, struct labelled *l,
    const struct portrait_options *o, const char *role)
{
	struct choice c = { .o = o, .l = l, .a = a };

	*p = (struct portrait){ 0 };
	enum status st = choose_pose(&c);

	if (st != OK)
		return labelled_about(st, role, l->pose_field, l->pose_file);
	st = choose_in_iuv(&c);
	if (st != OK)
		return about_iuv(st, l, role);
	st = compare_photo(&c);
	if (st == OK)
		st = cut(p, &c);
	return st == OK ? OK : fail_in(st, "field %s.image", role);
}
