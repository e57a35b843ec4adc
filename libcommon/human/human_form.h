/*
 * The shape of a human body as one implicit solid: the trunk, an arm and a
 * leg as tubes with profiles, muscles, face, hands and feet as ellipsoids and
 * cones, all joined softly. Only the left half; the right is its mirror
 * image. Internal to human_make.
 *
 * Lengths are metres on a body of HUMAN_STATURE from floor to crown, with the
 * pelvis at the origin; axes as in mesh/body.h.
 */
#ifndef HUMAN_HUMAN_FORM_H
#define HUMAN_HUMAN_FORM_H

#include "human/human.h"
#include "math/lerp.h"

#define HUMAN_STATURE 1.778
#define HUMAN_FLOOR (-0.966)

/* Part of the body that a vertex belongs to; a solid acts on some of them. */
enum zone_of_form { FORM_TRUNK, FORM_LEG, FORM_FOOT, FORM_ARM, FORM_HAND,
	FORM_HEAD, FORM_ZONES };

#define SOLIDS_MAX 96

struct solid {
	enum solid_kind { SOLID_TRUNK, SOLID_LEG, SOLID_ARM, SOLID_BALL,
		SOLID_CONE, SOLID_FLOOR } kind;
	float a[3], b[3];	/* middle and radii, or the ends of a cone */
	float ra, rb;		/* radii at a cone's ends */
	float soft;		/* radius of the fillet where it joins */
	bool dent;		/* taken away instead */
	bool pair;		/* its mirror image counts, too */
	unsigned zones;		/* sum of 1 << zone, of those it acts on */
};

/* A profile: the tube's middle and its radii along its axis. */
#define STATIONS_MAX 16
struct profile {
	int n;
	/* Along the axis; middle (2); radii towards -, + of each (4). */
	float at[STATIONS_MAX][7];
	float square;		/* 0 an ellipse, 1 of power 4 */
};

struct form {
	float joint[BODY_JOINTS][3];	/* left and middle ones */
	struct profile trunk, leg, arm;
	struct solid solid[SOLIDS_MAX];
	int n_solid;
	float leg_scale, arm_scale;
};

/*
 * A row for each finger, index to little finger, then the thumb: root (3)
 * and radius there, tip (3) and radius there.
 */
extern const float human_finger[5][8];

/* girth: radii of trunk and limbs over the usual ones. */
void form_make(struct form *f, const struct human *h, double girth);

/* Signed distance, about; negative inside. */
float form_distance(const struct form *f, enum zone_of_form z,
    const float p[3]);

/* Moves p to the surface along the gradient; x stays 0 where `middle`. */
void form_settle(float p[3], const struct form *f, enum zone_of_form z,
    bool middle, int steps);

/*
 * Moves p along the ray from `from` through p to the outermost point of the
 * surface; `far`: a distance from `from` that is outside of all solids.
 */
void form_cast(float p[3], const struct form *f, enum zone_of_form z,
    const float from[3], float far);

/* Middle and radii of a profile at t: -first, +first, -second, +second. */
void profile_at(float middle[2], float radius[4], const struct profile *p,
    float t);

/* Between two numbers by h->female: 0 gives the man's, 1 the woman's. */
float form_between(const struct human *h, double man, double woman);

/* 0 below 0, 1 above 1, smooth between. */
static inline float
smooth(float t)
{
	return smoothstep(clamp01(t));
}

#endif
