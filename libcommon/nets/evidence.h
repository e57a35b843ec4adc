/*
 * What the recipes with evidence show the networks: G_T and the U-Net the
 * source's pixels on the texture map, the same from the other side of the
 * body, and where each is known (networks(7), evidence); G_I a finished texture
 * on the body in each view.
 */
#ifndef NETS_EVIDENCE_H
#define NETS_EVIDENCE_H

#include "graph/graph.h"
#include "tensor/tensor.h"

#define EVIDENCE_CHANNELS 8

struct evidence_in {
	const struct tensor *x;		/* u1 (S,S,3)	source.image */
	const struct tensor *c;		/* f4 (S,S,2)	source.coord */
	const struct tensor *seen;	/* u1 (S,S)	source.seen */
	const struct tensor *texture;	/* f4 (S,S,3), or NULL */
	const int32_t *mirror;		/* S*S: index of the texel on the other
					   side of the body; -1: none */
	const uint8_t *valid;		/* S*S: 0 outside every chart */
};

/*
 * (1,S,S,8): u 3, v 1, mirrored u 3, mirrored v 1; with a texture its 3
 * more. u = warp(x; c) in [-1,1] where seen and in a chart, else 0. The
 * tensors' shapes are the caller's care.
 */
struct var *evidence(struct graph *g, const struct evidence_in *in,
    size_t size);

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
    size_t n, size_t size);

#endif
