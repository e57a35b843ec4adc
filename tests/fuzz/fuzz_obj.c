/* Any bytes as an OBJ file: refused, or a mesh whose indices all point somewhere. */
#include "mesh/mesh.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct arena *arena;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mesh m;
	char *text;

	if (!arena && arena_new(&arena, (size_t)512 << 20) != OK)
		abort();
	arena_reset(arena);
	if (!(text = arena_alloc(arena, n + 1)))
		return 0;
	memcpy(text, data, n);
	text[n] = 0;
	if (mesh_parse_obj(&m, arena, text, n) != OK)
		return 0;
	for (size_t i = 0; i < m.n_face; i++)
		for (int c = 0; c < 3; c++)
			if (m.face[i][c] >= m.n_vert || (m.uv_face &&
			    m.uv_face[i][c] >= m.n_uv))
				abort();
	return 0;
}
