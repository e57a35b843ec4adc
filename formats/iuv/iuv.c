#include "iuv/iuv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/image.h"
#include "stream/npy.h"


/* The three channels of the file where they lie. */
struct planes {
	const struct tensor *t;
	size_t h, w;
	size_t pixel, channel;	/* steps in elements */
};

struct range {
	float lo, hi;
	bool whole;		/* integers only */
};

static enum status
find_planes(struct planes *p, struct tensor *t, struct iuv_note *note)
{
	char text[TENSOR_TEXT_MAX];

	while (t->rank > 3 && t->dim[0] == 1) {		/* a batch of one */
		t->rank--;
		memmove(t->dim, t->dim + 1, (size_t)t->rank * sizeof *t->dim);
	}
	note->planar = t->rank == 3 && t->dim[2] != 3 && t->dim[0] == 3;
	if (t->rank != 3 || !tensor_len(t) || (t->dim[2] != 3 && !note->planar))
		return fail(E_SHAPE, "%s, want (H,W,3) or (3,H,W)",
		    tensor_text(text, sizeof text, t->dtype, t->rank, t->dim));
	*p = note->planar ?
	    (struct planes){ t, t->dim[1], t->dim[2], 1, t->dim[1] * t->dim[2] } :
	    (struct planes){ t, t->dim[0], t->dim[1], 3, 1 };
	if (p->w > IMAGE_MAX_SIDE || p->h > IMAGE_MAX_SIDE ||
	    p->h * p->w > IMAGE_MAX_PIXELS)
		return fail(E_LIMIT, "%zux%zu pixels, want at most %d a side and "
		    "%zu together", p->w, p->h, IMAGE_MAX_SIDE, IMAGE_MAX_PIXELS);
	return OK;
}

static inline float
at(const struct planes *p, size_t i, size_t c)
{
	size_t k = i * p->pixel + c * p->channel;
	float v;

	if (p->t->dtype == DT_U1)
		return ((const uint8_t *)p->t->data)[k];
	tensor_to_float(&v, p->t, k, 1);
	return v;
}

/* Bytes are nearly always what comes, and can be nothing but whole. */
static struct range
range_of_bytes(const struct planes *p, size_t c)
{
	const uint8_t *v = (const uint8_t *)p->t->data + c * p->channel;
	uint8_t lo = UINT8_MAX, hi = 0;

	for (size_t i = 0; i < p->h * p->w; i++) {
		uint8_t x = v[i * p->pixel];

		lo = x < lo ? x : lo;
		hi = x > hi ? x : hi;
	}
	return (struct range){ lo, hi, true };
}

static enum status
find_range(struct range *r, const struct planes *p, size_t c)
{
	if (p->t->dtype == DT_U1) {
		*r = range_of_bytes(p, c);
		return OK;
	}
	*r = (struct range){ INFINITY, -INFINITY, true };
	for (size_t i = 0; i < p->h * p->w; i++) {
		float v = at(p, i, c);

		if (!isfinite(v))
			return fail(E_VALUE, "pixel (%zu, %zu) is %g", i % p->w,
			    i / p->w, v);
		r->lo = v < r->lo ? v : r->lo;
		r->hi = v > r->hi ? v : r->hi;
		r->whole = r->whole && v == truncf(v);
	}
	return OK;
}

/* Pixels that are background by channel c and yet hold something: a wrong c. */
static size_t
strays(const struct planes *p, size_t c)
{
	size_t n = 0;

	for (size_t i = 0; i < p->h * p->w; i++)
		n += at(p, i, c) == 0 &&
		    (at(p, i, (c + 1) % 3) != 0 || at(p, i, (c + 2) % 3) != 0);
	return n;
}

/* Neighbours in a row that differ: parts are patches, U and V are slopes. */
static size_t
changes(const struct planes *p, size_t c)
{
	size_t n = 0;

	for (size_t i = 1; i < p->h * p->w; i++)
		n += at(p, i, c) != at(p, i - 1, c);
	return n;
}

/* Both ends could hold the parts: whether it is the last one. */
static bool
last_is_part(const struct planes *p)
{
	size_t first = strays(p, 0), last = strays(p, 2);

	return first == last ? changes(p, 2) < changes(p, 0) : last < first;
}

