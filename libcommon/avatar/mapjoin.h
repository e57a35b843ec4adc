/*
 * The pictures of all parts of an avatar on one map, side by side, with what
 * each texel of it is.
 */
#ifndef AVATAR_MAPJOIN_H
#define AVATAR_MAPJOIN_H

#include "mesh/avatar.h"

struct mapjoin {
	size_t h, w;
	uint8_t *image;		/* (h,w,4) */
	uint8_t *kind;		/* (h,w) as struct worn has it */
	float (*uv)[3][2];	/* per corner, on the map */
};

/*
 * side: of each picture on the map; parts that share one share its place.
 * In memory of the arena. E_NOMEM.
 */
MUST_CHECK enum status mapjoin_make(struct mapjoin *m, struct arena *a,
    const struct avatar *v, size_t side);

#endif
