#include "tensor/stats.h"

#include <math.h>
#include <stdio.h>

#define BLOCK 1024
#define SIGNED_MOST 16		/* no network's -1..1 comes to this; 0..255 does */
#define UNIT_DARK 0.15f		/* nearly black in 0..1, mid-grey in -1..1 */
#define UNIT_STEP 1e-3	/* of a 255th */
#define UNIT_LEVELS 16
#define UNIT_SHARE 1000		/* of so many values one is, or more are, */
#define UNIT_LEAST 2		/* and not by chance */

/* n values from `first` on. */
static void
load(double *dst, const struct tensor *t, size_t first, size_t n)
{
	const void *p = t->data;

	switch (t->dtype) {
	case DT_F4:
		for (size_t i = 0; i < n; i++)
			dst[i] = (double)((const float *)p)[first + i];
		break;
	case DT_F2:
		for (size_t i = 0; i < n; i++)
			dst[i] = (double)half_to_float(
			    ((const uint16_t *)p)[first + i]);
		break;
	case DT_U1:
		for (size_t i = 0; i < n; i++)
			dst[i] = ((const uint8_t *)p)[first + i];
		break;
	case DT_U2:
		for (size_t i = 0; i < n; i++)
			dst[i] = ((const uint16_t *)p)[first + i];
		break;
	case DT_I4:
		for (size_t i = 0; i < n; i++)
			dst[i] = ((const int32_t *)p)[first + i];
		break;
	case DT_I8:
		for (size_t i = 0; i < n; i++)
			dst[i] = (double)((const int64_t *)p)[first + i];
		break;
	case DT_COUNT:
		break;
	}
}

void
tensor_stats(struct tensor_stats *s, const struct tensor *t)
{
	double v[BLOCK], sum = 0;

	*s = (struct tensor_stats){ .n = tensor_len(t), .min = NAN,
	    .mean = NAN, .max = NAN };
	for (size_t at = 0; at < s->n; at += BLOCK) {
		size_t n = s->n - at < BLOCK ? s->n - at : BLOCK;

		load(v, t, at, n);
		for (size_t i = 0; i < n; i++) {
			if (isnan(v[i])) {
				s->nan++;
				continue;
			}
			/* Written so that the first value replaces NaN. */
			s->min = v[i] >= s->min ? s->min : v[i];
			s->max = v[i] <= s->max ? s->max : v[i];
			sum += v[i];
		}
	}
	if (s->nan < s->n)
		s->mean = sum / (double)(s->n - s->nan);
}

/* |a - b| without rounding before the subtraction. */
static double
distance_i8(const struct tensor *ta, const struct tensor *tb, size_t i)
{
	int64_t a = ((const int64_t *)ta->data)[i];
	int64_t b = ((const int64_t *)tb->data)[i];

	return (double)(a > b ? (uint64_t)a - (uint64_t)b :
	    (uint64_t)b - (uint64_t)a);
}

static void
disagree(struct tensor_diff *d, size_t i, double a, double b)
{
	if (d->differ++ == 0) {
		d->first = i;
		d->a = a;
		d->b = b;
	}
}

void
tensor_diff(struct tensor_diff *d, const struct tensor *ta,
    const struct tensor *tb, double abs, double rel)
{
	double a[BLOCK], b[BLOCK], sum = 0;
	size_t numbers = 0;

	*d = (struct tensor_diff){ .n = tensor_len(ta) };
	for (size_t at = 0; at < d->n; at += BLOCK) {
		size_t n = d->n - at < BLOCK ? d->n - at : BLOCK;

		load(a, ta, at, n);
		load(b, tb, at, n);
		for (size_t i = 0; i < n; i++) {
			if (isnan(a[i]) || isnan(b[i])) {
				if (!isnan(a[i]) || !isnan(b[i]))
					disagree(d, at + i, a[i], b[i]);
				continue;
			}
			/* Equal infinities have no difference. */
			double e = ta->dtype == DT_I8 ?
			    distance_i8(ta, tb, at + i) :
			    a[i] == b[i] ? 0 : fabs(a[i] - b[i]);
			double size = fmax(fabs(a[i]), fabs(b[i]));

			numbers++;
			sum += e * e;
			if (e > d->max_abs)
				d->max_abs = e;
			if (e > 0 && (isinf(size) ? INFINITY : e / size) > d->max_rel)
				d->max_rel = isinf(size) ? INFINITY : e / size;
			/* Infinity is near to nothing, whatever rel is. */
			if (e > 0 && (isinf(e) || e > abs + rel * size))
				disagree(d, at + i, a[i], b[i]);
		}
	}
	if (numbers > 0)
		d->rms = sqrt(sum / (double)numbers);
}

