#include "texture/iuvdoubt.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "texture/atlas24.h"
#include "texture/iuvgap.h"

#define LEAST_BODY 1000		/* pixels: below, noise decides */
#define LEAST_GAPS 60		/* pairs of pixels on two parts that adjoin */
#define STEEP 48		/* a step of u or v that is a fold */
/*
 * Medians of gaps at seams: 10 to 34 of 255 on 45 IUVs of photos and renders; 54 and
 * more where both are reversed, 100 and more for the other ways.
 */
#define STRANGERS 2		/* 0.74 at most there, to one that adjoins */
#define RIGHT 44		/* at most this where all is well */
#define WIDE 80			/* more than this: wrong, whatever it is */

/*
 * Of a part with so many triangles, the share that shows its inside: 0.66 at most of
 * 620 parts in 44 IUVs of photos and renders.
 */
#define LEAST_SIDES 200
#define INSIDE 0.8

#define PARTS 24

/* What may have been done to u and v. */
struct way {
	bool swap, flip_u, flip_v;
	const char *text;
};
#define WAYS 8
static const struct way way[WAYS] = {
	{ false, false, false, NULL },		/* see TURNING */
	{ false, true, true, "U and V are both reversed" },
	{ true, true, false, "U and V are exchanged and one is reversed" },
	{ true, false, true, "U and V are exchanged and one is reversed" },
	/* The others turn every chart inside out, and so does a mirror. */
	{ true, false, false, "U and V are exchanged" },
	{ false, true, false, "U is reversed" },
	{ false, false, true, "V is reversed" },
	{ true, true, true, "U and V are exchanged and both reversed" },
};
#define TURNING 4

static struct iuv_undo
undo_way(const struct way *w)
{
	struct iuv_undo d = iuv_undo_none();

	d.swap = w->swap;
	for (int i = 0; i < 256; i++) {
		d.u[i] = (uint8_t)(w->flip_u ? 255 - i : i);
		d.v[i] = (uint8_t)(w->flip_v ? 255 - i : i);
	}
	return d;
}

/* Triangles of each part that show its outer side, and its inner side. */
static void
count_sides(size_t side[PARTS + 1][2], const uint8_t *iuv, size_t h, size_t w)
{
	memset(side, 0, (PARTS + 1) * sizeof *side);
	for (size_t y = 0; y + 1 < h; y++)
		for (size_t x = 0; x + 1 < w; x++) {
			const uint8_t *a = iuv + 3 * (y * w + x), *b = a + 3,
			    *c = a + 3 * w;
			int bu = b[1] - a[1], bv = b[2] - a[2];
			int cu = c[1] - a[1], cv = c[2] - a[2];
			int det = bu * cv - cu * bv;

			if (!a[0] || a[0] != b[0] || a[0] != c[0] || det == 0 ||
			    abs(bu) > STEEP || abs(bv) > STEEP ||
			    abs(cu) > STEEP || abs(cv) > STEEP)
				continue;
			side[a[0]][(det > 0) == (atlas24_hand(a[0]) < 0)]++;
		}
}

/* Whether a part shows its inside although the body as a whole does not. */
static bool
has_part_inside(const size_t side[PARTS + 1][2])
{
	for (int p = 1; p <= PARTS; p++) {
		const double n = (double)(side[p][0] + side[p][1]);

		if (n >= LEAST_SIDES && (double)side[p][1] > INSIDE * n)
			return true;
	}
	return false;
}

/*
 * The median of the gaps at seams once `how` is undone; -1: too few seams. A
 * body has more of these than places where a limb lies before another part;
 * where it has not, the parts are wrong, and the gap is the largest.
 */
static int
gap_at_seams(const uint8_t *iuv, size_t h, size_t w, const struct way *how)
{
	const struct iuv_undo d = undo_way(how);
	struct iuv_gaps g;

	iuv_gap_count(&g, iuv, h, w, &d);
	return g.n < LEAST_GAPS ? -1 : g.strangers > STRANGERS * g.n ? 255 :
	    iuv_gap_median(&g);
}

/*
 * Where the trunk meets arms and thighs: the median of the gaps there, with left
 * and right parts exchanged or not; -1: too few. The seams of a limb do not tell.
 */
