/* The square crop: photo, IUV and key points stay on each other. */
#include "photo/photo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "photo/bodies.h"

static struct arena *arena;

static struct tensor
black(size_t h, size_t w)
{
	struct tensor t;

	if (tensor_alloc(&t, arena, DT_U1, TENSOR_DIMS(h, w, 3)) != OK)
		exit(2);
	memset(t.data, 0, tensor_bytes(&t));
	return t;
}

static uint8_t *
pixel(const struct tensor *t, size_t x, size_t y)
{
	return (uint8_t *)t->data + (y * t->dim[1] + x) * 3;
}

static const struct { const char *name; struct photo_rect r; size_t size; }
rects[] = {
	{ "reduce 4:1", { 0, 0, 256, 256 }, 64 },
	{ "reduce 2.9:1, off centre", { 17, 3, 209, 209 }, 72 },
	{ "enlarge 1:3.1", { 40, 100, 41, 41 }, 128 },
	{ "as it is", { 60, 80, 100, 100 }, 100 },
	{ "pad: wider than the photo", { -70, -20, 400, 400 }, 160 },
	{ "stretch", { 0, 0, 250, 200 }, 96 },
};
#define RECTS (sizeof rects / sizeof *rects)

/*
 * A ramp keeps its values under any symmetric filter: the result at X must
 * be the photo's value at the place that X comes from, computed here on its
 * own, up to rounding. A shift by a tenth of a pixel would be found.
 */
static void
test_ramp(void)
{
	struct tensor photo = black(256, 256), out;

	for (size_t y = 0; y < 256; y++)
		for (size_t x = 0; x < 256; x++) {
			pixel(&photo, x, y)[0] = (uint8_t)x;
			pixel(&photo, x, y)[1] = (uint8_t)y;
		}
	for (size_t i = 0; i < RECTS; i++) {
		const struct photo_rect *r = &rects[i].r;
		size_t n = rects[i].size, counted = 0;
		double worst = 0;

		if (photo_resize(&out, arena, &photo, r, n) != OK)
			exit(2);
		for (size_t Y = 0; Y < n; Y++)
			for (size_t X = 0; X < n; X++) {
				double x = r->x0 + (X + 0.5) * r->w / n - 0.5;
				double y = r->y0 + (Y + 0.5) * r->h / n - 0.5;
				double reach = fmax(r->w, r->h) / n + 2;

				/* not where the border has a say */
				if (x < fmax(r->x0, 0) + reach ||
				    y < fmax(r->y0, 0) + reach ||
				    x > fmin(r->x0 + r->w, 256) - 1 - reach ||
				    y > fmin(r->y0 + r->h, 256) - 1 - reach)
					continue;
				worst = fmax(worst, fmax(
				    fabs(pixel(&out, X, Y)[0] - x),
				    fabs(pixel(&out, X, Y)[1] - y)));
				counted++;
			}
		ok(counted > 1000 && worst < 0.501,
		    "%s: a ramp is off by at most %.4f", rects[i].name, worst);
	}
}

/*
 * A bright patch in the photo, the same patch as part 7 in the IUV, and a
 * key point in its middle: all three centres agree afterwards.
 */
static void
test_together(void)
{
	for (size_t i = 0; i < RECTS; i++) {
		struct tensor photo = black(300, 260), iuv = black(300, 260),
		    out, outi;
		float point[2][3] = { { 65, 122.5f, 0.7f }, { NAN, NAN, NAN } };

		for (size_t y = 115; y <= 130; y++)
			for (size_t x = 61; x <= 69; x++) {
				memset(pixel(&photo, x, y), 255, 3);
				memcpy(pixel(&iuv, x, y), "\7\144\310", 3);
			}
		if (photo_resize(&out, arena, &photo, &rects[i].r,
		    rects[i].size) != OK || photo_resize_iuv(&outi, arena, &iuv,
		    &rects[i].r, rects[i].size) != OK)
			exit(2);
		photo_map_points(point, 2, &rects[i].r, rects[i].size);

		double m[2][3] = { { 0 } };
		size_t bad = 0;

		for (size_t y = 0; y < rects[i].size; y++)
			for (size_t x = 0; x < rects[i].size; x++) {
				const uint8_t *p = pixel(&outi, x, y);
				/* the white round a padded photo is not the patch */
				double X = (double)rects[i].r.x0 + (x + 0.5) *
				    rects[i].r.w / rects[i].size;
				double Y = (double)rects[i].r.y0 + (y + 0.5) *
				    rects[i].r.h / rects[i].size;
				double v[2] = { hypot(X - 65, Y - 122) < 25 ?
				    pixel(&out, x, y)[0] : 0, p[0] };

				bad += p[0] ? memcmp(p, "\7\144\310", 3) != 0 :
				    p[1] || p[2];
				for (int k = 0; k < 2; k++) {
					m[k][0] += v[k] * (double)x;
					m[k][1] += v[k] * (double)y;
					m[k][2] += v[k];
				}
			}
		double ex = m[0][0] / m[0][2] - point[0][0];
		double ey = m[0][1] / m[0][2] - point[0][1];
		double ix = m[1][0] / m[1][2] - point[0][0];
		double iy = m[1][1] / m[1][2] - point[0][1];

		ok(hypot(ex, ey) < 0.02 && hypot(ix, iy) < 0.75 && bad == 0 &&
		    point[0][2] == 0.7f && isnan(point[1][0]) &&
		    isnan(point[1][2]), "%s: photo off the key point by %.3f, IUV "
		    "by %.3f, mixed parts %zu", rects[i].name, hypot(ex, ey),
		    hypot(ix, iy), bad);
	}
}

