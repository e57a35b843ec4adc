#include "texture/convert.h"

#include <math.h>
#include <string.h>

#include "texture/texmap.h"

#define MOST 8		/* places along x and y that one texel is the mean of */

/* Old texel of a position on the new map, and its part. */
static bool
old_place(float xy[2], int *part, struct convert_side to,
    struct convert_side from, float x, float y)
{
	float u, v;

	return layout_surface(to.layout, to.T, x, y, part, &u, &v) &&
	    layout_texel(from.layout, from.T, *part, u, v, xy);
}

/* How many old texels a new one is long, at the least 1 and at most MOST. */
static int
places(struct convert_side to, struct convert_side from, float x, float y,
    const float here[2])
{
	static const float dx[4] = { .5f, -.5f, 0, 0 }, dy[4] = { 0, 0, .5f,
		-.5f };
	float xy[2], longest = 0;
	int part;

	for (int k = 0; k < 4; k++)
		if (old_place(xy, &part, to, from, x + dx[k], y + dy[k]))
			longest = fmaxf(longest, 2 * hypotf(xy[0] - here[0],
			    xy[1] - here[1]));
	/*
	 * Equal sizes must stay as they are, whatever rounding says. Where the
	 * old layout is cut inside the texel the length means nothing.
	 */
	return longest <= 1.01f || longest > 2 * MOST ? 1 :
	    (int)ceilf(fminf(longest, MOST));
}

static void
convert_texel(float out[3], struct convert_side to, const float *src,
    struct convert_side from, float x, float y)
{
	float xy[2], rgb[3], sum[3] = { 0 }, n = 0;
	int part;

	if (!old_place(xy, &part, to, from, x, y))
		return;
	const int k = places(to, from, x, y, xy);

	for (int j = 0; j < k; j++)
		for (int i = 0; i < k; i++) {
			const float px = x + ((float)i + .5f) / (float)k - .5f;
			const float py = y + ((float)j + .5f) / (float)k - .5f;

			if (!old_place(xy, &part, to, from, px, py))
				continue;
			texmap_at(rgb, src, from.T, from.T, 3, xy[0], xy[1]);
			for (int c = 0; c < 3; c++)
				sum[c] += rgb[c];
			n++;
		}
	for (int c = 0; c < 3 && n > 0; c++)
		out[c] = sum[c] / n;
}

enum status
convert_texture(float *texture, struct convert_side to, const float *src,
    struct convert_side from, struct arena *a)
{
	const size_t mark = arena_mark(a), n = to.T * to.T;
	const size_t m = from.T * from.T, larger = n > m ? n : m;
	float *old = arena_calloc(a, m, 3 * sizeof *old);
	uint8_t *chart = arena_calloc(a, larger, 2);

	if (!old || !chart)
		return E_NOMEM;
	memcpy(old, src, 3 * m * sizeof *old);
	layout_charts(from.layout, from.T, chart);
	texmap_gutter(old, chart, from.T, 3, TEXMAP_GUTTER, chart + larger);
	layout_charts(to.layout, to.T, chart);
	memset(texture, 0, 3 * n * sizeof *texture);
	for (size_t t = 0; t < n; t++)
		if (chart[t])
			convert_texel(texture + 3 * t, to, old, from,
			    (float)(t % to.T), (float)(t / to.T));
	texmap_gutter(texture, chart, to.T, 3, TEXMAP_GUTTER, chart + larger);
	arena_pop(a, mark);
	return OK;
}

void
convert_seen(uint8_t *seen, struct convert_side to, const uint8_t *src,
    struct convert_side from, uint8_t *scratch)
{
	float xy[2];
	int part;
	size_t u;

	layout_charts(from.layout, from.T, scratch);
	for (size_t t = 0; t < to.T * to.T; t++)
		seen[t] = old_place(xy, &part, to, from, (float)(t % to.T),
		    (float)(t / to.T)) && texmap_nearest(scratch, from.T, part,
		    xy, &u) ? src[u] : 0;
}
