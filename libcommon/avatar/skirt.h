/*
 * The hull of legs under a skirt or a long coat: along the normals of thighs,
 * what is between the legs would be missed.
 */
#ifndef AVATAR_SKIRT_H
#define AVATAR_SKIRT_H

#include "avatar/outer.h"

/*
 * Moves vertices of the legs, at heights where cloth runs across in front of and
 * behind the gap between them, out to that cloth: each leg goes once round its
 * half of the skirt. vert: b's vertices as carry_body left them; joint:
 * BODY_JOINTS.
 */
void skirt_hang(float (*hull)[3], const struct outer *o, const struct body *b,
    const float (*vert)[3], const float (*joint)[3]);

#endif
