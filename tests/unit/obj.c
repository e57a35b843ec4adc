/*
 * Reads OBJ: corners in all forms, polygons, negative and forward indices,
 * and what must be refused.
 */
#include "mesh/mesh.h"

#include <string.h>

#include "../tap.h"

static struct arena *a;

static enum status
parse(struct mesh *m, const char *s)
{
	return mesh_parse_obj(m, a, s, strlen(s));
}

static void
refused(const char *what, const char *text, const char *reason)
{
	struct mesh m;
	enum status s = parse(&m, text);

	ok(s != OK && strstr(status_detail(), reason), "%s # %s", what,
	    s == OK ? "accepted" : status_detail());
}

#define SQUARE "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0.5\n"

int
main(void)
{
	struct mesh m;

	if (arena_new(&a, 1 << 24) != OK)
		return 1;
	ok(parse(&m, "# c\r\nf 1 2 3 4\r\n" SQUARE "vn 0 0 1\n") == OK &&
	    m.n_vert == 4 && m.n_face == 2 && !m.uv && m.poly &&
	    m.poly[1] == 0, "a quad before its vertices is two triangles");
	ok(m.face[1][0] == 0 && m.face[1][1] == 2 && m.face[1][2] == 3 &&
	    m.vert[3][2] == 0.5f, "fan order and coordinates");
	ok(parse(&m, SQUARE "vt 0 0\nvt 1 0\nvt 1 1\n"
	    "f 1/1/1 2/2/7 3/3\nf -4/-3 -2/-1 -1/1") == OK && m.n_uv == 3 &&
	    m.uv_face[1][0] == 0 && m.uv_face[1][1] == 2 &&
	    m.face[1][2] == 3 && !m.poly,
	    "texture corners, negative indices, no newline at the end");
	ok(parse(&m, SQUARE "vt 0 0\nf 1/1 2/1 3/1\nf 1//1 3//1 4//1\n") == OK
	    && !m.uv && m.n_face == 2, "a face without vt: mesh without uv");
	refused("no faces", SQUARE, "not a mesh");
	refused("index 5 of 4", SQUARE "f 1 2 5\n", "line 5: vertex index 5");
	refused("index 0", SQUARE "f 0 1 2\n", "index 0");
	refused("index -5", SQUARE "f 1 2 -5\n", "index -5");
	refused("two corners", SQUARE "f 1 2\n", "2 corners");
	refused("letters", SQUARE "f 1 2 x\n", "no vertex index");
	refused("corner tail", SQUARE "f 1 2 3x\n", "character 'x'");
	refused("short vertex", "v 0 1\nv 1 2 3\nf 1 1 1\n", "line 1: want 3");
	refused("nan", "v 0 1 nan\nf 1 1 1\n", "finite");
	refused("slash at the end", SQUARE "vt 0 0\nf 1/1 2/1 3/\n4/1\n",
	    "line 6: no texture");
	refused("texture index", SQUARE "vt 0 0\nf 1/2 2/1 3/1\n", "texture");
	ok(mesh_parse_obj(&m, a, "v 0\0 0", 6) != OK, "a zero byte");
	ok(mesh_read_obj(&m, a, "/nonexistent.obj") == E_IO &&
	    strstr(status_detail(), "/nonexistent.obj"), "missing file # %s",
	    status_detail());
	arena_free(a);
	return done();
}
