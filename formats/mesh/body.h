/*
 * A human body that can be posed and labelled: a mesh with DensePose's
 * charts, a skeleton of SMPL's 24 joints with skinning weights, and the 18
 * key points of COCO. Read from the npz of data sets of bodies, or, without
 * charts and skeleton, from an OBJ.
 *
 * Axes of the rest pose: x to the person's left, y up, z to the person's
 * front; metres. So the left arm (COCO 5-7) points along +x and a camera in
 * front sees it on the right of the picture.
 */
#ifndef MESH_BODY_H
#define MESH_BODY_H

#include <stdbool.h>

#include "mesh/mesh.h"
#include "pose/coco.h"

#define BODY_JOINTS 24

enum body_joint {	/* SMPL's order */
	J_PELVIS, J_L_HIP, J_R_HIP, J_SPINE1, J_L_KNEE, J_R_KNEE, J_SPINE2,
	J_L_ANKLE, J_R_ANKLE, J_SPINE3, J_L_FOOT, J_R_FOOT, J_NECK, J_L_COLLAR,
	J_R_COLLAR, J_HEAD, J_L_SHOULDER, J_R_SHOULDER, J_L_ELBOW, J_R_ELBOW,
	J_L_WRIST, J_R_WRIST, J_L_HAND, J_R_HAND
};

enum body_point {	/* COCO-18 */
	P_NOSE, P_NECK, P_R_SHOULDER, P_R_ELBOW, P_R_WRIST, P_L_SHOULDER,
	P_L_ELBOW, P_L_WRIST, P_R_HIP, P_R_KNEE, P_R_ANKLE, P_L_HIP, P_L_KNEE,
	P_L_ANKLE, P_R_EYE, P_L_EYE, P_R_EAR, P_L_EAR
};

/*
 * Sparse rows over a dense index: row i has entries row[i]..row[i+1)-1 of
 * (col, weight).
 */
struct sparse {
	size_t n_row;
	const uint32_t *row, *col;	/* row: n_row + 1 */
	const float *weight;
};

struct body {
	struct mesh mesh;
	/* Charts; NULL when the file has none. */
	const uint8_t *part;			/* per face, 1..24 */
	const float (*part_uv)[3][2];		/* per corner, U and V in [0,1] */
	/* Skeleton; has_rig false when the file has none. */
	bool has_rig;
	int parent[BODY_JOINTS];		/* -1 for the pelvis, < own index */
	float joint[BODY_JOINTS][3];		/* at rest */
	struct sparse skin;			/* vertex -> joints, sum 1 */
	/* Key points in COCO order; n_row 0 when the file has none. */
	struct sparse points;			/* point -> vertices */
};

/*
 * path ends in .npz: arrays vertices (V,3) and faces (F,3) must be there;
 * uv (n,2) with uv_faces (F,3), part (F) with part_u and part_v (F,3),
 * skin_weights (V,24) with joint_regressor (24,V) and parents (24), and
 * body25_regressor (25,V) may be. Faces of part 0 (SMPL has two slivers
 * between the toes) are left out, so that all labels agree on where the body is.
 * path ends in .obj: mesh_read_obj.
 * shape: NULL, or the path of an OBJ of as many vertices that replace those
 * of the body, so that one rig serves every shape of the same mesh.
 */
MUST_CHECK enum status body_read(struct body *b, struct arena *a,
    const char *path, const char *shape);

/*
 * What cannot be right with a body that stands along y, in metres: a sentence in a
 * or for good; NULL: nothing.
 */
const char *body_doubt(const struct body *b, struct arena *a);

/* The npz part of body_read, from memory. */
MUST_CHECK enum status body_parse_npz(struct body *b, struct arena *a,
    const void *buf, size_t n, const char *shape);

/* out[i] = sum of weight * v[col] over row i, for every row. */
void sparse_apply(float (*out)[3], const struct sparse *m,
    const float (*v)[3]);

#endif
