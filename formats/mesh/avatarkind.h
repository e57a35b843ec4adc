/*
 * What the texels of a picture show where skin, hair and clothes are one mesh
 * with one picture: told by colour and by the place on the body.
 */
#ifndef MESH_AVATARKIND_H
#define MESH_AVATARKIND_H

#include "mesh/avatar.h"

/*
 * Makes p->kinds, u1 (h,w) enum avatar_kind, of a part of v whose map is
 * read; AVATAR_NONE where no face of p lies. Joints, weights and eyes of v
 * must be there. eyes[i]: vertex i is an eye's. E_NOMEM.
 *
 * Skin is what is near the colour of the cheeks or of the hands, hair what
 * on the head is nearer to the colour of its crown, shoes are on the feet, and
 * top and bottom part near the hips, where the colour does.
 */
MUST_CHECK enum status avatar_find_kinds(const struct avatar *v,
    struct avatar_part *p, const bool *eyes, struct arena *a);

/*
 * The same for a part that is clothes alone: top, bottom, and shoes where it
 * reaches below the ankles.
 */
MUST_CHECK enum status avatar_find_garments(const struct avatar *v,
    struct avatar_part *p, struct arena *a);

#endif
