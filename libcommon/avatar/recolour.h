/*
 * An avatar in other colours and cloths: what it wears keeps its shading, folds
 * and seams, and takes the colour of a dye, a cloth of a swatch, or a drawn
 * print; hair gets another colour, and skin another tone.
 */
#ifndef AVATAR_RECOLOUR_H
#define AVATAR_RECOLOUR_H

#include "math/rng.h"
#include "mesh/avatar.h"

/*
 * Changes the maps of v, each kind in one way over all parts, as the seed of d
 * has it; one garment in five is left as it is. fabric: n_fabric pictures u1 (h,w,3), which
 * are repeated mirrored, so that they need not join.
 */
void recolour_avatar(struct avatar *v, const struct tensor *fabric,
    size_t n_fabric, struct rng *d);

#endif
