/*
 * Our body carried onto the joints of an avatar that stands in our rest pose:
 * bones as long as its bones, the face on its face, hands and feet as large.
 */
#ifndef AVATAR_CARRY_H
#define AVATAR_CARRY_H

#include "mesh/avatar.h"

/* An avatar in our rest pose; part and face are v's. */
struct carry_on {
	const struct avatar *avatar;
	const float (*vert)[3];
	float (*joint)[3];		/* BODY_JOINTS */
	float eye[2][3];
};

/*
 * Joints of trunk and head to where our body has them, between hips, shoulders
 * and eyes: skeletons do not agree on where between the hips the pelvis is, nor on
 * the joints of the spine, where collar bones begin and how high in the head it
 * turns, and some put hips in front of the thigh. Depths of the trunk's are those
 * of our body, from its middle; hips keep their height, shoulders their place.
 */
void carry_trunk(struct carry_on *to, const struct body *b);

/* vert: b's vertices, carried. E_VALUE where there is no face. */
MUST_CHECK enum status carry_body(float (*vert)[3], const struct body *b,
    const struct carry_on *to);

/*
 * Weights of the avatar: on pelvis and spine they become those that b, carried
 * to `vert`, has at the same height, so that both bend alike.
 */
void carry_weights(uint8_t (*by)[AVATAR_INFLUENCES],
    float (*weight)[AVATAR_INFLUENCES], const struct carry_on *to,
    const struct body *b, const float (*vert)[3]);

#endif
