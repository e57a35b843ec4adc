#include <setjmp.h>
#include <stdio.h>	/* jpeglib.h needs it */
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "image/codec.h"

/*
 * A file of a few kilobytes can ask for thousands of passes over a large
 * picture; real progressive files have about ten.
 */
#define MAX_SCANS 100

struct reader {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr err;
	struct jpeg_progress_mgr progress;
	jmp_buf back;
	enum status status;	/* what goes back with the jump */
};

static void
give_up(j_common_ptr j)
{
	struct reader *r = j->client_data;
	char text[JMSG_LENGTH_MAX];

	j->err->format_message(j, text);
	r->status = fail(E_FORMAT, "damaged or unknown JPEG: %s", text);
	longjmp(r->back, 1);
}

/*
 * The library repairs what it can and goes on: a cut file gets grey rows.
 * Of its warnings (level -1) those that say that picture data are missing
 * or wrong end the decoding; the others are about bytes between markers.
 */
static void
message(j_common_ptr j, int level)
{
	struct reader *r = j->client_data;
	int code = j->err->msg_code;

	if (level >= 0)
		return;
	if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER) {
		r->status = fail(E_TRUNC, "the JPEG stops early: truncated or damaged");
		longjmp(r->back, 1);
	}
	if (code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC ||
	    code == JWRN_ARITH_BAD_CODE)
		give_up(j);
}

static void
check_scans(j_common_ptr j)
{
	struct reader *r = j->client_data;

	if (r->jpeg.input_scan_number > MAX_SCANS) {
		r->status = fail(E_LIMIT, "a JPEG of more than %d scans", MAX_SCANS);
		longjmp(r->back, 1);
	}
}

static int
orientation(const struct jpeg_decompress_struct *j)
{
	static const char xmp[] = "http://ns.adobe.com/xap/1.0/";
	int o = 0;

	for (jpeg_saved_marker_ptr m = j->marker_list; m && !o; m = m->next)
		if (m->data_length > 6 && !memcmp(m->data, "Exif\0", 6))
			o = image_exif_orientation(m->data, m->data_length);
	for (jpeg_saved_marker_ptr m = j->marker_list; m && !o; m = m->next)
		if (m->data_length > sizeof xmp &&
		    !memcmp(m->data, xmp, sizeof xmp))
			o = image_xmp_orientation((const char *)m->data,
			    m->data_length);
	return o;
}

static enum status
keep_colour(struct image_colour *c, struct arena *a,
    struct jpeg_decompress_struct *j)
{
	static const char icc_mark[] = "ICC_PROFILE";	/* of its parts */
	JOCTET *icc = NULL;
	unsigned n = 0;
	enum status st = OK;

	c->space = j->out_color_space == JCS_CMYK ? IMAGE_CMYK :
	    j->jpeg_color_space == JCS_GRAYSCALE ? IMAGE_GREY : IMAGE_RGB;
	if (jpeg_read_icc_profile(j, &icc, &n))
		st = image_keep_icc(c, a, icc, n);
	free(icc);
	for (jpeg_saved_marker_ptr m = j->marker_list; m && n == 0; m = m->next)
		c->icc_bad |= m->data_length > sizeof icc_mark &&
		    !memcmp(m->data, icc_mark, sizeof icc_mark);
	for (jpeg_saved_marker_ptr m = j->marker_list; m; m = m->next)
		if (c->space == IMAGE_RGB && m->data_length > 6 &&
		    !memcmp(m->data, "Exif\0", 6) &&
		    image_exif_adobe(m->data, m->data_length))
			image_set_adobe(c);
	return st;
}

/* Photoshop stores how much light is left; the mark says that it was it. */
static void
invert(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = 255 - p[i];
}

static enum status
decode(struct tensor *t, struct image_note *note, struct image_colour *c,
    struct arena *a, struct reader *r, const void *buf, size_t n)
{
	struct jpeg_decompress_struct *j = &r->jpeg;

