/* Key points of every format: order, missing points, people, refusals. */
#include "pose/pose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"

static struct arena *arena;

static enum status
json(struct pose *p, const char *text)
{
	return pose_parse_json(p, arena, text, strlen(text), NULL);
}

/* A list of n points; point k at (10k + dx, 10k + 5), confidence 0.01k + 0.5. */
static char *
points(size_t n, int dx)
{
	char *s = arena_alloc(arena, n * 40 + 8);
	size_t at = 0;

	for (size_t k = 0; k < n; k++)
		at += (size_t)sprintf(s + at, "%s%zu,%zu.25,%.2f", k ? "," : "",
		    10 * k + (size_t)dx, 10 * k + 5, 0.5 + 0.01 * (double)k);
	return s;
}

/* COCO-18 point k of p must be point `from` of the list above. */
static bool
is_from(const struct pose_person *p, int k, int from, int dx)
{
	return p->point[k][0] == (float)(10 * from + dx) &&
	    p->point[k][1] == (float)(10 * from + 5) + 0.25f &&
	    fabsf(p->point[k][2] - (0.5f + 0.01f * (float)from)) < 1e-6f;
}

/* Somebody who stands, in the order of fields(7). */
static const float figure[18][2] = { { 100, 40 }, { 100, 70 }, { 80, 70 },
	{ 70, 105 }, { 65, 140 }, { 120, 70 }, { 130, 105 }, { 135, 140 },
	{ 88, 130 }, { 86, 180 }, { 85, 230 }, { 112, 130 }, { 114, 180 },
	{ 115, 230 }, { 95, 35 }, { 105, 35 }, { 88, 40 }, { 112, 40 } };

#define MID (-2)	/* the middle of the hips */
#define TOP (-3)	/* above the head */
#define TOE (-4)
#define C17 0, 15, 14, 17, 16, 5, 2, 6, 3, 7, 4, 11, 8, 12, 9, 13, 10

/* Where point k of the figure is, or what else an order has. */
static void
place(float xy[2], int k)
{
	static const float other[][2] = { { 100, 130 }, { 100, 20 },
		{ 120, 240 } };

	memcpy(xy, k < 0 ? other[-2 - k] : figure[k], 2 * sizeof *xy);
}

/* The figure in an order of n points, each in a form such as "%g,%g,1". */
static char *
in_order(const signed char *order, size_t n, const char *form, double dx,
    double scale)
{
	char *s = arena_calloc(arena, n + 1, 64);

	for (size_t i = 0; i < n; i++) {
		float xy[2];

		place(xy, order[i]);
		sprintf(s + strlen(s), i ? "," : "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		sprintf(s + strlen(s), form, (xy[0] + dx) * scale,
		    xy[1] * scale);
#pragma GCC diagnostic pop
	}
	return s;
}

/* The figure's number of points wrong by more than tol. */
static int
off(const struct pose_person *w, float dx, float tol)
{
	int bad = 0;

	for (int k = 0; k < 18; k++)
		bad += !(fabsf(w->point[k][0] - figure[k][0] - dx) <= tol &&
		    fabsf(w->point[k][1] - figure[k][1]) <= tol);
	return bad;
}

static const signed char o17[] = { C17 }, o17n[] = { C17, 1 },
	o18[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 },
	o25[] = { 0, 1, 2, 3, 4, 5, 6, 7, MID, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	    17, TOE, TOE, TOE, TOE, TOE, TOE },
	o25b[] = { C17, 1, TOP, TOE, TOE, TOE, TOE, TOE, TOE },
	o26[] = { C17, TOP, 1, MID, TOE, TOE, TOE, TOE, TOE, TOE },
	o33[] = { 0, 15, 15, 15, 14, 14, 14, 17, 16, 0, 0, 5, 2, 6, 3, 7, 4, 7, 4,
	    7, 4, 7, 4, 11, 8, 12, 9, 13, 10, 13, 10, TOE, TOE },
	/* Human3.6M has no eyes and ears. */
	o36[] = { MID, 8, 9, 10, 11, 12, 13, MID, 1, 0, TOP, 5, 6, 7, 2, 3, 4 };

