/*
 * Several photos of the person (photos.*, texmerge(1)) in place of the one
 * source: what the image domain then looks at.
 */
#ifndef MODEL_PHOTOS_H
#define MODEL_PHOTOS_H

#include "stream/role.h"

/* Of each of n views the photo that it looks at; S x S pixels and texels. */
struct photos {
	const struct tensor *x_s;	/* u1 (n,S,S,3)	 photos.image */
	const struct tensor *p_s;	/* f4 (n,S,S,18) photos.heat */
	const struct tensor *c_s;	/* f4 (n,S,S,2)	 photos.coord */
	const struct tensor *seen_s;	/* u1 (n,S,S)	 photos.seen */
};

bool photos_has(const struct sample *s);

/*
 * For each of the role's n views the photo that shows most of its pixels, by
 * role.surf and role.mask; the first of equals. Arrays lie in the sample's
 * arena. E_SHAPE names what is missing, E_NOMEM.
 */
MUST_CHECK enum status photos_take(struct photos *to, const struct sample *s,
    enum role role, size_t n, size_t S);

#endif
