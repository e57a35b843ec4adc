#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <tiffio.h>

#include "image/codec.h"

#define MAX_PAGES 64	/* that are looked at */

struct reader {
	const uint8_t *buf;
	size_t n, at;
	char text[1024];	/* first complaint; 1024 is what the library wants */
};

static tmsize_t
take(thandle_t h, void *to, tmsize_t want)
{
	struct reader *r = h;
	size_t n = r->at < r->n ? r->n - r->at : 0;

	if (n > (size_t)want)
		n = (size_t)want;
	memcpy(to, r->buf + r->at, n);
	r->at += n;
	return (tmsize_t)n;
}

static tmsize_t
refuse_write(thandle_t h, void *from, tmsize_t n)
{
	(void)h, (void)from, (void)n;
	return -1;
}

static toff_t
go(thandle_t h, toff_t to, int whence)
{
	struct reader *r = h;

	if (whence == SEEK_CUR)
		to += r->at;
	else if (whence == SEEK_END)
		to += r->n;
	if (to > r->n)
		return (toff_t)-1;
	return r->at = to;
}

static int
close_nothing(thandle_t h)
{
	(void)h;
	return 0;
}

static toff_t
size(thandle_t h)
{
	return ((struct reader *)h)->n;
}

__attribute__((format(printf, 4, 0)))
static int
complain(TIFF *tif, void *user, const char *module, const char *fmt, va_list ap)
{
	struct reader *r = user;

	(void)tif, (void)module;
	if (!*r->text)
		vsnprintf(r->text, sizeof r->text, fmt, ap);
	return 1;
}

__attribute__((format(printf, 4, 0)))
static int
ignore(TIFF *tif, void *user, const char *module, const char *fmt, va_list ap)
{
	(void)tif, (void)user, (void)module, (void)fmt, (void)ap;
	return 1;
}

/* Refused is what would have to be guessed: how to map it to 8-bit sRGB. */
static enum status
check_kind(TIFF *tif)
{
	uint16_t bits, format, photometric = PHOTOMETRIC_MINISBLACK;
	const char *what = NULL;

	TIFFGetFieldDefaulted(tif, TIFFTAG_BITSPERSAMPLE, &bits);
	TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLEFORMAT, &format);
	TIFFGetField(tif, TIFFTAG_PHOTOMETRIC, &photometric);
	if (format == SAMPLEFORMAT_IEEEFP)
		what = "a floating-point TIFF";
	else if (bits > 8)
		what = "a TIFF of more than 8 bits a channel";
	else if (photometric != PHOTOMETRIC_RGB &&
	    photometric != PHOTOMETRIC_SEPARATED &&
	    photometric != PHOTOMETRIC_MINISBLACK &&
	    photometric != PHOTOMETRIC_MINISWHITE &&
	    photometric != PHOTOMETRIC_PALETTE &&
	    photometric != PHOTOMETRIC_YCBCR)
		what = "a TIFF of an unusual colour space";
	return what ? fail(E_FORMAT, "%s, want 8-bit RGB or grey; convert it with: "
	    IMAGE_CONVERT("IN.tif", "-colorspace sRGB -depth 8 "), what) : OK;
}

/* Packed, associated alpha to straight RGBA or RGB. */
static void
unpack(uint8_t *dst, const uint32_t *src, size_t n, bool alpha)
{
	for (size_t i = 0; i < n; i++) {
		unsigned c[3] = { TIFFGetR(src[i]), TIFFGetG(src[i]),
		    TIFFGetB(src[i]) }, al = TIFFGetA(src[i]);

		for (int k = 0; k < 3; k++) {
			if (alpha && al && al < 255)
				c[k] = (c[k] * 255 + al / 2) / al;
			*dst++ = (uint8_t)(c[k] < 255 ? c[k] : 255);
		}
		if (alpha)
			*dst++ = (uint8_t)al;
	}
}

static enum status
damaged(const struct reader *r, const char *otherwise)
{
	return fail(E_FORMAT, "damaged or unknown TIFF: %s",
	    *r->text ? r->text : otherwise);
}

static enum status
keep_colour(struct image_colour *c, struct arena *a, TIFF *tif)
{
	uint16_t photometric = PHOTOMETRIC_RGB;
	uint32_t n = 0;
	void *icc = NULL;

	TIFFGetField(tif, TIFFTAG_PHOTOMETRIC, &photometric);
	c->space = photometric == PHOTOMETRIC_SEPARATED ? IMAGE_CMYK :
	    photometric == PHOTOMETRIC_MINISBLACK ||
	    photometric == PHOTOMETRIC_MINISWHITE ? IMAGE_GREY : IMAGE_RGB;
	if (TIFFGetField(tif, TIFFTAG_ICCPROFILE, &n, &icc) && icc)
		return image_keep_icc(c, a, icc, n);
	return OK;
}

/* As the tag says, or else XMP; 1: neither does. */
static int
orientation(TIFF *tif)
{
	uint16_t o = 0;
	uint32_t n = 0;
	void *xmp = NULL;

	TIFFGetField(tif, TIFFTAG_ORIENTATION, &o);
	if (o == 0 && TIFFGetField(tif, TIFFTAG_XMLPACKET, &n, &xmp) && xmp)
		o = (uint16_t)image_xmp_orientation(xmp, n);
	return o >= 1 && o <= 8 ? o : 1;
}

/* CMYK as it is stored; the library's own way to RGB knows no profiles. */
static enum status
read_inks(struct tensor *t, struct image_note *note, struct arena *a,
    struct reader *r, TIFF *tif, size_t w, size_t h)
{
	uint16_t inks, channels, planar;

