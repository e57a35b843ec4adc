/*
 * TensorFlow's windows: the fast ways against the definitions, for kernels of
 * every kind, channels that fill vectors and that do not, both paddings; the
 * same bytes for any team; SAME's zeros; pools, zeros, resizing by hand.
 */
#include "layers/window.h"

#include <string.h>

#include "layers/bilinear.h"
#include "math/team.h"

#include "../numbers.h"
#include "../tap.h"

static const struct nn_clip none = { -INFINITY, INFINITY }, relu6 = { 0, 6 };
static struct rng r;

static const struct {
	const char *what;
	struct nn_window s;
	bool valid;
} cases[] = {
	{ "3x3", { .h = 9, .w = 13, .c = 24, .kh = 3, .kw = 3, 1, 1 }, false },
	{ "3x3, 8 channels", { .h = 33, .w = 64, .c = 8, .kh = 3, .kw = 3,
	    1, 1 }, false },
	{ "3x3, 1 channel", { .h = 7, .w = 5, .c = 1, .kh = 3, .kw = 3, 1, 1 },
	    false },
	{ "3x3, 33 channels", { .h = 6, .w = 7, .c = 33, .kh = 3, .kw = 3,
	    1, 1 }, true },
	{ "3x3 stride 2, even", { .h = 8, .w = 10, .c = 64, .kh = 3, .kw = 3,
	    2, 2 }, false },
	{ "3x3 stride 2, odd", { .h = 9, .w = 11, .c = 40, .kh = 3, .kw = 3,
	    2, 2 }, false },
	{ "3x3 stride 2, no zeros", { .h = 34, .w = 34, .c = 17, .kh = 3,
	    .kw = 3, 2, 2 }, true },
	{ "5x5", { .h = 8, .w = 8, .c = 88, .kh = 5, .kw = 5, 1, 1 }, false },
	{ "5x5 stride 2", { .h = 20, .w = 20, .c = 48, .kh = 5, .kw = 5, 2,
	    2 }, true },
	{ "5x5 larger than the map", { .h = 2, .w = 3, .c = 16, .kh = 5,
	    .kw = 5, 1, 1 }, false },
	{ "2x3 stride 3x2", { .h = 10, .w = 9, .c = 5, .kh = 2, .kw = 3, 3,
	    2 }, false },
	{ "1x1", { .h = 12, .w = 12, .c = 96, .kh = 1, .kw = 1, 1, 1 },
	    false },
	{ "1x1 stride 3", { .h = 11, .w = 8, .c = 7, .kh = 1, .kw = 1, 3, 3 },
	    false },
	{ "2x2 of 2x2", { .h = 2, .w = 2, .c = 288, .kh = 2, .kw = 2, 1, 1 },
	    true },
	{ "a whole band and more", { .h = 130, .w = 130, .c = 64, .kh = 3,
	    .kw = 3, 2, 2 }, true },
};

/* What one case wants, and what it gives for teams of 1, 2 and 3. */
struct trial {
	const char *what;
	struct nn_window s;
	size_t o, len;
	float *x, *w, *bias, *want, *got, *packed;
	struct nn_clip clip;
	bool depthwise;
};

static void
forward(struct trial *t)
{
	size_t n = t->depthwise ? nn_depthwise_scratch(&t->s) :
	    nn_wconv_scratch(&t->s);
	void *room = scratch(n);

	if (t->depthwise)
		nn_depthwise_fwd(t->got, t->x, t->packed, t->clip, &t->s,
		    room);
	else
		nn_wconv_fwd(t->got, t->x, t->packed, t->bias, t->clip, &t->s,
		    t->o, room);
}

static void
compare(struct trial *t)
{
	float *first = zeros(t->len);
	bool same = true;

	for (int threads = 1; threads <= 3; threads++) {
		team_begin(threads);
		memset(t->got, 0xff, t->len * sizeof *t->got);
		forward(t);
		if (threads == 1)
			memcpy(first, t->got, t->len * sizeof *first);
		same = same && !memcmp(first, t->got, t->len * sizeof *first);
	}
	double e = residual(t->got, t->want, t->len);

	ok(e < 1e-5, "%s %s, %zu channels to %zu: off by %.1e",
	    t->depthwise ? "depthwise" : "convolution", t->what, t->s.c, t->o,
	    e);
	ok(same, "the same bytes for 1, 2, 3 threads");
}

