/*
 * The rim of a body: which of a photo's pixels that have labels show the
 * person, and not what is behind them or a part that hides this one.
 */
#ifndef TEXTURE_RIM_H
#define TEXTURE_RIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rim_use {
	RIM_NOT,	/* no label, or not the person's: never read */
	RIM_HINT,	/* may be mixed with what is beside it */
	RIM_USED
};

struct rim_photo {
	size_t h, w;
	const uint8_t *image;	/* [h][w][3] */
	const uint8_t *iuv;	/* [h][w][3] */
	const uint8_t *matte;	/* [h][w], 0..255, or NULL */
};

/*
 * use [h][w] gets enum rim_use. Pixels nearer than `erode` to a part that
 * hides theirs are hints. So are, without a matte, those nearer than that to
 * the outline. A matte says where the person ends: they are used up to there,
 * its soft edge is a hint, and what it says is not the person is not used,
 * whatever its label. adjoin: the parts that go on from each, itself included.
 */
void rim_judge(uint8_t *use, const struct rim_photo *p,
    const bool adjoin[25][25], float erode);

/*
 * The photo at pixel c from the body's pixels alone, bilinear: rgb in [-1,1]
 * from those that are used, or where there are none from hints, and *trusted,
 * the weight of the former, 0..1. False where there is neither.
 */
bool rim_read(float rgb[3], float *trusted, const struct rim_photo *p,
    const uint8_t *use, const float c[2]);

#endif
