#include "image/image.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "image/codec.h"

enum image_kind
image_kind(const void *buf, size_t n)
{
	static const struct {
		enum image_kind kind;
		size_t n;
		const char *magic;
	} known[] = {
		{ IMAGE_JPEG, 3, "\xff\xd8\xff" },
		{ IMAGE_PNG, 8, "\x89PNG\r\n\x1a\n" },
		{ IMAGE_TIFF, 4, "II*\0" }, { IMAGE_TIFF, 4, "MM\0*" },
		{ IMAGE_TIFF, 4, "II+\0" }, { IMAGE_TIFF, 4, "MM\0+" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (n >= known[i].n && !memcmp(buf, known[i].magic, known[i].n))
			return known[i].kind;
	if (n >= 12 && !memcmp(buf, "RIFF", 4) &&
	    !memcmp((const char *)buf + 8, "WEBP", 4))
		return IMAGE_WEBP;
	return IMAGE_UNKNOWN;
}

const char *
image_kind_name(enum image_kind k)
{
	static const char *const name[] = { "unknown", "JPEG", "PNG", "TIFF",
		"WebP" };

	return name[k];
}

#define IMAGE_VIDEO "ffmpeg -i IN -f image2pipe -c:v ppm - | intake --frames NAME"

/* Pictures of kinds that people have and we do not read, and what does. */
static const struct foreign {
	size_t at;
	const char *magic, *name, *convert;
} foreign[] = {
	{ 4, "ftyphei", "HEIC", "heif-convert IN OUT.png" },
	{ 4, "ftyphev", "HEIC", "heif-convert IN OUT.png" },
	{ 4, "ftypmif1", "HEIC", "heif-convert IN OUT.png" },
	{ 4, "ftypmsf1", "HEIC", "heif-convert IN OUT.png" },
	{ 4, "ftypavi", "AVIF", "heif-convert IN OUT.png" },
	{ 0, "\xff\x0a", "JPEG XL", "djxl IN OUT.png" },
	{ 4, "JXL ", "JPEG XL", "djxl IN OUT.png" },
	{ 0, "GIF8", "GIF", IMAGE_CONVERT("IN[0]", "") },
	{ 0, "BM", "BMP", IMAGE_CONVERT("IN", "") },
	{ 0, "%PDF", "PDF", IMAGE_CONVERT("IN[0]", "") },
	{ 0, "8BPS", "Photoshop", IMAGE_CONVERT("IN[0]", "") },
	{ 4, "jP  ", "JPEG 2000", IMAGE_CONVERT("IN", "") },
	{ 0, "v/1\1", "OpenEXR", IMAGE_CONVERT("IN", "") },
	{ 0, "P6", "PPM", IMAGE_CONVERT("IN", "") },
	{ 0, "P5", "PGM", IMAGE_CONVERT("IN", "") },
	{ 4, "ftypcrx", "raw", IMAGE_RAW }, { 0, "FUJIFILMCCD-RAW", "raw", IMAGE_RAW },
	{ 0, "IIRO", "raw", IMAGE_RAW }, { 0, "IIRS", "raw", IMAGE_RAW },
	{ 0, "IIU", "raw", IMAGE_RAW },
	{ 4, "ftypisom", "video", IMAGE_VIDEO }, { 4, "ftypmp4", "video", IMAGE_VIDEO },
	{ 4, "ftypM4V", "video", IMAGE_VIDEO }, { 4, "ftypqt", "video", IMAGE_VIDEO },
};

/* What is there in place of a file that was not got. */
static const struct absent {
	const char *begin, *what;
} absent[] = {
	{ "version https://git-lfs", "a pointer of Git LFS: git lfs pull gets the "
	    "file" },
	{ "<!DOCTYPE", "a web page, as servers send for what they do not have" },
	{ "<!doctype", "a web page, as servers send for what they do not have" },
	{ "<html", "a web page, as servers send for what they do not have" },
};

static enum status
refuse_unknown(const char *buf, size_t n)
{
	if (n == 0)
		return fail(E_FORMAT, "an empty file, want an image");
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		const struct foreign *f = &foreign[i];
		size_t len = strlen(f->magic);

		if (n >= f->at + len && !memcmp(buf + f->at, f->magic, len))
			return fail(E_FORMAT, "a %s file, want JPEG, PNG, TIFF or "
			    "WebP; convert it with: %s", f->name, f->convert);
	}
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
		size_t len = strlen(absent[i].begin);

		if (n >= len && !memcmp(buf, absent[i].begin, len))
			return fail(E_FORMAT, "not an image: %s", absent[i].what);
	}
	return fail(E_FORMAT, "not an image: want JPEG, PNG, TIFF or WebP");
}

