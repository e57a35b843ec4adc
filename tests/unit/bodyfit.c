/*
 * The fit of a body: key points are those of the skinned mesh, slopes those
 * of differences, exact points give the pose back, and points with errors
 * one that is near; without depth, with a picture that ends at the hips.
 */
#include <math.h>
#include <string.h>

#include "../blaze.h"
#include "../tap.h"
#include "body/skin.h"
#include "body/stance.h"
#include "body/render.h"
#include "fit/bodyfit.h"
#include "fit/drawlabels.h"
#include "math/decompose.h"
#include "math/rng.h"

#define SIDE 400

static struct keypoints key;

/* Somebody in some stance, all joints stirred a little, facing yaw. */
static struct fit
somebody(struct rng *r, double yaw)
{
	struct fit f = { .focal = 700, .cx = 200, .cy = 210 };
	float pose[BODY_JOINTS][3];
	struct mat3 turn = rotate_about(1, yaw);

	stance_pose(pose, 1 + (enum stance)rng_below(r, 3));
	for (int j = 0; j < BODY_JOINTS; j++) {
		double v[3];

		/* Feet and hands do not bend in their middle. */
		double stir = j == J_L_FOOT || j == J_R_FOOT || j >= J_L_HAND ?
		    0 : 0.06;

		for (int c = 0; c < 3; c++)
			v[c] = pose[j][c] + stir * rng_normal(r);
		f.posture.turn[j] = rotate_exp(v);
	}
	f.posture.turn[0] = mat3_mul(&turn, &f.posture.turn[0]);
	f.posture.build[BUILD_SHOULDERS] = rng_range(r, -0.05, 0.05);
	f.posture.build[BUILD_LEGS] = rng_range(r, -0.03, 0.03);
	return f;
}

static const int blaze[POSE_LANDMARKS] = { P_NOSE, P_L_EYE, P_L_EYE, P_L_EYE,
	P_R_EYE, P_R_EYE, P_R_EYE, P_L_EAR, P_R_EAR, P_NOSE, P_NOSE,
	P_L_SHOULDER, P_R_SHOULDER, P_L_ELBOW, P_R_ELBOW, P_L_WRIST, P_R_WRIST,
	KP_L_PINKY, KP_R_PINKY, KP_L_INDEX, KP_R_INDEX, KP_L_INDEX, KP_R_INDEX,
	P_L_HIP, P_R_HIP, P_L_KNEE, P_R_KNEE, P_L_ANKLE, P_R_ANKLE, KP_L_HEEL,
	KP_R_HEEL, KP_L_TOE, KP_R_TOE };

struct seen {
	float pose[POSE_POINTS][3], pose3[POSE_LANDMARKS][4];
};

/* What is seen of f, with errors: pixels, and metres in each place. */
static void
look_at(struct seen *v, const struct fit *f, struct rng *r, double e2,
    double e3)
{
	struct placed at;

	keypoints_place(&at, &key, &f->posture);
	for (int i = 0; i < POSE_POINTS; i++) {
		double d = FIT_DISTANCE - at.x[i][2];

		v->pose[i][0] = (float)(f->cx + f->focal * at.x[i][0] / d +
		    e2 * rng_normal(r));
		v->pose[i][1] = (float)(f->cy - f->focal * at.x[i][1] / d +
		    e2 * rng_normal(r));
		v->pose[i][2] = 1;
	}
	double p[POSE_LANDMARKS][3];

	for (int i = 0; i < POSE_LANDMARKS; i++)
		for (int c = 0; c < 3; c++)
			p[i][c] = (c ? -1 : 1) * (at.x[blaze[i]][c] -
			    at.x[KP_HIPS][c]);
	blaze_hips(p);
	for (int i = 0; i < POSE_LANDMARKS; i++) {
		for (int c = 0; c < 3; c++)
			v->pose3[i][c] = (float)(p[i][c] + e3 * rng_normal(r));
		v->pose3[i][3] = 1;
	}
}

/* Angle between the headings, degrees; and how far key points are, metres. */
static double
heading(const struct fit *a, const struct fit *b)
{
	const struct mat3 *p = &a->posture.turn[0], *q = &b->posture.turn[0];
	double d = atan2(p->m[0][2], p->m[2][2]) - atan2(q->m[0][2],
	    q->m[2][2]);

	return fabs(remainder(d, 2 * M_PI)) * 180 / M_PI;
}

