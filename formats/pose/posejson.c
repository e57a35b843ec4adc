#include "pose/points.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define DEEPEST 8	/* of what is round a person's points */
#define LONGEST_NAME 1024	/* longer: the picture itself as text */
#define LEAST_SCORE 0.1	/* of a person, MoveNet's examples have 0.11 */
#define CANVAS_SLACK 32	/* ControlNet rounds the sides to multiples of 64 */

/* A person in the file, and what the file says round them. */
struct entry {
	const json_t *person;
	const char *picture;	/* its name or number; NULL: not said */
	bool counted;		/* the picture's number is its place in a list */
	size_t number;		/* of the entry, from 1 */
	json_int_t w, h;	/* of the picture; 0: not said */
	const json_t *names;	/* of its points, which are y, x, score */
	bool tensor;		/* MoveNet's, likewise, in fractions */
};

struct walk {
	struct arena *a;
	struct entry *e;
	size_t n, room;
	bool known;		/* something was found that holds people */
};

/* What one level of the file says of all below it. */
struct level {
	const char *picture;
	bool counted;
	json_int_t w, h;
	int depth;
	const json_t *names;
	bool tensor;
};

static const char *const name_keys[] = { "image_id", "image_name",
	"file_name", "filename", "image_path", "img_path", "image", "frame_id",
	NULL };
static const char *const list_keys[] = { "people", "bodies", "annotations",
	"instance_info", "instances", "predictions", "poses", NULL };

static enum status walk(struct walk *w, const json_t *j, struct level l);

static enum status
add(struct walk *w, const json_t *person, const struct level *l)
{
	w->known = true;
	if (w->n == w->room) {
		size_t room = w->room ? 2 * w->room : 64;
		struct entry *e = arena_calloc(w->a, room, sizeof *e);

		if (!e)
			return E_NOMEM;
		if (w->n)
			memcpy(e, w->e, w->n * sizeof *e);
		w->e = e;
		w->room = room;
	}
	w->e[w->n] = (struct entry){ person, l->picture, l->counted, w->n + 1,
	    l->w, l->h, l->names, l->tensor };
	w->n++;
	return OK;
}

/* What the object says itself comes before what stands round it. */
static enum status
look_round(struct level *l, struct arena *a, const json_t *j)
{
	static const char *const size[][2] = { { "canvas_width",
	    "canvas_height" }, { "width", "height" } };

	for (const char *const *key = name_keys; *key; key++) {
		const json_t *v = json_object_get(j, *key);

		if (!json_is_integer(v) && !(json_is_string(v) &&
		    json_string_length(v) <= LONGEST_NAME))
			continue;
		l->picture = json_is_string(v) ? json_string_value(v) :
		    arena_printf(a, "%lld", (long long)json_integer_value(v));
		if (!l->picture)
			return E_NOMEM;
		l->counted = strcmp(*key, "frame_id") == 0;
		break;
	}
	/* Of a person, width and height are those of their box. */
	for (int i = 0; i < (l->depth > 1 ? 1 : 2); i++) {
		const json_t *w = json_object_get(j, size[i][0]);
		const json_t *h = json_object_get(j, size[i][1]);

		if (!json_is_number(w) || !json_is_number(h))
			continue;
		if (!(json_number_value(w) >= 1 && json_number_value(w) < 1e6 &&
		    json_number_value(h) >= 1 && json_number_value(h) < 1e6))
			return fail(E_VALUE, "a picture of %gx%g",
			    json_number_value(w), json_number_value(h));
		l->w = (json_int_t)json_number_value(w);
		l->h = (json_int_t)json_number_value(h);
		break;
	}
	return OK;
}

/*
 * A list of people, or of pictures with people: then they are numbered,
 * unless they have names.
 */
