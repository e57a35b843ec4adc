/*
 * A sample as networks of one size see it. Where a view that they read, or the
 * texture, has another size they get a copy that is brought to theirs; the
 * sample itself keeps what it has.
 *
 * Pictures and mattes are resized as cutout(1) does it, key points with them, and
 * iuv by photo_blend_iuv; surf, mask, coord, seen, heat and texheat, those that
 * are there, are made anew of these as pose2heat(1) and iuv2coord(1) make them
 * without options; the texture as texconv(1) does it.
 */
#ifndef MODEL_RESCALE_H
#define MODEL_RESCALE_H

#include "stream/role.h"
#include "texture/layout.h"

struct rescale {
	size_t S;			/* of pictures and textures */
	const char *layout;		/* as layout_open */
	struct layout *opened;		/* once it is needed */
	struct sample seen;		/* what the networks get */
	const struct field *before;	/* of it, n of them, as made */
	size_t n;
};

/*
 * What r's networks get of s is r->seen, until the next call: it shares arena
 * and manifest with s, and all fields but those of another size. roles: bits
 * 1 << ROLE_SOURCE, ..., of the views that are read; the texture belongs to the
 * source. E_SHAPE for pictures that are not square, for fields that do not
 * agree with each other, and where what a field is made of is missing.
 */
MUST_CHECK enum status rescale_begin(struct rescale *r, const struct sample *s,
    unsigned roles);

/*
 * What was written to r->seen since goes to s, and what was dropped there is
 * dropped; role.gen is brought to the size of the role's pictures.
 */
MUST_CHECK enum status rescale_end(struct sample *s, const struct rescale *r);

/* Also what is all zero. */
void rescale_close(struct rescale *r);

#endif
