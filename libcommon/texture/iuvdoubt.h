/*
 * IUVs whose numbers are all in range and yet cannot be right: converted with
 * U and V in each other's place, one of them reversed, the picture mirrored,
 * values bent by a tone curve, moved, or wrapped round. Two properties of bodies
 * tell: charts are seen from outside, so u to v turns as their hand says; and
 * where a part meets the next, both name one place of the seam between them.
 */
#ifndef TEXTURE_IUVDOUBT_H
#define TEXTURE_IUVDOUBT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Why iuv, u1 [h][w][3], cannot be right, as a sentence; NULL where nothing
 * speaks against it or the body is too small to tell.
 */
const char *iuv_doubt(const uint8_t *iuv, size_t h, size_t w);

#endif