/*
 * Two parts beside each other whose U and V are straight lines, and a fold in
 * the lower half of the second: enlarged 2.5 times they are the same lines.
 */
static void
test_enlarge(void)
{
	struct tensor iuv = black(40, 40), out, same;
	const struct photo_rect r = { 0, 0, 40, 40 };
	double worst = 0;
	size_t parts = 0;

	for (size_t y = 0; y < 40; y++)
		for (size_t x = 0; x < 40; x++) {
			uint8_t *p = pixel(&iuv, x, y);

			p[0] = x < 20 ? 7 : 8;
			p[1] = (uint8_t)(x < 20 ? 10 + 4 * x :
			    (y < 20 ? 200 : 60) - 3 * (x - 20));
			p[2] = (uint8_t)(20 + 5 * y);
		}
	if (photo_resize_iuv(&out, arena, &iuv, &r, 100) != OK ||
	    photo_resize_iuv(&same, arena, &iuv, &r, 40) != OK)
		exit(2);
	/* Beyond a pixel from the borders, where there is nothing to go by. */
	for (size_t y = 2; y < 98; y++)
		for (size_t x = 2; x < 98; x++) {
			const uint8_t *p = pixel(&out, x, y);
			double X = (double)x / 2.5 - 0.3, Y = (double)y / 2.5 - 0.3;
			bool left = X < 19.5;
			double u = left ? 10 + 4 * X :
			    (Y < 19.5 ? 200 : 60) - 3 * (X - 20);
			bool edge = fabs(X - 19.5) < 1 || (!left && fabs(Y - 19.5) < 1);
			double e = fmax(fabs(p[1] - u), fabs(p[2] - 20 - 5 * Y));

			parts += p[0] != (left ? 7 : 8);
			if (!edge && e > worst)
				worst = e;
			/* At the border of a part: not more than nearest is off. */
			if (edge && e > 2 + 3 && e > worst)
				worst = e;
		}
	ok(worst <= 0.51, "enlarged, U and V are off by %.2f steps of 1/255", worst);
	ok(parts == 0, "parts do not mix: %zu", parts);
	ok(memcmp(same.data, iuv.data, tensor_bytes(&iuv)) == 0,
	    "the same size is the same");
}

/* At half the size U and V are those of the middle of four pixels, within one part. */
static void
test_reduce(void)
{
	struct tensor iuv = black(80, 80), out, picked;
	const struct photo_rect r = { 0, 0, 80, 80 };
	double worst = 0;
	size_t parts = 0;

	for (size_t y = 0; y < 80; y++)
		for (size_t x = 0; x < 80; x++) {
			uint8_t *p = pixel(&iuv, x, y);

			p[0] = x < 39 ? 7 : 8;
			p[1] = (uint8_t)(x < 39 ? 10 + 2 * x : 240 - 2 * x);
			p[2] = (uint8_t)(20 + 2 * y);
		}
	if (photo_blend_iuv(&out, arena, &iuv, &r, 40) != OK ||
	    photo_resize_iuv(&picked, arena, &iuv, &r, 40) != OK)
		exit(2);
	for (size_t y = 0; y < 40; y++)
		for (size_t x = 0; x < 40; x++) {
			const uint8_t *p = pixel(&out, x, y);
			double X = 2 * (double)x + 0.5, Y = 2 * (double)y + 0.5;
			double u = x < 19 ? 10 + 2 * X : 240 - 2 * X;

			parts += p[0] != pixel(&picked, x, y)[0] ||
			    p[0] != (x < 19 ? 7 : 8);
			if (x != 19)
				worst = fmax(worst, fmax(fabs(p[1] - u),
				    fabs(p[2] - 20 - 2 * Y)));
		}
	ok(worst <= 0.5 && parts == 0 && pixel(&out, 19, 0)[1] == 240 - 2 * 39,
	    "reduced, U and V are off by %.2f, parts by %zu", worst, parts);
	ok(memcmp(pixel(&picked, 3, 3), pixel(&iuv, 7, 7), 3) == 0,
	    "photo_resize_iuv takes a pixel");
}

