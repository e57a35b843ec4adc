/*
 * Surfaces as files hold them: triangles over vertices, with a second set
 * of indices for texture coordinates where there is one.
 *
 * The model's own axes are kept: y up, and for a body x to the person's
 * left and z to their front. Everything points into the arena given to the
 * reader.
 */
#ifndef MESH_MESH_H
#define MESH_MESH_H

#include <stdint.h>

#include "base/arena.h"

struct mesh {
	size_t n_vert, n_uv, n_face;
	const float (*vert)[3];		/* in the file's unit, metres for SMPL */
	const float (*uv)[2];		/* v up, as in OBJ; NULL if none */
	const uint32_t (*face)[3];	/* corners, < n_vert */
	const uint32_t (*uv_face)[3];	/* corners, < n_uv; NULL if none */
	const uint32_t *poly;		/* the file's polygon of each face; NULL
					   where the file had triangles only */
};

#define MESH_MAX_FILE ((size_t)1 << 30)
#define MESH_MAX_ITEMS ((size_t)1 << 24)	/* vertices, coordinates, faces */

/*
 * Wavefront OBJ: v, vt and f lines, everything else is skipped. Polygons are
 * cut into fans; a mesh where only some faces have texture coordinates is
 * read as one without. Indices may be negative (counted back) and may
 * stand before what they point to. buf[n] must be readable and 0.
 * E_FORMAT with the line, E_LIMIT, E_NOMEM.
 */
MUST_CHECK enum status mesh_parse_obj(struct mesh *m, struct arena *a,
    const char *buf, size_t n);
MUST_CHECK enum status mesh_read_obj(struct mesh *m, struct arena *a,
    const char *path);

#endif
