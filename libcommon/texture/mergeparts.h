/*
 * What merge.c keeps of the views, and what its two other files do with it:
 * mergejudge.c compares the views, mergepaint.c makes one picture of them.
 * Nobody else includes this.
 */
#ifndef TEXTURE_MERGEPARTS_H
#define TEXTURE_MERGEPARTS_H

#include "texture/merge.h"

#define MERGE_KEPT 8		/* observations of a texel */
#define MERGE_SMALL 32		/* side of a view's small picture */
#define MERGE_CELLS ((size_t)MERGE_SMALL * MERGE_SMALL)

struct seen_once {
	float weight;
	uint16_t view;		/* 1..: its slot; in order, its number; 0: none */
	uint16_t at[2];		/* the pixel, as a share of the picture's sides */
	uint8_t rgb[3];		/* sRGB */
};

/* A cell of the small picture: mean light, 0..1, how much of it is shown, and
   how sharply. */
struct small {
	float light[3], weight, sharp;
};

struct view_kept {
	struct small *cell;	/* MERGE_CELLS */
	size_t shows, slot, number;	/* number: from 1, in order; 0: free */
	float side[2];		/* of the picture, less one pixel */
};

struct merge {
	size_t T;
	struct arena *arena;
	uint8_t *chart;
	bool adjoin[25][25];
	struct seen_once *kept;	/* [T][T][MERGE_KEPT], heaviest first */
	struct view_kept *view;	/* slots, one more than are kept */
	size_t n, most, added;
};

double merge_to_light(double v);	/* sRGB to linear, both 0..1 */
double merge_from_light(double v);	/* and back, clamped */

/*
 * Sets all of v[m->n] but slot: which views belong together and what brings
 * their light together. The views are in order. E_NOMEM.
 */
MUST_CHECK enum status merge_judge(struct merge_view *v, const struct merge *m,
    struct arena *a);

/*
 * The merged picture of views that were judged; out's arrays are there, zero
 * but for pixel. The weights of m->kept become what each observation is
 * worth. *any is false where no view shows anything. E_NOMEM.
 */
MUST_CHECK enum status merge_paint(bool *any, struct merged *out,
    struct merge *m, struct arena *a);

#endif
