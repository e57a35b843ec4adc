/*
 * What the recipes with evidence show G_T and the U-Net of the source: its
 * pixels on the texture map, the same from the other side of the body, and
 * where each is known. LEARNING: evidence.
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

#endif
