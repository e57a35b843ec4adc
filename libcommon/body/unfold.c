#include "body/unfold.h"

#include "body/skin.h"

static enum status
place_corners(float (*corner)[3], const struct body *b, const struct layout *l,
    size_t T)
{
	for (size_t i = 0; i < b->mesh.n_face; i++)
		for (int k = 0; k < 3; k++) {
			float *p = corner[3 * i + k];

			if (!layout_texel(l, T, b->part[i],
			    b->part_uv[i][k][0], b->part_uv[i][k][1], p))
				return fail(E_VALUE, "the layout has no place "
				    "for part %d at (%g, %g)", b->part[i],
				    b->part_uv[i][k][0], b->part_uv[i][k][1]);
			for (int c = 0; c < 2; c++)
				p[c] = p[c] * UNFOLD_SS + (UNFOLD_SS - 1) / 2;
			p[2] = 1;
		}
	return OK;
}

enum status
unfold_make(struct unfold *u, struct arena *a, const struct body *b,
    const struct layout *l, size_t T)
{
	size_t side = T * UNFOLD_SS, n;
	const struct mesh *m = &b->mesh;

	if (!b->part)
		return fail(E_SHAPE, "the body has no DensePose charts");
	TRY(size_mul(&n, side, side));
	float (*normal)[3] = arena_calloc(a, m->n_vert, sizeof *normal);
	float (*corner)[3] = arena_calloc(a, m->n_face, 3 * sizeof *corner);
	uint32_t (*face)[3] = arena_calloc(a, m->n_face, sizeof *face);

	*u = (struct unfold){ .body = b, .T = T,
	    .normal = (const float (*)[3])normal,
	    .corner = (const float (*)[3])corner,
	    .lattice = { side, side,
	    arena_calloc(a, n, sizeof *u->lattice.face),
	    arena_calloc(a, n, sizeof *u->lattice.near) } };
	if (!normal || !corner || !face || !u->lattice.face ||
	    !u->lattice.near)
		return E_NOMEM;
	TRY(place_corners(corner, b, l, T));
	for (size_t i = 0; i < m->n_face; i++)
		for (size_t k = 0; k < 3; k++)
			face[i][k] = (uint32_t)(3 * i + k);
	skin_normals(normal, m, m->vert);
	raster_clear(&u->lattice);
	return raster_draw(&u->lattice, u->corner, 3 * m->n_face,
	    (const uint32_t (*)[3])face, m->n_face);
}

bool
unfold_point(struct unfold_point *p, const struct unfold *u, size_t x,
    size_t y)
{
	uint32_t f = u->lattice.face[y * u->lattice.w + x];

	if (f == RASTER_NONE)
		return false;
	const float (*c)[3] = u->corner + 3 * (size_t)f;
	const uint32_t *v = u->body->mesh.face[f];
	float w[3];

	raster_weights(w, c[0], c[1], c[2], (float)x, (float)y);
	for (int i = 0; i < 3; i++) {
		p->at[i] = p->normal[i] = 0;
		for (int k = 0; k < 3; k++) {
			p->at[i] += w[k] * u->body->mesh.vert[v[k]][i];
			p->normal[i] += w[k] * u->normal[v[k]][i];
		}
	}
	p->part = u->body->part[f];
	return true;
}
