#include "body/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "body/ground.h"
#include "view/fields.h"

#define DIRECTIONS 26	/* all of -1, 0, 1 in x, y and z but 0, 0, 0 */

/* Just below the hips, above which FRAME_UPPER looks: 45 % up a standing body. */
static double
waist_of(float *floor_, const float (*vert)[3], size_t n)
{
	float lo = INFINITY, hi = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		lo = fminf(lo, vert[i][1]);
		hi = fmaxf(hi, vert[i][1]);
	}
	*floor_ = lo;
	return lo + 0.45 * (hi - lo);
}

/* Posed vertices in the arena. */
static enum status
pose_body(const float (**out)[3], struct arena *a, const struct body *b,
    const struct shot *shot)
{
	const struct clip one = { .n_frame = 1, .place = (const float (*)[3])
	    (shot->place ? shot->place : b->joint[0]),
	    .pose = (const float (*)[BODY_JOINTS][3])shot->pose };

	*out = b->mesh.vert;
	if (!shot->pose)
		return OK;
	if (!b->has_rig)
		return fail(E_SHAPE, "the body has no skeleton to pose it by");
	float (*v)[3] = arena_calloc(a, b->mesh.n_vert, sizeof *v);

	if (!v)
		return E_NOMEM;
	clip_vertices(v, &one, b, 0);
	*out = (const float (*)[3])v;
	return OK;
}

/* Keeps of the vertices above the waist those that reach farthest. */
static void
reach_out(float ext[DIRECTIONS][3], float best[DIRECTIONS],
    const float (*vert)[3], size_t n, double waist)
{
	for (int k = 0; k < DIRECTIONS; k++) {
		const int d = k < 13 ? k : k + 1;	/* without the middle */
		const float x = (float)(d % 3 - 1), y = (float)(d / 3 % 3 - 1),
		    z = (float)(d / 9 - 1);
		size_t far_ = n;

		for (size_t i = 0; i < n; i++) {
			float s = x * vert[i][0] + y * vert[i][1] +
			    z * vert[i][2];

			if (s > best[k] && (double)vert[i][1] >= waist) {
				best[k] = s;
				far_ = i;
			}
		}
		if (far_ < n)
			memcpy(ext[k], vert[far_], sizeof ext[k]);
	}
}

enum status
scene_stand(struct camera *c, const struct scene *s, const struct clip *clip,
    const double *yaw, size_t n, struct arena *scratch)
{
	const size_t n_vert = s->body->mesh.n_vert, mark = arena_mark(scratch);
	float (*v)[3] = arena_calloc(scratch, n_vert, sizeof *v);
	float ext[DIRECTIONS][3] = { 0 }, best[DIRECTIONS], floor_;
	const float (*far_)[3] = (const float (*)[3])ext;
	struct viewpoint view = s->viewpoint;

	if (!v)
		return E_NOMEM;
	for (int k = 0; k < DIRECTIONS; k++)
		best[k] = -INFINITY;
	for (size_t i = 0; i < clip->n_frame; i++) {
		clip_vertices(v, clip, s->body, i);
		double waist = waist_of(&floor_, (const float (*)[3])v, n_vert);

		reach_out(ext, best, (const float (*)[3])v, n_vert,
		    view.framing == FRAME_UPPER ? waist : -INFINITY);
	}
	arena_pop(scratch, mark);
	/* The farthest of the cameras, then all from there. */
	for (int round = 0; round < 2; round++)
		for (size_t k = 0; k < n; k++) {
			double d = view.distance;

			view.yaw = yaw[k];
			view.distance = round ? d : s->viewpoint.distance;
			TRY(camera_place(&c[k], &view, far_, DIRECTIONS,
			    -INFINITY));
			view.distance = fmax(d, camera_distance(&c[k], far_,
			    DIRECTIONS));
		}
	return OK;
}

struct fields {
	struct tensor image, iuv, mask, surf, pose;
};

