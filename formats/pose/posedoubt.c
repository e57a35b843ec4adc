#include "pose/points.h"

#include <math.h>

/*
 * Bounds in sizes of the trunk, the longest of shoulder to shoulder and
 * shoulder to hip. In brackets the largest of 10,676 key points of
 * DeepFashion with a trunk, of which 8 have the neck beyond its bound.
 */
#define MOST_NECK 0.15f		/* from the middle of the shoulders (.05) */
#define MOST_MIDHIP 0.15f	/* likewise of the hips (.02) */
#define MOST_HEAD 0.7f		/* between two points of the head (.49) */
#define MOST_ARM 1.3f		/* upper or lower (.97) */
#define MOST_LEG 1.9f		/* thigh or shin (1.4) */
#define MOST_HIPS 0.8f		/* from hip to hip (.56) */
#define MOST_BONES 2.8f		/* times the shortest tree (2.67) */
#define ON_NOSE 0.05f
#define LEAST_EYES 0.03f	/* from eye to eye, to tell which is which */
#define LEAST_SIDE 0.25f	/* from shoulder to shoulder, likewise */
#define UPRIGHT 0.1f

/* Points in the order of COCO-18, fields(7). */
enum { NOSE, NECK, R_SHOULDER, R_ELBOW, R_WRIST, L_SHOULDER, L_ELBOW, L_WRIST,
	R_HIP, R_KNEE, R_ANKLE, L_HIP, L_KNEE, L_ANKLE, R_EYE, L_EYE, R_EAR,
	L_EAR };

static const int parent[POSE_POINTS] = { NECK, -1, NECK, R_SHOULDER, R_ELBOW,
	NECK, L_SHOULDER, L_ELBOW, NECK, R_HIP, R_KNEE, NECK, L_HIP, L_KNEE,
	NOSE, NOSE, R_EYE, L_EYE };

/* Between two places; NaN when one is missing. */
static float
apart(const float *p, const float *q)
{
	return hypotf(p[0] - q[0], p[1] - q[1]);
}

static float
bone(const struct pose_person *w, int i, int j)
{
	return apart(w->point[i], w->point[j]);
}

static float
longest(const struct pose_person *w, const int (*pair)[2], size_t n)
{
	float most = 0;

	/* fmaxf passes over those that are missing. */
	for (size_t i = 0; i < n; i++)
		most = fmaxf(most, bone(w, pair[i][0], pair[i][1]));
	return most;
}

#define LONGEST(w, ...) longest(w, (const int [][2]){ __VA_ARGS__ }, \
	sizeof (const int [][2]){ __VA_ARGS__ } / sizeof (int [2]))

/* From p to the middle of points i and j; NaN when one is missing. */
static float
off_middle(const struct pose_person *w, const float *p, int i, int j)
{
	const float *a = w->point[i], *b = w->point[j];

	return apart(p, (const float [2]){ (a[0] + b[0]) / 2,
	    (a[1] + b[1]) / 2 });
}

/* 0: there is none. */
static float
trunk(const struct pose_person *w)
{
	float side = LONGEST(w, { R_SHOULDER, R_HIP }, { L_SHOULDER, L_HIP });

	return side > 0 ? fmaxf(side, LONGEST(w, { R_SHOULDER, L_SHOULDER })) :
	    0;
}

/* Length of all bones, over points that are missing to the next one. */
static float
all_bones(const struct pose_person *w)
{
	float sum = 0;

	for (int k = 0; k < POSE_POINTS; k++) {
		int p = parent[k];

		while (p >= 0 && isnan(w->point[p][0]))
			p = parent[p];
		if (p >= 0 && !isnan(w->point[k][0]))
			sum += bone(w, k, p);
	}
	return sum;
}

/* Length of the shortest tree that joins all points (Prim). */
static float
shortest_tree(const struct pose_person *w)
{
	float near[POSE_POINTS], sum = 0;

	for (int k = 0; k < POSE_POINTS; k++)
		near[k] = isnan(w->point[k][0]) ? NAN : INFINITY;
	for (;;) {
		int at = -1;

		for (int k = 0; k < POSE_POINTS; k++)
			if (near[k] >= 0 && (at < 0 || near[k] < near[at]))
				at = k;
		if (at < 0)
			return sum;
		sum += isinf(near[at]) ? 0 : near[at];
		near[at] = NAN;
		for (int k = 0; k < POSE_POINTS; k++)
			if (!isnan(near[k]))
				near[k] = fminf(near[k], bone(w, at, k));
	}
}

bool
pose_has_trunk(const struct pose_person *w)
{
	return trunk(w) > 0;
}

/* How far from r to l goes to the right of `down`; NaN when one is missing. */
static float
across(const float *r, const float *l, const float *from, const float *to)
{
	const float d[2] = { to[0] - from[0], to[1] - from[1] };

	return ((l[0] - r[0]) * d[1] - (l[1] - r[1]) * d[0]) /
	    hypotf(d[0], d[1]);
}

/*
 * Whose face looks at us has the right eye on the left of it, however the head
 * is held: all 8,279 of DeepFashion that have both.
 */
static bool
eyes_exchanged(const struct pose_person *w, float t)
{
	const float *r = w->point[R_EYE], *l = w->point[L_EYE];
	const float *neck = w->point[NECK];
	const float mid[2] = { (r[0] + l[0]) / 2, (r[1] + l[1]) / 2 };

	return !isnan(w->point[NOSE][0]) && apart(mid, neck) > UPRIGHT * t &&
	    across(r, l, mid, neck) < -LEAST_EYES * t;
}

