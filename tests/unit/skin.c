/* Rotations, and linear blend skinning of a two-bone arm worked out by hand. */
#include "body/skin.h"

#include <math.h>
#include <string.h>

#include "../tap.h"
#include "body/rotate.h"
#include "body/stance.h"

static double
apart(const struct mat3 *a, const struct mat3 *b)
{
	double worst = 0;

	for (int i = 0; i < 9; i++)
		worst = fmax(worst, fabs(a->m[i / 3][i % 3] -
		    b->m[i / 3][i % 3]));
	return worst;
}

static void
test_rotations(void)
{
	/* A quarter turn about y takes z (the front) to x (the left). */
	struct mat3 r = rotate_about(1, M_PI / 2);
	double v[3];

	mat3_apply(v, &r, (const double[3]){ 0, 0, 1 });
	ok(fabs(v[0] - 1) + fabs(v[1]) + fabs(v[2]) < 1e-15,
	    "a positive turn about y takes z to x");

	double worst = 0;

	for (int i = 0; i < 2000; i++) {
		const double at[3] = { sin(i * 1.3), cos(i * 0.7),
			sin(i * 0.37 + 1) };
		double k = M_PI * fmod(i * 0.617, 1) / sqrt(vec3_dot(at, at));
		const double in[3] = { k * at[0], k * at[1], k * at[2] };
		double out[3];

		r = rotate_exp(in);
		rotate_log(out, &r);
		for (int c = 0; c < 3; c++)
			worst = fmax(worst, fabs(out[c] - in[c]));
	}
	ok(worst < 1e-7, "rotate_log undoes rotate_exp # %.1e", worst);

	const double half[3] = { 0, M_PI, 0 };
	double back[3];

	r = rotate_exp(half);
	rotate_log(back, &r);
	ok(fabs(fabs(back[1]) - M_PI) < 1e-9 && fabs(back[0]) < 1e-9,
	    "a half turn is found");

	worst = 0;
	for (int i = 0; i < 500; i++) {
		const double a[3] = { sin(i), cos(2.0 * i), 0.3 };
		const double b[3] = { cos(3.0 * i), 0.2, sin(i + 1.0) };
		double u[3] = { a[0], a[1], a[2] }, w[3] = { b[0], b[1], b[2] };

		r = rotate_from_to(a, b);
		vec3_unit(u, a);
		vec3_unit(w, b);
		mat3_apply(v, &r, u);
		for (int c = 0; c < 3; c++)
			worst = fmax(worst, fabs(v[c] - w[c]));
	}
	ok(worst < 1e-12, "rotate_from_to takes a to b # %.1e", worst);
	r = rotate_from_to((const double[3]){ 0, 2, 0 },
	    (const double[3]){ 0, -3, 0 });
	mat3_apply(v, &r, (const double[3]){ 0, 1, 0 });
	struct mat3 t = mat3_transpose(&r), one = MAT3_ONE;

	t = mat3_mul(&t, &r);
	ok(fabs(v[1] + 1) < 1e-12 && apart(&t, &one) < 1e-12,
	    "opposite directions: a half turn");
}

/*
 * A shoulder at (1,2,0) and an elbow at (3,2,0); the shoulder turns by 90
 * degrees about z, then the elbow by another 90. By hand: the elbow comes
 * to (1,4,0), and what lay one beyond the elbow, (4,2,0), to (0,4,0). A
 * vertex at (3,3,0) with half the weight of either: by the shoulder alone
 * it goes to (0,4,0), by both to (1,3,0); the mean is (0.5,3.5,0).
 */
static void
test_arm(void)
{
	static const float vert[][3] = { { 4, 2, 0 }, { 3, 3, 0 },
		{ 1, 2, 5 } };
	static const uint32_t row[] = { 0, 1, 3, 4 }, col[] = { 18, 16, 18, 0 };
	static const float weight[] = { 1, 0.5f, 0.5f, 1 };
	struct body b = { .has_rig = true,
		.mesh = { .n_vert = 3, .vert = vert },
		.skin = { 3, row, col, weight } };
	float pose[BODY_JOINTS][3] = { { 0 } }, g[BODY_JOINTS][3][4], out[3][3];
	const float want[3][3] = { { 0, 4, 0 }, { 0.5f, 3.5f, 0 },
		{ 1, 2, 5 } };
	float worst = 0;

	b.parent[0] = -1;
	b.parent[18] = 16;
	memcpy(b.joint[16], (const float[3]){ 1, 2, 0 }, 12);
	memcpy(b.joint[18], (const float[3]){ 3, 2, 0 }, 12);
	pose[16][2] = pose[18][2] = (float)(M_PI / 2);
	skin_transforms(g, &b, (const float (*)[3])pose);
	skin_vertices(out, &b, (const float (*)[3][4])g);
	for (int i = 0; i < 9; i++)
		worst = fmaxf(worst, fabsf(out[i / 3][i % 3] -
		    want[i / 3][i % 3]));
	ok(worst < 1e-5f, "two bones, by hand # %.1e", worst);
	memset(pose, 0, sizeof pose);
	skin_transforms(g, &b, (const float (*)[3])pose);
	skin_vertices(out, &b, (const float (*)[3][4])g);
	ok(memcmp(out, vert, sizeof out) == 0, "rest pose leaves vertices");
}

static void
test_stances(void)
{
	float pose[BODY_JOINTS][3], any = 0;

	for (int s = 0; s < STANCES; s++) {
		stance_pose(pose, (enum stance)s);
		float sum = 0;

		for (int i = 0; i < BODY_JOINTS * 3; i++)
			sum += fabsf(pose[i / 3][i % 3]);
		ok(isfinite(sum) && (s == STANCE_REST) == (sum == 0),
		    "stance %s", stance_name((enum stance)s));
		any += sum;
	}
	stance_pose(pose, STANCE_STAND);
	ok(pose[J_L_SHOULDER][2] < 0 && pose[J_R_SHOULDER][2] > 0,
	    "standing, both arms are lowered # %.2f", any);
}

int
main(void)
{
	test_rotations();
	test_arm();
	test_stances();
	return done();
}
