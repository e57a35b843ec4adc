#include "body/render.h"

#include <math.h>
#include <string.h>

#include "body/raster.h"
#include "body/rotate.h"
#include "body/shadow.h"
#include "body/skin.h"
#include "texture/texmap.h"

#define SS 3		/* samples per pixel and axis; odd: one is the centre */
#define SHIFT ((SS - 1) / 2)

struct work {
	const struct render *r;
	struct raster z;
	float (*p)[3];		/* projected vertices on the lattice */
	float (*normal)[3];	/* posed, unit; only with light */
	size_t x0, y0, x1, y1;	/* pixels [x0,x1) x [y0,y1) hold all of it */
	float lamp[3];		/* direction to the lamp, in the world */
	struct shadow shadow;	/* only with shadows */
};

/* The point of the surface seen at a sample. */
struct hit {
	uint32_t face;
	float w[3];		/* weights of its corners */
};

static bool
hit_at(struct hit *hit, const struct work *k, size_t x, size_t y)
{
	uint32_t f = k->z.face[y * k->z.w + x];

	if (f == RASTER_NONE)
		return false;
	const uint32_t *v = k->r->body->mesh.face[f];

	hit->face = f;
	raster_weights(hit->w, k->p[v[0]], k->p[v[1]], k->p[v[2]], (float)x,
	    (float)y);
	return true;
}

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

/* Soft light: a lamp that reaches a little around the corner. */
static float
lit(const struct work *k, const struct hit *h)
{
	const uint32_t *v = k->r->body->mesh.face[h->face];
	const float *a = k->normal[v[0]], *b = k->normal[v[1]],
	    *c = k->normal[v[2]];
	float n[3], dot = 0, len = 0;

	for (int i = 0; i < 3; i++) {
		n[i] = mix(h, a[i], b[i], c[i]);
		dot += n[i] * k->lamp[i];
		len += n[i] * n[i];
	}
	len = sqrtf(len) + 1e-6f;
	dot /= len;
	float wrapped = dot > -0.4f ? (dot + 0.4f) / 1.4f : 0;

	if (k->r->shadows && dot > 0) {
		const float (*p)[3] = k->r->vert;
		float at[3];

		for (int i = 0; i < 3; i++) {
			at[i] = mix(h, p[v[0]][i], p[v[1]][i], p[v[2]][i]);
			n[i] /= len;
		}
		/* In shadow it is as dark as where the surface turns away. */
		wrapped -= dot / 1.4f * (1 - shadow_light(&k->shadow, at, n));
	}

	return 1 + (float)k->r->light * (1.25f * wrapped - 1);
}

static void
sample_colour(float rgb[3], const struct work *k, const struct hit *h)
{
	float xy[2];

	for (int c = 0; c < 3; c++)
		rgb[c] = 170;
	if (k->r->texture && hit_texel(h, k->r, xy)) {
		texmap_at(rgb, k->r->texture, k->r->T, k->r->T, 3, xy[0],
		    xy[1]);
		for (int c = 0; c < 3; c++)
			rgb[c] = (rgb[c] + 1) * 127.5f;
	}
	if (k->normal) {
		float s = lit(k, h);

		for (int c = 0; c < 3; c++)
			rgb[c] *= s;
	}
}

/* Samples of a pixel that get one colour, that of the sample `at`. */
struct patch {
	int label;		/* part, or triangle */
	size_t at[2];
	float n;		/* samples */
	size_t far_off;		/* of `at` from the pixel's middle */
};

