/*
 * A layout given as a table, on a mesh of six triangles made here: both
 * directions, what lies beside the triangles, files that do not belong
 * together, and broken tables. Conversion between it and atlas24.
 */
#include "texture/uvtable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stream/stream.h"
#include "texture/convert.h"
#include "../tap.h"

/*
 * Part 3 is the square u, v in 0..0.8, as a quad of the mesh cut along the
 * other diagonal than a reader's fan, lying in the left half of the texture,
 * turned by a quarter. Part 4 is a square of two triangles in the right half.
 */
static const float chart_uv[8][2] = { { 0, 0 }, { .8f, 0 }, { .8f, .8f },
	{ 0, .8f }, { .1f, .1f }, { .9f, .1f }, { .9f, .9f }, { .1f, .9f } };
static const uint32_t chart_vertex[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
static const uint32_t chart_face[4][3] = { { 0, 1, 3 }, { 3, 1, 2 },
	{ 4, 5, 6 }, { 4, 6, 7 } };
static const uint8_t chart_part[4] = { 3, 3, 4, 4 };
static const struct uvmat charts = { 8, 4, chart_uv, chart_vertex, chart_face,
	chart_part };

/* v of a mesh runs up: x = 0.1 + v/2, y = 0.1 + u for part 3. */
static const float mesh_uv[8][2] = { { .1f, .9f }, { .1f, .1f }, { .5f, .1f },
	{ .5f, .9f }, { .6f, .8f }, { .9f, .8f }, { .9f, .2f }, { .6f, .2f } };
static const float mesh_vert[8][3];
static const uint32_t mesh_face[4][3] = { { 0, 1, 2 }, { 0, 2, 3 },
	{ 4, 5, 6 }, { 4, 6, 7 } };
static const uint32_t mesh_poly[4] = { 0, 0, 1, 2 };
static const struct mesh mesh = { 8, 8, 4, mesh_vert, mesh_uv, mesh_face,
	mesh_face, mesh_poly };

static struct arena *arena;
static struct uvtable table;

static void
both_ways(void)
{
	double worst = 0;
	size_t lost = 0, n = 0;

	for (float u = 0; u <= .8f; u += .037f)
		for (float v = 0; v <= .8f; v += .041f, n++) {
			float xy[2], a, b;
			int p;

			if (!uvtable_place(&table, 3, u, v, xy) ||
			    !uvtable_find(&table, xy[0], xy[1], &p, &a, &b) ||
			    p != 3) {
				lost++;
				continue;
			}
			worst = fmax(worst, hypot((double)xy[0] -
			    (.1 + (double)v / 2), (double)xy[1] -
			    (.1 + (double)u)));
			worst = fmax(worst, hypot((double)(a - u),
			    (double)(b - v)));
		}
	ok(lost == 0 && worst < 1e-5, "%zu points there and back: %zu lost, "
	    "worst %.1e", n, lost, worst);
}

static void
beside(void)
{
	float xy[2] = { 0 }, u, v;
	int p;

	ok(uvtable_place(&table, 3, 1, .4f, xy) &&
	    fabsf(xy[1] - .9f) < 1e-5f && fabsf(xy[0] - .3f) < 1e-5f,
	    "beside the chart: the nearest place on it");
	ok(uvtable_covers(&table, 3, .8f, .4f) &&
	    uvtable_covers(&table, 3, .8015f, .4f) &&
	    !uvtable_covers(&table, 3, .81f, .4f),
	    "covered up to half a step of 8 bits");
	ok(!uvtable_place(&table, 5, .5f, .5f, xy), "part 5 has no chart");
	ok(!uvtable_find(&table, .55f, .5f, &p, &u, &v) &&
	    !uvtable_find(&table, -1, .5f, &p, &u, &v) &&
	    !uvtable_find(&table, NAN, .5f, &p, &u, &v),
	    "no chart between the charts, outside, at NaN");
}

static void
refused(void)
{
	struct uvtable t;
	struct uvmat other = charts;
	struct mesh bare = mesh;
	const uint32_t strange[8] = { 0, 1, 2, 3, 4, 5, 6, 0 };
	const float far[8][2] = { { 0, 2 } };

	other.vertex = strange;
	ok(uvtable_make(&t, arena, &other, &mesh) == E_FORMAT &&
	    strstr(status_detail(), "triangle 3"), "%s", status_detail());
	bare.uv = NULL;
	ok(uvtable_make(&t, arena, &charts, &bare) == E_FORMAT, "%s",
	    status_detail());
	bare.uv = far;
	ok(uvtable_make(&t, arena, &charts, &bare) == E_FORMAT, "%s",
	    status_detail());
}

/* A sample with the table, one value of a field replaced. */
static bool
broken(const char *field, size_t at, double value)
{
	struct sample s;
	struct uvtable t;
	bool bad;

	if (sample_init(&s, arena, "t") != OK || uvtable_put(&s, &table) != OK)
		return false;
	struct tensor *x = &sample_find(&s, field)->t;

	if (x->dtype == DT_F4)
		((float *)x->data)[at] = (float)value;
	else if (x->dtype == DT_U1)
		((uint8_t *)x->data)[at] = (uint8_t)value;
	else
		((uint16_t *)x->data)[at] = (uint16_t)value;
	bad = uvtable_get(&t, &s) == E_VALUE && strstr(status_detail(), field);
	sample_clear(&s);
	return bad;
}

/* The table through a file, then a texture to it and back. */
static void
through_a_file(const char *path)
{
	enum { T = 96, N = 128 };
	static float src[T * T * 3], there[N * N * 3], back[T * T * 3];
	static uint8_t chart[N * N], codes[T * T], moved[N * N], scratch[T * T];
	struct stream_out *out;
	struct sample s;
	struct layout *atlas, *l;
	double worst = 0, bled = -1;
	size_t inside = 0, wrong = 0;

	if (!ok(sample_init(&s, arena, "t") == OK &&
	    uvtable_put(&s, &table) == OK &&
	    json_object_set_new(s.manifest, "layout", json_string("six")) == 0 &&
	    stream_create(&out, path, 1) == OK && stream_put(out, &s) == OK &&
	    stream_end(out) == OK, "written") ||
	    !ok(layout_open(&l, path) == OK && strcmp(layout_name(l), "six") ==
	    0, "opened as layout six") || !ok(layout_open(&atlas, "atlas24") ==
	    OK, "atlas24"))
		return;
	sample_clear(&s);

	/* Part 3 a smooth picture, part 4 white: no white may come into 3. */
	layout_charts(atlas, T, chart);
	for (size_t t = 0; t < T * T; t++) {
		const float x = (float)(t % T) / T, y = (float)(t / T) / T;

		codes[t] = chart[t];
		for (size_t k = 0; k < 3; k++)
			src[3 * t + k] = chart[t] == 3 ? -.5f +
			    .3f * sinf(9 * x + (float)k) * cosf(7 * y) : 1;
	}
	const struct convert_side a = { atlas, T }, b = { l, N };

	ok(convert_texture(there, b, src, a, arena) == OK &&
	    convert_texture(back, a, there, b, arena) == OK, "there and back");
	convert_seen(moved, b, codes, a, scratch);
	for (size_t t = 0; t < T * T; t++) {
		int p;
		float u, v;

		if (chart[t] != 3 || !layout_surface(atlas, T, (float)(t % T),
		    (float)(t / T), &p, &u, &v) || u > .79f || v > .79f)
			continue;
		inside++;
		for (size_t k = 0; k < 3; k++) {
			worst = fmax(worst, fabs((double)back[3 * t + k] -
			    (double)src[3 * t + k]));
			bled = fmax(bled, (double)back[3 * t + k]);
		}
	}
	ok(inside > 50 && worst < 0.03, "%zu texels come back: worst %.4f",
	    inside, worst);
	ok(bled < -.15, "nothing bleeds over: %.3f", bled);
	layout_charts(l, N, chart);
	for (size_t t = 0; t < N * N; t++)
		wrong += moved[t] != chart[t];
	ok(wrong == 0, "codes go with their texels");
	layout_close(l);
	layout_close(atlas);
}

int
main(void)
{
	char path[] = "/tmp/uvtable.XXXXXX";
	int fd = mkstemp(path);
	struct layout *l;

	if (!ok(arena_new(&arena, (size_t)1 << 30) == OK && fd >= 0 &&
	    uvtable_make(&table, arena, &charts, &mesh) == OK, "made"))
		return done();
	both_ways();
	beside();
	refused();
	ok(broken("lut.corner", 7, NAN) && broken("lut.corner", 3, 1.5) &&
	    broken("lut.part", 1, 25) && broken("lut.part", 1, 0),
	    "a corner outside the square, part 0 and 25");
	ok(broken("lut.of_uv", 2 * 65536 + 5, 5) && broken("lut.of_uv", 0, 1) &&
	    broken("lut.of_texel", 0, 5), "triangles that do not exist, or of "
	    "another part");
	through_a_file(path);
	ok(layout_open(&l, "/no/such/table") == E_IO &&
	    strstr(status_detail(), "/no/such/table"), "%s", status_detail());
	close(fd);
	unlink(path);
	arena_free(arena);
	return done();
}
