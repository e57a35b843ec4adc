/*
 * Several photos of one person as one map of colours; texmerge(1) says in
 * which steps. Views come one after the other, any number of them, and of
 * these a few are kept: of each texel their best observations, and of each
 * view a small picture, by which all are compared at the end.
 */
#ifndef TEXTURE_MERGE_H
#define TEXTURE_MERGE_H

#include "texture/unwrapping.h"

#define MERGE_VIEWS 254		/* at most are kept */

struct merge;

/* T x T texels, at least 2; keeps up to `views`. Freed by merge_free. E_NOMEM. */
MUST_CHECK enum status merge_new(struct merge **m, const struct layout *l,
    size_t T, size_t views);
void merge_free(struct merge *m);

/*
 * One more view; in->coord and in->seen are T x T. erode as in
 * unwrap_options. A view that shows nothing is no error: it counts, and goes
 * first. *slot, at most `views`, is where the caller may keep what else it
 * wants of this view: the same number for a later view means that this one
 * is no longer kept. E_NOMEM.
 */
MUST_CHECK enum status merge_add(size_t *slot, struct merge *m,
    const struct unwrap_input *in, float erode);

struct merge_view {
	size_t slot;
	double gain[3];		/* its light is multiplied with that */
	size_t shows, shared;	/* texels, and those that others show, too */
	double agrees;		/* part of the shared; NaN without any */
	double others;		/* so do the others; 0 without any that share */
	bool left_out, doubtful;
};

/*
 * What all views give. image u1 [T][T][3], sRGB; view u1 [T][T]: the view of
 * greatest weight from 1 on, 0 where no view shows the texel; pixel
 * [T][T][2]: where in that view's picture, to an eighth, NaN for none.
 * views: those that were kept, in the order in which they came; in the
 * arena, as all else.
 */
struct merged {
	uint8_t *image, *view;
	float *pixel;
	struct merge_view *views;
	size_t n, added;	/* added: calls of merge_add */
};

/* Once, after the last view. E_VALUE where no view shows anything. */
MUST_CHECK enum status merge_finish(struct merged *out, struct merge *m,
    struct arena *a);

#endif