enum status
image_check_size(size_t w, size_t h)
{
	if (w < 1 || h < 1)
		return fail(E_FORMAT, "a picture of %zux%zu pixels", w, h);
	if (w > IMAGE_MAX_SIDE || h > IMAGE_MAX_SIDE || w > IMAGE_MAX_PIXELS / h)
		return fail(E_LIMIT, "a picture of %zux%zu pixels, want at most "
		    "%d a side and %zu together", w, h, IMAGE_MAX_SIDE,
		    IMAGE_MAX_PIXELS);
	return OK;
}

enum status
image_alloc(struct tensor *t, struct arena *a, size_t w, size_t h, size_t c)
{
	TRY(image_check_size(w, h));
	return tensor_alloc(t, a, DT_U1, TENSOR_DIMS(h, w, c));
}

static unsigned
get(const uint8_t *p, int bytes, bool big)
{
	unsigned v = 0;

	for (int i = 0; i < bytes; i++)
		v |= (unsigned)p[i] << 8 * (big ? bytes - 1 - i : i);
	return v;
}

struct exif {
	const uint8_t *p;
	size_t n;
	bool big;
};

static bool
open_exif(struct exif *e, const uint8_t *p, size_t n)
{
	const bool named = n > 6 && !memcmp(p, "Exif\0", 6);

	*e = (struct exif){ named ? p + 6 : p, named ? n - 6 : n, false };
	e->big = e->n > 0 && e->p[0] == 'M';
	return e->n >= 8 && image_kind(e->p, e->n) == IMAGE_TIFF;
}

/* The 12 bytes of a tag in the directory at `at`; NULL: it is not there. */
static const uint8_t *
exif_entry(const struct exif *e, size_t at, unsigned tag)
{
	if (at > e->n - 2)
		return NULL;
	size_t entries = get(e->p + at, 2, e->big);

	for (at += 2; entries-- && at <= e->n && e->n - at >= 12; at += 12)
		if (get(e->p + at, 2, e->big) == tag)
			return e->p + at;
	return NULL;
}

int
image_exif_orientation(const uint8_t *p, size_t n)
{
	struct exif e;

	if (!open_exif(&e, p, n))
		return 0;
	const uint8_t *t = exif_entry(&e, get(e.p + 4, 4, e.big), 0x112);
	/* A SHORT, but some write a BYTE or a LONG. */
	unsigned type = t ? get(t + 2, 2, e.big) : 0;
	unsigned v = t ? get(t + 8, type == 1 ? 1 : type == 4 ? 4 : 2, e.big) : 0;

	return v >= 1 && v <= 8 ? (int)v : 0;
}

bool
image_exif_adobe(const uint8_t *p, size_t n)
{
	struct exif e;

	if (!open_exif(&e, p, n))
		return false;
	const uint8_t *t = exif_entry(&e, get(e.p + 4, 4, e.big), 0x8769);

	if (!t)
		return false;
	const size_t sub = get(t + 8, 4, e.big);
	const uint8_t *space = exif_entry(&e, sub, 0xa001);
	const unsigned is = space ? get(space + 8, 2, e.big) : 1;

	t = exif_entry(&e, sub, 0xa005);
	if (is == 2 || is != 0xffff || !t)
		return is == 2;
	t = exif_entry(&e, get(t + 8, 4, e.big), 1);
	return t && !memcmp(t + 8, "R03", 4);
}

/*
 * tiff:Orientation="6" or <tiff:Orientation>6<, whatever the file calls the
 * namespace: xmlns:tiff="http://ns.adobe.com/tiff/1.0/".
 */
int
image_xmp_orientation(const char *p, size_t n)
{
	static const char space[] = "http://ns.adobe.com/tiff/1.0/";
	char name[64] = "tiff:Orientation";
	const char *end = p + n, *at = memmem(p, n, space, sizeof space - 1);
	int len = 0;

	if (at && at - p > 2 && at[-2] == '=') {
		for (at -= 2; at > p && isalnum((unsigned char)at[-1]); at--)
			len++;
		if (len > 0 && len < 40)
			snprintf(name, sizeof name, "%.*s:Orientation", len, at);
	}
	at = memmem(p, n, name, strlen(name));
	if (!at)
		return 0;
	at += strlen(name);
	for (; at < end && *at && strchr("= \"'>", *at); at++)
		if (at + 1 < end && at[1] >= '1' && at[1] <= '8')
			return at[1] - '0';
	return 0;
}

/*
 * EXIF orientation o: where the stored row 0 and column 0 are to be seen.
 * Upright pixel (x,y) is stored at (x,y), mirrored in x (2, 3), in y (3, 4),
 * and with x and y exchanged before that (5..8).
 */
