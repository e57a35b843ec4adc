#include "tensor/tensor.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	size_t size;
} types[DT_COUNT] = {
	[DT_F4] = { "f4", 4 }, [DT_F2] = { "f2", 2 }, [DT_U1] = { "u1", 1 },
	[DT_U2] = { "u2", 2 }, [DT_I4] = { "i4", 4 }, [DT_I8] = { "i8", 8 },
};

size_t
dtype_size(enum dtype d)
{
	return types[d].size;
}

const char *
dtype_name(enum dtype d)
{
	return types[d].name;
}

size_t
tensor_len(const struct tensor *t)
{
	size_t n = 1;

	for (int i = 0; i < t->rank; i++)
		n *= t->dim[i];
	return n;
}

size_t
tensor_bytes(const struct tensor *t)
{
	return tensor_len(t) * dtype_size(t->dtype);
}

enum status
tensor_alloc(struct tensor *t, struct arena *a, enum dtype d, int rank,
    const size_t *dim)
{
	size_t bytes = dtype_size(d);

	if (rank < 0 || rank > TENSOR_MAX_RANK)
		return fail(E_LIMIT, "rank %d, want at most %d", rank,
		    TENSOR_MAX_RANK);
	*t = (struct tensor){ .dtype = d, .rank = rank };
	for (int i = 0; i < rank; i++) {
		t->dim[i] = dim[i];
		TRY(size_mul(&bytes, bytes, dim[i]));
	}
	t->data = arena_alloc(a, bytes);
	return t->data ? OK : E_NOMEM;
}

bool
tensor_is(const struct tensor *t, enum dtype d, int rank, const size_t *dim)
{
	if (t->dtype != d || t->rank != rank)
		return false;
	for (int i = 0; i < rank; i++)
		if (dim[i] && dim[i] != t->dim[i])
			return false;
	return true;
}

char *
tensor_text(char *buf, size_t n, enum dtype d, int rank, const size_t *dim)
{
	int at = snprintf(buf, n, "%s (", dtype_name(d));

	for (int i = 0; i < rank && (size_t)at < n; i++)
		at += dim[i] ? snprintf(buf + at, n - (size_t)at, "%s%zu",
		    i ? "," : "", dim[i]) :
		    snprintf(buf + at, n - (size_t)at, "%s*", i ? "," : "");
	if ((size_t)at < n)
		snprintf(buf + at, n - (size_t)at, "%s", rank == 1 ? ",)" : ")");
	return buf;
}

float
half_to_float(uint16_t h)
{
	uint32_t sign = (uint32_t)(h & 0x8000) << 16, exp = h >> 10 & 31,
	    man = h & 1023, bits;
	float f;

	if (exp == 31) {			/* inf, nan */
		bits = sign | 0x7f800000 | man << 13;
	} else if (exp) {
		bits = sign | (exp + 112) << 23 | man << 13;
	} else {				/* zero, subnormal: man * 2^-24 */
		f = (float)man * 0x1p-24f;
		return sign ? -f : f;
	}
	memcpy(&f, &bits, sizeof f);
	return f;
}

uint16_t
float_to_half(float f)
{
	uint32_t bits;

	memcpy(&bits, &f, sizeof bits);
	uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
	uint32_t mag = bits & 0x7fffffff;

	if (mag > 0x7f800000)
		return sign | 0x7e00;		/* nan */
	if (mag >= 0x477ff000)
		return sign | 0x7c00;		/* rounds to inf */
	if (mag < 0x38800000) {			/* subnormal: let the FPU round */
		float m;

		memcpy(&m, &mag, sizeof m);
		m += 0.5f;			/* ulp of [0.5,1) is 2^-24 */
		memcpy(&mag, &m, sizeof mag);
		return (uint16_t)(sign | (mag - 0x3f000000));
	}
	mag += 0xfff + (mag >> 13 & 1);		/* half an ulp, ties to even */
	return (uint16_t)(sign | ((mag - 0x38000000) >> 13));
}

void
tensor_to_float(float *dst, const struct tensor *src, size_t first, size_t n)
{
	const void *p = src->data;

	switch (src->dtype) {
	case DT_F4:
		memcpy(dst, (const float *)p + first, n * sizeof *dst);
		break;
	case DT_F2:
		for (size_t i = 0; i < n; i++)
			dst[i] = half_to_float(((const uint16_t *)p)[first + i]);
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
			dst[i] = (float)((const int32_t *)p)[first + i];
		break;
	case DT_I8:
		for (size_t i = 0; i < n; i++)
			dst[i] = (float)((const int64_t *)p)[first + i];
		break;
	case DT_COUNT:
		break;
	}
}