static void
test_outside(void)
{
	struct tensor photo = black(20, 30), out, iuv;
	struct photo_rect r = { 0, -5, 30, 30 };

	if (photo_resize(&out, arena, &photo, &r, 30) != OK ||
	    photo_pick(&iuv, arena, &photo, &r, 30) != OK)
		exit(2);
	ok(pixel(&out, 3, 4)[1] == 255 && pixel(&out, 3, 5)[1] == 0 &&
	    pixel(&out, 3, 24)[1] == 0 && pixel(&out, 3, 25)[1] == 255 &&
	    pixel(&iuv, 3, 2)[0] == 0, "white outside of the photo, not a pixel off");
}

/* Reducing a fine checkerboard gives its mean, not one of its colours. */
static void
test_no_alias(void)
{
	struct tensor photo = black(256, 256), out;
	struct photo_rect r = { 0, 0, 256, 256 };
	int worst = 0;

	for (size_t y = 0; y < 256; y++)
		for (size_t x = 0; x < 256; x++)
			memset(pixel(&photo, x, y), (x + y) % 2 ? 200 : 100, 3);
	if (photo_resize(&out, arena, &photo, &r, 60) != OK)
		exit(2);
	for (size_t i = 0; i < 60 * 60 * 3; i++) {
		int d = abs(((uint8_t *)out.data)[i] - 150);

		worst = d > worst ? d : worst;
	}
	ok(worst <= 1, "a checkerboard of 100 and 200 becomes 150 +- %d", worst);
}

static void
test_frame(void)
{
	static const struct {
		const char *name;
		enum photo_fit fit;
		size_t w, h;
		struct photo_box box;
		long want[4];
	} t[] = {
		{ "in the middle", PHOTO_CROP, 800, 600, { 300, 150, 399, 349 },
		  { 230, 130, 240, 240 } },
		{ "moved inside", PHOTO_CROP, 800, 600, { 0, 400, 99, 599 },
		  { 0, 360, 240, 240 } },
		{ "taller than the photo", PHOTO_CROP, 800, 220,
		  { 300, 10, 399, 209 }, { 230, -10, 240, 240 } },
		{ "taller, and on the ground", PHOTO_CROP, 800, 220,
		  { 300, 20, 399, 219 }, { 230, 0, 240, 240 } },
		{ "fills the photo", PHOTO_CROP, 120, 200,
		  { 10, 5, 109, 199 }, { -40, 0, 200, 200 } },
		{ "pad", PHOTO_PAD, 800, 600, { 0, 0, 0, 0 }, { 0, -100, 800, 800 } },
		{ "stretch", PHOTO_STRETCH, 800, 600, { 0, 0, 0, 0 }, { 0, 0, 800, 600 } },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct photo_rect r = photo_frame(t[i].fit, t[i].w, t[i].h,
		    &t[i].box, 0.1);

		ok(r.x0 == t[i].want[0] && r.y0 == t[i].want[1] &&
		    r.w == t[i].want[2] && r.h == t[i].want[3],
		    "%s: %ldx%ld%+ld%+ld", t[i].name, r.w, r.h, r.x0, r.y0);
	}

	struct photo_rect whole = photo_frame(PHOTO_CROP, 300, 400, NULL, 0.1);

	ok(whole.x0 == -50 && whole.y0 == 0 && whole.w == 400, "nobody known: "
	    "the whole photo");

	float point[18][3] = { { 50, 20, 1 }, { 50, 32, 1 } };
	struct photo_box b = { 40, 20, 60, 100 };
	struct photo_box grown = photo_grow_joints(&b, (const float (*)[3])point);

	ok(grown.x0 == 28 && grown.y0 == 8 && grown.x1 == 72 && grown.y1 == 112,
	    "joints grow by the distance from neck to nose");
	ok(photo_box_clip(&grown, 200, 105) == OK && grown.y1 == 104 &&
	    grown.x0 == 28, "clipped to the photo");
	ok(photo_box_clip(&grown, 20, 20) == E_VALUE, "%s", status_detail());
}

/* A disc of part `part` in the IUV. */
static void
disc(struct tensor *iuv, int cx, int cy, int r, int part)
{
	for (int y = cy - r; y <= cy + r; y++)
		for (int x = cx - r; x <= cx + r; x++)
			if ((x - cx) * (x - cx) + (y - cy) * (y - cy) <= r * r)
				pixel(iuv, (size_t)x, (size_t)y)[0] =
				    (uint8_t)part;
}

static size_t
area(const struct tensor *iuv, int part)
{
	size_t n = 0;

	for (size_t i = 0; i < iuv->dim[0] * iuv->dim[1]; i++)
		n += ((uint8_t *)iuv->data)[3 * i] == part;
	return n;
}

