/*
 * People of parts of textures: colours of trunk and legs come from one place
 * each, and only the front has prints and openings.
 */
#include "../tap.h"
#include "synth/remix.h"

#include <string.h>

#include "texture/layout.h"

#define SIDE 64
#define MANY 40

/* Texels of a part that have another colour than its first one. */
static int
others(const float *texture, const uint8_t *chart, int part)
{
	const float *first = NULL;
	int n = 0;

	for (int i = 0; i < SIDE * SIDE; i++) {
		if (chart[i] != part)
			continue;
		first = first ? first : texture + 3 * i;
		n += memcmp(first, texture + 3 * i, 3 * sizeof *first) != 0;
	}
	return n;
}

int
main(void)
{
	static float plain[SIDE * SIDE * 3], out[SIDE * SIDE * 3], again[SIDE * SIDE * 3];
	static uint8_t chart[SIDE * SIDE], scratch[SIDE * SIDE];
	struct cast_texture one = { .texture = plain };
	struct cast c = { .T = SIDE, .chart = chart, .texture = &one,
		.n_texture = 1 };
	struct layout *l;
	size_t head;
	int fronts = 0, most = 0, wrong = 0, front = 0;

	if (layout_open(&l, "atlas24") != OK)
		return 2;
	layout_charts(l, SIDE, chart);
	for (int i = 0; i < SIDE * SIDE * 3; i++)
		plain[i] = i % 3 == 0 ? 0.5f : -0.3f;
	for (int i = 0; i < SIDE * SIDE; i++)
		front += chart[i] == 2;
	for (int k = 0; k < MANY; k++) {
		struct rng d = rng_seed(1, (uint64_t)k), e = d;

		remix_texture(out, &head, &c, &d, scratch);
		remix_texture(again, &head, &c, &e, scratch);
		wrong += memcmp(out, again, sizeof out) != 0;
		for (int part = 1; part <= 24; part++)
			wrong += part != 2 && others(out, chart, part) > 0;
		int n = others(out, chart, 2);

		fronts += n > 0;
		most = n > most ? n : most;
	}
	ok(wrong == 0, "of plain people all is plain but the front");
	ok(fronts > MANY / 8 && fronts < MANY * 6 / 10, "%d of %d have a print "
	    "or an open jacket", fronts, MANY);
	ok(most > 0 && most < front * 6 / 10, "of at most %d of %d texels",
	    most, front);
	layout_close(l);
	return done();
}
