/*
 * The measures: SSIM in every variant against its definition, window by
 * window; what is done to pictures before; tables, summaries, thresholds.
 * (tests/cli/metrics.t compares with other people's code.)
 */
#include "metrics/measure.h"

#include <math.h>
#include <string.h>

#include "metrics/summary.h"
#include "../tap.h"

static struct arena *arena;

/* Two pictures with flat, busy and noisy places; everything for a seed. */
static void
draw(struct tensor *a, struct tensor *b, size_t h, size_t w, size_t c)
{
	uint32_t s = 7;
	uint8_t *pa, *pb;

	if (tensor_alloc(a, arena, DT_U1, TENSOR_DIMS(h, w, c)) != OK ||
	    tensor_alloc(b, arena, DT_U1, TENSOR_DIMS(h, w, c)) != OK)
		return;
	pa = a->data;
	pb = b->data;
	for (size_t i = 0; i < h * w * c; i++) {
		size_t y = i / (w * c), x = i / c % w;

		s = s * 1664525 + 1013904223;
		pa[i] = x < w / 3 ? 90 : (uint8_t)((x / 3 + y / 2) % 2 * 120 +
		    x + (i % c) * 20);
		pb[i] = (uint8_t)(pa[i] * 3 / 4 + (y > h / 2 ? s >> 27 : 9));
	}
}

static void
test_ssim(void)
{
	static const size_t size[][3] = {
		{ 60, 57, 3 }, { 51, 51, 1 }, { 53, 70, 3 }
	};
	const char *all = "ssim-wang,ssim-skgauss,ssim-skdef,ssim-sk51,"
	    "ssim-pohsun";
	struct measure m[MEASURE_MAX];
	size_t n;

	if (!ok(measure_list(m, &n, all, protocol_at(0)) == OK && n == 5,
	    "five variants"))
		return;
	for (size_t k = 0; k < 3; k++) {
		struct tensor a, b;
		struct pair p;
		struct pair_prep prep = { 0 };

		arena_reset(arena);
		draw(&a, &b, size[k][0], size[k][1], size[k][2]);
		if (!ok(pair_make(&p, arena, &a, &b, 0, NULL, NULL,
		    &prep) == OK, "pair %zu", k))
			return;
		for (size_t i = 0; i < 2 * n; i++) {
			const struct ssim_window *w = &m[i % n].win;
			double got = NAN, want;

			/* The second time round only a few pixels count. */
			if (i == n) {
				p.where = arena_calloc(arena, p.h, p.w);
				for (size_t j = 0; j < p.h * p.w; j += 5)
					p.where[j] = 1;
			}
			want = ssim_mean_ref(&p, w, 255, -3, 200);
			if (ssim_mean(&got, &p, w, 255, -3, 200, arena) != OK)
				got = NAN;
			ok(fabs(got - want) < 1e-10 && want < 0.99,
			    "%s %zux%zux%zu%s: %.9f, by definition %.9f",
			    m[i % n].name, p.w, p.h, p.c,
			    p.where ? " where" : "", got, want);
		}
	}
}