static bool
all_equal(const struct planes *p)
{
	for (size_t i = 0; i < p->h * p->w; i++)
		if (at(p, i, 0) != at(p, i, 1) || at(p, i, 0) != at(p, i, 2))
			return false;
	return true;
}

static bool
can_be_part(const struct range *r)
{
	return r->whole && r->lo >= 0 && r->hi <= IUV_PARTS;
}

static enum status
find_order(struct iuv_note *note, const struct planes *p)
{
	struct range r[3];

	for (size_t c = 0; c < 3; c++)
		TRY(find_range(&r[c], p, c));
	bool first = can_be_part(&r[0]), last = can_be_part(&r[2]);

	if ((first || last) && (!first || r[0].hi == 0) &&
	    (!last || r[2].hi == 0))
		return fail(E_VALUE, "no body: part 0 (background) everywhere");
	first = first && r[0].hi > 0;
	last = last && r[2].hi > 0;
	if (!first && !last)
		return fail(E_VALUE, "neither the first nor the last channel holds "
		    "parts 0..24: maxima of the three are %g, %g, %g (not an IUV, "
		    "or one resized with blending)", r[0].hi, r[1].hi, r[2].hi);
	if (all_equal(p))
		return fail(E_VALUE, "three equal channels: a map of parts or "
		    "people (INDS), want I, U and V");
	note->reversed = !first || (last && last_is_part(p));
	const struct range *v = &r[note->reversed ? 0 : 2], *u = &r[1];

	note->fractions = u->hi <= 1 && v->hi <= 1 && !(u->whole && v->whole);
	if (u->lo < 0 || v->lo < 0 || u->hi > 255 || v->hi > 255)
		return fail(E_VALUE, "U is %g..%g and V is %g..%g, want 0..255 or "
		    "0..1", u->lo, u->hi, v->lo, v->hi);
	return OK;
}

static void
reorder(struct tensor *t, const struct planes *p, const struct iuv_note *note)
{
	size_t first = note->reversed ? 2 : 0;
	float scale = note->fractions ? 255 : 1;
	uint8_t *out = t->data;

	if (p->t->dtype == DT_U1 && !note->fractions) {
		const uint8_t *v = p->t->data;
		const size_t part = first * p->channel;

		for (size_t i = 0; i < p->h * p->w; i++, out += 3, v += p->pixel) {
			out[0] = v[part];
			out[1] = out[0] ? v[p->channel] : 0;
			out[2] = out[0] ? v[2 * p->channel - part] : 0;
		}
		return;
	}
	for (size_t i = 0; i < p->h * p->w; i++, out += 3) {
		out[0] = (uint8_t)at(p, i, first);
		/* U and V of the background mean nothing: 0, for all who follow */
		out[1] = out[0] ? (uint8_t)lrintf(at(p, i, 1) * scale) : 0;
		out[2] = out[0] ? (uint8_t)lrintf(at(p, i, 2 - first) * scale) : 0;
	}
}

/*
 * Whether U and V look stretched to fill 0..255: values between them are
 * skipped where their neighbours are well filled. (That both ends are reached
 * says nothing: exact IUVs do, and so do DensePose's.)
 */
static bool
is_stretched(const struct tensor *t)
{
	size_t count[2][256] = { { 0 } }, gaps = 0;
	const uint8_t *p = t->data;

	for (size_t i = 0; i < t->dim[0] * t->dim[1]; i++, p += 3)
		for (int c = 0; p[0] && c < 2; c++)
			count[c][p[1 + c]]++;
	for (int c = 0; c < 2; c++)
		for (int v = 16; v < 240; v++) {
			const size_t *n = &count[c][v];
			size_t below = n[-1] + n[-2] + n[-3];
			size_t above = n[1] + n[2] + n[3];

			gaps += !*n && below && above && below + above >= 40;
		}
	return gaps >= 4 && count[0][0] && count[0][255] && count[1][0] &&
	    count[1][255];
}

/*
 * A body of some thousand pixels shows nearly as many places, and has nearly
 * all values of U and V: 230 of 256 and more. What has fewer places than a
 * palette has colours, or few values, was rounded.
 */
