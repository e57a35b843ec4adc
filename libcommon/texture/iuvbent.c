#include <math.h>
#include <stdlib.h>

#include "texture/iuvgap.h"

/*
 * What was done to u and v is undone by gain * (x/255)^power * 255 + move. The median
 * gap of 860 right IUVs, of networks and rendered ones, grows by gammas of
 * 1.5 by half at least, by 2.2 to double, and by a third where 20 is added; undoing
 * such things to right ones with as many gaps made it fall by 2 in 100 at most.
 */
static const struct bend {
	double power, gain;
	int move;
	double least;		/* times which it must fall */
} bends[] = {
	{ 2.2, 1, 0, 1.25 }, { 1.5, 1, 0, 1.25 }, { 1 / 1.5, 1, 0, 1.25 },
	{ 1 / 2.2, 1, 0, 1.25 },
	{ 1, 1, -20, 1.15 }, { 1, 1, 20, 1.15 }, { 1, 1, -40, 1.15 },
	{ 1, 1, 40, 1.15 },
	/* Arms before the trunk look shortened: 1.27 once. */
	{ 1, 1.2, 0, 1.4 }, { 1, 0.85, 0, 1.4 },
};
#define LEAST_GAPS 100		/* fewer tell nothing */
#define MANY_GAPS 300		/* where small things tell */
#define RIGHT 44		/* a median that can be right */

/* In 1/sqrt(pixels of the body): right ones .18 at most of u, .36 of v. */
#define WRAP 240
static const double most_wraps[2] = { 0.25, 0.45 };

/*
 * Cut off: so many pixels at one end of 0..255, and nobody near the other. Right ones
 * have 1 in 100 at an end, and their lowest 0.2 % below 24.
 */
#define SHARE 0.012
#define EMPTY 16

static struct iuv_undo
undo_bend(const struct bend *b, bool of_u, bool of_v)
{
	struct iuv_undo d = iuv_undo_none();

	for (int i = 0; i < 256; i++) {
		double x = 255 * b->gain * pow(i / 255.0, b->power) + b->move;
		uint8_t to = (uint8_t)fmin(fmax(x + 0.5, 0), 255);

		d.u[i] = of_u ? to : d.u[i];
		d.v[i] = of_v ? to : d.v[i];
	}
	return d;
}

static double
median(const struct iuv_gaps *g)
{
	return iuv_gap_median(g) + 0.5;
}

/* Which bend brings parts that meet nearer to one place, if one does. */
static const char *
find_bend(const uint8_t *iuv, size_t h, size_t w)
{
	static const char *const moved[] = { "V is moved or scaled",
	    "U is moved or scaled", "U and V are moved or scaled" };
	const struct iuv_undo none = iuv_undo_none();
	const char *text = NULL;
	struct iuv_gaps g;

	iuv_gap_count(&g, iuv, h, w, &none);
	if (g.n < LEAST_GAPS)
		return NULL;
	const double now = median(&g);
	double least = fmin(now, RIGHT);

	for (size_t i = 0; i < sizeof bends / sizeof *bends; i++)
		for (int of = 1; of <= 3; of++) {
			const bool gamma = bends[i].power != 1;
			struct iuv_undo d = undo_bend(&bends[i], of & 2, of & 1);

			if (gamma ? of != 3 : g.n < MANY_GAPS)
				continue;
			iuv_gap_count(&g, iuv, h, w, &d);
			if (median(&g) >= least ||
			    now < bends[i].least * median(&g))
				continue;
			least = median(&g);
			text = gamma ? "U and V are bent, as a tone curve (gamma) "
			    "does" : moved[of - 1];
		}
	return text;
}

struct values {
	size_t body, count[2][256];
	size_t wraps[2];	/* pixels of a part beside each other, 0 and 255 */
};

static void
count_values(struct values *v, const uint8_t *iuv, size_t h, size_t w)
{
	*v = (struct values){ .body = 0 };
	for (size_t y = 0; y + 1 < h; y++)
		for (size_t x = 0; x + 1 < w; x++) {
			const uint8_t *p = iuv + 3 * (y * w + x);

			if (!p[0])
				continue;
			v->body++;
			for (int c = 0; c < 2; c++) {
				const uint8_t *q[] = { p + 3, p + 3 * w };

				v->count[c][p[1 + c]]++;
				for (int k = 0; k < 2; k++)
					v->wraps[c] += q[k][0] == p[0] &&
					    abs(p[1 + c] - q[k][1 + c]) >= WRAP;
			}
		}
}

/* Pixels at one end, and none in the first EMPTY values of the other. */
static bool
is_cut_off(const struct values *v, int c, bool above)
{
	const size_t *n = v->count[c];
	size_t far = 0;

	for (int i = 0; i < EMPTY; i++)
		far += n[above ? i : 255 - i];
	return (double)n[above ? 255 : 0] > SHARE * (double)v->body &&
	    far * 500 < v->body;
}

const char *
iuv_bent(const uint8_t *iuv, size_t h, size_t w)
{
	static const char *const wrapped[] = { "U is wrapped round from 255 to 0, as "
	    "bytes that a number was added to", "V is wrapped round from 255 to 0, "
	    "as bytes that a number was added to" };
	static const char *const cut_off[] = { "U is moved and cut off at the end",
	    "V is moved and cut off at the end" };
	struct values v;

	count_values(&v, iuv, h, w);
	for (int c = 0; c < 2; c++)
		if ((double)v.wraps[c] > most_wraps[c] * sqrt((double)v.body))
			return wrapped[c];
	const char *text = find_bend(iuv, h, w);

	for (int c = 0; c < 2 && !text; c++)
		if (is_cut_off(&v, c, true) || is_cut_off(&v, c, false))
			text = cut_off[c];
	return text;
}
