/* Tests: statistics and differences against values worked out by hand. */
#include "tensor/stats.h"

#include <math.h>
#include <string.h>

#include "../tap.h"

#define LEN(v) (sizeof (v) / sizeof *(v))
#define T1(d, v) (struct tensor){ .dtype = d, .rank = 1, .dim = { LEN(v) }, \
	.data = v }

static bool
near(double a, double b)
{
	return fabs(a - b) <= 1e-12 * fabs(b);
}

int
main(void)
{
	float f[] = { 1, NAN, -3, 5 }, none[] = { NAN, NAN };
	float a[] = { 1, NAN, NAN, INFINITY, 10 };
	float b[] = { 1.5f, NAN, 2, INFINITY, 10 };
	float c[] = { 1, INFINITY }, d[] = { 1, 1 };
	uint16_t h[] = { 0x3c00, 0xc000 };	/* 1, -2 */
	int64_t big[] = { INT64_MAX, INT64_MIN };
	int64_t big2[] = { INT64_MAX - 1, INT64_MIN };
	int64_t far1[] = { INT64_MAX }, far2[] = { INT64_MIN };
	char text[TENSOR_TEXT_MAX];
	struct tensor_stats s;
	struct tensor_diff e;

	tensor_stats(&s, &T1(DT_F4, f));
	ok(s.n == 4 && s.nan == 1 && s.min == -3 && s.max == 5 && s.mean == 1,
	    "stats: %g %g %g", s.min, s.mean, s.max);
	tensor_stats(&s, &T1(DT_F4, none));
	ok(s.nan == 2 && isnan(s.min) && isnan(s.mean) && isnan(s.max),
	    "nothing but NaN");
	tensor_stats(&s, &T1(DT_F2, h));
	ok(s.min == -2 && s.max == 1 && s.mean == -0.5, "halves");
	tensor_diff(&e, &T1(DT_F4, a), &T1(DT_F4, b), 0, 0);
	ok(e.n == 5 && e.differ == 2 && e.first == 0 && e.a == 1 &&
	    near(e.b, 1.5) && near(e.max_abs, 0.5) && near(e.max_rel, 1. / 3) &&
	    near(e.rms, sqrt(0.25 / 3)), "differences: %g %g %g", e.max_abs,
	    e.max_rel, e.rms);
	tensor_diff(&e, &T1(DT_F4, a), &T1(DT_F4, b), 0.5, 0);
	ok(e.differ == 1 && e.first == 2, "NaN on one side only, at %zu",
	    e.first);
	tensor_diff(&e, &T1(DT_F4, b), &T1(DT_F4, a), 0, 0.34);
	ok(e.differ == 1 && e.first == 2, "relative tolerance");
	tensor_diff(&e, &T1(DT_F4, c), &T1(DT_F4, d), 1e300, 1);
	ok(e.differ == 1 && e.first == 1 && isinf(e.max_abs),
	    "infinity is near to nothing");
	tensor_diff(&e, &T1(DT_I8, big), &T1(DT_I8, big2), 0, 0);
	ok(e.differ == 1 && e.max_abs == 1, "large integers by 1: %g",
	    e.max_abs);
	tensor_diff(&e, &T1(DT_I8, far1), &T1(DT_I8, far2), 0, 0);
	ok(e.max_abs == 0x1p64, "the largest difference: %g", e.max_abs);
	ok(!strcmp(tensor_index_text(text, sizeof text,
	    &(struct tensor){ .rank = 3, .dim = { 4, 3, 2 } }, 15), "(2,1,1)"),
	    "index: %s", text);
	float s1[] = { -1.3f, 1.2f }, s255[] = { 0, 200 }, n1[] = { 0, NAN };
	float unit[] = { 0.05f, 0.9f, 0.1f }, grey[] = { 0, 0, 0.9f };

	ok(tensor_check(&T1(DT_F4, n1), -1, 1, true) == OK &&
	    tensor_check(&T1(DT_F4, n1), -1, 1, false) == E_VALUE &&
	    tensor_check(&T1(DT_F4, c), 0, INFINITY, true) == E_VALUE,
	    "NaN where it is missing: %s", status_detail());
	ok(tensor_check_signed(&T1(DT_F4, s1)) == OK &&
	    tensor_check_signed(&T1(DT_F4, grey)) == OK &&
	    tensor_check_signed(&T1(DT_F4, s255)) == E_VALUE &&
	    tensor_check_signed(&T1(DT_F4, unit)) == E_VALUE,
	    "-1..1 and some more, not 0..255, not 0..1: %s", status_detail());
	return done();
}