static double
apart(const struct fit *a, const struct fit *b)
{
	struct placed p, q;
	double sum = 0;

	keypoints_place(&p, &key, &a->posture);
	keypoints_place(&q, &key, &b->posture);
	for (int i = 0; i < POSE_POINTS; i++) {
		double d2 = 0;

		for (int c = 0; c < 3; c++)
			d2 += (p.x[i][c] - q.x[i][c]) * (p.x[i][c] - q.x[i][c]);
		sum += sqrt(d2) / POSE_POINTS;
	}
	return sum;
}

static void
test_mesh(struct arena *a)
{
	struct rng r = rng_seed(1, 0);
	struct fit f = somebody(&r, 0.7);
	float pose[BODY_JOINTS][3], g[BODY_JOINTS][3][4], x[POSE_POINTS][3];
	struct placed at;
	struct body b;
	double most = 0;

	keypoints_place(&at, &key, &f.posture);
	bool made = keypoints_body(&b, a, &key, f.posture.build) == OK;
	float (*v)[3] = arena_calloc(a, b.mesh.n_vert, sizeof *v);

	ok(made && v, "a body of that build");
	fit_pose(pose, &f);
	skin_transforms(g, &b, (const float (*)[3])pose);
	skin_vertices(v, &b, (const float (*)[3][4])g);
	sparse_apply(x, &b.points, (const float (*)[3])v);
	for (int i = 0; i < POSE_POINTS; i++) {
		/* Those of hips and knees are lower, see keypoints.h. */
		double want = i == P_R_HIP || i == P_L_HIP ? KP_HIPS_LOWER :
		    i == P_R_KNEE || i == P_L_KNEE ? KP_KNEES_LOWER : 0;
		double d2 = 0;

		for (int c = 0; c < 3; c++)
			d2 += (x[i][c] - at.x[i][c]) * (x[i][c] - at.x[i][c]);
		most = fmax(most, fabs(sqrt(d2) - want));
	}
	/* Less than a lowering where two joints share a point. */
	ok(most < 1e-3, "key points are those of the skinned mesh, to %.1e m",
	    most);
}

/* The numbers make that body again; its labels are those of the renderer. */
static void
test_body(struct arena *a)
{
	static uint8_t fast[SIDE * SIDE * 3], slow[SIDE * SIDE * 3];
	struct rng r = rng_seed(6, 0);
	struct fit f = somebody(&r, 0.4);
	struct human h = key.human;
	struct body b, again;
	float pose[BODY_JOINTS][3], g[BODY_JOINTS][3][4];
	double sum = 0;
	int differ = 0, on = 0;

	h.shoulders += f.posture.build[BUILD_SHOULDERS];
	h.legs += f.posture.build[BUILD_LEGS];
	bool made = keypoints_body(&b, a, &key, f.posture.build) == OK &&
	    human_make(&again, a, &h) == OK;
	float (*v)[3] = arena_calloc(a, b.mesh.n_vert, sizeof *v);

	for (size_t i = 0; made && i < b.mesh.n_vert; i++)
		for (int c = 0; c < 3; c++)
			sum += fabs(b.mesh.vert[i][c] - again.mesh.vert[i][c]);
	sum /= (double)b.mesh.n_vert;
	ok(made && sum < 0.003, "a body by its numbers is that of the fit, to "
	    "%.1f mm", 1000 * sum);
	fit_pose(pose, &f);
	skin_transforms(g, &b, (const float (*)[3])pose);
	skin_vertices(v, &b, (const float (*)[3][4])g);
	struct render d = { .body = &b, .closed = true,
		.vert = (const float (*)[3])v };
	const struct rendering out = { .iuv = slow };

	fit_camera(&d.camera, &f, SIDE, SIDE);
	made = render_draw(&out, &d, a) == OK && draw_labels(fast, &b, d.vert,
	    &d.camera, NULL, a) == OK;
	for (int i = 0; i < SIDE * SIDE; i++) {
		on += slow[3 * i] > 0;
		differ += slow[3 * i] != fast[3 * i] ||
		    abs(slow[3 * i + 1] - fast[3 * i + 1]) > 3 ||
		    abs(slow[3 * i + 2] - fast[3 * i + 2]) > 3;
	}
	ok(made && on > 5000 && differ < on / 100, "labels are those of the "
	    "renderer: %d of %d differ", differ, on);
}

/*
 * Drawn into iuv, forearms crossed before the belly, the right one in front;
 * seen: as draw_labels. exact: by the renderer.
 */
