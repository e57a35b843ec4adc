#include "photo/photo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WHITE 255

static long
clamp(long v, long a, long b)
{
	long lo = a < b ? a : b, hi = a < b ? b : a;

	return v < lo ? lo : v > hi ? hi : v;
}

enum status
photo_check_size(size_t w, size_t h)
{
	if (w < PHOTO_MIN_SIDE || h < PHOTO_MIN_SIDE)
		return fail(E_VALUE, "a photo of %zux%zu pixels, want at least "
		    "%dx%d", w, h, PHOTO_MIN_SIDE, PHOTO_MIN_SIDE);
	return OK;
}

struct photo_rect
photo_frame(enum photo_fit fit, size_t w, size_t h, const struct photo_box *box,
    double margin)
{
	long pw = (long)w, ph = (long)h, longer = pw > ph ? pw : ph;

	if (fit == PHOTO_STRETCH)
		return (struct photo_rect){ 0, 0, pw, ph };
	if (fit == PHOTO_PAD || !box)
		return (struct photo_rect){ (pw - longer) / 2,
		    (ph - longer) / 2, longer, longer };
	double bw = box->x1 - box->x0 + 1, bh = box->y1 - box->y0 + 1;

	long side = (long)fmin(ceil(fmax(bw, bh) * (1 + 2 * margin)),
	    (double)longer);

	/*
	 * Where the square fits in, it lies in; where it is longer than the
	 * photo, all of the photo lies in it.
	 */
	long x0 = lround((box->x0 + box->x1 + 1 - (double)side) / 2);
	long y0 = lround((box->y0 + box->y1 + 1 - (double)side) / 2);

	return (struct photo_rect){ clamp(x0, 0, pw - side),
	    clamp(y0, 0, ph - side), side, side };
}

struct photo_box
photo_grow_joints(const struct photo_box *b, const float (*point)[3])
{
	const float *nose = point[0], *neck = point[1];
	float r = hypotf(nose[0] - neck[0], nose[1] - neck[1]);

	if (isnan(r))	/* one of them is missing */
		r = 0.1f * fmaxf(b->x1 - b->x0, b->y1 - b->y0);
	return (struct photo_box){ b->x0 - r, b->y0 - r, b->x1 + r, b->y1 + r };
}

struct photo_box
photo_box_join(const struct photo_box *a, const struct photo_box *b)
{
	return (struct photo_box){ a->x0 < b->x0 ? a->x0 : b->x0,
	    a->y0 < b->y0 ? a->y0 : b->y0, a->x1 > b->x1 ? a->x1 : b->x1,
	    a->y1 > b->y1 ? a->y1 : b->y1 };
}

enum status
photo_box_clip(struct photo_box *b, size_t w, size_t h)
{
	struct photo_box in = { fmaxf(b->x0, 0), fmaxf(b->y0, 0),
	    fminf(b->x1, (float)w - 1), fminf(b->y1, (float)h - 1) };

	if (!(in.x0 <= in.x1 && in.y0 <= in.y1))
		return fail(E_VALUE, "the person at (%.0f, %.0f)..(%.0f, %.0f) lies "
		    "outside of the photo of %zux%zu", b->x0, b->y0, b->x1, b->y1,
		    w, h);
	*b = in;
	return OK;
}

/* Which source pixels make a result pixel along one axis, and how much of each. */
struct taps {
	long first, n;
	const float *weight;	/* n of them, sum 1 */
};

static enum status
make_taps(struct taps **out, struct arena *a, long from, size_t size)
{
	double step = (double)from / (double)size, reach = fmax(step, 1);
	struct taps *t = arena_calloc(a, size, sizeof *t);

	if (!t)
		return E_NOMEM;
	for (size_t i = 0; i < size; i++) {
		double centre = ((double)i + 0.5) * step - 0.5, sum = 0;
		long lo = (long)fmax(0, floor(centre - reach) + 1);
		long hi = (long)fmin((double)from - 1, ceil(centre + reach) - 1);
		float *w = arena_calloc(a, (size_t)(hi - lo + 1), sizeof *w);

		if (!w)
			return E_NOMEM;
		for (long k = lo; k <= hi; k++)
			sum += 1 - fabs((double)k - centre) / reach;
		for (long k = lo; k <= hi; k++)
			w[k - lo] = (float)((1 - fabs((double)k - centre) / reach) /
			    sum);
		t[i] = (struct taps){ lo, hi - lo + 1, w };
	}
	*out = t;
	return OK;
}

