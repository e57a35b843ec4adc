/*
 * What stands in a stream as vars of a network: pictures, masks, positions,
 * and the evidence of the source. The one file outside graph/ and losses/
 * that fills vars by hand; nothing here has a gradient. S is the side of
 * pictures and textures, n the number of views. The arrays' shapes are the
 * caller's care (model/inputs); they are read at once, but for vars_map's.
 * In a dry run all arrays may be NULL.
 */
#ifndef NETS_VARS_H
#define NETS_VARS_H

#include "graph/graph.h"
#include "nets/recipe.h"
#include "tensor/tensor.h"

/* f4 (n,S,S,c) as it is; borrowed until graph_reset. t may be NULL when dry. */
struct var *vars_map(struct graph *g, const struct tensor *t, size_t n,
    size_t S, size_t c);

/* u1 (n,S,S,3), 0..255, as -1..1. */
struct var *vars_picture(struct graph *g, const uint8_t *x, size_t n,
    size_t S);

/* (n,S,S,1): 1 where yes is not 0 and, where xy is given, a place; else 0. */
struct var *vars_mask(struct graph *g, const uint8_t *yes, const float *xy,
    size_t n, size_t S);

/* 1 where m is 1, `share` where it is 0. */
struct var *vars_mask_share(struct graph *g, const struct var *m, float share);

/* (n,S,S,c): view i is value[i] everywhere. */
struct var *vars_even(struct graph *g, const float *value, size_t n, size_t S,
    size_t c);

/* xy (n,S,S,2); 0 where there is no place, which a mask has to hide. */
struct var *vars_places(struct graph *g, const float *xy, size_t n, size_t S);

/* c and seen of n views as F_IT reads them (n,S,S,3): c in [-1,1], seen. */
struct var *vars_coord(struct graph *g, const float *c, const uint8_t *seen,
    size_t n, size_t S);

/* ---- positions at both levels, by DUAL_INDEX ----------------------------- */

/* at (n,h,w,2) in pixels of the level, ok (n,h,w,1): view/levels.h. */
struct guide {
	struct var *at[2], *ok[2];
};

/* Positions xy (n,S,S,2) that hold where ok is not 0. */
struct guide vars_guide(struct graph *g, const struct recipe *r,
    const float *xy, const uint8_t *ok, size_t n);

/* c and seen of n textures: c~ of eq. 14. */
struct guide vars_guide_coord(struct graph *g, const struct recipe *r,
    const float *c, const uint8_t *seen, size_t n);

/*
 * The pixels of the source that show what n views do: c_s(s(l)). sources: 1,
 * or n where each view has its own.
 */
struct guide vars_guide_source(struct graph *g, const struct recipe *r,
    const float *s, const uint8_t *m, const float *c_s, const uint8_t *seen_s,
    size_t sources, size_t n);

/*
 * at becomes what an anchored flow starts from, also where nothing is known;
 * relative: as offsets from the own pixel. ok is done with unless it is to be
 * kept.
 */
void vars_anchor(struct graph *g, struct guide *k, bool relative, bool keep_ok);

/* ---- evidence ------------------------------------------------------------ */

/*
 * What the recipes with evidence show the networks: G_T and the U-Net the
 * source's pixels on the texture map, the same from the other side of the
 * body, and where each is known; G_I a finished texture on the body in each
 * view.
 */
#define EVIDENCE_CHANNELS 8

struct evidence_in {
	const struct tensor *x;		/* u1 (S,S,3)	source.image */
	const struct tensor *c;		/* f4 (S,S,2)	source.coord */
	const struct tensor *seen;	/* u1 (S,S)	source.seen */
	const struct tensor *texture;	/* f4 (S,S,3), or NULL */
	const int32_t *mirror;		/* S*S: index of the texel on the other
					   side of the body; -1: none */
	const uint8_t *valid;		/* S*S: 0 outside every chart */
	const int32_t *behind;		/* S*S: index of the texel that lies behind
					   it on the body at rest; -1: none. For
					   evidence_behind alone */
};

/*
 * (1,S,S,8): u 3, v 1, mirrored u 3, mirrored v 1; with a texture its 3
 * more. u = warp(x; c) in [-1,1] where seen and in a chart, else 0.
 */
struct var *evidence(struct graph *g, const struct evidence_in *in, size_t S);

/*
 * (1,S,S,4): u 3 and v 1 of the texel behind, of what evidence gave. Clothes
 * are mostly alike in front and behind, at the same height of the same limb.
 */
#define EVIDENCE_BEHIND_CHANNELS 4

struct var *evidence_behind(struct graph *g, const struct var *evidence,
    const struct evidence_in *in);

/*
 * Either of the two at half the side: known where one of four texels is, and
 * the mean of those; of a texture the mean of all.
 */
struct var *evidence_half(struct graph *g, const struct var *e);

#define EVIDENCE_VIEW_CHANNELS 4

struct evidence_view_in {
	const struct tensor *s;		/* f4 (n,S,S,2)	role.surf */
	const struct tensor *m;		/* u1 (n,S,S)	role.mask */
	const struct tensor *texture;	/* f4 (S,S,3) */
	const uint8_t *valid;		/* as above */
};

/*
 * (n,S,S,4): where there is something 1, and what: warp(v t; s) / warp(v; s)
 * with v valid, on the body where a texel of a chart is near, else 0.
 */
struct var *evidence_view(struct graph *g, const struct evidence_view_in *in,
    size_t n, size_t S);

#endif
