/*
 * Any bytes as a character of VALID, with pictures beside it: refused, or a
 * figure whose faces, joints and weights are there.
 */
#include "mesh/avatar.h"

#include <fcntl.h>
#include <math.h>

#include "image/image.h"
#include "memfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct arena *arena;
static char folder[] = "/tmp/fuzz_avatar.XXXXXX", path[64];

static void
leave(void)
{
	static const char *const name[] = { "/x.npz", "/x.body.png", "" };

	for (int i = 0; i < 3; i++) {
		char p[64];

		snprintf(p, sizeof p, "%s%s", folder, name[i]);
		i < 2 ? unlink(p) : rmdir(p);
	}
}

/* A picture of 8 x 8 under the names that pictures have. */
static void
begin(void)
{
	static uint8_t grey[8 * 8 * 4];
	struct tensor t = { DT_U1, 3, { 8, 8, 4 }, grey };
	char from[64], to[64];

	memset(grey, 200, sizeof grey);
	if (arena_new(&arena, (size_t)512 << 20) != OK || !mkdtemp(folder))
		abort();
	atexit(leave);
	snprintf(path, sizeof path, "%s/x.npz", folder);
	snprintf(from, sizeof from, "%s/x.body.png", folder);
	if (image_write(from, &t) != OK)
		abort();
	for (int k = 0; k < 2; k++) {
		snprintf(to, sizeof to, "%s/x.%s", folder, k ? "hair.png" :
		    "body.jpg");
		if (link(from, to) != 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct avatar v;

	if (!arena)
		begin();
	arena_reset(arena);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	close(fd);
	if (avatar_read_npz(&v, arena, path) != OK)
		return 0;
	for (size_t i = 0; i < v.n_face; i++)
		for (int c = 0; c < 3; c++)
			if (v.face[i][c] >= v.n_vert)
				abort();
	for (size_t i = 0; i < v.n_vert; i++)
		for (int k = 0; k < AVATAR_INFLUENCES; k++)
			if (v.by[i][k] >= BODY_JOINTS ||
			    !isfinite(v.weight[i][k]))
				abort();
	return 0;
}
