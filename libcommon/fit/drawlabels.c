#include "fit/drawlabels.h"

#include <math.h>
#include <string.h>

#include "body/raster.h"

static void
label(uint8_t out[3], const struct body *b, const float (*p)[3], uint32_t f,
    float x, float y)
{
	const uint32_t *v = b->mesh.face[f];
	const float (*uv)[2] = b->part_uv[f];
	float w[3];

	raster_weights(w, p[v[0]], p[v[1]], p[v[2]], x, y);
	out[0] = b->part[f];
	for (int i = 0; i < 2; i++) {
		float t = w[0] * uv[0][i] + w[1] * uv[1][i] + w[2] * uv[2][i];

		out[1 + i] = (uint8_t)(fminf(fmaxf(t, 0), 1) * 255 + 0.5f);
	}
}

enum status
draw_labels(uint8_t *iuv, const struct body *b, const float (*vert)[3],
    const struct camera *c, struct arena *a)
{
	size_t n = c->w * c->h, mark = arena_mark(a);
	struct raster r = { .w = c->w, .h = c->h,
		.face = arena_calloc(a, n, sizeof *r.face),
		.near = arena_calloc(a, n, sizeof *r.near), .side = -1 };
	float (*p)[3] = arena_calloc(a, b->mesh.n_vert, sizeof *p);
	enum status s;

	if (!r.face || !r.near || !p)
		return E_NOMEM;
	camera_project(p, c, vert, b->mesh.n_vert, 1, 0);
	raster_clear(&r);
	s = raster_draw(&r, (const float (*)[3])p, b->mesh.n_vert,
	    b->mesh.face, b->mesh.n_face);
	memset(iuv, 0, n * 3);
	for (size_t i = 0; i < n && s == OK; i++)
		if (r.face[i] != RASTER_NONE)
			label(iuv + 3 * i, b, (const float (*)[3])p, r.face[i],
			    (float)(i % c->w), (float)(i / c->w));
	arena_pop(a, mark);
	return s;
}
