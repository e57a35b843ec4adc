/*
 * Linear blend skinning: a posed body from a rest body and 24 rotations.
 *
 *	G_j = G_parent(j) [ R_j | J_j - J_parent(j) ],  v' = sum_j w_vj G_j (v - J_j)
 *
 * with J the joints at rest and R_j the rotation of joint j relative to its
 * parent, as axis times angle (SMPL's and AMASS's pose vector).
 */
#ifndef BODY_SKIN_H
#define BODY_SKIN_H

#include "mesh/body.h"

/* Rest point to posed point, for each joint: rotation and translation. */
void skin_transforms(float g[BODY_JOINTS][3][4], const struct body *b,
    const float (*pose)[3]);

/* Vertices, (n_vert,3): out = posed, in = b's at rest. b must have a rig. */
void skin_vertices(float (*out)[3], const struct body *b,
    const float g[BODY_JOINTS][3][4]);

/* Unit normals of vertices by area-weighted sums over faces. */
void skin_normals(float (*normal)[3], const struct mesh *m,
    const float (*vert)[3]);

#endif