static enum status
make_fields(struct fields *f, struct sample *s, enum role r,
    const struct scene *c, size_t n)
{
	const struct view_size size = { .h = c->viewpoint.h,
		.w = c->viewpoint.w };

	if (c->image)
		TRY(view_make(&f->image, s, r, VIEW_IMAGE, n, size));
	if (c->pose)
		TRY(view_make(&f->pose, s, r, VIEW_POSE, n, size));
	if (c->iuv)
		TRY(view_make(&f->iuv, s, r, VIEW_IUV, n, size));
	if (c->mask)
		TRY(view_make(&f->mask, s, r, VIEW_MASK, n, size));
	if (c->surf)
		TRY(view_make(&f->surf, s, r, VIEW_SURF, n, size));
	return OK;
}

/* Of k x k pixels each the mean. */
static void
shrink(uint8_t *out, const uint8_t *in, size_t w, size_t h, size_t k)
{
	for (size_t y = 0; y < h; y++)
		for (size_t x = 0; x < 3 * w; x++) {
			size_t sum = k * k / 2;

			for (size_t i = 0; i < k * k; i++)
				sum += in[(y * k + i / k) * 3 * w * k + (x / 3 *
				    k + i % k) * 3 + x % 3];
			out[y * 3 * w + x] = (uint8_t)(sum / (k * k));
		}
}

/* Each pixel k x k times. */
static void
enlarge(uint8_t *out, const uint8_t *in, size_t w, size_t h, size_t k)
{
	for (size_t y = 0; y < h * k; y++)
		for (size_t x = 0; x < w * k; x++)
			memcpy(out + 3 * (y * w * k + x), in + 3 * (y / k * w +
			    x / k), 3);
}

/* The picture from one that is `smooth` times as large. */
static enum status
draw_smooth(uint8_t *image, const struct render *r, size_t k, struct arena *a)
{
	const size_t w = r->camera.w, h = r->camera.h, px = w * h * k * k;
	struct render fine = *r;
	struct rendering out = { .image = arena_alloc(a, 3 * px) };
	uint8_t *behind = r->backdrop ? arena_alloc(a, 3 * px) : NULL;

	if (!out.image || (r->backdrop && !behind))
		return E_NOMEM;
	fine.camera = camera_finer(&r->camera, k);
	if (behind)
		enlarge(behind, r->backdrop, w, h, k);
	fine.backdrop = behind;
	TRY(render_draw(&out, &fine, a));
	shrink(image, out.image, w, h, k);
	return OK;
}

static enum status
draw_ground(struct render *r, const struct scene *c, float floor_,
    struct arena *a)
{
	const struct ground g = { .back = r->back, .floor = floor_,
		.mesh = &c->body->mesh, .vert = r->vert };
	uint8_t *behind = arena_alloc(a, 3 * r->camera.w * r->camera.h);

	if (!behind)
		return E_NOMEM;
	TRY(ground_draw(behind, &g, &r->camera, a));
	r->backdrop = behind;
	return OK;
}

