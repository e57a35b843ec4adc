/*
 * Our body, carried onto an avatar, fitted to its outermost surface: as a hull
 * over cloth and hair, and as the body inside them.
 */
#ifndef AVATAR_HULL_H
#define AVATAR_HULL_H

#include "avatar/outer.h"

/*
 * vert: b's vertices as carry_body left them. hull: moved along their normals
 * to the outermost surface, smoothly; hands, whose fingers are the carried
 * ones, hardly. inside: moved to it where skin is bare, and below it
 * where they would stand out. Memory of the arena for scratch. E_NOMEM.
 */
MUST_CHECK enum status hull_wrap(float (*hull)[3], float (*inside)[3],
    struct arena *a, const struct outer *o, const struct body *b,
    const float (*vert)[3]);

/* Unit normals of b's vertices at `vert`, smoothed; scratch in the arena. */
MUST_CHECK enum status hull_normals(float (*normal)[3], struct arena *a,
    const struct body *b, const float (*vert)[3], int rounds);

#endif
