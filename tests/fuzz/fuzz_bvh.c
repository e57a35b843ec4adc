/* Any bytes as a BVH file: refused, or a skeleton whose motion fits a body. */
#include "mesh/bvh.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "body/motion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct arena *arena;
static struct body body;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bvh f;
	struct motion m;
	char *text;

	if (!arena && arena_new(&arena, (size_t)512 << 20) != OK)
		abort();
	arena_reset(arena);
	for (int j = 0; j < BODY_JOINTS; j++) {
		body.parent[j] = j - 1;
		body.joint[j][0] = (float)(j % 5) * 0.1f;
		body.joint[j][1] = (float)j * 0.1f;
	}
	if (!(text = arena_alloc(arena, n + 1)))
		return 0;
	memcpy(text, data, n);
	text[n] = 0;
	if (bvh_parse(&f, arena, text, n) != OK)
		return 0;
	for (size_t i = 0; i < f.n_joint; i++)
		if (f.joint[i].parent >= (int)i || f.joint[i].first +
		    (size_t)f.joint[i].n_channel > f.n_column)
			abort();
	if (f.n_frame > 64)
		f.n_frame = 64;
	if (motion_from_bvh(&m, arena, &f, &body) != OK)
		return 0;
	for (size_t i = 0; i < m.n_frame; i++)
		for (int k = 0; k < BODY_JOINTS * 3; k++)
			if (!(fabsf(m.pose[i][k / 3][k % 3]) < 3.2f))
				abort();
	for (size_t i = 0; i < m.n_frame; i++)
		for (int c = 0; c < 3; c++)
			if (!isfinite(m.heading[i]) || (m.place &&
			    !isfinite(m.place[i][c])))
				abort();
	return 0;
}
