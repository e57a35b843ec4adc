/*
 * Where the body continues from one chart to another: the front of a shirt
 * meets its back at the side, a sleeve its cuff at the elbow. Filling needs
 * it, so that a chart nobody saw takes its colours from its neighbours.
 */
#ifndef TEXTURE_SEAM_H
#define TEXTURE_SEAM_H

#include "texture/layout.h"

/* Two texels (y * T + x) that are neighbours on the body, not on the map. */
struct seam_link {
	uint32_t a, b;
};

/*
 * All links of a T x T map, in the arena. chart as layout_charts gives it.
 * Besides the seams between DensePose's charts these are the places where
 * the layout itself cuts a chart. E_NOMEM.
 */
MUST_CHECK enum status seam_links(struct seam_link **link, size_t *n,
    struct arena *a, const struct layout *l, const uint8_t *chart, size_t T);

/* Whether two different parts adjoin on the body. */
bool seam_adjoin(int p, int q);

/*
 * How far two places, uv[2] of part p and of part q, each in 0..255, lie from
 * one place of the seam between these parts: the larger of the two
 * distances. INFINITY where the parts do not adjoin.
 */
float seam_gap(int p, const uint8_t *uv, int q, const uint8_t *uv_q);

#endif