static void
test_conv(struct trial t, size_t o)
{
	struct nn_window *s = &t.s;
	size_t taps = s->kh * s->kw;

	t.o = o;
	t.len = s->ho * s->wo * o;
	t.w = randoms(&r, o * s->c * taps, 1 / sqrt((double)(s->c * taps)));
	t.bias = o % 2 ? randoms(&r, o, 1) : NULL;
	t.want = zeros(t.len);
	t.got = zeros(t.len);
	t.packed = scratch(nn_wconv_packed(s, o) * sizeof (float));
	nn_wconv_pack(t.packed, t.w, s, o);
	nn_wconv_fwd_ref(t.want, t.x, t.w, t.bias, t.clip, s, o);
	compare(&t);
}

static void
test_depthwise(struct trial t, bool bias)
{
	struct nn_window *s = &t.s;
	size_t taps = s->kh * s->kw;

	t.depthwise = true;
	t.o = s->c;
	t.len = s->ho * s->wo * s->c;
	t.w = randoms(&r, s->c * taps, 1 / sqrt((double)taps));
	t.bias = bias ? randoms(&r, s->c, 1) : NULL;
	t.want = zeros(t.len);
	t.got = zeros(t.len);
	t.packed = scratch(nn_depthwise_packed(s) * sizeof (float));
	nn_depthwise_pack(t.packed, t.w, t.bias, s);
	nn_depthwise_fwd_ref(t.want, t.x, t.w, t.bias, t.clip, s);
	compare(&t);
}

static void
test_windows(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct trial t = { .what = cases[i].what, .s = cases[i].s,
			.clip = i % 2 ? relu6 : none };

		if (!cases[i].valid)
			nn_window_same(&t.s);
		else if (!ok(nn_window_valid(&t.s), "%s fits", t.what))
			continue;
		t.x = randoms(&r, t.s.h * t.s.w * t.s.c, 1);
		test_depthwise(t, i % 3 != 0);
		test_conv(t, 1);
		test_conv(t, 8);
		test_conv(t, 39);
	}
}

/* TensorFlow: the odd zero stands behind. */
static void
test_same(size_t n, size_t k, size_t stride, size_t out, size_t before)
{
	struct nn_window s = { .h = n, .w = 1, .c = 1, .kh = k, .kw = 1,
		.sh = stride, .sw = 1 };

	nn_window_same(&s);
	ok(s.ho == out && s.top == before && s.wo == 1 && s.left == 0,
	    "SAME: %zu by %zu with stride %zu gives %zu, %zu before", n, k,
	    stride, s.ho, s.top);
}

static void
test_reference(void)
{
	/* 1 2 3 4 by [1 10 100], stride 2: zeros only behind */
	const float x[] = { 1, 2, 3, 4 }, w[] = { 1, 10, 100 };
	struct nn_window s = { .h = 1, .w = 4, .c = 1, .kh = 1, .kw = 3,
		.sh = 1, .sw = 2 };
	float out[2], deep[2];

	nn_window_same(&s);
	nn_wconv_fwd_ref(out, x, w, NULL, none, &s, 1);
	nn_depthwise_fwd_ref(deep, x, w, NULL, none, &s);
	ok(out[0] == 321 && out[1] == 43 && deep[0] == 321 && deep[1] == 43,
	    "the definitions, by hand: %g %g, %g %g", (double)out[0],
	    (double)out[1], (double)deep[0], (double)deep[1]);
	s = (struct nn_window){ .h = 2, .w = 2, .kh = 3, .kw = 1 };
	ok(!nn_window_valid(&s), "VALID: a window larger than the map");
}

