/* One person out of a photo with labels of several, as arrays and as fields. */
#include "photo/photofields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"

#define H 60
#define W 100

static struct arena *arena;
static char said[512];		/* warnings, one after the other */

PRINTF_LIKE(2, 3)
static void
tell(bool warn, const char *fmt, ...)
{
	size_t n = strlen(said);
	va_list ap;

	va_start(ap, fmt);
	if (warn)
		vsnprintf(said + n, sizeof said - n, fmt, ap);
	va_end(ap);
}

static uint8_t *
plane(struct tensor *t, size_t channels)
{
	if (tensor_alloc(t, arena, DT_U1, channels == 3 ? 3 : 2,
	    (const size_t[]){ H, W, 3 }) != OK)
		exit(2);
	memset(t->data, 0, tensor_bytes(t));
	return t->data;
}

/*
 * Two people: one at x 10..29, and a larger one at 60..89, both from y 10 to
 * 49, with key points down their middles; the matte shows the second.
 */
static struct labelled
two_people(void)
{
	static struct pose_person who[2];
	struct labelled l = { .pose_field = "pose", .photo_file = "a.jpg",
	    .pose_file = "a.json", .orientation = 6 };
	float point[18][3];
	uint8_t *photo = plane(&l.photo, 3), *iuv = plane(&l.iuv, 3);
	uint8_t *matte = plane(&l.matte, 1);

	for (size_t y = 10; y < 50; y++)
		for (size_t x = 10; x < 90; x++) {
			size_t i = y * W + x;

			photo[3 * i] = (uint8_t)x;
			if (x >= 30 && x < 60)
				continue;
			/* A head where the last points are: eyes, ears. */
			iuv[3 * i] = y > 38 ? 23 : x < 30 ? 1 : 2;
			matte[i] = x < 30 ? 0 : 255;
		}
	for (int i = 0; i < 2; i++) {
		const float box[4] = { i ? 65 : 15, 10, i ? 85 : 25, 49 };

		for (int k = 0; k < 18; k++) {
			point[k][0] = i ? 75 : 20;
			point[k][1] = 12 + 2 * (float)k;
			point[k][2] = 0.5f;
		}
		point[4][0] = point[4][1] = NAN;
		point[4][2] = 0;
		if (pose_person_of(&who[i], (const float (*)[3])point, box) != OK)
			exit(2);
	}
	l.pose = (struct pose){ .n = 2, .person = who };
	return l;
}

static const struct portrait_options how = { .size = 32, .margin = 0,
	.tell = tell };

static bool
same(const struct tensor *a, const struct tensor *b)
{
	return a->data && b->data && tensor_is(a, b->dtype, b->rank, b->dim) &&
	    !memcmp(a->data, b->data, tensor_bytes(a));
}

static void
test_choice(void)
{
	struct portrait_options o = how;
	struct labelled l = two_people();
	struct portrait p;

	*said = 0;
	enum status st = portrait_cut(&p, arena, &l, &o, "source");

	ok(st == OK && !*said && p.frame.x0 == 55 && p.frame.y0 == 10 && p.frame.w == 40,
	    "the larger person: %ldx%ld at (%ld, %ld)", p.frame.w, p.frame.h,
	    p.frame.x0, p.frame.y0);
	const uint8_t *iuv = p.iuv.data, *m = p.matte.data;

	ok(iuv[3 * (16 * 32 + 16)] == 2 && m[16 * 32 + 16] == 255 &&
	    m[16 * 32] == 0 && isnan(((float *)p.pose.data)[12]) &&
	    ((float *)p.pose.data)[14] == 0, "IUV, matte and points of theirs");
	o.person = 1;
	l = two_people();
	st = portrait_cut(&p, arena, &l, &o, "source");
	ok(st == OK && p.frame.x0 == 0 && strstr(said, "only 0 of 17 key points lie on the "
	    "person of the matte"), "the first one: %s", said);
	o.person = 3;
	l = two_people();
	st = portrait_cut(&p, arena, &l, &o, "source");
	ok(st == E_VALUE && !strcmp(status_detail(), "field source.pose: a.json: "
	    "no person 3: there are 2"), "%s", status_detail());
}

