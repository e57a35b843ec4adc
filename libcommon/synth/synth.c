#include "synth/synth.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "body/render.h"
#include "body/skin.h"
#include "synth/backdrop.h"
#include "synth/castperson.h"
#include "synth/degrade.h"
#include "synth/mislabel.h"
#include "synth/posture.h"
#include "texture/stamp.h"
#include "view/fields.h"

#define TRIES 32	/* of a camera that would stand inside the body */
#define STRIDE 4	/* of the vertices by which a camera is placed */

/* Streams of random numbers of one sample; views follow the last. */
enum { DRAW_PERSON, DRAW_MOTION, DRAW_OTHER, DRAW_VIEW, DRAW_LABELS = 100,
	DRAW_LIGHT = 128 };

static struct rng
draws(const struct synth *o, uint64_t sample, uint64_t what, uint64_t k)
{
	return rng_seed(o->seed, sample << 20 | what << 12 | k);
}

static double
spread(struct rng *d, double sd)
{
	double x = rng_normal(d);

	return sd * (x < -2.5 ? -2.5 : x > 2.5 ? 2.5 : x);
}

/* ---- how they stand, and who looks ---- */

/* What the views of one sample have in common. */
struct shoot {
	char motion[64];
	const struct cast_motion *frames;	/* NULL: postures */
	struct rng postures;
	uint64_t studio;			/* backdrop of most views */
};

static void
plan_shoot(struct shoot *h, const struct synth *o, uint64_t i)
{
	struct rng d = draws(o, i, DRAW_MOTION, 0);
	const struct cast *c = o->cast;

	*h = (struct shoot){ .studio = rng_u64(&d) };
	if (c->n_motion > 0) {
		h->frames = &c->motion[rng_below(&d, c->n_motion)];
		snprintf(h->motion, sizeof h->motion, "%s", h->frames->name);
		return;
	}
	uint32_t n = cast_draw_name(h->motion, "posture", c->split, &d);

	h->postures = rng_seed(n, 0);
}

/* Degrees; see struct viewpoint. */
static double
draw_yaw(const struct synth *o, struct rng *d)
{
	double kind = rng_unit(d), side = rng_unit(d) < 0.5 ? 90 : -90;
	double any = rng_range(d, -180, 180), off = spread(d, 1);

	if (o->yaw == YAW_UNIFORM || kind > 0.93)
		return any;
	if (kind < 0.55)
		return 20 * off;
	return kind < 0.80 ? side + 22 * off : 180 + 20 * off;
}

/* Height (y, posed) at which the picture cuts the body off; -1e9: nowhere. */
static double
draw_cut(const struct synth *o, const struct body *b,
    const float g[BODY_JOINTS][3][4], struct rng *d)
{
	double kind = rng_unit(d), y[BODY_JOINTS], at = rng_unit(d);
	int frame = o->frame;

	for (int j = 0; j < BODY_JOINTS; j++) {
		y[j] = g[j][1][3];
		for (int c = 0; c < 3; c++)
			y[j] += (double)g[j][1][c] * b->joint[j][c];
	}
	if (frame == FRAMES_MIXED)
		frame = kind < 0.3 ? FRAMES_FULL : kind < 0.5 ? FRAMES_KNEES :
		    FRAMES_UPPER;
	double knee = fmin(y[J_L_KNEE], y[J_R_KNEE]);
	double hip = fmin(y[J_L_HIP], y[J_R_HIP]);

	if (frame == FRAMES_FULL)
		return -1e9;
	if (frame == FRAMES_KNEES)
		return knee - 0.15 + at * 0.3;
	return hip - 0.15 + at * 0.3;
}

/* One picture before it is drawn. */
struct take {
	const float (*vert)[3], (*bare)[3];	/* dressed, and not */
	const float (*worn)[3], (*hull)[3];	/* of an avatar; hull if asked for */
	struct camera camera;
	float lamp[3];
	double light, yaw;
};

static void
draw_lamp(struct take *t, const struct synth *o, struct rng *d)
{
	double round = rng_range(d, -M_PI, M_PI), up = rng_range(d, -0.2, 1.3);

	/* Seldom from behind; towards the camera z is negative. */
	round *= fabs(round) > 2 ? 0.6 : 1;
	t->lamp[0] = (float)(cos(up) * sin(round));
	t->lamp[1] = (float)-sin(up);
	t->lamp[2] = (float)(-cos(up) * cos(round));
	t->light = o->light * rng_range(d, 0.1, 0.75);
}

