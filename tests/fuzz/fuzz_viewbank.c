/* Any bytes as a bank of poses: refused, or views that can be scaled. */
#include "body/viewbank.h"

#include "memfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most,
    unsigned seed);

#define SIDE 16

static struct arena *arena;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static float pose[18][3];
	static uint8_t iuv[SIDE * SIDE * 3];
	struct viewbank b;

	if (!arena && arena_new(&arena, (size_t)512 << 20) != OK)
		abort();
	arena_reset(arena);
	if (viewbank_read(&b, arena, memfile(data, n)) != OK)
		return 0;
	for (size_t i = 0; i < b.n; i++)
		viewbank_scale(pose, iuv, SIDE, &b.view[i]);
	if (viewbank_nearest(&b, 90, NULL) > b.n ||
	    viewbank_nearest(&b, 90, "stand") > b.n)
		abort();
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
	return memfile_mutate_tar(data, n, most, seed);
}
