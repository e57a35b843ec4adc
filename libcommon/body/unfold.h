/*
 * A body's surface laid out on its texture map: which point of the body each
 * texel shows. What is painted as a function of that point is without seams,
 * however the charts cut the body.
 */
#ifndef BODY_UNFOLD_H
#define BODY_UNFOLD_H

#include "body/raster.h"
#include "mesh/body.h"
#include "texture/layout.h"

#define UNFOLD_SS 2	/* samples per texel and axis */

struct unfold {
	const struct body *body;
	size_t T;
	const float (*normal)[3];	/* at rest, per vertex */
	/* Samples of the map, UNFOLD_SS * T per side, and corners on them. */
	struct raster lattice;
	const float (*corner)[3];	/* 3 per face */
	/* Of each sample on a chart, texel by texel; NULL: see figure_spots. */
	const struct spot *spot;
};

/* A point of the body at rest. */
struct unfold_point {
	float at[3], normal[3];
	int part;
};

/*
 * Lays b out for T x T texels of a layout, in memory of the arena: 8 bytes
 * for each of 4 T T samples, 60 for each face. E_SHAPE for a body without
 * charts, E_NOMEM.
 */
MUST_CHECK enum status unfold_make(struct unfold *u, struct arena *a,
    const struct body *b, const struct layout *l, size_t T);

/*
 * The same for another body of the same faces and charts, such as one of
 * another shape: only its normals are new memory. E_NOMEM.
 */
MUST_CHECK enum status unfold_share(struct unfold *u, struct arena *a,
    const struct unfold *like, const struct body *b);

/* The point at sample (x, y) of the lattice; false off the charts. */
bool unfold_point(struct unfold_point *p, const struct unfold *u, size_t x,
    size_t y);

#endif