/* What has a known answer. */
static void
test_known(void)
{
	struct pair_prep prep = { 0 };
	struct measure m[MEASURE_MAX];
	struct tensor a, b, small;
	struct pair p;
	double v[MEASURE_MAX], half;
	size_t n, dim[3] = { 10, 60, 3 };

	arena_reset(arena);
	draw(&a, &b, 60, 60, 3);
	memcpy(b.data, a.data, tensor_bytes(&a));
	if (measure_list(m, &n, "l1,mae,psnr,ssim-wang,ssim-skgauss,"
	    "ssim-skdef,ssim-sk51,ssim-pohsun", protocol_at(0)) != OK ||
	    pair_make(&p, arena, &a, &b, 0, NULL, NULL, &prep) != OK)
		return;
	for (size_t i = 0; i < n; i++) {
		double want = i < 2 ? 0 : i == 2 ? INFINITY : 1;

		ok(measure_pair(&v[i], &m[i], &p, arena) == OK && v[i] == want,
		    "%s of equal pictures is %g", m[i].name, want);
	}

	/* A difference of 51 steps, 0.2, in half of the pixels. */
	memset(a.data, 100, tensor_bytes(&a));
	memset(b.data, 100, tensor_bytes(&b));
	memset(b.data, 151, tensor_bytes(&b) / 2);
	if (pair_make(&p, arena, &a, &b, 0, NULL, NULL, &prep) != OK)
		return;
	for (size_t i = 0; i < 3; i++)
		if (measure_pair(&v[i], &m[i], &p, arena) != OK)
			v[i] = NAN;
	half = 0.1 / (200 / 255. + 0.1);
	ok(fabs(v[0] - 0.1) < 1e-12, "l1 0.1: %g", v[0]);
	ok(fabs(v[1] - half) < 1e-12, "mae %g: %g", half, v[1]);
	ok(fabs(v[2] - 10 * log10(1 / 0.02)) < 1e-12, "psnr of mse 0.02: %g",
	    v[2]);

	p.where = arena_calloc(arena, p.h, p.w);
	ok(measure_pair(&v[0], &m[0], &p, arena) == OK && isnan(v[0]) &&
	    measure_pair(&v[3], &m[3], &p, arena) == OK && isnan(v[3]),
	    "nothing to average is NaN");
	p.where = NULL;

	small = a;
	memcpy(small.dim, dim, sizeof dim);
	ok(pair_make(&p, arena, &small, &small, 0, NULL, NULL, &prep) ==
	    OK && measure_pair(&v[3], &m[3], &p, arena) == E_SHAPE &&
	    strstr(status_detail(), "60x10 pixels, want at least the 11x11"),
	    "smaller than the window: %s", status_detail());
	ok(measure_pair(&v[4], &m[4], &p, arena) == E_VALUE,
	    "auto range of one colour: %s", status_detail());
	ok(measure_set_range(m, n, "51") == OK && m[3].range == 51 &&
	    fabs(m[6].range - 0.2) < 1e-12 && m[0].range == 1,
	    "range 51 is 51 of 255 and 0.2 of 1, and no business of l1's");
	ok(measure_set_range(m, n, "auto") == OK && m[3].range == 0, "auto");
	ok(measure_set_range(m, n, "-3") == E_VALUE &&
	    measure_set_range(m, n, "9x") == E_VALUE &&
	    measure_set_range(m, n, "") == E_VALUE, "bad ranges");
	ok(measure_list(m, &n, "l1,ssim", protocol_at(0)) == E_VALUE &&
	    strstr(status_detail(), "\"ssim\""), "%s", status_detail());
	ok(measure_list(m, &n, "l1,l1,l1,l1,l1,l1,l1,l1,l1,l1,l1,l1,l1", protocol_at(0)) ==
	    E_LIMIT, "%s", status_detail());
}

/* Views, mapping of values, crop, pad, mask, codes. */
static void
test_prep(void)
{
	float f[2][1][4][1] = {
		{ { { -1 }, { 1 }, { 0 }, { 5 } } },
		{ { { 0.5f }, { -0.5f }, { -2 }, { 0.1f } } }
	};
	uint8_t u[2][1][4][1] = {
		{ { { 0 }, { 255 }, { 51 }, { 102 } } },
		{ { { 5 }, { 6 }, { 7 }, { 8 } } }
	};
	uint8_t code[1][4] = { { 0, 1, 3, 3 } }, some[1][4] = { { 0, 1, 0, 1 } };
	struct tensor a = { DT_F4, 4, { 2, 1, 4, 1 }, f };
	struct tensor b = { DT_U1, 4, { 2, 1, 4, 1 }, u };
	struct tensor m = { DT_U1, 2, { 1, 4 }, code }, t;
	struct tensor where = { DT_U1, 2, { 1, 4 }, some };
	struct pair_prep prep = { 0 };
	struct pair_where w;
	struct pair p;

	arena_reset(arena);
	ok(pair_views(&a) == 2 && pair_check(&a, FLOATS_CHECK) == OK &&
	    pair_agree(&a, &b) == OK && pair_check_mask(&m, &a, false) == OK,
	    "f4 and u1 pictures agree, a mask serves all views");
	ok(pair_make(&p, arena, &a, &b, 0, NULL, NULL, &prep) == OK &&
	    p.a[0] == 0 && p.a[1] == 1 && p.a[2] == 0.5 && p.a[3] == 1 &&
	    p.b[0] == 0 && p.b[1] == 1 && fabs(p.b[2] - 0.2) < 1e-15,
	    "both map to 0..1, f4 is clamped");
	prep = (struct pair_prep){ .bits8 = true };
	ok(pair_make(&p, arena, &a, &b, 1, NULL, NULL, &prep) == OK &&
	    p.a[0] == 191 / 255. && p.a[1] == 63 / 255. && p.a[2] == 0 &&
	    p.b[3] == 8 / 255., "view 1, cut to 8 bits");
	prep = (struct pair_prep){ .crop = 2, .pad_white = 1, .blank = 0.25 };
	ok(pair_where_parse(&w, "x.seen=3,0") == OK &&
	    strcmp(w.field, "x.seen") == 0 && w.code[0] && !w.code[1] &&
	    w.code[3] && !w.code[255], "where FIELD=3,0");
	code[0][1] = 0;
	ok(pair_make(&p, arena, &a, &b, 0, &m, &where, &prep) == OK &&
	    p.w == 4 && p.a[0] == 1 && p.a[1] == 0.25 && p.b[1] == 0.25 &&
	    p.a[2] == 0.5 && p.a[3] == 1 && p.b[3] == 1 && !p.where[0] &&
	    p.where[1] && !p.where[2] && !p.where[3],
	    "centre 2 columns, masked, one white column each side");
	prep.crop = 5;
	ok(pair_make(&p, arena, &a, &b, 0, NULL, NULL, &prep) == E_SHAPE,
	    "%s", status_detail());
	ok(pair_where_parse(&w, "m") == OK && !w.code[0] && w.code[1] &&
	    w.code[255], "where FIELD: all but 0");
	ok(pair_where_parse(&w, "m=") == E_FORMAT &&
	    pair_where_parse(&w, "=3") == E_FORMAT &&
	    pair_where_parse(&w, "m=256") == E_FORMAT &&
	    pair_where_parse(&w, "m=1;2") == E_FORMAT &&
	    pair_where_parse(&w, "m=-1") == E_FORMAT, "%s", status_detail());

	f[1][0][2][0] = NAN;
	ok(pair_check(&a, FLOATS_CHECK) == E_VALUE, "NaN: %s", status_detail());
	t = b;
	t.dim[3] = 2;
	ok(pair_check(&t, FLOATS_CHECK) == E_SHAPE, "%s", status_detail());
	ok(pair_agree(&a, &t) == E_SHAPE, "%s", status_detail());
	t = m;
	t.dim[1] = 3;
	ok(pair_check_mask(&t, &a, false) == E_SHAPE, "%s", status_detail());
	t.dtype = DT_F4;
	t.dim[1] = 4;
	ok(pair_check_mask(&t, &a, false) == E_SHAPE, "%s", status_detail());
}

