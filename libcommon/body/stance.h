/*
 * A few natural poses with names, set by hand: for pictures without a
 * motion file, and for the bank of poses.
 */
#ifndef BODY_STANCE_H
#define BODY_STANCE_H

#include "mesh/body.h"

enum stance { STANCE_REST, STANCE_STAND, STANCE_EASE, STANCE_WALK, STANCES };
#define STANCE_NAMES "rest|stand|ease|walk"

const char *stance_name(enum stance s);

/*
 * Joint rotations, axis * angle. rest: as the body was modelled, with the
 * arms out (all zero). stand: upright, arms 40 degrees off the body. ease:
 * weight on one leg, arms hanging a little off. walk: in mid-stride.
 */
void stance_pose(float pose[BODY_JOINTS][3], enum stance s);

#endif
