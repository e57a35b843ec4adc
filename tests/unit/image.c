/* image_decode and image_write: every kind, turned upright, refused, cut. */
#include "image/image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tiffio.h>

#include "base/file.h"
#include "../tap.h"

#define SEEDS "tests/fuzz/corpus/image/"	/* made by seeds.py beside it */
#define W 17
#define H 12

static struct arena *arena;
static char dir[] = "/tmp/dualtex-image.XXXXXX";

static enum status
decode_file(struct tensor *t, struct image_note *note, const char *path,
    enum image_alpha alpha)
{
	const char *buf;
	size_t n;

	TRY(file_read(&buf, &n, arena, path, IMAGE_MAX_FILE));
	return image_decode(t, note, arena, buf, n, alpha);
}

/* The picture that seeds.py draws. */
static int
drawn(size_t y, size_t x, int c)
{
	size_t v[3] = { x * 15, y * 20, (x + y) * 8 };

	return (int)v[c];
}

static int
worst(const struct tensor *t)
{
	int most = 0;

	if (!tensor_is(t, DT_U1, TENSOR_DIMS(H, W, 3)))
		return 999;
	for (size_t i = 0; i < H * W * 3; i++) {
		int d = abs(((uint8_t *)t->data)[i] -
		    drawn(i / 3 / W, i / 3 % W, (int)(i % 3)));

		most = d > most ? d : most;
	}
	return most;
}

static void
test_kinds(void)
{
	static const struct { const char *name; enum image_kind kind; int most; }
	want[] = {
		{ "rgb.png", IMAGE_PNG, 0 }, { "raw.tif", IMAGE_TIFF, 0 },
		{ "tiff_lzw.tif", IMAGE_TIFF, 0 },
		{ "tiff_deflate.tif", IMAGE_TIFF, 0 },
		{ "packbits.tif", IMAGE_TIFF, 0 },
		/* quality 75 with halved colour: coarse, but this picture */
		{ "base.jpg", IMAGE_JPEG, 40 }, { "jpeg.tif", IMAGE_TIFF, 40 },
		{ "palette.png", IMAGE_PNG, 60 },
	};

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		char path[256];
		struct image_note note;
		struct tensor t;

		snprintf(path, sizeof path, SEEDS "%s", want[i].name);
		enum status s = decode_file(&t, &note, path, IMAGE_IGNORE_ALPHA);
		int d = s == OK ? worst(&t) : 999;

		ok(s == OK && note.kind == want[i].kind && d <= want[i].most,
		    "%s: worst difference %d, allowed %d %s", want[i].name, d,
		    want[i].most, s == OK ? "" : status_detail());
	}
}

static void
test_alpha(void)
{
	static const char *const name[] = { SEEDS "rgba.png", SEEDS "rgba.tif" };

	for (int i = 0; i < 2; i++) {
		struct image_note note;
		struct tensor t;
		int most = 0;

		/* alpha is 0 left of column 5, 200 from there on */
		bool good = decode_file(&t, &note, name[i], IMAGE_ON_WHITE) ==
		    OK && note.alpha;

		for (size_t k = 0; good && k < H * W * 3; k++) {
			size_t x = k / 3 % W;
			double a = x > 4 ? 200 / 255.0 : 0;
			int want = (int)(drawn(k / 3 / W, x, (int)(k % 3)) * a +
			    255 * (1 - a) + 0.5);
			int d = abs(((uint8_t *)t.data)[k] - want);

			most = d > most ? d : most;
		}
		/* TIFF readers hand over premultiplied values: 1 of rounding */
		ok(good && most <= i, "%s on white: worst difference %d", name[i],
		    most);
	}
}

