/*
 * Where a person is on a photo, found by BlazePose, a network of others
 * (foreign/netgraph.h says what it answers): 33 landmarks on the picture and
 * in space, and the person's mask. No detector is needed: the network looks
 * at the whole photo first, then at the square that it found the person in.
 */
#ifndef LANDMARKS_LANDMARKS_H
#define LANDMARKS_LANDMARKS_H

#include <stdbool.h>

#include "landmarks/square.h"
#include "pose/coco.h"
#include "tensor/tensor.h"
#include "weights/weights.h"

struct finder;

/*
 * w: weights that `weights import` made of a pose_landmark_*.tflite; may be
 * closed then. E_SHAPE where the graph is another network. Call team_begin
 * first. Freed by finder_close.
 */
MUST_CHECK enum status finder_open(struct finder **f, const struct weights *w);
void finder_close(struct finder *f);

struct found {
	/* x, y in the photo's pixels, visibility and presence from 0 to 1. */
	float point[POSE_LANDMARKS][4];
	/*
	 * x, y, z in metres from the middle of the hips, and visibility: x to
	 * the picture's right, y down, z away from the camera.
	 */
	float space[POSE_LANDMARKS][4];
	/*
	 * How sure it is that this is a person, 0 to 1: the network's own
	 * word times the mean height of the six surest heat maps of twelve
	 * joints, shoulders to ankles. (Its word alone is 0.998 for an
	 * avocado.) People have 0.53 to 0.95, things mostly up to 0.35, one
	 * animal in eleven 0.5 to 0.6.
	 */
	double score;
	struct square square;	/* that the network looked at */
};
#define LANDMARKS_LEAST 0.5	/* a score that tells most of them apart */
#define LANDMARKS_SURE 0.7	/* below, the person may lie, or hang */

/* The square round all of a photo of w x h, and that round a person's box. */
struct square landmarks_whole(size_t w, size_t h);
struct square landmarks_around(double x0, double y0, double x1, double y1);

/*
 * Looks at `photo`, u1 (h,w,3), in the square q, then in the square that this
 * answers for, until they are the same within a twentieth, `again` times more at most.
 */
void landmarks_find(struct found *out, struct finder *f,
    const struct tensor *photo, const struct square *q, int again);

/*
 * Somebody on a photo of which nothing is known. person 0: who is found by
 * looking at the whole photo, then at the square of each answer, nine times in
 * all at most; with less than LANDMARKS_SURE also at the whole photo turned by 90, 180
 * and 270 degrees (an upside-down person is found upright, with 0.6). When
 * nobody is found so, and for person N, the Nth by size of all that are found
 * there and in nine parts of the photo; *people says how many these are, and
 * is 0 where nobody counted. E_VALUE where nobody, or not as many, have a
 * score of at least `least`.
 */
MUST_CHECK enum status landmarks_search(struct found *out, size_t *people,
    struct finder *f, const struct tensor *photo, size_t person, double least);

/*
 * Whether most of the key points (COCO-18) that both have are nearer to each
 * other than a tenth of `size`: the network has looked at their person.
 */
bool landmarks_agree(const struct found *p, const float (*point)[3],
    float size, size_t h, size_t w);

/*
 * Whether right and left limbs of the key points are where it sees left and
 * right: at less than half the distance, and that is not small.
 */
bool landmarks_exchanged(const struct found *p, const float (*point)[3],
    float size, size_t h, size_t w);

/*
 * The mask of the last find or search, onto the photo: u1 (h,w), 0..255.
 */
void landmarks_matte(struct tensor *to, const struct finder *f,
    const struct found *p);

/*
 * COCO-18 of the landmarks: x, y, confidence, as fields(7) has role.pose.
 * Points that are likely not on the photo, by their visibility or by their
 * place, are missing (NaN, NaN, 0).
 */
void landmarks_coco(float pose[POSE_POINTS][3], const struct found *p, size_t h,
    size_t w);

#endif
