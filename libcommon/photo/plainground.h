/*
 * Where nobody can be on a photo that was taken before a plain ground: for key
 * points of which nothing else says whether they belong to it.
 */
#ifndef PHOTO_PLAINGROUND_H
#define PHOTO_PLAINGROUND_H

#include "tensor/tensor.h"

#define PLAINGROUND_SIDE 256	/* of the grid, at most */

/* The photo in cells of `step` pixels. */
struct plainground {
	size_t w, h, step;
	uint8_t *bare;		/* h rows of w: 1 where the ground shows */
};

/*
 * photo: u1 (h,w,3), h and w from 1. The ground is what hangs together with the
 * photo's upper, left or right edge and has its colour, which may change slowly
 * from the top to the bottom. `bare` is NULL where these edges have no one
 * colour, nor one in each row. In the arena, 5 bytes a cell. E_NOMEM.
 */
MUST_CHECK enum status plainground_find(struct plainground *g, struct arena *a,
    const struct tensor *photo);

#endif
