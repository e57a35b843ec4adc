/*
 * An avatar: a dressed, skinned person as libraries of characters have them,
 * with pictures for skin, clothes and hair. Meshes may be open, stand one in
 * another, and have layers of hair that are cut out by alpha.
 *
 * Axes as struct body: x to the person's left, y up, z to the front; metres.
 * As modelled: arms may hang at any angle (T or A pose).
 */
#ifndef MESH_AVATAR_H
#define MESH_AVATAR_H

#include "mesh/body.h"
#include "tensor/tensor.h"

/* What a part of an avatar is; true.kind of fields(7) has the same numbers. */
enum avatar_kind {
	AVATAR_NONE, AVATAR_SKIN, AVATAR_HAIR, AVATAR_TOP, AVATAR_BOTTOM,
	AVATAR_SHOES, AVATAR_OTHER,	/* eyes, lashes, glasses, belts */
	AVATAR_KINDS
};
#define AVATAR_KIND_NAMES "none|skin|hair|top|bottom|shoes|other"

/* Added to a kind where alpha cuts holes and both sides show: hair. */
#define AVATAR_CUT 0x80

#define AVATAR_INFLUENCES 4	/* joints that move a vertex, at most */
#define AVATAR_PARTS 16

/* Faces first..first + n of the mesh, which share a picture. */
struct avatar_part {
	char name[64];		/* "shoes05", "body" */
	enum avatar_kind kind;	/* AVATAR_NONE: it differs over the part, see kinds */
	size_t first, n;
	struct tensor map;	/* u1 (h,w,4) sRGB and alpha */
	struct tensor kinds;	/* where kind is AVATAR_NONE: u1 (h,w) as map; else
				   without data */
	bool cut;		/* alpha < 128 is not there, and both sides show */
};

struct avatar {
	char name[64];		/* "AIAN_F_2_Casual" */
	size_t n_vert, n_face, n_part;
	const float (*vert)[3];
	const uint32_t (*face)[3];
	const float (*uv)[3][2];	/* per corner of a face, v down */
	struct avatar_part part[AVATAR_PARTS];
	float joint[BODY_JOINTS][3];	/* as modelled */
	/* Per vertex, sum 1: which joints, how much. */
	const uint8_t (*by)[AVATAR_INFLUENCES];
	const float (*weight)[AVATAR_INFLUENCES];
	float eye[2][3];	/* middle of the left and of the right eye */
};

/*
 * A picture file as a part's map: u1 (h,w,4), the colour as it is stored
 * (not on white), alpha 255 where the file has none. The detail names path.
 */
MUST_CHECK enum status avatar_read_picture(struct tensor *map,
    struct arena *a, const char *path);

/*
 * The joint of ours that does what Mixamo's of this name does ("LeftArm",
 * "mixamorig:LeftHandIndex2"); -1 for one that is not of a body. Fingers
 * belong to the hand, eyes and the end of the head to the head. *is: whether
 * our joint has its place.
 */
int avatar_joint(const char *name, bool *is);

/*
 * Joints and weights of a vertex: adds w to what joint j has in sum[BODY_JOINTS];
 * avatar_reduce keeps the AVATAR_INFLUENCES largest, made to sum 1. false when all are 0.
 */
bool avatar_reduce(uint8_t by[AVATAR_INFLUENCES],
    float weight[AVATAR_INFLUENCES], const float sum[BODY_JOINTS]);

/*
 * A character of the VALID library as .npz (fields: vertices_u16, lo, hi,
 * faces, uv_u16, joint_index, joint_weight_u8, joint_names, joint_positions,
 * material; Mixamo's names of joints), NAME.body.jpg and NAME.hair.png
 * beside it. In memory of the arena. E_FORMAT, E_SHAPE with what is missing,
 * E_IO, E_NOMEM.
 */
MUST_CHECK enum status avatar_read_npz(struct avatar *v, struct arena *a,
    const char *path);

#endif
