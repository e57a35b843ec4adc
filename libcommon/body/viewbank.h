/*
 * The bank of poses: a stream with one sample for each view of a body. The
 * views in which a network is to render a person are taken from it. A sample
 * has the fields bank.pose f4 (18,3) and bank.iuv u1 (H,W,3), as a role has them, and
 * in its manifest `yaw`, degrees (0 faces the camera, 90 the right of the
 * picture, 180 away), and `stance`, a name. posebank(1) makes it.
 */
#ifndef BODY_VIEWBANK_H
#define BODY_VIEWBANK_H

#include "stream/stream.h"

struct bank_view {
	double yaw;
	const char *stance;		/* "" where the manifest has none */
	size_t h, w;
	const float (*pose)[3];
	const uint8_t *iuv;
};

struct viewbank {
	struct bank_view *view;
	size_t n;
	const char **licence;		/* lines of the first sample */
	size_t n_licence;
};

#define BANK_MAX 4096	/* views */

/*
 * Reads the stream, into the arena. E_FORMAT for a sample that is no view,
 * E_SHAPE, E_LIMIT, E_NOMEM, and what stream_next gives; details start with
 * the path.
 */
MUST_CHECK enum status viewbank_read(struct viewbank *b, struct arena *a,
    const char *path);

/*
 * Index of the view of this stance (NULL: of any) that faces nearest to yaw;
 * the first of equals; b->n when there is none.
 */
size_t viewbank_nearest(const struct viewbank *b, double yaw,
    const char *stance);

/*
 * The view at another size: pose (18,3) scaled, and of iuv (size,size,3) the
 * pixel at each centre, so that parts never blend.
 */
void viewbank_scale(float (*pose)[3], uint8_t *iuv, size_t size,
    const struct bank_view *v);

/* Stamps a sample as a view. E_NOMEM. */
MUST_CHECK enum status viewbank_stamp(struct sample *s, double yaw,
    const char *stance);

#endif
