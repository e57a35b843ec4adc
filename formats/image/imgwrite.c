#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <png.h>
#include <tiffio.h>

#include "base/file.h"
#include "base/outfile.h"
#include "image/image.h"

#define MAX_CHANNELS 64
#define JPEG_QUALITY 90

enum image_kind
image_kind_of_name(const char *path)
{
	if (file_ends_in(path, ".png"))
		return IMAGE_PNG;
	if (file_ends_in(path, ".tif") || file_ends_in(path, ".tiff"))
		return IMAGE_TIFF;
	if (file_ends_in(path, ".jpg") || file_ends_in(path, ".jpeg"))
		return IMAGE_JPEG;
	return IMAGE_UNKNOWN;
}

struct png_writer {
	png_struct *png;
	png_info *info;
	jmp_buf back;
};

static void
png_give_up(png_struct *png, const char *text)
{
	struct png_writer *w = png_get_error_ptr(png);

	fail(E_IO, "%s", text);
	longjmp(w->back, 1);
}

static void
png_put(png_struct *png, png_byte *p, size_t n)
{
	if (fwrite(p, 1, n, png_get_io_ptr(png)) != n)
		png_error(png, strerror(errno));
}

static void
png_put_end(png_struct *png)
{
	(void)png;	/* fclose flushes, and is checked */
}

static void
png_encode(png_struct *png, png_info *info, FILE *f, const struct tensor *t,
    size_t channels)
{
	static const int type[] = { [1] = PNG_COLOR_TYPE_GRAY,
	    [3] = PNG_COLOR_TYPE_RGB, [4] = PNG_COLOR_TYPE_RGB_ALPHA };
	size_t h = t->dim[0], w = t->dim[1], row = w * channels *
	    dtype_size(t->dtype);

	png_set_write_fn(png, f, png_put, png_put_end);
	png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h,
	    t->dtype == DT_U2 ? 16 : 8, type[channels], PNG_INTERLACE_NONE,
	    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	if (channels >= 3)
		png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
	png_write_info(png, info);
	if (t->dtype == DT_U2)
		png_set_swap(png);	/* PNG is big-endian, we are not */
	for (size_t y = 0; y < h; y++)
		png_write_row(png, (const png_byte *)t->data + y * row);
	png_write_end(png, info);
}

static enum status
write_png(FILE *f, const struct tensor *t, size_t channels)
{
	struct png_writer w = { .png = NULL };

	w.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &w, png_give_up,
	    NULL);
	w.info = w.png ? png_create_info_struct(w.png) : NULL;
	enum status s = w.info ? OK : fail(E_NOMEM, "no memory for the PNG writer");

	if (w.info) {
		/* Nothing local changes between setjmp and a jump. */
		if (setjmp(w.back) == 0)
			png_encode(w.png, w.info, f, t, channels);
		else
			s = E_IO;
	}
	png_destroy_write_struct(&w.png, &w.info);
	return s;
}

__attribute__((format(printf, 4, 0)))
static int
tiff_complain(TIFF *tif, void *user, const char *module, const char *fmt,
    va_list ap)
{
	char text[256];

	(void)tif, (void)user, (void)module;
	vsnprintf(text, sizeof text, fmt, ap);
	fail(E_IO, "%s", text);
	return 1;
}

