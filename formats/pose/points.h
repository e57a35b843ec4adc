/* Inside formats/pose: what the two readers share. */
#ifndef POSE_POINTS_H
#define POSE_POINTS_H

#include <stdbool.h>

#include "pose/pose.h"

/* An empty person: everything missing. */
struct pose_person pose_nobody(void);

/*
 * Puts one point of the file: as COCO-18 point k, or with k < 0 only into
 * the box. E_VALUE when x, y or conf cannot be a coordinate or a confidence.
 */
MUST_CHECK enum status pose_set(struct pose_person *p, int k, double x,
    double y, double conf);

#endif
