/*
 * A texture from one layout, or size, to another: each texel's surface point
 * is looked up in the new layout and read in the old.
 */
#ifndef TEXTURE_CONVERT_H
#define TEXTURE_CONVERT_H

#include "texture/layout.h"

struct convert_side {
	const struct layout *layout;
	size_t T;
};

/*
 * texture [to.T][to.T][3] from src [from.T][from.T][3]. Bilinear within the
 * charts of the old layout, never across them; the mean of several places
 * where a new texel is larger than an old one. Outside the new charts a
 * gutter of four rings, then 0. Scratch from the arena is given back.
 */
MUST_CHECK enum status convert_texture(float *texture, struct convert_side to,
    const float *src, struct convert_side from, struct arena *a);

/*
 * Codes: seen [to.T][to.T] is that of the nearest old texel in the chart, 0
 * off the charts. scratch: from.T * from.T bytes.
 */
void convert_seen(uint8_t *seen, struct convert_side to, const uint8_t *src,
    struct convert_side from, uint8_t *scratch);

#endif
