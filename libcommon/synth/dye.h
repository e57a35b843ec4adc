/*
 * Other colours for a person whose parts are known: skin, hair and garments
 * each get one change of colour, which photo and texture share.
 */
#ifndef SYNTH_DYE_H
#define SYNTH_DYE_H

#include "math/rng.h"
#include "mesh/avatar.h"

/* For each kind: rows of a matrix on colours 0..1, and what is added. */
struct dye {
	float m[AVATAR_KINDS][3][4];
};

/* All colours as they are. */
void dye_none(struct dye *r);

/*
 * mean: each kind's colour, 0..1, < 0 where a person has none of it. Skin
 * stays human and hair takes a colour of hair; garments any, also
 * such as they were never dyed in. Some kinds stay as they are. wild: any
 * colour for skin and hair, too.
 */
void dye_draw(struct dye *r, const float mean[AVATAR_KINDS][3],
    bool wild, struct rng *d);

/* rgb 0..1 of a kind, in place. */
void dye_at(float rgb[3], const struct dye *r, int kind);

/*
 * A turn of hues about the grey axis by t, with colours so much fuller and
 * lighter.
 */
void dye_turn(double m[3][3], double t, double colourful, double gain);

#endif
