#include "fit/place.h"

#include <string.h>

#include "body/raster.h"

#define PARTS 24
#define CELLS (PLACE_SIDE * PLACE_SIDE)

/* Cells without a place take that of a neighbour, ring after ring. */
static void
spread(float (*at)[3], uint8_t *has, uint32_t *queue)
{
	size_t n = 0;

	for (uint32_t i = 0; i < CELLS; i++)
		if (has[i])
			queue[n++] = i;
	for (size_t k = 0; k < n; k++) {
		uint32_t i = queue[k], x = i % PLACE_SIDE;
		const int64_t step[4] = { x > 0 ? -1 : 0,
			x + 1 < PLACE_SIDE, -PLACE_SIDE, PLACE_SIDE };

		for (int e = 0; e < 4; e++) {
			int64_t j = i + step[e];

			if (j < 0 || j >= CELLS || has[j])
				continue;
			has[j] = 1;
			memcpy(at[j], at[i], sizeof *at);
			queue[n++] = (uint32_t)j;
		}
	}
}

/* One chart: its triangles drawn on the plane of U and V. */
static enum status
draw_part(float (*at)[3], const struct body *b, int part, struct arena *a)
{
	struct raster r = { .w = PLACE_SIDE, .h = PLACE_SIDE };
	uint8_t *has = arena_calloc(a, CELLS, 1);
	uint32_t *queue = arena_calloc(a, CELLS, sizeof *queue);
	uint32_t *from = arena_calloc(a, b->mesh.n_face, sizeof *from);
	uint32_t (*face)[3] = arena_calloc(a, b->mesh.n_face, sizeof *face);
	float (*p)[3] = arena_calloc(a, b->mesh.n_face, 3 * sizeof *p);
	size_t n = 0;

	r.face = arena_calloc(a, CELLS, sizeof *r.face);
	r.near = arena_calloc(a, CELLS, sizeof *r.near);
	if (!has || !queue || !from || !face || !p || !r.face || !r.near)
		return E_NOMEM;
	for (size_t f = 0; f < b->mesh.n_face; f++) {
		if (b->part[f] != part)
			continue;
		for (uint32_t c = 0; c < 3; c++) {
			face[n][c] = (uint32_t)(3 * n) + c;
			for (int e = 0; e < 2; e++)
				p[3 * n + c][e] = b->part_uv[f][c][e] *
				    (PLACE_SIDE - 1);
			p[3 * n + c][2] = 1;
		}
		from[n++] = (uint32_t)f;
	}
	raster_clear(&r);
	TRY(raster_draw(&r, (const float (*)[3])p, 3 * n,
	    (const uint32_t (*)[3])face, n));
	for (size_t i = 0; i < CELLS; i++) {
		uint32_t f = r.face[i];
		float w[3];

		if (f == RASTER_NONE)
			continue;
		raster_weights(w, p[3 * f], p[3 * f + 1], p[3 * f + 2],
		    (float)(i % PLACE_SIDE), (float)(i / PLACE_SIDE));
		for (int c = 0; c < 3; c++)
			for (int e = 0; e < 3; e++)
				at[i][e] += w[c] * b->mesh.vert[
				    b->mesh.face[from[f]][c]][e];
		has[i] = 1;
	}
	spread(at, has, queue);
	return OK;
}

enum status
places_make(struct places *p, struct arena *a, const struct body *b)
{
	float (*at)[PLACE_SIDE][PLACE_SIDE][3];

	if (!b->part)
		return fail(E_SHAPE, "the body has no charts");
	at = arena_calloc(a, PARTS, sizeof *at);
	if (!at)
		return E_NOMEM;
	for (int i = 0; i < PARTS; i++) {
		size_t mark = arena_mark(a);
		enum status s = draw_part(at[i][0], b, i + 1, a);

		arena_pop(a, mark);
		TRY(s);
	}
	p->at = (const float (*)[PLACE_SIDE][PLACE_SIDE][3])at;
	return OK;
}

const float *
places_find(const struct places *p, const uint8_t iuv[3])
{
	return p->at[iuv[0] - 1][(iuv[2] * (PLACE_SIDE - 1) + 127) / 255]
	    [(iuv[1] * (PLACE_SIDE - 1) + 127) / 255];
}
