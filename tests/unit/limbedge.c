/*
 * Labels of an arm before the trunk that are some pixels off come nearer by
 * the photo's edge; a photo without edges changes nothing, nor does one where
 * all is in its place change much.
 */
#include "../tap.h"
#include "fit/limbedge.h"

#include <string.h>

#include "human/human.h"

#define SIDE 300
#define OFF 4			/* pixels; about 1 cm */

static struct arena *arena;
static struct body body;
static struct places places;
static uint8_t truth[SIDE * SIDE * 3], iuv[SIDE * SIDE * 3];
static uint8_t photo[SIDE * SIDE * 3];

static bool
is_arm(const uint8_t *p)
{
	return p[0] == 3 || p[0] == 4 || (p[0] >= 15 && p[0] <= 22);
}

/* A trunk with a forearm across it, `low` pixels lower. */
static void
draw(uint8_t *out, int low)
{
	memset(out, 0, sizeof truth);
	for (int i = 0; i < SIDE * SIDE; i++) {
		int x = i % SIDE - 75, y = i / SIDE - 40;
		int v = y - 90 - low - x / 8;

		if (x < 0 || x >= 150 || y < 0 || y >= 220)
			continue;
		out[3 * i] = 2;		/* the front */
		out[3 * i + 1] = (uint8_t)(x * 255 / 150);
		out[3 * i + 2] = (uint8_t)(255 - y * 255 / 220);
		if (v < 0 || v >= 30)
			continue;
		out[3 * i] = 19;	/* a lower arm */
		out[3 * i + 1] = (uint8_t)(x * 255 / 150);
		out[3 * i + 2] = (uint8_t)(v * 255 / 30);
	}
}

/* Pixels of an arm that are labelled as another limb, or the other way. */
static int
wrong(void)
{
	int n = 0;

	for (int i = 0; i < SIDE * SIDE; i++)
		n += iuv[3 * i] && is_arm(iuv + 3 * i) != is_arm(truth + 3 * i);
	return n;
}

static bool
moved(const uint8_t *picture)
{
	return limbedge_move(iuv, picture, SIDE, SIDE, &places, arena) == OK;
}

static void
test_edges(void)
{
	static uint8_t grey[SIDE * SIDE * 3], was[sizeof iuv];
	int before, bare = 0;

	draw(iuv, OFF);
	before = wrong();
	memcpy(was, iuv, sizeof iuv);
	bool done = moved(photo);
	int n = wrong();

	for (int i = 0; i < SIDE * SIDE; i++)
		bare += (iuv[3 * i] > 0) != (truth[3 * i] > 0);
	ok(before > 1000 && done && n < before / 3, "an arm %d pixels off: %d "
	    "pixels of another limb, %d before", OFF, n, before);
	ok(bare == 0, "the person's outline stays");

	memcpy(iuv, was, sizeof iuv);
	memset(grey, 128, sizeof grey);
	ok(moved(grey) && memcmp(iuv, was, sizeof iuv) == 0,
	    "a photo without edges changes nothing");

	memcpy(iuv, truth, sizeof iuv);
	done = moved(photo);
	n = wrong();
	ok(done && n < before / 10, "an arm in its place: %d", n);
}

static void
test_none(void)
{
	memset(iuv, 0, sizeof iuv);
	ok(moved(photo) && iuv[0] == 0, "nobody");
	for (int i = 0; i < SIDE * SIDE; i++)
		iuv[3 * i] = 2;		/* one label everywhere, to the rim */
	ok(moved(photo) && iuv[0] == 2, "a trunk alone");
	for (int i = 0; i < SIDE * SIDE; i++)
		iuv[3 * i] = i * 7 % 24 + 1;
	ok(moved(photo), "labels without sense");
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 30) != OK ||
	    human_open(&body, arena, NULL, NULL) != OK ||
	    places_make(&places, arena, &body) != OK)
		return 2;
	draw(truth, 0);
	/* Skin before dark cloth. */
	for (int i = 0; i < SIDE * SIDE; i++)
		for (int k = 0; k < 3; k++)
			photo[3 * i + k] = truth[3 * i] == 0 ? 255 :
			    is_arm(truth + 3 * i) ? 220 - 30 * (k == 2) : 50;
	test_edges();
	test_none();
	arena_free(arena);
	return done();
}
