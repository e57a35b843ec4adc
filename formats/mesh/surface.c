#include "mesh/surface.h"

#include <string.h>
#include <strings.h>

static enum status
write_as(const char *path, const struct surface *s, struct arena *scratch)
{
	const char *dot = strrchr(path, '.');

	if (dot && strcasecmp(dot, ".glb") == 0)
		return surface_write_glb(path, s, scratch);
	if (dot && strcasecmp(dot, ".obj") == 0)
		return surface_write_obj(path, s, scratch);
	return fail(E_FORMAT, "want a name that ends in .glb or .obj");
}

bool
surface_known(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (strcasecmp(dot, ".glb") == 0 ||
	    strcasecmp(dot, ".obj") == 0);
}

enum status
surface_write(const char *path, const struct surface *s,
    struct arena *scratch)
{
	size_t mark = arena_mark(scratch);
	enum status st = write_as(path, s, scratch);

	arena_pop(scratch, mark);
	return st == OK ? OK : fail_in(st, "%s", path);
}
