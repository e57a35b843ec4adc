/* Any bytes as a picture: JPEG, PNG and TIFF by their first bytes. */
#include "image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct arena *a;
	struct image_note note;
	struct tensor t;
	volatile uint8_t last;

	if (!a && arena_new(&a, (size_t)2 << 30) != OK)
		return 0;
	arena_reset(a);
	if (image_decode(&t, &note, a, p, n, n & 1 ? IMAGE_ON_WHITE :
	    IMAGE_IGNORE_ALPHA) == OK)
		last = ((uint8_t *)t.data)[tensor_bytes(&t) - 1];
	(void)last;
	return 0;
}
