/* libFuzzer entry: any bytes as a file of arrays in memory: .npz, .safetensors, .pth. */
#include "weights/arrays.h"

#include <stdlib.h>
#include <string.h>

static volatile unsigned sink;	/* reads may not be left out */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena *a;

	if (!a && arena_new(&a, (size_t)256 << 20) != OK)
		abort();
	arena_reset(a);
	struct arrays set = { .arena = a };
	/* A copy of its own length, so that reading past the end is seen. */
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		return 0;
	memcpy(copy, data, n);
	if (arrays_read(&set, copy, n) == OK)
		for (size_t i = 0; i < set.n; i++) {
			const uint8_t *p = set.item[i].t.data;

			for (size_t k = tensor_bytes(&set.item[i].t); k-- > 0;)
				sink += p[k];
		}
	json_decref(set.manifest);
	free(copy);
	return 0;
}
