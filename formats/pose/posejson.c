#include "pose/pose.h"

#include <math.h>
#include <string.h>

#include <jansson.h>

#include "pose/points.h"

#define FAR 1e6		/* no picture is larger: not a coordinate */

/*
 * Which COCO-18 point each point of a format is; -1: none of them, but part
 * of the person's box.
 */
static const int from_body_25[25] = { 0, 1, 2, 3, 4, 5, 6, 7, -1, 8, 9, 10, 11,
	12, 13, 14, 15, 16, 17, -1, -1, -1, -1, -1, -1 };
static const int from_coco_18[POSE_POINTS] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	10, 11, 12, 13, 14, 15, 16, 17 };
/* nose, eyes l r, ears l r, then shoulders ... ankles, each left first */
static const int from_coco_17[17] = { 0, 15, 14, 17, 16, 5, 2, 6, 3, 7, 4, 11, 8,
	12, 9, 13, 10 };

const char *
pose_format_name(enum pose_format f)
{
	static const char *const name[] = { "COCO-18", "BODY_25", "DressCode",
	    "AlphaPose", "DeepFashion table" };

	return name[f];
}

struct pose_person
pose_nobody(void)
{
	struct pose_person p = { .box = { INFINITY, INFINITY, -INFINITY,
	    -INFINITY } };

	for (int k = 0; k < POSE_POINTS; k++)
		for (int i = 0; i < 3; i++)
			p.point[k][i] = NAN;
	return p;
}

enum status
pose_set(struct pose_person *p, int k, double x, double y, double conf)
{
	if (!(fabs(x) <= FAR && fabs(y) <= FAR))
		return fail(E_VALUE, "a point at (%g, %g), want pixels", x, y);
	if (!(conf >= 0 && conf <= FAR))
		return fail(E_VALUE, "a confidence of %g, want 0..1", conf);
	p->box[0] = fminf(p->box[0], (float)x);
	p->box[1] = fminf(p->box[1], (float)y);
	p->box[2] = fmaxf(p->box[2], (float)x);
	p->box[3] = fmaxf(p->box[3], (float)y);
	if (k >= 0) {
		p->point[k][0] = (float)x;
		p->point[k][1] = (float)y;
		p->point[k][2] = (float)conf;
		p->found++;
	}
	return OK;
}

enum status
pose_person_of(struct pose_person *p, const float (*point)[3],
    const float *box)
{
	*p = pose_nobody();
	for (int k = 0; k < POSE_POINTS; k++) {
		if (isnan(point[k][0]) || isnan(point[k][1]))
			continue;
		enum status st = pose_set(p, k, point[k][0], point[k][1],
		    point[k][2]);

		if (st != OK)
			return fail_in(st, "point %d", k);
	}
	if (!box || !p->found)
		return OK;
	if (!(box[0] >= -FAR && box[0] <= box[2] && box[2] <= FAR &&
	    box[1] >= -FAR && box[1] <= box[3] && box[3] <= FAR))
		return fail(E_VALUE, "a box from (%g, %g) to (%g, %g), want "
		    "pixels", box[0], box[1], box[2], box[3]);
	memcpy(p->box, box, sizeof p->box);
	return OK;
}

static void
rescale(struct pose_person *p, double sx, double sy)
{
	for (int k = 0; k < POSE_POINTS; k++) {
		p->point[k][0] = (float)((p->point[k][0] + 0.5) * sx - 0.5);
		p->point[k][1] = (float)((p->point[k][1] + 0.5) * sy - 0.5);
	}
	for (int k = 0; k < 4; k++)
		p->box[k] = (float)((p->box[k] + 0.5) * (k % 2 ? sy : sx) - 0.5);
}

