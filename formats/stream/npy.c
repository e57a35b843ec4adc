#include "stream/npy.h"

#include <stdio.h>
#include <string.h>

/* What a header says, in numpy's terms. */
struct header {
	bool big, fortran;
	char kind;		/* f i u b */
	size_t size;		/* bytes of one element */
	int rank;
	size_t dim[TENSOR_MAX_RANK];
	size_t count;		/* elements */
};

/* A Python literal being read: at..end. */
struct text {
	const char *at, *end;
};

static void
skip_space(struct text *x)
{
	while (x->at < x->end && (*x->at == ' ' || *x->at == '\t' ||
	    *x->at == '\n' || *x->at == '\r'))
		x->at++;
}

static bool
take(struct text *x, char c)
{
	skip_space(x);
	if (x->at == x->end || *x->at != c)
		return false;
	x->at++;
	return true;
}

static bool
take_word(struct text *x, const char *word)
{
	size_t n = strlen(word);

	skip_space(x);
	if ((size_t)(x->end - x->at) < n || memcmp(x->at, word, n) != 0)
		return false;
	x->at += n;
	return true;
}

/* A quoted string without escapes, at most n - 1 bytes. */
static enum status
take_string(struct text *x, char *s, size_t n)
{
	skip_space(x);
	if (x->at == x->end || (*x->at != '\'' && *x->at != '"'))
		return fail(E_FORMAT, "the .npy header has no string where one "
		    "is due (a structured array?)");
	char quote = *x->at++;
	size_t len = 0;

	while (x->at < x->end && *x->at != quote) {
		if (len + 1 >= n || *x->at == '\\')
			return fail(E_FORMAT, "a string of the .npy header is "
			    "too long");
		s[len++] = *x->at++;
	}
	s[len] = '\0';
	if (!take(x, quote))
		return fail(E_FORMAT, "the .npy header has an open string");
	return OK;
}

static enum status
take_descr(struct text *x, struct header *h)
{
	char s[16];

	TRY(take_string(x, s, sizeof s));
	if (strlen(s) != 3 || !strchr("<>|=", s[0]) || !strchr("fiub", s[1]) ||
	    !strchr("1248", s[2]) || (s[0] == '|' && s[2] != '1'))
		return fail(E_FORMAT, "dtype '%s' is not a number of 1 to 8 "
		    "bytes", s);
	h->size = (size_t)(s[2] - '0');
	h->kind = s[1];
	h->big = s[0] == '>' && h->size > 1;
	if ((h->kind == 'f' && h->size == 1) || (h->kind == 'b' && h->size > 1))
		return fail(E_FORMAT, "there is no dtype '%s'", s);
	return OK;
}

static enum status
take_dim(struct text *x, struct header *h)
{
	size_t d = 0;

	skip_space(x);
	if (x->at < x->end && *x->at == '-')
		return fail(E_FORMAT, "a negative dimension");
	if (x->at == x->end || *x->at < '0' || *x->at > '9')
		return fail(E_FORMAT, "the shape of the .npy header is not a "
		    "tuple of numbers");
	for (; x->at < x->end && *x->at >= '0' && *x->at <= '9'; x->at++) {
		TRY(size_mul(&d, d, 10));
		if (__builtin_add_overflow(d, (size_t)(*x->at - '0'), &d))
			return fail(E_LIMIT, "a dimension is too large");
	}
	if (x->at < x->end && *x->at == 'L')	/* written by Python 2 */
		x->at++;
	if (h->rank < TENSOR_MAX_RANK)
		h->dim[h->rank] = d;
	h->rank++;
	return OK;
}

static enum status
take_shape(struct text *x, struct header *h)
{
	if (!take(x, '('))
		return fail(E_FORMAT, "the shape of the .npy header is not a "
		    "tuple");
	while (!take(x, ')')) {
		TRY(take_dim(x, h));
		if (!take(x, ',') && (skip_space(x), x->at == x->end || *x->at != ')'))
			return fail(E_FORMAT, "the shape of the .npy header is "
			    "not a tuple of numbers");
	}
	if (h->rank > TENSOR_MAX_RANK)
		return fail(E_LIMIT, "rank %d, want at most %d", h->rank,
		    TENSOR_MAX_RANK);
	return OK;
}