#define ORDER(o) o, sizeof o

static bool
remarks(const struct pose *p, const char *what)
{
	for (size_t i = 0; i < p->n_remark; i++)
		if (strstr(p->remark[i].text, what))
			return true;
	return false;
}

static void
test_orders(void)
{
	const struct {
		const signed char *order;
		size_t n;
		enum pose_format f;
		const char *says;
	} t[] = {
		{ ORDER(o17), POSE_COCO_17, NULL },
		{ ORDER(o18), POSE_COCO_18, NULL },
		{ ORDER(o25), POSE_BODY_25, NULL },
		{ ORDER(o26), POSE_HALPE_26, NULL },
		{ ORDER(o33), POSE_MEDIAPIPE_33, NULL },
		{ ORDER(o25b), POSE_BODY_25B, "taken for BODY_25B" },
		{ ORDER(o17n), POSE_COCO_17_NECK, "taken for COCO-17 and" },
		{ ORDER(o36), POSE_HUMAN36M, "taken for Human3.6M" },
	};
	struct pose p;

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const char *flat = in_order(t[i].order, t[i].n, "%g,%g,1", 0, 1);
		enum status s = json(&p, arena_printf(arena, "{\"people\":[{"
		    "\"pose_keypoints_2d\":[%s]}]}", flat));
		int none = t[i].order == o36 ? 4 : 0;

		ok(s == OK && p.format == t[i].f && p.n == 1 &&
		    off(p.person, 0, 1e-3f) == none && !pose_doubt(p.person) &&
		    (t[i].says ? remarks(&p, t[i].says) : p.n_remark == 0),
		    "%s in its order # %d off, %s", pose_format_name(t[i].f),
		    off(p.person, 0, 1e-3f), s == OK ? "" : status_detail());
	}
	enum status s = json(&p, arena_printf(arena, "{\"version\":1.3,"
	    "\"people\":[{\"person_id\":[-1],\"pose_keypoints_2d\":[%s]},"
	    "{\"pose_keypoints_2d\":[%s]}]}",
	    in_order(ORDER(o25), "%g,%g,0.5", 0, 1),
	    in_order(ORDER(o25), "%g,%g,0.5", 500, 1)));
	ok(s == OK && p.format == POSE_BODY_25 && p.n == 2 &&
	    !off(p.person, 0, 0) && !off(p.person + 1, 500, 0) &&
	    p.grid_w == 0 && p.person->point[9][2] == 0.5f,
	    "BODY_25, two people");
	ok(s == OK && p.person[0].found == 18 && p.person[0].box[3] == 240,
	    "the box takes in the feet (points 19..24)");
}