/* Pixels whose alpha is not what it is left and right of column 5. */
static size_t
wrong_alpha(const struct tensor *t, bool turned)
{
	size_t bad = 0, w = t->dim[1];

	if (!tensor_is(t, DT_U1, TENSOR_DIMS(turned ? W : H, turned ? H : W)))
		return 999;
	for (size_t i = 0; i < H * W; i++)
		bad += ((uint8_t *)t->data)[i] !=
		    ((turned ? i / w : i % w) > 4 ? 200 : 0);
	return bad;
}

/* The alpha channel on its own, turned upright with the picture. */
static void
test_alpha_kept(void)
{
	char path[64];
	const char *buf;
	size_t n;
	struct image_note note;
	struct tensor t, flat, alpha;

	ok(file_read(&buf, &n, arena, SEEDS "rgba.png", IMAGE_MAX_FILE) == OK &&
	    image_decode_alpha(&t, &alpha, NULL, arena, buf, n) == OK &&
	    wrong_alpha(&alpha, false) == 0 &&
	    image_decode(&flat, NULL, arena, buf, n, IMAGE_ON_WHITE) == OK &&
	    !memcmp(t.data, flat.data, tensor_bytes(&flat)),
	    "alpha of a PNG, and the picture on white");
	ok(file_read(&buf, &n, arena, SEEDS "rgb.png", IMAGE_MAX_FILE) == OK &&
	    image_decode_alpha(&t, &alpha, &note, arena, buf, n) == OK &&
	    !alpha.data && !note.alpha, "a PNG without alpha");

	snprintf(path, sizeof path, "%s/turned.tif", dir);
	FILE *to = fopen(path, "wb");

	if (file_read(&buf, &n, arena, SEEDS "rgba.tif", IMAGE_MAX_FILE) != OK ||
	    !to || fwrite(buf, 1, n, to) != n || fclose(to) != 0)
		exit(2);
	TIFF *tif = TIFFOpen(path, "r+");

	if (!tif || !TIFFSetField(tif, TIFFTAG_ORIENTATION, 6) ||
	    !TIFFRewriteDirectory(tif))
		exit(2);
	TIFFClose(tif);
	ok(file_read(&buf, &n, arena, path, IMAGE_MAX_FILE) == OK &&
	    image_decode_alpha(&t, &alpha, &note, arena, buf, n) == OK &&
	    note.orientation == 6 && t.dim[0] == W &&
	    wrong_alpha(&alpha, true) == 0, "alpha of a TIFF that is turned");
	unlink(path);
}

/*
 * EXIF says on which side of the upright picture the stored row 0 and
 * column 0 are: t, b, l, r.
 */
static void
test_orientation(void)
{
	static const char side[9][3] = { "", "tl", "tr", "br", "bl", "lt", "rt",
	    "rb", "lb" };
	char path[64];
	struct tensor t, stored;

	snprintf(path, sizeof path, "%s/turned.tif", dir);
	for (int o = 1; o <= 8; o++) {
		bool good = decode_file(&stored, NULL, SEEDS "rgb.png",
		    IMAGE_ON_WHITE) == OK && image_write(path, &stored) == OK;
		TIFF *tif = good ? TIFFOpen(path, "r+") : NULL;

		if (tif) {
			TIFFSetField(tif, TIFFTAG_ORIENTATION, o);
			TIFFRewriteDirectory(tif);
			TIFFClose(tif);
		}
		struct image_note note = { 0 };
		bool swap = o >= 5;
		size_t oh = swap ? W : H, ow = swap ? H : W, bad = 0;

		good = good && decode_file(&t, &note, path, IMAGE_ON_WHITE) == OK &&
		    note.orientation == o &&
		    tensor_is(&t, DT_U1, TENSOR_DIMS(oh, ow, 3)) &&
		    note.stored_w == W && note.stored_h == H;
		for (size_t r = 0; good && r < H; r++)
			for (size_t c = 0; c < W; c++) {
				char rs = side[o][0], cs = side[o][1];
				size_t y = rs == 't' ? r : rs == 'b' ? H - 1 - r :
				    cs == 't' ? c : W - 1 - c;
				size_t x = rs == 'l' ? r : rs == 'r' ? H - 1 - r :
				    cs == 'l' ? c : W - 1 - c;

				bad += memcmp((uint8_t *)t.data + (y * ow + x) * 3,
				    (uint8_t *)stored.data + (r * W + c) * 3, 3) != 0;
			}
		ok(good && bad == 0, "orientation %d: row 0 at %c, column 0 at %c, "
		    "%zu pixels wrong", o, side[o][0], side[o][1], bad);
	}
	unlink(path);

	struct image_note note;
	struct tensor flat;

	ok(decode_file(&t, &note, SEEDS "progressive-exif6.jpg",
	    IMAGE_ON_WHITE) == OK && note.orientation == 6 && t.dim[0] == W &&
	    decode_file(&flat, NULL, SEEDS "base.jpg", IMAGE_ON_WHITE) == OK &&
	    !memcmp((uint8_t *)t.data + (H - 1) * 3, flat.data, 3),
	    "a JPEG with EXIF orientation 6: its first pixel is top right");
}

