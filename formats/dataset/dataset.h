/*
 * Photos with the files that belong to them, wherever they lie: named one
 * by one, in a folder with all its subfolders, or in a tar or zip. A file
 * belongs to the photo whose name it begins with:
 *
 *	STEM.jpg .jpeg .jpe .jfif .png .tif .tiff .webp	the photo
 *	STEM_keypoints.json		its key points
 *	STEM_IUV.png .npy .tif .tiff .jpg .pkl .pt, STEM_iuv.png .npy	its IUV
 *	STEM_INDS.png			which person each IUV pixel shows
 *	STEM_mask.png			how much of each pixel is the person
 *
 * What follows the last dot may be in any case. A photo that is named looks
 * for the others beside it; in a folder or an archive they may lie anywhere
 * in it. Other STEM_mask.*, STEM_rendered.* and names that begin with a dot
 * are no photos. Where several folders have photos of one STEM, so do their
 * companions' folders: listing.h.
 *
 * Or as a table says, for the layouts of published data sets.
 */
#ifndef DATASET_DATASET_H
#define DATASET_DATASET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum dataset_role { DATASET_PHOTO, DATASET_POSE, DATASET_IUV, DATASET_INDS,
	DATASET_MASK, DATASET_ROLES };

/* Limits, before anything is allocated. */
#define DATASET_MAX_FILES 10000000
#define DATASET_MAX_FILE ((size_t)256 << 20)	/* bytes of one file */
#define DATASET_MAX_TABLE ((size_t)4 << 30)	/* bytes of a table */
#define DATASET_MAX_HELD ((size_t)1 << 30)	/* see dataset_next */
#define DATASET_MAX_RATIO 500	/* unpacked : packed, past the first 256 MiB */

struct dataset_item {
	const char *key;	/* [FOLDER_]STEM, dots replaced by _ */
	const char *file[DATASET_ROLES];	/* names for messages, or NULL */
	void *data[DATASET_ROLES];	/* an archive's; else NULL */
	size_t size[DATASET_ROLES];
	const char *identity, *motion, *licence;	/* from a table; else NULL */
};

struct dataset;

MUST_CHECK enum status dataset_new(struct dataset **d);
void dataset_free(struct dataset *d);	/* NULL is allowed */

/*
 * Adds a photo, a folder or an archive (known by its first bytes). Only
 * names are read. E_IO; E_FORMAT for a damaged archive or one with absolute
 * names or "..", E_VALUE when two files claim to be the same of one photo,
 * E_LIMIT. The detail names the file.
 */
MUST_CHECK enum status dataset_add(struct dataset *d, const char *path);

/*
 * Adds the photos of a table: lines of tab-separated words, the first one
 * their names. "key" and "photo" must be among them; known are also "pose",
 * "iuv", "inds", "mask" (files; an empty word or "-" is none), "identity",
 * "motion" and "licence"; columns of other names are passed over, which
 * dataset_tell says. The photos are given in
 * the table's order, and may be none. E_IO, E_FORMAT; the detail names
 * file and line.
 */
MUST_CHECK enum status dataset_add_table(struct dataset *d, const char *path);

/*
 * After the last add: photos of several operands that have one key get the
 * name of the operand, or of their folder, in front. E_VALUE when two photos
 * still have one. E_NOMEM.
 */
MUST_CHECK enum status dataset_check(struct dataset *d);
size_t dataset_count(const struct dataset *d);	/* photos */

/*
 * The next photo, valid until the next call; END after the last. Sorted by
 * name within a folder; in an archive as soon as all its files have passed,
 * so files of other photos may have to be held meanwhile: E_LIMIT above
 * DATASET_MAX_HELD bytes. After an error only dataset_free may be called.
 */
MUST_CHECK enum status dataset_next(struct dataset *d, struct dataset_item *it);

/*
 * Says, with tell(true, ...) where photos may be missing and tell(false, ...)
 * else, how many files of folders and archives were passed over, and names the
 * first of each ending; how many links lead nowhere; and which columns of a table
 * are not known. E_NOMEM.
 */
MUST_CHECK enum status dataset_tell(const struct dataset *d,
    void (*tell)(bool warn, const char *fmt, ...) PRINTF_LIKE(2, 3));

/* Another file in place of what was found. */
void dataset_replace(struct dataset_item *it, enum dataset_role role,
    const char *path);

/*
 * The bytes of one of the item's files, from where they lie, with the
 * arena's memory where they have to be read.
 */
MUST_CHECK enum status dataset_read(const void **buf, size_t *n,
    struct arena *a, const struct dataset_item *it, enum dataset_role role);

#endif