static enum status
walk_list(struct walk *w, const json_t *list, struct level l)
{
	size_t n = json_array_size(list);

	w->known |= n == 0;
	if (pose_raw_is_points(list))
		return add(w, list, &l);
	for (size_t i = 0; i < n; i++) {
		const json_t *j = json_array_get(list, i);
		struct level in = l;
		bool picture = json_is_array(j) ?
		    !pose_raw_is_points(j) : !pose_raw_list(j);

		if (picture && n > 1 && !l.picture) {
			in.counted = true;
			in.picture = arena_printf(w->a, "%zu", i + 1);
			if (!in.picture)
				return E_NOMEM;
		}
		enum status s = walk(w, j, in);

		if (s != OK)
			return fail_in(s, "item %zu", i + 1);
	}
	return OK;
}

static bool
holds_people(const json_t *j)
{
	bool any = pose_raw_list(j) != NULL;

	for (const char *const *key = list_keys; *key && !any; key++)
		any = json_object_get(j, *key) != NULL;
	return any;
}

static bool
is_number(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && isdigit((unsigned char)s[i]))
		i++;
	return n > 0 && i == n;
}

/*
 * AlphaPose: an object with people for each picture's name. Videos have lists of
 * people by numbers, which are pictures, too; bare people have numbers as tracks.
 */
static enum status
walk_names(struct walk *w, const json_t *j, struct level l)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)j, key, v) {
		struct level in = l;
		bool name = strrchr(key, '.') != NULL;

		if (name || (is_number(key, strlen(key)) && !pose_raw_list(v)))
			in.picture = key;
		if (holds_people(v) || (name && json_is_array(v)))
			TRY(walk(w, v, in));
	}
	return OK;
}

/*
 * easy_ViTPose: a list of frames under "keypoints", in each of which people have
 * numbers, and under "skeleton" what the points are called.
 */
static bool
is_vitpose(const json_t *j)
{
	const json_t *frames = json_object_get(j, "keypoints");

	return json_is_object(json_object_get(j, "skeleton")) &&
	    json_is_array(frames) && (json_array_size(frames) == 0 ||
	    (json_is_object(json_array_get(frames, 0)) &&
	    !pose_raw_is_points(frames)));
}

static enum status
walk_vitpose(struct walk *w, const json_t *j, struct level l)
{
	const json_t *frames = json_object_get(j, "keypoints");
	const char *key;
	json_t *v;

	w->known = true;
	l.names = json_object_get(j, "skeleton");
	for (size_t i = 0; i < json_array_size(frames); i++) {
		struct level in = l;

		if (json_array_size(frames) > 1) {
			in.counted = true;
			in.picture = arena_printf(w->a, "%zu", i + 1);
			if (!in.picture)
				return E_NOMEM;
		}
		json_object_foreach(json_array_get(frames, i), key, v)
			TRY(add(w, v, &in));
	}
	return OK;
}

/* MoveNet's tensor for one person, (1,1,17,3), of numbers that are fractions. */
static bool
is_movenet(const json_t *j)
{
	const json_t *people = json_array_get(j, 0);
	const json_t *rows = json_array_get(people, 0);
	const json_t *v;
	size_t i;

	if (json_array_size(j) != 1 || json_array_size(people) != 1 ||
	    json_array_size(rows) != 17)
		return false;
	json_array_foreach((json_t *)rows, i, v)
		for (size_t c = 0; c < 3; c++) {
			const json_t *x = json_array_get(v, c);

			if (json_array_size(v) != 3 || !json_is_number(x) ||
			    !(fabs(json_number_value(x) - 0.5) <= 1))
				return false;
		}
	return true;
}

/* And that for several people, (1,n,56): 17 points, a box and a score each. */
static bool
is_multipose(const json_t *j)
{
	const json_t *people = json_array_get(j, 0);
	const json_t *person, *x;
	size_t i, k;

	if (json_array_size(j) != 1 || json_array_size(people) == 0)
		return false;
	json_array_foreach((json_t *)people, i, person) {
		if (json_array_size(person) != POSE_RAW_MULTIPOSE)
			return false;
		json_array_foreach((json_t *)person, k, x)
			if (!json_is_number(x) ||
			    !(fabs(json_number_value(x) - 0.5) <= 1))
				return false;
	}
	return true;
}

