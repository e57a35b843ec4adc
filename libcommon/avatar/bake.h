/*
 * The avatar's colours on the texture map of our body: each texel is the mean of
 * what is outermost over it.
 */
#ifndef AVATAR_BAKE_H
#define AVATAR_BAKE_H

#include "avatar/outer.h"
#include "texture/layout.h"

struct bake {
	size_t T;
	uint8_t *texture;	/* (T,T,3) sRGB, gutters filled */
	uint8_t *valid;		/* (T,T) 1 where a surface was found */
	uint8_t *kind;		/* (T,T) enum avatar_kind */
};

/*
 * Fills what k points to, the caller's. b: our body with its vertices on the
 * hull. The arena gives scratch. E_SHAPE for a body without charts; E_VALUE
 * where less than half of the texels on charts find a surface; E_NOMEM.
 */
MUST_CHECK enum status bake_make(const struct bake *k, struct arena *a,
    const struct outer *o, const struct body *b, const struct layout *l);

/* Distance of samples for T x T texels of an average person, metres. */
float bake_step(size_t T);

#endif