static bool
draw_crossed(uint8_t *iuv, struct arena *a, const double seen[2], bool exact)
{
	struct fit f = { .focal = 700, .cx = 200, .cy = 210 };
	float pose[BODY_JOINTS][3], g[BODY_JOINTS][3][4];
	struct camera c;
	struct body b;

	stance_pose(pose, STANCE_STAND);
	for (int j = 0; j < BODY_JOINTS; j++)
		f.posture.turn[j] = rotate_exp((double[3]){ pose[j][0],
		    pose[j][1], pose[j][2] });
	for (int k = 0; k < 2; k++) {
		double side = k ? -1 : 1;
		struct mat3 roll = rotate_about(0, 1.25);
		struct mat3 down = rotate_about(2, 1.2 * side);
		struct mat3 forward = rotate_about(0, k ? -0.5 : -0.65);

		down = mat3_mul(&down, &roll);
		f.posture.turn[k ? J_L_SHOULDER : J_R_SHOULDER] =
		    mat3_mul(&forward, &down);
		f.posture.turn[k ? J_L_ELBOW : J_R_ELBOW] = rotate_about(1,
		    1.6 * side);
	}
	size_t mark = arena_mark(a);
	bool good = keypoints_body(&b, a, &key, f.posture.build) == OK;
	float (*v)[3] = good ? arena_calloc(a, b.mesh.n_vert, sizeof *v) : NULL;

	if (!v)
		return false;
	fit_pose(pose, &f);
	skin_transforms(g, &b, (const float (*)[3])pose);
	skin_vertices(v, &b, (const float (*)[3][4])g);
	fit_camera(&c, &f, SIDE, SIDE);
	const struct render d = { .body = &b, .closed = true, .camera = c,
		.vert = (const float (*)[3])v };

	good = (exact ? render_draw(&(struct rendering){ .iuv = iuv }, &d, a) :
	    draw_labels(iuv, &b, d.vert, &c, seen, a)) == OK;
	arena_pop(a, mark);
	return good;
}

/* Pixels that differ, and in n those of the right hand in x that do not. */
static int
differ(int *n, const uint8_t *x, const uint8_t *y)
{
	int d = 0;

	*n = 0;
	for (int i = 0; i < SIDE * SIDE; i++) {
		bool same = memcmp(x + 3 * i, y + 3 * i, 3) == 0;

		d += !same;
		*n += same && x[3 * i] == 3;
	}
	return d;
}

/* Pixels of the trunk that have the left hand above and below, near by. */
static int
between(const uint8_t *iuv)
{
	int n = 0;

	for (int i = 3 * SIDE; i < SIDE * (SIDE - 3); i++) {
		bool above = false, below = false;

		for (int k = SIDE; k <= 3 * SIDE; k += SIDE) {
			above = above || iuv[3 * (i - k)] == 4;
			below = below || iuv[3 * (i + k)] == 4;
		}
		n += iuv[3 * i] == 2 && above && below;
	}
	return n;
}

static void
test_hands(struct arena *a)
{
	static uint8_t all[SIDE * SIDE * 3], some[sizeof all];
	int hand = 0, kept, d;
	bool done = draw_crossed(some, a, NULL, true);
	int apart = between(some);

	done = done && draw_crossed(all, a, NULL, false) &&
	    draw_crossed(some, a, (const double[2]){ 0.9, 0.9 }, false);
	ok(done && apart > 10 && 4 * between(all) < apart,
	    "fingers are closed: %d pixels between them, %d before",
	    between(all), apart);

	for (int i = 0; i < SIDE * SIDE; i++)
		hand += all[3 * i] == 3;
	ok(done && hand > 200 && memcmp(all, some, sizeof all) == 0,
	    "hands that are seen are drawn: %d pixels of the right one", hand);
	done = draw_crossed(some, a, (const double[2]){ 0.1, 0.9 }, false);
	d = differ(&kept, all, some);
	ok(done && d == hand && kept == 0, "one that is hidden is not: %d", d);
	done = draw_crossed(some, a, (const double[2]){ 0.6, 0.9 }, false);
	d = differ(&kept, all, some);
	ok(done && d == hand && kept == 0,
	    "nor one before the other arm that is hardly seen: %d", d);
	done = draw_crossed(some, a, (const double[2]){ 0.9, 0.6 }, false);
	ok(done && memcmp(all, some, sizeof all) == 0,
	    "but one behind it");
}

