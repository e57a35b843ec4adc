/*
 * What a layout says of a T x T map, as the networks and what leads to them
 * want it: made once, at the start of a program.
 */
#ifndef MODEL_CHARTS_H
#define MODEL_CHARTS_H

#include "texture/unwrapping.h"
#include "texture/layout.h"

struct charts {
	struct layout *layout;
	size_t T;
	int32_t *mirror;	/* T*T: index of the texel on the other side of
				   the body, -1: none */
	uint8_t *valid;		/* T*T: 1 in a chart, else 0 */
	struct arena *arena;	/* of the plan */
	struct unwrap_plan *plan;	/* of unwrap; NULL before charts_plan */
};

/* layout: a name or a file, as layout_open. Freed by charts_close. */
MUST_CHECK enum status charts_open(struct charts *c, const char *layout,
    size_t T);
/* What unwrap's texture takes; for that alone. */
MUST_CHECK enum status charts_plan(struct charts *c);
/* Also what failed to open, and what is all zero. */
void charts_close(struct charts *c);

#endif
