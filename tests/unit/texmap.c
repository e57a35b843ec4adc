/* Sampling between texels, growing a map over its rim, eq. 12. */
#include "texture/texmap.h"

#include <math.h>
#include <string.h>

#include "../tap.h"

/* By the book, in double: fraction before clamping, then four clamped corners. */
static double
bilinear(const float *m, long h, long w, double x, double y)
{
	double sum = 0, fx = floor(x), fy = floor(y);

	for (int j = 0; j < 2; j++)
		for (int i = 0; i < 2; i++) {
			long u = (long)fx + i, v = (long)fy + j;
			double wt = (i ? x - fx : 1 - x + fx) *
			    (j ? y - fy : 1 - y + fy);

			u = u < 0 ? 0 : u >= w ? w - 1 : u;
			v = v < 0 ? 0 : v >= h ? h - 1 : v;
			sum += wt * (double)m[v * w + u];
		}
	return sum;
}

static void
sampling(void)
{
	enum { H = 7, W = 9 };
	float m[H * W], got;
	double worst = 0;

	for (size_t i = 0; i < H * W; i++)
		m[i] = sinf((float)(i * i));
	for (double x = -3; x < W + 3; x += .37)
		for (double y = -3; y < H + 3; y += .41) {
			texmap_at(&got, m, H, W, 1, (float)x, (float)y);
			worst = fmax(worst, fabs((double)got -
			    bilinear(m, H, W, (float)x, (float)y)));
		}
	ok(worst < 1e-6, "bilinear agrees with the definition: %.1e", worst);
	texmap_at(&got, m, H, W, 1, 8, 6);
	ok(got == m[H * W - 1], "the last texel is at (w-1, h-1)");
}

static void
growing(void)
{
	enum { T = 9 };
	float m[T * T] = { 0 };
	uint8_t known[T * T] = { 0 }, label[T * T], n = 0;

	m[4 * T + 4] = 3;
	known[4 * T + 4] = 1;
	texmap_grow(m, known, T, 1, 2, 7, NULL);
	for (size_t i = 0; i < T * T; i++)
		n += known[i] == 7;
	ok(n == 24 && known[2 * T + 2] == 7 && known[T + 1] == 0 &&
	    known[4 * T + 4] == 1, "two rings around one texel: %d", n);
	ok(m[2 * T + 6] == 3 && m[3 * T + 3] == 3 && m[T] == 0,
	    "they have its value");

	memset(known, 0, sizeof known);
	for (size_t i = 0; i < T * T; i++)
		label[i] = i % T < 5 ? 1 : i % T < 7 ? 2 : 0;
	known[4 * T + 4] = 1;
	texmap_grow(m, known, T, 1, 9, 2, label);
	n = 0;
	for (size_t i = 0; i < T * T; i++)
		n += known[i] && label[i] != 1;
	ok(n == 0 && known[0] == 2, "growth keeps to its label");

	float two[2 * T * T] = { 0 };

	memset(known, 0, sizeof known);
	two[0] = 1, two[1] = -1, two[4] = 3, two[5] = 5;
	known[0] = known[2] = 1;
	texmap_grow(two, known, T, 2, 1, 2, NULL);
	ok(two[2] == 2 && two[3] == 2, "the mean of the known neighbours");
}

static void
gutters(void)
{
	enum { T = 10 };
	float m[T * T];
	uint8_t chart[T * T] = { 0 }, scratch[T * T];

	for (size_t i = 0; i < T * T; i++) {
		chart[i] = i % T < 3 ? 5 : 0;
		m[i] = i % T < 3 ? 2 : 99;
	}
	texmap_gutter(m, chart, T, 1, 2, scratch);
	ok(m[3] == 2 && m[4] == 2 && m[5] == 0 && m[T * T - 1] == 0,
	    "what lay outside the charts is gone, two rings are grown");
}

static void
rendering(void)
{
	const float tex[2 * 2 * 3] = { 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1 };
	const float back[3 * 4] = { .1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f, .9f,
		-.1f, -.2f, -.3f };
	const float surf[2 * 4] = { .25f, .5f, 1, 1, .5f, .5f, NAN, NAN };
	const uint8_t mask[4] = { 1, 1, 0, 1 };
	float out[12];

	texmap_render(out, back, tex, 2, surf, mask, 4);
	ok(fabsf(out[0] - .25f) < 1e-6f && out[3] == 1, "m = 1: the texture");
	ok(out[6] == back[6] && out[8] == back[8], "m = 0: the background");
	ok(out[9] == back[9], "no texel: the background");
	memcpy(out, back, sizeof out);
	texmap_render(out, out, tex, 2, surf, mask, 4);
	ok(out[3] == 1 && out[7] == back[7], "in place");
}

int
main(void)
{
	sampling();
	growing();
	gutters();
	rendering();
	return done();
}
