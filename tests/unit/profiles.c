/*
 * What stands beside a picture in its file: colour profiles, and in which of
 * the places that programs have for it the orientation.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lcms2.h>
#include <png.h>
#include <webp/encode.h>

#include "../tap.h"
#include "image/image.h"

#define W 20
#define H 10

static struct arena *arena;
static uint8_t pixels[H][W][3];
static const uint8_t exif6[] = "II*\0\10\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0";

static const uint8_t named6[] = "Exif\0\0MM\0*\0\0\0\10\0\1\1\x12\0\3\0\0\0\1\0\6"
    "\0\0\0\0\0\0";

/* ---- files ---- */

struct file {
	uint8_t bytes[1 << 16];
	size_t n;
};

/* What is to stand in a PNG; behind: behind the picture. */
struct beside {
	const void *icc;
	size_t icc_n;
	bool exif, named, behind, srgb;	/* named: as in a JPEG */
	double gamma, chroma[8];	/* 0: none */
	const char *key, *text;
	uint8_t code_points[4];		/* of cICP; all 0: none */
	uint8_t frames;			/* of an APNG that says so; 0: none */
};

static void
take(png_struct *png, png_byte *p, size_t n)
{
	struct file *f = png_get_io_ptr(png);

	if (f->n + n > sizeof f->bytes)
		exit(2);
	memcpy(f->bytes + f->n, p, n);
	f->n += n;
}

static void
flush(png_struct *png)
{
	(void)png;
}

static void
put_text(png_struct *png, png_info *info, const struct beside *b)
{
	png_text t = { .compression = PNG_TEXT_COMPRESSION_zTXt,
	    .key = (char *)b->key, .text = (char *)b->text };

	if (b->key)
		png_set_text(png, info, &t, 1);
}

static void
make_png(struct file *f, const struct beside *b)
{
	png_struct *png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL,
	    NULL, NULL);
	png_info *info = png_create_info_struct(png);
	png_info *end = png_create_info_struct(png);

	f->n = 0;
	png_set_write_fn(png, f, take, flush);
	png_set_IHDR(png, info, W, H, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
	    PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
	if (b->icc)
		png_set_iCCP(png, info, "of the test", 0, b->icc,
		    (png_uint_32)b->icc_n);
	if (b->srgb)
		png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
	if (b->gamma != 0)
		png_set_gAMA(png, info, b->gamma);
	if (b->chroma[0] != 0)
		png_set_cHRM(png, info, b->chroma[0], b->chroma[1], b->chroma[2],
		    b->chroma[3], b->chroma[4], b->chroma[5], b->chroma[6],
		    b->chroma[7]);
	if (b->exif)
		png_set_eXIf_1(png, b->behind ? end : info, sizeof exif6 - 1,
		    (png_byte *)exif6);
	put_text(png, b->behind ? end : info, b);
	png_write_info(png, info);
	if (b->named)
		png_write_chunk(png, (const png_byte *)"eXIf", named6,
		    sizeof named6 - 1);
	if (b->code_points[0])
		png_write_chunk(png, (const png_byte *)"cICP", b->code_points, 4);
	if (b->frames)
		png_write_chunk(png, (const png_byte *)"acTL", (const png_byte [8])
		    { 0, 0, 0, b->frames }, 8);
	for (int y = 0; y < H; y++)
		png_write_row(png, pixels[y][0]);
	png_write_end(png, end);
	png_destroy_info_struct(png, &end);
	png_destroy_write_struct(&png, &info);
}

static void
put_chunk(struct file *f, const char *name, const void *p, size_t n)
{
	const uint8_t size[4] = { (uint8_t)n, (uint8_t)(n >> 8),
	    (uint8_t)(n >> 16), 0 };

	memcpy(f->bytes + f->n, name, 4);
	memcpy(f->bytes + f->n + 4, size, 4);
	memcpy(f->bytes + f->n + 8, p, n);
	f->n += 8 + n + n % 2;
}

