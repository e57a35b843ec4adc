#include "body/ground.h"

#include <math.h>
#include <stdbool.h>

#include "math/vec3f.h"

#define CELLS 192		/* side of the map of the shadow */
#define CELL 0.018f		/* metres */
#define LAYERS 4
#define POOL 1.5f		/* metres that the lighter floor reaches */
#define LIGHTER 0.07f

/*
 * The lamp is wide and stands high: what is near the floor has a sharp, dark shadow,
 * what is high above it a pale one without edges. So the body is cut by height.
 */
static const struct layer {
	float below;		/* metres above the floor */
	float blur;		/* metres */
	float strength;
} layers[LAYERS] = { { 0.05f, 0.022f, 0.56f }, { 0.22f, 0.06f, 0.40f },
	{ 0.70f, 0.13f, 0.32f }, { INFINITY, 0.22f, 0.26f } };

/* How far the shadow of a point goes to the right and away, per metre of height. */
static const float lean[2] = { 0.14f, 0.10f };

struct map {
	float corner[2];		/* x, z of cell 0 */
	float (*cover)[CELLS * CELLS];	/* LAYERS of them, 0..1 */
	float *scratch;			/* CELLS x CELLS */
};

/* x or z to cells. */
static float
cell_of(const struct map *m, int axis, float x)
{
	return (x - m->corner[axis]) / CELL - 0.5f;
}

/* Adds `area` around a point, in four cells. */
static void
drop(struct map *m, int layer, float x, float z, float area)
{
	float u = cell_of(m, 0, x), v = cell_of(m, 1, z);
	int i = (int)floorf(u), j = (int)floorf(v);
	float fu = u - (float)i, fv = v - (float)j;

	if (i < 0 || j < 0 || i + 1 >= CELLS || j + 1 >= CELLS)
		return;
	float *c = m->cover[layer] + j * CELLS + i;

	c[0] += area * (1 - fu) * (1 - fv);
	c[1] += area * fu * (1 - fv);
	c[CELLS] += area * (1 - fu) * fv;
	c[CELLS + 1] += area * fu * fv;
}

/*
 * Every triangle leaves half of what it covers seen from above, since a ray
 * passes a closed surface twice.
 */
static void
drop_body(struct map *m, const struct ground *g, const float right[2],
    const float away[2])
{
	for (size_t f = 0; f < g->mesh->n_face; f++) {
		const uint32_t *k = g->mesh->face[f];
		const float *a = g->vert[k[0]], *b = g->vert[k[1]],
		    *c = g->vert[k[2]];
		float n[3], h = (a[1] + b[1] + c[1]) / 3 - g->floor;
		int layer = 0;

		while (h >= layers[layer].below)
			layer++;
		vec3f_normal(n, a, b, c);
		drop(m, layer, (a[0] + b[0] + c[0]) / 3 +
		    h * (lean[0] * right[0] + lean[1] * away[0]),
		    (a[2] + b[2] + c[2]) / 3 +
		    h * (lean[0] * right[1] + lean[1] * away[1]),
		    fabsf(n[1]) / 4 / (CELL * CELL));
	}
}

/* Means over 2 r + 1 cells along a row of cells that lie `step` apart. */
static void
smear(float *out, const float *in, int step, int r)
{
	double sum = 0;

	for (int i = -r; i < CELLS; i++) {
		if (i + r < CELLS)
			sum += (double)in[(i + r) * step];
		if (i - r > 0)
			sum -= (double)in[(i - r - 1) * step];
		if (i >= 0)
			out[i * step] = (float)(sum / (2 * r + 1));
	}
}

/* Three means are nearly a Gaussian. */
static void
soften(float *cover, float *scratch, float sigma)
{
	int r = (int)lrintf(sigma / CELL);

	for (size_t i = 0; i < CELLS * CELLS; i++)
		cover[i] = fminf(cover[i], 1);
	for (int pass = 0; pass < 3 && r > 0; pass++) {
		for (int i = 0; i < CELLS; i++)
			smear(scratch + i * CELLS, cover + i * CELLS, 1, r);
		for (int i = 0; i < CELLS; i++)
			smear(cover + i, scratch + i, CELLS, r);
	}
}