	TIFFGetFieldDefaulted(tif, TIFFTAG_INKSET, &inks);
	TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLESPERPIXEL, &channels);
	TIFFGetFieldDefaulted(tif, TIFFTAG_PLANARCONFIG, &planar);
	if (inks != INKSET_CMYK || channels != 4 || TIFFIsTiled(tif) ||
	    planar != PLANARCONFIG_CONTIG ||
	    TIFFScanlineSize(tif) != 4 * (tmsize_t)w)
		return fail(E_FORMAT, "a CMYK TIFF in tiles or planes, or with "
		    "other inks; convert it with: "
		    IMAGE_CONVERT("IN.tif", "-colorspace sRGB "));
	note->orientation = orientation(tif);
	TRY(image_alloc(t, a, w, h, 4));
	for (size_t y = 0; y < h; y++)
		if (TIFFReadScanline(tif, (uint8_t *)t->data + 4 * w * y,
		    (uint32_t)y, 0) < 0 || *r->text)
			return damaged(r, "its data cannot be read");
	return OK;
}

static enum status
decode(struct tensor *t, struct image_note *note, struct image_colour *c,
    struct arena *a, struct reader *r, TIFF *tif)
{
	TIFFRGBAImage img;
	uint32_t w = 0, h = 0;

	TIFFGetField(tif, TIFFTAG_IMAGEWIDTH, &w);
	TIFFGetField(tif, TIFFTAG_IMAGELENGTH, &h);
	TRY(image_check_size(w, h));
	TRY(check_kind(tif));
	TRY(keep_colour(c, a, tif));
	if (c->space == IMAGE_CMYK)
		return read_inks(t, note, a, r, tif, w, h);
	if (!TIFFRGBAImageBegin(&img, tif, 1, r->text))
		return damaged(r, "no such layout");
	note->alpha = img.alpha != 0;
	note->orientation = orientation(tif);
	/* As stored: image.c turns it, quarter turns included. */
	img.req_orientation = img.orientation;
	enum status s = image_alloc(t, a, w, h, note->alpha ? 4 : 3);
	size_t mark = arena_mark(a);
	uint32_t *raster = s == OK ?
	    arena_calloc(a, (size_t)w * h, sizeof *raster) : NULL;

	if (s == OK && !raster)
		s = E_NOMEM;
	if (s == OK && (!TIFFRGBAImageGet(&img, raster, w, h) || *r->text))
		s = damaged(r, "its data cannot be read");
	if (s == OK)
		unpack(t->data, raster, (size_t)w * h, note->alpha);
	arena_pop(a, mark);
	TIFFRGBAImageEnd(&img);
	return s;
}

/*
 * The files of cameras' sensors are TIFFs as well: a small picture, and elsewhere, in
 * a directory below its own, what the sensor saw.
 */
static bool
is_raw(TIFF *tif)
{
	uint32_t kind = 0;
	uint16_t n = 0;
	void *p = NULL;

	if (TIFFGetField(tif, TIFFTAG_DNGVERSION, &p))
		return true;
	TIFFGetField(tif, TIFFTAG_SUBFILETYPE, &kind);
	return kind & FILETYPE_REDUCEDIMAGE &&
	    TIFFGetField(tif, TIFFTAG_SUBIFD, &n, &p) && n > 0;
}

/*
 * Goes to the first picture of full size: a thumbnail may stand before it.
 * note->others: further ones, of which nothing is read.
 */
static void
choose_page(struct image_note *note, struct reader *r, TIFF *tif)
{
	const tdir_t n = TIFFNumberOfDirectories(tif);
	tdir_t first = 0;
	size_t full = 0;

	for (tdir_t i = 0; n > 1 && i < n && i < MAX_PAGES; i++) {
		uint32_t kind = 0;

		if (!TIFFSetDirectory(tif, i))
			break;
		TIFFGetField(tif, TIFFTAG_SUBFILETYPE, &kind);
		if (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK))
			continue;
		first = full++ == 0 ? i : first;
	}
	if (n > 1)
		TIFFSetDirectory(tif, first);
	note->others = full > 1 ? full - 1 : 0;
	*r->text = 0;	/* others may be damaged */
}

enum status
image_decode_tiff(struct tensor *t, struct image_note *note,
    struct image_colour *c, struct arena *a, const void *buf, size_t n)
{
	struct reader r = { .buf = buf, .n = n };
	TIFFOpenOptions *o = TIFFOpenOptionsAlloc();

	if (!o)
		return fail(E_NOMEM, "no memory for the TIFF reader");
	TIFFOpenOptionsSetMaxSingleMemAlloc(o, 4 * (tmsize_t)IMAGE_MAX_PIXELS);
	TIFFOpenOptionsSetErrorHandlerExtR(o, complain, &r);
	TIFFOpenOptionsSetWarningHandlerExtR(o, ignore, NULL);
	/* m: no mapping */
	TIFF *tif = TIFFClientOpenExt("picture", "rm", &r, take, refuse_write,
	    go, close_nothing, size, NULL, NULL, o);

	TIFFOpenOptionsFree(o);
	if (!tif)
		return damaged(&r, "cannot be opened");
	enum status s = OK;

	if (is_raw(tif))
		s = fail(E_FORMAT, "a raw file of a camera, of which only the small "
		    "picture in it could be read; convert it with: " IMAGE_RAW);
	else
		choose_page(note, &r, tif);
	if (s == OK)
		s = decode(t, note, c, a, &r, tif);

	TIFFClose(tif);
	return s;
}
