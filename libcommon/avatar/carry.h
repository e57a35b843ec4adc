/*
 * Our body carried onto the joints of an avatar that stands in our rest pose:
 * bones as long as its bones, the face on its face, hands and feet as large.
 */
#ifndef AVATAR_CARRY_H
#define AVATAR_CARRY_H

#include "math/rng.h"
#include "mesh/avatar.h"

/* An avatar in our rest pose; part and face are v's. */
struct carry_on {
	const struct avatar *avatar;
	const float (*vert)[3];
	float (*joint)[3];		/* BODY_JOINTS */
	float eye[2][3];
};

/*
 * Joints of trunk and head to where our body has them, between crotch, shoulders
 * and eyes: skeletons do not agree on how high above the crotch the hips are (VALID's
 * from 2 to 6 hundredths of the height), where between the hips the pelvis is, nor
 * on the joints of the spine, where collar bones begin and how high in the head
 * it turns, and some put hips in front of the thigh. Depths of the trunk's are
 * those of our body, from its middle; shoulders keep their place, and hips their
 * height where a skirt hides the crotch.
 */
void carry_trunk(struct carry_on *to, const struct body *b);

/*
 * Moves joints and eyes at random, both sides alike, along the trunk and the
 * limbs: `much` 1 by a deviation of 35 mm for the hips, 8 to 20 elsewhere. So
 * far apart are the bodies that different programs find in one person, and a
 * network that has met all of them goes by what it sees.
 */
void carry_vary(struct carry_on *to, struct rng *d, float much);

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