char *
tensor_index_text(char *buf, size_t n, const struct tensor *t, size_t i)
{
	size_t index[TENSOR_MAX_RANK] = { 0 };
	int at = snprintf(buf, n, "(");

	for (int k = t->rank - 1; k >= 0; k--) {
		index[k] = i % t->dim[k];
		i /= t->dim[k];
	}
	for (int k = 0; k < t->rank && (size_t)at < n; k++)
		at += snprintf(buf + at, n - (size_t)at, "%s%zu", k ? "," : "",
		    index[k]);
	if ((size_t)at < n)
		snprintf(buf + at, n - (size_t)at, ")");
	return buf;
}

size_t
tensor_not_finite(const struct tensor *t)
{
	const float *x = t->data;
	size_t bad = 0;

	for (size_t i = t->dtype == DT_F4 ? tensor_len(t) : 0; i-- > 0;)
		bad += !isfinite(x[i]);
	return bad;
}

enum status
tensor_check(const struct tensor *t, double lo, double hi, bool missing)
{
	const float *x = t->data;
	const size_t n = t->dtype == DT_F4 ? tensor_len(t) : 0;
	char at[TENSOR_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		const double v = isnan(x[i]) ? NAN : (double)x[i];	/* no -nan */

		if (v >= lo && v <= hi && isfinite(v))
			continue;
		if (isnan(v) && missing)
			continue;
		tensor_index_text(at, sizeof at, t, i);
		if (isinf(lo) && isinf(hi))
			return fail(E_VALUE, "the value at %s is %g, want a "
			    "finite number", at, v);
		return fail(E_VALUE, "the value at %s is %g, want %g to %g", at,
		    v, lo, hi);
	}
	return OK;
}

/*
 * Whether n values of 0..1 are whole 255ths: bytes that were divided. Bytes
 * brought to -1..1 are odd 255ths alone.
 */
static bool
is_of_bytes(const float *x, size_t n)
{
	size_t seen[256] = { 0 }, levels = 0, even = 0;

	for (size_t i = 0; i < n; i++) {
		const double v = 255. * (double)x[i], k = rint(v);

		if (fabs(v - k) > UNIT_STEP)
			return false;
		seen[(int)k]++;
	}
	for (int k = 1; k < 255; k++) {
		levels += seen[k] > 0;
		even += seen[k] > 0 && k % 2 == 0;
	}
	return levels >= UNIT_LEVELS && even > levels / 4;
}

bool
tensor_is_unit(const struct tensor *t)
{
	const float *x = t->data;
	const size_t n = t->dtype == DT_F4 ? tensor_len(t) : 0;
	size_t dark = 0;

	for (size_t i = 0; i < n; i++) {
		if (!(x[i] >= 0 && x[i] <= 1))
			return false;
		/* 0 itself is also what is not filled. */
		dark += x[i] > 0 && x[i] < UNIT_DARK;
	}
	return (dark >= UNIT_LEAST && dark > n / UNIT_SHARE) ||
	    is_of_bytes(x, n);
}

enum status
tensor_check_signed(const struct tensor *t)
{
	if (tensor_check(t, -SIGNED_MOST, SIGNED_MOST, false) != OK)
		return fail(E_VALUE, "%s: want a picture of -1 to 1",
		    status_detail());
	return tensor_is_unit(t) ? fail(E_VALUE, "all values are 0 to 1, as of "
	    "a picture whose black is 0; want -1 to 1, with black at -1") : OK;
}
