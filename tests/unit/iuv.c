/* One IUV in every form that files have: always I, U, V in the end. */
#include "iuv/iuv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"
#include "base/file.h"
#include "image/image.h"
#include "stream/npy.h"

#define W 40
#define H 52

static struct arena *arena;
static char path[] = "/tmp/dualtex-iuv.XXXXXX.png";

/* A person of five parts; U, V as charts have them, not filling 0..255. */
static int
truth(size_t y, size_t x, int c)
{
	static const int part[] = { 23, 2, 9, 10, 5 };
	bool body = x >= 12 && x < 28 && y >= 3 && y < 48;

	if (!body)
		return 0;
	return c == 0 ? part[(y - 3) / 9] : c == 1 ? (int)(20 + 11 * (x - 12)) :
	    (int)(30 + 20 * ((y - 3) % 9));
}

static struct tensor
make(enum dtype d, bool planar, bool reversed, float scale)
{
	struct tensor t;

	if ((planar ? tensor_alloc(&t, arena, d, TENSOR_DIMS(3, H, W)) :
	    tensor_alloc(&t, arena, d, TENSOR_DIMS(H, W, 3))) != OK)
		exit(2);
	for (size_t i = 0; i < H * W * 3; i++) {
		size_t at = planar ? i % (H * W) : i / 3;
		int c = (int)(planar ? i / (H * W) : i % 3);
		int k = reversed ? 2 - c : c;
		float v = (float)truth(at / W, at % W, k) * (k ? scale : 1);

		if (d == DT_F4)
			((float *)t.data)[i] = v;
		else if (d == DT_I4)
			((int32_t *)t.data)[i] = (int32_t)v;
		else
			((uint8_t *)t.data)[i] = (uint8_t)v;
	}
	return t;
}

static enum status
as_npy(struct tensor *out, struct iuv_note *note, const struct tensor *t)
{
	char *buf = arena_alloc(arena, NPY_HEADER_MAX + tensor_bytes(t));
	size_t n = npy_header(buf, t);

	memcpy(buf + n, t->data, tensor_bytes(t));
	return iuv_decode(out, note, arena, buf, n + tensor_bytes(t));
}

static enum status
as_png(struct tensor *out, struct iuv_note *note, const struct tensor *t)
{
	const char *buf;
	size_t n;

	TRY(image_write(path, t));
	TRY(file_read(&buf, &n, arena, path, 1 << 20));
	return iuv_decode(out, note, arena, buf, n);
}

static size_t
wrong(const struct tensor *t)
{
	size_t n = 0;

	if (!tensor_is(t, DT_U1, TENSOR_DIMS(H, W, 3)))
		return SIZE_MAX;
	for (size_t i = 0; i < H * W * 3; i++)
		n += ((uint8_t *)t->data)[i] !=
		    truth(i / 3 / W, i / 3 % W, (int)(i % 3));
	return n;
}

static void
test_forms(void)
{
	struct tensor t, in;
	struct iuv_note note;
	char text[128];
	bool good;

	for (int reversed = 0; reversed < 2; reversed++) {
		in = make(DT_U1, false, reversed, 1);
		good = as_png(&t, &note, &in) == OK && wrong(&t) == 0 && !note.npy &&
		    note.reversed == reversed && !note.doubt;
		ok(good, "PNG: %s", iuv_note_text(text, sizeof text, &note));
		for (int planar = 0; planar < 2; planar++) {
			in = make(DT_U1, planar, reversed, 1);
			good = as_npy(&t, &note, &in) == OK && wrong(&t) == 0 &&
			    note.npy && note.planar == planar &&
			    note.reversed == reversed && !note.fractions;
			ok(good, "u1: %s", iuv_note_text(text, sizeof text, &note));
			in = make(DT_F4, planar, reversed, 1 / 255.f);
			good = as_npy(&t, &note, &in) == OK && wrong(&t) == 0 &&
			    note.fractions && note.reversed == reversed;
			ok(good, "f4: %s", iuv_note_text(text, sizeof text, &note));
		}
		in = make(DT_I4, true, reversed, 1);
		good = as_npy(&t, &note, &in) == OK && wrong(&t) == 0;
		ok(good, "i4: %s", iuv_note_text(text, sizeof text, &note));
	}
	in = make(DT_U1, true, false, 1);
	in.rank = 4;
	memcpy(in.dim, (size_t[]){ 1, 3, H, W }, 4 * sizeof *in.dim);
	ok(as_npy(&t, &note, &in) == OK && wrong(&t) == 0, "a batch of one");
}