static void
test_slope(bool depth)
{
	struct rng r = rng_seed(2, depth);
	struct fit f = somebody(&r, 2.0), g;
	struct seen v;
	double slope[FIT_UNKNOWNS], most = 0, step = 1e-5, size = 0;

	look_at(&v, &f, &r, 8, 0.03);
	v.pose[P_L_KNEE][0] = NAN;
	v.pose[P_L_ANKLE][2] = 0;
	v.pose[P_L_EAR][2] = 0;
	/* Elbows and a knee that bend the wrong way. */
	f.posture.turn[J_L_KNEE] = rotate_about(0, -0.4);
	f.posture.turn[J_R_ELBOW] = rotate_about(1, -0.4);
	const struct fit_in in = { SIDE, SIDE, (const float (*)[3])v.pose,
		depth ? (const float (*)[4])v.pose3 : NULL };

	fit_cost(slope, &f, &key, &in, 150);
	for (int i = 0; i < FIT_UNKNOWNS; i++) {
		double d[FIT_UNKNOWNS] = { 0 }, c[2];

		for (int s = 0; s < 2; s++) {
			g = f;
			d[i] = s ? -step : step;
			fit_change(&g, d);
			c[s] = fit_cost(NULL, &g, &key, &in, 150);
		}
		most = fmax(most, fabs((c[0] - c[1]) / (2 * step) - slope[i]));
		size = fmax(size, fabs(slope[i]));
	}
	ok(most < 1e-5 * size, "slopes %s depth: off by %.1e, the largest is "
	    "%.2g", depth ? "with" : "without", most, size);
}

static void
test_exact(void)
{
	struct rng r = rng_seed(3, 0);
	double most = 0, turn = 0;
	int steps = 0;

	for (int i = 0; i < 12; i++) {
		struct fit f = somebody(&r, i * M_PI / 6), g;
		struct seen v;

		look_at(&v, &f, &r, 0, 0);
		const struct fit_in in = { SIDE, SIDE,
			(const float (*)[3])v.pose,
			(const float (*)[4])v.pose3 };

		if (fit_body(&g, &key, &in) != OK)
			most = INFINITY;
		most = fmax(most, apart(&f, &g));
		turn = fmax(turn, heading(&f, &g));
		steps += g.steps;
	}
	ok(most < 0.03 && turn < 8, "exact points give the body back: %.1f cm, "
	    "%.1f degrees, %d steps each", 100 * most, turn, steps / 12);
}

/* Errors as networks have them; the mean of many, and none turned round. */
static void
test_errors(bool depth, double most_cm, double most_turn)
{
	struct rng r = rng_seed(4, 0);
	double sum = 0, turn = 0;
	int around = 0;

	for (int i = 0; i < 24; i++) {
		struct fit f = somebody(&r, i * M_PI / 6), g;
		struct seen v;

		look_at(&v, &f, &r, 3, 0.03);
		/* Nobody sees a face from behind. */
		for (int k = 0; k < POSE_POINTS && cos(i * M_PI / 6) < -0.2; k++)
			if (k == P_NOSE || k == P_R_EYE || k == P_L_EYE)
				v.pose[k][2] = 0;
		const struct fit_in in = { SIDE, SIDE,
			(const float (*)[3])v.pose,
			depth ? (const float (*)[4])v.pose3 : NULL };

		if (fit_body(&g, &key, &in) != OK)
			continue;
		sum += apart(&f, &g) / 24;
		turn += heading(&f, &g) / 24;
		around += heading(&f, &g) > 90;
	}
	ok(100 * sum < most_cm && turn < most_turn && around == 0,
	    "with errors, %s depth: %.1f cm, %.1f degrees, %d turned round",
	    depth ? "with" : "without", 100 * sum, turn, around);
}