static void
add_page(TIFF *tif, uint32_t kind, uint32_t side, uint8_t grey)
{
	uint8_t row[64];

	memset(row, grey, sizeof row);
	TIFFSetField(tif, TIFFTAG_SUBFILETYPE, kind);
	TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, side);
	TIFFSetField(tif, TIFFTAG_IMAGELENGTH, side);
	TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, 8);
	TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
	for (uint32_t y = 0; y < side; y++)
		if (TIFFWriteScanline(tif, row, y, 0) < 0)
			exit(2);
	TIFFWriteDirectory(tif);
}

static void
test_pages(void)
{
	struct image_note note;
	struct tensor t;
	char path[64];

	snprintf(path, sizeof path, "%s/pages.tif", dir);
	for (int pages = 1; pages <= 2; pages++) {
		TIFF *tif = TIFFOpen(path, "w");

		if (!tif)
			exit(2);
		add_page(tif, FILETYPE_REDUCEDIMAGE, 4, 9);
		for (int i = 0; i < pages; i++)
			add_page(tif, 0, 16, (uint8_t)(100 + i));
		TIFFClose(tif);
		ok(decode_file(&t, &note, path, IMAGE_ON_WHITE) == OK &&
		    t.dim[0] == 16 && *(uint8_t *)t.data == 100 &&
		    note.others == (size_t)pages - 1, "a TIFF of a thumbnail and "
		    "%d pictures: the first of full size, %zu others", pages,
		    note.others);
	}
	unlink(path);
}

/* What cameras write of their sensors, and XMP where there is no tag. */
static void
test_tags(void)
{
	static const char xmp[] = "<x tiff:Orientation=\"6\"/>";
	struct image_note note;
	struct tensor t;
	char path[64];

	snprintf(path, sizeof path, "%s/tags.tif", dir);
	for (int k = 0; k < 3; k++) {
		TIFF *tif = TIFFOpen(path, "w");

		if (!tif)
			exit(2);
		if (k == 0)
			TIFFSetField(tif, TIFFTAG_DNGVERSION, "\1\4\0");
		else if (k == 1)
			TIFFSetField(tif, TIFFTAG_SUBIFD, 1, (uint64_t [1]){ 8 });
		else
			TIFFSetField(tif, TIFFTAG_XMLPACKET, sizeof xmp - 1, xmp);
		add_page(tif, k == 2 ? 0 : FILETYPE_REDUCEDIMAGE, 16, 9);
		if (k == 1)
			add_page(tif, 0, 16, 9);
		TIFFClose(tif);
		enum status st = decode_file(&t, &note, path, IMAGE_ON_WHITE);

		ok(k < 2 ? st == E_FORMAT && strstr(status_detail(), "a raw file") :
		    st == OK && note.orientation == 6, "%s", k == 0 ? "DNG is "
		    "refused" : k == 1 ? "and so is another raw file" :
		    "a TIFF is turned as its XMP says");
	}
	unlink(path);
}

