/*
 * A body with its texture as other programs want it: one place on the
 * texture for each vertex. A vertex where charts meet becomes one vertex for
 * each of them, all with the same normal, so that the seam does not show.
 */
#ifndef BODY_SHELL_H
#define BODY_SHELL_H

#include "mesh/body.h"
#include "mesh/surface.h"
#include "texture/layout.h"

/*
 * Fills the mesh of s, and its skeleton where `rig` and b has one, in memory
 * of the arena. pose: BODY_JOINTS turns as skin_transforms, or NULL, as
 * modelled; with a skeleton the joints hold it, without the vertices do.
 * l: where the body's charts lie on a T x T map; NULL: the mesh's own
 * coordinates. Faces of which l does not know a corner are left out. E_SHAPE
 * where the body has no coordinates, or a pose and no skeleton; E_NOMEM.
 */
MUST_CHECK enum status shell_make(struct surface *s, struct arena *a,
    const struct body *b, const struct layout *l, size_t T,
    const float (*pose)[3], bool rig);

#endif
