/*
 * Light of panoramas against what can be integrated by hand, and halves of a
 * picture with holes.
 */
#include "synth/panorama.h"

#include <math.h>
#include <string.h>

#include "../tap.h"

#define H 64
#define W 128

static float sky[H * W][3];

static float
irradiance(const struct daylight *d, const float n[3])
{
	float y[9], e = 0;

	daylight_basis(y, n);
	for (int k = 0; k < 9; k++)
		e += y[k] * d->sh[k][1];
	return e;
}

/* As panorama.h says: row 0 up, columns to the right as seen from inside. */
static void
towards(float d[3], size_t i)
{
	double up = M_PI / 2 - ((double)(i / W) + 0.5) * M_PI / H;
	double az = ((double)(i % W) + 0.5) * 2 * M_PI / W;

	d[0] = (float)(-sin(az) * cos(up));
	d[1] = (float)sin(up);
	d[2] = (float)(cos(az) * cos(up));
}

/* Radiance 1 + a . d lights a surface with 1 + 2/3 a . n. */
static void
test_slope(void)
{
	const float a[3] = { 0.3f, 0.5f, -0.4f }, n[4][3] = { { 0, 1, 0 },
		{ 1, 0, 0 }, { 0, 0, -1 }, { 0.6f, 0, 0.8f } };
	struct daylight d;

	for (size_t i = 0; i < H * W; i++) {
		float v[3];

		towards(v, i);
		for (int c = 0; c < 3; c++)
			sky[i][c] = 1 + a[0] * v[0] + a[1] * v[1] +
			    a[2] * v[2];
	}
	ok(panorama_light(&d, sky[0], H, W) == OK, "a sky");
	for (int k = 0; k < 4; k++) {
		float want = 1 + 2.f / 3 * (a[0] * n[k][0] + a[1] * n[k][1] +
		    a[2] * n[k][2]), got = irradiance(&d, n[k]);

		ok(fabsf(got - want) < 0.005f, "lights surface %d # %g, %g", k,
		    (double)got, (double)want);
	}
	ok(d.beam[1] == 0, "and has no lamp");
}

static void
test_sun(void)
{
	const size_t at = 12 * W + 40;
	float v[3], solid;
	struct daylight d;

	for (size_t i = 0; i < H * W; i++)
		sky[i][0] = sky[i][1] = sky[i][2] = 0.1f;
	sky[at][1] = 5000;
	towards(v, at);
	solid = sqrtf(1 - v[1] * v[1]) * (float)(M_PI / H * 2 * M_PI / W);
	ok(panorama_light(&d, sky[0], H, W) == OK, "a sun");
	ok(d.lamp[0] * v[0] + d.lamp[1] * v[1] + d.lamp[2] * v[2] > 0.999f,
	    "is the lamp");
	/* All of it but what a bright sky would have. */
	ok(d.beam[1] > 0.9f * 5000 * solid / (float)M_PI && d.beam[1] <
	    5000 * solid / (float)M_PI, "as bright as it is # %g, %g",
	    (double)d.beam[1], (double)(5000 * solid) / M_PI);
	sky[5][0] = NAN;
	ok(panorama_light(&d, sky[0], H, W) == E_VALUE, "no number");
	memset(sky, 0, sizeof sky);
	ok(panorama_light(&d, sky[0], H, W) == E_VALUE, "no light");
}

/* Turned to the camera a white surface has the exposure, from anywhere. */
static void
test_aim(void)
{
	struct panorama p = { .name = "p" };
	const double forward[2] = { 0.6, -0.8 };
	bool fine = true;

	for (size_t i = 0; i < H * W; i++) {
		float v[3];

		towards(v, i);
		sky[i][0] = 1.2f + v[0];
		sky[i][1] = 1.2f + v[2];
		sky[i][2] = 1.5f;
	}
	ok(panorama_light(&p.light, sky[0], H, W) == OK, "a coloured sky");
	for (int k = 0; k < 8; k++) {
		struct daylight d;
		const float n[3] = { -0.6f, 0, 0.8f };
		float m[3], e;

		panorama_aim(&d, &p, forward, k * 0.7, 0.8, 0);
		m[0] = d.turn[0] * n[0] - d.turn[1] * n[2];
		m[1] = 0;
		m[2] = d.turn[1] * n[0] + d.turn[0] * n[2];
		/* Away from where the camera looks. */
		fine = fine && fabs(m[0] - sin(k * 0.7)) < 1e-5 &&
		    fabs(m[2] + cos(k * 0.7)) < 1e-5;
		/* The exposure is a mean over directions, this is one. */
		e = irradiance(&d, m);
		fine = fine && fabsf(e - 0.8f) < 0.24f;
	}
	ok(fine, "exposed for who is seen");
}

static void
test_halves(struct arena *a)
{
	/* Red and a hole of green: the mean of what is there is red. */
	static uint8_t rgba[2 * 5 * 4];
	const float mid[2] = { 0.2f, 0.5f };
	struct mipmap m;
	float c[3];

	for (size_t i = 0; i < 10; i++)
		memcpy(rgba + 4 * i, i % 2 ? (const uint8_t[4]){ 0, 255, 0, 0 }
		    : (const uint8_t[4]){ 200, 0, 0, 255 }, 4);
	ok(mipmap_make(&m, a, rgba, 2, 5) == OK && m.n == 4, "four levels");
	for (int k = 0; k < m.n; k++) {
		mipmap_at(c, &m, k, mid);
		ok(fabsf(c[0] - 200) < 1 && c[1] < 1, "level %d # %g %g", k,
		    (double)c[0], (double)c[1]);
	}
	ok(mipmap_level(&m, 0.1f) == 0 && mipmap_level(&m, 4) == 1 &&
	    mipmap_level(&m, 1e9f) == 3 && mipmap_level(&m, NAN) == 0,
	    "which one to take");
}

int
main(void)
{
	struct arena *a;

	if (arena_new(&a, (size_t)1 << 24) != OK)
		return 1;
	test_slope();
	test_sun();
	test_aim();
	test_halves(a);
	arena_free(a);
	return done();
}
