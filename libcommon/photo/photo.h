/*
 * From a photo of any size to the square picture of one person that the
 * networks take: which square to cut, and photo, IUV and key points brought
 * to the new size so that they stay on each other.
 *
 * One convention everywhere: a pixel's centre has integer coordinates. Photo
 * pixels x0..x0+w-1 become picture pixels 0..size-1, edge to edge:
 *
 *	X = (x + 1/2 - x0) * size / w - 1/2
 */
#ifndef PHOTO_PHOTO_H
#define PHOTO_PHOTO_H

#include "tensor/tensor.h"

/* Photos smaller than this on a side show nobody. */
#define PHOTO_MIN_SIDE 16

/* E_VALUE for a photo of w x h that is too small. */
MUST_CHECK enum status photo_check_size(size_t w, size_t h);

/* What is cut out, in photo pixels; it may reach over the photo's border. */
struct photo_rect {
	long x0, y0, w, h;
};

/* Outermost pixel centres, in photo pixels. */
struct photo_box {
	float x0, y0, x1, y1;
};

enum photo_fit {
	PHOTO_CROP,	/* a square round the person, sides in proportion */
	PHOTO_PAD,	/* the whole photo in a square, sides in proportion */
	PHOTO_STRETCH	/* the whole photo, each side to size on its own */
};

/*
 * The rectangle of a photo of w x h. For PHOTO_CROP the square round the
 * box with `margin` (fraction of the longer side) added on each of its
 * sides, but not longer than the photo, and moved to lie inside it as far
 * as it can; box NULL: as PHOTO_PAD.
 */
struct photo_rect photo_frame(enum photo_fit fit, size_t w, size_t h,
    const struct photo_box *box, double margin);

/*
 * The person's outline guessed from where the joints are: head, hands and
 * feet reach beyond them, about as far as from neck to nose. point: COCO-18.
 */
struct photo_box photo_grow_joints(const struct photo_box *joints,
    const float (*point)[3]);

/* The smallest box round both. */
struct photo_box photo_box_join(const struct photo_box *a,
    const struct photo_box *b);

/* What of the box lies inside a photo of w x h; E_VALUE when nothing does. */
MUST_CHECK enum status photo_box_clip(struct photo_box *b, size_t w, size_t h);

/*
 * u1 (h,w,3) to u1 (size,size,3) in the arena. photo_resize filters with a
 * triangle as wide as two source or two result pixels, whichever is more
 * (bilinear, without aliasing when it reduces); outside the photo is white.
 * photo_pick takes the pixel under each centre and mixes nothing; outside
 * is 0. photo_resize_iuv takes part numbers like that, too; where the result is
 * larger, U and V are interpolated between the pixels around the centre that
 * show the same part and differ from the nearest by at most PHOTO_UV_JUMP:
 * repeated values would be steps in the texture. photo_blend_iuv does so for
 * smaller results as well: at half the size the pixel that is taken lies half a
 * pixel beside the centre, and the texture would be moved by that.
 */
#define PHOTO_UV_JUMP 64
MUST_CHECK enum status photo_resize(struct tensor *out, struct arena *a,
    const struct tensor *photo, const struct photo_rect *r, size_t size);
MUST_CHECK enum status photo_pick(struct tensor *out, struct arena *a,
    const struct tensor *iuv, const struct photo_rect *r, size_t size);

MUST_CHECK enum status photo_resize_iuv(struct tensor *out, struct arena *a,
    const struct tensor *iuv, const struct photo_rect *r, size_t size);

MUST_CHECK enum status photo_blend_iuv(struct tensor *out, struct arena *a,
    const struct tensor *iuv, const struct photo_rect *r, size_t size);

/* u1 (h,w) to u1 (size,size) as photo_resize; outside the photo is 0. */
MUST_CHECK enum status photo_resize_matte(struct tensor *out, struct arena *a,
    const struct tensor *matte, const struct photo_rect *r, size_t size);

/* The same for n points x, y, confidence in place; NaN stays NaN. */
void photo_map_points(float (*point)[3], size_t n, const struct photo_rect *r,
    size_t size);

#endif
