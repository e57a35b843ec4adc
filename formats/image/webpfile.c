#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "image/codec.h"

/* The bytes of a chunk beside the picture, or NULL. */
static const uint8_t *
chunk(WebPDemuxer *d, const char *name, WebPChunkIterator *it, size_t *n)
{
	memset(it, 0, sizeof *it);
	if (!WebPDemuxGetChunk(d, name, 1, it))
		return NULL;
	*n = it->chunk.size;
	return it->chunk.bytes;
}

/* Orientation and profile, as far as the file says them. */
static enum status
read_chunks(struct image_note *note, struct image_colour *c, struct arena *a,
    WebPDemuxer *d)
{
	WebPChunkIterator it;
	const uint8_t *p;
	enum status st = OK;
	size_t n = 0;

	if ((p = chunk(d, "EXIF", &it, &n)) != NULL)
		note->orientation = image_exif_orientation(p, n);
	if (p && image_exif_adobe(p, n))
		image_set_adobe(c);
	WebPDemuxReleaseChunkIterator(&it);
	if (!note->orientation && (p = chunk(d, "XMP ", &it, &n)) != NULL) {
		note->orientation = image_xmp_orientation((const char *)p, n);
		WebPDemuxReleaseChunkIterator(&it);
	}
	if ((p = chunk(d, "ICCP", &it, &n)) != NULL)
		st = image_keep_icc(c, a, p, n);
	WebPDemuxReleaseChunkIterator(&it);
	return st;
}

static enum status
webp_fail(VP8StatusCode code)
{
	switch (code) {
	case VP8_STATUS_OUT_OF_MEMORY:
		return fail(E_NOMEM, "no memory for the WebP reader");
	case VP8_STATUS_NOT_ENOUGH_DATA:
	case VP8_STATUS_SUSPENDED:
		return fail(E_TRUNC, "the WebP stops early: truncated");
	default:
		return fail(E_FORMAT, "a damaged or unknown WebP");
	}
}

enum status
image_decode_webp(struct tensor *t, struct image_note *note,
    struct image_colour *c, struct arena *a, const void *buf, size_t n)
{
	const WebPData data = { buf, n };
	WebPDecoderConfig with;
	VP8StatusCode code;

	if (!WebPInitDecoderConfig(&with))
		return fail(E_FORMAT, "another WebP library than the one it was "
		    "built with");
	if ((code = WebPGetFeatures(buf, n, &with.input)) != VP8_STATUS_OK)
		return webp_fail(code);
	if (with.input.has_animation)
		return fail(E_FORMAT, "an animated WebP, want a single picture");
	note->alpha = with.input.has_alpha;
	note->lossy = with.input.format != 2;
	const size_t channels = note->alpha ? 4 : 3;
	const size_t w = (size_t)with.input.width;

	TRY(image_alloc(t, a, w, (size_t)with.input.height, channels));
	with.output.colorspace = note->alpha ? MODE_RGBA : MODE_RGB;
	with.output.is_external_memory = 1;
	with.output.u.RGBA.rgba = t->data;
	with.output.u.RGBA.stride = (int)(w * channels);
	with.output.u.RGBA.size = tensor_bytes(t);
	if ((code = WebPDecode(buf, n, &with)) != VP8_STATUS_OK)
		return webp_fail(code);
	WebPDemuxer *d = WebPDemux(&data);

	if (!d)		/* a picture alone: nothing stands beside it */
		return OK;
	enum status st = read_chunks(note, c, a, d);

	WebPDemuxDelete(d);
	return st;
}