static void
test_refused(void)
{
	static const struct { const char *name, *says; } bad[] = {
		{ SEEDS "cmyk.jpg", "CMYK" }, { SEEDS "bits16.png", "16 bits" },
		{ "tests/unit/image.c", "not an image" },
		{ "/dev/null", "not a regular" },
	};
	struct tensor t;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		enum status s = decode_file(&t, NULL, bad[i].name,
		    IMAGE_ON_WHITE);

		ok(s != OK && strstr(status_detail(), bad[i].says),
		    "%s refused: %s", bad[i].name, status_detail());
	}
	ok(image_decode(&t, NULL, arena, "RIFF\10\0\0\0WEBPVP8 ", 16,
	    IMAGE_ON_WHITE) == E_FORMAT && strstr(status_detail(), "WebP"), "%s",
	    status_detail());
	ok(image_decode(&t, NULL, arena, "\0\0\0\30ftypheic\0\0\0\0", 16,
	    IMAGE_ON_WHITE) == E_FORMAT && strstr(status_detail(), "a HEIC file") &&
	    strstr(status_detail(), "heif-convert IN OUT.png"), "%s",
	    status_detail());
	ok(image_decode(&t, NULL, arena, "", 0, IMAGE_ON_WHITE) == E_FORMAT,
	    "no bytes: %s", status_detail());
}

/* A file cut anywhere is an error, never a grey bottom half. */
static void
test_cut(void)
{
	static const char *const name[] = { "base.jpg", "progressive-exif6.jpg",
	    "rgb.png", "rgba.png", "raw.tif", "tiff_deflate.tif" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		char path[256];
		const char *buf;
		size_t n = 0, passed = 0;
		struct tensor t;

		snprintf(path, sizeof path, SEEDS "%s", name[i]);
		if (file_read(&buf, &n, arena, path, IMAGE_MAX_FILE) != OK)
			n = 0;
		/* A JPEG's end mark (2 bytes) carries nothing. */
		for (size_t cut = 0; cut + (i < 2 ? 2 : 0) < n; cut++)
			passed += image_decode(&t, NULL, arena, buf, cut,
			    IMAGE_ON_WHITE) == OK;
		ok(n && passed == 0, "%s cut after each of %zu bytes: %zu taken",
		    name[i], n, passed);
	}
}

/* A header that asks for much: refused before it gets memory. */
static void
test_huge(void)
{
	uint8_t png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xf0\0\0\xff\xf0"
	    "\x8\x2\0\0\0\x39\x3a\xa7\x5f\0\0\0\x4IDAT";
	const char *buf;
	size_t n;
	struct tensor t;

	ok(image_decode(&t, NULL, arena, png, sizeof png - 1, IMAGE_ON_WHITE) ==
	    E_LIMIT && arena_peak(arena) < 1 << 24, "65520x65520 PNG: %s",
	    status_detail());
	if (file_read(&buf, &n, arena, SEEDS "base.jpg", 1 << 20) != OK)
		n = 0;
	uint8_t *p = (uint8_t *)buf;	/* the arena's copy is ours */

	for (size_t i = 0; i + 9 < n; i++)
		if (p[i] == 0xff && p[i + 1] == 0xc0) {
			memset(p + i + 5, 0xfa, 4);
			break;
		}
	ok(n && image_decode(&t, NULL, arena, p, n, IMAGE_ON_WHITE) == E_LIMIT &&
	    arena_peak(arena) < 1 << 24, "64250x64250 JPEG: %s",
	    status_detail());
}