/* As libwebp writes it, in an extended file with profile and EXIF. */
static void
make_webp(struct file *f, const void *icc, size_t icc_n)
{
	static const uint8_t head[10] = { 0x28, [4] = W - 1, [7] = H - 1 };
	uint8_t *bare = NULL;
	size_t n = WebPEncodeLosslessRGB(pixels[0][0], W, H, 3 * W, &bare);

	memset(f, 0, sizeof *f);
	memcpy(f->bytes, "RIFF\0\0\0\0WEBP", 12);
	f->n = 12;
	put_chunk(f, "VP8X", head, sizeof head);
	if (icc)
		put_chunk(f, "ICCP", icc, icc_n);
	memcpy(f->bytes + f->n, bare + 12, n - 12);
	f->n += n - 12;
	put_chunk(f, "EXIF", exif6, sizeof exif6 - 1);
	f->bytes[4] = (uint8_t)(f->n - 8);
	f->bytes[5] = (uint8_t)((f->n - 8) >> 8);
	WebPFree(bare);
}

/* ---- colours ---- */

static double
linear(double v)
{
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double
stored(double v)
{
	v = v < 0 ? 0 : v > 1 ? 1 : v;
	return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

/* Display P3 to sRGB: both have D65 and the same curve, so one matrix. */
static void
p3_to_srgb(int out[3], const uint8_t *in)
{
	static const double m[3][3] = { { 1.22494, -0.22494, 0 },
	    { -0.04206, 1.04206, 0 }, { -0.01964, -0.07864, 1.09828 } };

	for (int i = 0; i < 3; i++) {
		double sum = 0;

		for (int k = 0; k < 3; k++)
			sum += m[i][k] * linear(in[k] / 255.0);
		out[i] = (int)lrint(255 * stored(sum));
	}
}

/* A profile of RGB with the curve of sRGB. */
static size_t
make_profile(void *buf, size_t room, bool p3)
{
	const cmsCIExyY white = { 0.3127, 0.3290, 1 };
	const cmsCIExyYTRIPLE srgb = { { 0.64, 0.33, 1 }, { 0.30, 0.60, 1 },
	    { 0.15, 0.06, 1 } }, wide = { { 0.680, 0.320, 1 },
	    { 0.265, 0.690, 1 }, { 0.15, 0.06, 1 } };
	const double curve[5] = { 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92,
	    0.04045 };
	cmsToneCurve *c = cmsBuildParametricToneCurve(NULL, 4, curve);
	cmsHPROFILE p = cmsCreateRGBProfile(&white, p3 ? &wide : &srgb,
	    (cmsToneCurve *[]){ c, c, c });
	cmsUInt32Number n = 0;

	if (!cmsSaveProfileToMem(p, NULL, &n) || n > room ||
	    !cmsSaveProfileToMem(p, buf, &n))
		exit(2);
	cmsCloseProfile(p);
	cmsFreeToneCurve(c);
	return n;
}

static int
worst(const struct tensor *t, bool p3, bool turned)
{
	int most = 0, want[3];

	if (!tensor_is(t, DT_U1, TENSOR_DIMS(turned ? W : H, turned ? H : W, 3)))
		return 999;
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			const uint8_t *p = (const uint8_t *)t->data + 3 *
			    (turned ? x * H + H - 1 - y : y * W + x);

			for (int k = 0; k < 3; k++)
				want[k] = pixels[y][x][k];
			if (p3)
				p3_to_srgb(want, pixels[y][x]);
			for (int k = 0; k < 3; k++)
				most = abs(p[k] - want[k]) > most ?
				    abs(p[k] - want[k]) : most;
		}
	return most;
}

static void
test_profiles(void)
{
	static struct file f;
	static uint8_t icc[4096];
	struct image_note note;
	struct tensor t;
	size_t n = make_profile(icc, sizeof icc, true);
	int d;

	make_png(&f, &(struct beside){ .icc = icc, .icc_n = n });
	d = image_decode(&t, &note, arena, f.bytes, f.n, IMAGE_ON_WHITE) == OK ?
	    worst(&t, true, false) : 999;
	ok(d <= 1 && *note.profile && !note.profile_bad,
	    "PNG of Display P3 to sRGB: worst difference %d", d);
	d = image_decode(&t, &note, arena, f.bytes, f.n, IMAGE_IGNORE_ALPHA) ==
	    OK ? worst(&t, false, false) : 999;
	ok(d == 0 && !*note.profile, "numbers kept in it are left alone");

	make_webp(&f, icc, n);
	d = image_decode(&t, &note, arena, f.bytes, f.n, IMAGE_ON_WHITE) == OK ?
	    worst(&t, true, true) : 999;
	ok(d <= 1 && note.orientation == 6 && *note.profile && !note.lossy,
	    "WebP of Display P3, turned: worst difference %d", d);

	n = make_profile(icc, sizeof icc, false);
	make_png(&f, &(struct beside){ .icc = icc, .icc_n = n });
	d = image_decode(&t, &note, arena, f.bytes, f.n, IMAGE_ON_WHITE) == OK ?
	    worst(&t, false, false) : 999;
	ok(d == 0 && !*note.profile && !note.profile_bad,
	    "a profile that is sRGB changes no byte");
	make_webp(&f, "no profile", 10);
	ok(image_decode(&t, &note, arena, f.bytes, f.n, IMAGE_ON_WHITE) == OK &&
	    note.profile_bad && worst(&t, false, true) == 0,
	    "a damaged one leaves the colours as they are");
}

/* What a PNG says of its colours without a profile. */
static void
test_chunks(void)
{
#define P3 .chroma = { 0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.15, 0.06 }
	static const struct {
		const char *what;
		struct beside b;
		bool p3;
	} t[] = {
		{ "cHRM of P3", { P3 }, true },
		{ "and gAMA 1/2.2", { P3, .gamma = 0.45455 }, true },
		{ "gAMA 1/2.2 alone", { .gamma = 0.45455 }, false },
		{ "gAMA and cHRM of sRGB", { .gamma = 0.45455, .chroma = { 0.3127,
		    0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06 } }, false },
		{ "sRGB before them", { P3, .srgb = true }, false },
		{ "cICP of P3 before it", { .srgb = true,
		    .code_points = { 12, 13, 0, 1 } }, true },
		{ "cICP of sRGB", { .code_points = { 1, 13, 0, 1 } }, false },
	};
	static struct file f;
	struct image_note note;
	struct tensor out;

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		make_png(&f, &t[i].b);
		int d = image_decode(&out, &note, arena, f.bytes, f.n,
		    IMAGE_ON_WHITE) == OK ? worst(&out, t[i].p3, false) : 999;

		ok(d <= t[i].p3 && t[i].p3 == (*note.profile != 0) &&
		    !note.profile_bad, "%s: worst difference %d", t[i].what, d);
	}
	make_png(&f, &(struct beside){ .code_points = { 9, 16, 0, 1 } });
	ok(image_decode(&out, &note, arena, f.bytes, f.n, IMAGE_ON_WHITE) == OK &&
	    note.profile_bad && worst(&out, false, false) == 0,
	    "cICP of HDR is said, and not applied");
	make_png(&f, &(struct beside){ .frames = 3 });
	ok(image_decode(&out, &note, arena, f.bytes, f.n, IMAGE_ON_WHITE) == OK &&
	    note.others == 2 && worst(&out, false, false) == 0,
	    "an APNG: its first picture, %zu others", note.others);
	/* Stored as light itself. */
	make_png(&f, &(struct beside){ .gamma = 1 });
	int most = 0;

	if (image_decode(&out, &note, arena, f.bytes, f.n, IMAGE_ON_WHITE) == OK)
		for (int i = 0; i < 3 * W * H; i++) {
			int d = abs(((uint8_t *)out.data)[i] - (int)lrint(255 *
			    stored((&pixels[0][0][0])[i] / 255.)));

			most = d > most ? d : most;
		}
	ok(most <= 1 && !strcmp(note.profile, "gamma and primaries of PNG"),
	    "gAMA 1: worst difference %d, by %s", most, note.profile);
}

