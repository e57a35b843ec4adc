/* Any bytes as DensePose's UV_Processed.mat: refused, or faces of points that are there. */
#include "mesh/uvmat.h"

#include "memfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct arena *arena;
static volatile unsigned sink;	/* reads may not be left out */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct uvmat m;

	if (!arena && arena_new(&arena, (size_t)512 << 20) != OK)
		abort();
	arena_reset(arena);
	if (uvmat_read(&m, arena, memfile(data, n)) != OK)
		return 0;
	for (size_t i = 0; i < m.n_face; i++) {
		if (m.part[i] < 1 || m.part[i] > 24)
			abort();
		for (int k = 0; k < 3; k++) {
			if (m.face[i][k] >= m.n_point)
				abort();
			sink += m.vertex[m.face[i][k]];
			if (!(m.uv[m.face[i][k]][0] >= 0 &&
			    m.uv[m.face[i][k]][1] <= 1))
				abort();
		}
	}
	return 0;
}
