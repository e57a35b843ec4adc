/*
 * Fields of a stream as pictures to look at. What each kind of field looks
 * like is promised in ts2img(1); NaN is the same grey everywhere.
 */
#ifndef SHOW_PICTURE_H
#define SHOW_PICTURE_H

#include "stream/sample.h"

enum picture_kind {
	PICTURE_RGB,		/* u1 (H,W,3): as it is */
	PICTURE_SIGNED,		/* f4 (H,W,3) in [-1,1] */
	PICTURE_IUV,		/* a colour for each part, shaded by U and V */
	PICTURE_HEAT,		/* a colour for each key point */
	PICTURE_PLACE,		/* two channels: x red, y green */
	PICTURE_CODES,		/* mask and seen: a colour for each code */
	PICTURE_GREY,		/* one channel */
	PICTURE_FEATURE,	/* many channels: their rms as grey */
	PICTURE_POSE		/* key points drawn over role.image or photo */
};

/* How one field is seen. */
struct picture {
	enum picture_kind kind;
	const struct field *field;
	size_t views;		/* of the leading axis; 1 without */
	bool has_views;		/* whether there is such an axis */
	size_t people;		/* in each view, for PICTURE_POSE */
	size_t h, w, c;		/* of one view; of the canvas for PICTURE_POSE */
};

/*
 * Whether and how a field can be seen, by the end of its name, dtype and
 * shape: E_SHAPE with the reason when not.
 */
MUST_CHECK enum status picture_of(struct picture *p, const struct sample *s,
    const struct field *f);

/* One view as u1 (h,w,3) in the arena. */
MUST_CHECK enum status picture_draw(struct tensor *rgb, struct arena *a,
    const struct picture *p, const struct sample *s, size_t view);

/*
 * Lays the view, as picture_draw has drawn it, over the sample's image or
 * photo of this view: half of each where the field shows something (a part, a
 * code, a key point's heat), the picture alone elsewhere. Leaves rgb as it is
 * where there is no such picture of the same size.
 */
void picture_lay(struct tensor *rgb, const struct picture *p,
    const struct sample *s, size_t view);

/*
 * As picture_draw, with 16 bits where the values have more than 8 (signed pictures
 * and single channels), else the 8-bit picture times 257: u2 (h,w,3).
 */
MUST_CHECK enum status picture_draw16(struct tensor *rgb, struct arena *a,
    const struct picture *p, const struct sample *s, size_t view);

/* The view's values as they are: f4 (h,w,c). Not for PICTURE_POSE. */
MUST_CHECK enum status picture_values(struct tensor *t, struct arena *a,
    const struct picture *p, size_t view);

#endif
