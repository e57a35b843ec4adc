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
};

static void
give_up(png_struct *png, const char *text)
{
	struct reader *r = png_get_error_ptr(png);

	r->status = fail(E_FORMAT, "damaged PNG: %s", text);
	longjmp(png_jmpbuf(png), 1);
}

static void
ignore(png_struct *png, const char *text)
{
	(void)png, (void)text;
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
orientation(struct reader *r)
{
	png_uint_32 n;
	png_byte *exif;

	return png_get_eXIf_1(r->png, r->info, &n, &exif) ?
	    image_exif_orientation(exif, n) : 1;
}

static enum status
decode(struct tensor *t, struct image_note *note, struct arena *a,
    struct reader *r)
{
	png_struct *png = r->png;

	png_set_read_fn(png, r, take);
	png_set_user_limits(png, IMAGE_MAX_SIDE, IMAGE_MAX_SIDE);
	png_set_chunk_malloc_max(png, 1 << 24);
	png_read_info(png, r->info);
	size_t w = png_get_image_width(png, r->info);
	size_t h = png_get_image_height(png, r->info);

	if (png_get_bit_depth(png, r->info) == 16)
		return fail(E_FORMAT, "a PNG of 16 bits a channel, want 8; convert "
		    "it with: magick IN.png -depth 8 OUT.png");
	note->alpha = png_get_color_type(png, r->info) & PNG_COLOR_MASK_ALPHA ||
	    png_get_valid(png, r->info, PNG_INFO_tRNS);
	note->orientation = orientation(r);
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
	png_read_end(png, NULL);
	return OK;
}

enum status
image_decode_png(struct tensor *t, struct image_note *note, struct arena *a,
    const void *buf, size_t n)
{
	struct reader r = { .at = buf, .left = n };

	r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, give_up, ignore);
	if (!r.png)
		return fail(E_NOMEM, "no memory for the PNG reader");
	/* Nothing local changes between setjmp and a jump: all is in r. */
	if (setjmp(png_jmpbuf(r.png)) == 0) {
		r.info = png_create_info_struct(r.png);
		r.status = r.info ? decode(t, note, a, &r) :
		    fail(E_NOMEM, "no memory for the PNG reader");
	}
	png_destroy_read_struct(&r.png, &r.info, NULL);
	return r.status;
}
