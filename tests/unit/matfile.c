/*
 * matfile_get: matrices of every type of number, plain and compressed, and
 * each way in which 200 bytes could ask for more than they have.
 */
#include "mesh/matfile.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "../tap.h"

static unsigned char file[4096];
static size_t end;

static void
put(const void *p, size_t n)
{
	memcpy(file + end, p, n);
	end += n;
}

static void
put32(uint32_t v)
{
	put(&v, 4);
}

static void
element(uint32_t type, const void *p, size_t n)
{
	static const char zero[8];

	put32(type);
	put32((uint32_t)n);
	put(p, n);
	put(zero, (8 - n % 8) % 8);
}

static void
begin(void)
{
	memset(file, ' ', 124);
	memcpy(file + 124, "\0\1IM", 4);
	end = 128;
}

/* A matrix of numbers of `type`; its first byte's offset. */
static size_t
matrix(const char *name, uint32_t rows, uint32_t cols, uint32_t type,
    const void *p, size_t n)
{
	const uint32_t flags[2] = { 6, 0 }, dim[2] = { rows, cols };
	const size_t at = end;

	put32(14);
	put32(0);
	element(6, flags, 8);
	element(5, dim, 8);
	element(1, name, strlen(name));
	element(type, p, n);
	const uint32_t size = (uint32_t)(end - at - 8);

	memcpy(file + at + 4, &size, 4);
	return at;
}

/* The element from `at` on becomes a compressed one. */
static void
compressed(size_t at)
{
	unsigned char z[4096];
	uLongf n = sizeof z;

	compress(z, &n, file + at, end - at);
	end = at;
	put32(15);
	put32((uint32_t)n);
	put(z, n);
}

static enum status
get(const double **v, size_t *rows, size_t *cols, struct arena *a,
    const char *name)
{
	struct matfile m;
	enum status s = matfile_open(&m, file, end);

	return s == OK ? matfile_get(v, rows, cols, a, &m, name) : s;
}

int
main(void)
{
	static const int8_t i1[] = { -1, 2 };
	static const uint8_t u1[] = { 255, 2 };
	static const int16_t i2[] = { -300, 2 };
	static const uint16_t u2[] = { 65535, 2 };
	static const int32_t i4[] = { -70000, 2 };
	static const float f4[] = { 0.5f, 2 };
	static const double f8[] = { 0.25, 2 };
	static const struct {
		uint32_t type;
		const void *p;
		size_t n;
		double first;
	} t[] = { { 1, i1, 2, -1 }, { 2, u1, 2, 255 }, { 3, i2, 4, -300 },
		{ 4, u2, 4, 65535 }, { 5, i4, 8, -70000 }, { 7, f4, 8, 0.5 },
		{ 9, f8, 16, 0.25 } };
	const double *v = NULL;
	size_t rows = 0, cols = 0;
	struct arena *a;

	if (!ok(arena_new(&a, 1 << 20) == OK, "arena"))
		return done();
	for (int z = 0; z < 2; z++)
		for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
			begin();
			size_t other = matrix("other", 1, 2, 9, f8, 16);

			if (z)
				compressed(other);
			size_t at = matrix("x", 2, 1, t[i].type, t[i].p, t[i].n);

			if (z)
				compressed(at);
			enum status s = get(&v, &rows, &cols, a, "x");

			ok(s == OK && rows == 2 && cols == 1 && v[1] == 2 &&
			    v[0] <= t[i].first && v[0] >= t[i].first,
			    "type %u%s", t[i].type, z ? ", compressed" : "");
		}
	enum status s = get(&v, &rows, &cols, a, "y");

	ok(s == E_FORMAT, "another name: %s", status_detail());
	for (size_t whole = end; end > 0; end--)
		if (end < whole - 8 && get(&v, &rows, &cols, a, "x") == OK)
			break;
	ok(end == 0, "cut at every byte");
	begin();
	matrix("x", 1u << 30, 1u << 30, 9, f8, 16);
	s = get(&v, &rows, &cols, a, "x");
	ok(s == E_FORMAT, "more numbers than bytes: %s", status_detail());
	begin();
	size_t at = matrix("x", 2, 1, 9, f8, 16);
	const uint32_t huge = 0xfffffff0;

	memcpy(file + at + 4, &huge, 4);
	s = get(&v, &rows, &cols, a, "x");
	ok(s == E_TRUNC, "a size beyond the file: %s", status_detail());
	compressed(at);
	s = get(&v, &rows, &cols, a, "x");
	ok(s == E_FORMAT, "and in a compressed one: %s", status_detail());
	begin();
	file[126] = 'M';
	s = get(&v, &rows, &cols, a, "x");
	ok(s == E_FORMAT, "another order of bytes: %s", status_detail());
	arena_free(a);
	return done();
}
