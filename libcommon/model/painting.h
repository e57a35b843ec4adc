/*
 * The texture that inpaint(1) paints with a U-Net: for that program, and for
 * those whose networks begin with such a texture.
 */
#ifndef MODEL_PAINTING_H
#define MODEL_PAINTING_H

#include "model/charts.h"
#include "model/model.h"
#include "model/rescale.h"

#define PAINTING_PHOTO 0.3	/* inpaint's --photo where it is not given */

struct painting {
	struct model m;
	struct charts charts;
	struct rescale scale;
	double photo;		/* share of it that stays where it shows */
};

/*
 * weights: a U-Net's, NULL: unet.tar of the suite. layout: a name or a table,
 * NULL: that of the weights. fast: without the U-Net's stage at twice the
 * size, if it has one. Details begin with `weights: ` or `layout: `. Freed by
 * painting_close, also what failed to open and what is all zero.
 */
MUST_CHECK enum status painting_open(struct painting *p, const char *weights,
    const char *layout, double photo, bool fast);
void painting_close(struct painting *p);

/*
 * Paints the texture of s from its source: texture and texture.seen, and
 * texture.confidence and texture.kind where the U-Net says them, all of the
 * U-Net's size, unet_side, whatever the sample's. A texture that is there is
 * what the U-Net begins with (unwrap(1)); where none is, that is made.
 */
MUST_CHECK enum status painting_put(struct painting *p, struct sample *s);

#endif
