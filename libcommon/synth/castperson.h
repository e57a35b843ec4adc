/*
 * Who is seen: a person of the cast, as a sample's random numbers have it. A
 * body in drawn clothes or in somebody's texture, or an avatar; perhaps in
 * other colours, or in a texture that nobody wears.
 */
#ifndef SYNTH_CASTPERSON_H
#define SYNTH_CASTPERSON_H

#include "synth/dye.h"
#include "synth/synth.h"

struct castperson {
	char name[64];
	const struct cast_body *body;
	struct drape drape;
	const float *texture;
	const uint8_t *valid;		/* 1 where the texture shows the body */
	/* Only avatars. */
	const struct cast_avatar *avatar;
	const uint8_t *kind;		/* of each texel */
	struct dye colours;	/* that it has now */
	const struct body *labelled;	/* its inside or hull */
};

/* Arrays in the arena, or the cast's. E_NOMEM. */
MUST_CHECK enum status castperson_draw(struct castperson *p,
    const struct synth *o, struct rng *d, struct arena *a);

/* A body in clothes, no texture: somebody whose pose and shape are wanted. */
MUST_CHECK enum status castperson_shape(struct castperson *p,
    const struct cast *c, uint32_t seed, struct arena *a);

/* true.texture, true.valid and, of an avatar, true.kind: synth_sample. */
MUST_CHECK enum status castperson_truth(struct sample *s,
    const struct castperson *p, const struct cast *c);

#endif
