#include "model/maps.h"

#include <math.h>
#include <string.h>

#include "pose/heat.h"
#include "texture/coord.h"

#define SIGMA_256 6.0f		/* of heat maps, in the 256 grid: pose2heat */

static const struct {
	const char *name;
	enum dtype dtype;
	size_t last;		/* channels; 0: no such axis */
} kind[MAPS] = {
	[MAP_IMAGE] = { "image", DT_U1, 3 },
	[MAP_IUV] = { "iuv", DT_U1, 3 },
	[MAP_POSE] = { "pose", DT_F4, 0 },	/* (18,3) */
	[MAP_SURF] = { "surf", DT_F4, 2 },
	[MAP_MASK] = { "mask", DT_U1, 0 },
	[MAP_COORD] = { "coord", DT_F4, 2 },
	[MAP_SEEN] = { "seen", DT_U1, 0 },
	[MAP_HEAT] = { "heat", DT_F4, HEAT_JOINTS },
	[MAP_TEXHEAT] = { "texheat", DT_F4, HEAT_JOINTS },
};

const char *
map_name(enum map m)
{
	return kind[m].name;
}

enum dtype
map_dtype(enum map m)
{
	return kind[m].dtype;
}

int
map_shape(size_t dim[3], enum map m, size_t S)
{
	dim[0] = m == MAP_POSE ? HEAT_JOINTS : S;
	dim[1] = m == MAP_POSE ? 3 : S;
	dim[2] = kind[m].last;
	return kind[m].last ? 3 : 2;
}

size_t
map_bytes(enum map m, size_t S)
{
	size_t dim[3];
	int rank = map_shape(dim, m, S);

	return dtype_size(kind[m].dtype) * dim[0] * dim[1] *
	    (rank == 3 ? dim[2] : 1);
}

static void
no_points(float *pose)
{
	for (size_t i = 0; i < HEAT_JOINTS; i++) {
		pose[3 * i] = pose[3 * i + 1] = NAN;
		pose[3 * i + 2] = 0;
	}
}

enum status
maps_derive(void *const to[MAPS], const void *const have[MAPS], size_t S,
    const struct layout *l, struct arena *a)
{
	void *map[MAPS];
	size_t mark = arena_mark(a);

	for (enum map m = 0; m < MAPS; m++) {
		map[m] = to[m] ? to[m] : arena_alloc(a, map_bytes(m, S));
		if (!map[m])
			return E_NOMEM;
		if (have[m] && have[m] != map[m])
			memcpy(map[m], have[m], map_bytes(m, S));
	}
	float *scratch = arena_alloc(a, (S * S + 36 * S) * sizeof *scratch);

	if (!scratch)
		return E_NOMEM;
	if (!have[MAP_POSE])
		no_points(map[MAP_POSE]);
	bool texheat = to[MAP_TEXHEAT] && !have[MAP_TEXHEAT];
	bool heat = (to[MAP_HEAT] || texheat) && !have[MAP_HEAT];
	bool coord = (to[MAP_COORD] || to[MAP_SEEN] || texheat) &&
	    !(have[MAP_COORD] && have[MAP_SEEN]);
	bool surf = (to[MAP_SURF] || to[MAP_MASK] || coord) &&
	    !(have[MAP_SURF] && have[MAP_MASK]);

	if (heat)
		TRY(heat_draw(map[MAP_HEAT], map[MAP_POSE], S, S,
		    SIGMA_256 * (float)S / 256, false, scratch));
	if (surf)
		TRY(coord_surf(map[MAP_SURF], map[MAP_MASK], map[MAP_IUV], S, S,
		    l, S));
	if (coord)
		coord_draw(map[MAP_COORD], map[MAP_SEEN], map[MAP_IUV],
		    map[MAP_SURF], S, S, S, scratch);
	if (texheat)
		coord_sample(map[MAP_TEXHEAT], map[MAP_HEAT], S, S, HEAT_JOINTS,
		    map[MAP_COORD], map[MAP_SEEN], S);
	arena_pop(a, mark);
	return OK;
}
