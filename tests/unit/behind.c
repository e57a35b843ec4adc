/* What lies behind: the same height of the same limb, on the other side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "body/behind.h"
#include "body/unfold.h"
#include "human/human.h"
#include "../tap.h"

#define T 128

static struct arena *arena;
static struct body body;
static struct unfold unfold;
static int32_t behind[T * T];

static bool
at(struct unfold_point *p, size_t texel)
{
	return unfold_point(p, &unfold, texel % T * UNFOLD_SS,
	    texel / T * UNFOLD_SS);
}

/* Share of texels of charts that have something behind them. */
static double
share(size_t *n)
{
	size_t have = 0;

	*n = 0;
	for (size_t i = 0; i < T * T; i++) {
		struct unfold_point p;

		if (!at(&p, i))
			continue;
		++*n;
		have += behind[i] >= 0;
	}
	return (double)have / (double)*n;
}

/*
 * Of those, how many lie within `far` metres in x and y, and how many look
 * the other way.
 */
static void
judge(double *near, double *turned, double far)
{
	size_t n = 0, close = 0, other = 0;

	for (size_t i = 0; i < T * T; i++) {
		struct unfold_point p, q;

		if (behind[i] < 0 || !at(&p, i) ||
		    !at(&q, (size_t)behind[i]) || p.part < 3 || p.part > 22)
			continue;
		n++;
		close += hypotf(p.at[0] - q.at[0], p.at[1] - q.at[1]) < far;
		other += p.normal[2] * q.normal[2] <= 0;
	}
	*near = (double)close / (double)n;
	*turned = (double)other / (double)n;
}

/* Hair lies at the crown, a face has nothing, a back what is below necklines. */
static void
trunk_and_head(void)
{
	size_t face = 0, hair = 0, n_face = 0, n_hair = 0, n_back = 0;
	float chin = INFINITY, top = -INFINITY, open = -INFINITY;
	size_t low = 0;

	for (size_t i = 0; i < T * T; i++) {
		struct unfold_point p;

		if (!at(&p, i))
			continue;
		if (p.part > 22) {
			chin = fminf(chin, p.at[1]);
			top = fmaxf(top, p.at[1]);
		} else if (p.part < 3) {
			open = fmaxf(open, p.at[1]);
		}
	}
	for (size_t i = 0; i < T * T; i++) {
		struct unfold_point p, q;

		if (!at(&p, i))
			continue;
		if (p.part > 22 && p.normal[2] > 0) {
			n_face++;
			face += behind[i] >= 0;
		}
		if (behind[i] < 0 || !at(&q, (size_t)behind[i]))
			continue;
		if (p.part > 22 && p.at[1] > (chin + top) / 2) {
			n_hair++;
			hair += q.at[1] > top - .25f * (top - chin) &&
			    q.normal[2] > 0;
		} else if (p.part == 1) {
			n_back++;
			low += q.at[1] < open - .09f;
		}
	}
	ok(n_face > 100 && face == 0, "a face is like nothing: %zu of %zu",
	    face, n_face);
	ok(n_hair > 100 && (double)hair > .97 * (double)n_hair,
	    "hair is like the crown: %zu of %zu", hair, n_hair);
	ok(n_back > 100 && low == n_back, "a back is like what is below "
	    "necklines: %zu of %zu", low, n_back);
}

int
main(void)
{
	struct layout *l;
	struct human h;
	double near, turned;
	size_t n;

	human_usual(&h, 0.5);
	if (arena_new(&arena, (size_t)1 << 30) != OK ||
	    human_make(&body, arena, &h) != OK ||
	    layout_open(&l, "atlas24") != OK ||
	    unfold_make(&unfold, arena, &body, l, T) != OK)
		exit(2);
	size_t mark = arena_mark(arena);

	ok(behind_make(behind, &body, l, T, arena) == OK, "%s",
	    status_detail());
	ok(arena_mark(arena) == mark, "scratch is given back");
	double have = share(&n);

	ok(n > T * T / 2 && have > 0.75, "%.3f of %zu texels have something "
	    "behind them", have, n);
	judge(&near, &turned, 0.03);
	ok(near > 0.97, "%.3f of it within 3 cm, seen from the front", near);
	ok(turned > 0.97, "%.3f of it looks the other way", turned);
	trunk_and_head();
	for (size_t i = 0; i < T * T; i++)
		if (behind[i] >= T * T || behind[i] < -1)
			ok(false, "texel %zu: %d", i, behind[i]);
	body.part = NULL;
	ok(behind_make(behind, &body, l, T, arena) == E_SHAPE &&
	    !strcmp(status_detail(), "the body has no DensePose charts"),
	    "a body without charts");
	layout_close(l);
	arena_free(arena);
	return done();
}