/* EXIF of a camera that is set to Adobe RGB, by either way to say so. */
static void
test_adobe(void)
{
	static const uint8_t r03[] =
	    "II*\0\10\0\0\0" "\1\0" "\x69\x87\4\0\1\0\0\0\32\0\0\0" "\0\0\0\0"
	    "\2\0" "\1\xa0\3\0\1\0\0\0\xff\xff\0\0" "\5\xa0\4\0\1\0\0\0\70\0\0\0"
	    "\0\0\0\0" "\1\0" "\1\0\2\0\4\0\0\0R03\0" "\0\0\0";
	uint8_t exif[sizeof r03 + 6] = "Exif\0", *p = exif + 6;
	struct tensor grey = { DT_U1, 3, { 8, 8, 3 }, pixels }, out;
	struct image_note note;
	const void *file;
	size_t n;

	static uint8_t green[8][8][3], whole[1 << 14];

	for (int i = 0; i < 64; i++)
		green[i / 8][i % 8][1] = 128;
	grey.data = green;
	if (image_encode_jpeg(&file, &n, arena, &grey, 95) != OK)
		exit(2);
	memcpy(p, r03, sizeof r03);
	for (int i = 0; i < 4; i++) {
		const uint16_t len = sizeof exif + 2;

		/* R03; not R03; ColorSpace 2; sRGB. */
		p[26 + 2 + 8] = p[26 + 2 + 9] = i < 2 ? 0xff : 0;
		if (i >= 2)
			p[26 + 2 + 8] = i == 2 ? 2 : 1;
		p[56 + 2 + 8] = i == 1 ? 'X' : 'R';
		memcpy(whole, file, 2);
		memcpy(whole + 2, (uint8_t []){ 0xff, 0xe1, len >> 8, len & 255 },
		    4);
		memcpy(whole + 6, exif, sizeof exif);
		memcpy(whole + 6 + sizeof exif, (const uint8_t *)file + 2, n - 2);
		bool is = image_decode(&out, &note, arena, whole, n + 4 +
		    sizeof exif, IMAGE_ON_WHITE) == OK;
		int v = is ? ((uint8_t *)out.data)[1] : -1;

		ok(is && (i % 2 == 0) == !strcmp(note.profile,
		    "Adobe RGB (EXIF)") && (i % 2 || v > 128), "%s: green %d, "
		    "\"%s\"", i % 2 ? "not Adobe RGB" : "Adobe RGB", v,
		    note.profile);
	}
}