	jpeg_mem_src(j, buf, n);
	jpeg_save_markers(j, JPEG_APP0 + 1, 0xffff);
	jpeg_save_markers(j, JPEG_APP0 + 2, 0xffff);
	jpeg_read_header(j, TRUE);
	const bool cmyk = j->jpeg_color_space == JCS_CMYK ||
	    j->jpeg_color_space == JCS_YCCK;
	const size_t channels = cmyk ? 4 : 3;

	j->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
	TRY(image_alloc(t, a, j->image_width, j->image_height, channels));
	note->orientation = orientation(j);
	note->lossy = true;
	TRY(keep_colour(c, a, j));
	jpeg_start_decompress(j);
	while (j->output_scanline < j->output_height) {
		JSAMPROW row = (JSAMPROW)t->data +
		    (size_t)j->output_scanline * j->output_width * channels;

		jpeg_read_scanlines(j, &row, 1);
	}
	if (cmyk && j->saw_Adobe_marker)
		invert(t->data, tensor_len(t));
	jpeg_finish_decompress(j);
	return OK;
}

enum status
image_decode_jpeg(struct tensor *t, struct image_note *note,
    struct image_colour *c, struct arena *a, const void *buf, size_t n)
{
	struct reader r = { .progress.progress_monitor = check_scans };

	r.jpeg.err = jpeg_std_error(&r.err);
	r.err.error_exit = give_up;
	r.err.emit_message = message;
	r.jpeg.client_data = &r;
	/* Nothing local changes between setjmp and a jump: all is in r. */
	if (setjmp(r.back) == 0) {
		jpeg_create_decompress(&r.jpeg);
		r.jpeg.progress = &r.progress;
		r.status = decode(t, note, c, a, &r, buf, n);
	}
	jpeg_destroy_decompress(&r.jpeg);
	return r.status;
}

struct writer {
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr err;
	jmp_buf back;
	enum status status;
	unsigned char *file;	/* libjpeg's, from malloc */
	unsigned long n;
};

static void
no_memory(j_common_ptr j)
{
	struct writer *w = j->client_data;

	w->status = fail(E_NOMEM, "no memory for a JPEG");
	longjmp(w->back, 1);
}

static void
encode(struct writer *w, const struct tensor *t, int quality)
{
	struct jpeg_compress_struct *j = &w->jpeg;

	jpeg_mem_dest(j, &w->file, &w->n);
	j->image_height = (JDIMENSION)t->dim[0];
	j->image_width = (JDIMENSION)t->dim[1];
	j->input_components = 3;
	j->in_color_space = JCS_RGB;
	jpeg_set_defaults(j);
	jpeg_set_quality(j, quality, TRUE);
	jpeg_start_compress(j, TRUE);
	while (j->next_scanline < j->image_height) {
		JSAMPROW row = (JSAMPROW)t->data +
		    (size_t)j->next_scanline * t->dim[1] * 3;

		jpeg_write_scanlines(j, &row, 1);
	}
	jpeg_finish_compress(j);
}

enum status
image_encode_jpeg(const void **file, size_t *n, struct arena *a,
    const struct tensor *t, int quality)
{
	struct writer w = { .status = OK };

	w.jpeg.err = jpeg_std_error(&w.err);
	w.err.error_exit = no_memory;
	w.jpeg.client_data = &w;
	/* As in decoding, nothing local changes between setjmp and a jump. */
	if (setjmp(w.back) == 0) {
		jpeg_create_compress(&w.jpeg);
		encode(&w, t, quality);
	}
	jpeg_destroy_compress(&w.jpeg);
	void *copy = w.status == OK ? arena_alloc(a, w.n) : NULL;

	if (copy)
		memcpy(copy, w.file, w.n);
	free(w.file);
	*file = copy;
	*n = w.n;
	return copy ? OK : E_NOMEM;
}
