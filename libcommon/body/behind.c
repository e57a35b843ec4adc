#include "body/behind.h"

#include <math.h>
#include <string.h>

#include "body/unfold.h"

enum { BACK = 1, FRONT, HEAD = 23 };	/* parts: the trunk's, the head's first */

#define SIDE 512	/* of the pictures from the front and from behind */
#define FAR 16		/* metres to the camera: far, so that it is a parallel one */

/* Shares of the height of the head, of the trunk, from the top. */
#define CROWN 0.14f	/* hair that is seen from the front */
#define NAPE 0.7f	/* the lowest of the back of the head that has hair */
#define NECKLINE 0.25f	/* what is open in front, and never behind */
#define NARROW 0.6f	/* of x: the crown is narrower than the head */

struct sides {
	const struct body *body;
	float lo[2], scale;		/* pixels = (metres - lo) * scale */
	float head[2], trunk[2];	/* lowest and highest y, metres */
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

/* Lowest and highest y of parts from..to. */
static void
extent(float y[2], const struct body *b, int from, int to)
{
	y[0] = INFINITY;
	y[1] = -INFINITY;
	for (size_t f = 0; f < b->mesh.n_face; f++)
		for (int k = 0; k < 3 && b->part[f] >= from &&
		    b->part[f] <= to; k++) {
			const float v = b->mesh.vert[b->mesh.face[f][k]][1];

			y[0] = fminf(y[0], v);
			y[1] = fmaxf(y[1], v);
		}
}

/*
 * Where to look for what is like a point. Behind a face is hair, and before
 * hair a face: the back of the head is like the crown, which shows from the
 * front, too. A neckline is deeper in front. False for a face, of which
 * nothing tells.
 */
static bool
place_like(float at[3], const struct sides *s, const struct unfold_point *u)
{
	const float head = s->head[1] - s->head[0];
	const float trunk = s->trunk[1] - s->trunk[0];

	memcpy(at, u->at, sizeof u->at);
	if (u->part == BACK)
		at[1] = fminf(at[1], s->trunk[1] - NECKLINE * trunk);
	if (u->part < HEAD)
		return true;
	if (u->normal[2] > 0)
		return false;
	if (at[1] > s->head[1] - NAPE * head) {
		at[0] *= NARROW;
		at[1] = s->head[1] - CROWN * head;
	}
	return true;
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
	float at[3], p[3], w[3], uv[2], xy[2];

	if (!place_like(at, s, u))
		return -1;
	place(p, s, at, back);
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
	extent(s.head, b, HEAD, HEAD + 1);
	extent(s.trunk, b, BACK, FRONT);
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