/* A profile in two parts, of which the second one was lost. */
static void
test_part(void)
{
	static const uint8_t part[] = "\xff\xe2\0\24ICC_PROFILE\0\1\2some";
	static uint8_t whole[1 << 14];
	struct tensor grey = { DT_U1, 3, { 8, 8, 3 }, pixels }, out;
	struct image_note note;
	const void *file;
	size_t n;

	if (image_encode_jpeg(&file, &n, arena, &grey, 95) != OK)
		exit(2);
	memcpy(whole, file, 2);
	memcpy(whole + 2, part, 22);
	memcpy(whole + 24, (const uint8_t *)file + 2, n - 2);
	ok(image_decode(&out, &note, arena, whole, n + 22, IMAGE_ON_WHITE) == OK &&
	    note.profile_bad, "a profile that lacks a part is said");
}

/* ---- orientation ---- */

/* A raw profile of ImageMagick: in lines of hex digits. */
static char *
raw_profile(char *text, size_t room, const char *name, const void *p, size_t len)
{
	size_t n = (size_t)snprintf(text, room, "\n%s\n%8zu\n", name, len);

	for (size_t i = 0; i < len; i++)
		n += (size_t)snprintf(text + n, room - n, "%02x%s",
		    ((const uint8_t *)p)[i], i % 36 == 35 ? "\n" : "");
	return text;
}