/* One person in all the forms that programs write. */
static void
test_forms(void)
{
	char *flat = in_order(ORDER(o17), "%g,%g,1", 0, 1);
	char *rows = in_order(ORDER(o17), "[%g,%g]", 0, 1);
	char *thrice = in_order(ORDER(o17), "[%g,%g,1]", 0, 1);
	char *mp = in_order(ORDER(o33),
	    "{\"x\":%.6f,\"y\":%.6f,\"z\":-0.1,\"visibility\":0.9}", 0,
	    1 / 300.);
	char *x = arena_calloc(arena, 1, 400), *y = arena_calloc(arena, 1, 400);
	const char *ones = "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1";

	for (int i = 0; i < 17; i++) {
		sprintf(x + strlen(x), "%s%g", i ? "," : "", figure[o17[i]][0]);
		sprintf(y + strlen(y), "%s%g", i ? "," : "", figure[o17[i]][1]);
	}
	const struct { const char *what, *text; } t[] = {
		{ "AlphaPose", arena_printf(arena, "[{\"image_id\":\"1.jpg\","
		    "\"keypoints\":[%s]}]", flat) },
		{ "COCO results, number of its own", arena_printf(arena,
		    "[{\"image_id\":42,\"category_id\":1,\"keypoints\":[%s],"
		    "\"score\":2.5}]", flat) },
		{ "COCO annotations", arena_printf(arena, "{\"images\":[{\"id\":7,"
		    "\"file_name\":\"x/1.jpg\",\"width\":300,\"height\":300},"
		    "{\"id\":8,\"file_name\":\"2.jpg\"}],\"annotations\":["
		    "{\"image_id\":8,\"keypoints\":[1,1,1]},{\"image_id\":7,"
		    "\"bbox\":[1,2,3,4],\"keypoints\":[%s]}]}", flat) },
		{ "MMPose", arena_printf(arena, "[{\"keypoints\":[%s],"
		    "\"keypoint_scores\":[%s],\"bbox\":[[1,2,3,4]]}]", rows,
		    ones) },
		{ "MMPose with its frame", arena_printf(arena, "{\"meta_info\":{"
		    "\"dataset_name\":\"coco\"},\"instance_info\":[{"
		    "\"frame_id\":3,\"instances\":[{\"keypoints\":[%s],"
		    "\"keypoint_scores\":[%s]}]}]}", rows, ones) },
		{ "MMPose's inferencer", arena_printf(arena, "{\"predictions\":"
		    "[[{\"keypoints\":[%s]}]]}", thrice) },
		{ "YOLO", arena_printf(arena, "[{\"name\":\"person\",\"box\":{"
		    "\"x1\":1},\"keypoints\":{\"x\":[%s],\"y\":[%s],"
		    "\"visible\":[%s]}}]", x, y, ones) },
		{ "MediaPipe", arena_printf(arena, "{\"pose_landmarks\":[[%s]]}",
		    mp) },
		{ "MediaPipe, bare", arena_printf(arena, "[%s]", mp) },
		{ "AlphaPose by names", arena_printf(arena, "{\"2.jpg\":{"
		    "\"people\":[]},\"1.jpg\":{\"people\":[{"
		    "\"pose_keypoints_2d\":[%s]}]}}", flat) },
		{ "ComfyUI", arena_printf(arena, "[{\"people\":[{"
		    "\"pose_keypoints_2d\":[%s],\"face_keypoints_2d\":null}],"
		    "\"canvas_height\":150,\"canvas_width\":150}]",
		    in_order(ORDER(o18), "%g,%g,1", 0, 0.5)) },
		{ "ControlNet's fractions", arena_printf(arena, "{\"people\":[{"
		    "\"pose_keypoints_2d\":[%s]}],\"canvas_height\":512,"
		    "\"canvas_width\":512}",
		    in_order(ORDER(o18), "%g,%g,1", 0, 1 / 300.)) },
		{ "openpose-editor", arena_printf(arena, "{\"width\":600,"
		    "\"height\":600,\"keypoints\":[[%s]]}",
		    in_order(ORDER(o18), "[%g,%g]", 0, 2)) },
		{ "behind a byte order mark", arena_printf(arena, "\xef\xbb\xbf"
		    "[{\"image_id\":\"1\",\"keypoints\":[%s]}]", flat) },
		{ "among people of whom the face is known", arena_printf(arena,
		    "{\"people\":[{\"pose_keypoints_2d\":[%s]},{"
		    "\"pose_keypoints_2d\":[],\"face_keypoints_2d\":[1,2,1]}]}",
		    flat) },
	};
	struct pose p;

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		enum status s = pose_parse_json(&p, arena, t[i].text,
		    strlen(t[i].text), "1.jpg");

		if (s == OK)
			s = pose_to_photo(&p, arena, 0, 0, 300, 300);
		ok(s == OK && !off(p.person, 0, 1.01f), "%s # %s", t[i].what,
		    s == OK ? "" : status_detail());
	}
}

