/*
 * Names of pictures as lists and file systems spell them. Published lists
 * of one data set differ in extension, case, punctuation and a leading
 * "fashion" or "fasion", and none of them has the folders' slashes.
 */
#ifndef BASE_LISTNAME_H
#define BASE_LISTNAME_H

#include <stddef.h>

#define LISTNAME_MAX 255

/* Length of name[0..n) without an extension of at most four letters. */
size_t listname_stem(const char *name, size_t n);

/*
 * What is compared: letters and digits of the stem in lower case, without
 * a leading "fashion" or "fasion", the last LISTNAME_MAX of them; returns
 * how many.
 */
size_t listname_plain(char out[LISTNAME_MAX + 1], const char *name, size_t n);

#endif