/*
 * A face with both ears is seen from the front, and ears without a face from
 * behind; heads turn by less than a right angle on their trunk. (Of 4,577
 * from the front one has the shoulders as much as this the other way round,
 * 4,393 rightly; of 876 from behind none, and all rightly.)
 */
static bool
sides_exchanged(const struct pose_person *w, float t)
{
	const float *hip[2] = { w->point[R_HIP], w->point[L_HIP] };
	const float mid[2] = { (hip[0][0] + hip[1][0]) / 2,
		(hip[0][1] + hip[1][1]) / 2 };
	const float side = across(w->point[R_SHOULDER], w->point[L_SHOULDER],
	    w->point[NECK], mid);
	const int face = !isnan(w->point[NOSE][0]) + !isnan(w->point[R_EYE][0]) +
	    !isnan(w->point[L_EYE][0]);

	if (isnan(w->point[R_EAR][0]) || isnan(w->point[L_EAR][0]))
		return false;
	return face == 3 ? side < -LEAST_SIDE * t : face == 0 &&
	    side > LEAST_SIDE * t;
}

/* Head and trunk both. */
static bool
upside_down(const struct pose_person *w, float t)
{
	const float hips = (w->point[R_HIP][1] + w->point[L_HIP][1]) / 2;

	return w->point[NECK][1] - hips > 3 * UPRIGHT * t &&
	    w->point[NOSE][1] - w->point[NECK][1] > UPRIGHT * t;
}

/* What a network says that has nothing to say. */
static bool
at_one_place(const struct pose_person *w)
{
	float lo[2] = { INFINITY, INFINITY }, hi[2] = { -INFINITY, -INFINITY };

	for (int k = 0; k < POSE_POINTS; k++)
		for (int c = 0; c < 2 && !isnan(w->point[k][c]); c++) {
			lo[c] = fminf(lo[c], w->point[k][c]);
			hi[c] = fmaxf(hi[c], w->point[k][c]);
		}
	return w->found >= 6 && hi[0] - lo[0] < 2 && hi[1] - lo[1] < 2;
}

const char *
pose_doubt(const struct pose_person *w)
{
	const float t = trunk(w);

	if (at_one_place(w))
		return "all points lie at one place";
	if (!(t > 0))
		return NULL;
	if (off_middle(w, w->point[NECK], R_SHOULDER, L_SHOULDER) >
	    MOST_NECK * t)
		return "the neck is not between the shoulders";
	if (off_middle(w, w->midhip, R_HIP, L_HIP) > MOST_MIDHIP * t)
		return "the middle of the hips is not between them";
	if (LONGEST(w, { NOSE, R_EYE }, { NOSE, L_EYE }, { NOSE, R_EAR },
	    { NOSE, L_EAR }, { R_EYE, L_EYE }, { R_EAR, L_EAR }) >
	    MOST_HEAD * t)
		return "the head is nearly as large as the trunk";
	if (LONGEST(w, { R_SHOULDER, R_ELBOW }, { R_ELBOW, R_WRIST },
	    { L_SHOULDER, L_ELBOW }, { L_ELBOW, L_WRIST }) > MOST_ARM * t)
		return "an arm is too long for the trunk";
	if (LONGEST(w, { R_HIP, R_KNEE }, { R_KNEE, R_ANKLE },
	    { L_HIP, L_KNEE }, { L_KNEE, L_ANKLE }) > MOST_LEG * t)
		return "a leg is too long for the trunk";
	if (LONGEST(w, { R_HIP, L_HIP }) > MOST_HIPS * t)
		return "the hips are nearly as wide as the trunk is long";
	if (upside_down(w, t))
		return "the body is upside down (are rows counted from below?)";
	if (eyes_exchanged(w, t))
		return fabsf(w->point[NECK][1] - w->point[NOSE][1]) >
		    fabsf(w->point[NECK][0] - w->point[NOSE][0]) ?
		    "the right eye is on the left eye's side" :
		    "the right eye is on the left eye's side (x and y exchanged?)";
	if (sides_exchanged(w, t))
		return "head and shoulders face opposite ways (left and right "
		    "limbs exchanged?)";
	if (all_bones(w) > MOST_BONES * shortest_tree(w))
		return "limbs go to and fro between points that lie side by side";
	return NULL;
}

static bool
neck_on_nose(const struct pose_person *w)
{
	const float t = fmaxf(trunk(w), LONGEST(w, { R_SHOULDER, L_SHOULDER }));
	const float r = bone(w, NOSE, R_SHOULDER), l = bone(w, NOSE, L_SHOULDER);

	/* In another order the "shoulders" may be an eye and a shoulder. */
	return fminf(r, l) > 0.4f * fmaxf(r, l) && bone(w, NECK, NOSE) <= ON_NOSE * t &&
	    off_middle(w, w->point[NECK], R_SHOULDER, L_SHOULDER) >
	    MOST_NECK * t;
}

size_t
pose_mend_necks(struct pose *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		float (*q)[3] = p->person[i].point;

		if (!neck_on_nose(&p->person[i]))
			continue;
		n++;
		for (int c = 0; c < 2; c++)
			q[NECK][c] = (q[R_SHOULDER][c] + q[L_SHOULDER][c]) / 2;
	}
	return n;
}