/* OpenPose's form round a person's points. */
static char *
openpose(const char *list)
{
	return arena_printf(arena, "{\"people\":[{\"pose_keypoints_2d\":[%s]}]}",
	    list);
}

/* The figure in COCO-17's order with this confidence. */
static enum status
confident(struct pose *p, const char *form)
{
	return json(p, arena_printf(arena, "[{\"keypoints\":[%s]}]",
	    in_order(ORDER(o17), form, 0, 1)));
}

/* What is wrong in a file and can be mended, and what is said then. */
static void
test_mended(void)
{
	struct pose p;
	char *list = in_order(ORDER(o18), "%g,%g,1", 0, 1);

	memcpy(strstr(list, "80,70,1"), "  0,0,1", 7);
	enum status s = json(&p, openpose(list));

	ok(s == OK && isnan(p.person->point[2][0]) && p.person->found == 17 &&
	    remarks(&p, "1 points at (0, 0)"),
	    "(0, 0) is missing whatever its score");
	s = confident(&p, "%g,%g,2");
	ok(s == OK && p.person->point[3][2] == 1 &&
	    remarks(&p, "COCO's annotations"), "flags are no confidence");
	s = confident(&p, "%g,%g,1.7");
	ok(s == OK && p.person->point[3][2] == 1 && remarks(&p, "up to 1.7"),
	    "confidences above 1 are cut, and said");
	s = confident(&p, "%g,%g,87");
	ok(s == E_VALUE && strstr(status_detail(), "confidence of 87"),
	    "%s", status_detail());
	list = in_order(ORDER(o18), "%g,%g,1", 0, 1);
	memcpy(strstr(list, "100,70"), "100,41", 6);
	s = json(&p, openpose(list));
	bool doubt = s == OK && pose_doubt(p.person);

	ok(doubt && pose_mend_necks(&p) == 1 && !off(p.person, 0, 0) &&
	    !pose_doubt(p.person), "a neck on the nose goes to its place");
}

static void
test_doubt(void)
{
	/* Arms for legs; by pairs; the head first; nose for neck. */
	static const signed char swapped[][18] = {
		{ 0, 1, 8, 9, 10, 11, 12, 13, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17 },
		{ 0, 1, 2, 5, 3, 6, 4, 7, 8, 11, 9, 12, 10, 13, 14, 15, 16, 17 },
		{ 0, 14, 15, 16, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 },
		{ 1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 },
	};
	static const char missing[] = "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
	    "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0";
	struct pose p;
	char *list;

	for (size_t i = 0; i < sizeof swapped / sizeof *swapped; i++) {
		enum status s = json(&p, openpose(in_order(swapped[i], 18,
		    "%g,%g,1", 0, 1)));
		const char *why = s == OK ? pose_doubt(p.person) : NULL;

		ok(why && p.format == POSE_COCO_18, "table %zu: %s", i,
		    why ? why : status_detail());
	}
	/* Left first; and counted from below, the figure's feet up. */
	static const signed char left[] = { 0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8,
	    9, 10, 15, 14, 17, 16 };
	enum status s = json(&p, openpose(in_order(left, 18, "%g,%g,1", 0, 1)));
	const char *why = s == OK ? pose_doubt(p.person) : NULL;

	ok(why && strstr(why, "right eye"), "sides exchanged: %s",
	    why ? why : "");
	s = json(&p, openpose(in_order(o18, 18, "%g,%g,1", -600, -1)));
	why = s == OK ? pose_doubt(p.person) : NULL;
	ok(why && strstr(why, "upside down"), "turned: %s", why ? why : "");
	list = in_order(ORDER(o25), "%g,%g,1", 0, 1);
	memcpy(strstr(list, "100,130"), "100,180", 7);
	why = json(&p, openpose(list)) == OK ? pose_doubt(p.person) : NULL;
	ok(why && strstr(why, "middle of the hips"),
	    "BODY_25's middle of the hips # %s", why ? why : "");
	s = json(&p, openpose(arena_printf(arena, "100,40,1,%s,"
	    "50,35,1,150,35,1,30,40,1,170,40,1", missing)));

	ok(s == OK && p.person->found == 5 && !pose_doubt(p.person),
	    "a head alone is not judged # %s", status_detail());
}