static void
test_cut(void)
{
	struct rng r = rng_seed(5, 0);
	struct fit f = somebody(&r, 0.4), g;
	struct seen v;

	look_at(&v, &f, &r, 0, 0);
	/* What pose3 says of what is not on the picture is made up. */
	for (int i = 23; i < POSE_LANDMARKS; i++)
		for (int c = 0; c < 3; c++)
			v.pose3[i][c] = (float)rng_normal(&r);
	const struct fit_in in = { SIDE, (size_t)v.pose[P_R_HIP][1] - 20,
		(const float (*)[3])v.pose, (const float (*)[4])v.pose3 };
	enum status s = fit_body(&g, &key, &in);
	struct placed at;

	keypoints_place(&at, &key, &g.posture);
	double lean = atan2(hypot(at.x[P_NECK][0] - at.x[KP_HIPS][0],
	    at.x[P_NECK][2] - at.x[KP_HIPS][2]), at.x[P_NECK][1] -
	    at.x[KP_HIPS][1]) * 180 / M_PI;

	ok(s == OK && lean < 15 && at.x[P_L_ANKLE][1] < -0.6 &&
	    heading(&f, &g) < 20, "cut above the hips they are below the "
	    "shoulders: the trunk leans %.1f degrees, the heading is %.1f off",
	    lean, heading(&f, &g));
	/* What is not finite is no direction; of the trunk it is an error. */
	look_at(&v, &f, &r, 0, 0);
	v.pose3[13][0] = NAN;
	v.pose3[28][2] = INFINITY;
	v.pose3[0][3] = NAN;
	v.pose[P_NOSE][0] = INFINITY;
	v.pose[P_L_WRIST][2] = NAN;
	const struct fit_in odd = { SIDE, SIDE, (const float (*)[3])v.pose,
		(const float (*)[4])v.pose3 };

	s = fit_body(&g, &key, &odd);
	ok(s == OK && isfinite(g.focal) && apart(&f, &g) < 0.05,
	    "points that are not finite: %.1f cm", 100 * apart(&f, &g));
	v.pose3[11][1] = NAN;
	s = fit_body(&g, &key, &odd);
	ok(s == E_VALUE, "a shoulder that is not: %s", status_detail());
	/* All of them at one place, and tiny pictures. */
	for (int i = 0; i < POSE_POINTS; i++) {
		v.pose[i][0] = v.pose[i][1] = 3;
		v.pose[i][2] = 1;
	}
	const struct fit_in dot = { 7, 7, (const float (*)[3])v.pose, NULL };

	s = fit_body(&g, &key, &dot);
	ok(s == OK && isfinite(g.focal) && g.focal > 0 &&
	    isfinite(g.posture.turn[0].m[0][0]), "all points at one place");
	for (int i = 0; i < POSE_POINTS; i++)
		v.pose[i][2] = i == P_NOSE || i >= P_R_EYE || i == P_NECK;
	const struct fit_in face = { SIDE, SIDE, (const float (*)[3])v.pose,
		NULL };

	s = fit_body(&g, &key, &face);
	ok(s == E_VALUE && strstr(status_detail(), "6 key points"),
	    "a face alone: %s", status_detail());
}

/* Legs that were taken for each other, both hips at one place. */
static void
test_legs(void)
{
	struct rng r = rng_seed(7, 0);
	struct fit f = somebody(&r, 0.2), g;
	struct seen v, w;
	enum status s;

	look_at(&v, &f, &r, 0, 0);
	w = v;
	for (int c = 0; c < 4; c++) {
		for (int i = 25; i < POSE_LANDMARKS; i++)
			w.pose3[i][c] = v.pose3[i % 2 ? i + 1 : i - 1][c];
		w.pose3[23][c] = w.pose3[24][c] = c == 3;
	}
	for (int c = 0; c < 3; c++) {
		w.pose[P_R_HIP][c] = w.pose[P_L_HIP][c] =
		    (v.pose[P_R_HIP][c] + v.pose[P_L_HIP][c]) / 2;
		for (int i = P_R_KNEE; i <= P_R_ANKLE; i++) {
			w.pose[i][c] = v.pose[i + 3][c];
			w.pose[i + 3][c] = v.pose[i][c];
		}
	}
	const struct fit_in in = { SIDE, SIDE, (const float (*)[3])w.pose,
		(const float (*)[4])w.pose3 };

	s = fit_body(&g, &key, &in);
	ok(s == OK && apart(&f, &g) < 0.06, "legs that were exchanged: %.1f cm",
	    100 * apart(&f, &g));
}

static void
test_solve(void)
{
	double s[9] = { 4, 2, 0, 2, 5, 1, 0, 1, 3 }, x[3] = { 8, 15, 11 };
	double t[4] = { 1, 2, 2, 1 }, y[2] = { 1, 1 };
	enum status good = decompose_solve(x, s, 3);
	enum status bad = decompose_solve(y, t, 2);

	ok(good == OK && fabs(x[0] - 1) < 1e-12 && fabs(x[1] - 2) < 1e-12 &&
	    fabs(x[2] - 3) < 1e-12 && bad == E_VALUE,
	    "decompose_solve, and what is not positive definite");
}

int
main(void)
{
	struct arena *a;
	struct human h;

	human_usual(&h, 0.5);
	if (arena_new(&a, (size_t)1 << 30) != OK || keypoints_make(&key, a,
	    &h) != OK)
		return 2;
	test_solve();
	test_mesh(a);
	test_body(a);
	test_hands(a);
	test_slope(true);
	test_slope(false);
	test_exact();
	test_errors(true, 5, 8);
	test_errors(false, 12, 25);
	test_cut();
	test_legs();
	arena_free(a);
	return done();
}
