/*
 * Where on a body at rest a label of DensePose lies: (I, U, V) to metres. So
 * labels can be compared, and neighbours on the picture told from neighbours
 * on the body.
 */
#ifndef FIT_PLACE_H
#define FIT_PLACE_H

#include <stdint.h>

#include "mesh/body.h"

#define PLACE_SIDE 128		/* steps of U and V */

struct places {
	/* Of part I - 1, row V, column U; beyond the chart the nearest. */
	const float (*at)[PLACE_SIDE][PLACE_SIDE][3];
};

/* Lays out b's charts, 5 MB of the arena. E_SHAPE without charts, E_NOMEM. */
MUST_CHECK enum status places_make(struct places *p, struct arena *a,
    const struct body *b);

/* iuv: part 1..24, U, V. */
const float *places_find(const struct places *p, const uint8_t iuv[3]);

#endif
