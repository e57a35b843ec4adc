/*
 * Labels stretched to an outline: one that is theirs changes nothing, that of
 * a broader person gives that person's labels, a skirt gets the fronts of
 * both legs without stripes, hair the head; somebody else's is refused. And
 * places of labels on the body.
 */
#include "../tap.h"
#include "fit/stretch.h"

#include <math.h>
#include <string.h>

#include "human/human.h"
#include "body/render.h"
#include "body/skin.h"
#include "body/stance.h"

#define SIDE 300

static struct arena *arena;
static struct body body;
static struct places places;
static uint8_t truth[SIDE * SIDE * 3], iuv[SIDE * SIDE * 3];
static uint8_t matte[SIDE * SIDE];
static float pose[18][3];

static void
draw(void)
{
	struct viewpoint v = VIEWPOINT_DEFAULT;
	struct render r = { .body = &body, .closed = true };
	float turns[BODY_JOINTS][3], g[BODY_JOINTS][3][4];
	float (*vert)[3] = arena_calloc(arena, body.mesh.n_vert, sizeof *vert);
	const struct rendering out = { .iuv = truth, .pose = pose[0] };

	stance_pose(turns, STANCE_STAND);
	skin_transforms(g, &body, (const float (*)[3])turns);
	skin_vertices(vert, &body, (const float (*)[3][4])g);
	r.vert = (const float (*)[3])vert;
	v.w = v.h = SIDE;
	v.yaw = 10;
	v.margin = 0.1;
	ok(camera_place(&r.camera, &v, r.vert, body.mesh.n_vert, 0) == OK &&
	    render_draw(&out, &r, arena) == OK, "somebody stands there");
}

static float
apart(const uint8_t *a, const uint8_t *b)
{
	const float *p = places_find(&places, a), *q = places_find(&places, b);

	return sqrtf((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) *
	    (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]));
}

static bool
stretched(void)
{
	bool done;

	return stretch_labels(iuv, &done, matte, SIDE, SIDE, &places, arena) ==
	    OK && done;
}

/* Mean distance to want where the person is; a metre without a label. */
static double
off(const uint8_t *want)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < SIDE * SIDE; i++) {
		if (!want[3 * i])
			continue;
		sum += iuv[3 * i] ? apart(iuv + 3 * i, want + 3 * i) : 1;
		n++;
	}
	return sum / (double)n;
}

static void
test_places(void)
{
	size_t n = 0;
	double sum = 0;

	/* Corners of faces lie where their labels say. */
	for (size_t f = 0; f < body.mesh.n_face; f += 7) {
		const float *uv = body.part_uv[f][0];
		const float *v = body.mesh.vert[body.mesh.face[f][0]];
		const uint8_t label[3] = { body.part[f],
			(uint8_t)(uv[0] * 255 + 0.5f),
			(uint8_t)(uv[1] * 255 + 0.5f) };
		const float *p = places_find(&places, label);

		sum += hypot(hypot(p[0] - v[0], p[1] - v[1]), p[2] - v[2]);
		n++;
	}
	ok(sum / (double)n < 0.004, "places of labels, to %.1f mm",
	    1000 * sum / (double)n);
}

static void
test_same(void)
{
	memcpy(iuv, truth, sizeof iuv);
	for (size_t i = 0; i < SIDE * SIDE; i++)
		matte[i] = truth[3 * i] ? 255 : 0;
	bool done = stretched();
	double d = off(truth);

	ok(done && d < 0.004, "an outline that is theirs: %.1f mm", 1000 * d);
}

/* The same person 1.2 times as broad. */
static void
test_broad(void)
{
	static uint8_t broad[SIDE * SIDE * 3];
	double before;

	memcpy(iuv, truth, sizeof iuv);
	memset(broad, 0, sizeof broad);
	for (int i = 0; i < SIDE * SIDE; i++) {
		int x = (int)lround((i % SIDE - SIDE / 2) / 1.2) + SIDE / 2;

		memcpy(broad + 3 * i, truth + 3 * (i / SIDE * SIDE + x), 3);
		matte[i] = broad[3 * i] ? 128 : 127;
	}
	before = off(broad);
	bool done = stretched();
	double d = off(broad);

	ok(done && d < 0.025 && d < before / 5,
	    "of a broader person: %.1f cm, %.1f before", 100 * d, 100 * before);
}

