/*
 * A square of a photo, turned as its person leans, and pictures of it: what a
 * network that looks at one upright person reads, and the way back.
 *
 * The square's own coordinates run from 0 to 1 along its sides, x along the
 * top; a photo's are pixels, centres on integers.
 */
#ifndef LANDMARKS_SQUARE_H
#define LANDMARKS_SQUARE_H

#include <stddef.h>
#include <stdint.h>

struct square {
	double x, y;	/* middle, in the photo's pixels */
	double side;	/* pixels */
	double turn;	/* radians, clockwise on the picture; 0: upright */
};

/* A place (u, v) of the square as a place (x, y) of the photo, and back. */
void square_out(double xy[2], const struct square *q, double u, double v);
void square_in(double uv[2], const struct square *q, double x, double y);

/*
 * The square as n x n pixels of 3 values from 0 to 1. Each is the mean of
 * k x k samples between the photo's pixels, k the square's pixels to a
 * pixel of the result, at most 8; outside of the photo (u1 (h,w,3)) is black.
 */
void square_cut(float *out, size_t n, const struct square *q,
    const uint8_t *photo, size_t h, size_t w);

/*
 * Map m (n,n) of the square, 0 to 1, onto the photo: to (h,w), 0..255, read
 * between the map's pixels, 0 outside of the square.
 */
void square_paste(uint8_t *to, size_t h, size_t w, const struct square *q,
    const float *m, size_t n);

#endif
