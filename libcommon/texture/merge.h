/*
 * Several photos of one person as one map of colours; texmerge(1) says in
 * which steps. Views come one after the other; of each texel the best few
 * observations are kept, and a small picture of each view, by which all
 * views are compared at the end.
 */
#ifndef TEXTURE_MERGE_H
#define TEXTURE_MERGE_H

#include "texture/unwrapping.h"

#define MERGE_VIEWS 65534	/* at most */

struct merge;

/* T x T texels, at least 2. Freed by merge_free. E_NOMEM. */
MUST_CHECK enum status merge_new(struct merge **m, const struct layout *l,
    size_t T);
void merge_free(struct merge *m);

/*
 * One more view; in->coord and in->seen are T x T. erode as in
 * unwrap_options. A view that shows nothing is no error: it counts. E_NOMEM,
 * E_LIMIT.
 */
MUST_CHECK enum status merge_add(struct merge *m,
    const struct unwrap_input *in, float erode);

struct merge_view {
	double gain[3];		/* its light is multiplied with that */
	size_t shows, shared;	/* texels, and those that others show, too */
	double agrees;		/* part of the shared; NaN without any */
	bool left_out;
};

/*
 * What all views give. image u1 [T][T][3], sRGB; view u1 [T][T]: the view of
 * greatest weight from 1 on, 255 for those beyond 254, 0 where no view shows
 * the texel. views: as many as were added, in the arena, as all else.
 */
struct merged {
	uint8_t *image, *view;
	struct merge_view *views;
	size_t n;
};

/* Once, after the last view. E_VALUE where no view shows anything. */
MUST_CHECK enum status merge_finish(struct merged *out, struct merge *m,
    struct arena *a);

#endif
