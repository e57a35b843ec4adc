/*
 * What follows from what among the fields of a view: surf and mask from iuv,
 * coord and seen from these, heat from pose, texheat from heat and coord. As
 * pose2heat(1) and iuv2coord(1) compute it without options.
 */
#ifndef TEXTURE_DERIVE_H
#define TEXTURE_DERIVE_H

#include "texture/layout.h"
#include "view/fields.h"

/*
 * Fills to[f] for each map that is wanted, those whose to[f] is not NULL: a
 * copy of have[f] where that is there, else what follows from the rest; of
 * iuv or image itself there has to be one. Without a pose all its points are
 * missing. One view, pictures and texture of S x S. Scratch from the arena is
 * given back.
 */
MUST_CHECK enum status derive_maps(void *const to[VIEW_MAPS],
    const void *const have[VIEW_MAPS], size_t S, const struct layout *l,
    struct arena *a);

#endif
