/*
 * Which joint of a skeleton is which of ours, by the names that rigs have:
 * those of CMU, MakeHuman, Mixamo, SMPL, Maya's HumanIK, Daz and Poser, 3ds
 * Max's Biped, Unreal, VRM, Kinect, Acclaim, and what resembles them.
 */
#ifndef BODY_RIGNAMES_H
#define BODY_RIGNAMES_H

#include "mesh/body.h"
#include "mesh/bvh.h"

enum rig_names { RIG_SMPL, RIG_MIXAMO, RIG_VRM };
#define RIG_NAMES "smpl|mixamo|vrm"

/* BODY_JOINTS names of our joints as those rigs have them. */
const char *const *rig_joint_names(enum rig_names kind);

/*
 * map[j]: the file's joint that is our j, or -1. A pelvis without a known name
 * is where both legs begin. E_NOMEM; E_FORMAT with the file's names when
 * hips, knees, shoulders or elbows are not found.
 */
MUST_CHECK enum status rig_map(int map[BODY_JOINTS], struct arena *a,
    const struct bvh *f);

#endif
