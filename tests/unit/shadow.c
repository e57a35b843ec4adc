/* A board half a metre above a floor of two by two, under lamps. */
#include "body/shadow.h"

#include <math.h>

#include "../tap.h"

static const float vert[][3] = {
	{ -1, 0, -1 }, { 1, 0, -1 }, { 1, 0, 1 }, { -1, 0, 1 },
	{ -0.3f, 0.5f, -0.3f }, { 0.3f, 0.5f, -0.3f }, { 0.3f, 0.5f, 0.3f },
	{ -0.3f, 0.5f, 0.3f }
};
/* The board has both sides: what casts shadows is closed. */
static const uint32_t face[][3] = { { 0, 2, 1 }, { 0, 3, 2 }, { 4, 6, 5 },
	{ 4, 7, 6 }, { 4, 5, 6 }, { 4, 6, 7 } };

int
main(void)
{
	/* Straight down; from the left, 45 degrees; from below. */
	static const float lamp[][3] = { { 0, 1, 0 },
		{ -0.70710678f, 0.70710678f, 0 }, { 0, -1, 0 } };
	static const struct {
		int lamp;
		float x, light;
		const char *what;
	} at[] = {
		{ 0, 0, 0, "under the board" }, { 0, 0.27f, 0, "at its rim" },
		{ 0, 0.34f, 1, "beside it" }, { 0, -0.9f, 1, "far from it" },
		{ 1, 0.5f, 0, "where it is cast" }, { 1, 0, 1, "not below" },
		{ 1, 0.72f, 0, "the cast rim" }, { 1, 0.88f, 1, "behind it" },
		{ 1, -0.9f, 1, "the lamp's side" },
		{ 2, 0, 1, "the floor is nearer to a lamp below" }
	};
	struct arena *a;
	struct shadow s;

	if (arena_new(&a, (size_t)1 << 24) != OK)
		return 1;
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		const float p[3] = { at[i].x, 0, 0.1f };
		const float n[3] = { 0, at[i].lamp == 2 ? -1 : 1, 0 };
		bool fine = shadow_make(&s, a, vert, 8, face, 6,
		    lamp[at[i].lamp]) == OK;
		float light = fine ? shadow_light(&s, p, n) : NAN;

		ok(fabsf(light - at[i].light) < 0.01f, "%s # %.2f", at[i].what,
		    light);
		arena_reset(a);
	}
	arena_free(a);
	return done();
}
