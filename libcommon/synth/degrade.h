/*
 * What a camera does to a picture: exposure and colour, blur, the sensor's
 * noise, and JPEG.
 */
#ifndef SYNTH_DEGRADE_H
#define SYNTH_DEGRADE_H

#include "base/arena.h"
#include "math/rng.h"

/*
 * Degrades rgb (size,size,3) in place, by draws from d; strength 0 leaves it
 * alone, 1 is a poor phone camera. Scratch from the arena is given back.
 * E_NOMEM.
 */
MUST_CHECK enum status degrade(uint8_t *rgb, size_t size, double strength,
    struct rng *d, struct arena *a);

#endif
