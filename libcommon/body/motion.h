/*
 * Movements for a body of SMPL's 24 joints: AMASS npz files and pickles of AIST++,
 * which hold just that, and BVH files, whose skeletons are mapped to it.
 */
#ifndef BODY_MOTION_H
#define BODY_MOTION_H

#include "mesh/body.h"
#include "mesh/bvh.h"

struct motion {
	size_t n_frame;
	const float (*pose)[BODY_JOINTS][3];	/* local axis * angle, radians */
	const char *remark;		/* a sentence for the user, or NULL */
	double rate;			/* frames a second; 0: not said */
	/* What was taken out of each frame's pose: a turn about y, radians. */
	const float *heading;
	/*
	 * Of the pelvis, metres, y up, from any origin; NULL where the file has
	 * none, or its heights are all the same.
	 */
	const float (*place)[3];
};

/*
 * By the name's ending, .npz, .pkl or .bvh. The heading of each frame is taken out
 * of the pose, so that the body faces the camera at yaw 0 in every frame;
 * leaning and bending stay. b gives the rest pose that a BVH skeleton is fitted
 * to, and its legs the scale of places. E_IO, E_FORMAT, E_SHAPE, E_NOMEM.
 */
MUST_CHECK enum status motion_read(struct motion *m, struct arena *a,
    const char *path, const struct body *b);

/*
 * AMASS, from memory: array poses (or pose_body, body_pose) of 63, 66, 69, 72,
 * 156 or 165 columns: SMPL's joints without or with the root, of which the
 * first 21 and the root are read; without it, the root is root_orient or
 * global_orient, or upright. Hands stay flat. z is up where the file has a
 * frame rate under one of AMASS's names, else what the body's axis points
 * along in most frames; downwards it is turned. Places are trans or transl.
 * Places of joints under these names, which have as many columns, are E_VALUE.
 *
 * Or a pickle of AIST++: smpl_poses (n,72), smpl_trans in 1/smpl_scaling metres; 60
 * frames a second. Nothing in it is run.
 */
MUST_CHECK enum status motion_parse_amass(struct motion *m, struct arena *a,
    const void *buf, size_t n);

/*
 * Fits a BVH skeleton, whose joints rignames.h finds. With D_b the turn of
 * joint b in the world since the file's rest pose, and A the smallest turn
 * that takes the bone of our rest pose to the file's, a limb of ours is
 * turned by D_b A: it points where the file's bone points, whatever pose
 * either rests in. Up is what the trunk points along in most frames. Twist
 * about a bone is only as right as the two rest poses agree; where the
 * file's does not stand (all bones along one axis), a limb has none on the
 * average. Joints that the file does not have (or that have no partner, as
 * fingers) move with their parent. E_FORMAT when hips, knees, shoulders and
 * elbows are not found.
 */
MUST_CHECK enum status motion_from_bvh(struct motion *m, struct arena *a,
    const struct bvh *f, const struct body *b);

/*
 * The same motion at `rate` frames a second, > 0, from its first frame to the last
 * that falls into it: turns by slerp between two frames, places linearly. A
 * motion that does not say its rate is taken to have this one. E_LIMIT above
 * MOTION_MAX_FRAMES, E_NOMEM.
 */
#define MOTION_MAX_FRAMES ((size_t)1 << 22)
MUST_CHECK enum status motion_resample(struct motion *m, struct arena *a,
    double rate);

#endif