/* Turns the picture a little and moves the person off its middle. */
static void
shake(struct camera *c, struct rng *d)
{
	double r = spread(d, 2) * M_PI / 180, size = (double)c->w;
	double p[2][4];

	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < 3; j++)
			p[i][j] = c->rot[i][j];
		p[i][3] = c->t[i];
	}
	for (int j = 0; j < 4; j++) {
		double x = cos(r) * p[0][j] - sin(r) * p[1][j];
		double y = sin(r) * p[0][j] + cos(r) * p[1][j];

		if (j < 3) {
			c->rot[0][j] = x;
			c->rot[1][j] = y;
		} else {
			c->t[0] = x;
			c->t[1] = y;
		}
	}
	c->cx += spread(d, 0.025) * size;
	c->cy += spread(d, 0.012) * size;
}

static enum status
place_camera(struct take *t, const struct synth *o, const struct body *b,
    size_t n_vert, const float g[BODY_JOINTS][3][4], struct rng *d, struct arena *a)
{
	double cut = draw_cut(o, b, g, d);
	size_t n = n_vert / STRIDE;
	struct viewpoint v = { .yaw = t->yaw, .pitch = 3 + spread(d, 6),
		.fov = rng_range(d, 14, 40), .margin = cut > -1e8 ?
		rng_range(d, -0.05, 0.05) : rng_range(d, 0.03, 0.13),
		.framing = cut > -1e8 ? FRAME_UPPER : FRAME_FULL,
		.w = o->size, .h = o->size };
	const float (*vert)[3] = t->worn ? t->worn : t->vert;
	float (*some)[3] = arena_alloc(a, n * sizeof *some);

	if (!some)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++)
		memcpy(some[i], vert[STRIDE * i], sizeof *some);
	TRY(camera_place(&t->camera, &v, (const float (*)[3])some, n, cut));
	shake(&t->camera, d);
	return OK;
}

/* Vertices of b, posed, in the arena; NULL: no memory. */
static const float (*
posed(const struct body *b, const float g[BODY_JOINTS][3][4],
    struct arena *a))[3]
{
	float (*vert)[3] = arena_alloc(a, b->mesh.n_vert * sizeof *vert);

	if (vert)
		skin_vertices(vert, b, g);
	return (const float (*)[3])vert;
}

/* What is seen, and what of it is labelled. */
static enum status
pose_person(struct take *t, const struct synth *o, const struct castperson *p,
    const float g[BODY_JOINTS][3][4], struct arena *a)
{
	const struct cast_avatar *v = p->avatar;
	size_t n = v ? v->costume.n_vert : p->body->body.mesh.n_vert;
	float (*vert)[3] = arena_alloc(a, n * sizeof *vert);

	if (!vert)
		return E_NOMEM;
	t->bare = posed(v ? &v->inside : &p->body->body, g, a);
	if (!v) {
		drape_pose(vert, &p->drape, g);
		t->vert = (const float (*)[3])vert;
		return t->bare ? OK : E_NOMEM;
	}
	costume_pose(vert, &v->costume, g);
	t->worn = (const float (*)[3])vert;
	if (p->labelled == &v->hull || o->exact)
		t->hull = posed(&v->hull, g, a);
	t->vert = p->labelled == &v->hull ? t->hull : t->bare;
	return t->bare && t->vert && (t->hull || !o->exact) ? OK : E_NOMEM;
}

/*
 * A pose, a camera and a lamp. A camera may come to stand inside a hand that
 * is stretched out to it: E_VALUE.
 */
static enum status
plan_take(struct take *t, const struct synth *o, struct shoot *h,
    const struct castperson *p, struct rng *d, struct arena *a)
{
	const struct body *b = p->avatar ? p->labelled : &p->body->body;
	float drawn[BODY_JOINTS][3], g[BODY_JOINTS][3][4];
	const float (*pose)[3] = (const float (*)[3])drawn;

	*t = (struct take){ .vert = NULL };
	if (h->frames)
		pose = h->frames->pose[rng_below(d, h->frames->n)];
	else
		posture_random(drawn, &h->postures);
	skin_transforms(g, b, pose);
	TRY(pose_person(t, o, p, (const float (*)[3][4])g, a));
	t->yaw = draw_yaw(o, d);
	draw_lamp(t, o, d);
	return place_camera(t, o, b, p->avatar ? p->avatar->costume.n_vert :
	    b->mesh.n_vert, (const float (*)[3][4])g, d, a);
}

/* ---- views ---- */

/* Rows of one view in its fields; NULL: not made. */
struct view_out {
	uint8_t *image, *iuv, *mask, *matte;
	float *pose, *surf;
};

/*
 * What stands behind. Where there are panoramas, they light, and half of the
 * backgrounds are what is seen of them.
 */
