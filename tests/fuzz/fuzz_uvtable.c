/*
 * Any triangles and grids as uvlut's table: refused, or places that stay in
 * the square. A file of them is 3 MB, which no mutation would get into; so
 * the bytes are a few triangles, and what is set in grids that are empty.
 */
#include "texture/uvtable.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MOST 16			/* triangles */

struct bytes {
	const uint8_t *at, *end;
};

static unsigned
take(struct bytes *b)
{
	unsigned v = 0;

	for (int i = 0; i < 2 && b->at < b->end; i++)
		v = v << 8 | *b->at++;
	return v;
}

static void
look(const struct uvtable *t)
{
	float xy[2], u, v;
	int part;

	for (int p = 1; p <= 24; p++)
		for (int i = 0; i < 25; i++)
			if (uvtable_place(t, p, (float)(i / 5) / 4,
			    (float)(i % 5) / 4, xy) && !(xy[0] >= 0 &&
			    xy[1] >= 0 && xy[0] <= 1 && xy[1] <= 1))
				abort();
	for (int i = 0; i < 400; i++)
		if (uvtable_find(t, (float)(i / 20) / 19, (float)(i % 20) / 19,
		    &part, &u, &v) && !(part >= 1 && part <= 24 && u >= 0 &&
		    u <= 1 && v >= 0 && v <= 1))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static float corner[MOST][3][4];
	static uint8_t part[MOST];
	static uint16_t uv[24 * UVTABLE_CELLS * UVTABLE_CELLS];
	static uint16_t texel[UVTABLE_TEXELS * UVTABLE_TEXELS];
	static struct arena *arena;
	struct bytes b = { data, data + n };
	uint32_t was[2][64], k = 0;
	struct uvtable t;
	struct sample s;
	size_t triangles = 1 + take(&b) % MOST;

	if (!arena && arena_new(&arena, (size_t)64 << 20) != OK)
		abort();
	arena_reset(arena);
	for (size_t i = 0; i < triangles; i++) {
		float *c = corner[i][0];

		for (int j = 0; j < 12; j++)
			c[j] = (float)take(&b) / 65000;
		part[i] = (uint8_t)(take(&b) % 26);
	}
	for (; k < 64 && b.at < b.end; k++) {
		unsigned where = take(&b), what = take(&b);
		bool of_uv = what & 1;

		was[0][k] = of_uv;
		was[1][k] = of_uv ? where * 24 % (sizeof uv / sizeof *uv) :
		    where * 16 % (sizeof texel / sizeof *texel);
		(of_uv ? uv : texel)[was[1][k]] = (uint16_t)(what / 2 %
		    (triangles + 2));
	}
	if (sample_init(&s, arena, "fuzz") != OK)
		abort();
	const struct tensor field[4] = {
		{ DT_F4, 3, { triangles, 3, 4 }, corner },
		{ DT_U1, 1, { triangles }, part },
		{ DT_U2, 3, { 24, UVTABLE_CELLS, UVTABLE_CELLS }, uv },
		{ DT_U2, 2, { UVTABLE_TEXELS, UVTABLE_TEXELS }, texel },
	};
	static const char *const name[4] = { "lut.corner", "lut.part",
		"lut.of_uv", "lut.of_texel" };

	for (int i = 0; i < 4; i++)
		if (sample_put(&s, name[i], &field[i]) != OK)
			abort();
	if (uvtable_get(&t, &s) == OK)
		look(&t);
	sample_clear(&s);
	while (k-- > 0)
		(was[0][k] ? uv : texel)[was[1][k]] = 0;
	return 0;
}