/* The figure from the front or from behind, changed; what is doubtful. */
static const char *
doubt(bool behind, bool limbs, bool face, bool turned)
{
	float point[18][3];
	struct pose_person who;

	for (int k = 0; k < 18; k++) {
		/* 2..4 and 5..7, 8..10 and 11..13, 14 and 15, 16 and 17. */
		int other = k < 2 ? k : k < 14 ? ((k - 2) / 3 ^ 1) * 3 + 2 +
			(k - 2) % 3 : k ^ 1;
		const float *f = figure[(k >= 14 ? face : limbs) ? other : k];

		point[k][0] = behind ? 200 - f[0] : f[0];
		point[k][1] = f[1];
		point[k][2] = 1;
		if (turned) {
			point[k][0] = f[1];
			point[k][1] = f[0];
		}
		if (behind && (k == 0 || k == 14 || k == 15))
			point[k][0] = point[k][1] = NAN;
	}
	return pose_person_of(&who, (const float (*)[3])point, NULL) == OK ?
	    pose_doubt(&who) : "no person";
}

static void
test_sides(void)
{
	const char *why;

	ok(!doubt(false, false, false, false), "from the front");
	ok(!doubt(true, false, false, false), "from behind");
	why = doubt(false, true, false, false);
	ok(why && strstr(why, "limbs exchanged"), "limbs of a face: %s",
	    why ? why : "");
	why = doubt(true, true, false, false);
	ok(why && strstr(why, "limbs exchanged"), "limbs from behind: %s",
	    why ? why : "");
	why = doubt(true, true, true, false);
	ok(why && strstr(why, "limbs exchanged"), "all from behind: %s",
	    why ? why : "");
	why = doubt(false, false, false, true);
	ok(why && strstr(why, "x and y exchanged"), "x and y: %s",
	    why ? why : "");
}

/* Which picture of several. */
static void
test_pictures(void)
{
	const char *one = in_order(ORDER(o17), "%g,%g,1", 0, 1);
	const char *two = in_order(ORDER(o17), "%g,%g,1", 500, 1);
	const struct { char *text; const char *image, *says; } bad[] = {
		{ arena_printf(arena, "[{\"image_id\":1,\"keypoints\":[%s]},"
		    "{\"image_id\":2,\"keypoints\":[%s]}]", one, two), "a.jpg",
		  "2 pictures by numbers" },
		{ arena_printf(arena, "[{\"people\":[{\"pose_keypoints_2d\":[%s]}]},"
		    "{\"people\":[{\"pose_keypoints_2d\":[%s]}]}]", one, two),
		  "2.jpg", "2 pictures by numbers (\"1\", \"2\")" },
		{ arena_printf(arena, "{\"instance_info\":[{\"frame_id\":1,"
		    "\"instances\":[{\"keypoints\":[%s]}]},{\"frame_id\":2,"
		    "\"instances\":[{\"keypoints\":[%s]}]}]}", one, two),
		  "2.jpg", "2 pictures by numbers" },
		{ arena_printf(arena, "[{\"image_id\":\"b.jpg\",\"keypoints\":[%s]},"
		    "{\"image_id\":\"c.jpg\",\"keypoints\":[%s]}]", one, two),
		  "a.jpg", "there is \"b.jpg\", \"c.jpg\"" },
	};
	const char *const good[] = { "a.jpg", "000000000007.jpg",
	    "COCO_val2014_000000000007.jpg", "7.png" };
	struct pose p;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		enum status s = pose_parse_json(&p, arena, bad[i].text,
		    strlen(bad[i].text), bad[i].image);

		ok(s == E_VALUE && strstr(status_detail(), bad[i].says) &&
		    p.nobody == (i == 3), "%s", status_detail());
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		char *text = arena_printf(arena, "[{\"image_id\":%s,"
		    "\"keypoints\":[%s]},{\"image_id\":%s,\"keypoints\":[%s]}]",
		    i ? "5" : "\"b.png\"", one, i ? "7" : "\"a.png\"", two);
		enum status s = pose_parse_json(&p, arena, text, strlen(text),
		    good[i]);

		ok(s == OK && p.n == 1 && !off(p.person, 500, 0.01f),
		    "the picture of %s # %s", good[i], s == OK ? "" :
		    status_detail());
	}
}

