/*
 * Key points of people, as pose estimators and data sets write them, in one
 * form: the 18 points of COCO-18 in the order of fields(7) (nose, neck,
 * right shoulder, elbow, wrist, left ..., right hip, knee, ankle, left ...,
 * right eye, left eye, right ear, left ear).
 *
 * Coordinates are pixels of the picture that the estimator saw, the centre
 * of the first pixel at (0,0), x right, y down. "Right" is the person's.
 */
#ifndef POSE_POSE_H
#define POSE_POSE_H

#include <stdbool.h>

#include "pose/coco.h"
#include "tensor/tensor.h"

#define POSE_MAX_PEOPLE 1000
#define POSE_MAX_FILE ((size_t)256 << 20)

/* The order of the points in a file. */
enum pose_format {
	POSE_COCO_18,		/* OpenPose, 18 points */
	POSE_BODY_25,		/* OpenPose, 25 points */
	POSE_BODY_25B,		/* OpenPose, 25 points in another order */
	POSE_COCO_17,		/* COCO: AlphaPose, MMPose, YOLO, detectron2 */
	POSE_COCO_17_NECK,	/* the same and a neck as number 18 */
	POSE_HUMAN36M,		/* 17 points of Human3.6M */
	POSE_HALPE_26,
	POSE_MEDIAPIPE_33,
	POSE_WHOLEBODY_133,	/* COCO-WholeBody */
	POSE_HALPE_136,
	POSE_DRESSCODE,		/* {"keypoints": [[x, y, score, id], ...]} */
	POSE_CSV		/* DeepFashion, name:keypoints_y:keypoints_x */
};

#define POSE_MAX_REMARKS 8
#define POSE_SURE 0.2f		/* of a point that is seen; fitbody takes no others */

const char *pose_format_name(enum pose_format f);

struct pose_person {
	float point[POSE_POINTS][3];	/* x, y, confidence; all NaN: missing */
	size_t found;			/* points that are not missing */
	float midhip[2];		/* where the file itself has it, or NaN */
	/*
	 * x0, y0, x1, y1 round all points of the file, feet included; of no
	 * use when found is 0.
	 */
	float box[4];
};

struct pose {
	enum pose_format format;
	size_t n;			/* people, in the file's order */
	struct pose_person *person;
	/*
	 * Size of the picture that the coordinates refer to, where the file
	 * or the format says it (canvas_width, DressCode: 384x512); else 0: the
	 * photo itself. Its proportions are those of the photo but for
	 * grid_slack pixels; 1x1: fractions of any photo.
	 */
	size_t grid_w, grid_h, grid_slack;
	bool square;			/* fractions, maybe of a padded square */
	bool nobody;			/* why it failed: there is no person */
	/* Sentences for the user, in the arena. */
	size_t n_remark;
	struct { bool warn; const char *text; } remark[POSE_MAX_REMARKS];
};

/*
 * One file's people into the arena: OpenPose of any version and what is
 * written in its form, COCO's results and annotations, AlphaPose, MMPose,
 * YOLO, MediaPipe, easy_ViTPose, MoveNet, DressCode; intake(1) says what that looks like. A file
 * may speak of several pictures: image is the base name of the wanted one,
 * or NULL to take them all. Missing is what the format calls so (confidence
 * 0, or negative coordinates in DressCode), null, and the places (0,0) and
 * (-1,-1) whatever their confidence.
 *
 * E_FORMAT for what is no such file; E_VALUE for a value that is no
 * coordinate or confidence, and with `nobody` when no person is in it.
 */
MUST_CHECK enum status pose_parse_json(struct pose *p, struct arena *a,
    const void *buf, size_t n, const char *image);

/*
 * DeepFashion's table (name:keypoints_y:keypoints_x, one person a picture,
 * -1 for missing points). Rows are parsed when they are looked up; the
 * text buf[n] is kept by the caller and outlives the table, whose index
 * lies in the arena.
 */
struct pose_table;
MUST_CHECK enum status pose_table_open(struct pose_table **t,
    struct arena *a, const char *buf, size_t n);

/*
 * The person on the picture of that base name, with or without extension.
 * Names are compared as letters and digits only, without case and without a
 * leading "fashion" or "fasion" - the lists and the files of this data set
 * differ in these - and a name that is the tail of exactly one row's
 * matches it. *name gets the row's own name (in the arena). END when there
 * is no such row, E_FORMAT and E_VALUE with the line for a damaged one,
 * or when several rows fit.
 */
MUST_CHECK enum status pose_table_find(struct pose *p, const char **name,
    const struct pose_table *t, struct arena *a, const char *wanted);

/*
 * A person of 18 points as fields(7) has them. box: x0, y0, x1, y1 round all
 * points that there were; NULL: round these. E_VALUE for what can be no
 * coordinate, confidence or box.
 */
MUST_CHECK enum status pose_person_of(struct pose_person *p,
    const float (*point)[3], const float *box);

/*
 * Coordinates from a picture of gw x gh (0: what the format fixes, or else
 * the photo itself) to the photo of w x h. E_VALUE when most points of
 * everybody then lie outside of it, or the format's grid has other
 * proportions; with `nobody` when all points of everybody are missing. The
 * arena is for a remark.
 */
MUST_CHECK enum status pose_to_photo(struct pose *p, struct arena *a, size_t gw,
    size_t gh, size_t w, size_t h);

/*
 * Why the points cannot be a person's in this order, as the rest of a
 * sentence; NULL: they can. What is asked for is the same from all sides
 * and in all poses: the neck between the shoulders, the middle of the hips
 * between them, a head smaller than the trunk, limbs not much longer than
 * it, and all of them together not much longer than the shortest lines that
 * join the points; the right eye on the left of the picture, and the head
 * above the hips. A person without shoulders and a hip is not judged.
 */
const char *pose_doubt(const struct pose_person *who);

/* A neck that lies on the nose goes between the shoulders: how many did. */
size_t pose_mend_necks(struct pose *p);

/* Index of the person with the largest box. */
size_t pose_largest(const struct pose *p);

#endif
