/*
 * Poses that people take in front of a camera, without a motion file: drawn
 * from ranges of joint angles for legs, arms, trunk and head, which are
 * combined freely, so that they hardly ever repeat.
 */
#ifndef SYNTH_POSTURE_H
#define SYNTH_POSTURE_H

#include "math/rng.h"
#include "mesh/body.h"

/*
 * Joint rotations, axis * angle. Standing at ease, walking, sitting; arms
 * hanging, on hips, in pockets, folded, raised. The same state of d gives
 * the same pose.
 */
void posture_random(float pose[BODY_JOINTS][3], struct rng *d);

#endif
