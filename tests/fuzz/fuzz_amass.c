/* Any bytes as AMASS' .npz: refused, or a motion of finite numbers. */
#include "body/motion.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct arena *arena;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct motion m;

	if (!arena && arena_new(&arena, (size_t)512 << 20) != OK)
		abort();
	arena_reset(arena);
	if (motion_parse_amass(&m, arena, data, n) != OK)
		return 0;
	for (size_t i = 0; i < m.n_frame; i++)
		for (int j = 0; j < BODY_JOINTS; j++)
			for (int c = 0; c < 3; c++)
				if (!isfinite(m.pose[i][j][c]) ||
				    !isfinite(m.heading[i]) || (m.place &&
				    !isfinite(m.place[i][c])))
					abort();
	return 0;
}
