/*
 * Whether an IUV lies where the photo shows the body, on any ground: at the outline of a
 * person colours change, and on a busy ground no other place has as many
 * changes of colour along that line.
 */
#ifndef PHOTO_IUVEDGE_H
#define PHOTO_IUVEDGE_H

#include "tensor/tensor.h"

/* How the body would have to go, in the photo's pixels, turn, by quarters. */
struct iuvedge {
	long dx, dy;
	int turn;
	double gain;		/* times the change along the outline as it is */
};

/*
 * photo and iuv: u1 (h,w,3) both; turns are tried on squares alone. `gain` is 1 where
 * nothing better was found, or the body is too small to tell. E_NOMEM.
 */
MUST_CHECK enum status iuvedge_find(struct iuvedge *e, struct arena *a,
    const struct tensor *photo, const struct tensor *iuv);

#endif
