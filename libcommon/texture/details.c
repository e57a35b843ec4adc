#include "texture/details.h"

#include "base/arena.h"
#include "texture/coord.h"

/* change *= 1 - keep * down(seen == 1), see details.h */
static enum status
spare(float *change, const uint8_t *seen, struct convert_side f,
    struct convert_side c, double keep, struct arena *a)
{
	size_t mark = arena_mark(a), n = f.T * f.T * 3, m = c.T * c.T * 3;
	float *shown = arena_alloc(a, n * sizeof *shown);
	float *share = arena_alloc(a, m * sizeof *share);

	if (!shown || !share)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++)
		shown[i] = seen[i / 3] == SEEN_YES;
	TRY(convert_texture(share, c, shown, f, a));
	for (size_t i = 0; i < m; i++)
		change[i] *= (float)(1 - keep * (double)share[i]);
	arena_pop(a, mark);
	return OK;
}

enum status
details_texture(float *out, const float *fine, const uint8_t *seen,
    struct convert_side f, const float *coarse, struct convert_side c,
    double keep, struct arena *a)
{
	size_t mark = arena_mark(a), n = f.T * f.T * 3, m = c.T * c.T * 3;
	float *change = arena_alloc(a, m * sizeof *change);
	float *up = arena_alloc(a, n * sizeof *up);

	if (!change || !up)
		return E_NOMEM;
	TRY(convert_texture(change, c, fine, f, a));
	for (size_t i = 0; i < m; i++)
		change[i] = coarse[i] - change[i];
	if (keep > 0)
		TRY(spare(change, seen, f, c, keep, a));
	TRY(convert_texture(up, f, change, c, a));
	for (size_t i = 0; i < n; i++)
		out[i] = fine[i] + up[i];
	arena_pop(a, mark);
	return OK;
}

enum status
details_seen(uint8_t *out, const uint8_t *fine, struct convert_side f,
    const uint8_t *coarse, struct convert_side c, struct arena *a)
{
	size_t mark = arena_mark(a);
	uint8_t *scratch = arena_alloc(a, c.T * c.T);
	uint8_t *up = arena_alloc(a, f.T * f.T);

	if (!scratch || !up)
		return E_NOMEM;
	convert_seen(up, f, coarse, c, scratch);
	for (size_t i = 0; i < f.T * f.T; i++)
		out[i] = fine && fine[i] == SEEN_YES ? SEEN_YES : up[i];
	arena_pop(a, mark);
	return OK;
}
