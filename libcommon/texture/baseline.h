/*
 * A texture without a network: the photo's pixels where the body is seen,
 * the other side of the body where that is seen, and a smooth fill over the
 * body's surface for the rest. The baseline that networks have to beat.
 */
#ifndef TEXTURE_BASELINE_H
#define TEXTURE_BASELINE_H

#include "texture/layout.h"

enum baseline_fill { BASELINE_NONE, BASELINE_MEAN, BASELINE_HARMONIC };

struct baseline_options {
	int fill;		/* enum baseline_fill */
	bool mirror;
	float erode;		/* pixels at the silhouette not to be trusted */
};

/* Those of unwrap(1) for a picture whose longer side is `side` pixels. */
struct baseline_options baseline_defaults(size_t side);

/* What depends on the layout and T alone; made once, read-only. */
struct baseline_plan;

MUST_CHECK enum status baseline_plan_make(struct baseline_plan **p,
    struct arena *a, const struct layout *l, size_t T);

/* The photo and what iuv2coord made of it. */
struct baseline_input {
	size_t h, w;
	const uint8_t *image;	/* [h][w][3] */
	const uint8_t *iuv;	/* [h][w][3] */
	const float *coord;	/* [T][T][2] */
	const uint8_t *seen;	/* [T][T]; mirror codes count as not seen */
};

/*
 * texture [T][T][3] in [-1,1] and seen [T][T]: SEEN_YES or SEEN_DILATED where
 * the photo was read, SEEN_MIRROR, SEEN_NOT where filled. Pixels nearer than
 * `erode` to the background, or to a part that hides this one, carry foreign
 * colour: they are a faint hint to the harmonic fill and nothing else.
 * Texels outside the charts are a gutter of four rings, then 0; texels of
 * charts are 0 with BASELINE_NONE. E_VALUE when no pixel can be used. Scratch
 * from the arena is given back.
 */
MUST_CHECK enum status baseline_texture(float *texture, uint8_t *seen,
    const struct baseline_input *in, const struct baseline_plan *p,
    const struct baseline_options *o, struct arena *a);

#endif