/* Rows that nobody was found for have scores near 0. */
static enum status
walk_multipose(struct walk *w, const json_t *people, const struct level *l)
{
	const json_t *person;
	size_t i;

	w->known = true;
	json_array_foreach((json_t *)people, i, person)
		if (json_number_value(json_array_get(person,
		    POSE_RAW_MULTIPOSE - 1)) >= LEAST_SCORE)
			TRY(add(w, person, l));
	return OK;
}

static enum status
walk(struct walk *w, const json_t *j, struct level l)
{
	if (++l.depth > DEEPEST)
		return fail(E_FORMAT, "people lie more than %d levels deep",
		    DEEPEST);
	if (l.depth == 1 && is_movenet(j)) {
		l.tensor = true;
		return add(w, json_array_get(json_array_get(j, 0), 0), &l);
	}
	if (l.depth == 1 && is_multipose(j)) {
		l.tensor = true;
		return walk_multipose(w, json_array_get(j, 0), &l);
	}
	if (json_is_array(j))
		return walk_list(w, j, l);
	if (is_vitpose(j))
		return walk_vitpose(w, j, l);
	if (!json_is_object(j))
		return fail(E_FORMAT, "not a person with key points");
	TRY(look_round(&l, w->a, j));
	for (const char *const *key = list_keys; *key; key++) {
		const json_t *v = json_object_get(j, *key);
		size_t n = json_array_size(v);

		if (!json_is_array(v))
			continue;
		w->known = true;
		if (strcmp(*key, "people") != 0 && strcmp(*key, "bodies") != 0)
			return walk_list(w, v, l);
		for (size_t i = 0; i < n; i++)
			TRY(add(w, json_array_get(v, i), &l));
		return OK;
	}
	const json_t *points = pose_raw_list(j);

	/* Several people under one key: pose_landmarks, openpose-editor. */
	if (json_array_size(points) > 1 && !pose_raw_is_points(points) &&
	    json_is_array(json_array_get(points, 0))) {
		for (size_t i = 0; i < json_array_size(points); i++)
			TRY(add(w, json_array_get(points, i), &l));
		return OK;
	}
	return points ? add(w, j, &l) : walk_names(w, j, l);
}

/* ---- which picture -------------------------------------------------- */

static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *back = strrchr(path, '\\');

	if (back && (!slash || back > slash))
		slash = back;
	return slash ? slash + 1 : path;
}

static size_t
stem_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name ? (size_t)(dot - name) : strlen(name);
}

/* "12" and "000012" are one number. */
static bool
is_same_number(const char *a, size_t n, const char *b, size_t m)
{
	if (!is_number(a, n) || !is_number(b, m))
		return false;
	for (; n > 1 && *a == '0'; n--)
		a++;
	for (; m > 1 && *b == '0'; m--)
		b++;
	return n == m && memcmp(a, b, n) == 0;
}

/* COCO_val2014_000000000139.jpg and 000000000139.jpg are number 139. */
static const char *
number_in(const char *image, size_t *n)
{
	const char *last = strrchr(image, '_');

	if (last && strncmp(image, "COCO_", 5) == 0)
		image = last + 1;
	*n = stem_of(image);
	return image;
}

/* With the same ending, or where `loose` with another or none. */
static bool
is_of(const struct entry *e, const char *image, bool loose)
{
	const char *mine = base_of(e->picture);
	size_t n = stem_of(mine), m;
	const char *number = number_in(image, &m);

	if (e->counted)
		return false;
	if (!strcmp(mine, image))
		return true;
	return loose && ((n == stem_of(image) && !memcmp(mine, image, n)) ||
	    is_same_number(mine, n, number, m));
}

/* How many pictures the file speaks of, and the names of the first. */
static size_t
count_pictures(char *text, size_t room, const struct walk *w)
{
	const char *last = NULL;
	size_t n = 0, at = 0;

	*text = 0;
	for (size_t i = 0; i < w->n; i++) {
		const char *mine = w->e[i].picture;

		if (!mine || (last && !strcmp(last, mine)))
			continue;
		if (n < 3 && at < room)
			at += (size_t)snprintf(text + at, room - at,
			    "%s\"%.40s\"", n ? ", " : "", mine);
		last = mine;
		n++;
	}
	if (n > 3 && at < room)
		snprintf(text + at, room - at, ", ...");
	return n;
}

