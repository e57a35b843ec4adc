/*
 * Motions on the floor: other rates, headings and ways, jumps, what changes
 * slowly, poses of a body; and a camera that sees all of a clip.
 */
#include "body/clip.h"

#include <math.h>
#include <string.h>

#include "../tap.h"
#include "body/scene.h"
#include "body/skin.h"
#include "body/stance.h"
#include "human/human.h"

#define FRAMES 121
#define RATE 30.0

static struct arena *a;
static struct body body;
static float pose[FRAMES][BODY_JOINTS][3], heading[FRAMES], place[FRAMES][3];

/* A body that stands, turns by 3 degrees and moves on by 1 cm each frame. */
static struct motion
stroll(void)
{
	memset(pose, 0, sizeof pose);
	for (int i = 0; i < FRAMES; i++) {
		heading[i] = (float)(0.5 + i * 3 * M_PI / 180);
		place[i][0] = 0;
		place[i][1] = 5;
		place[i][2] = (float)i * 0.01f;
	}
	return (struct motion){ .n_frame = FRAMES, .rate = RATE,
		.pose = (const float (*)[BODY_JOINTS][3])pose,
		.heading = heading, .place = (const float (*)[3])place };
}

static bool
make(struct clip *c, const struct motion *m, bool travel)
{
	return clip_make(c, a, m, &body, (const size_t[3]){ 0, m->n_frame - 1,
	    1 }, travel) == OK;
}

/* The lowest vertex of frame i. */
static float
lowest(const struct clip *c, size_t i)
{
	float (*v)[3] = arena_calloc(a, body.mesh.n_vert, sizeof *v);
	float low = INFINITY;

	clip_vertices(v, c, &body, i);
	for (size_t k = 0; k < body.mesh.n_vert; k++)
		low = fminf(low, v[k][1]);
	return low;
}

static void
test_rates(void)
{
	struct motion m = stroll(), half = m, same = m, unknown = m;

	ok(motion_resample(&half, a, 2 * RATE) == OK && half.n_frame ==
	    2 * FRAMES - 1 && half.rate == 2 * RATE, "twice the rate # %zu",
	    half.n_frame);
	double mid = ((double)heading[0] + (double)heading[1]) / 2;

	ok(fabs((double)half.heading[1] - mid) < 1e-5 &&
	    fabsf(half.place[1][2] - 0.005f) < 1e-6f,
	    "half-way between two frames # %g", (double)half.heading[1]);
	ok(fabsf(half.heading[2] - heading[1]) < 1e-6f, "and the frame itself");
	/* The heading goes beyond half a turn: the short way, not back. */
	bool near = true;

	for (size_t i = 1; i < half.n_frame; i++)
		near = near && cos((double)half.heading[i] -
		    (double)half.heading[i - 1]) > 0.999;
	ok(near, "no frame turns back");
	ok(motion_resample(&same, a, RATE) == OK && same.pose == m.pose,
	    "the same rate changes nothing");
	unknown.rate = 0;
	ok(motion_resample(&unknown, a, 12) == OK && unknown.n_frame == FRAMES
	    && unknown.rate == 12, "a rate that was not said");
	ok(motion_resample(&m, a, 1e9) == E_LIMIT, "too many # %s",
	    status_detail());
}

static void
test_way(void)
{
	struct motion m = stroll();
	struct clip on, off;

	if (!ok(make(&off, &m, false) && make(&on, &m, true), "clips"))
		return;
	ok(fabsf(off.pose[0][0][1]) < 1e-6f && fabsf(off.pose[10][0][1] -
	    (float)(30 * M_PI / 180)) < 1e-5f, "turns against the first frame");
	ok(fabsf(off.place[50][0] - off.place[0][0]) < 1e-6f &&
	    fabsf(off.place[50][2] - off.place[0][2]) < 1e-6f, "on the spot");
	/* The first frame looked 0.5 rad away from z, along which it went. */
	ok(fabs((double)(on.place[50][2] - on.place[0][2]) - 0.5 * cos(0.5)) <
	    1e-5 && fabs((double)(on.place[50][0] - on.place[0][0]) + 0.5 *
	    sin(0.5)) < 1e-5, "a way, as the first frame sees it");
}

/* A walk sways over its feet; the sway stays where its way is dropped. */
static void
test_sway(void)
{
	struct motion m = stroll();
	struct clip still, sways;
	float most = 0, ends, off = 0;

	memset(heading, 0, sizeof heading);
	if (!ok(make(&still, &m, false), "a clip that does not sway"))
		return;
	for (int i = 0; i < FRAMES; i++)
		place[i][0] = 0.02f * (float)sin(i * 2 * M_PI / 30);
	if (!ok(make(&sways, &m, false), "one that does"))
		return;
	for (size_t i = 0; i < FRAMES; i++) {
		float x = sways.place[i][0] - still.place[i][0];

		most = fmaxf(most, fabsf(x));
		off = fmaxf(off, fabsf(x - place[i][0]));
		off = fmaxf(off, fabsf(sways.place[i][2] - still.place[i][2]));
	}
	ends = fabsf(sways.place[0][0] - still.place[0][0]) +
	    fabsf(sways.place[FRAMES - 1][0] - still.place[FRAMES - 1][0]);
	ok(most > 0.019f && off < 0.002f, "the sway is kept, off by %.4f",
	    (double)off);
	ok(ends < 1e-6f, "and begins and ends over the spot");
	/* So does a way that is shorter than the mean. */
	m.n_frame = 3;
	ok(make(&sways, &m, false) && fabsf(sways.place[2][2] -
	    sways.place[0][2]) < 1e-6f, "three frames");
	m.n_frame = 1;
	ok(make(&sways, &m, false) && sways.place[0][0] == body.joint[0][0],
	    "one frame");
}

