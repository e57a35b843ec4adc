#include "fit/drawlabels.h"

#include <math.h>
#include <string.h>

#include "body/raster.h"
#include "fit/nearest.h"

/* DensePose's parts. */
enum { DRAWN_RIGHT_HAND = 3, DRAWN_LEFT_HAND };

/*
 * Of 650 hands that were drawn 24 had a visibility below HIDDEN, all but three
 * of them were hidden by something; and so were the six below UNSURE of which a
 * share of BEFORE or more was drawn before the other arm.
 */
#define HIDDEN 0.25
#define UNSURE 0.75
#define BEFORE 0.1
#define CLOSED 0.018f		/* metres, half of a gap that is closed */

static void
label(uint8_t out[3], const struct body *b, const float (*p)[3], uint32_t f,
    float x, float y)
{
	const uint32_t *v = b->mesh.face[f];
	const float (*uv)[2] = b->part_uv[f];
	float w[3];

	raster_weights(w, p[v[0]], p[v[1]], p[v[2]], x, y);
	out[0] = b->part[f];
	for (int i = 0; i < 2; i++) {
		float t = w[0] * uv[0][i] + w[1] * uv[1][i] + w[2] * uv[2][i];

		out[1 + i] = (uint8_t)(fminf(fmaxf(t, 0), 1) * 255 + 0.5f);
	}
}

/* No triangle of a hand. */
static bool
no_hand(const void *body, uint32_t f, size_t x, size_t y)
{
	const struct body *b = body;

	(void)x;
	(void)y;
	return b->part[f] != DRAWN_RIGHT_HAND && b->part[f] != DRAWN_LEFT_HAND;
}

static enum status
draw(uint8_t *iuv, const struct body *b, const float (*vert)[3],
    const struct camera *c, bool hands, struct arena *a)
{
	size_t n = c->w * c->h, mark = arena_mark(a);
	struct raster r = { .w = c->w, .h = c->h,
		.face = arena_calloc(a, n, sizeof *r.face),
		.near = arena_calloc(a, n, sizeof *r.near), .side = -1,
		.there = hands ? NULL : no_hand, .arg = b };
	float (*p)[3] = arena_calloc(a, b->mesh.n_vert, sizeof *p);
	enum status s;

	if (!r.face || !r.near || !p)
		return E_NOMEM;
	camera_project(p, c, vert, b->mesh.n_vert, 1, 0);
	raster_clear(&r);
	s = raster_draw(&r, (const float (*)[3])p, b->mesh.n_vert,
	    b->mesh.face, b->mesh.n_face);
	memset(iuv, 0, n * 3);
	for (size_t i = 0; i < n && s == OK; i++)
		if (r.face[i] != RASTER_NONE)
			label(iuv + 3 * i, b, (const float (*)[3])p, r.face[i],
			    (float)(i % c->w), (float)(i / c->w));
	arena_pop(a, mark);
	return s;
}

/* Whether a part is of the arm or hand that a hand does not belong to. */
static bool
of_other_arm(int hand, int part)
{
	if (part == DRAWN_RIGHT_HAND || part == DRAWN_LEFT_HAND)
		return part != hand;
	/* Odd ones are of the left arm. */
	return part >= 15 && part <= 22 && (part % 2 == 1) ==
	    (hand == DRAWN_RIGHT_HAND);
}

/* The share of a hand's pixels that would be the other arm's without it. */
static double
before_other_arm(const uint8_t *iuv, const uint8_t *bare, size_t n, int hand)
{
	size_t all = 0, other = 0;

	for (size_t i = 0; i < n; i++) {
		if (iuv[3 * i] != hand)
			continue;
		all++;
		other += of_other_arm(hand, bare[3 * i]);
	}
	return all ? (double)other / (double)all : 0;
}

