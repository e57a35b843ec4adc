#include "texture/details.h"

#include "base/arena.h"
#include "texture/coord.h"
#include "texture/level.h"

/* How much of each coarse texel the photo shows: down(seen == 1), see details.h */
static enum status
spare(float *share, const uint8_t *seen, struct convert_side f,
    struct convert_side c, struct arena *a)
{
	size_t mark = arena_mark(a), n = f.T * f.T * 3;
	float *shown = arena_alloc(a, n * sizeof *shown);

	if (!shown)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++)
		shown[i] = seen[i / 3] == SEEN_YES;
	TRY(convert_texture(share, c, shown, f, a));
	arena_pop(a, mark);
	return OK;
}

enum status
details_texture(float *out, const float *fine, const uint8_t *seen,
    struct convert_side f, const float *coarse, struct convert_side c,
    struct details_how how, struct arena *a)
{
	size_t mark = arena_mark(a), n = f.T * f.T * 3, m = c.T * c.T * 3;
	float *low = arena_alloc(a, m * sizeof *low);
	float *change = arena_alloc(a, m * sizeof *change);
	float *share = arena_calloc(a, m, sizeof *share);
	float *up = arena_alloc(a, n * sizeof *up), *add;

	if (!low || !change || !share || !up)
		return E_NOMEM;
	TRY(convert_texture(low, c, fine, f, a));
	if (how.keep > 0)
		TRY(spare(share, seen, f, c, a));
	if (how.keep > 0 && how.level)
		TRY(level_shown(share, c, a));
	for (size_t i = 0; i < m; i++)
		change[i] = (coarse[i] - low[i]) *
		    (float)(1 - how.keep * (double)share[i]);
	if (how.level) {
		for (size_t i = 0; i < m; i++)
			low[i] += change[i];
		TRY(level_seams(&add, low, share, c, a));
		for (size_t i = 0; i < m; i++)
			change[i] += add[i];
	}
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