static void
test_floor(void)
{
	struct motion m = stroll();
	struct clip c;
	bool above = true;
	float most = 0;

	/* A hill of 0.2 m over all frames, and on it a jump of 0.3 m, 0.4 s. */
	for (int i = 0; i < FRAMES; i++)
		place[i][1] = 0.2f * (float)sin(i * M_PI / FRAMES) +
		    (i > 54 && i < 67 ? 0.3f * (float)sin((i - 54) * M_PI / 13) :
		    0);
	if (!ok(make(&c, &m, false), "a hill"))
		return;
	for (size_t i = 0; i < FRAMES; i++) {
		float low = lowest(&c, i);

		above = above && low > -1e-4f;
		if (i > 54 && i < 67)
			most = fmaxf(most, low);
		else if (i < 40 || i > 80)
			above = above && low < 0.08f;
	}
	ok(above, "never below the floor");
	ok(most > 0.28f && most < 0.36f, "the jump stays # %.3f", (double)most);
	m.place = NULL;
	ok(make(&c, &m, false) && fabsf(lowest(&c, 60)) < 1e-5f,
	    "without places each frame stands");
}

static void
test_set_down(void)
{
	struct body b = body;
	float lo = INFINITY, left = -INFINITY, right = INFINITY;

	if (!ok(clip_set_down(&b, a) == OK, "set down"))
		return;
	for (size_t i = 0; i < b.mesh.n_vert; i++)
		lo = fminf(lo, b.mesh.vert[i][1]);
	for (size_t i = 0; i < b.mesh.n_vert; i++)
		if (b.mesh.vert[i][1] < 0.03f) {
			left = fmaxf(left, b.mesh.vert[i][0]);
			right = fminf(right, b.mesh.vert[i][0]);
		}
	ok(lo == 0 && fabsf(left + right) < 0.01f, "on y = 0, between its feet");
	ok(b.joint[J_L_KNEE][1] - lo > 0.3f && b.joint[J_PELVIS][1] > 0.7f,
	    "joints, too");
}

static void
test_stances(void)
{
	static const float none[BODY_JOINTS][3];
	float turn[BODY_JOINTS][3], g[BODY_JOINTS][3][4], at[BODY_JOINTS][3];

	for (int s = STANCE_T; s <= STANCE_A; s++) {
		stance_pose_body(turn, (enum stance)s, &body);
		skin_transforms(g, &body, (const float (*)[3])turn);
		for (int j = 0; j < BODY_JOINTS; j++)
			for (int c = 0; c < 3; c++)
				at[j][c] = g[j][c][0] * body.joint[j][0] +
				    g[j][c][1] * body.joint[j][1] + g[j][c][2] *
				    body.joint[j][2] + g[j][c][3];
		float down = at[J_L_SHOULDER][1] - at[J_L_WRIST][1];
		float out = at[J_L_WRIST][0] - at[J_L_SHOULDER][0];

		ok(fabsf(down - (s == STANCE_A ? out : 0)) < 1e-4f &&
		    fabsf(at[J_R_WRIST][1] - at[J_L_WRIST][1]) < 1e-3f &&
		    fabsf(at[J_L_HIP][0] - at[J_L_ANKLE][0]) < 1e-4f &&
		    fabsf(at[J_L_HIP][2] - at[J_L_ANKLE][2]) < 1e-4f,
		    "pose %c # %.4f", s == STANCE_T ? 'T' : 'A', (double)down);
	}
	stance_pose_body(turn, STANCE_REST, &body);
	ok(memcmp(turn, none, sizeof turn) == 0, "rest as it was");
}

static void
test_camera(void)
{
	struct motion m = stroll();
	struct scene s = { .body = &body, .viewpoint = VIEWPOINT_DEFAULT };
	const double yaw[2] = { 0, 100 };
	struct camera c[2];
	struct clip clip;
	float (*v)[3] = arena_calloc(a, body.mesh.n_vert, sizeof *v);
	float (*p)[3] = arena_calloc(a, body.mesh.n_vert, sizeof *p);
	float lo[2] = { INFINITY, INFINITY }, hi[2] = { 0 };

	s.viewpoint.w = s.viewpoint.h = 200;
	for (int i = 0; i < FRAMES; i++)
		place[i][1] = i == 60 ? 0.5f : 0;
	if (!ok(make(&clip, &m, true) &&
	    scene_stand(c, &s, &clip, yaw, 2, a) == OK, "a camera for a clip"))
		return;
	for (size_t i = 0; i < FRAMES; i++) {
		clip_vertices(v, &clip, &body, i);
		for (int k = 0; k < 2; k++) {
			camera_project(p, &c[k], (const float (*)[3])v,
			    body.mesh.n_vert, 1, 0);
			for (size_t n = 0; n < body.mesh.n_vert; n++)
				for (int e = 0; e < 2; e++) {
					lo[e] = fminf(lo[e], p[n][e]);
					hi[e] = fmaxf(hi[e], p[n][e]);
				}
		}
	}
	ok(lo[0] > 0 && hi[0] < 199 && lo[1] > 6 && hi[1] < 193 &&
	    hi[1] - lo[1] > 165, "all frames fill the picture # %.1f to %.1f",
	    (double)lo[1], (double)hi[1]);
	ok(fabs(c[0].t[2] - c[1].t[2]) < 1, "both yaws from one distance");
}

int
main(void)
{
	if (arena_new(&a, (size_t)1 << 30) != OK ||
	    human_open(&body, a, NULL, NULL) != OK)
		return 2;
	test_rates();
	test_way();
	test_sway();
	test_floor();
	test_set_down();
	test_stances();
	test_camera();
	arena_free(a);
	return done();
}
