#include "mesh/surface.h"

#include "base/file.h"

enum surface_kind
surface_kind_of_name(const char *path)
{
	if (file_ends_in(path, ".glb"))
		return SURFACE_GLB;
	if (file_ends_in(path, ".obj"))
		return SURFACE_OBJ;
	return SURFACE_UNKNOWN;
}

static enum status
write_as(const char *path, const struct surface *s, struct arena *scratch)
{
	switch (surface_kind_of_name(path)) {
	case SURFACE_GLB:
		return surface_write_glb(path, s, scratch);
	case SURFACE_OBJ:
		return surface_write_obj(path, s, scratch);
	case SURFACE_UNKNOWN:
		break;
	}
	return fail(E_FORMAT, "want a name that ends in .glb or .obj");
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