static void
test_skirt(void)
{
	int top = (int)pose[P_R_HIP][1], low = (int)pose[P_R_KNEE][1];
	int holes = 0, crossed = 0;
	double most = 0;

	memcpy(iuv, truth, sizeof iuv);
	for (int i = 0; i < SIDE * SIDE; i++)
		matte[i] = truth[3 * i] ? 255 : 0;
	/* Between the legs, and around them. */
	for (int y = top; y < low; y++) {
		int lo = SIDE, hi = 0;

		for (int x = (int)pose[P_R_HIP][0] - 20; x < pose[P_L_HIP][0] +
		    20; x++)
			if (truth[3 * (y * SIDE + x)] >= 7 &&
			    truth[3 * (y * SIDE + x)] <= 14) {
				lo = x < lo ? x : lo;
				hi = x > hi ? x : hi;
			}
		for (int x = lo - 4; x <= hi + 4 && lo < hi; x++)
			matte[y * SIDE + x] = 255;
	}
	bool done = stretched();

	for (int y = (top + low) / 2; y < low; y++)
		for (int x = (int)pose[P_R_KNEE][0]; x < pose[P_L_KNEE][0];
		    x++) {
			const uint8_t *p = iuv + 3 * (y * SIDE + x), *q = p + 3;

			holes += !p[0];
			if (!p[0] || !q[0])
				continue;
			/* Odd parts 7..13 are the right leg's. */
			if (p[0] % 2 != q[0] % 2)
				crossed++;
			else
				most = fmax(most, apart(p, q));
		}
	ok(done && holes == 0 && crossed == low - (top + low) / 2 &&
	    most < 0.06, "a skirt: %d holes, %d changes from leg to leg in %d "
	    "rows, steps of at most %.1f cm", holes, crossed, low - (top +
	    low) / 2, 100 * most);
}

static void
test_hair(void)
{
	int n = 0, head = 0;

	memcpy(iuv, truth, sizeof iuv);
	for (int i = 0; i < SIDE * SIDE; i++) {
		double dx = i % SIDE - pose[P_NOSE][0];
		double dy = i / SIDE - pose[P_NOSE][1];

		matte[i] = truth[3 * i] ? 255 : 0;
		if (hypot(dx, dy) < 22 && dy < 4)
			matte[i] = 255;
	}
	bool done = stretched();

	for (int i = 0; i < SIDE * SIDE; i++)
		if (matte[i] && !truth[3 * i]) {
			n++;
			head += iuv[3 * i] >= 23;
		}
	ok(done && n > 100 && head > n * 95 / 100,
	    "hair: %d of %d pixels are the head's", head, n);
}

static void
test_other(void)
{
	bool done = true;

	memcpy(iuv, truth, sizeof iuv);
	for (int i = 0; i < SIDE * SIDE; i++)
		matte[i] = i % SIDE < 40 ? 255 : 0;
	enum status s = stretch_labels(iuv, &done, matte, SIDE, SIDE, &places,
	    arena);

	ok(s == OK && !done && memcmp(iuv, truth, sizeof iuv) == 0,
	    "somebody else's outline changes nothing");
	memset(matte, 0, sizeof matte);
	s = stretch_labels(iuv, &done, matte, SIDE, SIDE, &places, arena);
	ok(s == OK && !done, "nor does nobody's");
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 30) != OK ||
	    human_open(&body, arena, NULL, NULL) != OK ||
	    places_make(&places, arena, &body) != OK)
		return 2;
	draw();
	test_places();
	test_same();
	test_broad();
	test_skirt();
	test_hair();
	test_other();
	arena_free(arena);
	return done();
}