static void
test_openpose(void)
{
	struct pose p;
	enum status s;
	int bad = 0;

	s = json(&p, arena_printf(arena,
	    "{\"people\":[{\"pose_keypoints\":[%s]}]}", points(18, 0)));
	for (int k = 0; s == OK && k < 18; k++)
		bad += !is_from(&p.person[0], k, k, 0);
	ok(s == OK && p.format == POSE_COCO_18 && !bad, "COCO-18, old key");

	char *list = points(18, 0);
	char *hole = strstr(list, "20,25.25,0.52");

	memcpy(hole, "0,0.00,0.0000", 13);
	s = json(&p, arena_printf(arena,
	    "{\"people\":[{\"pose_keypoints_2d\":[%s]}]}", list));
	ok(s == OK && isnan(p.person[0].point[2][0]) &&
	    isnan(p.person[0].point[2][1]) && isnan(p.person[0].point[2][2]) &&
	    p.person[0].found == 17, "confidence 0 is missing: NaN");
}

static void
test_largest(void)
{
	struct pose p;
	char *none = arena_calloc(arena, 1, 200), *many = points(18, 0);

	for (int i = 0; i < 54; i++)
		strcat(none, i ? ",0" : "0");
	ok(json(&p, arena_printf(arena, "{\"people\":["
	    "{\"pose_keypoints_2d\":[%s]},{\"pose_keypoints_2d\":[%s]},"
	    "{\"pose_keypoints_2d\":[%s,9000,9000,1]}]}", none, many,
	    points(17, 0))) == OK && p.n == 3 && pose_largest(&p) == 2,
	    "the largest of three, one of whom has no point");
}

static void
test_others(void)
{
	struct pose p;
	char *rows = arena_calloc(arena, 1, 2000);

	for (int k = 0; k < 17; k++)
		sprintf(rows + strlen(rows), "[%d.0,%d.0,0.9,%d.0],", 9 * k + 1,
		    5 * k, k);
	enum status s = json(&p, arena_printf(arena,
	    "{\"keypoints\":[%s[-1.0,-1.0,0.0,-1.0]]}", rows));

	ok(s == OK && p.format == POSE_DRESSCODE && p.n == 1 &&
	    p.grid_w == 384 && p.grid_h == 512 && isnan(p.person->point[17][0]) &&
	    p.person->point[0][1] == 0 && p.person->point[16][0] == 145,
	    "DressCode: 18 points on 384x512, -1 missing, a point on row 0 kept");

	/* COCO-17: left before right, no neck */
	char *all = arena_printf(arena, "[{\"image_id\":\"a/1.jpg\","
	    "\"keypoints\":[%s]},{\"image_id\":\"2.jpg\",\"keypoints\":[%s]}]",
	    points(17, 0), points(17, 500));

	s = pose_parse_json(&p, arena, all, strlen(all), "2.jpg");
	ok(s == OK && p.format == POSE_COCO_17 && p.n == 1 &&
	    is_from(p.person, 0, 0, 500) &&	/* nose */
	    is_from(p.person, 2, 6, 500) &&	/* right shoulder */
	    is_from(p.person, 5, 5, 500) &&	/* left shoulder */
	    is_from(p.person, 4, 10, 500) &&	/* right wrist */
	    is_from(p.person, 8, 12, 500) &&	/* right hip */
	    is_from(p.person, 13, 15, 500) &&	/* left ankle */
	    is_from(p.person, 14, 2, 500) &&	/* right eye */
	    is_from(p.person, 17, 3, 500) &&	/* left ear */
	    p.person->point[1][0] == 555 && p.person->point[1][1] == 60.25f,
	    "COCO-17: the entry of this picture; the neck between the shoulders");
	ok(pose_parse_json(&p, arena, all, strlen(all), NULL) == OK && p.n == 2,
	    "COCO-17: everybody");
	ok(pose_parse_json(&p, arena, all, strlen(all), "3.jpg") == E_VALUE,
	    "COCO-17: %s", status_detail());
}

