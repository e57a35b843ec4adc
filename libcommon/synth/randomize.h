/*
 * Textures that nobody wears: what is drawn, in places or all over, is pulled
 * about, shaded, and covered with patches and patterns of any colour. A
 * network that was trained on such people keeps what a photo shows, even
 * where it is unlike all clothes that it knows.
 */
#ifndef SYNTH_RANDOMIZE_H
#define SYNTH_RANDOMIZE_H

#include "body/unfold.h"
#include "math/rng.h"

/*
 * out (T,T,3) in [-1,1] from texture, which has its gutter, as out will have;
 * u: the body laid out on T x T texels. As strong as d says. chart as
 * layout_charts gives it; scratch: T * T bytes.
 */
void randomize_texture(float *out, const float *texture,
    const struct unfold *u, const uint8_t *chart, struct rng *d,
    uint8_t *scratch);

#endif
