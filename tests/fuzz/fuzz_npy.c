/* Any bytes as an .npy file: refused, or a tensor whose data can be read. */
#include "stream/npy.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct arena *arena;

/* What npy_parse takes, npy_header writes so that it is read the same. */
static void
check_header(const struct tensor *t)
{
	char head[NPY_HEADER_MAX];
	struct tensor again;
	size_t skip, len = npy_header(head, t);

	if (len % 64 != 0 ||
	    npy_parse(&again, &skip, head, len, (size_t)1 << 40) != OK ||
	    skip != len || again.dtype != t->dtype || again.rank != t->rank ||
	    memcmp(again.dim, t->dim, sizeof t->dim) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct tensor t;
	size_t skip;

	if (!arena && arena_new(&arena, (size_t)64 << 20) != OK)
		abort();
	arena_reset(arena);
	if (npy_parse(&t, &skip, data, n, (size_t)1 << 30) == OK) {
		if (skip > n || tensor_bytes(&t) > (size_t)1 << 30)
			abort();
		check_header(&t);
	}
	if (npy_convert(&t, arena, data, n) == OK) {
		unsigned sum = 0;

		for (size_t i = 0; i < tensor_bytes(&t); i++)
			sum += ((const uint8_t *)t.data)[i];
		/* Keeps the loop. */
		if (sum == UINT32_MAX && n == 1)
			abort();
	}
	return 0;
}
