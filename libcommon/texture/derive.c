#include "texture/derive.h"

#include <string.h>

#include "texture/coord.h"
#include "view/heat.h"

#define SIGMA_256 6.0f		/* of heat maps, in the 256 grid: pose2heat */

enum status
derive_maps(void *const to[VIEW_MAPS], const void *const have[VIEW_MAPS],
    size_t S, const struct layout *l, struct arena *a)
{
	void *map[VIEW_MAPS];
	size_t mark = arena_mark(a);

	for (enum view_field m = 0; m < VIEW_MAPS; m++) {
		const size_t bytes = view_bytes(m, view_square(S));

		map[m] = to[m] ? to[m] : arena_alloc(a, bytes);
		if (!map[m])
			return E_NOMEM;
		if (have[m] && have[m] != map[m])
			memcpy(map[m], have[m], bytes);
	}
	float *scratch = arena_alloc(a, (S * S + 2 * POSE_POINTS * S) *
	    sizeof *scratch);

	if (!scratch)
		return E_NOMEM;
	if (!have[VIEW_POSE])
		heat_no_points(map[VIEW_POSE], 1);
	bool texheat = to[VIEW_TEXHEAT] && !have[VIEW_TEXHEAT];
	bool heat = (to[VIEW_HEAT] || texheat) && !have[VIEW_HEAT];
	bool coord = (to[VIEW_COORD] || to[VIEW_SEEN] || texheat) &&
	    !(have[VIEW_COORD] && have[VIEW_SEEN]);
	bool surf = (to[VIEW_SURF] || to[VIEW_MASK] || coord) &&
	    !(have[VIEW_SURF] && have[VIEW_MASK]);

	if (heat)
		TRY(heat_draw(map[VIEW_HEAT], map[VIEW_POSE], S, S,
		    SIGMA_256 * (float)S / 256, false, scratch));
	if (surf)
		TRY(coord_surf(map[VIEW_SURF], map[VIEW_MASK], map[VIEW_IUV],
		    S, S, l, S));
	if (coord)
		coord_draw(map[VIEW_COORD], map[VIEW_SEEN], map[VIEW_IUV],
		    map[VIEW_SURF], S, S, S, scratch);
	if (texheat)
		coord_sample(map[VIEW_TEXHEAT], map[VIEW_HEAT], S, S,
		    POSE_POINTS, map[VIEW_COORD], map[VIEW_SEEN], S);
	arena_pop(a, mark);
	return OK;
}
