/*
 * Which picture is made from which: a list of lines FROM,TO[,TO...], as the
 * data sets come with (tspair -p). A first line `from,to`, empty lines,
 * blanks at the end of a line and \r are passed over.
 */
#ifndef DATASET_PAIRLIST_H
#define DATASET_PAIRLIST_H

#include <stddef.h>

#include "base/status.h"

#define PAIRLIST_TARGETS 1000	/* of a line, at most */

/* Begins as { text, n }, which stays the caller's. */
struct pairlist {
	const char *text;
	size_t n, at;
	size_t line;			/* that was read last, from 1 */
	size_t names;			/* in it: from 2 */
	const char *name[1 + PAIRLIST_TARGETS];	/* the source's first */
	size_t len[1 + PAIRLIST_TARGETS];
};

/* The next line; END behind the last; E_FORMAT with the line's number. */
MUST_CHECK enum status pairlist_next(struct pairlist *l);

#endif