static void
draw_behind(uint8_t *rgb, const struct take *t, const struct synth *o,
    const struct panorama *p, double azimuth, struct rng *here, struct rng *d)
{
	unsigned others = o->backdrops & ~(1u << BACK_PANORAMA);
	double down = -asin(t->camera.rot[2][1]);

	if (p && o->backdrops != others && (!others || rng_unit(d) < 0.5)) {
		double fov = rng_range(d, 0.6, 1.2);

		panorama_draw(rgb, o->size, p, azimuth, down + rng_range(d,
		    -0.1, 0.1), fov, (int)rng_below(d, 3));
		return;
	}
	backdrop_draw(rgb, o->size, others ? others : 1u << BACK_PLAIN,
	    o->cast->photo, o->cast->n_photo, here);
}

/* The light of a panorama in place of the lamp. */
static void
draw_daylight(struct daylight *day, struct take *t, const struct synth *o,
    const struct panorama *p, double azimuth, struct rng *d)
{
	const double forward[2] = { t->camera.rot[2][0], t->camera.rot[2][2] };

	panorama_aim(day, p, forward, azimuth, rng_range(d, 0.6, 1.0),
	    rng_range(d, 0.2, 0.8));
	t->light = fmin(1, o->light * rng_range(d, 1.2, 1.8));
}

/* Mask and surf of an avatar are those of its hull, whatever is labelled. */
static enum status
draw_exact(const struct view_out *out, const struct render *like,
    const struct take *t, const struct castperson *p, struct arena *a)
{
	const struct rendering pic = { .mask = out->mask, .surf = out->surf };
	struct render r = *like;

	r.body = &p->avatar->hull;
	r.vert = t->hull;
	return render_draw(&pic, &r, a);
}

static enum status
draw_view(const struct view_out *out, struct take *t, const struct synth *o,
    const struct castperson *p, const struct shoot *h, struct rng *d,
    struct rng *sky, struct arena *a)
{
	const struct cast *c = o->cast;
	const struct cast_avatar *v = p->avatar;
	size_t px = o->size * o->size;
	uint8_t *behind = arena_alloc(a, 3 * px);
	struct daylight day;
	struct rendering pic = { .image = out->image, .matte = out->matte,
		.iuv = out->iuv, .pose = out->pose };
	struct render r = { .body = v ? p->labelled : &p->body->body,
		.closed = p->body->closed, .vert = t->vert, .bare = t->bare,
		.camera = t->camera, .layout = c->layout, .T = c->T,
		.texture = p->texture, .costume = v ? &v->costume : NULL,
		.worn = t->worn, .tint = v ? p->colours.m : NULL,
		.shadows = true, .backdrop = behind };
	struct rng here = rng_seed(rng_unit(d) < 0.7 ? h->studio : rng_u64(d),
	    1), place = here;
	const struct panorama *pano = c->n_panorama > 0 ?
	    &c->panorama[rng_below(&place, c->n_panorama)] : NULL;
	double azimuth = rng_range(sky, -M_PI, M_PI);

	if (!behind)
		return E_NOMEM;
	if (pano) {
		draw_daylight(&day, t, o, pano, azimuth, sky);
		r.daylight = &day;
	}
	r.light = t->light;
	memcpy(r.lamp, t->lamp, sizeof r.lamp);
	if (out->image)
		draw_behind(behind, t, o, pano, azimuth, &here, sky);
	if (!v) {
		pic.mask = out->mask;
		pic.surf = out->surf;
	}
	TRY(render_draw(&pic, &r, a));
	if (v && out->mask)
		TRY(draw_exact(out, &r, t, p, a));
	if (out->image)
		TRY(degrade(out->image, o->size, o->degrade, d, a));
	mislabel_pose((float (*)[3])out->pose, o->size, o->label_noise, o->faults, d);
	TRY(mislabel_iuv(out->iuv, o->size, o->label_noise, o->faults, d, a));
	return out->matte ? mislabel_matte(out->matte, o->size, o->label_noise,
	    o->faults, d, a) : OK;
}

/* View k of a sample; its yaw. */
static enum status
make_view(const struct view_out *out, double *yaw, const struct synth *o,
    uint64_t i, uint64_t k, const struct castperson *p, struct shoot *h,
    struct arena *a)
{
	enum status st = E_VALUE;
	size_t mark = arena_mark(a);

	for (uint64_t try = 0; try < TRIES && st == E_VALUE; try++) {
		struct rng d = draws(o, i, DRAW_VIEW + try, k);
		struct rng sky = draws(o, i, DRAW_LIGHT + try, k);
		struct take t;

		st = plan_take(&t, o, h, p, &d, a);
		if (st == OK) {
			*yaw = t.yaw;
			st = draw_view(out, &t, o, p, h, &d, &sky, a);
		}
		arena_pop(a, mark);
	}
	return st;
}

