#include "body/behind.h"

#include <math.h>

#include "body/unfold.h"

#define SIDE 512	/* of the pictures from the front and from behind */
#define FAR 16		/* metres to the camera: far, so that it is a parallel one */

struct sides {
	const struct body *body;
	float lo[2], scale;		/* pixels = (metres - lo) * scale */
	struct raster z[2];		/* seen from the front, from behind */
	float (*p[2])[3];		/* vertices on them */
};

static void
place(float p[3], const struct sides *s, const float at[3], bool back)
{
	p[0] = (at[0] - s->lo[0]) * s->scale;
	p[1] = (at[1] - s->lo[1]) * s->scale;
	p[2] = 1 / (FAR + (back ? at[2] : -at[2]));
}

static void
frame(struct sides *s)
{
	const struct mesh *m = &s->body->mesh;
	float lo[2] = { INFINITY, INFINITY }, hi[2] = { -INFINITY, -INFINITY };

	for (size_t i = 0; i < m->n_vert; i++)
		for (int k = 0; k < 2; k++) {
			lo[k] = fminf(lo[k], m->vert[i][k]);
			hi[k] = fmaxf(hi[k], m->vert[i][k]);
		}
	s->scale = (SIDE - 1) / (fmaxf(hi[0] - lo[0], hi[1] - lo[1]) + 1e-6f);
	s->lo[0] = lo[0];
	s->lo[1] = lo[1];
}

static enum status
draw_sides(struct sides *s, struct arena *a)
{
	const struct mesh *m = &s->body->mesh;

	frame(s);
	for (int k = 0; k < 2; k++) {
		s->z[k] = (struct raster){ .w = SIDE, .h = SIDE,
		    .face = arena_calloc(a, SIDE * SIDE, sizeof(uint32_t)),
		    .near = arena_calloc(a, SIDE * SIDE, sizeof(float)) };
		s->p[k] = arena_calloc(a, m->n_vert, sizeof *s->p[k]);
		if (!s->z[k].face || !s->z[k].near || !s->p[k])
			return E_NOMEM;
		for (size_t i = 0; i < m->n_vert; i++)
			place(s->p[k][i], s, m->vert[i], k);
		raster_clear(&s->z[k]);
		TRY(raster_draw(&s->z[k], (const float (*)[3])s->p[k],
		    m->n_vert, m->face, m->n_face));
	}
	return OK;
}

/* The texel that is seen from the other side at a point's place. */
static int32_t
look(const struct sides *s, const struct unfold_point *u,
    const struct layout *l, size_t T)
{
	const struct body *b = s->body;
	const bool back = u->normal[2] > 0;	/* of a place in front */
	float p[3], w[3], uv[2], xy[2];

	place(p, s, u->at, back);
	const long x = lrintf(p[0]), y = lrintf(p[1]);

	if (x < 0 || y < 0 || x >= SIDE || y >= SIDE)
		return -1;
	const uint32_t f = s->z[back].face[y * SIDE + x];

	if (f == RASTER_NONE)
		return -1;
	const uint32_t *v = b->mesh.face[f];
	const float (*q)[3] = (const float (*)[3])s->p[back];

	raster_weights(w, q[v[0]], q[v[1]], q[v[2]], p[0], p[1]);
	for (int i = 0; i < 2; i++) {
		uv[i] = 0;
		for (int k = 0; k < 3; k++)
			uv[i] += w[k] * b->part_uv[f][k][i];
		uv[i] = fminf(fmaxf(uv[i], 0), 1);
	}
	if (!layout_texel(l, T, b->part[f], uv[0], uv[1], xy))
		return -1;
	return (int32_t)(lrintf(xy[1]) * (long)T + lrintf(xy[0]));
}

static enum status
make(int32_t *behind, const struct body *b, const struct layout *l, size_t T,
    struct arena *a)
{
	struct unfold u;
	struct sides s = { .body = b };

	TRY(unfold_make(&u, a, b, l, T));
	TRY(draw_sides(&s, a));
	for (size_t i = 0; i < T * T; i++) {
		struct unfold_point p;

		behind[i] = unfold_point(&p, &u, i % T * UNFOLD_SS,
		    i / T * UNFOLD_SS) ? look(&s, &p, l, T) : -1;
	}
	return OK;
}

enum status
behind_make(int32_t *behind, const struct body *b, const struct layout *l,
    size_t T, struct arena *a)
{
	const size_t mark = arena_mark(a);
	const enum status st = make(behind, b, l, T, a);

	arena_pop(a, mark);
	return st;
}
