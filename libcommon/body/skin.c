#include "body/skin.h"

#include <math.h>
#include <string.h>

#include "body/rotate.h"
#include "math/vec3f.h"

void
skin_transforms(float g[BODY_JOINTS][3][4], const struct body *b,
    const float (*pose)[3])
{
	struct mat3 rot[BODY_JOINTS];
	double at[BODY_JOINTS][3];	/* posed joints */

	for (int j = 0; j < BODY_JOINTS; j++) {
		const double v[3] = { pose[j][0], pose[j][1], pose[j][2] };
		int p = b->parent[j];

		rot[j] = rotate_exp(v);
		for (int c = 0; c < 3; c++)
			at[j][c] = b->joint[j][c];
		if (p >= 0) {
			double bone[3];

			for (int c = 0; c < 3; c++)
				bone[c] = (double)b->joint[j][c] -
				    b->joint[p][c];
			mat3_apply(at[j], &rot[p], bone);
			for (int c = 0; c < 3; c++)
				at[j][c] += at[p][c];
			rot[j] = mat3_mul(&rot[p], &rot[j]);
		}
		const double rest[3] = { b->joint[j][0], b->joint[j][1],
			b->joint[j][2] };
		double turned[3];

		mat3_apply(turned, &rot[j], rest);
		for (int r = 0; r < 3; r++) {
			for (int c = 0; c < 3; c++)
				g[j][r][c] = (float)rot[j].m[r][c];
			g[j][r][3] = (float)(at[j][r] - turned[r]);
		}
	}
}

void
skin_vertices(float (*out)[3], const struct body *b,
    const float g[BODY_JOINTS][3][4])
{
	const struct sparse *s = &b->skin;

	for (size_t i = 0; i < s->n_row; i++) {
		const float *v = b->mesh.vert[i];
		float t[3][4] = { { 0 } };

		for (uint32_t k = s->row[i]; k < s->row[i + 1]; k++) {
			const float *from = g[s->col[k]][0];
			float w = s->weight[k];

			for (int e = 0; e < 12; e++)
				t[e / 4][e % 4] += w * from[e];
		}
		for (int r = 0; r < 3; r++)
			out[i][r] = t[r][0] * v[0] + t[r][1] * v[1] +
			    t[r][2] * v[2] + t[r][3];
	}
}

void
skin_normals(float (*normal)[3], const struct mesh *m, const float (*vert)[3])
{
	memset(normal, 0, m->n_vert * sizeof *normal);
	for (size_t i = 0; i < m->n_face; i++) {
		const uint32_t *f = m->face[i];
		float n[3];

		vec3f_normal(n, vert[f[0]], vert[f[1]], vert[f[2]]);
		for (int k = 0; k < 3; k++)
			for (int e = 0; e < 3; e++)
				normal[f[k]][e] += n[e];
	}
	for (size_t i = 0; i < m->n_vert; i++)
		vec3f_unit(normal[i]);
}
