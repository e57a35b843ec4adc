/* Inside formats/pose: what the readers share. */
#ifndef POSE_POINTS_H
#define POSE_POINTS_H

#include <stdbool.h>

#include <jansson.h>

#include "pose/pose.h"

#define POSE_RAW_MAX 136	/* points of the longest order that is known */
#define POSE_RAW_MULTIPOSE 56	/* numbers a person: y, x, score, and a box and a score */
#define POSE_KNOWN "17 (COCO), 18 (OpenPose), 25 (BODY_25), 26 (Halpe), 33 " \
	"(MediaPipe), 133 (COCO-WholeBody) or 136 (Halpe)"

/* One person's points as a file has them, before their order is known. */
struct pose_raw {
	size_t n;			/* 0: a person without a list of points */
	double (*v)[3];			/* x, y, confidence; NaN: missing */
	size_t at_origin;		/* of them missing as (0,0) or (-1,-1) */
	bool rows_of_4;			/* [x, y, score, id] or [x, y, z, score] */
	bool columns;			/* {"x": [...], "y": [...]} */
};

/* An empty person: everything missing. */
struct pose_person pose_nobody(void);

/*
 * Puts one point of the file: as COCO-18 point k, POSE_MIDHIP, or with
 * another k < 0 only into the box. E_VALUE when x, y or conf cannot be a
 * coordinate or a confidence.
 */
#define POSE_MIDHIP (-2)
MUST_CHECK enum status pose_set(struct pose_person *p, int k, double x,
    double y, double conf);

/*
 * A person's points out of JSON: the object that holds them under one of
 * the keys that are known, or a bare list. E_FORMAT.
 */
MUST_CHECK enum status pose_raw_read(struct pose_raw *r, struct arena *a,
    const json_t *person);

/*
 * Points that were y, x, score are x, y, score; and where `names` has the names of
 * points by their numbers, those of COCO-18 alone, in its order. E_FORMAT where
 * no shoulders, hips and knees are among them.
 */
MUST_CHECK enum status pose_raw_turn(struct pose_raw *r, struct arena *a,
    const json_t *names);

/* The value of the key that holds a person's points; NULL: there is none. */
const json_t *pose_raw_list(const json_t *person);

/* A list of numbers, of [x, y, ...] or of {"x":, "y":}: not of people. */
bool pose_raw_is_points(const json_t *list);

/*
 * People from their points, n of them: finds the order by the number of
 * points and by whose limbs hang together. Person number first[i] is how a
 * message calls the i-th. E_FORMAT, E_VALUE.
 */
MUST_CHECK enum status pose_order(struct pose *p, struct arena *a,
    const struct pose_raw *raw, const size_t *number, size_t n);

/* Whether there is what pose_doubt measures by. */
bool pose_has_trunk(const struct pose_person *w);

/* Adds a sentence for the user to p. */
MUST_CHECK enum status pose_remark(struct pose *p, struct arena *a, bool warn,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

#endif
