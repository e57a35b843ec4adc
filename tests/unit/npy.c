/*
 * Tests: .npy headers against the bytes that numpy writes; conversion of
 * what the suite does not store: f8, other integers, big-endian, Fortran.
 */
#include "stream/npy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../tap.h"

static struct arena *arena;
static char file[8192];

/* A version 1 file with this dict and data; returns its length. */
static size_t
npy(const char *dict, const void *data, size_t n)
{
	size_t len = (10 + strlen(dict) + 1 + 63) / 64 * 64;

	memset(file, ' ', len);
	memcpy(file, "\223NUMPY\1\0", 8);
	file[8] = (char)(len - 10);
	file[9] = 0;
	memcpy(file + 10, dict, strlen(dict));
	file[len - 1] = '\n';
	memcpy(file + len, data, n);
	return len + n;
}

static void
headers(void)
{
	/* numpy.save of zeros((2, 3), '<f4'), up to the padding. */
	static const char want[] = "\223NUMPY\1\0v\0{'descr': '<f4', "
	    "'fortran_order': False, 'shape': (2, 3), }";
	char buf[NPY_HEADER_MAX];
	struct tensor t = { .dtype = DT_F4, .rank = 2, .dim = { 2, 3 } }, u;
	size_t n = npy_header(buf, &t), skip;

	ok(n == 128 && !memcmp(buf, want, sizeof want - 1) &&
	    buf[127] == '\n' && buf[126] == ' ', "header of (2,3)");
	for (int d = 0; d < DT_COUNT; d++)
		for (int rank = 0; rank <= TENSOR_MAX_RANK; rank++) {
			t = (struct tensor){ .dtype = (enum dtype)d, .rank = rank,
			    .dim = { 3, 1, 4, 1, 5, 9 } };
			for (int i = rank; i < TENSOR_MAX_RANK; i++)
				t.dim[i] = 0;
			n = npy_header(buf, &t);
			if (n % 64 || npy_parse(&u, &skip, buf, n, 1 << 20) != OK ||
			    skip != n || u.dtype != t.dtype || u.rank != rank ||
			    memcmp(u.dim, t.dim, sizeof t.dim) != 0)
				ok(false, "%s of rank %d: %s", dtype_name(t.dtype),
				    rank, status_detail());
		}
	ok(true, "headers of all dtypes and ranks are read again");
	n = npy("{\"shape\" : ( 2L ,3L,) ,'fortran_order':False,'descr':'|u1'}",
	    "abcdef", 6);
	ok(npy_parse(&u, &skip, file, n, 6) == OK && u.dim[1] == 3,
	    "other blanks, quotes and order: %s", status_detail());
	ok(npy_parse(&u, &skip, file, n, 5) == E_LIMIT, "limit: %s",
	    status_detail());
	n = npy("{'descr': '<f4', 'fortran_order': False, "
	    "'shape': (0, 256, 256, 18), }", "", 0);
	ok(npy_parse(&u, &skip, file, n, n) == OK && skip == n &&
	    u.dim[0] == 0 && u.dim[3] == 18, "no views of 256 x 256: %s",
	    status_detail());
	n = npy("{'descr': '<f4', 'fortran_order': False, "
	    "'shape': (65536, 65536, 0), }", "", 0);
	ok(npy_parse(&u, &skip, file, n, n) == E_LIMIT,
	    "a dim of 0 hides no size: %s", status_detail());
	n = npy("{'descr': '<f4', 'fortran_order': False, "
	    "'shape': (4294967296, 4294967296, 0, 3), }", "", 0);
	ok(npy_parse(&u, &skip, file, n, n) == E_LIMIT,
	    "nor an overflow: %s", status_detail());
	n = npy("{\"shape\" : ( 2L ,3L,) ,'fortran_order':False,'descr':'|u1'}",
	    "abcdef", 6);
	ok(npy_parse(&u, &skip, file, n, 6) == OK, "again: %s", status_detail());
	for (size_t cut = 0; cut < skip; cut++)
		if (npy_parse(&u, &n, file, cut, 6) != E_TRUNC)
			ok(false, "header cut at %zu", cut);
	ok(true, "cut headers");
}

