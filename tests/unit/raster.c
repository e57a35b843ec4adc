/*
 * The rasteriser against rays cast through every sample (Moeller and
 * Trumbore, in space, nothing shared with it), against its own reference,
 * and along shared edges; the camera against projection by hand.
 */
#include "body/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "body/camera.h"
#include "math/rng.h"

#define W 61
#define H 47
#define N_TRI 40

static void
cross(double o[3], const double a[3], const double b[3])
{
	o[0] = a[1] * b[2] - a[2] * b[1];
	o[1] = a[2] * b[0] - a[0] * b[2];
	o[2] = a[0] * b[1] - a[1] * b[0];
}

static double
dot(const double a[3], const double b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Distance along d from the origin to the triangle, or 0. */
static double
ray_hit(const double d[3], const float *p)
{
	double e[3], f[3], h[3], q[3], s[3];

	for (int c = 0; c < 3; c++) {
		e[c] = (double)p[3 + c] - p[c];
		f[c] = (double)p[6 + c] - p[c];
		s[c] = -p[c];
	}
	cross(h, d, f);
	double det = dot(e, h);

	if (fabs(det) < 1e-12)
		return 0;
	double u = dot(s, h) / det;

	cross(q, s, e);
	double v = dot(d, q) / det;

	return u >= 0 && v >= 0 && u + v <= 1 ? dot(f, q) / det : 0;
}

static float tri[N_TRI][9];	/* in space */

#define FOCAL 50.0
#define CX 30.0
#define CY 23.0

/* First triangle along the ray through (x, y), and its distance. */
static uint32_t
cast(double x, double y, double *at)
{
	const double d[3] = { (x - CX) / FOCAL, (y - CY) / FOCAL, 1 };
	uint32_t who = RASTER_NONE;

	*at = 1e9;
	for (uint32_t k = 0; k < N_TRI; k++) {
		double t = ray_hit(d, tri[k]);

		if (t > 0 && t < *at) {
			*at = t;
			who = k;
		}
	}
	return who;
}

static void
test_rays(void)
{
	struct rng r = rng_seed(1, 0);
	static float p[3 * N_TRI][3];
	static uint32_t face[N_TRI][3], got[W * H], ref[W * H];
	static float near[W * H], near2[W * H];
	size_t wrong = 0, judged = 0, hits = 0, refwrong = 0;

	for (int i = 0; i < N_TRI; i++)
		for (int k = 0; k < 3; k++) {
			float z = (float)(1 + 3 * rng_unit(&r));
			float *v = tri[i] + 3 * k;

			v[0] = (float)(1.4 * z * (rng_unit(&r) - 0.5));
			v[1] = (float)(1.2 * z * (rng_unit(&r) - 0.5));
			v[2] = z;
			p[3 * i + k][0] = (float)(CX + FOCAL * v[0] / z);
			p[3 * i + k][1] = (float)(CY + FOCAL * v[1] / z);
			p[3 * i + k][2] = 1 / z;
			face[i][k] = (uint32_t)(3 * i + k);
		}
	struct raster t = { .w = W, .h = H, .face = got, .near = near };
	struct raster t2 = { .w = W, .h = H, .face = ref, .near = near2 };

	raster_clear(&t);
	raster_clear(&t2);
	ok(raster_draw(&t, (const float (*)[3])p, 3 * N_TRI,
	    (const uint32_t (*)[3])face, N_TRI) == OK, "draws");
	raster_draw_ref(&t2, (const float (*)[3])p,
	    (const uint32_t (*)[3])face, N_TRI);
	for (size_t i = 0; i < W * H; i++) {
		double x = (double)(i % W), y = (double)(i / W), at, by;
		uint32_t who = cast(x, y, &at);
		bool edge = false;

		/* Corners are rounded: not judged where 1/100 decides. */
		for (int k = 0; k < 4; k++)
			edge |= cast(x + (k & 1 ? 0.01 : -0.01),
			    y + (k & 2 ? 0.01 : -0.01), &by) != who;
		if (edge)
			continue;
		judged++;
		hits += who != RASTER_NONE;
		wrong += got[i] != who || (who != RASTER_NONE &&
		    fabs(near[i] * at - 1) > 5e-3);
		refwrong += ref[i] != who;
	}
	ok(wrong == 0 && judged > W * H * 2 / 3 && hits > 500, "same as rays # "
	    "%zu of %zu wrong, %zu hits", wrong, judged, hits);
	ok(refwrong == 0, "reference, too # %zu wrong", refwrong);

	/* One side only, by both ways. */
	for (int side = -1; side <= 1; side += 2) {
		size_t apart = 0, some = 0;

		t.side = t2.side = side;
		raster_clear(&t);
		raster_clear(&t2);
		bool drawn = raster_draw(&t, (const float (*)[3])p, 3 * N_TRI,
		    (const uint32_t (*)[3])face, N_TRI) == OK;

		raster_draw_ref(&t2, (const float (*)[3])p,
		    (const uint32_t (*)[3])face, N_TRI);
		for (size_t i = 0; i < W * H; i++) {
			const uint32_t *f = face[got[i] % N_TRI];
			const float *u = p[f[0]], *v = p[f[1]], *w = p[f[2]];
			float area = (v[0] - u[0]) * (w[1] - u[1]) -
			    (w[0] - u[0]) * (v[1] - u[1]);

			apart += got[i] != ref[i];
			if (got[i] == RASTER_NONE)
				continue;
			some++;
			drawn = drawn && area * (float)side > 0;
		}
		ok(drawn && apart < W * H / 50 && some > hits / 4 && some <
		    hits, "side %d only # %zu apart, %zu of %zu samples", side,
		    apart, some, hits);
	}
}

/* A fan of thin triangles around one point covers its disc exactly once. */
static void
test_no_gaps(void)
{
	enum { N = 97 };
	static float p[N + 1][3];
	static uint32_t face[N][3], id[W * H];
	static float near[W * H];
	static int count[W * H];
	int twice = 0, inside = 0, missing = 0;

	p[N][0] = 30.3f;
	p[N][1] = 22.7f;
	p[N][2] = 1;
	for (int i = 0; i < N; i++) {
		p[i][0] = 30.3f + 21 * cosf((float)i * 6.2831853f / N);
		p[i][1] = 22.7f + 21 * sinf((float)i * 6.2831853f / N);
		p[i][2] = 1;
		/* Alternate winding: both must be drawn. */
		face[i][0] = N;
		face[i][1 + i % 2] = (uint32_t)i;
		face[i][2 - i % 2] = (uint32_t)(i + 1) % N;
	}
	for (int i = 0; i < N; i++) {
		struct raster t = { .w = W, .h = H, .face = id, .near = near };

		raster_clear(&t);
		if (raster_draw(&t, (const float (*)[3])p, N + 1,
		    (const uint32_t (*)[3])&face[i], 1) != OK)
			break;
		for (int k = 0; k < W * H; k++)
			count[k] += id[k] != RASTER_NONE;
	}
	for (int k = 0; k < W * H; k++) {
		double r = hypot(k % W - 30.3, k / W - 22.7);

		twice += count[k] > 1;
		inside += r < 20.8;
		missing += r < 20.8 && count[k] != 1;
	}
	ok(twice == 0 && missing == 0, "shared edges: no gap, no overlap # "
	    "%d samples, %d missing, %d twice", inside, missing, twice);
	p[3][0] = NAN;
	struct raster t = { .w = W, .h = H, .face = id, .near = near };

	ok(raster_draw(&t, (const float (*)[3])p, N + 1,
	    (const uint32_t (*)[3])face, N) == E_VALUE, "NaN is refused # %s",
	    status_detail());
}

static void
test_weights(void)
{
	/* Corners at z = 1, 2 and 4: halfway on the picture is not halfway on the edge. */
	const float a[3] = { 0, 0, 1 }, b[3] = { 10, 0, 0.5f },
	    c[3] = { 0, 10, 0.25f };
	float w[3];

	raster_weights(w, a, b, c, 5, 0);
	ok(fabsf(w[0] - 2 / 3.0f) < 1e-6f && fabsf(w[1] - 1 / 3.0f) < 1e-6f &&
	    w[2] == 0, "perspective-correct weights # %g %g", w[0], w[1]);
	raster_weights(w, a, b, c, -3, 20);
	ok(w[0] >= 0 && w[1] == 0 && fabsf(w[0] + w[1] + w[2] - 1) < 1e-6f,
	    "clamped outside");
	raster_weights(w, a, a, a, 1, 1);
	ok(fabsf(w[0] + w[1] + w[2] - 1) < 1e-6f, "a point has weights");
}

static void
test_camera(void)
{
	/* A box 0.4 wide, 1.6 high, 0.2 deep. */
	float v[8][3], q[8][3];
	struct viewpoint w = VIEWPOINT_DEFAULT;
	struct camera c;
	float lo[2] = { 1e9f, 1e9f }, hi[2] = { -1e9f, -1e9f };

	for (int i = 0; i < 8; i++) {
		v[i][0] = i & 1 ? 0.2f : -0.2f;
		v[i][1] = i & 2 ? 1.6f : 0;
		v[i][2] = i & 4 ? 0.1f : -0.1f;
	}
	w.w = w.h = 200;
	w.margin = 0.1;
	w.fov = 2 * atan(0.25) * 180 / M_PI;	/* focal = 100 / 0.25 */
	ok(camera_place(&c, &w, (const float (*)[3])v, 8, 0) == OK &&
	    fabs(c.focal - 400) < 1e-9, "focal length");
	/* The front (z = 0.1) must span 160 px: 1.6 * 400 / d = 160, d = 4. */
	ok(fabs(c.t[2] - 4.1) < 1e-6, "distance that fits # %g", c.t[2]);
	camera_project(q, &c, (const float (*)[3])v, 8, 1, 0);
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 2; k++) {
			lo[k] = fminf(lo[k], q[i][k]);
			hi[k] = fmaxf(hi[k], q[i][k]);
		}
	ok(fabsf(lo[1] - 19.5f) < 1e-3f && fabsf(hi[1] - 179.5f) < 1e-3f,
	    "fills the picture up to the margin # %g %g", lo[1], hi[1]);
	/* Corner 7: x 0.2, y 1.6 (0.8 above the middle), 4 away. */
	ok(fabsf(q[7][0] - (99.5f + 400 * 0.2f / 4)) < 1e-3f &&
	    fabsf(q[7][1] - (99.5f - 400 * 0.8f / 4)) < 1e-3f &&
	    fabsf(q[7][2] - 0.25f) < 1e-6f, "projection, by hand");
	ok(q[1][0] > q[0][0] && q[2][1] < q[0][1],
	    "the person's left is right, up is up");
	w.yaw = 90;
	ok(camera_place(&c, &w, (const float (*)[3])v, 8, 0) == OK, "yaw 90");
	camera_project(q, &c, (const float (*)[3])v, 8, 1, 0);
	ok(q[4][0] > q[0][0], "at yaw 90 the front is on the right");
	w.distance = 0.05;
	ok(camera_place(&c, &w, (const float (*)[3])v, 8, 0) == E_VALUE,
	    "a camera inside is refused # %s", status_detail());
	/* The centre of pixel k is sample 3 k + 1. */
	w.distance = 4;
	float fine[8][3];

	ok(camera_place(&c, &w, (const float (*)[3])v, 8, 0) == OK, "place");
	camera_project(q, &c, (const float (*)[3])v, 8, 1, 0);
	camera_project(fine, &c, (const float (*)[3])v, 8, 3, 1);
	ok(fabsf(fine[5][0] - (3 * q[5][0] + 1)) < 1e-3f, "finer lattice");
}

int
main(void)
{
	test_rays();
	test_no_gaps();
	test_weights();
	test_camera();
	return done();
}
