/* IUVs of our own body, spoilt in the ways that converters have: each is named. */
#include "texture/iuvdoubt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "image/image.h"
#include "iuv/iuv.h"

static struct arena *arena;
static struct tensor sample;	/* the shipped one, I,U,V */
static size_t h, w;

static void
load(void)
{
	static char bytes[1 << 20];
	FILE *f = fopen("pipelines/sample/sample_IUV.png", "rb");
	size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
	struct iuv_note note;

	if (!n || iuv_decode(&sample, &note, arena, bytes, n) != OK)
		exit(2);
	fclose(f);
	h = sample.dim[0];
	w = sample.dim[1];
}

static uint8_t
cut(int v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static void
bend(uint8_t *p, double power)
{
	for (int c = 1; c <= 2; c++)
		p[c] = (uint8_t)(255 * pow(p[c] / 255.0, power) + 0.5);
}

/* A copy, u and v of the body as `how` has it. */
static uint8_t *
spoilt(int how)
{
	uint8_t *copy = malloc(h * w * 3), *p = copy;

	memcpy(copy, sample.data, h * w * 3);
	for (size_t i = 0; i < h * w; i++, p += 3) {
		uint8_t u = p[1], v = p[2];

		if (!p[0])
			continue;
		switch (how) {
		case 1: p[1] = v, p[2] = u; break;
		case 2: p[1] = 255 - u; break;
		case 3: p[2] = 255 - v; break;
		case 4: p[1] = 255 - u, p[2] = 255 - v; break;
		case 5: p[1] = 255 - v, p[2] = u; break;
		case 6: p[1] = p[2] = 0; break;
		case 7: p[1] = 0; break;
		case 8: p[1] = v; break;
		case 9: p[0] = p[0] % 24 + 1; break;
		case 10: p[0] = p[0] > 2 ? ((p[0] - 1) ^ 1) + 1 : p[0]; break;
		case 11: bend(p, 2.2); break;
		case 12: bend(p, 1 / 2.2); break;
		case 13: bend(p, 1.5); break;
		case 14: p[1] = cut(u + 24); break;
		case 15: p[2] = cut(v - 24); break;
		case 16: p[1] = cut(u + 30), p[2] = cut(v + 30); break;
		case 17: p[1] = (uint8_t)(u + 30); break;
		case 18: p[2] = (uint8_t)(v - 40); break;
		case 19: p[1] = (uint8_t)(2 * u); break;
		case 20: p[1] = (uint8_t)(u * 4 / 5), p[2] = (uint8_t)(v * 4 / 5); break;
		case 21: if (p[0] <= 2) p[1] = v, p[2] = u; break;
		case 22: if (p[0] >= 23) p[1] = 255 - u; break;
		}
	}
	return copy;
}

static uint8_t *
mirrored(void)
{
	uint8_t *copy = malloc(h * w * 3);

	for (size_t y = 0; y < h; y++)
		for (size_t x = 0; x < w; x++)
			memcpy(copy + 3 * (y * w + x), (uint8_t *)sample.data +
			    3 * (y * w + w - 1 - x), 3);
	return copy;
}

static void
test_doubts(void)
{
	static const char *const want[] = { NULL, "are exchanged", "U is reversed",
	    "V is reversed", "both reversed", "one is reversed", "parts alone",
	    "U is the same", "are equal", "parts counted in another way",
	    "left and right parts are exchanged", "gamma", "gamma", "gamma",
	    "U is moved", "V is moved", "U and V are", "U is wrapped",
	    "V is wrapped", "U is wrapped", "U and V are moved or scaled",
	    "some parts show their inside", "some parts show their inside" };

	for (int how = 0; how <= 22; how++) {
		uint8_t *p = spoilt(how);
		const char *text = iuv_doubt(p, h, w);

		ok(want[how] ? text && strstr(text, want[how]) : !text, "%s",
		    text ? text : "nothing speaks against what is right");
		free(p);
	}
	uint8_t *p = mirrored();
	const char *text = iuv_doubt(p, h, w);

	ok(text && strstr(text, "mirrored"), "%s", text ? text : "not seen");
	free(p);
	p = spoilt(1);
	ok(iuv_doubt(p + 3 * w * (h / 2), 3, w) == NULL,
	    "some hundred pixels are not enough to judge by");
	free(p);
}

/* ---- what iuv_decode sees by itself ---- */

static const char *
doubt_of(const struct tensor *t)
{
	struct iuv_note note;
	struct tensor back;
	const void *png;
	size_t n;

	if (image_encode_png(&png, &n, arena, t) != OK ||
	    iuv_decode(&back, &note, arena, png, n) != OK)
		return status_detail();
	return note.doubt ? note.doubt : "";
}

/* Half again as large, each pixel the mean of what lies around it. */
static void
blend(struct tensor *t)
{
	const size_t H = h * 3 / 2, W = w * 3 / 2;

	if (tensor_alloc(t, arena, DT_U1, TENSOR_DIMS(H, W, 3)) != OK)
		exit(2);
	for (size_t y = 0; y < H; y++)
		for (size_t x = 0; x < W; x++)
			for (size_t c = 0; c < 3; c++) {
				double fy = (double)y / 1.5, fx = (double)x / 1.5;
				size_t y0 = (size_t)fy, x0 = (size_t)fx;
				size_t y1 = y0 + (y0 + 1 < h), x1 = x0 + (x0 + 1 < w);
				const uint8_t *p = sample.data;
				double a = fy - (double)y0, b = fx - (double)x0;

				((uint8_t *)t->data)[(y * W + x) * 3 + c] = (uint8_t)(
				    (1 - a) * (1 - b) * p[(y0 * w + x0) * 3 + c] +
				    (1 - a) * b * p[(y0 * w + x1) * 3 + c] +
				    a * (1 - b) * p[(y1 * w + x0) * 3 + c] +
				    a * b * p[(y1 * w + x1) * 3 + c] + 0.5);
			}
}

/* u and v of the body, each the mean of 2n+1 pixels of its row. */
static void
smooth(uint8_t *to, int n)
{
	const uint8_t *from = sample.data;

	for (int i = n; i < (int)(h * w) - n; i++)
		for (int c = 1; c <= 2 && to[3 * i]; c++) {
			int sum = 0;

			for (int k = -n; k <= n; k++)
				sum += from[3 * (i + k) + c];
			to[3 * i + c] = (uint8_t)(sum / (2 * n + 1));
		}
}

static void
test_notes(void)
{
	struct tensor t;
	const char *text = doubt_of(&sample);

	ok(!*text, "the sample as it is%s", text);
	blend(&t);
	text = doubt_of(&t);
	ok(strstr(text, "with blending"), "%s", text);
	t = sample;
	t.data = spoilt(0);
	for (size_t i = 0; i < h; i++)	/* half the size, and back */
		for (size_t k = 0; k < w; k++)
			memcpy((uint8_t *)t.data + 3 * (i * w + k),
			    (uint8_t *)sample.data + 3 * ((i & ~(size_t)1) * w +
			    (k & ~(size_t)1)), 3);
	text = doubt_of(&t);
	ok(strstr(text, "rows repeat"), "%s", text);
	free(t.data);
	t.data = spoilt(0);
	for (size_t i = 0; i < h * w * 3; i++)
		if (i % 3)
			((uint8_t *)t.data)[i] &= 0xf0;
	text = doubt_of(&t);
	ok(strstr(text, "a palette"), "%s", text);
	free(t.data);
	t.data = spoilt(0);
	smooth(t.data, 4);
	text = doubt_of(&t);
	ok(strstr(text, "across the borders"), "%s", text);
	free(t.data);
	t.data = spoilt(0);
	uint8_t *p = t.data;
	uint32_t state = 1;

	for (size_t i = 0; i < h * w; i++, p += 3)	/* evenly, -5..5 */
		for (int c = 1; c <= 2 && p[0]; c++) {
			state = state * 1664525 + 1013904223;
			p[c] = cut(p[c] + (int)(state >> 24) % 11 - 5);
		}
	text = doubt_of(&t);
	ok(strstr(text, "noise"), "%s", text);
	free(t.data);
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 30) != OK)
		return 2;
	load();
	test_doubts();
	test_notes();
	arena_free(arena);
	return done();
}
