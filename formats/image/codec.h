/* Inside formats/image: one decoder per kind. */
#ifndef IMAGE_CODEC_H
#define IMAGE_CODEC_H

#include "image/image.h"

/* The advice for what is refused; `convert`, as it is called in Debian 12. */
#define IMAGE_CONVERT(in, how) "convert " in " -auto-orient " how "OUT.png"

/* And for the files of cameras' sensors. */
#define IMAGE_RAW "darktable-cli IN OUT.png"

/* What the numbers mean as the file stores them. */
struct image_colour {
	enum image_space { IMAGE_RGB, IMAGE_GREY, IMAGE_CMYK } space;
	const void *icc;	/* profile, NULL: none */
	size_t icc_n;
	bool icc_bad;		/* there is one that the file's reader refused */
	/*
	 * What is said without a profile, NULL: nothing. Exponent of the stored
	 * values, 0: sRGB's curve; chromaticities x, y of white, red, green, blue.
	 */
	const char *said;
	double gamma, chroma[4][2];
};

/* White and primaries of sRGB; and Adobe RGB, as *c for what EXIF data say. */
extern const double image_srgb_chroma[4][2];
void image_set_adobe(struct image_colour *c);

/*
 * As image_decode, but t keeps the file's orientation, which goes to
 * note->orientation, and its colours, about which *c says all. With alpha the
 * result has 4 channels, straight, and note->alpha is set. IMAGE_GREY has three equal
 * channels, IMAGE_CMYK four, 255 for full ink. *c begins as all zero.
 */
MUST_CHECK enum status image_decode_jpeg(struct tensor *t,
    struct image_note *note, struct image_colour *c, struct arena *a,
    const void *buf, size_t n);
MUST_CHECK enum status image_decode_png(struct tensor *t,
    struct image_note *note, struct image_colour *c, struct arena *a,
    const void *buf, size_t n);
MUST_CHECK enum status image_decode_tiff(struct tensor *t,
    struct image_note *note, struct image_colour *c, struct arena *a,
    const void *buf, size_t n);
MUST_CHECK enum status image_decode_webp(struct tensor *t,
    struct image_note *note, struct image_colour *c, struct arena *a,
    const void *buf, size_t n);

/* Keeps a copy of the profile in the arena. E_NOMEM. */
MUST_CHECK enum status image_keep_icc(struct image_colour *c, struct arena *a,
    const void *icc, size_t n);

/*
 * Brings the colours of t to sRGB by their profile, CMYK to 3 channels; an
 * alpha channel stays. Nothing changes where there is no profile or it is
 * sRGB's. note: profile, profile_bad. E_FORMAT for CMYK that has no profile,
 * E_NOMEM.
 */
MUST_CHECK enum status image_to_srgb(struct tensor *t, struct image_note *note,
    struct arena *a, const struct image_colour *c);

/* E_LIMIT unless 1 <= w, h and both below the limits of image.h. */
MUST_CHECK enum status image_check_size(size_t w, size_t h);

/* u1 (h,w,c) in the arena after image_check_size. */
MUST_CHECK enum status image_alloc(struct tensor *t, struct arena *a,
    size_t w, size_t h, size_t c);

/*
 * Orientation 1..8 in a block of EXIF data (which is a little TIFF file
 * that holds tags only, often behind "Exif"); 0 where there is none or it is
 * damaged. And in a text of XMP, for pictures without.
 */
int image_exif_orientation(const uint8_t *p, size_t n);
int image_xmp_orientation(const char *p, size_t n);

/* Whether it says Adobe RGB: by the interoperability R03, or ColorSpace 2. */
bool image_exif_adobe(const uint8_t *p, size_t n);

#endif