static void
test_bodies(void)
{
	struct tensor iuv = black(200, 300), inds;
	struct bodies b;
	struct photo_box box;

	if (tensor_alloc(&inds, arena, DT_U1, TENSOR_DIMS(200, 300)) != OK)
		exit(2);

	disc(&iuv, 60, 100, 30, 1);	/* the largest, with a hand: */
	disc(&iuv, 60, 66, 2, 2);
	disc(&iuv, 200, 100, 20, 3);	/* a smaller person, and their hand */
	disc(&iuv, 200, 75, 3, 4);
	disc(&iuv, 280, 20, 5, 5);	/* somebody far away */
	size_t hand = area(&iuv, 2);

	if (bodies_find(&b, arena, &iuv, NULL) != OK)
		exit(2);
	ok(b.n == 5 && b.body[0].area == area(&iuv, 1) &&
	    b.body[1].area == area(&iuv, 3) && b.body[0].box.x0 == 30 &&
	    b.body[0].box.y1 == 130, "five bodies, the largest first");

	const float on_second[3][3] = { { 200, 100, 1 }, { 60, 100, 1 },
	    { 195.4f, 110, 1 } };

	bodies_count_hits(&b, on_second, 3);
	ok(b.body[0].hits == 1 && b.body[1].hits == 2, "key points on bodies");

	size_t others = bodies_keep(&box, &iuv, &b, 0);

	ok(others == 1 && area(&iuv, 1) == b.body[0].area &&
	    area(&iuv, 2) == hand && area(&iuv, 3) + area(&iuv, 4) +
	    area(&iuv, 5) == 0 && box.y0 == 64 && box.y1 == 130,
	    "the body and its hand stay, one comparable body goes");

	/* Two that touch are told apart by INDS only. */
	iuv = black(200, 300);
	disc(&iuv, 100, 100, 30, 1);
	disc(&iuv, 150, 100, 25, 2);
	for (size_t i = 0; i < 200 * 300; i++)
		((uint8_t *)inds.data)[i] = ((uint8_t *)iuv.data)[3 * i] == 2 ?
		    9 : 4;
	ok(bodies_find(&b, arena, &iuv, NULL) == OK && b.n == 1, "two that "
	    "touch are one");
	ok(bodies_find(&b, arena, &iuv, &inds) == OK && b.n == 2 &&
	    b.by_person && b.body[0].label == 4 &&
	    bodies_keep(&box, &iuv, &b, 1) == 1 && area(&iuv, 1) == 0 &&
	    box.x1 == 175, "with INDS they are two");
}

/* Against a slow flood fill, on noise where everything touches somewhere. */
static void
test_components(void)
{
	enum { S = 61 };
	static int mark[S][S];
	uint32_t seed = 1;
	size_t bad = 0, compared = 0;

	for (int round = 0; round < 20; round++) {
		struct tensor iuv = black(S, S);
		struct bodies b;
		static int stack[S * S];
		size_t n = 0;

		memset(mark, 0, sizeof mark);
		for (size_t i = 0; i < S * S; i++) {
			seed = seed * 1664525 + 1013904223;
			((uint8_t *)iuv.data)[3 * i] =
			    (seed >> 24) < 60u + 4u * (unsigned)round;
		}
		if (bodies_find(&b, arena, &iuv, NULL) != OK)
			exit(2);
		for (int i = 0; i < S * S; i++) {
			int top = 0;
			size_t filled = 0;

			if (!((uint8_t *)iuv.data)[3 * i] || mark[i / S][i % S])
				continue;
			n++;
			mark[i / S][i % S] = 1;
			stack[top++] = i;
			while (top) {
				int at = stack[--top];

				filled++;
				bad += b.label[at] != b.label[i];
				for (int d = 0; d < 9; d++) {
					int y = at / S + d / 3 - 1;
					int x = at % S + d % 3 - 1;

					if (y < 0 || x < 0 || y >= S || x >= S ||
					    mark[y][x] || !pixel(&iuv, (size_t)x,
					    (size_t)y)[0])
						continue;
					mark[y][x] = 1;
					stack[top++] = y * S + x;
				}
			}
			for (size_t k = 0; k < b.n; k++)
				bad += b.body[k].label == b.label[i] &&
				    b.body[k].area != filled;
		}
		bad += n != b.n;
		compared += n;
		arena_reset(arena);
	}
	ok(bad == 0 && compared > 500, "%zu components as a flood fill finds them",
	    compared);
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 30) != OK)
		return 2;
	test_ramp();
	test_together();
	test_enlarge();
	test_reduce();
	test_outside();
	test_no_alias();
	test_frame();
	test_bodies();
	test_components();
	arena_free(arena);
	return done();
}
