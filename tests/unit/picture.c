/* What fields look like, as ts2img(1) promises it. */
#include "show/picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "show/sheet.h"

#define S 8

static struct arena *arena;
static struct sample sample;

static void *
put(const char *name, enum dtype d, int rank, const size_t *dim)
{
	struct tensor t;

	if (sample_make(&t, &sample, name, d, rank, dim) != OK)
		exit(2);
	memset(t.data, 0, tensor_bytes(&t));
	return t.data;
}

/* Pixel (x,y) of view v as 0xRRGGBB; -1 when the field cannot be drawn. */
static long
seen(const char *name, size_t v, size_t x, size_t y)
{
	const struct field *f = sample_find(&sample, name);
	struct picture p;
	struct tensor t;

	if (!f || picture_of(&p, &sample, f) != OK || v >= p.views ||
	    picture_draw(&t, arena, &p, &sample, v) != OK)
		return -1;
	const uint8_t *px = (uint8_t *)t.data + (y * p.w + x) * 3;

	return (long)px[0] << 16 | (long)px[1] << 8 | px[2];
}

static void
is(long got, long want, const char *what)
{
	ok(got == want, "%s: %06lx, want %06lx", what, (unsigned long)got,
	    (unsigned long)want);
}

static void
test_kinds(void)
{
	uint8_t *u = put("source.image", DT_U1, TENSOR_DIMS(S, S, 3));

	memcpy(u + 3 * (2 * S + 5), "\1\2\3", 3);
	is(seen("source.image", 0, 5, 2), 0x010203, "an image is as it is");

	float *f = put("texture", DT_F4, TENSOR_DIMS(S, S, 3));

	f[0] = -1, f[1] = 0, f[2] = 1;
	f[3] = NAN, f[4] = 0, f[5] = 0;
	f[6] = -7, f[7] = 9, f[8] = 0.5f;
	is(seen("texture", 0, 0, 0), 0x0080ff, "-1, 0, 1");
	is(seen("texture", 0, 1, 0), 0x606060, "NaN is grey 96");
	is(seen("texture", 0, 2, 0), 0x00ffbf, "clamped");

	f = put("target.gen", DT_F4, TENSOR_DIMS(2, S, S, 3));
	f[3 * S * S] = 1;
	is(seen("target.gen", 0, 0, 0), 0x808080, "first view");
	is(seen("target.gen", 1, 0, 0), 0xff8080, "second view");
	is(seen("target.gen", 2, 0, 0), -1, "no third view");

	u = put("source.mask", DT_U1, TENSOR_DIMS(4, 6));
	u[7] = 1;
	is(seen("source.mask", 0, 1, 1), 0xffffff, "mask");
	is(seen("source.mask", 0, 0, 0), 0, "off the mask");

	u = put("source.matte", DT_U1, TENSOR_DIMS(4, 6));
	u[7] = 200, u[8] = 3;
	is(seen("source.matte", 0, 1, 1), 0xc8c8c8, "a matte is grey");
	is(seen("source.matte", 0, 2, 1), 0x030303, "and not stretched");
	u = put("target.matte", DT_U1, TENSOR_DIMS(2, 4, 6));
	u[24] = 9;
	is(seen("target.matte", 1, 0, 0), 0x090909, "one of two mattes");

	u = put("source.seen", DT_U1, TENSOR_DIMS(S, S));
	u[1] = 1, u[2] = 3, u[3] = 99;
	ok(seen("source.seen", 0, 1, 0) != seen("source.seen", 0, 2, 0) &&
	    seen("source.seen", 0, 0, 0) == 0 &&
	    seen("source.seen", 0, 3, 0) == 0xffffff, "codes have colours");
	u = put("halluc.seen", DT_U1, TENSOR_DIMS(3, S, S));
	u[2 * S * S] = 1;
	is(seen("halluc.seen", 2, 0, 0), seen("source.seen", 0, 1, 0),
	    "codes with views");

	/* coord counts in pixels of the 4x6 image: (5, 3) is its far corner */
	f = put("source.coord", DT_F4, TENSOR_DIMS(S, S, 2));
	f[0] = 5, f[1] = 3, f[2] = 2.5f, f[3] = NAN;
	is(seen("source.coord", 0, 0, 0), 0xffff00, "coord at the far corner");
	is(seen("source.coord", 0, 1, 0), 0x606060, "coord with a NaN");
	f = put("source.surf", DT_F4, TENSOR_DIMS(4, 6, 2));
	f[0] = 7, f[1] = 0;
	is(seen("source.surf", 0, 0, 0), 0xff0000, "surf counts in texels");

	f = put("source.heat", DT_F4, TENSOR_DIMS(S, S, 18));
	f[0] = 1, f[18 + 9] = 0.5f;
	is(seen("source.heat", 0, 0, 0), 0xff0000, "heat of the nose is red");
	is(seen("source.heat", 0, 1, 0), 0x008080, "half the heat of point 9");

	f = put("flow.m.2", DT_F4, TENSOR_DIMS(S, S, 1));
	f[0] = 0.5f;
	is(seen("flow.m.2", 0, 0, 0), 0x808080, "one channel within 0..1");
	f[1] = 3, f[2] = -1;
	is(seen("flow.m.2", 0, 1, 0), 0xffffff, "the greatest of a wider range");
	is(seen("flow.m.2", 0, 2, 0), 0, "its least");
	is(seen("flow.m.2", 0, 3, 0), 0x404040, "0 in -1..3");

	f = put("phi_t.3", DT_F4, TENSOR_DIMS(2, S, S, 4));
	f[0] = f[1] = 2, f[4 * S * S] = 1;
	is(seen("phi_t.3", 0, 0, 0), 0xffffff, "features: their rms, sqrt 2 "
	    "is the greatest");
	is(seen("phi_t.3", 1, 0, 0), 0x808080, "1/2 within 0..1");

	put("x.json", DT_F4, TENSOR_DIMS(5));
	is(seen("x.json", 0, 0, 0), -1, "a list is no picture");
	ok(strstr(status_detail(), "field x.json: f4 (5,) is no picture"), "%s",
	    status_detail());
}

