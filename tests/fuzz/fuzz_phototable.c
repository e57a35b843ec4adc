/* Any bytes as a table of photos. */
#include <stdint.h>
#include <string.h>

#include "dataset/phototable.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct arena *a;
	struct dataset_item *it;
	const char *passed;
	size_t items;

	if (!a && arena_new(&a, (size_t)1 << 30) != OK)
		return 0;
	arena_reset(a);
	char *text = arena_alloc(a, n + 1);

	memcpy(text, p, n);
	text[n] = 0;
	if (phototable_parse(&it, &items, &passed, a, text, n) != OK)
		return 0;
	for (size_t i = 0; i < items; i++)
		if (!it[i].key || !*it[i].key || !it[i].file[DATASET_PHOTO])
			__builtin_trap();
	return 0;
}
