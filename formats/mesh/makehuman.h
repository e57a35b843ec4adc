/*
 * MakeHuman's people: one base mesh (hm08) that targets change, and clothes
 * that are fitted to whatever comes of it. Files are as the projects MakeHuman
 * and MPFB have them:
 *
 *	base.obj	the mesh, with groups: body, helper-l-eye, joint-l-knee, ...
 *	rig.json	bones, each with its place as a group (a cube round the joint)
 *			or as the mean of vertices; names of Mixamo
 *	weights.json	bone -> [[vertex, weight], ...]
 *	X.target.gz	lines "vertex dx dy dz", decimetres; plain text as well
 *	X.mhclo		clothes: for each of their vertices three of the base mesh with
 *			weights and an offset, and which base vertices they hide
 */
#ifndef MESH_MAKEHUMAN_H
#define MESH_MAKEHUMAN_H

#include "mesh/avatar.h"

struct makehuman_joint {
	const uint32_t *vert;	/* it is in the middle of these */
	size_t n;
};

struct makehuman {
	struct mesh mesh;		/* decimetres, as modelled */
	const uint8_t *group;		/* of each face: enum makehuman_group */
	struct makehuman_joint joint[BODY_JOINTS], eye[2];
	const uint8_t (*by)[AVATAR_INFLUENCES];		/* per vertex of mesh */
	const float (*weight)[AVATAR_INFLUENCES];
};
enum makehuman_group { MAKEHUMAN_HELPER, MAKEHUMAN_BODY, MAKEHUMAN_EYES };

/*
 * From FOLDER/3dobjs/base.obj, FOLDER/rigs/standard/rig.mixamo.json and
 * weights.mixamo.json beside it. E_SHAPE for a group, bone or weight that is missing.
 */
MUST_CHECK enum status makehuman_read(struct makehuman *m, struct arena *a,
    const char *folder);

/* The same from three texts, each with a 0 behind its n bytes. */
MUST_CHECK enum status makehuman_parse(struct makehuman *m, struct arena *a,
    const char *const text[3], const size_t n[3]);

/*
 * Adds share times a target to n vertices. E_FORMAT with the line, E_VALUE for a
 * vertex that the mesh does not have.
 */
MUST_CHECK enum status makehuman_morph(float (*vert)[3], size_t n,
    struct arena *a, const char *path, float share);
MUST_CHECK enum status makehuman_parse_target(float (*vert)[3], size_t n,
    const char *text, float share);

/* A vertex of clothes: sum of weight[i] base[vert[i]], and off, scaled. */
struct clothes_vertex {
	uint32_t vert[3];
	float weight[3], off[3];
};

struct clothes {
	const char *obj;		/* its file name, no folder */
	uint32_t ruler[3][2];		/* base vertices; how far apart in x, y, z ... */
	float length[3];		/* when off was measured; 0: as it is */
	size_t n_vert;
	const struct clothes_vertex *vert;
	const bool *hides;		/* base vertices, n_base */
};

/*
 * An .mhclo; text has a 0 at its end. E_FORMAT with the line; E_VALUE for
 * a vertex that is not in a base mesh of n_base: it was made for another.
 */
MUST_CHECK enum status clothes_parse(struct clothes *c, struct arena *a,
    const char *text, size_t n_base);

struct makehuman_item {
	const char *clothes, *picture;	/* .mhclo; .jpg or .png */
	enum avatar_kind kind;		/* AVATAR_NONE: top and bottom in one mesh */
};

#define MAKEHUMAN_TARGETS 64
#define MAKEHUMAN_ITEMS 8

struct makehuman_figure {
	size_t n_target, n_item;
	struct {
		const char *path;
		float share;
	} target[MAKEHUMAN_TARGETS];
	const char *skin, *eyes;	/* pictures; eyes: both of them, iris in front */
	struct makehuman_item item[MAKEHUMAN_ITEMS];
};

/*
 * The person, in the arena: parts "skin" (without what the clothes hide), "eyes",
 * and one for each item. v->name is left empty. E_SHAPE for clothes whose
 * mesh has another count of vertices than their .mhclo or no texture
 * coordinates; what the readers give, with the path.
 */
MUST_CHECK enum status makehuman_build(struct avatar *v, struct arena *a,
    const struct makehuman *m, const struct makehuman_figure *f);

#endif