static void
test_iuv(void)
{
	uint8_t *u = put("target.iuv", DT_U1, TENSOR_DIMS(1, S, S, 3));

	memcpy(u, "\20\377\0" "\17\377\0" "\2\377\0" "\2\0\0" "\2\377\377", 15);
	long right = seen("target.iuv", 0, 0, 0), left = seen("target.iuv", 0, 1, 0);
	long torso = seen("target.iuv", 0, 2, 0), dark = seen("target.iuv", 0, 3, 0);
	long pale = seen("target.iuv", 0, 4, 0);

	ok((right & 255) > (right >> 16), "right upper arm is cool: %06lx",
	    (unsigned long)right);
	ok((left & 255) < (left >> 16), "left upper arm is warm: %06lx",
	    (unsigned long)left);
	ok((dark >> 8 & 255) < (torso >> 8 & 255), "small U is darker");
	ok((pale & 255) > (torso & 255), "large V is paler");
	is(seen("target.iuv", 0, 7, 7), 0, "background is black");
}

/* Labels over their picture: half of each where there is a label. */
static void
test_over(void)
{
	uint8_t *u = put("target.iuv", DT_U1, TENSOR_DIMS(1, S, S, 3));
	const struct field *f = sample_find(&sample, "target.iuv");
	struct picture p;
	struct tensor t;

	memset(put("target.image", DT_U1, TENSOR_DIMS(1, S, S, 3)), 200,
	    S * S * 3);
	/* U and V alone are no label. */
	memcpy(u, "\20\377\0" "\0\377\377", 6);
	long alone = seen("target.iuv", 0, 0, 0);

	if (picture_of(&p, &sample, f) != OK ||
	    picture_draw(&t, arena, &p, &sample, 0) != OK)
		exit(2);
	picture_lay(&t, &p, &sample, 0);
	const uint8_t *px = t.data;

	for (int c = 0; c < 3; c++)
		ok(px[c] == ((alone >> (16 - 8 * c) & 255) + 200) / 2,
		    "channel %d is half the picture: %d", c, px[c]);
	ok(px[3] == 200 && px[4] == 200 && px[3 * S * S - 1] == 200,
	    "where no part is, the picture alone");
	sample_drop(&sample, "target.image");
	picture_lay(&t, &p, &sample, 0);
	ok(px[3] == 200, "without a picture nothing changes");
	ok(!sample_find(&sample, "target.image"), "dropped");
	put("target.pose3", DT_F4, TENSOR_DIMS(1, 33, 4));
	ok(seen("target.pose3", 0, 0, 0) == -1, "points in space are no picture");
}

static void
test_pose(void)
{
	enum { B = 64 };
	float (*p)[3];

	memset(put("target.image", DT_U1, TENSOR_DIMS(1, B, B, 3)), 40,
	    B * B * 3);
	sample_drop(&sample, "target.iuv");
	p = put("target.pose", DT_F4, TENSOR_DIMS(1, 18, 3));
	for (int k = 0; k < 18; k++)
		p[k][0] = p[k][1] = NAN;
	/* neck and right shoulder 20 to the picture's left, left one right */
	memcpy(p[1], (float[]){ 32, 20, 1 }, sizeof p[1]);
	memcpy(p[2], (float[]){ 12, 20, 1 }, sizeof p[2]);
	memcpy(p[5], (float[]){ 52, 20, 1 }, sizeof p[5]);
	long right = seen("target.pose", 0, 22, 20);
	long left = seen("target.pose", 0, 42, 20);

	ok((right & 255) > (right >> 16), "right shoulder is cool: %06lx",
	    (unsigned long)right);
	ok((left & 255) < (left >> 16), "left shoulder is warm: %06lx",
	    (unsigned long)left);
	is(seen("target.pose", 0, 32, 20), 0xffffff, "a point is white");
	is(seen("target.pose", 0, 32, 40), 0x282828, "over the image");
	/* far away and infinite points harm nobody */
	memcpy(p[3], (float[]){ -1e30f, 1e30f, 1 }, sizeof p[3]);
	memcpy(p[4], (float[]){ INFINITY, 5, 1 }, sizeof p[4]);
	ok(seen("target.pose", 0, 60, 60) == 0x282828, "points far away");
}

