/* Steps of colour at seams: taken out, but no hems, and nothing of a photo; where that ends. */
#include "texture/level.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "texture/seam.h"

#include "../tap.h"

enum { T = 128, N = T * T };

static float texture[3 * N], shown[3 * N];
static uint8_t chart[N];
static struct arena *a;
static struct layout *layout;
static struct seam_link *link;
static size_t n;

/* The mean step at the seam of trunk (parts 1 and 2) once `add` is added. */
static double
step(const float *add)
{
	double sum = 0;
	size_t many = 0;

	for (size_t i = 0; i < n; i++) {
		const size_t p = link[i].a, q = link[i].b;

		if (chart[p] != 1 || chart[q] != 2)
			continue;
		for (size_t c = 0; c < 3; c++)
			sum += (double)(texture[3 * p + c] + add[3 * p + c]) -
			    (double)(texture[3 * q + c] + add[3 * q + c]);
		many += 3;
	}
	return sum / (double)many;
}

/* The mean change of a part. */
static double
change(const float *add, int part)
{
	double sum = 0;
	size_t many = 0;

	for (size_t t = 0; t < N; t++)
		for (size_t c = 0; c < 3 && chart[t] == part; c++, many++)
			sum += (double)add[3 * t + c];
	return sum / (double)many;
}

/* The trunk's back is lighter than all else by this. */
static const float *
level(float by, bool photo)
{
	float *add;

	for (size_t t = 0; t < N; t++)
		for (size_t c = 0; c < 3; c++) {
			texture[3 * t + c] = chart[t] == 1 ? by : 0;
			shown[3 * t + c] = chart[t] == 2;
		}
	return level_seams(&add, texture, photo ? shown : NULL,
	    (struct convert_side){ layout, T }, a) == OK ? add : NULL;
}

/* A photo of all of the head but the rims of its two charts, and of nothing else. */
static void
test_shown(void)
{
	float rim = 1, far = 0, head = 1;

	for (size_t t = 0; t < N; t++) {
		bool inner = chart[t] == 23 || chart[t] == 24;

		for (int k = -2; k <= 2 && inner; k++)
			inner = t % T >= 2 && t % T < T - 2 && t / T >= 2 &&
			    chart[(ptrdiff_t)t + k] == chart[t] &&
			    chart[(ptrdiff_t)t + k * T] == chart[t];
		for (size_t c = 0; c < 3; c++)
			shown[3 * t + c] = inner;
	}
	memcpy(texture, shown, sizeof shown);
	if (!ok(level_shown(shown, (struct convert_side){ layout, T }, a) == OK,
	    "what is shown"))
		return;
	for (size_t i = 0; i < n; i++)
		if (chart[link[i].a] == 23 && chart[link[i].b] == 24)
			rim = fminf(rim, fminf(shown[3 * link[i].a],
			    shown[3 * link[i].b]));
	for (size_t t = 0; t < N; t++) {
		if (chart[t] == 5 || chart[t] == 3)
			far = fmaxf(far, shown[3 * t]);
		if (texture[3 * t] > 0)
			head = fminf(head, shown[3 * t]);
	}
	ok(rim > 0.6f, "the seam of the face is, too: %.2f", (double)rim);
	ok(head == 1, "all that was stays");
	ok(far < 0.01f, "feet and hands are not: %.4f", (double)far);
}

int
main(void)
{
	static float nothing[3 * N];
	const float *add;

	if (layout_open(&layout, "atlas24") != OK ||
	    arena_new(&a, (size_t)1 << 28) != OK)
		return 2;
	layout_charts(layout, T, chart);
	if (seam_links(&link, &n, a, layout, chart, T) != OK)
		return 2;
	if (!ok((add = level(0.1f, false)) != NULL, "a step"))
		return done();
	ok(fabs(step(nothing) - 0.1) < 1e-6 && fabs(step(add)) < 0.015,
	    "is taken out: %.3f", step(add));
	ok(change(add, 1) < -0.005 && change(add, 2) > 0.002,
	    "by both sides: %.3f %.3f", change(add, 1), change(add, 2));
	ok(fabs(change(add, 3)) < 1e-6 && fabs(change(add, 5)) < 1e-3,
	    "and far from it nothing changes");
	bool off = true;

	for (size_t i = 0; i < 3 * N; i++)
		off = off && (chart[i / 3] || add[i] == 0);
	ok(off, "nor outside the charts");
	add = level(0.1f, true);
	ok(add && fabs(step(add)) < 0.015 && fabs(change(add, 2)) < 5e-4 &&
	    change(add, 1) < -0.008, "a photo stays: %.4f", change(add, 2));
	add = level(1.2f, false);
	ok(add && step(add) > 1.19, "a hem stays: %.3f", step(add));
	add = level(NAN, false);
	ok(add && memcmp(add, nothing, sizeof nothing) == 0,
	    "what is no number does not spread");
	add = level(0, false);
	ok(add && memcmp(add, nothing, sizeof nothing) == 0,
	    "no step, no change");
	test_shown();
	arena_free(a);
	layout_close(layout);
	return done();
}