/*
 * One row of the rectangle, of 3 channels with white outside of the photo or
 * of 1 with 0; row NULL: it lies above or below the photo.
 */
static inline void
resize_channels(float *out, const uint8_t *row, long photo_w, const int n,
    const struct photo_rect *r, const struct taps *t, size_t size)
{
	for (size_t i = 0; i < size; i++, out += n) {
		float sum[3] = { 0 };

		for (long k = 0; k < t[i].n; k++) {
			long x = r->x0 + t[i].first + k;
			bool in = row && x >= 0 && x < photo_w;

			for (int c = 0; c < n; c++)
				sum[c] += t[i].weight[k] *
				    (in ? row[n * x + c] : n == 3 ? WHITE : 0);
		}
		memcpy(out, sum, (size_t)n * sizeof *sum);
	}
}

static void
resize_row(float *out, const uint8_t *row, long photo_w, long n,
    const struct photo_rect *r, const struct taps *t, size_t size)
{
	if (n == 3)
		resize_channels(out, row, photo_w, 3, r, t, size);
	else
		resize_channels(out, row, photo_w, 1, r, t, size);
}

/* n: channels, 1 or 3. */
static enum status
resize(struct tensor *out, struct arena *a, const struct tensor *photo, long n,
    const struct photo_rect *r, size_t size)
{
	long w = (long)photo->dim[1], h = (long)photo->dim[0];
	size_t row = size * (size_t)n;
	struct taps *tx, *ty;

	TRY(make_taps(&tx, a, r->w, size));
	TRY(make_taps(&ty, a, r->h, size));
	float *sum = arena_calloc(a, row, sizeof *sum);
	/* A ring of resized rows: each is made once and used about twice. */
	long ring_n = 1, next = 0;

	for (size_t i = 0; i < size; i++)
		ring_n = ty[i].n > ring_n ? ty[i].n : ring_n;
	float *ring = arena_calloc(a, (size_t)ring_n, row * sizeof *ring);

	if (!sum || !ring)
		return E_NOMEM;
	for (size_t i = 0; i < size; i++) {
		for (; next < ty[i].first + ty[i].n; next++) {
			long y = r->y0 + next;

			resize_row(ring + (size_t)(next % ring_n) * row,
			    y < 0 || y >= h ? NULL :
			    (const uint8_t *)photo->data + y * w * n, w, n, r,
			    tx, size);
		}
		memset(sum, 0, row * sizeof *sum);
		for (long k = 0; k < ty[i].n; k++) {
			const float *from = ring +
			    (size_t)((ty[i].first + k) % ring_n) * row;

			for (size_t j = 0; j < row; j++)
				sum[j] += ty[i].weight[k] * from[j];
		}
		uint8_t *to = (uint8_t *)out->data + i * row;

		for (size_t j = 0; j < row; j++)
			to[j] = (uint8_t)(sum[j] + 0.5f);
	}
	return OK;
}

enum status
photo_resize(struct tensor *out, struct arena *a, const struct tensor *photo,
    const struct photo_rect *r, size_t size)
{
	TRY(tensor_alloc(out, a, DT_U1, TENSOR_DIMS(size, size, 3)));
	size_t mark = arena_mark(a);
	enum status s = resize(out, a, photo, 3, r, size);

	arena_pop(a, mark);
	return s;
}

enum status
photo_resize_matte(struct tensor *out, struct arena *a,
    const struct tensor *matte, const struct photo_rect *r, size_t size)
{
	TRY(tensor_alloc(out, a, DT_U1, TENSOR_DIMS(size, size)));
	size_t mark = arena_mark(a);
	enum status s = resize(out, a, matte, 1, r, size);

	arena_pop(a, mark);
	return s;
}