/* All people of a whole photo, over it. */
static void
test_poses(void)
{
	enum { B = 64 };
	float (*p)[3];

	memset(put("whole.photo", DT_U1, TENSOR_DIMS(B, B, 3)), 40, B * B * 3);
	p = put("whole.poses", DT_F4, TENSOR_DIMS(2, 18, 3));
	for (int k = 0; k < 2 * 18; k++)
		p[k][0] = p[k][1] = NAN;
	memcpy(p[1], (float[]){ 12, 20, 1 }, sizeof p[1]);
	memcpy(p[18 + 1], (float[]){ 52, 20, 1 }, sizeof p[1]);
	is(seen("whole.poses", 0, 12, 20), 0xffffff, "the first person");
	is(seen("whole.poses", 0, 52, 20), 0xffffff, "the second");
	is(seen("whole.poses", 0, 32, 40), 0x282828, "over the photo");
	is(seen("whole.poses", 1, 12, 20), -1, "people are not views");
}

static void
test_depth(void)
{
	float *f = put("deep", DT_F4, TENSOR_DIMS(2, 2, 3));
	const struct field *field = sample_find(&sample, "deep");
	struct picture p;
	struct tensor t;

	f[0] = 0.25f, f[1] = -1, f[3] = NAN;
	ok(picture_of(&p, &sample, field) == OK &&
	    picture_draw16(&t, arena, &p, &sample, 0) == OK && t.dtype == DT_U2 &&
	    ((uint16_t *)t.data)[0] == 40959 && ((uint16_t *)t.data)[1] == 0 &&
	    ((uint16_t *)t.data)[3] == 96 * 257, "16 bits: 0.25 is 40959");
	ok(picture_values(&t, arena, &p, 0) == OK &&
	    tensor_is(&t, DT_F4, TENSOR_DIMS(2, 2, 3)) &&
	    ((float *)t.data)[0] == 0.25f && isnan(((float *)t.data)[3]),
	    "values as they are");
}

static void
test_sheet(void)
{
	struct sheet s;
	struct tensor px, out;

	if (sheet_open(&s, 32) != OK ||
	    tensor_alloc(&px, arena, DT_U1, TENSOR_DIMS(2, 2, 3)) != OK)
		exit(2);
	ok(sheet_draw(&out, &s) == E_VALUE, "an empty sheet: %s",
	    status_detail());
	memcpy(px.data, "\1\1\1\2\2\2\3\3\3\4\4\4", 12);
	ok(sheet_put(&s, 0, "p", "a", &px) == OK &&
	    sheet_put(&s, 1, "p", "b", &px) == OK && s.rows == 2 &&
	    s.columns == 2 && sheet_draw(&out, &s) == OK &&
	    out.dim[1] == sheet_x(&s, 2) && out.dim[0] == sheet_y(&s, 2),
	    "two rows, two columns");
	const uint8_t *p = out.data;
	size_t w = out.dim[1];

	ok(p[(sheet_y(&s, 1) * w + sheet_x(&s, 1)) * 3] == 1 &&
	    p[((sheet_y(&s, 1) + 16) * w + sheet_x(&s, 1) + 15) * 3] == 3 &&
	    p[((sheet_y(&s, 1) + 15) * w + sheet_x(&s, 1) + 16) * 3] == 2,
	    "small pictures grow with sharp pixels");
	ok(p[(sheet_y(&s, 1) * w + sheet_x(&s, 0)) * 3] == 255, "an empty cell");
	size_t most = 0;

	while (most < 5000 && sheet_put(&s, most, "p", "a", &px) == OK)
		most++;
	ok(most == (SHEET_MAX_SIDE - 19) / 36, "%zu rows and no more: %s", most,
	    status_detail());
	sheet_close(&s);
}

int
main(void)
{
	struct arena *a;

	if (arena_new(&arena, (size_t)1 << 30) != OK ||
	    arena_new(&a, (size_t)1 << 30) != OK ||
	    sample_init(&sample, a, "p") != OK)
		return 2;
	test_kinds();
	test_iuv();
	test_over();
	test_pose();
	test_poses();
	test_depth();
	test_sheet();
	sample_clear(&sample);
	arena_free(a);
	arena_free(arena);
	return done();
}
