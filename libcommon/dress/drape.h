/*
 * Clothes and hair have a thickness, and a skirt hangs round both legs: the
 * surface of a dressed person, from a body and an outfit. Vertices move, the
 * charts stay, so textures and labels go with them.
 */
#ifndef DRESS_DRAPE_H
#define DRESS_DRAPE_H

#include "dress/outfit.h"

struct drape {
	const struct body *body;
	const float (*vert)[3];		/* at rest, dressed */
	/*
	 * Per vertex: for those of a skirt, which follow both thighs, the
	 * weight of the left one, 0..1; < 0 for all others, which are skinned
	 * as the body is. NULL without a skirt.
	 */
	const float *hang;
};

/* The spots of b's vertices, for drape_make, in the arena; NULL: E_NOMEM. */
MUST_CHECK enum status drape_spots(const struct spot **spot, struct arena *a,
    const struct unfold *u);

/* spot: drape_spots of u. Memory of the arena. E_NOMEM, as figure_make. */
MUST_CHECK enum status drape_make(struct drape *d, struct arena *a,
    const struct unfold *u, const struct spot *spot, const struct outfit *o);

/*
 * Angle round a skirt, 0 in front and pi behind, from that round a leg: 0 in
 * front, pi / 2 outside. Each half of the skirt is a leg's ring opened at its
 * inner side: 300 degrees of the ring become the outside of the skirt, the
 * inner 60 degrees a wall in the middle, where the two halves meet. *wall: the
 * place along that wall from the front, 0..1, or < 0 on the outside.
 */
float drape_round(float turn, float *wall);

/*
 * The dressed body posed: g as skin_transforms gives it, out (n_vert,3).
 */
void drape_pose(float (*out)[3], const struct drape *d,
    const float g[BODY_JOINTS][3][4]);

#endif
