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

static void
test_openpose(void)
{
	struct pose p;

	/* BODY_25 to COCO-18: 0..7 the same, 8 (mid hip) dropped, 9..14, 15..18 */
	static const int from_25[18] = { 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12,
	    13, 14, 15, 16, 17, 18 };
	enum status s = json(&p, arena_printf(arena, "{\"version\":1.3,"
	    "\"people\":[{\"person_id\":[-1],\"pose_keypoints_2d\":[%s]},"
	    "{\"pose_keypoints_2d\":[%s]}]}", points(25, 0), points(25, 500)));
	int bad = 0;

	for (int k = 0; s == OK && k < 18; k++)
		bad += !is_from(&p.person[0], k, from_25[k], 0) +
		    !is_from(&p.person[1], k, from_25[k], 500);
	ok(s == OK && p.format == POSE_BODY_25 && p.n == 2 && !bad &&
	    p.grid_w == 0, "BODY_25, two people");
	ok(s == OK && p.person[0].found == 18 && p.person[0].box[3] == 245.25f,
	    "the box takes in the feet (points 19..24)");

	s = json(&p, arena_printf(arena,
	    "{\"people\":[{\"pose_keypoints\":[%s]}]}", points(18, 0)));
	bad = 0;
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
	ok(s == OK && p.format == POSE_ALPHAPOSE && p.n == 1 &&
	    is_from(p.person, 0, 0, 500) &&	/* nose */
	    is_from(p.person, 2, 6, 500) &&	/* right shoulder */
	    is_from(p.person, 5, 5, 500) &&	/* left shoulder */
	    is_from(p.person, 4, 10, 500) &&	/* right wrist */
	    is_from(p.person, 8, 12, 500) &&	/* right hip */
	    is_from(p.person, 13, 15, 500) &&	/* left ankle */
	    is_from(p.person, 14, 2, 500) &&	/* right eye */
	    is_from(p.person, 17, 3, 500) &&	/* left ear */
	    p.person->point[1][0] == 555 && p.person->point[1][1] == 60.25f,
	    "AlphaPose: the entry of this picture; the neck between the shoulders");
	ok(pose_parse_json(&p, arena, all, strlen(all), NULL) == OK && p.n == 2,
	    "AlphaPose: everybody");
	ok(pose_parse_json(&p, arena, all, strlen(all), "3.jpg") == E_VALUE,
	    "AlphaPose: %s", status_detail());
}

static void
test_refused(void)
{
	const struct { const char *text, *says; } bad[] = {
		{ "{\"people\":[]}", "nobody" },
		{ "{\"people\":[{}]}", "person 1: no list pose_keypoints_2d" },
		{ "{\"people\":[{\"pose_keypoints_2d\":[1,2,3]}]}", "3 values" },
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
		{ "{\"keypoints\":[1,2]}", "2 points, want 18" },
		{ "[]", "nobody" }, { "[1]", "no list of 51" },
		{ "{}", "want OpenPose" }, { "3", "not JSON" }, { "", "not JSON" },
		{ "{\"people\":[", "line 1 column" },
	};
	struct pose p;

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
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 30) != OK)
		return 2;
	test_openpose();
	test_largest();
	test_others();
	test_refused();
	test_table();
	arena_free(arena);
	return done();
}
