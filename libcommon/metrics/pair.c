#include "metrics/pair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tensor/stats.h"

/* The codes of "=1,3", or where there are none all but 0. */
static enum status
parse_codes(struct pair_where *w, const char *s)
{
	memset(w->code, *s == '\0', sizeof w->code);
	w->code[0] = false;
	while (*s != '\0') {
		char *end;
		long v = strtol(s + 1, &end, 10);

		if (end == s + 1 || (*end != ',' && *end != '\0') || v < 0 ||
		    v > 255)
			return fail(E_FORMAT,
			    "\"%s\", want FIELD=CODE,... with codes 0 to 255",
			    w->text);
		w->code[v] = true;
		s = end;
	}
	return OK;
}

static enum status
parse_limit(struct pair_where *w, const char *s)
{
	char *end;

	w->limit = strtod(s + 1, &end);
	return end > s + 1 && *end == '\0' && isfinite(w->limit) ? OK :
	    fail(E_FORMAT, "\"%s\", want FIELD%cNUMBER", w->text, *s);
}

enum status
pair_where_parse(struct pair_where *w, const char *text)
{
	size_t n = strcspn(text, "=<>");
	const char *s = text + n;

	if (n == 0 || n >= sizeof w->field)
		return fail(E_FORMAT, "\"%s\", want FIELD, FIELD=CODE,..., "
		    "FIELD<X or FIELD>X", text);
	if (strlen(text) >= sizeof w->text)
		return fail(E_LIMIT, "\"%s\" is too long", text);
	strcpy(w->text, text);
	memcpy(w->field, text, n);
	w->field[n] = '\0';
	w->op = *s == '\0' ? '=' : *s;
	return w->op == '=' ? parse_codes(w, s) : parse_limit(w, s);
}

static bool
where_has(const struct pair_where *w, const struct tensor *t, size_t i)
{
	if (w->op == '=')
		return w->code[((const uint8_t *)t->data)[i]];
	const double v = t->dtype == DT_U1 ? ((const uint8_t *)t->data)[i] :
	    (double)((const float *)t->data)[i];

	return w->op == '<' ? v < w->limit : v > w->limit;
}

void
pair_where_and(uint8_t *yes, size_t n, const struct pair_where *w,
    const struct tensor *t)
{
	for (size_t i = 0; i < n; i++)
		yes[i] &= where_has(w, t, i % tensor_len(t));
}

size_t
pair_views(const struct tensor *t)
{
	return t->rank == 4 ? t->dim[0] : 1;
}

/*
 * No value below 0 in a picture of many: in -1..1 nothing would be darker than
 * middle grey. 0 itself is also what is not filled.
 */
static bool
is_all_bright(const struct tensor *t)
{
	enum { LEAST = 3 * 32 * 32 };
	const float *x = t->data, contrast = 0.2f;
	const size_t n = t->dtype == DT_F4 ? tensor_len(t) : 0;
	float lo = 1, hi = 0;
	size_t filled = 0;

	for (size_t i = 0; i < n; i++) {
		if (!(x[i] >= 0 && x[i] <= 1))
			return false;
		if (x[i] == 0)
			continue;
		filled++;
		lo = fminf(lo, x[i]);
		hi = fmaxf(hi, x[i]);
	}
	return filled >= LEAST && hi - lo > contrast;
}

enum status
pair_check(const struct tensor *t, enum pair_floats floats)
{
	char buf[TENSOR_TEXT_MAX];
	size_t c = t->rank > 0 ? t->dim[t->rank - 1] : 0;

	if ((t->dtype != DT_U1 && t->dtype != DT_F4) ||
	    (t->rank != 3 && t->rank != 4) || (c != 1 && c != 3) ||
	    tensor_len(t) == 0)
		return fail(E_SHAPE,
		    "%s, want u1 or f4 (h,w,3) or (h,w,1), or n of them",
		    tensor_text(buf, sizeof buf, t->dtype, t->rank, t->dim));
	if (floats == FLOATS_UNIT)
		return tensor_check(t, -0.5, 1.5, false);
	if (floats == FLOATS_CHECK && tensor_is_unit(t))
		return fail(E_VALUE, "all values are 0 to 1, want -1 to 1; "
		    "--floats unit takes them as they are");
	if (floats == FLOATS_CHECK && is_all_bright(t))
		return fail(E_VALUE, "no value is below 0, as in pictures of 0 to "
		    "1: --floats says what they are, unit (0 to 1) or signed (-1 to "
		    "1)");
	return floats == FLOATS_SIGNED ? tensor_check(t, -INFINITY, INFINITY,
	    false) : tensor_check_signed(t);
}