enum status
pose_to_photo(struct pose *p, size_t gw, size_t gh, size_t w, size_t h)
{
	size_t found = 0, inside = 0;

	if (!gw) {
		gw = p->grid_w ? p->grid_w : w;
		gh = p->grid_h ? p->grid_h : h;
		if (p->grid_w && w * gh != h * gw)
			return fail(E_VALUE, "%s key points are for %zux%zu, the "
			    "photo of %zux%zu has other proportions",
			    pose_format_name(p->format), gw, gh, w, h);
	}
	for (size_t i = 0; i < p->n; i++) {
		struct pose_person *who = &p->person[i];

		if (gw != w || gh != h)
			rescale(who, (double)w / (double)gw,
			    (double)h / (double)gh);
		found += who->found;
		for (int k = 0; k < POSE_POINTS; k++)
			inside += who->point[k][0] > -1 && who->point[k][1] > -1 &&
			    who->point[k][0] < (float)w &&
			    who->point[k][1] < (float)h;
	}
	if (found == 0)
		return fail(E_VALUE, "nobody in it: all points are missing");
	if (2 * inside < found)
		return fail(E_VALUE, "%zu of %zu points lie outside of the photo "
		    "of %zux%zu: they are for a larger picture", found - inside,
		    found, w, h);
	return OK;
}

size_t
pose_largest(const struct pose *p)
{
	size_t best = 0;
	float most = -1;

	for (size_t i = 0; i < p->n; i++) {
		const float *b = p->person[i].box;
		float area = p->person[i].found ?
		    (b[2] - b[0]) * (b[3] - b[1]) : -1;

		if (area > most) {
			most = area;
			best = i;
		}
	}
	return best;
}

/* Item i of list as a number. */
static enum status
number(double *v, const json_t *list, size_t i)
{
	const json_t *j = json_array_get(list, i);

	if (!json_is_number(j))
		return fail(E_FORMAT, "value %zu is not a number", i + 1);
	*v = json_number_value(j);
	return OK;
}

/* x, y, confidence, x, ... */
static enum status
flat_points(struct pose_person *p, const json_t *list, const int *map, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double v[3];

		for (size_t c = 0; c < 3; c++)
			TRY(number(&v[c], list, 3 * i + c));
		if (v[2] != 0 && pose_set(p, map[i], v[0], v[1], v[2]) != OK)
			return fail_in(E_VALUE, "point %zu", i);
	}
	return OK;
}

static enum status
openpose_person(struct pose_person *p, enum pose_format *f, const json_t *j)
{
	const char *key = "pose_keypoints_2d";
	const json_t *list = json_object_get(j, key);

	if (!list)
		list = json_object_get(j, key = "pose_keypoints");
	if (!json_is_array(list))
		return fail(E_FORMAT, "no list pose_keypoints_2d");
	size_t n = json_array_size(list);

	if (n != 54 && n != 75)
		return fail(E_FORMAT, "%s holds %zu values, want 54 (COCO-18) "
		    "or 75 (BODY_25)", key, n);
	*f = n == 75 ? POSE_BODY_25 : POSE_COCO_18;
	return flat_points(p, list, n == 75 ? from_body_25 : from_coco_18, n / 3);
}

/* OpenPose can be told to write fractions of the picture, or -1..1. */
static enum status
check_pixels(const struct pose *p)
{
	bool any = false;

	for (size_t i = 0; i < p->n; i++) {
		const float *b = p->person[i].box;

		any |= p->person[i].found > 0;
		if (p->person[i].found && !(b[0] >= -1 && b[1] >= -1 &&
		    b[2] <= 1 && b[3] <= 1))
			return OK;
	}
	return any ? fail(E_VALUE, "all points lie within -1..1, want pixels "
	    "(OpenPose: --keypoint_scale 0)") : OK;
}

static enum status
people_alloc(struct pose *p, struct arena *a, size_t n)
{
	if (n == 0)
		return fail(E_VALUE, "nobody in it: the list of people is empty");
	if (n > POSE_MAX_PEOPLE)
		return fail(E_LIMIT, "%zu people, want at most %d", n,
		    POSE_MAX_PEOPLE);
	p->person = arena_calloc(a, n, sizeof *p->person);
	return p->person ? OK : E_NOMEM;
}

static enum status
openpose(struct pose *p, struct arena *a, const json_t *people)
{
	size_t n = json_array_size(people);

	TRY(people_alloc(p, a, n));
	for (; p->n < n; p->n++) {
		enum pose_format f = p->format;
		struct pose_person *who = &p->person[p->n];

		*who = pose_nobody();
		enum status s = openpose_person(who, &f,
		    json_array_get(people, p->n));

		if (s == OK && p->n && f != p->format)
			s = fail(E_FORMAT, "%s after %s", pose_format_name(f),
			    pose_format_name(p->format));
		if (s != OK)
			return fail_in(s, "person %zu", p->n + 1);
		p->format = f;
	}
	return OK;
}

