/*
 * Where the colours of a texture come from: what the fields of a stream say
 * of one texel, and the same of all as pictures. tsexplain(1) says which
 * fields and what the pictures look like.
 *
 * Positions are (x, y), centres on integers. A place of level L stands for
 * the 2^L x 2^L texels or pixels around (x + 1/2) 2^L - 1/2.
 */
#ifndef MODEL_EXPLAIN_H
#define MODEL_EXPLAIN_H

#include "stream/sample.h"
#include "texture/layout.h"

#define EXPLAIN_TAPS 3		/* the strongest of a patch */
#define EXPLAIN_VIEWS 4

/* What one view gave to the texture's feature at one place of a level. */
struct explain_view {
	float share, mask;	/* share.it.L, attn.it.L */
	float xy[2];		/* where it looked, pixels of the view */
	size_t taps;
	struct { float weight, xy[2]; } tap[EXPLAIN_TAPS];
};

struct explain_level {
	float own;		/* the share of the texture's own feature */
	size_t n;		/* views; 0: the stream does not have the level */
	struct explain_view view[EXPLAIN_VIEWS];
};

struct explain_texel {
	size_t T;
	int part;		/* 1..24, 0 outside every chart */
	float u, v;		/* 0..1 */
	float colour[3];	/* -1..1 */
	int photo;		/* source.seen, -1 where it is not known */
	float at[2];		/* source.coord; NaN where there is none */
	int maker;		/* texture.seen, -1 where it is not known */
	float confidence;	/* NaN where it is not known */
	int kind;		/* texture.kind, 0 where it is not known */
	struct explain_level level[2];	/* 3, 2 */
};

/*
 * What the sample's fields say of texel (x, y). E_SHAPE without a texture or
 * where a field has another shape than its own or another's T or n;
 * E_VALUE outside of the texture.
 */
MUST_CHECK enum status explain_texel(struct explain_texel *e,
    const struct sample *s, const struct layout *l, size_t x, size_t y);

/* Adds explain.texture, explain.exchange and explain.halluc to the sample. */
MUST_CHECK enum status explain_pictures(struct sample *s,
    const struct layout *l);

#endif
