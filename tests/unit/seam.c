/* The seams of the body: who adjoins whom, symmetry, and the links on atlas24. */
#include "texture/seam.h"

#include <stdlib.h>

#include "../tap.h"

enum { T = 256 };

static uint8_t chart[T * T];

static int
mirrored(int p)
{
	return p < 3 ? p : p & 1 ? p + 1 : p - 1;
}

int
main(void)
{
	/* Of a body: front and back, sleeve and trunk, knee, neck, ankle, wrist. */
	static const int yes[][2] = { { 1, 2 }, { 2, 15 }, { 10, 14 },
		{ 2, 23 }, { 5, 14 }, { 4, 21 }, { 23, 24 }, { 19, 21 } };
	static const int no[][2] = { { 2, 3 }, { 13, 14 }, { 3, 4 }, { 9, 10 },
		{ 15, 16 }, { 23, 15 }, { 5, 6 }, { 2, 13 } };
	struct layout *l;
	struct arena *a;
	struct seam_link *link;
	size_t n, missing = 0, lopsided = 0, off = 0, strangers = 0;
	size_t per_pair[25][25] = { { 0 } };

	for (size_t i = 0; i < 8; i++)
		missing += !seam_adjoin(yes[i][0], yes[i][1]) ||
		    !seam_adjoin(yes[i][1], yes[i][0]) ||
		    seam_adjoin(no[i][0], no[i][1]);
	ok(missing == 0, "what adjoins and what does not");
	for (int p = 1; p < 25; p++)
		for (int q = 1; q < 25; q++)
			lopsided += seam_adjoin(p, q) !=
			    seam_adjoin(mirrored(p), mirrored(q));
	ok(lopsided == 0, "left is as right");

	if (!ok(layout_open(&l, "atlas24") == OK &&
	    arena_new(&a, (size_t)1 << 28) == OK, "layout"))
		return done();
	layout_charts(l, T, chart);
	if (!ok(seam_links(&link, &n, a, l, chart, T) == OK, "links"))
		return done();
	for (size_t i = 0; i < n; i++) {
		int p = chart[link[i].a], q = chart[link[i].b];

		off += !p || !q || p == q;
		strangers += !seam_adjoin(p, q);
		per_pair[p][q]++;
		per_pair[q][p]++;
	}
	ok(off == 0 && strangers == 0, "all join texels of adjoining charts");
	missing = 0;
	for (int p = 1; p < 25; p++)
		for (int q = 1; q < 25; q++)
			missing += seam_adjoin(p, q) && !per_pair[p][q];
	ok(missing == 0, "every pair that adjoins has links");
	/* 65 cm from hip to armpit, on both sides, are some 170 texels. */
	ok(per_pair[1][2] > 120, "front and back: %zu", per_pair[1][2]);
	arena_free(a);
	layout_close(l);
	return done();
}