/* The dict with this dtype, order and shape, converted. */
static enum status
convert(struct tensor *t, const char *descr, const char *order,
    const char *shape, const void *data, size_t n)
{
	char dict[256];

	snprintf(dict, sizeof dict, "{'descr': '%s', 'fortran_order': %s, "
	    "'shape': %s, }", descr, order, shape);
	arena_reset(arena);
	return npy_convert(t, arena, file, npy(dict, data, n));
}

static void
conversions(void)
{
	struct tensor t;
	const double f8[] = { 1.5, -NAN, 1e300, 0.1 };
	const int16_t i2[] = { -3, 300 };
	const uint32_t u4[] = { 1, UINT32_MAX };
	const uint64_t u8[] = { 1, INT64_MAX }, big[] = { UINT64_MAX };
	const float *f;

	ok(convert(&t, "<f8", "False", "(4,)", f8, sizeof f8) == OK &&
	    t.dtype == DT_F4 && (f = t.data) && f[0] == 1.5f &&
	    isnan(f[1]) && isinf(f[2]) && f[3] == 0.1f, "f8 to f4");
	ok(convert(&t, "<i2", "False", "(2,)", i2, sizeof i2) == OK &&
	    t.dtype == DT_I4 && ((int32_t *)t.data)[0] == -3 &&
	    ((int32_t *)t.data)[1] == 300, "i2 to i4");
	ok(convert(&t, "|i1", "False", "(2,)", "\377\7", 2) == OK &&
	    t.dtype == DT_I4 && ((int32_t *)t.data)[0] == -1 &&
	    ((int32_t *)t.data)[1] == 7, "i1 to i4");
	ok(convert(&t, "<u4", "False", "(2,)", u4, sizeof u4) == OK &&
	    t.dtype == DT_I8 && ((int64_t *)t.data)[1] == UINT32_MAX,
	    "u4 to i8");
	ok(convert(&t, "<u8", "False", "(2,)", u8, sizeof u8) == OK &&
	    t.dtype == DT_I8 && ((int64_t *)t.data)[1] == INT64_MAX,
	    "u8 to i8");
	ok(convert(&t, "<u8", "False", "(1,)", big, sizeof big) == E_VALUE,
	    "u8 above i8: %s", status_detail());
	ok(convert(&t, "|b1", "False", "(3,)", "\0\1\2", 3) == OK &&
	    t.dtype == DT_U1 && !memcmp(t.data, "\0\1\1", 3), "b1 to u1");
	ok(convert(&t, ">f4", "False", "(1,)", "\77\200\0\0", 4) == OK &&
	    *(float *)t.data == 1, "big-endian f4");
	ok(convert(&t, ">f8", "False", "()", "\77\370\0\0\0\0\0\0", 8) == OK &&
	    t.rank == 0 && *(float *)t.data == 1.5f, "big-endian f8, scalar");
	ok(convert(&t, ">i8", "False", "(1,)", "\377\377\377\377\377\377\377\376",
	    8) == OK && *(int64_t *)t.data == -2, "big-endian i8");
	/* [[a b c] [d e f]] stands as a d b e c f. */
	ok(convert(&t, "|u1", "True", "(2, 3)", "adbecf", 6) == OK &&
	    !memcmp(t.data, "abcdef", 6), "Fortran order");
	/* x[i][j][k] = 6 i + 2 j + k, first index fastest */
	ok(convert(&t, "|u1", "True", "(2, 3, 2)",
	    "\0\6\2\10\4\12\1\7\3\11\5\13", 12) == OK &&
	    !memcmp(t.data, "\0\1\2\3\4\5\6\7\10\11\12\13", 12),
	    "Fortran order, three axes");
	ok(convert(&t, "<f4", "True", "(0, 3)", "", 0) == OK &&
	    tensor_len(&t) == 0, "Fortran order, no values");
	ok(convert(&t, "<f4", "False", "(2,)", "1234", 4) == E_LIMIT ||
	    convert(&t, "<f4", "False", "(2,)", "1234", 4) == E_TRUNC,
	    "too few data: %s", status_detail());
	ok(convert(&t, "<f4", "False", "(1,)", "12345", 5) == E_FORMAT,
	    "too many data: %s", status_detail());
	ok(convert(&t, "<c8", "False", "(1,)", "12345678", 8) == E_FORMAT,
	    "complex: %s", status_detail());
}

int
main(void)
{
	if (!ok(arena_new(&arena, 1 << 20) == OK, "arena"))
		return done();
	headers();
	conversions();
	arena_free(arena);
	return done();
}
