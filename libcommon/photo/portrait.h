/*
 * From a photo with labels of everybody on it to the square picture of one
 * person: finds whose key points and body are meant, and cuts photo, key
 * points, IUV and matte alike. What cutout(1) does for each photo, and
 * intake(1) too unless it is told to leave it.
 */
#ifndef PHOTO_PORTRAIT_H
#define PHOTO_PORTRAIT_H

#include <stdbool.h>

#include "photo/labelled.h"

struct portrait_options {
	enum photo_fit fit;
	size_t size;			/* of the result's side */
	size_t person;			/* 1, 2, ...; 0: the largest */
	double margin;			/* see photo_frame */
	photo_tell *tell;
};

/* No data: there was none. */
struct portrait {
	struct tensor image;		/* u1 (size,size,3) */
	struct tensor pose;		/* f4 (18,3) */
	struct tensor iuv;		/* u1 (size,size,3) */
	struct tensor matte;		/* u1 (size,size) */
	struct photo_rect frame;	/* where in the photo that is */
};

/*
 * Everything is allocated in the arena. All but the person is cleared from
 * l->iuv. The detail of an error begins with the field that it is about, and
 * the file where l has one: `field ROLE.pose: alice_keypoints.json: ...`.
 */
MUST_CHECK enum status portrait_cut(struct portrait *p, struct arena *a,
    struct labelled *l, const struct portrait_options *o, const char *role);

/*
 * Who is meant, without cutting: the person's key points (NULL: none) and the
 * box round them, or else round their body in the IUV; *any is false where
 * there is neither. Nothing of l is changed. Errors as portrait_cut.
 */
MUST_CHECK enum status portrait_who(const float (**point)[3],
    struct photo_box *box, bool *any, struct arena *a, struct labelled *l,
    const struct portrait_options *o, const char *role);

#endif