static void
test_summary(void)
{
	struct table t = { .cols = 2 };
	struct summary s, again;
	struct threshold th;
	double mean = 0;
	bool good = true;

	arena_reset(arena);
	ok(table_summary(&s, &t, 0, 1, arena) == OK && s.n == 0 &&
	    isnan(s.mean) && isnan(s.median) && isnan(s.lo), "empty table");
	/* 1000 groups of two rows, and one row without a figure. */
	for (size_t i = 0; i < 1000; i++) {
		double x = (double)(i * i % 1000);

		good &= table_add(&t, i, (double[]){ x, 1 }) == OK &&
		    table_add(&t, i, (double[]){ x, i ? 2 : NAN }) == OK;
		mean += x / 1000;
	}
	ok(good && t.n == 2000, "2000 rows");
	good = table_summary(&s, &t, 0, 1, arena) == OK;
	ok(good && s.n == 2000 && fabs(s.mean - mean) < 1e-9, "mean %g", s.mean);
	/*
	 * The standard error of the mean of 1000 groups, whatever the number
	 * of rows in each: 1.96 * 295 / sqrt(1000) = 18.3.
	 */
	ok(fabs(s.mean - s.lo - 18.3) < 1.5 && fabs(s.hi - s.mean - 18.3) < 1.5,
	    "95 %% interval -%.1f +%.1f, want 18.3", s.mean - s.lo,
	    s.hi - s.mean);
	ok(table_summary(&again, &t, 0, 1, arena) == OK && again.lo == s.lo &&
	    again.hi == s.hi, "the same seed gives the same interval");
	ok(table_summary(&again, &t, 0, 2, arena) == OK && again.lo != s.lo,
	    "another seed another one");
	ok(table_summary(&s, &t, 1, 1, arena) == OK && s.n == 1999 &&
	    s.median == 1, "NaN is left out; median of 1000 ones, 999 twos");
	table_free(&t);

	good = table_add(&t, 5, (double[]){ INFINITY, 3 }) == OK &&
	    table_add(&t, 5, (double[]){ INFINITY, 4 }) == OK;
	ok(good && table_summary(&s, &t, 0, 1, arena) == OK &&
	    isinf(s.mean) && isinf(s.median) && isnan(s.lo),
	    "infinite figures; one group has no interval");
	ok(table_summary(&s, &t, 1, 1, arena) == OK && s.median == 3.5,
	    "median of two");
	table_free(&t);

	ok(threshold_parse(&th, "ssim-wang>0.8") == OK && th.name_len == 9 &&
	    threshold_met(&th, 0.81) && !threshold_met(&th, 0.8) &&
	    !threshold_met(&th, NAN), "ssim-wang>0.8");
	ok(threshold_parse(&th, "l1<1e-2") == OK && threshold_met(&th, 0) &&
	    !threshold_met(&th, 0.01), "l1<1e-2");
	ok(threshold_parse(&th, "l1") == E_FORMAT &&
	    threshold_parse(&th, "l1<") == E_FORMAT &&
	    threshold_parse(&th, "<3") == E_FORMAT &&
	    threshold_parse(&th, "l1<3x") == E_FORMAT &&
	    threshold_parse(&th, "l1<nan") == E_FORMAT, "%s", status_detail());
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 32) != OK)
		return 1;
	test_ssim();
	test_known();
	test_prep();
	test_summary();
	arena_free(arena);
	return done();
}