static void
test_write(void)
{
	static const struct {
		const char *name;
		enum dtype d;
		size_t c;
	} how[] = {
		{ "a.tif", DT_U1, 3 }, { "b.tif", DT_U2, 3 }, { "c.tiff", DT_F4, 3 },
		{ "d.tif", DT_F4, 1 }, { "e.tif", DT_F4, 18 }, { "f.tif", DT_U2, 1 },
		{ "g.tif", DT_F4, 2 }, { "h.tif", DT_U1, 4 },
	};

	for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
		char path[64];
		struct tensor t;
		size_t h = 5, w = 7, row = w * how[i].c * dtype_size(how[i].d);

		snprintf(path, sizeof path, "%s/%s", dir, how[i].name);
		if (tensor_alloc(&t, arena, how[i].d,
		    TENSOR_DIMS(h, w, how[i].c)) != OK)
			continue;
		for (size_t k = 0; k < tensor_len(&t); k++) {
			if (how[i].d == DT_U1)
				((uint8_t *)t.data)[k] = (uint8_t)(k * 37);
			else if (how[i].d == DT_U2)
				((uint16_t *)t.data)[k] = (uint16_t)(k * 3137);
			else
				((float *)t.data)[k] = (float)k * 0.37f - 9;
		}
		enum status s = image_write(path, &t);
		TIFF *tif = s == OK ? TIFFOpen(path, "r") : NULL;
		uint8_t *line = tif ? malloc((size_t)TIFFScanlineSize(tif)) : NULL;
		uint16_t bits = 0, format = 0, photometric = 9, per = 0;
		size_t bad = 0;

		for (size_t y = 0; tif && y < h; y++)
			bad += TIFFReadScanline(tif, line, (uint32_t)y, 0) < 0 ||
			    memcmp(line, (uint8_t *)t.data + y * row, row);
		if (tif) {
			TIFFGetField(tif, TIFFTAG_BITSPERSAMPLE, &bits);
			TIFFGetField(tif, TIFFTAG_SAMPLEFORMAT, &format);
			TIFFGetField(tif, TIFFTAG_PHOTOMETRIC, &photometric);
			TIFFGetField(tif, TIFFTAG_SAMPLESPERPIXEL, &per);
			TIFFClose(tif);
		}
		free(line);
		ok(tif && !bad && bits == 8 * dtype_size(how[i].d) &&
		    format == (how[i].d == DT_F4 ? SAMPLEFORMAT_IEEEFP :
		    SAMPLEFORMAT_UINT) && per == how[i].c && photometric ==
		    (how[i].c >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK),
		    "%s: %s x %zu comes back with its tags", how[i].name,
		    dtype_name(how[i].d), how[i].c);
		unlink(path);
	}

	char path[64];
	struct tensor t, back;

	snprintf(path, sizeof path, "%s/x.png", dir);
	ok(decode_file(&t, NULL, SEEDS "rgb.png", IMAGE_ON_WHITE) == OK &&
	    image_write(path, &t) == OK &&
	    decode_file(&back, NULL, path, IMAGE_ON_WHITE) == OK &&
	    worst(&back) == 0, "PNG written and read again");
	unlink(path);
	t.dtype = DT_F4;
	t.dim[1] = 4;
	ok(image_write(path, &t) == E_SHAPE && access(path, F_OK) != 0,
	    "PNG of floats: %s", status_detail());
	t.dtype = DT_U1;
	ok(image_write("/nowhere/x.png", &t) == E_IO, "%s", status_detail());
	snprintf(path, sizeof path, "%s/x.bmp", dir);
	ok(image_write(path, &t) == E_FORMAT, "%s", status_detail());
}

int
main(void)
{
	TIFFSetErrorHandler(NULL);
	if (arena_new(&arena, (size_t)1 << 32) != OK || !mkdtemp(dir))
		return 2;
	test_huge();	/* first: looks at the arena's peak */
	test_kinds();
	test_alpha();
	test_alpha_kept();
	test_orientation();
	test_pages();
	test_tags();
	test_refused();
	test_cut();
	test_write();
	rmdir(dir);
	arena_free(arena);
	return done();
}
