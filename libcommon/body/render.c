#include "body/render.h"

#include <math.h>
#include <string.h>

#include "body/rotate.h"
#include "body/scan.h"
#include "body/skin.h"
#include "texture/texmap.h"

#define SS 3		/* samples per pixel and axis; odd: one is the centre */
#define PIXEL_AREA 4	/* samples that a colour stands for; 9 would be soft */

struct work {
	const struct render *r;
	struct scan body;	/* what is labelled */
	struct scan costume;	/* only with a costume */
	const struct scan *shown;	/* the one that the picture shows */
	struct shade shade;		/* only with light */
	struct shadow shadow;
	float lamp[3];		/* direction to the lamp, in the world */
	double eye[3];
};

static float
mix(const struct hit *h, float a, float b, float c)
{
	return h->w[0] * a + h->w[1] * b + h->w[2] * c;
}

static float
clampf(float x, float lo, float hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

/* Chart coordinates; the part is body->part[face]. */
static void
hit_uv(const struct hit *h, const struct body *b, float uv[2])
{
	const float (*c)[2] = b->part_uv[h->face];

	for (int i = 0; i < 2; i++)
		uv[i] = clampf(mix(h, c[0][i], c[1][i], c[2][i]), 0, 1);
}

/* Position on the texture map. */
static bool
hit_texel(const struct hit *h, const struct render *r, float xy[2])
{
	const struct body *b = r->body;
	float uv[2];

	if (r->layout) {
		hit_uv(h, b, uv);
		return layout_texel(r->layout, r->T, b->part[h->face], uv[0],
		    uv[1], xy);
	}
	const uint32_t *c = b->mesh.uv_face[h->face];

	for (int i = 0; i < 2; i++)
		uv[i] = mix(h, b->mesh.uv[c[0]][i], b->mesh.uv[c[1]][i],
		    b->mesh.uv[c[2]][i]);
	xy[0] = uv[0] * (float)(r->T - 1);
	xy[1] = (1 - uv[1]) * (float)(r->T - 1);	/* v is up */
	return true;
}

/* Colour of the body, 0..255. */
static void
body_colour(float rgb[3], const struct render *r, const struct hit *h)
{
	float xy[2];

	for (int c = 0; c < 3; c++)
		rgb[c] = 170;
	if (!r->texture || !hit_texel(h, r, xy))
		return;
	texmap_at(rgb, r->texture, r->T, r->T, 3, xy[0], xy[1]);
	for (int c = 0; c < 3; c++)
		rgb[c] = (rgb[c] + 1) * 127.5f;
}

static void
costume_colour(float rgb[3], const struct work *k, const struct hit *h)
{
	const struct costume *c = k->r->costume;
	const uint32_t *v = c->face[h->face];
	const float *const p[3] = { k->costume.p[v[0]], k->costume.p[v[1]],
		k->costume.p[v[2]] };
	int level = costume_level(c, h->face, p, PIXEL_AREA);
	float uv[2], from[3];

	costume_uv(uv, c, h->face, h->w);
	mipmap_at(rgb, &c->map, level, uv);
	if (!k->r->tint)
		return;
	const float (*m)[4] = k->r->tint[costume_kind(c, uv)];

	memcpy(from, rgb, sizeof from);
	for (int i = 0; i < 3; i++)
		rgb[i] = clampf(m[i][0] * from[0] + m[i][1] * from[1] +
		    m[i][2] * from[2] + 255 * m[i][3], 0, 255);
}

static void
sample_colour(float rgb[3], const struct work *k, const struct hit *h)
{
	float by[3];

	if (k->r->costume)
		costume_colour(rgb, k, h);
	else
		body_colour(rgb, k->r, h);
	if (!k->shade.normal)
		return;
	shade_at(by, &k->shade, k->shown->face[h->face], h->w);
	for (int c = 0; c < 3; c++)
		rgb[c] *= by[c];
}

/* Samples of a pixel that get one colour, that of the sample `at`. */
struct patch {
	int label;		/* part, or triangle */
	size_t at[2];
	float n;		/* samples */
	size_t far_off;		/* of `at` from the pixel's middle */
};

/*
 * The patches of pixel (x, y) of what is shown; returns how many, and in *on the number of
 * samples in all of them. fine: a patch for each sample. Otherwise one for
 * each part of the body (where there are no parts, for each triangle), coloured
 * at its sample nearest to the pixel's middle.
 */
static size_t
gather(struct patch p[SS * SS], float *on, const struct work *k, size_t x,
    size_t y, bool fine)
{
	/* Rows of samples: how far each is from the middle, squared. */
	static const size_t away[SS * SS] = { 2, 1, 2, 1, 0, 1, 2, 1, 2 };
	const struct raster *z = &k->shown->z;
	const uint8_t *part = k->r->costume ? k->r->costume->patch :
	    k->r->body->part;
	const uint32_t *face = z->face + SS * y * z->w + SS * x;
	size_t n = 0;

	*on = 0;
	for (size_t s = 0; s < SS * SS; s++) {
		uint32_t f = face[s / SS * z->w + s % SS];

		if (f == RASTER_NONE)
			continue;
		int label = part ? part[f] : (int)f;
		size_t i = fine ? n : 0;

		while (i < n && p[i].label != label)
			i++;
		if (i == n)
			p[n++] = (struct patch){ .label = label, .far_off = 9 };
		if (away[s] < p[i].far_off) {
			p[i].far_off = away[s];
			p[i].at[0] = SS * x + s % SS;
			p[i].at[1] = SS * y + s / SS;
		}
		p[i].n++;
		++*on;
	}
	return n;
}

static void
draw_pixel(uint8_t *out, const struct work *k, size_t x, size_t y,
    const float back[3])
{
	struct patch p[SS * SS];
	float on, rgb[3], sum[3] = { 0 };
	/* Of a costume's picture there are halves for any size. */
	bool fine = !k->r->costume && k->r->T > k->r->camera.h;
	size_t n = gather(p, &on, k, x, y, fine);

	for (size_t i = 0; i < n; i++) {
		struct hit h;

		if (!scan_hit(&h, k->shown, p[i].at[0], p[i].at[1]))
			continue;
		sample_colour(rgb, k, &h);
		for (int c = 0; c < 3; c++)
			sum[c] += p[i].n * rgb[c];
	}
	for (int c = 0; c < 3; c++)
		out[c] = (uint8_t)clampf((sum[c] + (SS * SS - on) * back[c]) /
		    (SS * SS) + 0.5f, 0, 255);
}

static void
draw_image(uint8_t *image, const struct work *k)
{
	const struct camera *c = &k->r->camera;
	const struct scan *z = k->shown;
	const uint8_t *behind = k->r->backdrop;

	for (size_t y = 0; y < c->h; y++) {
		float t = c->h > 1 ? (float)y / (float)(c->h - 1) : 0;
		float back[3];

		for (int i = 0; i < 3; i++)
			back[i] = k->r->back[0][i] + t * (k->r->back[1][i] -
			    k->r->back[0][i]);
		for (size_t x = 0; x < c->w; x++) {
			size_t at = 3 * (y * c->w + x);

			for (size_t i = 0; i < 3 && behind; i++)
				back[i] = behind[at + i];
			if (x >= z->x0 && x < z->x1 && y >= z->y0 && y < z->y1)
				draw_pixel(image + at, k, x, y, back);
			else
				for (size_t i = 0; i < 3; i++)
					image[at + i] = (uint8_t)clampf(back[i]
					    + 0.5f, 0, 255);
		}
	}
}

static void
draw_matte(uint8_t *matte, const struct work *k)
{
	const struct camera *c = &k->r->camera;
	const struct raster *z = &k->shown->z;

	for (size_t i = 0; i < c->w * c->h; i++) {
		const uint32_t *face = z->face + SS * (i / c->w) * z->w +
		    SS * (i % c->w);
		unsigned on = 0;

		for (size_t s = 0; s < SS * SS; s++)
			on += face[s / SS * z->w + s % SS] != RASTER_NONE;
		matte[i] = (uint8_t)((255 * on + SS * SS / 2) / (SS * SS));
	}
}

static void
draw_labels(const struct rendering *out, const struct work *k)
{
	const struct camera *c = &k->r->camera;
	const struct body *b = k->r->body;
	size_t fine = k->body.fine, shift = (fine - 1) / 2;

	for (size_t i = 0; i < c->w * c->h; i++) {
		struct hit h;
		float uv[2], xy[2] = { NAN, NAN };
		bool on = scan_hit(&h, &k->body, fine * (i % c->w) + shift,
		    fine * (i / c->w) + shift);

		if (out->mask)
			out->mask[i] = on;
		if (out->surf) {
			if (on && !hit_texel(&h, k->r, xy))
				xy[0] = xy[1] = NAN;
			memcpy(out->surf + 2 * i, xy, sizeof xy);
		}
		if (!out->iuv)
			continue;
		uint8_t *p = out->iuv + 3 * i;

		memset(p, 0, 3);
		if (on) {
			hit_uv(&h, b, uv);
			p[0] = b->part[h.face];
			p[1] = (uint8_t)(uv[0] * 255 + 0.5f);
			p[2] = (uint8_t)(uv[1] * 255 + 0.5f);
		}
	}
}

/*
 * How far, on a body of 1.7 m, the surface that covers a key point may lie
 * from it at rest and still be its own: the limb around a joint, the skin
 * around an eye. Anything farther along the body hides it.
 */
static const float reach[POSE_POINTS] = {
	0.06f, 0.18f, 0.13f, 0.09f, 0.08f, 0.13f, 0.09f, 0.08f, 0.15f, 0.12f,
	0.10f, 0.15f, 0.12f, 0.10f, 0.05f, 0.05f, 0.06f, 0.06f
};

static bool
hidden(const struct work *k, const float at[2], const float rest[3], float most)
{
	const struct body *b = k->r->body;
	struct hit h;
	float d2 = 0;

	if (!scan_hit(&h, &k->body, (size_t)(at[0] + 0.5f),
	    (size_t)(at[1] + 0.5f)))
		return false;
	const uint32_t *v = b->mesh.face[h.face];

	for (int i = 0; i < 3; i++) {
		float d = mix(&h, b->mesh.vert[v[0]][i], b->mesh.vert[v[1]][i],
		    b->mesh.vert[v[2]][i]) - rest[i];

		d2 += d * d;
	}
	return d2 > most * most;
}

static void
draw_pose(float *pose, const struct work *k)
{
	const struct body *b = k->r->body;
	float rest[POSE_POINTS][3], posed[POSE_POINTS][3], at[POSE_POINTS][3];
	float lo = INFINITY, hi = -INFINITY, fine = (float)k->body.fine;
	float shift = (fine - 1) / 2;

	for (size_t i = 0; i < b->mesh.n_vert; i++) {
		lo = fminf(lo, b->mesh.vert[i][1]);
		hi = fmaxf(hi, b->mesh.vert[i][1]);
	}
	sparse_apply(rest, &b->points, b->mesh.vert);
	sparse_apply(posed, &b->points, k->r->bare ? k->r->bare : k->r->vert);
	camera_project(at, &k->r->camera, (const float (*)[3])posed,
	    POSE_POINTS, (double)k->body.fine, (double)shift);
	for (int i = 0; i < POSE_POINTS; i++) {
		bool inside = at[i][0] > -0.5f && at[i][1] > -0.5f &&
		    at[i][0] < (float)k->body.z.w - 0.5f &&
		    at[i][1] < (float)k->body.z.h - 0.5f;
		bool face = i == P_NOSE || i >= P_R_EYE;
		bool hide = inside && hidden(k, at[i], rest[i],
		    reach[i] * (hi - lo) / 1.7f);

		for (int c = 0; c < 2; c++)
			pose[3 * i + c] = !inside || (hide && face) ? NAN :
			    (at[i][c] - shift) / fine;
		pose[3 * i + 2] = !inside || (hide && face) ? 0 :
		    hide ? 0.5f : 1;
	}
}

/* The lamp's direction, turned into the world. */
static void
place_lamp(struct work *k)
{
	const struct daylight *day = k->r->daylight;
	const double usual[3] = { -0.45, -0.62, -0.64 };
	double dir[3] = { k->r->lamp[0], k->r->lamp[1], k->r->lamp[2] };

	vec3_unit(dir, usual);
	for (int i = 0; i < 3; i++) {
		double s = 0;

		for (int j = 0; j < 3; j++)
			s += k->r->camera.rot[j][i] * dir[j];
		k->lamp[i] = (float)s;
	}
	if (!day)
		return;
	k->lamp[0] = day->turn[0] * day->lamp[0] + day->turn[1] * day->lamp[2];
	k->lamp[1] = day->lamp[1];
	k->lamp[2] = day->turn[0] * day->lamp[2] - day->turn[1] * day->lamp[0];
}

/* Whether a costume has no hole at a sample of a triangle. */
static bool
there(const void *arg, uint32_t face, size_t x, size_t y)
{
	const struct work *k = arg;
	const struct costume *c = k->r->costume;
	const uint32_t *v = c->face[face];
	const float *const p[3] = { k->costume.p[v[0]], k->costume.p[v[1]],
		k->costume.p[v[2]] };
	float w[3], uv[2];

	raster_weights(w, p[0], p[1], p[2], (float)x, (float)y);
	costume_uv(uv, c, face, w);
	return mipmap_there(&c->map, costume_level(c, face, p, 1),
	    uv);
}

static void
place_eye(double eye[3], const struct camera *c)
{
	for (int i = 0; i < 3; i++) {
		eye[i] = 0;
		for (int j = 0; j < 3; j++)
			eye[i] -= c->rot[j][i] * c->t[j];
	}
}

static enum status
light_up(struct work *k, struct arena *a)
{
	const struct render *r = k->r;
	const struct scan *z = k->shown;
	float (*normal)[3] = arena_calloc(a, z->n_vert, sizeof *normal);

	if (!normal)
		return E_NOMEM;
	if (r->costume)
		costume_normals(normal, r->costume, z->vert);
	else
		skin_normals(normal, &r->body->mesh, z->vert);
	place_lamp(k);
	place_eye(k->eye, &r->camera);
	k->shade = (struct shade){ .normal = (const float (*)[3])normal,
		.vert = z->vert, .strength = (float)r->light,
		.daylight = r->daylight, .shadow = r->shadows ? &k->shadow :
		NULL, .eye = r->costume ? k->eye : NULL };
	memcpy(k->shade.lamp, k->lamp, sizeof k->lamp);
	return r->shadows ? shadow_make(&k->shadow, a, z->vert, z->n_vert,
	    z->face, r->costume ? r->costume->n_cast : z->n_face, k->lamp) :
	    OK;
}

static enum status
draw(const struct rendering *out, struct work *k, struct arena *a)
{
	const struct render *r = k->r;
	const struct mesh *m = &r->body->mesh;
	bool labels = out->iuv || out->mask || out->surf || out->pose;
	bool picture = out->image || out->matte;

	k->body = (struct scan){ .n_vert = m->n_vert, .n_face = m->n_face,
		.vert = r->vert, .face = m->face, .fine = r->costume ? 1 : SS,
		.z.side = -r->closed };
	k->shown = r->costume ? &k->costume : &k->body;
	if (labels || !r->costume)
		TRY(scan_make(&k->body, a, &r->camera));
	if (picture && r->costume) {
		k->costume = (struct scan){ .n_vert = r->costume->n_vert,
			.n_face = r->costume->n_face, .vert = r->worn,
			.face = r->costume->face, .fine = SS,
			.z = { .there = there, .arg = k,
			.first_cut = r->costume->n_solid } };
		TRY(scan_make(&k->costume, a, &r->camera));
	}
	if (r->light > 0 && out->image)
		TRY(light_up(k, a));
	if (out->image)
		draw_image(out->image, k);
	if (out->matte)
		draw_matte(out->matte, k);
	if (out->iuv || out->mask || out->surf)
		draw_labels(out, k);
	if (out->pose)
		draw_pose(out->pose, k);
	return OK;
}

enum status
render_draw(const struct rendering *out, const struct render *r,
    struct arena *scratch)
{
	const struct body *b = r->body;
	struct work k = { .r = r };

	if ((out->iuv || r->layout) && !b->part)
		return fail(E_SHAPE, "the body has no DensePose charts");
	if ((out->surf || r->texture) && !r->layout && !b->mesh.uv)
		return fail(E_SHAPE, "the body has no texture coordinates");
	if (out->pose && b->points.n_row == 0)
		return fail(E_SHAPE, "the body has no key points");
	size_t mark = arena_mark(scratch);
	enum status s = draw(out, &k, scratch);

	arena_pop(scratch, mark);
	return s;
}

size_t
render_scratch(const struct body *b, size_t w, size_t h)
{
	return w * h * SS * SS * 8 + b->mesh.n_vert * 24;
}
