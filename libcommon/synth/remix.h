/*
 * More people out of few textures: head and hands from one, trunk and arms
 * from a second, legs and feet from a third, the clothes in other colours; and
 * a print on the chest or an open jacket, which backs do not have.
 */
#ifndef SYNTH_REMIX_H
#define SYNTH_REMIX_H

#include "math/rng.h"
#include "synth/cast.h"

/*
 * A texture (T,T,3) in [-1,1] with its gutter, of those of the cast, of which
 * there is at least one; *head is the index of the one that the head is from.
 * Four in ten are of one texture throughout, four in ten clothes keep their hue,
 * and four in ten have a front of their own. scratch: T * T bytes.
 */
void remix_texture(float *out, size_t *head, const struct cast *c,
    struct rng *d, uint8_t *scratch);

#endif
