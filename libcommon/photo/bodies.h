/*
 * Whose body is whose in an IUV that shows several people: DensePose writes
 * all of them into one picture, often without saying where one ends.
 */
#ifndef PHOTO_BODIES_H
#define PHOTO_BODIES_H

#include "photo/photo.h"

/* Body pixels that hang together, or all that bear one number of an INDS map. */
struct iuv_body {
	uint32_t label;
	size_t area;
	struct photo_box box;
	size_t hits;		/* key points on it: bodies_count_hits */
};

struct bodies {
	size_t w, h;
	uint32_t *label;	/* of each pixel; 0 is background */
	struct iuv_body *body;	/* n of them, the largest first */
	size_t n;
	bool by_person;		/* labels are people: there was an INDS map */
};

/*
 * The bodies of an IUV (u1 (h,w,3), I first), in the arena. inds: the
 * DensePose INDS map, u1 (h,w): the number of each pixel's person. NULL:
 * pixels with I > 0 that touch, corners included, are one body.
 */
MUST_CHECK enum status bodies_find(struct bodies *b, struct arena *a,
    const struct tensor *iuv, const struct tensor *inds);

/*
 * Sets hits: how many of the n points (x, y, confidence; NaN is missing)
 * lie on each body.
 */
void bodies_count_hits(struct bodies *b, const float (*point)[3], size_t n);

/* Index of the body with most hits, the larger of two that have as many. */
size_t bodies_most_hits(const struct bodies *b);

/* How many bodies have at least a quarter of the area of the largest. */
size_t bodies_comparable(const struct bodies *b);

/*
 * Clears all of the IUV that is not body k. With by_person false, what is
 * below a quarter of its area and inside its box grown by a tenth stays,
 * too: a hand or a foot that something in front cuts off. *box gets the
 * outline of what stays. Returns how many bodies of at least a quarter of
 * k's area were cleared.
 */
size_t bodies_keep(struct photo_box *box, struct tensor *iuv,
    const struct bodies *b, size_t k);

#endif