static enum status
find_rounded(bool *rounded, struct arena *a, const struct tensor *t)
{
	enum { PALETTE = 256, VALUES = 64, BODY = 4000 };
	const size_t n = t->dim[0] * t->dim[1], mark = arena_mark(a);
	uint8_t *had = arena_calloc(a, (IUV_PARTS + 1) << 16, 1);
	bool has[2][256] = { { false } };
	const uint8_t *p = t->data;
	size_t body = 0, places = 0, values[2] = { 0 };

	if (!had)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++, p += 3) {
		size_t k = (size_t)p[0] << 16 | (size_t)p[1] << 8 | p[2];

		if (!p[0])
			continue;
		body++;
		places += !had[k];
		had[k] = 1;
		for (int c = 0; c < 2; c++) {
			values[c] += !has[c][p[1 + c]];
			has[c][p[1 + c]] = true;
		}
	}
	arena_pop(a, mark);
	/* No more places than parts: parts alone, which is another fault. */
	*rounded = body >= BODY && places > IUV_PARTS && (places <= PALETTE ||
	    values[0] <= VALUES || values[1] <= VALUES);
	return OK;
}

/*
 * Blending makes rims of parts whose numbers lie between those of their
 * neighbours. Whole IUVs have such slivers, too, but at a tenth of their
 * borders at most, blended ones at half of them.
 */
static bool
has_blended_rims(const struct tensor *t)
{
	const size_t h = t->dim[0], w = t->dim[1];
	size_t borders = 0, between = 0;

	for (size_t y = 0; y < h; y++) {
		const uint8_t *row = (const uint8_t *)t->data + 3 * w * y;
		size_t from = 0;
		int before = -1;

		for (size_t x = 1; x < w; x++) {
			const int now = row[3 * x - 3], next = row[3 * x];

			if (now == next)
				continue;
			borders++;
			between += before >= 0 && x - from <= 3 &&
			    (before < now) == (now < next);
			before = now;
			from = x;
		}
	}
	return borders >= 200 && between * 4 > borders;
}

/*
 * Rows that repeat the one above, the body's whole width: enlarged without blending.
 * No row of an IUV that was computed at its size does.
 */
static bool
is_enlarged(const struct tensor *t)
{
	enum { LEAST = 40, BODY = 4000 };	/* rows, pixels */
	const size_t h = t->dim[0], w = t->dim[1];
	size_t rows = 0, same = 0, all = 0;

	for (size_t y = 1; y < h; y++) {
		const uint8_t *row = (const uint8_t *)t->data + 3 * w * y;
		size_t body = 0;

		for (size_t x = 0; x < w; x++)
			body += row[3 * x] != 0;
		all += body;
		rows += body >= 8;
		same += body >= 8 && !memcmp(row, row - 3 * w, 3 * w);
	}
	return all >= BODY && rows >= LEAST && same * 3 > rows;
}

/*
 * Where one part ends u and v jump: in the median by 42 of 255 and more on 879 right
 * ones, by 25 once they were smoothed by a Gauss of two pixels.
 */
static bool
is_smoothed(const struct tensor *t)
{
	enum { JUMP = 32, PAIRS = 200 };
	const size_t h = t->dim[0], w = t->dim[1];
	size_t below = 0, n = 0;

	for (size_t y = 0; y < h; y++) {
		const uint8_t *p = (const uint8_t *)t->data + 3 * w * y + 3;

		for (size_t x = 1; x < w; x++, p += 3) {
			if (!p[0] || !p[-3] || p[-3] == p[0])
				continue;
			n++;
			below += abs(p[1] - p[-2]) < JUMP && abs(p[2] - p[-1]) < JUMP;
		}
	}
	return n >= PAIRS && 2 * below > n;
}

/*
 * Along rows u and v change evenly: by how much a step differs from the one before
 * is 3 at most in the median of right ones, even shrunk to a third. Noise of
 * 3 of 255 makes it 5, noise of 2 makes it 4.
 */
