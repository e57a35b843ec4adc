/*
 * From the pose that an avatar was modelled in, T or A, to our rest pose:
 * bones are turned until limbs point as those of our body do.
 */
#ifndef AVATAR_UNPOSE_H
#define AVATAR_UNPOSE_H

#include "mesh/avatar.h"

/*
 * E_VALUE with what is wrong where the joints of v make no person: a limb
 * shorter than 3 cm, feet above the head, numbers that are not finite.
 */
MUST_CHECK enum status unpose_check(const struct avatar *v);

/*
 * vert (v->n_vert) and joint: v's, with arms and legs turned as those of
 * `like` at rest, feet level and pointing as its feet, the pelvis at the
 * origin. v has passed unpose_check; like has a rig.
 */
void unpose(float (*vert)[3], float joint[BODY_JOINTS][3],
    const struct avatar *v, const struct body *like);

#endif
