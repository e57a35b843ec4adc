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

/* What the picture lacks or has too much of, by trial of every gain. */
static void
gains(void)
{
	enum { T = 6, N = 40 };
	float tex[T * T * 3], surf[2 * N], r[3];
	uint8_t image[3 * N], mask[N];
	double best = 0, least = INFINITY;

	for (size_t i = 0; i < T * T * 3; i++)
		tex[i] = .9f * sinf((float)(7 * i));
	for (size_t i = 0; i < N; i++) {
		surf[2 * i] = i % 9 ? fmodf((float)i * .37f, T - 1) : NAN;
		surf[2 * i + 1] = fmodf((float)i * .71f, T - 1);
		mask[i] = i % 4 != 0;
		for (size_t c = 0; c < 3; c++)
			image[3 * i + c] = (uint8_t)(37 * i + 91 * c);
	}
	for (double g = 0; g < 3; g += .001) {
		double sum = 0;

		for (size_t i = 0; i < N; i++) {
			if (!mask[i] || i % 9 == 0)
				continue;
			texmap_at(r, tex, T, T, 3, surf[2 * i], surf[2 * i + 1]);
			for (size_t c = 0; c < 3; c++)
				sum += pow(g * ((double)r[c] + 1) / 2 -
				    image[3 * i + c] / 255., 2);
		}
		if (sum < least)
			least = sum, best = g;
	}

	double g = texmap_gain(tex, T, surf, mask, image, N);

	ok(fabs(g - best) < .001, "the gain of least squares: %g, by trial %g",
	    g, best);
	memset(mask, 0, sizeof mask);
	ok(texmap_gain(tex, T, surf, mask, image, N) == 1, "no body: 1");
	texmap_brighten(tex, T, 1.5);
	ok(fabsf(tex[1] - fminf(1, 1.5f * (.9f * sinf(7) + 1) - 1)) < 1e-6f,
	    "so much more light");
	texmap_brighten(tex, T, 1e9);
	r[0] = -1, r[1] = 1;
	for (size_t i = 0; i < T * T * 3; i++)
		r[0] = fmaxf(r[0], tex[i]), r[1] = fminf(r[1], tex[i]);
	ok(r[0] == 1 && r[1] >= -1, "and no more than white");
}

int
main(void)
{
	sampling();
	growing();
	gutters();
	rendering();
	gains();
	return done();
}
