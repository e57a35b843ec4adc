/*
 * A point of a body in the terms a tailor or a portrait painter uses: how
 * far down the arm, how far round the trunk, where on the face. Everything
 * that is drawn on a person is a function of these, so the same drawing fits
 * every body that has joints and key points, and runs across charts.
 */
#ifndef DRESS_FIGURE_H
#define DRESS_FIGURE_H

#include "body/unfold.h"

/* Landmarks of a body at rest; lengths are scaled to a height of 1.7 m. */
struct figure {
	float scale, origin[3];		/* p = scale * (vertex - origin) */
	float joint[BODY_JOINTS][3];
	float arm_length, hip_y, ankle_y, floor_y, armpit_y;
	float eyes[3], eye_gap;		/* middle of the eyes, their distance */
};

enum zone { ZONE_TRUNK, ZONE_HEAD, ZONE_ARM, ZONE_HAND, ZONE_LEG, ZONE_FOOT };

struct spot {
	float p[3];	/* metres from the pelvis: x left, y up, z front */
	float n[3];	/* unit normal */
	enum zone zone;
	float side;	/* 1 on the person's left, -1 on the right */
	float arm;	/* metres down the arm from the shoulder; < 0 in the trunk */
	float leg;	/* 0 at the hip, 1 at the ankle, by height */
	float turn;	/* round the trunk: 0 in front, pi/2 at the left */
	float limb_turn;/* round the arm (0 above) or leg (0 in front) */
	float neck_turn;/* round the neck: 0 in front */
	float head[3];	/* from between the eyes, in eye gaps */
};

/* E_SHAPE for a body without joints and key points. */
MUST_CHECK enum status figure_make(struct figure *f, const struct body *b);

/*
 * Computes the spots of all samples of u once and keeps them in u->spot, 64
 * bytes each: for whom draws many outfits on one body. E_NOMEM, and what
 * figure_make gives.
 */
MUST_CHECK enum status figure_spots(struct unfold *u, struct arena *a);

void figure_spot(struct spot *s, const struct figure *f,
    const struct unfold_point *p);

#endif
