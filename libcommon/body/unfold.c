#include "body/unfold.h"

#include <assert.h>
#include <math.h>

#include "body/skin.h"

/*
 * Texels of a face's corners, extrapolated from points inside the face:
 * looked up at middle + part * (corner - middle). False when the middle's
 * texel is not about the mean of them, as under an affine map it would be:
 * then the layout cuts the face.
 */
static bool
place_face(float at[3][2], const struct body *b, size_t face,
    const struct layout *l, size_t T, float part)
{
	const float (*c)[2] = b->part_uv[face];
	float mid[2], texel[2], off[2] = { 0 };

	for (int i = 0; i < 2; i++)
		mid[i] = (c[0][i] + c[1][i] + c[2][i]) / 3;
	if (!layout_texel(l, T, b->part[face], mid[0], mid[1], texel))
		return false;
	for (int k = 0; k < 3; k++) {
		if (!layout_texel(l, T, b->part[face],
		    mid[0] + part * (c[k][0] - mid[0]),
		    mid[1] + part * (c[k][1] - mid[1]), at[k]))
			return false;
		for (int i = 0; i < 2; i++) {
			at[k][i] = texel[i] + (at[k][i] - texel[i]) / part;
			off[i] += (at[k][i] - texel[i]) / 3;
		}
	}
	return hypotf(off[0], off[1]) <= (float)T / 128;
}

/*
 * Corner points on the lattice. Where the layout cuts a chart, as smpl does,
 * the texel of a corner on the cut may be on the other side of it, while
 * points inside the face are on the right side. A face that is cut even so
 * gets three equal corners, which draw nothing; its texels are grown from
 * their neighbours later.
 */
static void
place_corners(float (*corner)[3], const struct body *b, const struct layout *l,
    size_t T)
{
	for (size_t i = 0; i < b->mesh.n_face; i++) {
		float at[3][2];
		bool whole = place_face(at, b, i, l, T, 1) ||
		    place_face(at, b, i, l, T, 0.7f);

		for (int k = 0; k < 3; k++) {
			for (int c = 0; c < 2; c++)
				corner[3 * i + k][c] = whole ? at[k][c] *
				    UNFOLD_SS + (UNFOLD_SS - 1) / 2.0f : 0;
			corner[3 * i + k][2] = 1;
		}
	}
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
	    .lattice = { .w = side, .h = side,
	    .face = arena_calloc(a, n, sizeof *u->lattice.face),
	    .near = arena_calloc(a, n, sizeof *u->lattice.near) } };
	if (!normal || !corner || !face || !u->lattice.face ||
	    !u->lattice.near)
		return E_NOMEM;
	place_corners(corner, b, l, T);
	for (size_t i = 0; i < m->n_face; i++)
		for (size_t k = 0; k < 3; k++)
			face[i][k] = (uint32_t)(3 * i + k);
	skin_normals(normal, m, m->vert);
	raster_clear(&u->lattice);
	return raster_draw(&u->lattice, u->corner, 3 * m->n_face,
	    (const uint32_t (*)[3])face, m->n_face);
}

enum status
unfold_share(struct unfold *u, struct arena *a, const struct unfold *like,
    const struct body *b)
{
	float (*normal)[3] = arena_calloc(a, b->mesh.n_vert, sizeof *normal);

	if (!normal)
		return E_NOMEM;
	assert(b->mesh.n_face == like->body->mesh.n_face);
	skin_normals(normal, &b->mesh, b->mesh.vert);
	*u = *like;
	u->body = b;
	u->normal = (const float (*)[3])normal;
	u->spot = NULL;
	return OK;
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
