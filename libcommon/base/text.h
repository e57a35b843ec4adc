/*
 * Text that came with a file, on its way to where it would be more than text:
 * a terminal, a line of an OBJ file or of a table. Control characters are
 * those below a blank, 127, U+0080 to U+009F, which start commands of a
 * terminal, U+2028 and U+2029, which end lines, and those that turn the
 * direction of what follows, U+202A to U+202E and U+2066 to U+2069.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Bytes of the control character at s, 1 to 3, or 0; UTF-8. */
size_t text_control(const char *s);

/*
 * s itself where it has no control characters, else a copy with these as JSON
 * writes them, \n, \t, \u001b. NULL when there is no memory.
 */
const char *text_plain(struct arena *a, const char *s);

/*
 * s itself where it is UTF-8, as JSON wants it, else a copy whose bytes beyond
 * ASCII are written \xHH. NULL when there is no memory.
 */
const char *text_utf8(struct arena *a, const char *s);

/*
 * Where s has more than `most` bytes, 16 at least, its middle becomes " ... ":
 * of a message with a long path both the beginning and the reason stay.
 */
void text_shorten(char *s, size_t most);

/*
 * Parts of a text that a user typed. Where it stands at *s, the number, digits
 * alone and at most SIZE_MAX, or the colour, six hexadecimal digits, is read
 * and *s moved behind it; else false.
 */
bool text_number(size_t *n, const char **s);
bool text_colour(unsigned char rgb[3], const char **s);

#endif
