/*
 * Whether key points lie on the parts of an IUV that they are points of: an
 * elbow on an arm, the right one on the right arm.
 */
#ifndef PHOTO_OWNPARTS_H
#define PHOTO_OWNPARTS_H

#include "photo/bodies.h"
#include "pose/pose.h"

/* Of the points on a body, how many lie where. */
struct ownparts {
	size_t on;	/* on the body at all */
	size_t own;	/* on a part of their own limb, on either side */
	size_t same;	/* of these on a limb: on their own side */
	size_t crossed;	/* on the other one */
};

/* For body k of b, of an IUV u1 (h,w,3), I first. */
struct ownparts ownparts_count(const struct tensor *iuv,
    const struct bodies *b, size_t k, const struct pose_person *who);

#endif