/*
 * The data set's pictures are 768x1024, its key points were found on
 * 384x512; both are given there as a fact, and nothing in the file says so.
 */
static enum status
dresscode(struct pose *p, struct arena *a, const json_t *list)
{
	size_t n = json_array_size(list);

	if (n != POSE_POINTS)
		return fail(E_FORMAT, "keypoints holds %zu points, want 18", n);
	TRY(people_alloc(p, a, 1));
	p->format = POSE_DRESSCODE;
	p->grid_w = 384;
	p->grid_h = 512;
	p->person[p->n++] = pose_nobody();
	for (size_t k = 0; k < n; k++) {
		const json_t *row = json_array_get(list, k);
		double v[3];

		if (!json_is_array(row))
			return fail(E_FORMAT, "point %zu is not [x, y, score, id]", k);
		for (size_t c = 0; c < 3; c++)
			if (number(&v[c], row, c) != OK)
				return fail_in(E_FORMAT, "point %zu", k);
		if (v[0] >= 0 && v[1] >= 0 && v[2] != 0 &&
		    pose_set(p->person, (int)k, v[0], v[1], v[2]) != OK)
			return fail_in(E_VALUE, "point %zu", k);
	}
	return OK;
}

/* COCO-17 has no neck: the middle of the shoulders. */
static enum status
add_neck(struct pose_person *p)
{
	const float *r = p->point[2], *l = p->point[5];

	if (isnan(r[2]) || isnan(l[2]))
		return OK;
	return pose_set(p, 1, (r[0] + l[0]) / 2, (r[1] + l[1]) / 2,
	    fminf(r[2], l[2]));
}

static bool
alphapose_is_of(const json_t *j, const char *image)
{
	const char *id = json_string_value(json_object_get(j, "image_id"));
	const char *slash = id ? strrchr(id, '/') : NULL;

	return !image || !id || !strcmp(slash ? slash + 1 : id, image);
}

static enum status
alphapose(struct pose *p, struct arena *a, const json_t *list, const char *image)
{
	size_t n = json_array_size(list), mine = 0;

	for (size_t i = 0; i < n; i++)
		mine += alphapose_is_of(json_array_get(list, i), image);
	if (n && !mine)
		return fail(E_VALUE, "nobody with image_id \"%s\" in it", image);
	TRY(people_alloc(p, a, mine));
	p->format = POSE_ALPHAPOSE;
	for (size_t i = 0; i < n; i++) {
		const json_t *j = json_array_get(list, i);
		const json_t *points = json_object_get(j, "keypoints");
		struct pose_person *who = &p->person[p->n];

		if (!alphapose_is_of(j, image))
			continue;
		*who = pose_nobody();
		enum status s = json_array_size(points) == 51 ?
		    flat_points(who, points, from_coco_17, 17) :
		    fail(E_FORMAT, "keypoints is no list of 51 values");

		if (s == OK)
			s = add_neck(who);
		if (s != OK)
			return fail_in(s, "entry %zu", i + 1);
		p->n++;
	}
	return OK;
}

static enum status
parse(struct pose *p, struct arena *a, const json_t *j, const char *image)
{
	const json_t *people = json_object_get(j, "people");
	const json_t *points = json_object_get(j, "keypoints");

	if (json_is_array(people))
		return openpose(p, a, people);
	if (json_is_array(points))
		return dresscode(p, a, points);
	if (json_is_array(j))
		return alphapose(p, a, j, image);
	return fail(E_FORMAT, "no key points of a kind that is known: want "
	    "OpenPose {\"people\": [...]}, DressCode {\"keypoints\": [...]} or "
	    "AlphaPose [...]");
}

enum status
pose_parse_json(struct pose *p, struct arena *a, const void *buf, size_t n,
    const char *image)
{
	json_error_t e;
	json_t *j = json_loadb(buf, n, 0, &e);

	*p = (struct pose){ .format = POSE_COCO_18 };
	if (!j)
		return fail(E_FORMAT, "not JSON, line %d column %d: %s%s", e.line,
		    e.column, e.text, strcasestr(e.text, "nan") ?
		    "; a missing point is 0, 0, 0" : "");
	enum status s = parse(p, a, j, image);

	json_decref(j);
	return s == OK ? check_pixels(p) : s;
}
