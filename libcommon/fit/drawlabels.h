/*
 * The labels alone of a posed body, one sample a pixel: a ninth of what
 * body/render.h takes, which draws pictures as well.
 */
#ifndef FIT_DRAWLABELS_H
#define FIT_DRAWLABELS_H

#include "body/camera.h"
#include "mesh/body.h"

/*
 * iuv: c->h x c->w pixels, I 1..24, U, V * 255 rounded, 0 off the body. b's
 * surface is closed; vert: posed. seen: how sure it is that the photo shows the
 * right hand, and the left, 0..1; hands that it does not show are left out,
 * and those of which that is not sure do not lie before the other arm. NULL:
 * both are drawn. 14 bytes a pixel of the arena are given back. E_VALUE for a
 * view that cannot be drawn, E_NOMEM.
 */
MUST_CHECK enum status draw_labels(uint8_t *iuv, const struct body *b,
    const float (*vert)[3], const struct camera *c, const double seen[2],
    struct arena *a);

#endif
