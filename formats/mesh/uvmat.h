/*
 * DensePose's chart definition, UV_Processed.mat: the points of its 24
 * charts, each with (u, v) and the mesh vertex it lies on, and triangles
 * over them. A MATLAB file.
 */
#ifndef MESH_UVMAT_H
#define MESH_UVMAT_H

#include <stdint.h>

#include "base/arena.h"

struct uvmat {
	size_t n_point, n_face;
	const float (*uv)[2];		/* in [0,1] */
	const uint32_t *vertex;		/* of the mesh, counted from 0 */
	const uint32_t (*face)[3];	/* points, < n_point */
	const uint8_t *part;		/* of each face, 1..24 */
};

/*
 * Reads All_Faces, All_FaceIndices, All_U_norm, All_V_norm, All_vertices.
 * Everything points into the arena. E_IO, E_FORMAT
 * with the path and the variable.
 */
MUST_CHECK enum status uvmat_read(struct uvmat *m, struct arena *a,
    const char *path);

#endif