enum status
pair_agree(const struct tensor *a, const struct tensor *b)
{
	char have[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];

	if (a->rank == b->rank &&
	    memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim) == 0)
		return OK;
	return fail(E_SHAPE, "%s, want the size of the other, %s",
	    tensor_text(have, sizeof have, b->dtype, b->rank, b->dim),
	    tensor_text(want, sizeof want, a->dtype, a->rank, a->dim));
}

enum status
pair_check_mask(const struct tensor *t, const struct tensor *a, bool values)
{
	char have[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];
	/* The mask of a picture has its dimensions without channels. */
	const size_t *hw = a->dim + a->rank - 3;
	int lead = t->rank - 2;

	if ((t->dtype == DT_U1 || (values && t->dtype == DT_F4)) &&
	    (lead == 0 || (lead == 1 && a->rank == 4 &&
	    t->dim[0] == a->dim[0])) && t->dim[lead] == hw[0] &&
	    t->dim[lead + 1] == hw[1])
		return OK;
	return fail(E_SHAPE, "%s, want %s for these pictures",
	    tensor_text(have, sizeof have, t->dtype, t->rank, t->dim),
	    tensor_text(want, sizeof want, DT_U1, a->rank - 1, a->dim));
}

/* Row y of view `view` of a mask. */
static const uint8_t *
mask_row(const struct tensor *t, size_t view, size_t y)
{
	size_t h = t->dim[t->rank - 2], w = t->dim[t->rank - 1];

	return (const uint8_t *)t->data +
	    ((t->rank == 3 ? view : 0) * h + y) * w;
}

/* Element i in 0..1. */
static double
unit_value(const struct tensor *t, size_t i, const struct pair_prep *prep)
{
	double v;

	if (t->dtype == DT_U1)
		return ((const uint8_t *)t->data)[i] / 255.0;
	v = ((const float *)t->data)[i];
	v = prep->floats == FLOATS_UNIT ? 2 * v - 1 : v;
	v = (fmin(fmax(v, -1), 1) + 1) / 2;
	/* Published code saves pictures by a cast, which cuts. */
	return prep->bits8 ? floor(v * 255) / 255 : v;
}

static void
fill_plane(double *plane, size_t pw, size_t pad, const struct tensor *t,
    size_t view, size_t left, size_t crop, size_t ch,
    const struct tensor *mask, const struct pair_prep *prep)
{
	const size_t *d = t->dim + t->rank - 3;
	size_t h = d[0], w = d[1], c = d[2];

	for (size_t y = 0; y < h; y++) {
		const uint8_t *m = mask ? mask_row(mask, view, y) : NULL;
		double *row = plane + y * pw;

		for (size_t x = 0; x < pw; x++)
			row[x] = 1;	/* white; the middle is replaced */
		for (size_t x = left; x < left + crop; x++) {
			size_t i = ((view * h + y) * w + x) * c + ch;
			double *v = &row[pad + x - left];

			*v = m != NULL && m[x] == 0 ? prep->blank :
			    unit_value(t, i, prep);
		}
	}
}

enum status
pair_make(struct pair *p, struct arena *arena, const struct tensor *a,
    const struct tensor *b, size_t view, const struct tensor *mask,
    const struct tensor *where, const struct pair_prep *prep)
{
	const size_t *d = a->dim + a->rank - 3;
	size_t h = d[0], w = d[1], c = d[2];
	size_t crop = prep->crop > 0 ? (size_t)prep->crop : w;
	size_t pad = (size_t)prep->pad_white, pw, left, plane;

	if (crop > w)
		return fail(E_SHAPE, "%zu columns, want at least the %zu that "
		    "are kept", w, crop);
	left = (w - crop) / 2;
	pw = crop + 2 * pad;
	*p = (struct pair){ .h = h, .w = pw, .c = c };
	TRY(size_mul(&plane, h, pw));
	p->a = arena_calloc(arena, plane * c, sizeof *p->a);
	p->b = arena_calloc(arena, plane * c, sizeof *p->b);
	if (p->a == NULL || p->b == NULL)
		return E_NOMEM;
	for (size_t ch = 0; ch < c; ch++) {
		fill_plane(p->a + ch * plane, pw, pad, a, view, left, crop, ch,
		    mask, prep);
		fill_plane(p->b + ch * plane, pw, pad, b, view, left, crop, ch,
		    mask, prep);
	}
	if (where == NULL)
		return OK;
	p->where = arena_calloc(arena, plane, 1);
	if (p->where == NULL)
		return E_NOMEM;
	for (size_t y = 0; y < h; y++)
		for (size_t x = 0; x < crop; x++)
			p->where[y * pw + pad + x] =
			    mask_row(where, view, y)[left + x];
	return OK;
}
