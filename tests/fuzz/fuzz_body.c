/* Any bytes as a body's .npz: refused, or a body that can be posed. */
#include "mesh/body.h"

#include <stdlib.h>
#include <string.h>

#include "body/skin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct arena *arena;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	float pose[BODY_JOINTS][3] = { { 0 } }, g[BODY_JOINTS][3][4];
	float key[POSE_POINTS][3], (*out)[3];
	struct body b;

	if (!arena && arena_new(&arena, (size_t)512 << 20) != OK)
		abort();
	arena_reset(arena);
	if (body_parse_npz(&b, arena, data, n, NULL) != OK)
		return 0;
	for (size_t i = 0; i < b.mesh.n_face; i++)
		if (b.part && (b.part[i] < 1 || b.part[i] > 24))
			abort();
	if (b.points.n_row)
		sparse_apply(key, &b.points, b.mesh.vert);
	if (b.has_rig && (out = arena_calloc(arena, b.mesh.n_vert,
	    sizeof *out))) {
		skin_transforms(g, &b, (const float (*)[3])pose);
		skin_vertices(out, &b, (const float (*)[3][4])g);
		skin_normals(out, &b.mesh, b.mesh.vert);
	}
	return 0;
}