enum status
photo_pick(struct tensor *out, struct arena *a, const struct tensor *iuv,
    const struct photo_rect *r, size_t size)
{
	long w = (long)iuv->dim[1], h = (long)iuv->dim[0];

	TRY(tensor_alloc(out, a, DT_U1, TENSOR_DIMS(size, size, 3)));
	const uint8_t *src = iuv->data;
	uint8_t *dst = out->data;

	memset(dst, 0, tensor_bytes(out));
	for (size_t i = 0; i < size; i++)
		for (size_t j = 0; j < size; j++, dst += 3) {
			/* floor((i + 1/2) * h / size), exactly */
			long y = r->y0 + (long)((2 * i + 1) * (size_t)r->h /
			    (2 * size));
			long x = r->x0 + (long)((2 * j + 1) * (size_t)r->w /
			    (2 * size));

			if (x >= 0 && x < w && y >= 0 && y < h)
				memcpy(dst, src + (y * w + x) * 3, 3);
		}
	return OK;
}

/* U and V at (x, y), of the part of the pixel there, near[3]: see photo.h. */
static void
blend_uv(uint8_t out[3], const struct tensor *iuv, const uint8_t near[3],
    double x, double y)
{
	const long w = (long)iuv->dim[1], h = (long)iuv->dim[0];
	const long x0 = (long)floor(x), y0 = (long)floor(y);
	double sum[2] = { 0 }, weight = 0;

	for (long i = y0; i <= y0 + 1; i++)
		for (long k = x0; k <= x0 + 1; k++) {
			if (i < 0 || i >= h || k < 0 || k >= w)
				continue;
			const uint8_t *p = (const uint8_t *)iuv->data +
			    (i * w + k) * 3;
			double share = (1 - fabs(y - (double)i)) *
			    (1 - fabs(x - (double)k));

			if (p[0] != near[0] || abs(p[1] - near[1]) > PHOTO_UV_JUMP ||
			    abs(p[2] - near[2]) > PHOTO_UV_JUMP)
				continue;
			sum[0] += share * p[1];
			sum[1] += share * p[2];
			weight += share;
		}
	/* The nearest pixel is one of the four, so its share is > 0. */
	out[1] = (uint8_t)(sum[0] / weight + 0.5);
	out[2] = (uint8_t)(sum[1] / weight + 0.5);
}

enum status
photo_resize_iuv(struct tensor *out, struct arena *a, const struct tensor *iuv,
    const struct photo_rect *r, size_t size)
{
	if (r->w >= (long)size && r->h >= (long)size)
		return photo_pick(out, a, iuv, r, size);
	return photo_blend_iuv(out, a, iuv, r, size);
}

enum status
photo_blend_iuv(struct tensor *out, struct arena *a, const struct tensor *iuv,
    const struct photo_rect *r, size_t size)
{
	const double sx = (double)r->w / (double)size;
	const double sy = (double)r->h / (double)size;

	TRY(photo_pick(out, a, iuv, r, size));
	uint8_t *p = out->data, near[3];

	for (size_t i = 0; i < size; i++)
		for (size_t k = 0; k < size; k++, p += 3) {
			memcpy(near, p, 3);
			if (near[0])
				blend_uv(p, iuv, near,
				    (double)r->x0 + ((double)k + 0.5) * sx - 0.5,
				    (double)r->y0 + ((double)i + 0.5) * sy - 0.5);
		}
	return OK;
}

void
photo_map_points(float (*point)[3], size_t n, const struct photo_rect *r,
    size_t size)
{
	double sx = (double)size / (double)r->w, sy = (double)size / (double)r->h;

	for (size_t i = 0; i < n; i++) {
		point[i][0] = (float)((point[i][0] + 0.5 - (double)r->x0) * sx -
		    0.5);
		point[i][1] = (float)((point[i][1] + 0.5 - (double)r->y0) * sy -
		    0.5);
	}
}