/* U and V so small that both ends could hold parts: background decides. */
static void
test_small_values(void)
{
	for (int reversed = 0; reversed < 2; reversed++) {
		struct tensor t, in = make(DT_U1, false, reversed, 1);
		struct iuv_note note;
		uint8_t *p = in.data;

		for (size_t i = 0; i < H * W; i++, p += 3) {
			p[1] = p[1] % 17;
			p[reversed ? 0 : 2] = p[reversed ? 0 : 2] % 17;
		}
		ok(as_png(&t, &note, &in) == OK && note.reversed == reversed,
		    "all values below 25, %s", reversed ? "V,U,I" : "I,U,V");
	}
}

static void
test_rescaled(void)
{
	struct tensor t, in;
	struct iuv_note note;
	size_t n = 300;
	uint8_t *p;

	if (tensor_alloc(&in, arena, DT_U1, TENSOR_DIMS(n, n, 3)) != OK)
		exit(2);
	p = in.data;
	for (size_t y = 0; y < n; y++)
		for (size_t x = 0; x < n; x++, p += 3) {
			p[0] = 2;
			p[1] = (uint8_t)(x * 255 / (n - 1));
			p[2] = (uint8_t)(y * 255 / (n - 1));
		}
	ok(as_png(&t, &note, &in) == OK && !note.doubt,
	    "U and V that reach both ends on whole borders are right");

	/* 40..200 stretched to 0..255 */
	p = in.data;
	for (size_t y = 0; y < n; y++)
		for (size_t x = 0; x < n; x++, p += 3) {
			p[0] = 2;
			p[1] = (uint8_t)((x * 160 / (n - 1)) * 255 / 160);
			p[2] = (uint8_t)((y * 160 / (n - 1)) * 255 / 160);
		}
	ok(as_png(&t, &note, &in) == OK && note.doubt &&
	    strstr(note.doubt, "rescaled"),
	    "stretched in 8 bits: values between are skipped");

	/* what an exact IUV may be: each end is one pixel */
	p = in.data;
	for (size_t y = 0; y < n; y++)
		for (size_t x = 0; x < n; x++, p += 3) {
			double u = 0.5 + 0.35 * sin((double)(x * n + y) * 0.001);
			double v = 0.5 + 0.35 * sin((double)(y * n + x) * 0.001);

			p[1] = (uint8_t)(1 + 253 * u);
			p[2] = (uint8_t)(1 + 253 * v);
		}
	p = in.data;
	p[1] = p[2] = 0;
	p[4] = p[5] = 255;
	enum status st = as_png(&t, &note, &in);

	ok(st == OK && !note.doubt, "both ends, each in one pixel, are no sign of "
	    "it %s", note.doubt ? note.doubt : "");
}

static void
test_refused(void)
{
	struct tensor t, in;
	struct iuv_note note;

	in = make(DT_F4, false, false, 1);
	((float *)in.data)[500] = NAN;
	ok(as_npy(&t, &note, &in) == E_VALUE, "%s", status_detail());
	in = make(DT_F4, false, false, 1);
	for (size_t i = 0; i < H * W; i++)	/* blended parts */
		((float *)in.data)[3 * i] *= 0.99f;
	ok(as_npy(&t, &note, &in) == E_VALUE, "%s", status_detail());
	in = make(DT_F4, false, false, 3);
	ok(as_npy(&t, &note, &in) == E_VALUE, "%s", status_detail());
	in = make(DT_U1, false, false, 1);
	in.rank = 2;
	ok(as_npy(&t, &note, &in) == E_SHAPE, "%s", status_detail());
	ok(iuv_decode(&t, &note, arena, "GIF89a", 6) == E_FORMAT, "%s",
	    status_detail());
}

static void
test_fit(void)
{
	struct tensor t = make(DT_U1, false, false, 1);
	bool changed;

	ok(iuv_fit(&t, &changed, arena, W, H) == OK && !changed, "fits");
	ok(iuv_fit(&t, &changed, arena, W + 1, H - 1) == OK && changed &&
	    t.dim[0] == H - 1 && t.dim[1] == W + 1 &&
	    ((uint8_t *)t.data)[(20 * (W + 1) + 20) * 3 + 1] == truth(20, 20, 1) &&
	    ((uint8_t *)t.data)[(20 * (W + 1) + W) * 3] == 0,
	    "one pixel off is made to fit at the right and bottom");
	ok(iuv_fit(&t, &changed, arena, W + 3, H) == E_SHAPE, "%s",
	    status_detail());
}

int
main(void)
{
	int fd = mkstemps(path, 4);

	if (fd < 0 || close(fd) != 0 || arena_new(&arena, (size_t)1 << 30) != OK)
		return 2;
	test_forms();
	test_small_values();
	test_rescaled();
	test_refused();
	test_fit();
	unlink(path);
	arena_free(arena);
	return done();
}
