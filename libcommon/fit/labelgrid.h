/*
 * Labels on a grid of at most GRID_MOST cells a side, and labels moved by a
 * displacement of each cell: what stretch.c and limbedge.c share. For them
 * alone.
 */
#ifndef FIT_LABELGRID_H
#define FIT_LABELGRID_H

#include <stdbool.h>

#include "fit/place.h"

#define GRID_MOST 256

struct grid {
	size_t x0, y0, side;	/* first pixel; cells of a side */
	float step;		/* pixels of a cell's side */
	float metre;		/* cells */
	const struct places *places;
	uint8_t *iuv;		/* side x side x 3 */
	uint8_t *body, *person;	/* labelled; matte */
	uint8_t *frame;		/* beyond the picture */
	uint32_t *near;		/* the labelled cell nearest to each */
	float (*normal[2])[2];	/* outward, of body and person */
	float (*move)[3];	/* displacement, cells; the third unused */
};

/* Zeroed; NULL where the arena has no room. */
void *grid_cells(struct arena *a, const struct grid *g, size_t size);

/*
 * A grid over labels and person: `places` is set by the caller, near and
 * normal are not set here; iuv and matte are h x w pixels. *alike false where
 * they hardly meet: there is no grid then. E_NOMEM.
 */
MUST_CHECK enum status grid_make(struct grid *g, bool *alike,
    const uint8_t *iuv, const uint8_t *matte, size_t h, size_t w,
    struct arena *a);

/* How far labels of two cells are apart on the body; metres. */
float grid_apart(const struct grid *g, uint32_t i, uint32_t j);

/* The four neighbours; returns how many. */
int grid_around(uint32_t to[4], const struct grid *g, uint32_t i);

/* Each pixel of the person takes the label at its displacement. */
MUST_CHECK enum status grid_move_labels(uint8_t *iuv, const uint8_t *matte,
    size_t h, size_t w, const struct grid *g, struct arena *a);

#endif
