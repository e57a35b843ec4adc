/*
 * Tables of text: lines of words with tabs between. Cut up where they stand,
 * in a buffer that has a byte to spare behind its n.
 */
#ifndef DATASET_TSV_H
#define DATASET_TSV_H

#include <stddef.h>

/*
 * The next line of text[*at..n), ended by a 0; *end is that 0, *at where the next
 * one begins. *at < n. Lines end in \n, \r\n or \r, and the text may begin with a
 * byte order mark of UTF-8.
 */
char *tsv_line(char *text, size_t *at, size_t n, char **end);

/* The next word of a line; *at is beyond `end` after the last. */
char *tsv_word(char **at, char *end);

#endif