static bool
is_noisy(const struct tensor *t)
{
	enum { LEAST = 4, PAIRS = 1500 };
	const size_t h = t->dim[0], w = t->dim[1];
	size_t below = 0, n = 0;

	for (size_t y = 0; y < h; y++) {
		const uint8_t *p = (const uint8_t *)t->data + 3 * w * y + 3;

		for (size_t x = 1; x + 1 < w; x++, p += 3) {
			if (!p[0] || p[-3] != p[0] || p[3] != p[0])
				continue;
			for (int c = 1; c <= 2; c++, n++)
				below += abs(p[c + 3] - 2 * p[c] + p[c - 3]) < LEAST;
		}
	}
	return n >= PAIRS && 2 * below < n;
}

static enum status
find_doubt(const char **doubt, struct arena *a, const struct tensor *t)
{
	bool rounded;

	TRY(find_rounded(&rounded, a, t));
	*doubt = rounded ? "its body has few values of U and V, as if a palette "
	    "had rounded them; texels will be displaced" :
	    has_blended_rims(t) ? "between parts lie rims of other parts, as if "
	    "it had been resized with blending; resize IUVs without "
	    "interpolation" :
	    is_stretched(t) ? "U and V fill 0..255 with gaps, as if a converter "
	    "had rescaled them; texels will be displaced" :
	    is_enlarged(t) ? "its rows repeat, as if it had been enlarged; texels "
	    "will be displaced" :
	    is_smoothed(t) ? "U and V are blended across the borders of parts, as if "
	    "they had been smoothed or resized; texels there will be displaced" :
	    is_noisy(t) ? "U and V jump from pixel to pixel, as if there were noise "
	    "in them or a lossy compression; texels will be displaced" : NULL;
	return OK;
}

enum status
iuv_decode(struct tensor *t, struct iuv_note *note, struct arena *a,
    const void *buf, size_t n)
{
	enum image_kind kind = image_kind(buf, n);
	struct image_note seen = { .lossy = false };
	struct tensor file;
	struct planes p;

	*note = (struct iuv_note){ .npy = n >= 6 && !memcmp(buf, "\x93NUMPY", 6) };
	if (kind == IMAGE_JPEG)
		return fail(E_FORMAT, "a JPEG: its compression mixes part numbers, "
		    "want PNG or .npy");
	if (note->npy)
		TRY(npy_convert(&file, a, buf, n));
	else
		TRY(image_decode(&file, &seen, a, buf, n, IMAGE_IGNORE_ALPHA));
	if (seen.lossy)
		return fail(E_FORMAT, "a lossy WebP: its compression mixes part "
		    "numbers, want PNG or .npy");
	TRY(find_planes(&p, &file, note));
	TRY(find_order(note, &p));
	TRY(tensor_alloc(t, a, DT_U1, TENSOR_DIMS(p.h, p.w, 3)));
	reorder(t, &p, note);
	return find_doubt(&note->doubt, a, t);
}

static bool
off_by_one(size_t a, size_t b)
{
	return a <= b + 1 && b <= a + 1;
}

enum status
iuv_fit(struct tensor *t, bool *changed, struct arena *a, size_t w, size_t h)
{
	struct tensor old = *t;
	size_t ow = old.dim[1], oh = old.dim[0];
	size_t cw = ow < w ? ow : w, ch = oh < h ? oh : h;

	*changed = ow != w || oh != h;
	if (!*changed)
		return OK;
	if (!off_by_one(ow, w) || !off_by_one(oh, h))
		return fail(E_SHAPE, "an IUV of %zux%zu, want the photo's %zux%zu",
		    ow, oh, w, h);
	TRY(tensor_alloc(t, a, DT_U1, TENSOR_DIMS(h, w, 3)));
	memset(t->data, 0, tensor_bytes(t));
	for (size_t y = 0; y < ch; y++)
		memcpy((uint8_t *)t->data + y * w * 3,
		    (const uint8_t *)old.data + y * ow * 3, cw * 3);
	return OK;
}

char *
iuv_note_text(char *buf, size_t n, const struct iuv_note *note)
{
	snprintf(buf, n, "channel order %s%s%s",
	    note->reversed ? "V,U,I (OpenCV)" : "I,U,V",
	    note->planar ? ", stored (3,H,W)" : "",
	    note->fractions ? ", U and V as fractions" : "");
	return buf;
}