/* The light that is left at a point of the floor, 0..1. */
static float
light_at(const struct map *m, float x, float z)
{
	float u = cell_of(m, 0, x), v = cell_of(m, 1, z), left = 1;
	int i = (int)floorf(u), j = (int)floorf(v);
	float fu = u - (float)i, fv = v - (float)j;

	if (i < 0 || j < 0 || i + 1 >= CELLS || j + 1 >= CELLS)
		return 1;
	for (int k = 0; k < LAYERS; k++) {
		const float *c = m->cover[k] + j * CELLS + i;
		float x0 = c[0] + fu * (c[1] - c[0]);
		float x1 = c[CELLS] + fu * (c[CELLS + 1] - c[CELLS]);

		left *= 1 - layers[k].strength * (x0 + fv * (x1 - x0));
	}
	return left;
}

/* The middle of the body on the floor, on whole cells, so that nothing swims. */
static void
middle(float at[2], const struct ground *g)
{
	for (int e = 0; e < 2; e++) {
		float lo = INFINITY, hi = -INFINITY;

		for (size_t i = 0; i < g->mesh->n_vert; i++) {
			lo = fminf(lo, g->vert[i][2 * e]);
			hi = fmaxf(hi, g->vert[i][2 * e]);
		}
		at[e] = rintf((lo + hi) / 2 / CELL) * CELL;
	}
}

struct eye {
	float at[3];
	const struct camera *c;
};

/* Where the ray of a pixel meets the floor; false above the horizon. */
static bool
on_floor(float xz[2], const struct eye *e, float floor_, size_t x, size_t y)
{
	const struct camera *c = e->c;
	double q[3] = { ((double)x - c->cx) / c->focal,
		((double)y - c->cy) / c->focal, 1 }, d[3];

	for (int i = 0; i < 3; i++)
		d[i] = c->rot[0][i] * q[0] + c->rot[1][i] * q[1] +
		    c->rot[2][i] * q[2];
	double s = ((double)floor_ - (double)e->at[1]) / d[1];

	if (!(s > 0 && s < 1e3))
		return false;
	xz[0] = (float)((double)e->at[0] + s * d[0]);
	xz[1] = (float)((double)e->at[2] + s * d[2]);
	return true;
}

static void
paint(uint8_t *out, const struct ground *g, const struct camera *c,
    const struct map *m, const float mid[2])
{
	struct eye e = { .c = c };

	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			e.at[i] -= (float)(c->rot[j][i] * c->t[j]);
	for (size_t y = 0; y < c->h; y++) {
		float t = c->h > 1 ? (float)y / (float)(c->h - 1) : 0;

		for (size_t x = 0; x < c->w; x++) {
			float xz[2], light = 1;
			uint8_t *p = out + 3 * (y * c->w + x);

			if (on_floor(xz, &e, g->floor, x, y)) {
				float dx = xz[0] - mid[0], dz = xz[1] - mid[1];

				light = (1 + LIGHTER * expf(-(dx * dx +
				    dz * dz) / (POOL * POOL))) *
				    light_at(m, xz[0], xz[1]);
			}
			for (int i = 0; i < 3; i++)
				p[i] = (uint8_t)fminf(light * (g->back[0][i] +
				    t * (g->back[1][i] - g->back[0][i])) + 0.5f,
				    255);
		}
	}
}

/* A direction of the camera along the floor; its length is not 0 at |pitch| < 90. */
static void
along_floor(float out[2], const double v[3])
{
	double n = hypot(v[0], v[2]);

	out[0] = (float)(v[0] / n);
	out[1] = (float)(v[2] / n);
}

enum status
ground_draw(uint8_t *out, const struct ground *g, const struct camera *c,
    struct arena *scratch)
{
	size_t mark = arena_mark(scratch);
	struct map m = {
		.cover = arena_calloc(scratch, LAYERS, sizeof *m.cover),
		.scratch = arena_alloc(scratch, sizeof *m.cover),
	};
	float mid[2], right[2], away[2];

	if (!m.cover || !m.scratch) {
		arena_pop(scratch, mark);
		return E_NOMEM;
	}
	middle(mid, g);
	along_floor(right, c->rot[0]);
	along_floor(away, c->rot[2]);
	for (int e = 0; e < 2; e++)
		m.corner[e] = mid[e] - CELLS / 2 * CELL;
	drop_body(&m, g, right, away);
	for (int k = 0; k < LAYERS; k++)
		soften(m.cover[k], m.scratch, layers[k].blur);
	paint(out, g, c, &m, mid);
	arena_pop(scratch, mark);
	return OK;
}
