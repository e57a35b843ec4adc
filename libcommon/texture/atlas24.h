/*
 * The layout `atlas24`: each of DensePose's 24 charts as one rectangle of
 * the unit square. Ours; needs no foreign file. Positions are unit
 * coordinates here (x right, y down, 0..1): a texel is unit * (T - 1).
 *
 * Measured on the SMPL rest body: 129 texels per metre at T = 256, within
 * 25 % of that on 98 % of the surface below the head; on the head (parts 23
 * and 24) 2.07 times as many, because that is where people look. The
 * rectangles take 84 % of the square (the body's surface, which does not
 * fill its charts, 61 %). Between any two rectangles lie at least 2.05/127,
 * two texels at T = 128, and half of that at the rim. Charts stand upright
 * and are not mirrored: a painter can paint on them.
 */
#ifndef TEXTURE_ATLAS24_H
#define TEXTURE_ATLAS24_H

#include <stdbool.h>

/* Where (part, u, v) lies; part is 1..24, u and v are in [0,1]. */
void atlas24_place(int part, float u, float v, float xy[2]);

/*
 * 1 when u to v turns like x to y on a picture of the part seen from outside,
 * -1 when it turns the other way: DensePose has parts of both kinds.
 */
int atlas24_hand(int part);

/* The surface point at a unit position; false between the charts. */
bool atlas24_find(float x, float y, int *part, float *u, float *v);

#endif
