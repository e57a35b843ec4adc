/*
 * What the readers of motions share, motion_amass.c and motion_bvh.c: the
 * turns of a frame, and what is said of a whole motion.
 */
#ifndef BODY_MOTION_FRAME_H
#define BODY_MOTION_FRAME_H

#include "body/motion.h"
#include "body/rotate.h"

/* r without the turn about y, *heading (or NULL), of the front of a body. */
struct mat3 motion_without_heading(const struct mat3 *r, float *heading);

/* The turn that v is: axis times angle, radians. */
struct mat3 motion_rotation(const float v[3]);

/*
 * Whether rows of a motion, SMPL's joints with or without the root, are places of
 * these joints in any unit, and not their turns.
 */
bool motion_is_places(const float *rows, size_t frames, size_t columns,
    bool root);

/*
 * Says so when in half of the frames a joint is turned as nobody can turn it: knees
 * that bend forward, wrists by more than 125 degrees, and so on.
 */
void motion_doubt_limbs(struct motion *m, struct arena *a);

/* Adds a sentence for the user; text in a or for good, or NULL. */
void motion_say(struct motion *m, struct arena *a, const char *text);

/*
 * Keeps places whose heights change, others are those of a body held there, and
 * that are on this side of the horizon. E_NOMEM.
 */
MUST_CHECK enum status motion_keep_places(struct motion *m, struct arena *a,
    const float (*place)[3]);

#endif