/* Keeps the entries of the picture. */
static enum status
choose(struct walk *w, struct pose *p, const char *image)
{
	char names[200];
	size_t n = count_pictures(names, sizeof names, w), kept = 0, hits[2];
	bool numbers = true;

	if (!image || n == 0)
		return OK;
	for (int loose = 0; loose < 2; loose++) {
		hits[loose] = 0;
		for (size_t i = 0; i < w->n; i++)
			hits[loose] += w->e[i].picture &&
			    is_of(&w->e[i], image, loose);
	}
	for (size_t i = 0; i < w->n; i++)
		numbers &= !w->e[i].picture ||
		    is_number(w->e[i].picture, strlen(w->e[i].picture));
	if (!hits[1] && numbers && n == 1)
		return OK;	/* an estimator's own count */
	if (!hits[1] && numbers)
		return fail(E_VALUE, "it speaks of %zu pictures by numbers (%s), "
		    "and none is called so: want a file for each photo, or "
		    "names", n, names);
	if (!hits[1]) {
		p->nobody = true;
		return fail(E_VALUE, "nobody with image_id \"%s\" in it; there "
		    "is %s", image, names);
	}
	for (size_t i = 0; i < w->n; i++)
		if (!w->e[i].picture || is_of(&w->e[i], image, !hits[0]))
			w->e[kept++] = w->e[i];
	w->n = kept;
	return OK;
}

/*
 * COCO: the pictures' names and sizes are a list of their own, by number. One alone
 * has its name as well when it is not that of the photo.
 */
static enum status
join_images(struct walk *w, const json_t *images, const char *image)
{
	for (size_t i = 0; image && i < json_array_size(images); i++) {
		const json_t *j = json_array_get(images, i);
		const json_t *id = json_object_get(j, "id");
		const char *name = json_string_value(json_object_get(j,
		    "file_name"));
		struct level l = { .depth = 0 };
		char number[32];

		if (!name || !json_is_integer(id) || (strcmp(base_of(name),
		    image) != 0 && json_array_size(images) > 1))
			continue;
		TRY(look_round(&l, w->a, j));
		snprintf(number, sizeof number, "%lld",
		    (long long)json_integer_value(id));
		for (size_t k = 0; k < w->n; k++)
			if (w->e[k].picture &&
			    !strcmp(w->e[k].picture, number)) {
				w->e[k].picture = name;
				w->e[k].w = l.w;
				w->e[k].h = l.h;
			}
		return OK;
	}
	return OK;
}

/* ---- people --------------------------------------------------------- */

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

/* MediaPipe's pose_world_landmarks: metres from the middle of the hips. */
static bool
is_world(const struct pose_raw *r)
{
	return r->n == 33 && fabs(r->v[23][0] + r->v[24][0]) < 0.02 &&
	    fabs(r->v[23][1] + r->v[24][1]) < 0.02;
}

/*
 * Coordinates that are fractions of the picture where that can be: those
 * of MediaPipe, YOLO and ControlNet. As pixels of a picture of 1x1, whose
 * middle is at 0.
 */
static enum status
settle_fractions(struct pose *p, struct arena *a, struct pose_raw *raw,
    size_t n)
{
	double least = INFINITY, most = -INFINITY;
	bool may = p->grid_slack > 0 || p->square;

	for (size_t i = 0; i < n; i++) {
		may |= raw[i].n == 33 || raw[i].columns;
		if (is_world(&raw[i]))
			return fail(E_VALUE, "metres from the middle of the hips, "
			    "want pixels or fractions of the picture "
			    "(pose_landmarks, not pose_world_landmarks)");
		for (size_t k = 0; k < raw[i].n; k++) {
			least = fmin(least, fmin(raw[i].v[k][0],
			    raw[i].v[k][1]));
			most = fmax(most, fmax(raw[i].v[k][0], raw[i].v[k][1]));
		}
	}
	if (!may || !isfinite(most) || !(least >= -1.5 && most <= 2.5))
		return OK;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < raw[i].n; k++)
			for (int c = 0; c < 2; c++)
				raw[i].v[k][c] -= 0.5;
	p->grid_w = p->grid_h = 1;
	p->grid_slack = 0;
	return pose_remark(p, a, false, "fractions of the picture");
}

