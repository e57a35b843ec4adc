#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "image/codec.h"

struct reader {
	png_struct *png;
	png_info *info;
	const uint8_t *at;
	size_t left;
	enum status status;	/* what goes back with the jump */
	bool icc_bad;
};

static void
give_up(png_struct *png, const char *text)
{
	struct reader *r = png_get_error_ptr(png);

	r->status = fail(E_FORMAT, "damaged PNG: %s", text);
	longjmp(png_jmpbuf(png), 1);
}

/* Of the warnings only that a profile is left out is of use. */
static void
hear(png_struct *png, const char *text)
{
	struct reader *r = png_get_error_ptr(png);

	r->icc_bad |= !strncmp(text, "iCCP:", 5) && !strstr(text, "known incorrect");
}

static void
take(png_struct *png, png_byte *to, size_t n)
{
	struct reader *r = png_get_io_ptr(png);

	if (n > r->left) {
		r->status = fail(E_TRUNC, "the PNG stops early: truncated");
		longjmp(png_jmpbuf(png), 1);
	}
	memcpy(to, r->at, n);
	r->at += n;
	r->left -= n;
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ?
	    c - 'a' + 10 : -1;
}

static bool
is_xmp(const char *p, size_t n)
{
	return memmem(p, n, "xmpmeta", 7) || memmem(p, n, "rdf:RDF", 7);
}

/*
 * A "Raw profile type exif" of ImageMagick, or APP1 or xmp: a line with the profile's
 * name, one with its length, and its bytes as hex digits in lines. 0: no
 * orientation.
 */
static int
raw_profile_orientation(const char *text, size_t n, struct arena *a)
{
	size_t mark = arena_mark(a), len = 0;
	const char *end = text + n, *p = text;
	uint8_t *bytes = arena_alloc(a, n / 2 + 1);
	int high = -1, o = 0;

	while (p < end && *p == '\n')
		p++;
	for (int line = 0; p < end && line < 2; p++)
		line += *p == '\n';
	for (; bytes && p < end; p++) {
		int v = hex(*p);

		if (v < 0)
			continue;
		if (high >= 0)
			bytes[len++] = (uint8_t)(high << 4 | v);
		high = high >= 0 ? -1 : v;
	}
	if (bytes)
		o = is_xmp((const char *)bytes, len) ?
		    image_xmp_orientation((const char *)bytes, len) :
		    image_exif_orientation(bytes, len);
	arena_pop(a, mark);
	return o;
}

/*
 * Of the chunk eXIf, which comes as one that the library does not know: it would
 * refuse those that begin with "Exif" as EXIF data in a JPEG do.
 */
static int
chunk_orientation(struct reader *r)
{
	png_unknown_chunk *c;
	int n = png_get_unknown_chunks(r->png, r->info, &c), o = 0;

	for (int i = 0; i < n && o == 0; i++)
		if (!memcmp(c[i].name, "eXIf", 4))
			o = image_exif_orientation(c[i].data, c[i].size);
	return o;
}

/* The n bytes of a chunk that the library does not know, or NULL. */
static const uint8_t *
unknown_chunk(const struct reader *r, const char *name, size_t n)
{
	png_unknown_chunk *c;
	int chunks = png_get_unknown_chunks(r->png, r->info, &c);

	for (int i = 0; i < chunks; i++)
		if (!memcmp(c[i].name, name, 4) && c[i].size == n)
			return c[i].data;
	return NULL;
}

/* Frames behind the first, or behind the picture for those who know no APNG. */
static size_t
other_frames(const struct reader *r)
{
	const uint8_t *p = unknown_chunk(r, "acTL", 8);
	const size_t n = p ? png_get_uint_32(p) : 0;

	return n > 0 ? n - 1 : 0;
}

/* In a chunk of its own, or in texts that programs wrote before there was one. */
static int
orientation(struct reader *r, struct arena *a)
{
	png_text *text;
	int texts = 0, o = chunk_orientation(r);

	png_get_text(r->png, r->info, &text, &texts);
	for (int i = 0; o == 0 && i < texts; i++)
		if (!strcmp(text[i].key, "Raw profile type exif") ||
		    !strcmp(text[i].key, "Raw profile type APP1") ||
		    !strcmp(text[i].key, "Raw profile type xmp"))
			o = raw_profile_orientation(text[i].text,
			    strlen(text[i].text), a);
	for (int i = 0; o == 0 && i < texts; i++)
		if (!strcmp(text[i].key, "XML:com.adobe.xmp"))
			o = image_xmp_orientation(text[i].text,
			    strlen(text[i].text));
	return o;
}

/*
 * gAMA and cHRM, which count where there is neither a profile nor sRGB. 1/2.2
 * is what programs write that mean sRGB, and its curve is taken then.
 */
static void
keep_chunks(struct image_colour *c, const struct reader *r)
{
	double g = 0, (*x)[2] = c->chroma;
	const bool gamma = png_get_gAMA(r->png, r->info, &g);

	if (c->icc_bad || png_get_valid(r->png, r->info, PNG_INFO_sRGB))
		return;
	memcpy(c->chroma, image_srgb_chroma, sizeof c->chroma);
	const bool chroma = png_get_cHRM(r->png, r->info, &x[0][0], &x[0][1],
	    &x[1][0], &x[1][1], &x[2][0], &x[2][1], &x[3][0], &x[3][1]);

	if (gamma && fabs(g - 1 / 2.2) > 0.01)
		c->gamma = 1 / g;
	if (chroma || c->gamma != 0)
		c->said = "gamma and primaries of PNG";
}