static void
tiff_tags(TIFF *tif, const struct tensor *t, size_t channels)
{
	size_t extra = channels > 3 ? channels - 3 : channels == 2;
	uint16_t unspecified[MAX_CHANNELS] = { EXTRASAMPLE_UNSPECIFIED };

	TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, (uint32_t)t->dim[1]);
	TIFFSetField(tif, TIFFTAG_IMAGELENGTH, (uint32_t)t->dim[0]);
	TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, (int)channels);
	TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, (int)dtype_size(t->dtype) * 8);
	TIFFSetField(tif, TIFFTAG_SAMPLEFORMAT, t->dtype == DT_F4 ?
	    SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
	TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, channels >= 3 ?
	    PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
	if (extra)
		TIFFSetField(tif, TIFFTAG_EXTRASAMPLES, (int)extra, unspecified);
	TIFFSetField(tif, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
	TIFFSetField(tif, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
	TIFFSetField(tif, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
	TIFFSetField(tif, TIFFTAG_PREDICTOR, t->dtype == DT_F4 ?
	    PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL);
	TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tif, 0));
}

static enum status
write_tiff(int fd, const struct tensor *t, size_t channels)
{
	size_t row = t->dim[1] * channels * dtype_size(t->dtype);
	TIFFOpenOptions *o = TIFFOpenOptionsAlloc();
	uint8_t *copy = malloc(row);	/* the predictor works in place */
	enum status s = OK;

	if (!o || !copy) {
		TIFFOpenOptionsFree(o);
		free(copy);
		return fail(E_NOMEM, "no memory for the TIFF writer");
	}
	TIFFOpenOptionsSetErrorHandlerExtR(o, tiff_complain, NULL);
	TIFF *tif = TIFFFdOpenExt(dup(fd), "picture", "w", o);

	TIFFOpenOptionsFree(o);
	if (!tif)
		s = E_IO;
	else
		tiff_tags(tif, t, channels);
	for (size_t y = 0; s == OK && y < t->dim[0]; y++) {
		memcpy(copy, (const uint8_t *)t->data + y * row, row);
		if (TIFFWriteScanline(tif, copy, (uint32_t)y, 0) < 0)
			s = E_IO;
	}
	if (s == OK && !TIFFFlush(tif))	/* TIFFClose cannot tell */
		s = E_IO;
	if (tif)
		TIFFClose(tif);
	free(copy);
	return s;
}

static enum status
check(size_t *channels, enum image_kind kind, const struct tensor *t)
{
	char text[TENSOR_TEXT_MAX];
	size_t c = t->rank == 3 ? t->dim[2] : 1;
	bool png = kind == IMAGE_PNG;

	if (kind != IMAGE_PNG && kind != IMAGE_TIFF && kind != IMAGE_JPEG)
		return fail(E_FORMAT, "want a name that ends in .png, .tif or "
		    ".jpg");
	if (t->rank < 2 || t->rank > 3 || !tensor_len(t) ||
	    t->dim[0] > IMAGE_MAX_SIDE || t->dim[1] > IMAGE_MAX_SIDE ||
	    (t->dtype != DT_U1 && t->dtype != DT_U2 &&
	    (png || t->dtype != DT_F4)) ||
	    (png ? c != 1 && c != 3 && c != 4 : c > MAX_CHANNELS) ||
	    (kind == IMAGE_JPEG && (t->dtype != DT_U1 || c != 3)))
		return fail(E_SHAPE, "%s does not fit into a %s",
		    tensor_text(text, sizeof text, t->dtype, t->rank, t->dim),
		    image_kind_name(kind));
	*channels = c;
	return OK;
}

/* The file's own stdio buffer; closed here, the descriptor stays open. */
static enum status
write_buffered_png(int fd, const struct tensor *t, size_t channels)
{
	int copy = dup(fd);
	FILE *f = copy < 0 ? NULL : fdopen(copy, "wb");

	if (!f) {
		enum status s = fail_errno("no second descriptor");

		if (copy >= 0)
			close(copy);
		return s;
	}
	enum status s = write_png(f, t, channels);

	if (fclose(f) != 0 && s == OK)
		s = fail_errno("write");
	return s;
}

static enum status
write_jpeg(int fd, const struct tensor *t, size_t channels)
{
	struct arena *a;
	const void *file;
	size_t n, at = 0;

	(void)channels;
	TRY(arena_new(&a, 4 * tensor_bytes(t) + (1 << 20)));
	enum status s = image_encode_jpeg(&file, &n, a, t, JPEG_QUALITY);

	while (s == OK && at < n) {
		ssize_t k = write(fd, (const char *)file + at, n - at);

		if (k > 0)
			at += (size_t)k;
		else if (k < 0 && errno != EINTR)
			s = fail_errno("write");
	}
	arena_free(a);
	return s;
}

static enum status
write_file(const char *path, enum image_kind kind, const struct tensor *t,
    size_t channels)
{
	struct outfile *f;

	TRY(outfile_open(&f, path));
	enum status s = (kind == IMAGE_PNG ? write_buffered_png :
	    kind == IMAGE_JPEG ? write_jpeg : write_tiff)(outfile_fd(f), t,
	    channels);

	return outfile_end(f, s == OK ? OK : fail_in(s, "cannot write"));
}

enum status
image_write(const char *path, const struct tensor *t)
{
	enum image_kind kind = image_kind_of_name(path);
	size_t channels = 0;
	enum status s = check(&channels, kind, t);

	if (s == OK)
		s = write_file(path, kind, t, channels);
	return s == OK ? OK : fail_in(s, "%s", path);
}

enum status
image_encode_png(const void **file, size_t *n, struct arena *a,
    const struct tensor *t)
{
	size_t channels = 0;
	char *buf = NULL;

	TRY(check(&channels, IMAGE_PNG, t));
	FILE *f = open_memstream(&buf, n);

	if (!f)
		return fail(E_NOMEM, "no memory for a picture");
	enum status s = write_png(f, t, channels);

	if (fclose(f) != 0 && s == OK)
		s = fail(E_NOMEM, "no memory for a picture");
	void *kept = s == OK ? arena_alloc(a, *n) : NULL;

	if (kept)
		*file = memcpy(kept, buf, *n);
	else if (s == OK)
		s = E_NOMEM;
	free(buf);
	return s;
}
