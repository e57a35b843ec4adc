/*
 * Bilinear gather of a map at given positions: warp(x; pos), eq. 12 and
 * the sampling inside attention (NETWORK.md 1.1, 5).
 *
 *	x0 = floor(px), a = px - x0	before any clamping; rows alike with b
 *	out = (1-b) ((1-a) TL + a TR) + b ((1-a) BL + a BR)
 *
 * with each corner's index clamped to the map, so the map goes on beyond its
 * edge with the edge's value, and the gradient to the position is zero there.
 * Pixel centres lie on integers. Where a position is NaN (not seen, off the
 * body) out is 0 and no gradient flows.
 *
 * The wide gather of the sampling loss (NETWORK.md 2) has 4 x 4 taps instead,
 * x0 - 1 to x0 + 2 and rows alike, which weigh exp(-d^2 / (2 * 2^2)) at the
 * distance d from the position, over the sum of all weights.
 */
#ifndef LAYERS_WARP_H
#define LAYERS_WARP_H

#include <stdbool.h>
#include <stddef.h>

struct nn_warp {
	size_t n;		/* images of positions */
	size_t maps;		/* n, or 1: one map for all of them */
	size_t h, w, c;		/* of the map */
	size_t ho, wo;		/* of the positions and of out */
	bool relative;		/* positions are offsets from (x, y) of out */
	bool wide;		/* 4 x 4 taps, not bilinear */
};

/*
 * x (maps, h, w, c), pos (n, ho, wo, 2) as x, y in pixels of the map ->
 * out (n, ho, wo, c).
 */
void nn_warp_fwd(float *out, const float *x, const float *pos,
    const struct nn_warp *s);

/* Adds to dx (maps, h, w, c) and dpos (n, ho, wo, 2); each may be NULL. */
void nn_warp_bwd(float *dx, float *dpos, const float *dout, const float *x,
    const float *pos, const struct nn_warp *s);

/* The definition, pixel by pixel. */
void nn_warp_fwd_ref(float *out, const float *x, const float *pos,
    const struct nn_warp *s);
void nn_warp_bwd_ref(float *dx, float *dpos, const float *dout,
    const float *x, const float *pos, const struct nn_warp *s);

#endif
