/* Any bytes as an IUV, PNG, TIFF or .npy, made to fit and split into bodies. */
#include "iuv/iuv.h"
#include "photo/bodies.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct arena *a;
	struct iuv_note note;
	struct photo_box box;
	struct bodies b;
	struct tensor t;
	bool changed;

	if (!a && arena_new(&a, (size_t)2 << 30) != OK)
		return 0;
	arena_reset(a);
	if (iuv_decode(&t, &note, a, p, n) != OK ||
	    t.dim[0] * t.dim[1] > 1 << 20)
		return 0;
	if (iuv_fit(&t, &changed, a, t.dim[1] + (n & 1), t.dim[0]) != OK ||
	    bodies_find(&b, a, &t, NULL) != OK || b.n == 0)
		__builtin_trap();	/* it has a body, says iuv_decode */
	bodies_keep(&box, &t, &b, n % b.n);
	if (!(box.x0 >= 0 && box.y1 < (float)t.dim[0]))
		__builtin_trap();
	return 0;
}
