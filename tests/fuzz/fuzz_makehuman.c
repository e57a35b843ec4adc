/*
 * Any bytes as MakeHuman's texts: a target, an .mhclo, base mesh with rig and
 * weights, or the names of an .npz, by the first byte.
 */
#include "mesh/makehuman.h"

#include <stdlib.h>
#include <string.h>

#include "mesh/npzpick.h"

#define N_BASE 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct arena *arena;

/* The texts are apart by a byte of 1. */
static void
base(char *text)
{
	const char *part[3] = { text, "", "" };
	size_t len[3];
	struct makehuman m;

	for (int i = 1; i < 3 && (text = strchr(text, 1)); i++) {
		*text++ = 0;
		part[i] = text;
	}
	for (int i = 0; i < 3; i++)
		len[i] = strlen(part[i]);
	if (makehuman_parse(&m, arena, part, len) != OK)
		return;
	for (int j = 0; j < BODY_JOINTS; j++)
		for (size_t i = 0; i < m.joint[j].n; i++)
			if (m.joint[j].vert[i] >= m.mesh.n_vert)
				abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	float vert[N_BASE][3] = { { 0 } };
	struct clothes c;
	struct npz_want w = { "names", .text = true };
	char *text;

	if (!arena && arena_new(&arena, (size_t)512 << 20) != OK)
		abort();
	arena_reset(arena);
	if (n == 0 || !(text = arena_alloc(arena, n)))
		return 0;
	memcpy(text, data + 1, n - 1);
	text[n - 1] = 0;
	switch (data[0]) {
	case 't':
		(void)!makehuman_parse_target(vert, N_BASE, text, 1);
		break;
	case 'c':
		if (clothes_parse(&c, arena, text, N_BASE) == OK)
			for (size_t i = 0; i < c.n_vert; i++)
				for (int k = 0; k < 3; k++)
					if (c.vert[i].vert[k] >= N_BASE)
						abort();
		break;
	case 'b':
		base(text);
		break;
	case 'n':
		if (npz_pick(&w, 1, arena, text, n - 1) == OK)
			for (size_t i = 0; i < w.t.dim[0]; i++)
				if (memchr((char *)w.t.data + i * w.t.dim[1], 0,
				    w.t.dim[1]) == NULL)
					abort();
		break;
	}
	return 0;
}
