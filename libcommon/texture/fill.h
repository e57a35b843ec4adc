/*
 * Smooth fill: the harmonic function on the body's surface that takes given
 * values where texels are known. The texture is a graph, texels of charts
 * its nodes, neighbours in a chart and across seams its edges; a free node
 * is the mean of its neighbours, pulled towards a value of its own where it
 * has a weight:
 *
 *	sum_j (x_i - x_j) + mu_i (x_i - d_i) = 0
 *
 * Solved by conjugate gradients, preconditioned by a multigrid cycle on a
 * pyramid of ever coarser graphs: some eight iterations at any size. The
 * pyramid depends on layout and size alone and is made once.
 */
#ifndef TEXTURE_FILL_H
#define TEXTURE_FILL_H

#include "texture/seam.h"

struct fill_graph;

/* What a texel is in one problem. */
enum fill_kind {
	FILL_OUT,		/* no node: edges to it do not count */
	FILL_FREE,
	FILL_FIXED
};

/*
 * The pyramid for a T x T map, in the arena. Links join texels of charts.
 * E_NOMEM.
 */
MUST_CHECK enum status fill_graph_make(struct fill_graph **g, struct arena *a,
    const uint8_t *chart, size_t T, const struct seam_link *link, size_t n);

/*
 * Solves for the free texels, for three channels at once. x [T][T][3]: values
 * where fixed, wanted values d where free with a weight; on return the
 * solution, within 0.005 of the exact one. mu [T][T]: weights of free texels,
 * >= 0, or NULL for none. kind [T][T]; texels outside the charts are out,
 * whatever it says. Free texels that are connected to no value at all become
 * 0. *rounds: iterations taken, or NULL. Scratch from the arena is given
 * back.
 */
MUST_CHECK enum status fill_solve(const struct fill_graph *g, struct arena *a,
    float *x, const float *mu, const uint8_t *kind, unsigned *rounds);

#endif