/* The one size that the entries say, if they say one. */
static enum status
settle_canvas(struct pose *p, const struct walk *w)
{
	for (size_t i = 0; i < w->n; i++) {
		size_t gw = (size_t)w->e[i].w, gh = (size_t)w->e[i].h;

		if (i && (gw != p->grid_w || gh != p->grid_h))
			return fail(E_VALUE, "people on pictures of %zux%zu and "
			    "%zux%zu", p->grid_w, p->grid_h, gw, gh);
		p->grid_w = gw;
		p->grid_h = gh;
	}
	p->grid_slack = p->grid_w ? CANVAS_SLACK : 0;
	return OK;
}

/*
 * DressCode's pictures are 768x1024, its key points were found on 384x512;
 * both are given there as a fact, and nothing in the file says so.
 */
static enum status
settle_dresscode(struct pose *p, struct pose_raw *r)
{
	if (r->n != POSE_POINTS)
		return fail(E_FORMAT, "keypoints holds %zu points, want 18", r->n);
	for (size_t k = 0; k < r->n; k++)
		if (r->v[k][0] < 0 || r->v[k][1] < 0)
			for (int c = 0; c < 3; c++)
				r->v[k][c] = NAN;
	p->format = POSE_DRESSCODE;
	p->grid_w = 384;
	p->grid_h = 512;
	p->grid_slack = 0;
	return OK;
}

/*
 * The box that the file has round a person; whether x, y, w, h or x0, y0, x1, y1 is
 * not told, so it is both. {"x1":...} is YOLO's, [[...]] MMPose's.
 */
static bool
box_of(double box[4], const json_t *person)
{
	static const char *const corner[] = { "x1", "y1", "x2", "y2" };
	const json_t *b = json_object_get(person, "bbox");

	b = b ? b : json_object_get(person, "box");
	if (json_array_size(b) == 1)
		b = json_array_get(b, 0);
	for (size_t i = 0; i < 4; i++) {
		const json_t *v = json_is_object(b) ?
		    json_object_get(b, corner[i]) : json_array_get(b, i);

		if (!json_is_number(v))
			return false;
		box[i] = json_number_value(v);
	}
	for (int i = 0; i < 2 && json_is_array(b); i++)
		box[2 + i] = fmax(box[2 + i], box[i] + box[2 + i]);
	return box[0] < box[2] && box[1] < box[3];
}

/* Points of a person who was cut out, as the network saw them. */
static enum status
tell_boxes(struct pose *p, struct arena *a, const struct walk *w,
    const struct pose_raw *raw)
{
	size_t found = 0, inside = 0;
	double b[4];

	for (size_t i = 0; i < w->n; i++) {
		if (!box_of(b, w->e[i].person))
			continue;
		const double wide = (b[2] - b[0]) / 4, high = (b[3] - b[1]) / 4;

		for (size_t k = 0; k < raw[i].n; k++) {
			const double *v = raw[i].v[k];

			found += !isnan(v[0]);
			inside += v[0] >= b[0] - wide && v[0] <= b[2] + wide &&
			    v[1] >= b[1] - high && v[1] <= b[3] + high;
		}
	}
	return found == 0 || 2 * inside >= found ? OK : pose_remark(p, a, true,
	    "only %zu of %zu points lie in the box that it has for their person: "
	    "are they those of a picture that was cut out?", inside, found);
}

