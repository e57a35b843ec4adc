/*
 * A floor to stand on, for pictures to look at: the background of a rendering
 * goes on below the feet, a little lighter around them, with the body's soft
 * shadow. It changes no label.
 */
#ifndef BODY_GROUND_H
#define BODY_GROUND_H

#include "base/arena.h"
#include "body/camera.h"
#include "mesh/mesh.h"

struct ground {
	const float (*back)[3];		/* background, top and bottom, 0..255 */
	float floor;			/* y of it, metres */
	const struct mesh *mesh;
	const float (*vert)[3];		/* its vertices, posed */
};

/*
 * The background seen by a camera, out: (c->h,c->w,3) sRGB. scratch is left as
 * it was. E_NOMEM.
 */
MUST_CHECK enum status ground_draw(uint8_t *out, const struct ground *g,
    const struct camera *c, struct arena *scratch);

#endif