static void
test_refused(void)
{
	const struct { const char *text, *says; } bad[] = {
		{ "{\"people\":[]}", "nobody" },
		{ "{\"people\":[{}]}", "person 1: no list pose_keypoints_2d" },
		{ "{\"people\":[{\"pose_keypoints_2d\":[1,2,3]}]}", "1 points" },
		{ "{\"people\":[{\"pose_keypoints_2d\":[NaN,2,3]}]}",
		  "a missing point is 0, 0, 0" },
		{ arena_printf(arena, "{\"people\":[{\"pose_keypoints_2d\":[%s,"
		  "\"x\",1,1]}]}", points(17, 0)), "value 52 is not a number" },
		{ arena_printf(arena, "{\"people\":[{\"pose_keypoints_2d\":[%s,"
		  "1e9,1,1]}]}", points(17, 0)), "point 17: a point at (1e+09" },
		{ arena_printf(arena, "{\"people\":[{\"pose_keypoints_2d\":[%s,"
		  "1,1,-1]}]}", points(17, 0)), "confidence of -1" },
		{ arena_printf(arena, "{\"people\":[{\"pose_keypoints_2d\":[%s]},"
		  "{\"pose_keypoints_2d\":[%s]}]}", points(25, 0), points(18, 0)),
		  "person 2: COCO-18 after BODY_25" },
		{ "{\"keypoints\":[1,2]}", "person 1: 2 values" },
		{ "[]", "nobody" }, { "[1]", "person 1: 1 values" },
		{ "{}", "want OpenPose" },
		{ "{\"shapes\":[],\"flags\":{}}", "found \"shapes\", \"flags\"" },
		{ "[{\"a\":1}]", "found \"a\"" },
		{ arena_printf(arena, "[{\"keypoints\":[%s]}]", points(21, 0)),
		  "person 1: 21 points, want 17 (COCO), 18" },
		{ "3", "not JSON" }, { "", "not JSON" },
		{ "{\"people\":[", "line 1 column" },
	};
	struct pose p;
	char *world = arena_calloc(arena, 1, 1000);

	for (int k = 0; k < 33; k++)
		sprintf(world + strlen(world), "%s[%g,%g,0,1]", k ? "," : "[",
		    k == 23 ? 0.1 : k == 24 ? -0.1 : 0.02 * k - 0.3,
		    k == 23 || k == 24 ? 0 : 0.02 * k - 0.5);
	ok(json(&p, strcat(world, "]")) == E_VALUE && strstr(status_detail(),
	    "pose_landmarks, not"), "%s", status_detail());
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(json(&p, bad[i].text) != OK &&
		    strstr(status_detail(), bad[i].says), "%s", status_detail());

	char *unit = arena_calloc(arena, 1, 600);

	for (int k = 0; k < 18; k++)
		strcat(unit, k ? ",0.5,0.25,1" : "0.1,0.9,1");
	ok(json(&p, arena_printf(arena, "{\"people\":[{\"pose_keypoints_2d\":"
	    "[%s]}]}", unit)) == E_VALUE && strstr(status_detail(),
	    "keypoint_scale"), "%s", status_detail());
}

#define HEADER "name:keypoints_y:keypoints_x\n"
#define LIST "[5, -1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]"