static enum status
turn_upright(struct tensor *t, struct arena *a, int o)
{
	static const struct { bool swap, flip_x, flip_y; } how[9] = {
		[2] = { false, true, false }, [3] = { false, true, true },
		[4] = { false, false, true }, [5] = { true, false, false },
		[6] = { true, false, true }, [7] = { true, true, true },
		[8] = { true, true, false },
	};
	size_t h = t->dim[0], w = t->dim[1], c = t->dim[2];
	size_t oh = how[o].swap ? w : h, ow = how[o].swap ? h : w;
	struct tensor up;

	TRY(image_alloc(&up, a, ow, oh, c));
	const uint8_t *src = t->data;
	uint8_t *dst = up.data;

	for (size_t y = 0; y < oh; y++)
		for (size_t x = 0; x < ow; x++, dst += c) {
			size_t sx = how[o].swap ? y : x;
			size_t sy = how[o].swap ? x : y;

			sx = how[o].flip_x ? w - 1 - sx : sx;
			sy = how[o].flip_y ? h - 1 - sy : sy;
			memcpy(dst, src + (sy * w + sx) * c, c);
		}
	*t = up;
	return OK;
}

/* RGBA to RGB in place: the result is never ahead of what is still read. */
static void
drop_alpha(struct tensor *t, enum image_alpha how)
{
	size_t n = t->dim[0] * t->dim[1];
	uint8_t *p = t->data;

	for (size_t i = 0; i < n; i++)
		for (int c = 0; c < 3; c++) {
			unsigned v = p[4 * i + c], alpha = p[4 * i + 3];

			if (how == IMAGE_ON_WHITE)
				v = (v * alpha + 255 * (255 - alpha) + 127) / 255;
			p[3 * i + c] = (uint8_t)v;
		}
	t->dim[2] = 3;
}

/* The fourth channel of t, (h,w,4), as (h,w,1). */
static enum status
copy_alpha(struct tensor *alpha, struct arena *a, const struct tensor *t)
{
	size_t n = t->dim[0] * t->dim[1];

	TRY(image_alloc(alpha, a, t->dim[1], t->dim[0], 1));
	for (size_t i = 0; i < n; i++)
		((uint8_t *)alpha->data)[i] = ((const uint8_t *)t->data)[4 * i + 3];
	return OK;
}

static enum status
decode_as_stored(struct tensor *t, struct image_note *note,
    struct image_colour *c, struct arena *a, const void *buf, size_t n)
{
	*note = (struct image_note){ .kind = image_kind(buf, n) };
	*c = (struct image_colour){ .icc = NULL };
	switch (note->kind) {
	case IMAGE_JPEG:
		return image_decode_jpeg(t, note, c, a, buf, n);
	case IMAGE_PNG:
		return image_decode_png(t, note, c, a, buf, n);
	case IMAGE_TIFF:
		return image_decode_tiff(t, note, c, a, buf, n);
	case IMAGE_WEBP:
		return image_decode_webp(t, note, c, a, buf, n);
	case IMAGE_UNKNOWN:
		break;
	}
	return refuse_unknown(buf, n);
}

/* opaque: gets the alpha channel, (H,W,1), where there is one; or NULL. */
static enum status
decode(struct tensor *t, struct tensor *opaque, struct image_note *note,
    struct arena *a, const void *buf, size_t n, enum image_alpha alpha)
{
	struct image_colour colour;

	TRY(decode_as_stored(t, note, &colour, a, buf, n));
	note->orientation += note->orientation == 0;
	note->stored_h = t->dim[0];
	note->stored_w = t->dim[1];
	if (alpha != IMAGE_IGNORE_ALPHA)
		TRY(image_to_srgb(t, note, a, &colour));
	else if (colour.space == IMAGE_CMYK)
		return fail(E_FORMAT, "CMYK, want numbers as they are, in RGB");
	if (note->alpha && opaque)
		TRY(copy_alpha(opaque, a, t));
	if (note->alpha)
		drop_alpha(t, alpha);
	if (note->orientation == 1)
		return OK;
	if (note->alpha && opaque)
		TRY(turn_upright(opaque, a, note->orientation));
	return turn_upright(t, a, note->orientation);
}

enum status
image_decode(struct tensor *t, struct image_note *note, struct arena *a,
    const void *buf, size_t n, enum image_alpha alpha)
{
	struct image_note seen;

	return decode(t, NULL, note ? note : &seen, a, buf, n, alpha);
}

enum status
image_decode_alpha(struct tensor *t, struct tensor *alpha,
    struct image_note *note, struct arena *a, const void *buf, size_t n)
{
	struct image_note seen;

	*alpha = (struct tensor){ .data = NULL };
	TRY(decode(t, alpha, note ? note : &seen, a, buf, n, IMAGE_ON_WHITE));
	if (alpha->data)
		alpha->rank = 2;	/* (H,W,1) */
	return OK;
}