static int
gap_at_trunk(const uint8_t *iuv, size_t h, size_t w, bool exchanged)
{
	const struct iuv_undo none = iuv_undo_none();
	struct iuv_gaps g = { .n = 0 };

	for (size_t y = 0; y + 1 < h; y++)
		for (size_t x = 0; x + 1 < w; x++)
			for (int k = 0; k < 2; k++) {
				const uint8_t *p = iuv + 3 * (y * w + x);
				const uint8_t *q = p + (k ? 3 * w : 3);
				uint8_t limb[3];

				if ((p[0] <= 2) == (q[0] <= 2) || !p[0] || !q[0])
					continue;
				memcpy(limb, p[0] <= 2 ? q : p, 3);
				if (exchanged)
					limb[0] = ((limb[0] - 1) ^ 1) + 1;
				iuv_gap_add(&g, p[0] <= 2 ? p : q, limb, &none);
			}
	return g.n < LEAST_GAPS / 2 ? -1 : iuv_gap_median(&g);
}

/*
 * As they are 14 to 70 on 180 IUVs, and exchanged 54 and more, but 0.85 of the
 * former at least.
 */
static bool
has_wrong_sides(const uint8_t *iuv, size_t h, size_t w)
{
	const int back = gap_at_trunk(iuv, h, w, true);

	return back >= 0 && back <= RIGHT &&
	    gap_at_trunk(iuv, h, w, false) > 2 * back;
}

/* U and V that say nothing: equal everywhere, or to each other. */
static const char *
find_flat(const uint8_t *iuv, size_t n)
{
	int lo[2] = { 255, 255 }, hi[2] = { 0, 0 };
	bool same = true;

	for (size_t i = 0; i < n; i++, iuv += 3) {
		for (int c = 0; iuv[0] && c < 2; c++) {
			lo[c] = iuv[1 + c] < lo[c] ? iuv[1 + c] : lo[c];
			hi[c] = iuv[1 + c] > hi[c] ? iuv[1 + c] : hi[c];
		}
		same &= iuv[1] == iuv[2];
	}
	if (lo[0] == hi[0] && lo[1] == hi[1])
		return "U and V are the same everywhere: it holds parts alone, as "
		    "a segmentation does";
	if (lo[0] == hi[0] || lo[1] == hi[1])
		return lo[0] == hi[0] ? "U is the same everywhere" :
		    "V is the same everywhere";
	return same ? "U and V are equal everywhere" : NULL;
}

/* The best of ways from..to-1 to undo, if it brings the gap below `least`. */
static const char *
find_way(const uint8_t *iuv, size_t h, size_t w, int least, int from, int to)
{
	const char *text = NULL;

	for (int i = from; i < to; i++) {
		int g = gap_at_seams(iuv, h, w, &way[i]);

		if (g >= 0 && g < least) {
			least = g;
			text = way[i].text;
		}
	}
	return text;
}

const char *
iuv_doubt(const uint8_t *iuv, size_t h, size_t w)
{
	size_t body = 0, of[PARTS + 1][2], side[2] = { 0, 0 };
	const char *text;

	for (size_t i = 0; i < h * w; i++)
		body += iuv[3 * i] != 0;
	if (body < LEAST_BODY)
		return NULL;
	if ((text = find_flat(iuv, h * w)) != NULL)
		return text;
	count_sides(of, iuv, h, w);
	for (int p = 1; p <= PARTS; p++) {
		side[0] += of[p][0];
		side[1] += of[p][1];
	}
	const int gap = gap_at_seams(iuv, h, w, &way[0]);

	if (has_wrong_sides(iuv, h, w))
		return "left and right parts are exchanged";
	if (gap < 0)
		return side[1] <= side[0] ? NULL : "it shows charts from inside: U "
		    "and V exchanged, one of them reversed, or the picture mirrored";
	if (side[1] > side[0]) {
		text = find_way(iuv, h, w, gap < RIGHT ? gap : RIGHT, TURNING, WAYS);
		if (!text && gap <= RIGHT)
			text = "the picture is mirrored, but left and right parts "
			    "are not exchanged";
	} else {
		if (gap > RIGHT)
			text = find_way(iuv, h, w, gap / 2 < RIGHT ? gap / 2 :
			    RIGHT, 1, TURNING);
		if (!text)
			text = iuv_bent(iuv, h, w);
		if (!text && gap <= WIDE && has_part_inside((const size_t (*)[2])of))
			return "some parts show their inside: U and V exchanged or one "
			    "reversed in them, or left and right";
		if (!text && gap <= WIDE)
			return NULL;
	}
	return text ? text : "parts that meet do not name the same place there: U "
	    "and V rounded or blended, or parts counted in another way";
}
