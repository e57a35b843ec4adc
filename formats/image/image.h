/*
 * Pictures as people have them - JPEG, PNG, TIFF, WebP - to and from arrays.
 * The bytes decide what a picture is, never its name. Decoding gives 8-bit sRGB
 * or a clear refusal: what we would have to guess (CMYK without a profile, more
 * than 8 bits) is refused with the command that converts it.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "tensor/tensor.h"

/* Before anything is allocated: 3 bytes each once decoded. */
#define IMAGE_MAX_PIXELS ((size_t)1 << 27)
#define IMAGE_MAX_SIDE 65535
#define IMAGE_MAX_FILE ((size_t)1 << 30)

enum image_kind { IMAGE_UNKNOWN, IMAGE_JPEG, IMAGE_PNG, IMAGE_TIFF,
	IMAGE_WEBP };

/* What the first bytes say. */
enum image_kind image_kind(const void *buf, size_t n);
const char *image_kind_name(enum image_kind k);		/* "JPEG", ... */

/*
 * A photo, whose transparent pixels are composited on white and whose colours
 * become sRGB by their profile; the same for a texture, whose fourth channel may
 * stand for anything and is left out; or numbers kept in a picture, as they are
 * stored.
 */
enum image_alpha { IMAGE_ON_WHITE, IMAGE_NO_ALPHA, IMAGE_IGNORE_ALPHA };

/* What was seen on the way, for messages. */
struct image_note {
	enum image_kind kind;
	int orientation;	/* EXIF or XMP, 1..8; the result is upright */
	size_t stored_w, stored_h;	/* before it was turned upright */
	bool alpha;		/* has transparency */
	bool lossy;		/* pixels are not those that were stored */
	char profile[48];	/* applied to the colours; "" none, or sRGB */
	bool profile_bad;	/* has one that cannot be used */
	size_t others;		/* pictures of full size behind it, TIFF and APNG */
};

/*
 * A picture in memory to u1 (H,W,3), upright, in the arena; grey and
 * palette pictures are expanded. note may be NULL. E_TRUNC when the file
 * stops early, E_FORMAT when it is damaged or of a kind that is refused,
 * E_LIMIT above IMAGE_MAX_PIXELS.
 */
MUST_CHECK enum status image_decode(struct tensor *t, struct image_note *note,
    struct arena *a, const void *buf, size_t n, enum image_alpha alpha);

/*
 * The same on white, and how opaque each pixel is: *alpha u1 (H,W), upright,
 * 255 opaque; its data is NULL when the picture has no transparency.
 */
MUST_CHECK enum status image_decode_alpha(struct tensor *t,
    struct tensor *alpha, struct image_note *note, struct arena *a,
    const void *buf, size_t n);

/*
 * Writes (H,W) or (H,W,C), C <= 64 for TIFF and 1, 3 or 4 for PNG, as the
 * name ends: .png (u1, u2), .tif or .tiff (u1, u2, f4). Values are stored as
 * they are; colour is sRGB, a 4th channel is alpha in PNG and unnamed in
 * TIFF. Or u1 (H,W,3) as .jpg or .jpeg, with loss, to be looked at. Written
 * beside its name and renamed, so that path is never half a file. E_SHAPE
 * when the format cannot hold t, E_IO.
 */
MUST_CHECK enum status image_write(const char *path, const struct tensor *t);

/*
 * t, u1 (H,W,3), as a JPEG file in memory of the arena, with colour at half
 * the resolution as cameras store it. quality is 1..100. E_NOMEM.
 */
MUST_CHECK enum status image_encode_jpeg(const void **file, size_t *n,
    struct arena *a, const struct tensor *t, int quality);

/* The same as a PNG file, without loss. */
MUST_CHECK enum status image_encode_png(const void **file, size_t *n,
    struct arena *a, const struct tensor *t);

/* Whether image_write knows the ending of this name, and as what. */
enum image_kind image_kind_of_name(const char *path);

#endif
