/*
 * How window.h's convolutions read a map: a band of output rows at a time is
 * a task, and the input rows that it sees are copied once, with their zeros,
 * into scratch that stays in cache. Private to layers/.
 */
#ifndef LAYERS_BANDS_H
#define LAYERS_BANDS_H

#include "layers/window.h"

struct bands {
	size_t line;		/* floats of one copied row */
	size_t rows;		/* output rows of a band; the last has fewer */
	size_t count;		/* bands */
	size_t room;		/* floats of scratch for each thread */
};

struct bands bands_of(const struct nn_window *s);

/* Copies what output rows [y0, y1) see to dst: rows of `line` floats. */
void bands_copy(float *dst, const float *x, size_t y0, size_t y1,
    const struct nn_window *s, const struct bands *b);

#endif
