/*
 * One photo at its full size with everything that is known of all people on
 * it, from the files that belong together: what `intake --whole` writes, and
 * what portrait.h cuts one person out of.
 */
#ifndef PHOTO_LABELLED_H
#define PHOTO_LABELLED_H

#include "dataset/dataset.h"
#include "photo/photo.h"
#include "pose/pose.h"

/*
 * Told what was seen (warn false) and what is doubtful, one sentence at a
 * time.
 */
typedef void photo_tell(bool warn, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* All in the pixels of the upright photo, H x W. No data, n 0: there is none. */
struct labelled {
	struct tensor photo;		/* u1 (H,W,3) */
	struct tensor iuv;		/* u1 (H,W,3), all bodies */
	struct tensor inds;		/* u1 (H,W): whose each IUV pixel is */
	struct tensor matte;		/* u1 (H,W): share of the person, 0..255 */
	struct pose pose;		/* n people */
	const char *pose_field;		/* "pose" or "poses", for messages */
	/* Names for messages and the manifest; NULL: no file, a field. */
	const char *photo_file, *pose_file, *iuv_file, *inds_file;
	int orientation;		/* of the file, EXIF; 0: not known */
};

struct labelled_options {
	size_t grid_w, grid_h;		/* see pose_to_photo */
	bool need_pose, need_iuv;	/* their absence is an error */
	const struct pose_table *table;	/* key points by name, or NULL */
	const char *table_name;
	photo_tell *tell;
};

/*
 * Reads the item's files into the arena. The detail of an error begins with
 * what it is about: `field ROLE.image: ...`, and for files other than the
 * photo `field ROLE.iuv: alice_IUV.png: ...`.
 */
MUST_CHECK enum status labelled_read(struct labelled *l, struct arena *a,
    const struct dataset_item *it, const struct labelled_options *o,
    const char *role);

/* from: the file, when it is not the photo, which messages name anyway. */
enum status labelled_about(enum status st, const char *role, const char *what,
    const char *from);

#endif
