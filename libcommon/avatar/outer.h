/*
 * The outermost surface of an avatar: what is met first on the way from
 * outside to the body. Layers of cloth and hair lie over each other and over
 * the skin, so this is asked by rays.
 */
#ifndef AVATAR_OUTER_H
#define AVATAR_OUTER_H

#include "mesh/avatar.h"

struct outer {
	const struct avatar *avatar;
	const float (*vert)[3];		/* as it stands now, unposed */
	float (*normal)[3];		/* of each face, length 1 or 0 */
	uint8_t *part;			/* of each face */
	/* A picture of each part, about as fine as it is asked for. */
	struct tensor map[AVATAR_PARTS];
	/* Cells of a uniform grid, and the faces whose boxes touch each. */
	float lo[3], cell;
	size_t n[3];
	uint32_t *first, *face;
};

struct outer_hit {
	uint32_t face;
	float w[3];	/* weights of its corners */
	float way;	/* how far it is, metres */
};

/*
 * vert: places of v's vertices, kept by the caller. step: distance of the
 * points whose colours will be asked for, metres: finer pictures are halved
 * until their pixels are not much smaller. In memory of the arena. E_NOMEM.
 */
MUST_CHECK enum status outer_make(struct outer *o, struct arena *a,
    const struct avatar *v, const float (*vert)[3], float step);

/*
 * The first point of the surface on the way from `from` to `to` that is not
 * cut out and looks along `out` (unit): cosine of its normal at least `agree`.
 * Of parts that are cut out both sides show.
 */
bool outer_cast(struct outer_hit *h, const struct outer *o,
    const float from[3], const float to[3], const float out[3], float agree);

/* The nearest such point within `reach` of `at`. */
bool outer_near(struct outer_hit *h, const struct outer *o, const float at[3],
    float reach, const float out[3], float agree);

/* Colour and alpha, 0..255, of a point; and what it is. */
void outer_colour(float rgba[4], const struct outer *o,
    const struct outer_hit *h);
enum avatar_kind outer_kind(const struct outer *o, const struct outer_hit *h);

#endif