static enum status
draw_shot(const struct fields *f, const struct scene *c,
    const struct shot *shot, size_t i, struct arena *a)
{
	const size_t n = c->body->mesh.n_vert;
	size_t px = c->viewpoint.h * c->viewpoint.w;
	struct render r = { .body = c->body, .layout = c->layout, .T = c->T,
		.texture = c->texture, .light = c->light };
	struct viewpoint v = c->viewpoint;
	float floor_;
	uint8_t *image = c->image ? (uint8_t *)f->image.data + 3 * px * i : NULL;
	const struct rendering out = {
		.image = c->smooth > 1 ? NULL : image,
		.iuv = c->iuv ? (uint8_t *)f->iuv.data + 3 * px * i : NULL,
		.mask = c->mask ? (uint8_t *)f->mask.data + px * i : NULL,
		.surf = c->surf ? (float *)f->surf.data + 2 * px * i : NULL,
		.pose = c->pose ? (float *)f->pose.data + 3 * POSE_POINTS * i : NULL,
	};

	for (int k = 0; k < 2; k++)
		for (int e = 0; e < 3; e++)
			r.back[k][e] = c->back[k][e];
	v.yaw = shot->yaw;
	TRY(pose_body(&r.vert, a, c->body, shot));
	double waist = waist_of(&floor_, r.vert, n);

	if (shot->camera) {
		r.camera = *shot->camera;
		TRY(camera_clear(&r.camera, r.vert, n));
	} else {
		TRY(camera_place(&r.camera, &v, r.vert, n, waist));
	}
	if (c->ground && image)
		TRY(draw_ground(&r, c, shot->place ? 0 : floor_, a));
	if (c->smooth > 1 && image)
		TRY(draw_smooth(image, &r, c->smooth, a));
	return out.image || out.iuv || out.mask || out.surf || out.pose ?
	    render_draw(&out, &r, a) : OK;
}

enum status
scene_put(struct sample *s, enum role role, const struct scene *c,
    const struct shot *shot, size_t n)
{
	struct fields f;

	TRY(make_fields(&f, s, role, c, n));
	for (size_t i = 0; i < n; i++) {
		size_t mark = arena_mark(s->arena);
		enum status st = draw_shot(&f, c, &shot[i], i, s->arena);

		arena_pop(s->arena, mark);
		if (st != OK)
			return fail_in(st, "yaw %g", shot[i].yaw);
	}
	return OK;
}

void
scene_choose(struct scene *c, enum role r, bool (*wants)(const char *name))
{
	const struct body *b = c->body;
	char name[ROLE_NAME_MAX];

	c->image = wants(role_name(name, r, "image"));
	c->mask = wants(role_name(name, r, "mask"));
	c->iuv = b->part && wants(role_name(name, r, "iuv"));
	c->surf = (c->layout || b->mesh.uv) &&
	    wants(role_name(name, r, "surf"));
	c->pose = b->points.n_row && wants(role_name(name, r, "pose"));
}

enum status
scene_background(struct scene *c, const char *text)
{
	unsigned char v[2][3];
	const char *p = text;
	bool two = text_colour(v[0], &p) && *p == ',';

	if (two ? (p++, !text_colour(v[1], &p)) || *p : p == text || *p)
		return fail(E_VALUE, "background \"%s\", want RRGGBB or "
		    "RRGGBB,RRGGBB", text);
	for (int i = 0; i < 6; i++)
		c->back[i / 3][i % 3] = (float)v[two ? i / 3 : 0][i % 3];
	return OK;
}

enum status
scene_frames(size_t *first, size_t *last, size_t *step, size_t n,
    const char *text)
{
	const char *p = text;
	bool good = text_number(first, &p);

	*last = *first;
	*step = 1;
	if (good && *p == '-')
		good = (p++, text_number(last, &p));
	if (good && *p == '/')
		good = (p++, text_number(step, &p));
	if (!good || *p || *step == 0 || *first > *last)
		return fail(E_VALUE, "frames \"%s\", want FIRST, FIRST-LAST or "
		    "FIRST-LAST/STEP", text);
	if (*last >= n)
		return fail(E_VALUE, "frame %zu, there are 0 to %zu", *last,
		    n - 1);
	return OK;
}

enum status
scene_yaws(double *yaw, size_t *n, size_t room, const char *list)
{
	const char *p = list;

	for (*n = 0;; (*n)++) {
		char *end;
		double x = strtod(p, &end);

		if (end == p || !(fabs(x) <= 360) || (*end && *end != ','))
			return fail(E_VALUE, "\"%s\", want degrees such as "
			    "0,45,-90", list);
		if (*n == room)
			return fail(E_LIMIT, "more than %zu yaws", room);
		yaw[*n] = x;
		p = end + 1;
		if (*end == 0)
			break;
	}
	(*n)++;
	return OK;
}
