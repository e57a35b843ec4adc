/*
 * A texture without a network: the photo's pixels where the body is seen,
 * the other side of the body where that is seen, and a smooth fill over the
 * body's surface for the rest. The baseline that networks have to beat.
 */
#ifndef TEXTURE_UNWRAPPING_H
#define TEXTURE_UNWRAPPING_H

#include "stream/sample.h"
#include "texture/layout.h"
#include "view/fields.h"

/* The last two are smooth; UNWRAP_BEHIND leans on what lies behind a texel. */
enum unwrap_fill {
	UNWRAP_NONE, UNWRAP_MEAN, UNWRAP_HARMONIC, UNWRAP_BEHIND
};

struct unwrap_options {
	int fill;		/* enum unwrap_fill */
	bool mirror;
	float erode;		/* pixels at the silhouette not to be trusted */
};

/*
 * What depends on the layout and T alone; made once, read-only. behind [T][T]:
 * the texel on the other side of the body, see body/behind.h, kept and not
 * copied; NULL where nobody asks for UNWRAP_BEHIND.
 */
struct unwrap_plan;

MUST_CHECK enum status unwrap_plan_make(struct unwrap_plan **p,
    struct arena *a, const struct layout *l, size_t T, const int32_t *behind);

/*
 * Those of unwrap(1) for a picture whose longer side is `side` pixels, and this
 * plan: without what lies behind the fill is harmonic.
 */
struct unwrap_options unwrap_defaults(size_t side,
    const struct unwrap_plan *p);

/* The photo and what iuv2coord made of it. */
struct unwrap_input {
	size_t h, w;
	const uint8_t *image;	/* [h][w][3] */
	const uint8_t *iuv;	/* [h][w][3] */
	const float *coord;	/* [T][T][2] */
	const uint8_t *seen;	/* [T][T]; mirror codes count as not seen */
	const uint8_t *matte;	/* [h][w], or NULL */
};

/*
 * The sample's source as that: sizes of 0 are any, and *size gets them. E_SHAPE
 * for what is missing, or a map of less than 2 x 2 texels.
 */
MUST_CHECK enum status unwrap_input_of(struct unwrap_input *in,
    struct view_size *size, const struct sample *s);

/*
 * texture [T][T][3] in [-1,1] and seen [T][T]: SEEN_YES or SEEN_DILATED where
 * the photo was read, SEEN_MIRROR, SEEN_NOT where filled. Which pixels are
 * the person's says texture/rim.h; those that may be mixed are a faint hint
 * to the harmonic fill and nothing else.
 * Texels outside the charts are a gutter of four rings, then 0; texels of
 * charts are 0 with UNWRAP_NONE. E_VALUE when no pixel can be used. Scratch
 * from the arena is given back.
 */
MUST_CHECK enum status unwrap_texture(float *texture, uint8_t *seen,
    const struct unwrap_input *in, const struct unwrap_plan *p,
    const struct unwrap_options *o, struct arena *a);

/*
 * The texture (S,S,3) that unwrap(1) makes of the sample's source without
 * options, where pictures and textures are S x S. Scratch from the sample's
 * arena is given back. E_VALUE where the photo shows nothing; E_SHAPE.
 */
MUST_CHECK enum status unwrap_source(float *texture, const struct sample *s,
    size_t S, const struct unwrap_plan *plan);

#endif
