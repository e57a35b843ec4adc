/*
 * BVH motion capture: a skeleton of named joints, and for each frame the
 * channels of each joint.
 */
#ifndef MESH_BVH_H
#define MESH_BVH_H

#include <stdbool.h>

#include "base/arena.h"

#define BVH_MAX_JOINTS 1024
#define BVH_MAX_CHANNELS 6

enum bvh_channel { BVH_XPOS, BVH_YPOS, BVH_ZPOS, BVH_XROT, BVH_YROT,
	BVH_ZROT };

struct bvh_joint {
	const char *name;
	int parent;		/* -1 for a root, < own index */
	float offset[3];	/* from the parent, in the file's unit */
	int n_channel;
	enum bvh_channel channel[BVH_MAX_CHANNELS];	/* in order */
	size_t first;		/* column of the first channel */
};

struct bvh {
	size_t n_joint, n_frame, n_column;
	const struct bvh_joint *joint;
	const float *data;	/* (n_frame, n_column): degrees, file units */
	double frame_time;	/* seconds, > 0 */
	bool more;		/* something follows the frames that are announced */
};

/* buf[n] must be readable and 0. E_FORMAT with the line, E_LIMIT, E_NOMEM. */
MUST_CHECK enum status bvh_parse(struct bvh *b, struct arena *a,
    const char *buf, size_t n);
MUST_CHECK enum status bvh_read(struct bvh *b, struct arena *a,
    const char *path);

#endif
