/*
 * DensePose IUV pictures in whatever way the many converters store them, to
 * the one form of the suite: u1 (H,W,3), channels I, U, V; I is the part
 * 1..24 or 0 for background, U and V are 0..255 for 0..1.
 *
 * Files do not say which channel is which. Written through OpenCV, what RGB
 * readers see is V, U, I; detectron2 converters write I, U, V; arrays come
 * as (H,W,3) and (3,H,W), U and V also as fractions. All of it is found out
 * from the values: the part channel is the one that never exceeds 24.
 */
#ifndef IUV_IUV_H
#define IUV_IUV_H

#include "tensor/tensor.h"

#define IUV_PARTS 24
#define IUV_MAX_FILE ((size_t)1 << 30)

struct iuv_note {
	bool npy;		/* an array, not a picture */
	bool reversed;		/* stored V, U, I */
	bool planar;		/* stored (3,H,W) */
	bool fractions;		/* U and V stored as 0..1 */
	/*
	 * What a converter has probably done to it, as a sentence: rescaled U
	 * and V, few colours, in-between parts, or noise. NULL: it looks well. Texels that
	 * are found through it will be off.
	 */
	const char *doubt;
};

/*
 * PNG, TIFF, lossless WebP or .npy in memory (told apart by their bytes) to
 * I,U,V in the arena. E_FORMAT for a JPEG (its compression mixes parts) and for
 * what is no picture or array; E_SHAPE for an array of another shape;
 * E_VALUE when no channel holds parts 0..24, all three are the same, or
 * there is no body at all.
 */
MUST_CHECK enum status iuv_decode(struct tensor *t, struct iuv_note *note,
    struct arena *a, const void *buf, size_t n);

/*
 * The results of detectron2's `apply_net.py dump`: a pickle, or what torch.save makes
 * of it, with a list of photos, or one of them. A photo has boxes and for
 * each person labels (h,w) and uv (2,h,w) inside their box; both may also
 * stand there without the list, for one person.
 */
bool iuv_is_dump(const void *buf, size_t n);

/*
 * From there the IUV of the photo of that name and of w x h pixels, and
 * inds, u1 (h,w): whose each pixel is, in their order in the file. Where
 * people overlap, the one with the higher score is seen. E_FORMAT, E_TRUNC;
 * E_VALUE when the photo or a person is not there, or values are not what they
 * should be; E_SHAPE.
 */
MUST_CHECK enum status iuv_decode_dump(struct tensor *t, struct tensor *inds,
    struct arena *a, const void *buf, size_t n, const char *photo, size_t w,
    size_t h);

/*
 * Makes an IUV fit its photo of w x h. Some converters lose a row or column
 * to rounding: one pixel more or less at the right or bottom is cut or
 * filled with background, and *changed set. E_SHAPE for any other size.
 */
MUST_CHECK enum status iuv_fit(struct tensor *t, bool *changed,
    struct arena *a, size_t w, size_t h);

/* "channel order V,U,I (OpenCV)" and what else was seen, into buf. */
char *iuv_note_text(char *buf, size_t n, const struct iuv_note *note);

#endif
