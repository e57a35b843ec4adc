/* Any bytes as a dump of detectron2 for a photo of 32 x 48. */
#include <string.h>

#include "iuv/iuv.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct arena *a;
	struct tensor t, inds;
	volatile uint8_t last;

	if (!a && arena_new(&a, (size_t)2 << 30) != OK)
		return 0;
	arena_reset(a);
	if (iuv_is_dump(p, n) && iuv_decode_dump(&t, &inds, a, p, n, "good.jpg",
	    32, 48) == OK)
		last = ((uint8_t *)t.data)[tensor_bytes(&t) - 1];
	(void)last;
	return 0;
}
