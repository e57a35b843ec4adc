/* The coarse of one texture and the fine of another. */
#include "texture/details.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "texture/coord.h"

#include "../tap.h"

enum { T = 64, S = 16 };

/* Largest difference of a and b + shift where there are charts. */
static double
apart(const float *a, const float *b, float shift, const uint8_t *chart)
{
	double worst = 0;

	for (size_t i = 0; i < T * T; i++)
		for (size_t k = 0; chart[i] && k < 3; k++)
			worst = fmax(worst, fabs((double)a[3 * i + k] -
			    (double)b[3 * i + k] - (double)shift));
	return worst;
}

int
main(void)
{
	static float fine[T * T * 3], coarse[S * S * 3], out[T * T * 3];

	static uint8_t chart[T * T], seen[T * T], small[S * S], from[T * T];
	struct layout *l;
	struct arena *a;
	double worst = 0;
	const struct details_how none = { 0 };

	if (layout_open(&l, "atlas24") != OK || arena_new(&a, 1 << 26) != OK)
		return 1;
	const struct convert_side f = { l, T }, c = { l, S };

	layout_charts(l, T, chart);
	for (size_t i = 0; i < T * T * 3; i++)
		fine[i] = sinf((float)(i % 977));
	ok(convert_texture(coarse, c, fine, f, a) == OK &&
	    details_texture(out, fine, NULL, f, coarse, c, none, a) == OK &&
	    memcmp(out, fine, sizeof out) == 0, "its own coarse changes "
	    "nothing");
	for (size_t i = 0; i < S * S * 3; i++)
		coarse[i] += 0.25f;
	double d = details_texture(out, fine, NULL, f, coarse, c, none, a) == OK ?
	    apart(out, fine, 0.25f, chart) : 1;

	ok(d < 1e-6, "a shift is taken over: off by %.1e", d);

	/* A fine texture that is smooth leaves no trace but its details. */
	for (size_t i = 0; i < T * T * 3; i++)
		fine[i] = 0.5f;
	for (size_t i = 0; i < S * S * 3; i++)
		coarse[i] = sinf((float)i);
	if (details_texture(fine, fine, NULL, f, coarse, c, none, a) != OK ||
	    convert_texture(out, f, coarse, c, a) != OK)
		return 1;
	worst = apart(fine, out, 0, chart);
	ok(worst < 1e-6, "in place; of a plain texture the coarse one is left, "
	    "enlarged: off by %.1e", worst);

	for (size_t i = 0; i < T * T; i++)
		seen[i] = chart[i] ? (uint8_t)(i % 3 ? SEEN_MIRROR : SEEN_YES) : 0;
	/* Where all is shown all stays, or a part; where nothing is, nothing. */
	double kept[3];

	for (int k = 0; k < 3; k++) {
		memset(from, k == 2 ? SEEN_MIRROR : SEEN_YES, sizeof from);
		for (size_t i = 0; i < S * S * 3; i++)
			coarse[i] = 0.5f;
		for (size_t i = 0; i < T * T * 3; i++)
			fine[i] = -0.5f;
		if (details_texture(out, fine, from, f, coarse, c,
		    (struct details_how){ .keep = k == 1 ? 0.25 : 1 }, a) != OK)
			return 1;
		kept[k] = apart(out, fine, k == 0 ? 0 : k == 1 ? 0.75f : 1, chart);
	}
	ok(kept[0] < 1e-6 && kept[1] < 1e-6 && kept[2] < 1e-6, "the photo's "
	    "share is kept: off by %.1e, %.1e, %.1e", kept[0], kept[1],
	    kept[2]);
	memset(small, SEEN_INPAINT, sizeof small);
	bool good = details_seen(from, seen, f, small, c, a) == OK;

	for (size_t i = 0; i < T * T; i++)
		good &= from[i] == (!chart[i] ? SEEN_NOT : seen[i] == SEEN_YES ?
		    SEEN_YES : SEEN_INPAINT);
	ok(good, "what the photo shows stays seen");
	good = details_seen(from, NULL, f, small, c, a) == OK;
	for (size_t i = 0; i < T * T; i++)
		good &= from[i] == (chart[i] ? SEEN_INPAINT : SEEN_NOT);
	ok(good, "all is the coarse one's where nothing is known");
	arena_free(a);
	layout_close(l);
	return done();
}
