/* Any bytes as DeepFashion's table; its own first names are looked up. */
#include <string.h>

#include "pose/pose.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct arena *a;
	struct pose_table *t;
	struct pose pose;
	const char *row;

	if (!a && arena_new(&a, (size_t)1 << 30) != OK)
		return 0;
	arena_reset(a);
	if (pose_table_open(&t, a, (const char *)p, n) != OK)
		return 0;
	for (int k = 0; k < 4 && n; k++) {
		const uint8_t *nl = memchr(p, '\n', n);
		size_t len = nl ? (size_t)(nl - p) : n;
		const uint8_t *colon = memchr(p, ':', len);
		char *name = arena_printf(a, "%.*s",
		    colon ? (int)(colon - p) : 0, (const char *)p);

		if (pose_table_find(&pose, &row, t, a, name) == OK &&
		    pose.n != 1)
			__builtin_trap();
		n -= nl ? len + 1 : len;
		p += nl ? len + 1 : len;
	}
	return 0;
}
