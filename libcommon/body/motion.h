/*
 * Movements for a body of SMPL's 24 joints: AMASS npz files, which hold just
 * that, and BVH files, whose skeletons are mapped to it.
 */
#ifndef BODY_MOTION_H
#define BODY_MOTION_H

#include "mesh/body.h"
#include "mesh/bvh.h"

struct motion {
	size_t n_frame;
	const float (*pose)[BODY_JOINTS][3];	/* local axis * angle, radians */
};

/*
 * By the name's ending, .npz or .bvh. Places are dropped and the heading of
 * each frame is taken out, so that the body faces the camera at yaw 0 in
 * every frame; leaning, bending and jumping stay. b gives the rest pose that a
 * BVH skeleton is fitted to. E_IO, E_FORMAT, E_SHAPE, E_NOMEM.
 */
MUST_CHECK enum status motion_read(struct motion *m, struct arena *a,
    const char *path, const struct body *b);

/*
 * AMASS, from memory: array poses (n, >= 66), the first 22 joints of SMPL-H.
 * Hands stay flat. Whether z or y is up is told from where the body's axis
 * points in most frames.
 */
MUST_CHECK enum status motion_parse_amass(struct motion *m, struct arena *a,
    const void *buf, size_t n);

/*
 * Fits a BVH skeleton. Joints are found by name (CMU's and MakeHuman's rigs
 * and what resembles them). With D_b the turn of joint b in the world since
 * the file's rest pose, and A the smallest turn that takes the bone of our
 * rest pose to the file's, a limb of ours is turned by D_b A: it points
 * where the file's bone points, whatever pose either rests in. Twist about a
 * bone is only as right as the two rest poses agree; joints that the file
 * does not have (or that have no partner, as fingers) move with their
 * parent. E_FORMAT when hips, knees, shoulders and elbows are not found.
 */
MUST_CHECK enum status motion_from_bvh(struct motion *m, struct arena *a,
    const struct bvh *f, const struct body *b);

#endif