struct fields {
	struct tensor image, pose, iuv, matte, mask, surf;
};

static enum status
make_fields(struct fields *f, struct sample *s, enum role r, size_t n,
    const struct synth *o, bool matte)
{
	const struct view_size size = view_square(o->size);

	*f = (struct fields){ .image.data = NULL };
	if (r != ROLE_HALLUC)
		TRY(view_make(&f->image, s, r, VIEW_IMAGE, n, size));
	TRY(view_make(&f->pose, s, r, VIEW_POSE, n, size));
	TRY(view_make(&f->iuv, s, r, VIEW_IUV, n, size));
	if (matte)
		TRY(view_make(&f->matte, s, r, VIEW_MATTE, n, size));
	if (!o->exact || r == ROLE_HALLUC)
		return OK;
	TRY(view_make(&f->mask, s, r, VIEW_MASK, n, size));
	return view_make(&f->surf, s, r, VIEW_SURF, n, size);
}

static struct view_out
fields_at(const struct fields *f, size_t k, size_t px)
{
	struct view_out v = { .iuv = (uint8_t *)f->iuv.data + 3 * px * k,
		.pose = (float *)f->pose.data + 3 * POSE_POINTS * k };

	if (f->image.data)
		v.image = (uint8_t *)f->image.data + 3 * px * k;
	if (f->matte.data)
		v.matte = (uint8_t *)f->matte.data + px * k;
	if (f->mask.data)
		v.mask = (uint8_t *)f->mask.data + px * k;
	if (f->surf.data)
		v.surf = (float *)f->surf.data + 2 * px * k;
	return v;
}

/* Views of a role; `first` is the number of the first in the sample. */
static enum status
put_views(struct sample *s, json_t *yaws, enum role r, size_t n,
    const struct synth *o, uint64_t i, size_t first, const struct castperson *p,
    struct shoot *h)
{
	struct rng d = draws(o, i, DRAW_LABELS, 0);
	bool matte = r == ROLE_SOURCE && rng_unit(&d) < o->matte;
	struct fields f;

	TRY(make_fields(&f, s, r, n, o, matte));
	for (size_t k = 0; k < n; k++) {
		struct view_out v = fields_at(&f, k, o->size * o->size);
		double yaw = 0;

		TRY(make_view(&v, &yaw, o, i, first + k, p, h, s->arena));
		if (r != ROLE_HALLUC && json_array_append_new(yaws,
		    json_integer(lrint(yaw))) != 0)
			return fail(E_NOMEM, "no memory for a manifest");
	}
	return OK;
}

/* Poses of somebody else, in which step one is to render the person. */
static enum status
put_others(struct sample *s, const struct synth *o, uint64_t i)
{
	struct rng d = draws(o, i, DRAW_OTHER, 0);
	uint32_t seed = (uint32_t)rng_u64(&d);
	struct castperson p = { .texture = NULL };
	struct shoot h;

	if (o->n_halluc == 0)
		return OK;
	TRY(castperson_shape(&p, o->cast, seed, s->arena));
	plan_shoot(&h, o, i | (uint64_t)1 << 43);
	return put_views(s, NULL, ROLE_HALLUC, o->n_halluc, o, i,
	    1 + o->n_target, &p, &h);
}

static enum status
put_notes(struct sample *s, const struct castperson *p, const struct shoot *h,
    const struct cast *c)
{
	if (json_object_set_new(s->manifest, "identity",
	    json_string(p->name)) != 0 || json_object_set_new(s->manifest,
	    "motion", json_string(h->motion)) != 0)
		return fail(E_NOMEM, "no memory for a manifest");
	for (size_t k = 0; k < c->n_licence; k++)
		TRY(sample_add_licence(s, c->licence[k]));
	return stamp_put(s, c->layout);
}

enum status
synth_sample(struct sample *s, const struct synth *o, uint64_t i)
{
	struct rng d = draws(o, i, DRAW_PERSON, 0);
	json_t *yaws = json_array();
	struct castperson p = { .avatar = NULL };
	struct shoot h;

	if (json_object_set_new(s->manifest, "yaw", yaws) != 0)
		return fail(E_NOMEM, "no memory for a manifest");
	TRY(castperson_draw(&p, o, &d, s->arena));
	plan_shoot(&h, o, i);
	TRY(put_views(s, yaws, ROLE_SOURCE, 1, o, i, 0, &p, &h));
	TRY(put_views(s, yaws, ROLE_TARGET, o->n_target, o, i, 1, &p, &h));
	TRY(put_others(s, o, i));
	TRY(castperson_truth(s, &p, o->cast));
	return put_notes(s, &p, &h, o->cast);
}