/* {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } */
static enum status
parse_dict(struct header *h, struct text x)
{
	enum { DESCR = 1, ORDER = 2, SHAPE = 4 };
	char key[16];
	int have = 0, now;

	if (!take(&x, '{'))
		return fail(E_FORMAT, "the .npy header is not a dict");
	while (!take(&x, '}')) {
		TRY(take_string(&x, key, sizeof key));
		if (!take(&x, ':'))
			return fail(E_FORMAT, "the .npy header is not a dict");
		if (strcmp(key, "descr") == 0) {
			now = DESCR;
			TRY(take_descr(&x, h));
		} else if (strcmp(key, "fortran_order") == 0) {
			now = ORDER;
			h->fortran = take_word(&x, "True");
			if (!h->fortran && !take_word(&x, "False"))
				return fail(E_FORMAT, "fortran_order of the "
				    ".npy header is not True or False");
		} else if (strcmp(key, "shape") == 0) {
			now = SHAPE;
			TRY(take_shape(&x, h));
		} else {
			return fail(E_FORMAT, "the .npy header has an unknown "
			    "key '%s'", key);
		}
		if (have & now)
			return fail(E_FORMAT, "the .npy header has '%s' twice",
			    key);
		have |= now;
		if (!take(&x, ',') && (skip_space(&x), x.at == x.end || *x.at != '}'))
			return fail(E_FORMAT, "the .npy header is not a dict");
	}
	skip_space(&x);
	if (x.at != x.end)
		return fail(E_FORMAT, "the .npy header goes on behind its dict");
	if (have != (DESCR | ORDER | SHAPE))
		return fail(E_FORMAT, "the .npy header lacks '%s'",
		    !(have & DESCR) ? "descr" :
		    !(have & ORDER) ? "fortran_order" : "shape");
	return OK;
}

/*
 * Elements and bytes. A dimension of 0 leaves no data, but must not hide
 * others whose product is too large for whoever computes with them.
 */
static enum status
measure(struct header *h, size_t max_bytes)
{
	size_t bytes = h->size;
	bool fits = true;

	h->count = 1;
	for (int i = 0; i < h->rank; i++) {
		h->count *= h->dim[i];
		fits = fits && !__builtin_mul_overflow(bytes,
		    h->dim[i] ? h->dim[i] : 1, &bytes);
	}
	if (h->count == 0 && fits && bytes <= NPY_EMPTY_MAX)
		return OK;
	if (!fits || bytes > max_bytes)
		return fail(E_LIMIT, "the .npy header claims more than "
		    "the %zu bytes that there can be", max_bytes);
	return OK;
}

static enum status
parse(struct header *h, size_t *skip, const void *buf, size_t n,
    size_t max_bytes)
{
	const unsigned char *b = buf;
	size_t len, from;

	*h = (struct header){ 0 };
	if (memcmp(b, "\223NUMPY", n < 6 ? n : 6) != 0)
		return fail(E_FORMAT, "not an .npy array");
	if (n < 10)
		return fail(E_TRUNC, "the .npy header stops after %zu bytes", n);
	if (b[6] < 1 || b[6] > 3)
		return fail(E_FORMAT, ".npy version %d.%d is not known", b[6],
		    b[7]);
	from = b[6] == 1 ? 10 : 12;
	len = (size_t)b[8] | (size_t)b[9] << 8;
	if (b[6] > 1) {
		if (n < 12)
			return fail(E_TRUNC, "the .npy header stops after %zu "
			    "bytes", n);
		len |= (size_t)b[10] << 16 | (size_t)b[11] << 24;
	}
	if (from + len > NPY_HEADER_MAX)
		return fail(E_LIMIT, "an .npy header of %zu bytes, want at most "
		    "%d", from + len, NPY_HEADER_MAX);
	if (from + len > n)
		return fail(E_TRUNC, "the .npy header stops after %zu bytes", n);
	*skip = from + len;
	TRY(parse_dict(h, (struct text){ (const char *)b + from,
	    (const char *)b + from + len }));
	return measure(h, max_bytes);
}

/* The suite's dtype that holds every value of the header's, or nearly (f8). */
static enum dtype
target(const struct header *h)
{
	switch (h->kind) {
	case 'f':
		return h->size == 2 ? DT_F2 : DT_F4;
	case 'u':
		return h->size == 1 ? DT_U1 : h->size == 2 ? DT_U2 : DT_I8;
	case 'b':
		return DT_U1;
	default:
		return h->size == 8 ? DT_I8 : DT_I4;
	}
}

static char
kind_of(enum dtype d)
{
	return d == DT_F4 || d == DT_F2 ? 'f' : d == DT_U1 || d == DT_U2 ? 'u' :
	    'i';
}

static bool
is_native(const struct header *h)
{
	enum dtype d = target(h);

	return h->kind == kind_of(d) && h->size == dtype_size(d);
}

