#include "pose/points.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* How a file calls what we want: the first key that is there. */
static const char *const point_keys[] = { "pose_keypoints_2d",
	"pose_keypoints", "keypoints", "joints", "pose_landmarks",
	"poseLandmarks", "landmarks", "landmark", NULL };
static const char *const score_keys[] = { "keypoint_scores",
	"keypoints_scores", "keypoints_visible", NULL };
static const char *const x_keys[] = { "x", "X", NULL };
static const char *const y_keys[] = { "y", "Y", NULL };
static const char *const conf_keys[] = { "visibility", "visible", "score",
	"confidence", "conf", "c", NULL };

static const json_t *
first_key(const json_t *j, const char *const *key)
{
	const json_t *v = NULL;

	for (; *key && !v; key++)
		v = json_object_get(j, *key);
	return v;
}

const json_t *
pose_raw_list(const json_t *person)
{
	return first_key(person, point_keys);
}

/* A number, or [number, ...], or {"x": number, ...}; null is missing. */
static bool
is_point(const json_t *j)
{
	return json_is_number(first_key(j, x_keys)) ||
	    json_is_object(json_object_get(j, "position")) ||
	    json_is_number(json_array_get(j, 0)) ||
	    json_is_null(json_array_get(j, 0));
}

bool
pose_raw_is_points(const json_t *list)
{
	size_t i = 0;

	while (json_is_null(json_array_get(list, i)))
		i++;
	return json_is_number(json_array_get(list, i)) ||
	    is_point(json_array_get(list, i));
}

/* Item c of a point; with none of that number, `otherwise`. */
static enum status
value(double *v, const json_t *j, size_t i, double otherwise)
{
	if (!j) {
		*v = otherwise;
		return OK;
	}
	if (json_is_null(j)) {
		*v = NAN;
		return OK;
	}
	if (!json_is_number(j))
		return fail(E_FORMAT, "value %zu is not a number", i + 1);
	*v = json_number_value(j);
	return OK;
}

/* Takes a point, or says that it is missing. */
static void
put(struct pose_raw *r, size_t k, const double v[3])
{
	bool origin = (v[0] == 0 && v[1] == 0) || (v[0] == -1 && v[1] == -1);
	bool missing = isnan(v[0]) || isnan(v[1]) || isnan(v[2]) || v[2] == 0;

	r->at_origin += origin && !missing;
	for (int c = 0; c < 3; c++)
		r->v[k][c] = missing || origin ? NAN : v[c];
}

/*
 * How many numbers a point has in a flat list of n: 3, but 4 for MediaPipe's
 * x, y, z, visibility, and 2 where the confidences stand elsewhere or
 * nowhere.
 */
static size_t
stride_of(size_t n, size_t n_score)
{
	static const size_t bare[] = { 17, 18, 25, 26, 133, 136 };

	if (n_score && n % n_score == 0)
		return n / n_score;
	if (n == 33 * 4)
		return 4;
	for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
		if (n == 2 * bare[i])
			return 2;
	return n % 3 == 0 ? 3 : 0;
}

static enum status
flat_points(struct pose_raw *r, const json_t *list, const json_t *score)
{
	size_t len = json_array_size(list) == POSE_RAW_MULTIPOSE ? 51 :
	    json_array_size(list);
	size_t stride = stride_of(len, json_array_size(score));

	if (stride < 2 || stride > 4 || len / stride > POSE_RAW_MAX)
		return fail(E_FORMAT, "%zu values, want 3 for each of " POSE_KNOWN
		    " points", len);
	r->n = len / stride;
	for (size_t k = 0; k < r->n; k++) {
		const json_t *c = stride > 2 ? json_array_get(list, stride * k +
		    stride - 1) : json_array_get(score, k);
		double v[3];

		for (size_t i = 0; i < 2; i++)
			TRY(value(&v[i], json_array_get(list, stride * k + i),
			    stride * k + i, NAN));
		TRY(value(&v[2], c, stride * k + stride - 1, 1));
		put(r, k, v);
	}
	return OK;
}

/* [x, y], [x, y, score], DressCode's [x, y, score, id], [x, y, z, score] */
static enum status
row(double v[3], const json_t *j, const json_t *score, size_t n)
{
	size_t len = json_array_size(j);
	size_t at = len == 4 && n == 33 ? 3 : 2;

	if (len < 2 || len > 4)
		return fail(E_FORMAT, "%zu values, want x, y and a score", len);
	for (size_t i = 0; i < 2; i++)
		TRY(value(&v[i], json_array_get(j, i), i, NAN));
	return value(&v[2], len > 2 ? json_array_get(j, at) : score, at, 1);
}

static enum status
object(double v[3], const json_t *j, const json_t *score)
{
	const json_t *c = first_key(j, conf_keys);
	const json_t *at = json_object_get(j, "position");	/* PoseNet */

	at = at ? at : j;
	TRY(value(&v[0], first_key(at, x_keys), 0, NAN));
	TRY(value(&v[1], first_key(at, y_keys), 1, NAN));
	return value(&v[2], c ? c : score, 2, 1);
}

static enum status
rows(struct pose_raw *r, const json_t *list, const json_t *score)
{
	r->n = json_array_size(list);
	if (r->n > POSE_RAW_MAX)
		return fail(E_FORMAT, "%zu points, want " POSE_KNOWN, r->n);
	for (size_t k = 0; k < r->n; k++) {
		const json_t *j = json_array_get(list, k);
		const json_t *c = json_array_get(score, k);
		double v[3] = { NAN, NAN, NAN };
		enum status s = json_is_null(j) ? OK : json_is_object(j) ?
		    object(v, j, c) : row(v, j, c, r->n);

		if (s != OK)
			return fail_in(s, "point %zu", k);
		r->rows_of_4 |= json_array_size(j) == 4;
		put(r, k, v);
	}
	return OK;
}

