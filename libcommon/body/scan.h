/*
 * A surface as a camera sees it: the triangle in front at each sample of a
 * lattice of `fine` samples per pixel and axis, and the point of it.
 */
#ifndef BODY_SCAN_H
#define BODY_SCAN_H

#include "base/arena.h"
#include "body/camera.h"
#include "body/raster.h"

struct scan {
	size_t n_vert, n_face;
	const float (*vert)[3];		/* posed */
	const uint32_t (*face)[3];
	size_t fine;			/* odd, so that one is the pixel's centre */
	struct raster z;
	float (*p)[3];			/* projected vertices on the lattice */
	size_t x0, y0, x1, y1;	/* pixels [x0,x1) x [y0,y1) hold all of it */
};

/* The point of the surface seen at a sample. */
struct hit {
	uint32_t face;
	float w[3];		/* weights of its corners */
};

/*
 * n_vert, n_face, vert, face, fine, and of z side, there, arg and first_cut
 * are set by the caller. In memory of the arena. E_VALUE for a view that
 * cannot be drawn, E_NOMEM.
 */
MUST_CHECK enum status scan_make(struct scan *k, struct arena *a,
    const struct camera *c);

/* False where nothing is. */
bool scan_hit(struct hit *hit, const struct scan *k, size_t x, size_t y);

#endif
