/*
 * What a view of a person has in a stream, and what follows from what: surf
 * and mask from iuv, coord and seen from these, heat from pose, texheat from
 * heat and coord. As pose2heat(1) and iuv2coord(1) compute it.
 */
#ifndef MODEL_MAPS_H
#define MODEL_MAPS_H

#include "tensor/tensor.h"
#include "texture/layout.h"

/* In the order in which they are computed. */
enum map { MAP_IMAGE, MAP_IUV, MAP_POSE, MAP_SURF, MAP_MASK, MAP_COORD,
	MAP_SEEN, MAP_HEAT, MAP_TEXHEAT, MAPS };

const char *map_name(enum map m);	/* "iuv" */
enum dtype map_dtype(enum map m);
/* Of one view, pictures and textures of S x S; gives the rank, 2 or 3. */
int map_shape(size_t dim[3], enum map m, size_t S);
size_t map_bytes(enum map m, size_t S);

/*
 * Fills to[m] for each m that is wanted, those whose to[m] is not NULL: a copy
 * of have[m] where that is there, else what follows from the rest; of iuv or
 * image itself there has to be one. Without a pose all its points are
 * missing. Scratch from the arena is given back.
 */
MUST_CHECK enum status maps_derive(void *const to[MAPS],
    const void *const have[MAPS], size_t S, const struct layout *l,
    struct arena *a);

#endif
