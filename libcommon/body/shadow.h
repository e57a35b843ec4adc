/*
 * What a far lamp cannot see of a body: a picture of depths from the lamp's
 * side, without perspective, with which points of the surface are compared.
 * For closed surfaces, whose triangles all run the same way seen from outside.
 */
#ifndef BODY_SHADOW_H
#define BODY_SHADOW_H

#include "base/arena.h"
#include "body/raster.h"

struct shadow {
	struct raster z;	/* as the lamp sees it; 1..2, nearer is more */
	float axis[3][3];	/* right, down, and towards the lamp; unit */
	float off[3], scale, depth;
};

/*
 * lamp: unit vector towards it; the surface: n_vert vertices and n_face
 * triangles. In memory of the arena, 130 KB and 12 bytes a vertex. E_NOMEM,
 * E_VALUE as raster_draw.
 */
MUST_CHECK enum status shadow_make(struct shadow *s, struct arena *a,
    const float (*vert)[3], size_t n_vert, const uint32_t (*face)[3],
    size_t n_face, const float lamp[3]);

/* How much of the lamp a point p of the surface sees, 0..1; n: its normal. */
float shadow_light(const struct shadow *s, const float p[3], const float n[3]);

#endif
