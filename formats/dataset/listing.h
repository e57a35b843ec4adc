/*
 * Inside formats/dataset: the files of a folder, an archive, or beside a
 * photo, by their names alone, and which of them belong together.
 */
#ifndef DATASET_LISTING_H
#define DATASET_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "dataset/dataset.h"

#define LISTING_NOBODY ((size_t)-1)

/* A file that has a role: found by name, not read yet. */
struct listing_entry {
	const char *path;	/* in the file system, or in the archive */
	const char *folder;	/* path up to its last /, "" without one */
	const char *stem;
	const char *own;	/* folder names that tell it from others; "" */
	enum dataset_role role;
	size_t item;		/* of the data set, once there is one */
};

/* Files of folders and archives that are neither photo nor companion. */
struct listing_passed {
	char end[12];		/* of their names, with its dot, lower case */
	const char *first;	/* of them */
	size_t n;
};
#define LISTING_ENDINGS 24	/* told apart */

struct listing {
	struct arena *arena;	/* all names; not the listing's own */
	/* Of the operand that is being listed; the caller may take entry. */
	struct listing_entry *entry;
	size_t n, room;
	/* Of all operands. */
	struct listing_passed passed[LISTING_ENDINGS + 1];	/* last: others */
	size_t endings, orphans;
	const char *orphan;	/* the first companion without a photo */
	size_t broken;		/* links to nowhere that are called as photos are */
	const char *broke;	/* the first of them */
};

/*
 * The files of one operand, in no order: a photo of any name and what lies
 * beside it, a folder with all its subfolders, an archive. E_IO, E_FORMAT,
 * E_VALUE, E_LIMIT as dataset_add.
 */
MUST_CHECK enum status listing_photo(struct listing *l, const char *path);
MUST_CHECK enum status listing_folder(struct listing *l, const char *path);
MUST_CHECK enum status listing_archive(struct listing *l, const char *path);

/*
 * Sorts the entries so that those of one photo follow each other, the photo
 * first. Where photos of one name lie in several folders, each entry's `own`
 * is its folder without what all files of its role begin and end with, so
 * that images/alice/1.jpg and iuv/alice/1_IUV.png have one, alice; and a
 * companion that lies beside a photo of its name has that photo's. E_NOMEM.
 */
MUST_CHECK enum status listing_sort(struct listing *l);

/* Whether two entries have one photo. */
bool listing_same(const struct listing_entry *a, const struct listing_entry *b);

/* As dataset_tell, but for the table's columns. */
MUST_CHECK enum status listing_tell(const struct listing *l,
    void (*tell)(bool warn, const char *fmt, ...) PRINTF_LIKE(2, 3));

/* E_VALUE: no photo was found, and what there was instead. */
MUST_CHECK enum status listing_none(const struct listing *l);

/* One more of `size` bytes in a growing array, a pointer to which is given. */
MUST_CHECK enum status listing_grow(void *array, size_t *room, size_t n,
    size_t size);

#endif