static enum status
take_hands_away(uint8_t *iuv, const struct body *b, const float (*vert)[3],
    const struct camera *c, const double seen[2], struct arena *a)
{
	size_t n = c->w * c->h, mark = arena_mark(a);
	uint8_t *bare = arena_calloc(a, n, 3);

	if (!bare)
		return E_NOMEM;
	TRY(draw(bare, b, vert, c, false, a));
	for (int i = 0; i < 2; i++) {
		int hand = DRAWN_RIGHT_HAND + i;

		if (seen[i] >= HIDDEN && (seen[i] >= UNSURE ||
		    before_other_arm(iuv, bare, n, hand) < BEFORE))
			continue;
		for (size_t k = 0; k < n; k++)
			if (iuv[3 * k] == hand)
				memcpy(iuv + 3 * k, bare + 3 * k, 3);
	}
	arena_pop(a, mark);
	return OK;
}

/* Distance of pixel i from pixel j, w pixels a row. */
static float
pixels(size_t i, uint32_t j, size_t w)
{
	return j == NEAREST_NONE ? INFINITY : hypotf((float)(i % w) -
	    (float)(j % w), (float)(i / w) - (float)(j / w));
}

/*
 * The body holds its fingers apart, people mostly do not: what lies between
 * them is the hand's. The set of its pixels is closed, by r pixels, in the box
 * lo..hi.
 */
static enum status
close_hand(uint8_t *iuv, size_t width, const size_t lo[2], const size_t hi[2],
    int hand, float r, struct arena *a)
{
	size_t w = hi[0] - lo[0], h = hi[1] - lo[1], n = w * h;
	uint8_t *set = arena_calloc(a, n, 1);
	uint32_t *near = arena_calloc(a, n, sizeof *near);
	uint32_t *off = arena_calloc(a, n, sizeof *off);

	if (!set || !near || !off)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++)
		set[i] = iuv[3 * ((lo[1] + i / w) * width + lo[0] + i % w)] ==
		    hand;
	TRY(nearest_set(near, set, h, w, a));
	for (size_t i = 0; i < n; i++)
		set[i] = pixels(i, near[i], w) > r;
	TRY(nearest_set(off, set, h, w, a));
	for (size_t i = 0; i < n; i++) {
		uint8_t *to = iuv + 3 * ((lo[1] + i / w) * width + lo[0] +
		    i % w);

		if (to[0] == 0 || to[0] == DRAWN_RIGHT_HAND || to[0] ==
		    DRAWN_LEFT_HAND || pixels(i, off[i], w) <= r)
			continue;
		memcpy(to, iuv + 3 * ((lo[1] + near[i] / w) * width + lo[0] +
		    near[i] % w), 3);
	}
	return OK;
}

static enum status
close_hands(uint8_t *iuv, const struct camera *c, struct arena *a)
{
	float r = CLOSED * (float)(c->focal / c->t[2]);

	for (int hand = DRAWN_RIGHT_HAND; hand <= DRAWN_LEFT_HAND; hand++) {
		size_t lo[2] = { c->w, c->h }, hi[2] = { 0, 0 };
		size_t mark = arena_mark(a), more = (size_t)(2 * r) + 2;

		for (size_t i = 0; i < c->w * c->h; i++) {
			const size_t at[2] = { i % c->w, i / c->w };

			for (int k = 0; k < 2 && iuv[3 * i] == hand; k++) {
				lo[k] = at[k] < lo[k] ? at[k] : lo[k];
				hi[k] = at[k] >= hi[k] ? at[k] + 1 : hi[k];
			}
		}
		if (hi[0] == 0)
			continue;
		for (int k = 0; k < 2; k++) {
			size_t end = k ? c->h : c->w;

			lo[k] = lo[k] > more ? lo[k] - more : 0;
			hi[k] = hi[k] + more < end ? hi[k] + more : end;
		}
		TRY(close_hand(iuv, c->w, lo, hi, hand, r, a));
		arena_pop(a, mark);
	}
	return OK;
}

enum status
draw_labels(uint8_t *iuv, const struct body *b, const float (*vert)[3],
    const struct camera *c, const double seen[2], struct arena *a)
{
	TRY(draw(iuv, b, vert, c, true, a));
	if (seen && (seen[0] < UNSURE || seen[1] < UNSURE))
		TRY(take_hands_away(iuv, b, vert, c, seen, a));
	return close_hands(iuv, c, a);
}
