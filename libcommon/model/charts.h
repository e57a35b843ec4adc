/*
 * What a layout says of a T x T map, as the networks and what leads to them
 * want it: made once, at the start of a program.
 */
#ifndef MODEL_CHARTS_H
#define MODEL_CHARTS_H

#include "nets/recipe.h"
#include "nets/vars.h"
#include "texture/unwrapping.h"
#include "texture/layout.h"

struct charts {
	struct layout *layout;
	size_t T;
	int32_t *mirror;	/* T*T: index of the texel on the other side of
				   the body, -1: none */
	uint8_t *valid;		/* T*T: 1 in a chart, else 0 */
	int32_t *behind;	/* T*T: index of the texel that lies behind it on
				   the body at rest, -1: none; NULL before
				   charts_unet */
	struct arena *arena;	/* of the plan and of what lies behind */
	struct unwrap_plan *plan;	/* of unwrap; NULL before charts_plan */
};

/* layout: a name or a file, as layout_open. Freed by charts_close. */
MUST_CHECK enum status charts_open(struct charts *c, const char *layout,
    size_t T);
/* What unwrap's texture takes; for that alone. With what lies behind, if that
   is there. */
MUST_CHECK enum status charts_plan(struct charts *c);
/* What a U-Net of this recipe reads beside: the plan, what lies behind. */
MUST_CHECK enum status charts_unet(struct charts *c,
    const struct unet_recipe *r);
/* The part of a U-Net's evidence that the layout says; inputs_unet has the rest. */
void charts_evidence(struct evidence_in *in, const struct charts *c);
/* behind [T][T], of our own body in the arena, see body/behind.h. */
MUST_CHECK enum status charts_behind(int32_t **behind, struct arena *a,
    const struct layout *l, size_t T);
/* Also what failed to open, and what is all zero. */
void charts_close(struct charts *c);

#endif
