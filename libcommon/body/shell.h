/*
 * A body with its texture as other programs want it: one place on the
 * texture for each vertex. A vertex where charts meet becomes one vertex for
 * each of them, all with the same normal, so that the seam does not show.
 */
#ifndef BODY_SHELL_H
#define BODY_SHELL_H

#include "body/clip.h"
#include "mesh/surface.h"
#include "texture/layout.h"

/*
 * Fills the mesh of s, and its skeleton where `rig` and b has one, in memory
 * of the arena. pose: BODY_JOINTS turns as skin_transforms, or NULL, as
 * modelled; with a skeleton the joints hold it, without the vertices do.
 * place: where the pelvis is then, or NULL, as modelled.
 * l: where the body's charts lie on a T x T map; NULL: the mesh's own
 * coordinates. Faces of which l does not know a corner are left out. E_SHAPE
 * where the body has no coordinates, or a pose and no skeleton; E_NOMEM.
 */
MUST_CHECK enum status shell_make(struct surface *s, struct arena *a,
    const struct body *b, const struct layout *l, size_t T,
    const float (*pose)[3], const float *place, bool rig);

/*
 * A clip of the skeleton that shell_make made, in memory of the arena; its name is
 * kept. c->rate must be known. E_NOMEM.
 */
MUST_CHECK enum status shell_clip(struct surface_clip *out, struct arena *a,
    const char *name, const struct clip *c);

#endif