enum status
npy_parse(struct tensor *t, size_t *skip, const void *buf, size_t n,
    size_t max_bytes)
{
	struct header h;

	TRY(parse(&h, skip, buf, n, max_bytes));
	if (h.big)
		return fail(E_FORMAT, "big-endian data, want little-endian");
	if (h.fortran && h.rank > 1)
		return fail(E_FORMAT, "Fortran order, want C order");
	if (!is_native(&h))
		return fail(E_FORMAT, "dtype %c%zu, want one of f4 f2 u1 u2 i4 "
		    "i8", h.kind, h.size);
	*t = (struct tensor){ .dtype = target(&h), .rank = h.rank };
	memcpy(t->dim, h.dim, sizeof t->dim);
	return OK;
}

size_t
npy_header(void *buf, const struct tensor *t)
{
	char *p = buf;
	size_t at = 10;

	memcpy(p, "\223NUMPY\1\0", 8);
	at += (size_t)snprintf(p + at, NPY_HEADER_MAX - at, "{'descr': '%c%s', "
	    "'fortran_order': False, 'shape': (", dtype_size(t->dtype) > 1 ?
	    '<' : '|', dtype_name(t->dtype));
	for (int i = 0; i < t->rank; i++)
		at += (size_t)snprintf(p + at, NPY_HEADER_MAX - at, "%s%zu%s",
		    i ? " " : "", t->dim[i],
		    i + 1 < t->rank || t->rank == 1 ? "," : "");
	at += (size_t)snprintf(p + at, NPY_HEADER_MAX - at, "), }");

	size_t len = (at + 1 + 63) / 64 * 64;

	memset(p + at, ' ', len - at);
	p[len - 1] = '\n';
	p[8] = (char)((len - 10) & 255);
	p[9] = (char)((len - 10) >> 8);
	return len;
}

/* One element as it lies in the file, least significant byte first. */
static uint64_t
load(const unsigned char *p, size_t size, bool big)
{
	uint64_t v = 0;

	for (size_t i = 0; i < size; i++)
		v |= (uint64_t)p[big ? size - 1 - i : i] << 8 * i;
	return v;
}

static int64_t
sign_extend(uint64_t v, size_t size)
{
	unsigned drop = 64 - 8 * (unsigned)size;

	return (int64_t)(v << drop) >> drop;
}

static enum status
store(const struct tensor *t, size_t i, const struct header *h, uint64_t v)
{
	switch (t->dtype) {
	case DT_F4:
		if (h->size == 8) {
			double d;

			memcpy(&d, &v, sizeof d);
			((float *)t->data)[i] = (float)d;
		} else {
			((uint32_t *)t->data)[i] = (uint32_t)v;
		}
		return OK;
	case DT_F2:
	case DT_U2:
		((uint16_t *)t->data)[i] = (uint16_t)v;
		return OK;
	case DT_U1:
		((uint8_t *)t->data)[i] = h->kind == 'b' ? v != 0 : (uint8_t)v;
		return OK;
	case DT_I4:
		((int32_t *)t->data)[i] = (int32_t)sign_extend(v, h->size);
		return OK;
	default:
		if (h->kind == 'u' && v > INT64_MAX)
			return fail(E_VALUE, "%llu does not fit i8",
			    (unsigned long long)v);
		((int64_t *)t->data)[i] = h->kind == 'u' ? (int64_t)v :
		    sign_extend(v, h->size);
		return OK;
	}
}

/* Where element i of the C order stands in Fortran order. */
static size_t
fortran_index(const struct header *h, size_t i)
{
	size_t stride = h->count, at = 0;

	for (int k = h->rank - 1; k >= 0; k--) {
		stride /= h->dim[k];
		at += i % h->dim[k] * stride;
		i /= h->dim[k];
	}
	return at;
}

enum status
npy_convert(struct tensor *t, struct arena *a, const void *buf, size_t n)
{
	const unsigned char *data = buf;
	struct header h;
	size_t skip = 0;

	TRY(parse(&h, &skip, buf, n, n));
	if (h.count * h.size != n - skip)
		return fail(h.count * h.size > n - skip ? E_TRUNC : E_FORMAT,
		    "the array needs %zu bytes of data, there are %zu",
		    h.count * h.size, n - skip);
	TRY(tensor_alloc(t, a, target(&h), h.rank, h.dim));
	data += skip;
	if (is_native(&h) && !h.big && !(h.fortran && h.rank > 1)) {
		memcpy(t->data, data, n - skip);
		return OK;
	}
	for (size_t i = 0; i < h.count; i++) {
		size_t at = h.fortran ? fortran_index(&h, i) : i;

		TRY(store(t, i, &h, load(data + at * h.size, h.size, h.big)));
	}
	return OK;
}