static enum status
read_people(struct pose *p, struct walk *w, bool lone)
{
	struct pose_raw *raw = arena_calloc(w->a, w->n, sizeof *raw);
	size_t *number = arena_calloc(w->a, w->n, sizeof *number);
	size_t origin = 0;

	if (!raw || !number)
		return E_NOMEM;
	for (size_t i = 0; i < w->n; i++) {
		const json_t *who = w->e[i].person;

		number[i] = w->e[i].number;
		enum status s = json_is_array(who) || pose_raw_list(who) ||
		    json_object_get(who, "face_keypoints_2d") ?
		    pose_raw_read(&raw[i], w->a, who) :
		    fail(E_FORMAT, "no list pose_keypoints_2d");

		if (s == OK && (w->e[i].names || w->e[i].tensor))
			s = pose_raw_turn(&raw[i], w->a, w->e[i].names);
		if (s != OK)
			return fail_in(s, "person %zu", number[i]);
		origin += raw[i].at_origin;
		p->square |= w->e[i].tensor;
	}

	TRY(settle_canvas(p, w));
	if (lone && raw[0].rows_of_4 && raw[0].n != 33)
		TRY(settle_dresscode(p, raw));
	TRY(settle_fractions(p, w->a, raw, w->n));
	if (p->grid_w != 1)
		TRY(tell_boxes(p, w->a, w, raw));
	TRY(pose_order(p, w->a, raw, number, w->n));
	return origin == 0 ? OK : pose_remark(p, w->a, false, "%zu points at "
	    "(0, 0) or (-1, -1) are taken for missing", origin);
}

/* The keys of an object, for a message. */
static void
list_keys_of(char *text, size_t room, const json_t *j)
{
	const char *key;
	json_t *v;
	size_t at = 0, n = 0;

	snprintf(text, room, "no keys");
	j = json_is_array(j) ? json_array_get(j, 0) : j;
	json_object_foreach((json_t *)j, key, v)
		if (n++ < 6 && at < room)
			at += (size_t)snprintf(text + at, room - at,
			    "%s\"%.30s\"", n > 1 ? ", " : "", key);
}

static enum status
parse(struct pose *p, struct arena *a, const json_t *j, const char *image)
{
	struct walk w = { .a = a };
	char keys[220];

	TRY(walk(&w, j, (struct level){ .depth = 0 }));
	if (!w.known) {
		list_keys_of(keys, sizeof keys, j);
		return fail(E_FORMAT, "no key points of a kind that is known: want "
		    "OpenPose {\"people\": [...]}, a list of people with "
		    "\"keypoints\" (COCO, AlphaPose, MMPose, YOLO, easy_ViTPose), "
		    "MediaPipe's \"landmarks\", MoveNet's tensor or DressCode; "
		    "found %s", keys);
	}
	TRY(join_images(&w, json_object_get(j, "images"), image));
	TRY(choose(&w, p, image));
	if (w.n == 0) {
		p->nobody = true;
		return fail(E_VALUE, "nobody in it: the list of people is empty");
	}
	if (w.n > POSE_MAX_PEOPLE)
		return fail(E_LIMIT, "%zu people, want at most %d", w.n,
		    POSE_MAX_PEOPLE);
	return read_people(p, &w, json_is_object(j) && w.e[0].person == j);
}

/* What else is to be said of what is no JSON. */
static const char *
hint(const char *text, size_t n, const char *error)
{
	return n >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 ||
	    memcmp(text, "\xfe\xff", 2) == 0) ? "; UTF-16, want UTF-8" :
	    strcasestr(error, "nan") ? "; a missing point is 0, 0, 0" :
	    strstr(error, "end of file expected") ? "; several documents in one "
	    "file, want one for each photo" : "";
}

enum status
pose_parse_json(struct pose *p, struct arena *a, const void *buf, size_t n,
    const char *image)
{
	static const char bom[] = { '\xef', '\xbb', '\xbf' };
	const char *text = buf;
	json_error_t e;

	if (n >= sizeof bom && memcmp(text, bom, sizeof bom) == 0) {
		text += sizeof bom;
		n -= sizeof bom;
	}
	json_t *j = json_loadb(text, n, 0, &e);

	*p = (struct pose){ .format = POSE_COCO_18 };
	if (!j)
		return fail(E_FORMAT, "not JSON, line %d column %d: %s%s", e.line,
		    e.column, e.text, hint(text, n, e.text));
	enum status s = parse(p, a, j, image);

	json_decref(j);
	return s == OK && p->grid_w != 1 ? check_pixels(p) : s;
}
