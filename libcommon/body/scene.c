#include "body/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "body/skin.h"
#include "view/fields.h"

/* Posed vertices in the arena, and the height above which FRAME_UPPER looks. */
static enum status
pose_body(const float (**out)[3], double *waist, struct arena *a,
    const struct body *b, const float (*pose)[3])
{
	const struct mesh *m = &b->mesh;
	float lo = INFINITY, hi = -INFINITY;
	const float (*vert)[3] = m->vert;

	if (pose && !b->has_rig)
		return fail(E_SHAPE, "the body has no skeleton to pose it by");
	if (pose) {
		float g[BODY_JOINTS][3][4];
		float (*v)[3] = arena_calloc(a, m->n_vert, sizeof *v);

		if (!v)
			return E_NOMEM;
		skin_transforms(g, b, pose);
		skin_vertices(v, b, (const float (*)[3][4])g);
		vert = (const float (*)[3])v;
	}
	for (size_t i = 0; i < m->n_vert; i++) {
		lo = fminf(lo, vert[i][1]);
		hi = fmaxf(hi, vert[i][1]);
	}
	/* Just below the hips: 45 % up a standing body. */
	*waist = lo + 0.45 * (hi - lo);
	*out = vert;
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

static enum status
draw_shot(const struct fields *f, const struct scene *c,
    const struct shot *shot, size_t i, struct arena *a)
{
	size_t px = c->viewpoint.h * c->viewpoint.w;
	struct render r = { .body = c->body, .layout = c->layout, .T = c->T,
		.texture = c->texture, .light = c->light };
	struct viewpoint v = c->viewpoint;
	double waist = 0;
	const struct rendering out = {
		.image = c->image ? (uint8_t *)f->image.data + 3 * px * i : NULL,
		.iuv = c->iuv ? (uint8_t *)f->iuv.data + 3 * px * i : NULL,
		.mask = c->mask ? (uint8_t *)f->mask.data + px * i : NULL,
		.surf = c->surf ? (float *)f->surf.data + 2 * px * i : NULL,
		.pose = c->pose ? (float *)f->pose.data + 3 * POSE_POINTS * i : NULL,
	};

	for (int k = 0; k < 2; k++)
		for (int e = 0; e < 3; e++)
			r.back[k][e] = c->back[k][e];
	v.yaw = shot->yaw;
	TRY(pose_body(&r.vert, &waist, a, c->body, shot->pose));
	TRY(camera_place(&r.camera, &v, r.vert, c->body->mesh.n_vert, waist));
	return render_draw(&out, &r, a);
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
	unsigned v[6];
	int end = 0, n = 3;

	if (sscanf(text, "%2x%2x%2x%n", &v[0], &v[1], &v[2], &end) != 3 ||
	    end != 6)
		n = 0;
	else if (text[6] == ',' && sscanf(text + 7, "%2x%2x%2x%n", &v[3],
	    &v[4], &v[5], &end) == 3 && end == 6 && text[13] == 0)
		n = 6;
	else if (text[6] != 0)
		n = 0;
	if (n == 0)
		return fail(E_VALUE, "background \"%s\", want RRGGBB or "
		    "RRGGBB,RRGGBB", text);
	for (int i = 0; i < 6; i++)
		c->back[i / 3][i % 3] = (float)v[n == 3 ? i % 3 : i];
	return OK;
}

enum status
scene_frames(size_t *first, size_t *last, size_t *step, size_t n,
    const char *text)
{
	char *end;

	*first = strtoul(text, &end, 10);
	*last = *first;
	*step = 1;
	if (end != text && *end == '-')
		*last = strtoul(end + 1, &end, 10);
	if (end != text && *end == '/')
		*step = strtoul(end + 1, &end, 10);
	if (end == text || *end || text[0] == '-' || *step == 0 ||
	    *first > *last)
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