static void
test_table(void)
{
	static const char csv[] = HEADER
	    "fasionWOMENDressesid0000553705_4full.jpg: " LIST ": " LIST "\r\n"
	    "\n"
	    "fasionMENSweatshirtsHoodiesid0000680701_4full.jpg: " LIST ": [0, 1,"
	    " -1, 30, 40, 50, 60, 70, 80, 90, 10, 11, 12, 13, 14, 15, 16, 17]\n"
	    "fasionMENSweatshirtsHoodiesid0000999901_4full.jpg: " LIST ": [1]\n"
	    "fasionWOMENSweatshirtsHoodiesid0000680702_4full.jpg: " LIST "\n"
	    "twiceid00000000001.jpg: " LIST ": " LIST "\n"
	    "twice_id0000_0000001.png: " LIST ": " LIST "\n"
	    "fasionMENid0000680777.jpg: " LIST ": " LIST "\n"
	    "fasionWOMENid0000680777.jpg: " LIST ": " LIST;
	struct pose_table *t;
	const char *row;
	struct pose p;

	if (!ok(pose_table_open(&t, arena, csv, sizeof csv - 1) == OK, "opens"))
		return;
	ok(pose_table_find(&p, &row, t, arena,
	    "fasionWOMENDressesid0000553705_4full.jpg") == OK && p.n == 1 &&
	    p.format == POSE_CSV && p.person->point[0][0] == 5 &&
	    isnan(p.person->point[1][0]) && p.person->point[17][1] == 17 &&
	    p.person->point[17][2] == 1 && p.person->found == 17,
	    "a row by its name");
	ok(pose_table_find(&p, &row, t, arena,
	    "fashionWOMENDresses-id_00005537_05_4_full.png") == OK,
	    "by nearly its name");
	ok(pose_table_find(&p, &row, t, arena,
	    "Sweatshirts_Hoodies-id_0000680701_4_full.jpg") == OK &&
	    !strcmp(row, "fasionMENSweatshirtsHoodiesid0000680701_4full.jpg") &&
	    p.person->point[3][0] == 30 && p.person->point[3][1] == 3 &&
	    isnan(p.person->point[2][2]), "by the end of its name");
	ok(pose_table_find(&p, &row, t, arena, "full.jpg") == END,
	    "a short end is no match");
	ok(pose_table_find(&p, &row, t, arena, "nobody_0000680701.jpg") == END,
	    "no such row");
	ok(pose_table_find(&p, &row, t, arena, "") == END, "no name");
	ok(pose_table_find(&p, &row, t, arena, "MEN_id0000680777.jpg") == OK &&
	    !strcmp(row, "fasionMENid0000680777.jpg"),
	    "the whole name goes before the end of another's");

	static const struct { const char *name, *says; } bad[] = {
		{ "SweatshirtsHoodiesid0000999901_4full", "line 5: keypoints_x: "
		  "want a list of 18" },
		{ "SweatshirtsHoodiesid0000680702_4full", "line 6: one \":\"" },
		{ "twice_id0000_0000001.jpg", "lines 7 and 8 both fit" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(pose_table_find(&p, &row, t, arena, bad[i].name) != OK &&
		    strstr(status_detail(), bad[i].says), "%s", status_detail());
	ok(pose_table_open(&t, arena, "name,x,y\n", 9) == E_FORMAT, "%s",
	    status_detail());
	ok(pose_table_open(&t, arena, HEADER "abc\n", 33) == E_FORMAT, "%s",
	    status_detail());
	ok(pose_table_open(&t, arena, "", 0) == E_FORMAT, "empty file");
	ok(pose_table_open(&t, arena, "\xef\xbb\xbf" HEADER, 3 + strlen(HEADER))
	    == OK, "a byte order mark # %s", status_detail());
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 30) != OK)
		return 2;
	test_orders();
	test_forms();
	test_mended();
	test_doubt();
	test_sides();
	test_pictures();
	test_openpose();
	test_largest();
	test_others();
	test_refused();
	test_table();
	arena_free(arena);
	return done();
}
