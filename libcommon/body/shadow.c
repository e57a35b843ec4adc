#include "body/shadow.h"

#include <math.h>

#define SIDE 128	/* samples; about a centimetre and a half each */
#define RIM 4

/*
 * Only one side of the surface is drawn. For what is closed it does not
 * matter which: a limb between a point and the lamp has both.
 *
 * Two axes that stand on `to` and on each other. */
static void
make_axes(float axis[3][3], const float to[3])
{
	const float up[3] = { 0, fabsf(to[1]) < 0.9f, fabsf(to[1]) >= 0.9f };
	float len = 0;

	for (int c = 0; c < 3; c++) {
		int d = (c + 1) % 3, e = (c + 2) % 3;

		axis[2][c] = to[c];
		axis[0][c] = up[d] * to[e] - up[e] * to[d];
		len += axis[0][c] * axis[0][c];
	}
	len = sqrtf(len);
	for (int c = 0; c < 3; c++)
		axis[0][c] /= len;
	for (int c = 0; c < 3; c++) {
		int d = (c + 1) % 3, e = (c + 2) % 3;

		axis[1][c] = axis[0][d] * to[e] - axis[0][e] * to[d];
	}
}

static void
turn(float q[3], const struct shadow *s, const float p[3])
{
	for (int i = 0; i < 3; i++)
		q[i] = s->axis[i][0] * p[0] + s->axis[i][1] * p[1] +
		    s->axis[i][2] * p[2];
}

/* A point on the lattice, and its depth. */
static void
place(float q[3], const struct shadow *s, const float p[3])
{
	turn(q, s, p);
	for (int i = 0; i < 2; i++)
		q[i] = RIM + s->scale * (q[i] - s->off[i]);
	q[2] = 1 + s->depth * (q[2] - s->off[2]);
}

enum status
shadow_make(struct shadow *s, struct arena *a, const float (*vert)[3],
    size_t n_vert, const uint32_t (*face)[3], size_t n_face,
    const float lamp[3])
{
	float lo[3] = { INFINITY, INFINITY, INFINITY }, size = 1e-6f;
	float hi[3] = { -INFINITY, -INFINITY, -INFINITY }, q[3];
	float (*p)[3] = arena_alloc(a, n_vert * sizeof *p);

	*s = (struct shadow){ .z = { .w = SIDE, .h = SIDE,
	    .face = arena_alloc(a, SIDE * SIDE * sizeof *s->z.face),
	    .near = arena_alloc(a, SIDE * SIDE * sizeof *s->z.near),
	    .side = 1 } };
	if (!p || !s->z.face || !s->z.near)
		return E_NOMEM;
	make_axes(s->axis, lamp);
	for (size_t i = 0; i < n_vert; i++) {
		turn(q, s, vert[i]);
		for (int c = 0; c < 3; c++) {
			lo[c] = q[c] < lo[c] ? q[c] : lo[c];
			hi[c] = q[c] > hi[c] ? q[c] : hi[c];
		}
	}
	for (int c = 0; c < 3; c++) {
		s->off[c] = lo[c];
		if (c < 2 && hi[c] - lo[c] > size)
			size = hi[c] - lo[c];
	}
	s->scale = (SIDE - 1 - 2 * RIM) / size;
	s->depth = 1 / (hi[2] - lo[2] + 1e-6f);
	for (size_t i = 0; i < n_vert; i++)
		place(p[i], s, vert[i]);
	raster_clear(&s->z);
	return raster_draw(&s->z, (const float (*)[3])p, n_vert, face, n_face);
}

float
shadow_light(const struct shadow *s, const float p[3], const float n[3])
{
	/* Off the surface, or it would shade itself between samples. */
	float off = 1.5f / s->scale, at[3], q[3], lit = 0;

	for (int c = 0; c < 3; c++)
		at[c] = p[c] + off * n[c];
	place(q, s, at);
	for (int c = 0; c < 2; c++) {
		q[c] -= 0.5f;
		q[c] = q[c] < 0 ? 0 : q[c] > SIDE - 4 ? SIDE - 4 : q[c];
	}
	size_t x = (size_t)q[0], y = (size_t)q[1];
	float fx = q[0] - (float)x, fy = q[1] - (float)y;
	const float wx[3] = { 1 - fx, 1, fx }, wy[3] = { 1 - fy, 1, fy };
	float least = q[2] + 0.5f * off * s->depth;

	/* A square of two samples about the point: soft edges. */
	for (size_t j = 0; j < 3; j++)
		for (size_t i = 0; i < 3; i++)
			lit += wx[i] * wy[j] * (float)(s->z.near[(y + j) *
			    SIDE + x + i] <= least);
	return lit / 4;
}