/* YOLO's {"x": [...], "y": [...], "visible": [...]} */
static enum status
columns(struct pose_raw *r, const json_t *j)
{
	const json_t *x = first_key(j, x_keys), *y = first_key(j, y_keys);
	const json_t *c = first_key(j, conf_keys);

	r->columns = true;
	r->n = json_array_size(x);
	if (r->n > POSE_RAW_MAX || json_array_size(y) != r->n ||
	    (c && json_array_size(c) != r->n))
		return fail(E_FORMAT, "%zu x, %zu y and %zu visible, want as many "
		    "of each", r->n, json_array_size(y), json_array_size(c));
	for (size_t k = 0; k < r->n; k++) {
		double v[3];

		TRY(value(&v[0], json_array_get(x, k), k, NAN));
		TRY(value(&v[1], json_array_get(y, k), k, NAN));
		TRY(value(&v[2], c ? json_array_get(c, k) : NULL, k, 1));
		put(r, k, v);
	}
	return OK;
}

/* What stands where points were expected. */
static enum status
unknown(const json_t *list)
{
	const json_t *j = json_is_array(list) ? json_array_get(list, 0) : list;
	const char *key = NULL;

	if (json_is_object(j))
		key = json_object_iter_key(json_object_iter((json_t *)j));
	return fail(E_FORMAT, "its points are of no kind that is known: want "
	    "numbers x, y, score in one list, or each point as [x, y, score] or "
	    "{\"x\":, \"y\":}; found %s%s%.30s%s", json_is_array(list) ?
	    "a list of " : "", key ? "{\"" : json_is_string(j) ? "texts" :
	    json_is_array(j) ? "lists" : json_is_object(j) ? "{}" :
	    "something else", key ? key : "", key ? "\": ...}" : "");
}

enum status
pose_raw_read(struct pose_raw *r, struct arena *a, const json_t *person)
{
	const json_t *list = json_is_array(person) ? person :
	    pose_raw_list(person);
	const json_t *score = first_key(person, score_keys);

	*r = (struct pose_raw){ 0 };
	r->v = arena_calloc(a, POSE_RAW_MAX, sizeof *r->v);
	if (!r->v)
		return E_NOMEM;
	if (json_is_object(list))
		return json_is_array(first_key(list, x_keys)) ?
		    columns(r, list) : pose_raw_list(list) ?
		    pose_raw_read(r, a, list) : unknown(list);
	if (!json_is_array(list) || json_array_size(list) == 0)
		return OK;
	/* One person in a list of people: pose_landmarks of MediaPipe. */
	if (json_array_size(list) == 1 && !pose_raw_is_points(list)) {
		list = json_array_get(list, 0);
		if (json_is_array(json_array_get(score, 0)))
			score = json_array_get(score, 0);
	}
	if (!pose_raw_is_points(list))
		return unknown(list);
	size_t i = 0;

	while (json_is_null(json_array_get(list, i)))
		i++;
	return json_is_number(json_array_get(list, i)) ?
	    flat_points(r, list, score) : rows(r, list, score);
}

/* The point of that name; r->n: there is none. */
static size_t
find_point(const struct pose_raw *r, const json_t *names, const char *want)
{
	char key[24];

	for (size_t k = 0; k < r->n; k++) {
		snprintf(key, sizeof key, "%zu", k);
		const char *name = json_string_value(json_object_get(names, key));

		if (name && !strcmp(name, want))
			return k;
	}
	return r->n;
}

enum status
pose_raw_turn(struct pose_raw *r, struct arena *a, const json_t *names)
{
	static const char *const coco[] = { "nose", "neck", "right_shoulder",
	    "right_elbow", "right_wrist", "left_shoulder", "left_elbow",
	    "left_wrist", "right_hip", "right_knee", "right_ankle", "left_hip",
	    "left_knee", "left_ankle", "right_eye", "left_eye", "right_ear",
	    "left_ear" };
	static const bool needed[POSE_POINTS] = { [2] = true, [5] = true, [8] = true,
	    [9] = true, [11] = true, [12] = true };
	enum { NECK = 1, RIGHT = 2, LEFT = 5 };
	double (*v)[3] = arena_calloc(a, POSE_RAW_MAX, sizeof *v);

	if (!v)
		return E_NOMEM;
	for (size_t k = 0; k < r->n; k++) {
		double y = r->v[k][0];

		r->v[k][0] = r->v[k][1];
		r->v[k][1] = y;
	}
	if (!names || r->n == 0)
		return OK;
	for (size_t i = 0; i < POSE_POINTS; i++) {
		size_t k = find_point(r, names, coco[i]);

		if (k == r->n && needed[i])
			return fail(E_FORMAT, "no point is called %s: no skeleton of a "
			    "person", coco[i]);
		for (int c = 0; c < 3; c++)
			v[i][c] = k < r->n ? r->v[k][c] : NAN;
	}
	if (isnan(v[NECK][0]))
		for (int c = 0; c < 3; c++)
			v[NECK][c] = c < 2 ? (v[RIGHT][c] + v[LEFT][c]) / 2 :
			    fmin(v[RIGHT][c], v[LEFT][c]);
	r->v = v;
	r->n = POSE_POINTS;
	r->rows_of_4 = false;
	return OK;
}
