/*
 * Light and background from pictures of a place all round: radiance as
 * numbers, and the same place as a picture to look at.
 */
#ifndef SYNTH_PANORAMA_H
#define SYNTH_PANORAMA_H

#include "body/shade.h"
#include "math/rng.h"
#include "texture/mipmap.h"

struct panorama {
	const char *name;
	struct daylight light;	/* turn and exposure as in the file */
	struct mipmap picture;
};

/*
 * NAME.npy f2 or f4 (h,w,3): radiance, row 0 straight up, columns from left to
 * right as seen from inside; NAME.jpg: its picture, twice as wide as high.
 * In memory of the arena: the picture, 6 bytes a pixel. What is far brighter
 * than the rest and in one direction becomes the lamp, the rest spherical
 * harmonics. E_IO, E_FORMAT, E_SHAPE, E_VALUE for what is no radiance, E_NOMEM.
 */
MUST_CHECK enum status panorama_read(struct panorama *p, struct arena *a,
    const char *npy);

/* The light alone, of radiance (h,w,3). E_VALUE. */
MUST_CHECK enum status panorama_light(struct daylight *d,
    const float *radiance, size_t h, size_t w);

/*
 * The light of p for somebody seen by a camera that looks along `forward` (x
 * and z in the world), towards column `azimuth` (radians) of the panorama:
 * so exposed that a white surface turned to the camera, in the mean over
 * directions, has `exposure`; of the colour of the light the share `cast` stays.
 */
void panorama_aim(struct daylight *d, const struct panorama *p,
    const double forward[2], double azimuth, double exposure, double cast);

/*
 * Paints rgb (size,size,3): what lies behind somebody seen from there. fov and
 * pitch (down > 0) in radians; blur: how many pixels of the panorama are
 * taken together, 0 none.
 */
void panorama_draw(uint8_t *rgb, size_t size, const struct panorama *p,
    double azimuth, double pitch, double fov, int blur);

#endif
