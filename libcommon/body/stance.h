/*
 * A few natural poses with names, set by hand: for pictures without a
 * motion file, and for the bank of poses.
 */
#ifndef BODY_STANCE_H
#define BODY_STANCE_H

#include "mesh/body.h"

enum stance { STANCE_REST, STANCE_STAND, STANCE_EASE, STANCE_WALK, STANCES,
	/* Of a body: limbs straight, by where its joints are. */
	STANCE_T = STANCES, STANCE_A };
#define STANCE_NAMES "rest|stand|ease|walk"
#define STANCE_BODY_NAMES "rest|stand|ease|walk|t|a"

const char *stance_name(enum stance s);

/*
 * Joint rotations, axis * angle. rest: as the body was modelled, with the
 * arms out (all zero). stand: upright, arms 40 degrees off the body. ease:
 * weight on one leg, arms hanging a little off. walk: in mid-stride.
 */
void stance_pose(float pose[BODY_JOINTS][3], enum stance s);

/*
 * The same, and T: arms along x, legs down, as programs that bring their own
 * motions want it; A: arms 45 degrees down. b must have a skeleton for these.
 */
void stance_pose_body(float pose[BODY_JOINTS][3], enum stance s,
    const struct body *b);

#endif
