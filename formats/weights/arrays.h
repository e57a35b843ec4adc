/*
 * Named arrays on their way between weights and the files of other programs:
 * one list that every reader fills and every writer writes. Names are what
 * the file says; mapping them to ours is names.h.
 *
 * The list keeps the file mapped, and arrays whose bytes can be used as
 * they are lie in the mapping: treat data as read-only.
 */
#ifndef WEIGHTS_ARRAYS_H
#define WEIGHTS_ARRAYS_H

#include "stream/sample.h"
#include "weights/digest.h"

struct arrays {
	struct arena *arena;
	struct field *item;	/* n of them, in file order; is_json is false */
	size_t n, room;
	const char *format;	/* "weights", "npz", "safetensors", "pth", "tflite" */
	json_t *manifest;	/* object, or NULL where the file has none */
};

/*
 * Opens a regular file of any known format, told by its first bytes. E_IO,
 * E_FORMAT, E_TRUNC, E_SUM, E_LIMIT; details do not repeat the path. Names
 * are unique, at most 255 bytes and free of control characters.
 */
MUST_CHECK enum status arrays_open(struct arrays **set, const char *path);
void arrays_close(struct arrays *set);

/*
 * The same from memory, for all formats but weights: fills a
 * set whose arena the caller has set and whose other fields are zero. buf
 * must stay while the set is used; the manifest is the caller's to json_decref.
 */
MUST_CHECK enum status arrays_read(struct arrays *set, const void *buf,
    size_t n);

/* SHA-256 of the file that arrays_open opened. */
void arrays_sha256(const struct arrays *set, char hex[DIGEST_MAX]);

const struct field *arrays_find(const struct arrays *set, const char *name);

/* Element types of foreign files, and what they become here. */
enum elem {
	EL_F8,		/* -> f4, rounded */
	EL_F4, EL_F2,
	EL_BF2,		/* bfloat16 -> f4, exact */
	EL_I8, EL_I4,
	EL_I2, EL_I1,	/* -> i4 */
	EL_U4,		/* -> i8 */
	EL_U2, EL_U1,
	EL_B1,		/* bool -> u1 */
	EL_COUNT
};
size_t elem_size(enum elem e);

/*
 * For readers. Appends an array of elements e at src, C order, used in place
 * where type and alignment allow; src must live as long as the set. E_FORMAT for a
 * name that is not allowed, E_LIMIT, E_NOMEM. arrays_add takes a tensor
 * whose data already lives long enough.
 */
MUST_CHECK enum status arrays_add_raw(struct arrays *set, const char *name,
    enum elem e, int rank, const size_t *dim, const void *src);
MUST_CHECK enum status arrays_add(struct arrays *set, const char *name,
    const struct tensor *t);

#endif
