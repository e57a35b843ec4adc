/*
 * A textured surface, with a skeleton where it has one, as files that other
 * programs open: binary glTF (glTF 2.0, one .glb) and Wavefront OBJ (.obj, .mtl
 * and .png beside each other).
 */
#ifndef MESH_SURFACE_H
#define MESH_SURFACE_H

#include <stdint.h>

#include "base/arena.h"

#define SURFACE_BONES 4		/* joints that move a vertex */

/* A motion of the joints, frame i at i / rate seconds. */
struct surface_clip {
	const char *name;
	size_t n_frame;
	double rate;
	const float (*place)[3];	/* of the root, each frame */
	const float (*turn)[4];		/* (n_joint,n_frame): of joint 0 first */
};

/* Axes as struct mesh: y up, metres. All arrays are the caller's. */
struct surface {
	const char *name;
	size_t n_vert, n_face;
	const float (*vert)[3], (*normal)[3];
	const float (*uv)[2];		/* of the texture: u right, v down, 0..1 */
	const uint32_t (*face)[3];	/* < n_vert */
	const void *png;		/* the texture, as a file */
	size_t png_len;
	/*
	 * Joints, or 0. vert and normal are then at rest, and `turn`, a unit
	 * quaternion (x, y, z, w) relative to the parent, is how it stands.
	 */
	size_t n_joint;
	const int *parent;		/* < own index; -1: the root, 0 */
	const char *const *joint_name;
	const float (*joint)[3];	/* at rest */
	const float (*turn)[4];
	const float *place;		/* of the root as it stands; NULL: at rest */
	size_t n_clip;
	const struct surface_clip *clip;
	const uint8_t (*bone)[SURFACE_BONES];
	const float (*weight)[SURFACE_BONES];	/* sum 1 */
	const char *generator;		/* program and version */
	const char *licence;		/* one line, or NULL */
};

enum surface_kind { SURFACE_UNKNOWN, SURFACE_GLB, SURFACE_OBJ };

/* Whether surface_write knows the ending of this name, and as what. */
enum surface_kind surface_kind_of_name(const char *path);

/*
 * Writes s as the name ends: .glb, or .obj, which knows no skeleton: s must
 * have none then. Each file appears whole or not at all, the .obj last.
 * E_FORMAT, E_IO, E_LIMIT above 4 GB, E_NOMEM.
 */
MUST_CHECK enum status surface_write(const char *path,
    const struct surface *s, struct arena *scratch);

/* Inside formats/mesh: one writer per kind. */
MUST_CHECK enum status surface_write_glb(const char *path,
    const struct surface *s, struct arena *scratch);
MUST_CHECK enum status surface_write_obj(const char *path,
    const struct surface *s, struct arena *scratch);

#endif