/* Through a sample and back: the same person, the same pixels. */
static void
test_fields(enum role r)
{
	struct sample s;
	struct labelled l = two_people(), back;
	struct portrait want, got;
	const char *role = role_word(r);
	size_t bad = 0;

	if (sample_init(&s, arena, "a") != OK)
		exit(2);
	ok(labelled_put(&s, r, &l) == OK && s.n == 5 &&
	    labelled_take(&back, &s, r) == OK, "%s: put and taken", role);
	for (size_t i = 0; i < 2; i++)
		bad += memcmp(back.pose.person[i].box, l.pose.person[i].box,
		    sizeof l.pose.person[i].box) != 0 ||
		    back.pose.person[i].found != 17;
	ok(same(&back.photo, &l.photo) && same(&back.iuv, &l.iuv) &&
	    same(&back.matte, &l.matte) && !back.inds.data && bad == 0 &&
	    back.orientation == 6 && !strcmp(back.photo_file, "a.jpg"),
	    "%s: all is back", role);
	struct labelled again = two_people();

	ok(portrait_cut(&got, arena, &back, &how, role) == OK &&
	    portrait_cut(&want, arena, &again, &how, role) == OK &&
	    same(&got.image, &want.image) && same(&got.iuv, &want.iuv) &&
	    same(&got.pose, &want.pose) && same(&got.matte, &want.matte),
	    "%s: cut out alike", role);
	ok(portrait_put(&s, r, &back, &got, 32) == OK && s.n == 4 &&
	    role_has(&s, r, "image") && role_has(&s, r, "matte") &&
	    json_integer_value(json_object_get(json_object_get(json_object_get(
	    s.manifest, "crop"), role), "w")) == 40, "%s: and put in its place",
	    role);
	sample_clear(&s);
}

/* What other programs may leave in a sample. */
static void
test_others(void)
{
	struct sample s;
	struct labelled l = two_people(), back;
	struct tensor one;

	if (sample_init(&s, arena, "a") != OK ||
	    labelled_put(&s, ROLE_SOURCE, &l) != OK)
		exit(2);
	sample_drop(&s, "source.boxes");
	ok(labelled_take(&back, &s, ROLE_SOURCE) == OK &&
	    back.pose.person[1].box[0] == 75 && back.pose.person[1].box[3] == 46,
	    "no boxes: round the points");
	if (sample_make(&one, &s, "source.pose", DT_F4, TENSOR_DIMS(18, 3)) != OK)
		exit(2);
	memcpy(one.data, l.pose.person[0].point, tensor_bytes(&one));
	((float *)one.data)[14] = 0;
	ok(labelled_take(&back, &s, ROLE_SOURCE) == OK && back.pose.n == 1 &&
	    back.pose.person->point[0][0] == 20, "one that was chosen comes first");
	if (sample_make(&one, &s, "source.surf", DT_F4, TENSOR_DIMS(H, W, 2)) != OK)
		exit(2);
	enum status st = labelled_take(&back, &s, ROLE_SOURCE);

	ok(st == E_VALUE && strstr(status_detail(), "field source.surf: was made "
	    "from the whole photo"), "%s", status_detail());
	sample_clear(&s);
}

/*
 * Key points at `scale`, of somebody before a ground of this colour who may
 * wear it; what is said of them.
 */
static const char *
on_ground(float scale, uint8_t clothes, bool plain)
{
	struct labelled l = { .pose_field = "pose", .photo_file = "a.jpg" };
	uint8_t *photo = plane(&l.photo, 3);
	static struct pose_person who;
	float point[18][3];
	struct portrait p;

	for (size_t i = 0; i < H * W; i++)
		memset(photo + 3 * i, plain ? 200 : (int)(i * 37 % 256), 3);
	for (size_t y = 10; y < 58; y++)
		for (size_t x = 60; x < 90; x++)
			memset(photo + 3 * (y * W + x), y < 13 || y > 54 || x < 63 ||
			    x > 86 ? 30 : clothes, 3);
	for (int k = 0; k < 18; k++) {
		point[k][0] = scale * (float)(65 + 5 * (k % 5));
		point[k][1] = scale * (float)(14 + 2 * k);
		point[k][2] = 0.5f;
	}
	if (pose_person_of(&who, (const float (*)[3])point, NULL) != OK)
		exit(2);
	l.pose = (struct pose){ .n = 1, .person = &who };
	*said = 0;
	if (portrait_cut(&p, arena, &l, &how, "source") != OK)
		return status_detail();
	return said;
}

static void
test_ground(void)
{
	const char *why;

	ok(!*on_ground(1, 90, true), "on the person: %s", said);
	ok(!*on_ground(1, 200, true), "who wears the colour of the ground");
	why = on_ground(0.5f, 90, true);
	ok(strstr(why, "only 0 of 18 key points lie on the person before the plain "
	    "ground"), "of half the size: %s", why);
	ok(!*on_ground(0.5f, 90, false), "nobody knows before a garden");
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 28) != OK)
		return 2;
	test_choice();
	test_fields(ROLE_SOURCE);
	test_fields(ROLE_TARGET);
	test_others();
	test_ground();
	arena_free(arena);
	return done();
}
