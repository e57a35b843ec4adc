/*
 * First along columns, then the lower envelope of parabolas along rows
 * (Felzenszwalb and Huttenlocher).
 */
#include "fit/nearest.h"

#include <math.h>

enum status
nearest_set(uint32_t *near, const uint8_t *set, size_t h, size_t w,
    struct arena *a)
{
	size_t mark = arena_mark(a);
	uint32_t *row = arena_calloc(a, h * w, sizeof *row);
	uint32_t *at = arena_calloc(a, w + 1, sizeof *at);
	double *from = arena_calloc(a, w + 1, sizeof *from);

	if (!row || !at || !from)
		return E_NOMEM;
	for (size_t x = 0; x < w; x++) {
		uint32_t last = NEAREST_NONE;

		for (size_t y = 0; y < h; y++) {
			if (set[y * w + x])
				last = (uint32_t)y;
			row[y * w + x] = last;
		}
		last = NEAREST_NONE;
		for (size_t y = h; y-- > 0;) {
			uint32_t *r = &row[y * w + x];

			if (set[y * w + x])
				last = (uint32_t)y;
			if (last != NEAREST_NONE && (*r == NEAREST_NONE || last - y < y - *r))
				*r = last;
		}
	}
	for (size_t y = 0; y < h; y++) {
		const uint32_t *r = row + y * w;
		size_t n = 0, k = 0;

		for (size_t x = 0; x < w; x++) {
			double f, s = -INFINITY;

			if (r[x] == NEAREST_NONE)
				continue;
			f = ((double)r[x] - (double)y) * ((double)r[x] -
			    (double)y) + (double)x * (double)x;
			while (n > 0) {
				double o = at[n - 1], d = (double)r[at[n - 1]] -
				    (double)y;

				s = (f - d * d - o * o) / (2 * ((double)x - o));
				if (s > from[n - 1])
					break;
				n--;
				s = -INFINITY;
			}
			at[n] = (uint32_t)x;
			from[n++] = s;
		}
		for (size_t x = 0; x < w; x++) {
			while (k + 1 < n && from[k + 1] < (double)x)
				k++;
			near[y * w + x] = n ? (uint32_t)(r[at[k]] * w + at[k]) :
			    NEAREST_NONE;
		}
	}
	arena_pop(a, mark);
	return OK;
}
