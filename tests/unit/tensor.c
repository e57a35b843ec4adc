/* Tests: shapes, sizes, half precision (every half; rounding of floats). */
#include "tensor/tensor.h"

#include <math.h>
#include <string.h>

#include "../tap.h"

/* The definition: the nearest of all halves, ties to the even one. */
static uint16_t
nearest_half(float f)
{
	uint16_t best = 0;
	double err = INFINITY;

	for (uint32_t h = 0; h < 0x7c00; h++) {
		double e = fabs((double)half_to_float((uint16_t)h) - fabs((double)f));

		if (e < err || (e == err && !(h & 1))) {
			err = e;
			best = (uint16_t)h;
		}
	}
	return best | (signbit(f) ? 0x8000 : 0);
}

int
main(void)
{
	struct arena *a;
	struct tensor t;
	char text[TENSOR_TEXT_MAX];
	int wrong = 0;

	if (!ok(arena_new(&a, 1 << 20) == OK, "arena"))
		return done();
	ok(tensor_alloc(&t, a, DT_F4, TENSOR_DIMS(2, 3, 4)) == OK &&
	    tensor_len(&t) == 24 && tensor_bytes(&t) == 96, "alloc");
	ok(tensor_is(&t, DT_F4, TENSOR_DIMS(2, 0, 4)), "0 matches any");
	ok(!tensor_is(&t, DT_F4, TENSOR_DIMS(2, 0, 5)), "4 is not 5");
	ok(!strcmp(tensor_text(text, sizeof text, DT_F4, TENSOR_DIMS(2, 0)),
	    "f4 (2,*)"), "text: %s", text);
	ok(tensor_alloc(&t, a, DT_F4, TENSOR_DIMS(SIZE_MAX / 2, 4)) == E_LIMIT,
	    "overflow: %s", status_detail());
	ok(tensor_alloc(&t, a, DT_F4, TENSOR_DIMS(1 << 20)) != OK,
	    "limit: %s", status_detail());

	for (uint32_t h = 0; h < 0x10000; h++) {
		float f = half_to_float((uint16_t)h);

		wrong += isnan(f) ? !isnan(half_to_float(float_to_half(f))) :
		    float_to_half(f) != h;
	}
	ok(wrong == 0, "every half survives");
	wrong = 0;
	for (int i = 0; i < 300; i++) {
		float f = ldexpf((float)(i * 7919 % 4099) / 4099.f, i % 44 - 28);

		wrong += float_to_half(i & 1 ? -f : f) != nearest_half(i & 1 ? -f : f);
	}
	ok(wrong == 0, "floats round to the nearest half");
	arena_free(a);

	/* No machine has that much: less is reserved, and serves. */
	if (ok(arena_new(&a, (size_t)1 << 60) == OK, "more than there is")) {
		ok(arena_calloc(a, 1 << 20, 4) != NULL, "4 MiB of it");
		arena_free(a);
	}
	return done();
}