/*
 * The patches of pixel (x, y); returns how many, and in *on the number of
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
	const uint8_t *part = k->r->body->part;
	const uint32_t *face = k->z.face + SS * y * k->z.w + SS * x;
	size_t n = 0;

	*on = 0;
	for (size_t s = 0; s < SS * SS; s++) {
		uint32_t f = face[s / SS * k->z.w + s % SS];

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
	size_t n = gather(p, &on, k, x, y, k->r->T > k->r->camera.h);

	for (size_t i = 0; i < n; i++) {
		struct hit h;

		if (!hit_at(&h, k, p[i].at[0], p[i].at[1]))
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
			if (x >= k->x0 && x < k->x1 && y >= k->y0 && y < k->y1)
				draw_pixel(image + at, k, x, y, back);
			else
				for (size_t i = 0; i < 3; i++)
					image[at + i] = (uint8_t)clampf(back[i]
					    + 0.5f, 0, 255);
		}
	}
}

static void
draw_labels(const struct rendering *out, const struct work *k)
{
	const struct camera *c = &k->r->camera;
	const struct body *b = k->r->body;

	for (size_t i = 0; i < c->w * c->h; i++) {
		struct hit h;
		float uv[2], xy[2] = { NAN, NAN };
		bool on = hit_at(&h, k, SS * (i % c->w) + SHIFT,
		    SS * (i / c->w) + SHIFT);

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

	if (!hit_at(&h, k, (size_t)(at[0] + 0.5f), (size_t)(at[1] + 0.5f)))
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
	float lo = INFINITY, hi = -INFINITY;

	for (size_t i = 0; i < b->mesh.n_vert; i++) {
		lo = fminf(lo, b->mesh.vert[i][1]);
		hi = fmaxf(hi, b->mesh.vert[i][1]);
	}
	sparse_apply(rest, &b->points, b->mesh.vert);
	sparse_apply(posed, &b->points, k->r->bare ? k->r->bare : k->r->vert);
	camera_project(at, &k->r->camera, (const float (*)[3])posed,
	    POSE_POINTS, SS, SHIFT);
	for (int i = 0; i < POSE_POINTS; i++) {
		bool inside = at[i][0] > -0.5f && at[i][1] > -0.5f &&
		    at[i][0] < (float)k->z.w - 0.5f &&
		    at[i][1] < (float)k->z.h - 0.5f;
		bool face = i == P_NOSE || i >= P_R_EYE;
		bool hide = inside && hidden(k, at[i], rest[i],
		    reach[i] * (hi - lo) / 1.7f);

		for (int c = 0; c < 2; c++)
			pose[3 * i + c] = !inside || (hide && face) ? NAN :
			    (at[i][c] - SHIFT) / SS;
		pose[3 * i + 2] = !inside || (hide && face) ? 0 :
		    hide ? 0.5f : 1;
	}
}

/* The lamp's direction, turned into the world. */
static void
place_lamp(struct work *k)
{
	const double usual[3] = { -0.45, -0.62, -0.64 };
	double dir[3] = { k->r->lamp[0], k->r->lamp[1], k->r->lamp[2] };

	vec3_unit(dir, usual);
	for (int i = 0; i < 3; i++) {
		double s = 0;

		for (int j = 0; j < 3; j++)
			s += k->r->camera.rot[j][i] * dir[j];
		k->lamp[i] = (float)s;
	}
}

/* The pixels that projected points reach into. */
static void
find_box(struct work *k, size_t n_vert)
{
	const struct camera *c = &k->r->camera;
	float lo[2] = { INFINITY, INFINITY }, hi[2] = { -1, -1 };
	size_t lim[2] = { c->w, c->h }, at[2][2];

	for (size_t i = 0; i < n_vert; i++)
		for (int e = 0; e < 2; e++) {
			float x = k->p[i][e];

			lo[e] = x < lo[e] ? x : lo[e];
			hi[e] = x > hi[e] ? x : hi[e];
		}
	for (int e = 0; e < 2; e++) {
		float most = (float)(lim[e] * SS);

		at[0][e] = (size_t)clampf(lo[e] - 1, 0, most) / SS;
		at[1][e] = (size_t)clampf(hi[e] + 2, 0, most) / SS + 1;
	}
	k->x0 = at[0][0];
	k->y0 = at[0][1];
	k->x1 = at[1][0];
	k->y1 = at[1][1];
}

static enum status
draw(const struct rendering *out, struct work *k, struct arena *a)
{
	const struct render *r = k->r;
	const struct mesh *m = &r->body->mesh;
	size_t w = r->camera.w, h = r->camera.h, n;

	TRY(size_mul(&n, w * SS, h * SS));
	k->z = (struct raster){ w * SS, h * SS,
	    arena_calloc(a, n, sizeof *k->z.face),
	    arena_calloc(a, n, sizeof *k->z.near), -r->closed };
	k->p = arena_calloc(a, m->n_vert, sizeof *k->p);
	if (r->light > 0)
		k->normal = arena_calloc(a, m->n_vert, sizeof *k->normal);
	if (!k->z.face || !k->z.near || !k->p || (r->light > 0 && !k->normal))
		return E_NOMEM;
	camera_project(k->p, &r->camera, r->vert, m->n_vert, SS, SHIFT);
	find_box(k, m->n_vert);
	raster_clear(&k->z);
	TRY(raster_draw(&k->z, (const float (*)[3])k->p, m->n_vert, m->face,
	    m->n_face));
	if (k->normal) {
		skin_normals(k->normal, m, r->vert);
		place_lamp(k);
		if (r->shadows)
			TRY(shadow_make(&k->shadow, a, m, r->vert, k->lamp));
	}
	if (out->image)
		draw_image(out->image, k);
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