/*
 * cICP, which comes before all else: primaries and curve by their numbers in
 * H.273. Those of HDR are not brought to sRGB. False: there is none that counts.
 */
static bool
keep_code_points(struct image_colour *c, const struct reader *r)
{
	static const struct {
		uint8_t code;
		double chroma[4][2];
	} primaries[] = {
		{ 1, { { 0.3127, 0.3290 }, { 0.64, 0.33 }, { 0.30, 0.60 },
		    { 0.15, 0.06 } } },
		{ 9, { { 0.3127, 0.3290 }, { 0.708, 0.292 }, { 0.170, 0.797 },
		    { 0.131, 0.046 } } },
		{ 12, { { 0.3127, 0.3290 }, { 0.680, 0.320 }, { 0.265, 0.690 },
		    { 0.150, 0.060 } } },
	};
	static const struct {
		uint8_t code;
		double gamma;
	} curves[] = { { 4, 2.2 }, { 8, 1 }, { 13, 0 } };
	const uint8_t *p = unknown_chunk(r, "cICP", 4);
	bool known[2] = { false, false };

	if (!p)
		return false;
	for (size_t i = 0; i < sizeof primaries / sizeof *primaries; i++)
		if (p[0] == primaries[i].code) {
			memcpy(c->chroma, primaries[i].chroma, sizeof c->chroma);
			known[0] = true;
		}
	for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
		if (p[1] == curves[i].code) {
			c->gamma = curves[i].gamma;
			known[1] = true;
		}
	/* Matrix 0 is RGB, and 1 the full range. */
	c->icc_bad = !known[0] || !known[1] || p[2] != 0 || p[3] != 1;
	if (!c->icc_bad && (p[0] != 1 || p[1] != 13))
		c->said = "primaries and curve of PNG";
	return true;
}

static enum status
keep_colour(struct image_colour *c, struct arena *a, const struct reader *r)
{
	char *name;
	int packed;
	png_byte *icc;
	png_uint_32 n;

	c->space = png_get_color_type(r->png, r->info) & PNG_COLOR_MASK_COLOR ?
	    IMAGE_RGB : IMAGE_GREY;
	if (keep_code_points(c, r) && !c->icc_bad)
		return OK;
	c->icc_bad |= r->icc_bad;
	if (!png_get_iCCP(r->png, r->info, &name, &packed, &icc, &n)) {
		keep_chunks(c, r);
		return OK;
	}
	c->icc_bad = false;
	return image_keep_icc(c, a, icc, n);
}

static enum status
decode(struct tensor *t, struct image_note *note, struct image_colour *c,
    struct arena *a, struct reader *r)
{
	png_struct *png = r->png;

	png_set_read_fn(png, r, take);
	png_set_user_limits(png, IMAGE_MAX_SIDE, IMAGE_MAX_SIDE);
	png_set_chunk_malloc_max(png, 1 << 24);
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS,
	    (const png_byte *)"eXIf\0acTL\0cICP", 3);
	png_read_info(png, r->info);
	size_t w = png_get_image_width(png, r->info);
	size_t h = png_get_image_height(png, r->info);

	if (png_get_bit_depth(png, r->info) == 16)
		return fail(E_FORMAT, "a PNG of 16 bits a channel, want 8; convert "
		    "it with: " IMAGE_CONVERT("IN.png", "-depth 8 "));
	note->alpha = png_get_color_type(png, r->info) & PNG_COLOR_MASK_ALPHA ||
	    png_get_valid(png, r->info, PNG_INFO_tRNS);
	note->others = other_frames(r);
	TRY(keep_colour(c, a, r));
	png_set_expand(png);
	png_set_gray_to_rgb(png);
	int passes = png_set_interlace_handling(png);

	png_read_update_info(png, r->info);
	TRY(image_alloc(t, a, w, h, note->alpha ? 4 : 3));
	size_t row = w * t->dim[2];

	if (png_get_rowbytes(png, r->info) != row)
		return fail(E_FORMAT, "a PNG of a colour type that is not known");
	for (int p = 0; p < passes; p++)
		for (size_t y = 0; y < h; y++)
			png_read_row(png, (png_byte *)t->data + y * row, NULL);
	png_read_end(png, r->info);	/* what is said behind the picture counts */
	note->orientation = orientation(r, a);
	return OK;
}

enum status
image_decode_png(struct tensor *t, struct image_note *note,
    struct image_colour *c, struct arena *a, const void *buf, size_t n)
{
	struct reader r = { .at = buf, .left = n };

	r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, give_up, hear);
	if (!r.png)
		return fail(E_NOMEM, "no memory for the PNG reader");
	/* Nothing local changes between setjmp and a jump: all is in r. */
	if (setjmp(png_jmpbuf(r.png)) == 0) {
		r.info = png_create_info_struct(r.png);
		r.status = r.info ? decode(t, note, c, a, &r) :
		    fail(E_NOMEM, "no memory for the PNG reader");
	}
	png_destroy_read_struct(&r.png, &r.info, NULL);
	return r.status;
}
