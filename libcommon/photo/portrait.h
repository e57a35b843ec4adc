/*
 * One photo and the files beside it to the square picture of one person:
 * decodes them, finds whose key points and body are meant, and cuts photo,
 * key points and IUV alike. What intake(1) does for each sample.
 */
#ifndef PHOTO_PORTRAIT_H
#define PHOTO_PORTRAIT_H

#include "dataset/dataset.h"
#include "photo/photo.h"
#include "pose/pose.h"

struct portrait_options {
	enum photo_fit fit;
	size_t size;			/* of the result's side */
	size_t person;			/* 1, 2, ...; 0: the largest */
	double margin;			/* see photo_frame */
	size_t grid_w, grid_h;		/* see pose_to_photo */
	bool need_pose, need_iuv;	/* their absence is an error */
	const struct pose_table *table;	/* key points by name, or NULL */
	const char *table_name;
	/*
	 * Told what was seen (warn false) and what is doubtful, one sentence
	 * at a time.
	 */
	void (*tell)(bool warn, const char *fmt, ...) PRINTF_LIKE(2, 3);
};

struct portrait {
	struct tensor image;		/* u1 (size,size,3) */
	struct tensor pose;		/* f4 (18,3); data NULL: there was none */
	struct tensor iuv;		/* u1 (size,size,3); likewise */
	struct photo_rect frame;	/* where in the photo that is */
	size_t photo_w, photo_h;
	int orientation;		/* EXIF; the photo was turned upright */
};

/*
 * Everything is allocated in the arena. The detail of an error begins with
 * what it is about: `field ROLE.image: ...`, and for files other than the
 * photo `field ROLE.iuv: alice_IUV.png: ...`.
 */
MUST_CHECK enum status portrait_make(struct portrait *p, struct arena *a,
    const struct dataset_item *it, const struct portrait_options *o,
    const char *role);

#endif