static void
test_max(void)
{
	const float x[] = { -3, 9, -1, -7, -5, 8 };
	struct nn_window s = { .h = 1, .w = 3, .c = 2, .kh = 2, .kw = 2,
		.sh = 1, .sw = 2 };
	float out[4];

	nn_window_same(&s);
	nn_window_max_fwd(out, x, none, &s);
	ok(s.wo == 2 && out[0] == -1 && out[1] == 9 && out[2] == -5 &&
	    out[3] == 8, "the largest, and zeros outside are not seen");
	nn_window_max_fwd(out, x, relu6, &s);
	ok(out[0] == 0 && out[1] == 6, "cut to 0..6");
}

static void
test_zeros(void)
{
	const float x[] = { 1, 2, 3, 4 };
	static const size_t rows[3][2] = { { 1, 0 }, { 0, 1 }, { 0, 0 } },
	    deep[3][2] = { { 0, 0 }, { 0, 0 }, { 1, 2 } };
	float out[12], want[12] = { 0, 0, 0, 1, 2, 0, 3, 4, 0 },
	    wide[16] = { 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0 },
	    o[16];

	nn_zeros_fwd(out, x, 2, 2, 1, rows);
	ok(!memcmp(out, want, 9 * sizeof *out), "a row above, a column behind");
	nn_zeros_fwd(o, x, 2, 2, 1, deep);
	ok(!memcmp(o, wide, sizeof o), "channels");
}

static void
test_clip(void)
{
	float x[] = { -1, 3, 7, NAN };

	nn_clip_fwd(x, x, relu6, 4);
	ok(x[0] == 0 && x[1] == 3 && x[2] == 6 && isnan(x[3]),
	    "clip, and NaN stays");
}

/* A ramp of n to the places that `want` says. */
static void
test_resize(bool half, bool align, const float *want, size_t n)
{
	const float x[] = { 0, 1, 2, 3 };
	float out[16], deep[16];
	struct nn_bilinear s = { 1, 4, 1, 1, n, half, align };
	bool good = true;

	nn_bilinear_fwd(out, x, &s);
	s = (struct nn_bilinear){ 4, 1, 1, n, 1, half, align };
	nn_bilinear_fwd(deep, x, &s);
	for (size_t i = 0; i < n; i++)
		good = good && fabsf(out[i] - want[i]) < 1e-6f &&
		    fabsf(deep[i] - want[i]) < 1e-6f;
	ok(good, "4 to %zu%s%s", n, half ? ", half pixels" : "",
	    align ? ", corners" : "");
}

/* Channels of every number are the same map. */
static void
test_channels(size_t c)
{
	float *x = randoms(&r, 35 * c, 1), *out = zeros(117 * c);
	float one[35], want[117];
	struct nn_bilinear s = { 5, 7, c, 9, 13, true, false };
	bool good = true;

	nn_bilinear_fwd(out, x, &s);
	s.c = 1;
	for (size_t k = 0; k < c; k++) {
		for (size_t i = 0; i < 35; i++)
			one[i] = x[i * c + k];
		nn_bilinear_fwd(want, one, &s);
		for (size_t i = 0; i < 117; i++)
			good = good && fabsf(want[i] - out[i * c + k]) < 1e-6f;
	}
	ok(good, "resizing %zu channels is resizing each", c);
}

int
main(void)
{
	r = rng_seed(21, 0);
	test_same(8, 3, 2, 4, 0);
	test_same(9, 3, 2, 5, 1);
	test_same(256, 3, 1, 256, 1);
	test_same(4, 2, 1, 4, 0);
	test_same(5, 5, 5, 1, 0);
	test_same(2, 5, 1, 2, 2);
	test_same(5, 1, 4, 2, 0);
	test_reference();
	test_windows();
	test_max();
	test_zeros();
	test_clip();
	test_resize(true, false, (const float[]){ 0, .25f, .75f, 1.25f, 1.75f,
	    2.25f, 2.75f, 3 }, 8);
	test_resize(false, false, (const float[]){ 0, .5f, 1, 1.5f, 2, 2.5f,
	    3, 3 }, 8);
	test_resize(false, true, (const float[]){ 0, .5f, 1, 1.5f, 2, 2.5f,
	    3 }, 7);
	test_resize(true, false, (const float[]){ .5f, 2.5f }, 2);
	test_channels(1);
	test_channels(3);
	test_channels(8);
	test_channels(16);
	test_channels(41);
	return done();
}
