#include "dress/drape.h"

#include <math.h>
#include <string.h>

#include "body/skin.h"
#include "dress/paint.h"

enum status
drape_spots(const struct spot **spot, struct arena *a, const struct unfold *u)
{
	const struct body *b = u->body;
	struct spot *s = arena_calloc(a, b->mesh.n_vert, sizeof *s);
	struct unfold_point *p = arena_calloc(a, b->mesh.n_vert, sizeof *p);
	struct figure f;

	if (!s || !p)
		return E_NOMEM;
	TRY(figure_make(&f, b));
	for (size_t i = 0; i < b->mesh.n_face; i++)
		for (int k = 0; k < 3; k++)
			p[b->mesh.face[i][k]].part = b->part[i];
	for (size_t i = 0; i < b->mesh.n_vert; i++) {
		memcpy(p[i].at, b->mesh.vert[i], sizeof p->at);
		memcpy(p[i].normal, u->normal[i], sizeof p->normal);
		figure_spot(&s[i], &f, &p[i]);
	}
	*spot = s;
	return OK;
}

/* How far cloth and hair stand off the skin at a spot, metres at 1.7 m. */
static float
thickness(const struct outfit *o, const struct figure *f, const struct spot *s)
{
	struct cover k;
	float t = 0;

	paint_cover(&k, o, f, s);
	if (s->zone == ZONE_HAND)
		return 0;
	if (s->zone == ZONE_HEAD)
		return o->volume * paint_hair_cover(o, s) + (k.jacket > 0 ||
		    k.top > 0 ? 0.004f : 0);
	/* Where legs and arms meet the trunk there is no room. */
	float room = 1 - 0.8f * paint_step(-0.3f, -0.9f, s->n[1]);

	if (k.top > 0)
		t += room * o->top_ease * paint_step(0, 0.03f, k.top);
	if (k.bottom > 0) {
		/* Wide trousers widen downwards. */
		float low = s->zone == ZONE_LEG ? 0.5f + 0.8f * s->leg : 0.5f;
		float in = paint_step(-0.2f, 0.4f, s->side * s->n[0] +
		    0.7f * s->leg);

		t = paint_max(t, o->bottom_ease * low * in *
		    paint_step(0, 0.03f, k.bottom));
	}
	if (k.jacket > 0)
		t = 0.5f * t + room * (0.002f + o->jacket_ease *
		    paint_step(0, 0.02f, k.jacket));
	return t;
}

float
drape_round(float turn, float *wall)
{
	const float pi = (float)M_PI;

	*wall = -1;
	if (turn < -pi / 2)
		turn += 2 * pi;
	if (turn < -pi / 3 || turn > 4 * pi / 3) {
		/* The front half of the wall is -60 to -90 degrees, the other 270 to 240. */
		*wall = turn < 0 ? -(turn + pi / 3) * 3 / pi :
		    1 - (turn - 4 * pi / 3) * 3 / pi;
		return 0;
	}
	return (turn + pi / 3) * 3 / 5;
}

/* The same for a spot of either half, or of the trunk above both. */
static float
round_skirt(const struct spot *s, float *wall)
{
	*wall = -1;
	return s->zone == ZONE_TRUNK ? fabsf(s->turn) :
	    drape_round(-s->side * s->limb_turn, wall);
}

/*
 * Where a skirt has the vertex at spot s: out from the body's axis to an
 * ellipse that widens from the hips down. False where there is none.
 */
static bool
skirt(float p[3], const struct outfit *o, const struct figure *f,
    const struct spot *s)
{
	float hem = o->top == TOP_DRESS ? o->hem : o->bottom == BOTTOM_SKIRT ?
	    f->hip_y - o->length * (f->hip_y - f->ankle_y) : 9;
	float down = f->hip_y + 0.06f - s->p[1], z0 = f->joint[J_L_HIP][2];
	float now = paint_length(s->p[0], s->p[2] - z0), wall;

	if ((s->zone != ZONE_LEG && s->zone != ZONE_TRUNK) || s->p[1] < hem ||
	    down < 0)
		return false;
	float turn = round_skirt(s, &wall), t = paint_step(0, 0.12f, down);
	/* Pleats, deeper towards the hem. */
	float wave = 1 + 0.15f * paint_step(0, 0.3f, down) * o->flare *
	    sinf(9 * s->side * turn + (float)(o->seed & 7));
	float rx = wave * (0.185f + o->flare * down);
	float rz = wave * (0.125f + o->flare * down);
	float x = rx * sinf(turn) * s->side, z = z0 + rz * cosf(turn);

	if (wall >= 0)
		z = z0 + rz * (1 - 2 * wall);
	else if (s->zone == ZONE_TRUNK && (now < 0.07f ||
	    paint_length(x, z - z0) < now))
		return true;
	p[0] += t * (x - s->p[0]);
	p[2] += t * (z - s->p[2]);
	return true;
}

enum status
drape_make(struct drape *d, struct arena *a, const struct unfold *u,
    const struct spot *spot, const struct outfit *o)
{
	const struct body *b = u->body;
	size_t n = b->mesh.n_vert;
	float (*vert)[3] = arena_alloc(a, n * sizeof *vert);
	float *hang = arena_alloc(a, n * sizeof *hang);
	bool hangs = o->top == TOP_DRESS || o->bottom == BOTTOM_SKIRT;
	struct figure f;

	if (!vert || !hang)
		return E_NOMEM;
	TRY(figure_make(&f, b));
	for (size_t i = 0; i < n; i++) {
		const struct spot *s = &spot[i];
		float t = thickness(o, &f, s), p[3];

		for (int c = 0; c < 3; c++)
			p[c] = s->p[c] + t * s->n[c];
		hang[i] = hangs && skirt(p, o, &f, s) ? 0.5f + 0.5f *
		    paint_step(0, 0.12f, fabsf(p[0])) * s->side : -1;
		for (int c = 0; c < 3; c++)
			vert[i][c] = p[c] / f.scale + f.origin[c];
	}
	*d = (struct drape){ b, (const float (*)[3])vert, hangs ? hang : NULL };
	return OK;
}

void
drape_pose(float (*out)[3], const struct drape *d,
    const float g[BODY_JOINTS][3][4])
{
	struct body b = *d->body;
	const float *l = g[J_L_HIP][0], *r = g[J_R_HIP][0], *m = g[J_PELVIS][0];

	b.mesh.vert = d->vert;
	skin_vertices(out, &b, g);
	for (size_t i = 0; i < b.mesh.n_vert && d->hang; i++) {
		const float *v = d->vert[i];
		float w = d->hang[i], t[12];

		if (w < 0)
			continue;
		/* From the hips down thighs take over from the pelvis. */
		float drop = paint_step(0.02f, -0.18f, v[1] -
		    b.joint[J_L_HIP][1]);

		for (int e = 0; e < 12; e++)
			t[e] = (1 - drop) * m[e] + drop * (w * l[e] + (1 - w) *
			    r[e]);
		for (int c = 0; c < 3; c++)
			out[i][c] = t[4 * c] * v[0] + t[4 * c + 1] * v[1] +
			    t[4 * c + 2] * v[2] + t[4 * c + 3];
	}
}
