#include "body/scan.h"

#include <math.h>

bool
scan_hit(struct hit *hit, const struct scan *k, size_t x, size_t y)
{
	uint32_t f = k->z.face[y * k->z.w + x];

	if (f == RASTER_NONE)
		return false;
	const uint32_t *v = k->face[f];

	hit->face = f;
	raster_weights(hit->w, k->p[v[0]], k->p[v[1]], k->p[v[2]], (float)x,
	    (float)y);
	return true;
}

static float
clampf(float x, float lo, float hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

/* The pixels that projected points reach into. */
static void
find_box(struct scan *k, const struct camera *c)
{
	float lo[2] = { INFINITY, INFINITY }, hi[2] = { -1, -1 };
	size_t lim[2] = { c->w, c->h }, at[2][2];

	for (size_t i = 0; i < k->n_vert; i++)
		for (int e = 0; e < 2; e++) {
			float x = k->p[i][e];

			lo[e] = x < lo[e] ? x : lo[e];
			hi[e] = x > hi[e] ? x : hi[e];
		}
	for (int e = 0; e < 2; e++) {
		float most = (float)(lim[e] * k->fine);

		at[0][e] = (size_t)clampf(lo[e] - 1, 0, most) / k->fine;
		at[1][e] = (size_t)clampf(hi[e] + 2, 0, most) / k->fine + 1;
	}
	k->x0 = at[0][0];
	k->y0 = at[0][1];
	k->x1 = at[1][0];
	k->y1 = at[1][1];
}

enum status
scan_make(struct scan *k, struct arena *a, const struct camera *c)
{
	size_t n;

	TRY(size_mul(&n, c->w * k->fine, c->h * k->fine));
	k->z.w = c->w * k->fine;
	k->z.h = c->h * k->fine;
	k->z.face = arena_calloc(a, n, sizeof *k->z.face);
	k->z.near = arena_calloc(a, n, sizeof *k->z.near);
	k->p = arena_calloc(a, k->n_vert, sizeof *k->p);
	if (!k->z.face || !k->z.near || !k->p)
		return E_NOMEM;
	camera_project(k->p, c, k->vert, k->n_vert, (double)k->fine,
	    (double)((k->fine - 1) / 2));
	find_box(k, c);
	raster_clear(&k->z);
	return raster_draw(&k->z, (const float (*)[3])k->p, k->n_vert, k->face,
	    k->n_face);
}
