/*
 * A z-buffer rasteriser over a lattice of samples: which triangle, if any,
 * is in front at each sample. Sample (i, j) is the point x = i, y = j.
 *
 * Corners are rounded to 1/256 of a sample and tested with exact integer
 * edge functions and a top-left rule, so that triangles that share an edge
 * leave neither gap nor overlap along it.
 */
#ifndef BODY_RASTER_H
#define BODY_RASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define RASTER_NONE UINT32_MAX

struct raster {
	size_t w, h;
	uint32_t *face;		/* (h,w): index of the triangle, or RASTER_NONE */
	float *near;		/* (h,w): 1/z of what is seen, 0 if nothing */
	int side;		/* of triangles that are drawn: 1 those that run
				   clockwise, -1 anticlockwise; 0 both */
	/* Whether triangle t, of those from first_cut on, is there at a sample,
	   or has a hole; NULL: none has. */
	bool (*there)(const void *arg, uint32_t t, size_t x, size_t y);
	const void *arg;
	size_t first_cut;
};

void raster_clear(struct raster *r);

/*
 * Draws n_face triangles. p: corner points (x, y, 1/z) in samples, 1/z > 0
 * (a flat picture gives 1). Where two are equally near, the one drawn first
 * stays. E_VALUE for a corner that is not finite or beyond 2^22 samples.
 */
MUST_CHECK enum status raster_draw(struct raster *r, const float (*p)[3],
    size_t n_point, const uint32_t (*face)[3], size_t n_face);

/* The same by testing every sample of every triangle in double. */
void raster_draw_ref(struct raster *r, const float (*p)[3],
    const uint32_t (*face)[3], size_t n_face);

/*
 * Barycentric weights of point (x, y) in the triangle of corners a, b, c
 * (x, y, 1/z): clamped to the triangle, and perspective-correct, so that
 * w[0] A + w[1] B + w[2] C interpolates what lies on the surface.
 */
void raster_weights(float w[3], const float *a, const float *b,
    const float *c, float x, float y);

#endif