static void
test_orientation(void)
{
	static const uint8_t exif6_long[] =
	    "MM\0*\0\0\0\10\0\1\1\x12\0\4\0\0\0\1\0\0\0\6\0\0\0\0";
	static char raw[256], raw_long[256], raw_xmp[512];
	static const char xmp[] = "<rdf:Description tiff:Orientation=\"6\"/>";
	static const char xmp_old[] =
	    "<tiff:Orientation>6</tiff:Orientation>";
	static const char xmp_other[] = "<x:xmpmeta><rdf:Description xmlns:t="
	    "'http://ns.adobe.com/tiff/1.0/' t:Orientation='6'/></x:xmpmeta>";

	raw_profile(raw, sizeof raw, "exif", named6, sizeof named6 - 1);
	raw_profile(raw_long, sizeof raw_long, "exif", exif6_long,
	    sizeof exif6_long - 1);
	raw_profile(raw_xmp, sizeof raw_xmp, "xmp", xmp_other,
	    sizeof xmp_other - 1);
	const struct { const char *what; struct beside b; } where[] = {
		{ "eXIf", { .exif = true } },
		{ "eXIf behind the picture", { .exif = true, .behind = true } },
		{ "raw profile", { .key = "Raw profile type exif", .text = raw } },
		{ "raw profile behind the picture",
		    { .key = "Raw profile type APP1", .text = raw, .behind = true } },
		{ "XMP", { .key = "XML:com.adobe.xmp", .text = xmp } },
		{ "eXIf as in a JPEG", { .named = true } },
		{ "a long number", { .key = "Raw profile type exif",
		    .text = raw_long } },
		{ "raw XMP", { .key = "Raw profile type xmp", .text = raw_xmp } },
		{ "XMP of another prefix", { .key = "XML:com.adobe.xmp",
		    .text = xmp_other } },
		{ "older XMP", { .key = "XML:com.adobe.xmp", .text = xmp_old } },
		{ "EXIF before XMP", { .exif = true, .key = "XML:com.adobe.xmp",
		    .text = "tiff:Orientation=\"3\"" } },
	};
	static struct file f;
	struct image_note note;
	struct tensor t;

	for (size_t i = 0; i < sizeof where / sizeof *where; i++) {
		make_png(&f, &where[i].b);
		ok(image_decode(&t, &note, arena, f.bytes, f.n,
		    IMAGE_IGNORE_ALPHA) == OK && note.orientation == 6 &&
		    worst(&t, false, true) == 0, "%s of a PNG: turned upright",
		    where[i].what);
	}
	make_png(&f, &(struct beside){ .key = "XML:com.adobe.xmp",
	    .text = "tiff:Orientation=\"9\"" });
	ok(image_decode(&t, &note, arena, f.bytes, f.n, IMAGE_IGNORE_ALPHA) ==
	    OK && note.orientation == 1, "an orientation of 9 is none");
}

static void
test_webp(void)
{
	static struct file f;
	struct image_note note;
	struct tensor t;
	uint8_t *p = NULL;
	size_t n, taken = 0;

	make_webp(&f, NULL, 0);
	ok(image_decode(&t, &note, arena, f.bytes, f.n, IMAGE_ON_WHITE) == OK &&
	    note.kind == IMAGE_WEBP && worst(&t, false, true) == 0, "WebP");
	/* Behind the picture come 34 bytes of EXIF, which are not missed. */
	for (size_t cut = 0; cut + 34 < f.n; cut++)
		taken += image_decode(&t, NULL, arena, f.bytes, cut,
		    IMAGE_ON_WHITE) == OK;
	ok(taken == 0, "cut in the picture: %zu taken", taken);
	n = WebPEncodeRGB(pixels[0][0], W, H, 3 * W, 90, &p);
	ok(n > 0 && image_decode(&t, &note, arena, p, n, IMAGE_ON_WHITE) == OK &&
	    note.lossy && worst(&t, false, false) < 60, "a lossy one");
	WebPFree(p);
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 30) != OK)
		return 2;
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			pixels[y][x][0] = (uint8_t)(x * 13);
			pixels[y][x][1] = (uint8_t)(y * 28);
			pixels[y][x][2] = (uint8_t)((x * y) % 256);
		}
	test_profiles();
	test_chunks();
	test_adobe();
	test_part();
	test_orientation();
	test_webp();
	arena_free(arena);
	return done();
}
