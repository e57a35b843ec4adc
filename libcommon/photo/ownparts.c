#include "photo/ownparts.h"

#include <math.h>

/* Kinds of parts, as bits. */
enum { TRUNK = 1, HAND = 2, FOOT = 4, THIGH = 8, SHIN = 16, UPPER = 32,
	LOWER = 64, HEAD = 128 };

/* DensePose's parts 1..24; side 1 is the person's left, -1 their right. */
static const struct { unsigned char kind; signed char side; } parts[25] = {
	{ 0, 0 }, { TRUNK, 0 }, { TRUNK, 0 }, { HAND, -1 }, { HAND, 1 },
	{ FOOT, 1 }, { FOOT, -1 }, { THIGH, -1 }, { THIGH, 1 }, { THIGH, -1 },
	{ THIGH, 1 }, { SHIN, -1 }, { SHIN, 1 }, { SHIN, -1 }, { SHIN, 1 },
	{ UPPER, 1 }, { UPPER, -1 }, { UPPER, 1 }, { UPPER, -1 }, { LOWER, 1 },
	{ LOWER, -1 }, { LOWER, 1 }, { LOWER, -1 }, { HEAD, 0 }, { HEAD, 0 },
};

/* Where each point of COCO-18 may lie. */
#define SHOULDER (TRUNK | UPPER)
#define ELBOW (UPPER | LOWER)
#define WRIST (LOWER | HAND)
#define HIP (TRUNK | THIGH)
#define KNEE (THIGH | SHIN)
#define ANKLE (SHIN | FOOT)
static const struct { unsigned char kind; signed char side; } points[] = {
	{ HEAD, 0 }, { TRUNK | HEAD, 0 }, { SHOULDER, -1 }, { ELBOW, -1 },
	{ WRIST, -1 }, { SHOULDER, 1 }, { ELBOW, 1 }, { WRIST, 1 }, { HIP, -1 },
	{ KNEE, -1 }, { ANKLE, -1 }, { HIP, 1 }, { KNEE, 1 }, { ANKLE, 1 },
	{ HEAD, 0 }, { HEAD, 0 }, { HEAD, 0 }, { HEAD, 0 },
};

struct ownparts
ownparts_count(const struct tensor *iuv, const struct bodies *b, size_t k,
    const struct pose_person *who)
{
	struct ownparts n = { 0 };

	for (int i = 0; i < POSE_POINTS; i++) {
		float x = roundf(who->point[i][0]), y = roundf(who->point[i][1]);

		if (!(x >= 0 && y >= 0 && x < (float)b->w && y < (float)b->h))
			continue;
		size_t at = (size_t)y * b->w + (size_t)x;
		uint8_t part = ((const uint8_t *)iuv->data)[3 * at];

		if (b->label[at] != b->body[k].label || part > 24)
			continue;
		bool own = points[i].kind & parts[part].kind;
		int side = points[i].side * parts[part].side;

		n.on++;
		n.own += own;
		n.same += own && side > 0;
		n.crossed += own && side < 0;
	}
	return n;
}
