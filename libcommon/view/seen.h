/*
 * Where a texel comes from: the codes of role.seen and texture.seen,
 * fields(7).
 */
#ifndef VIEW_SEEN_H
#define VIEW_SEEN_H

#include <stdbool.h>
#include <stdint.h>

enum seen {
	SEEN_NOT,		/* nowhere: filled from its neighbours, or 0 */
	SEEN_YES,		/* the photo shows it */
	SEEN_DILATED,		/* it is beside one that the photo shows */
	SEEN_MIRROR,		/* the photo shows the other side of the body */
	SEEN_INPAINT,		/* inpaint(1): texture.seen only */
	SEEN_TEXGEN		/* texgen(1): the same */
};

/* The colour of each code in pictures, 0..1: ts2img(1). */
extern const float seen_colour[SEEN_TEXGEN + 1][3];

/*
 * Whether role.coord of this texel is a place where the texel itself is to be
 * seen. A mirrored one points to another place on the body.
 */
static inline bool
seen_itself(uint8_t code)
{
	return code == SEEN_YES || code == SEEN_DILATED;
}

#endif
