#include "body/shell.h"

#include <math.h>
#include <string.h>

#include "body/rignames.h"
#include "body/rotate.h"
#include "body/skin.h"

#define NONE UINT32_MAX

/* Vertices with one place on the texture each, as they are being made. */
struct shell {
	float (*uv)[2];
	uint32_t *from;		/* vertex of the body */
	uint32_t *next;		/* another of the same, or NONE */
	uint32_t *first;	/* of each vertex of the body, or NONE */
	uint32_t (*face)[3];
	size_t n, n_face;
};

/* The middle of texel x lies at (x + 1/2) / T. */
static bool
place(float uv[2], const struct body *b, const struct layout *l, size_t T,
    size_t face, int corner)
{
	float xy[2];

	if (l) {
		const float *c = b->part_uv[face][corner];

		if (!layout_texel(l, T, b->part[face], c[0], c[1], xy))
			return false;
	} else {
		const float *c = b->mesh.uv[b->mesh.uv_face[face][corner]];

		xy[0] = c[0] * (float)(T - 1);
		xy[1] = (1 - c[1]) * (float)(T - 1);	/* v is up */
	}
	for (int i = 0; i < 2; i++)
		uv[i] = (xy[i] + 0.5f) / (float)T;
	return true;
}

/* The vertex of the shell that is v at uv. */
static uint32_t
vertex_at(struct shell *s, uint32_t v, const float uv[2])
{
	uint32_t i;

	for (i = s->first[v]; i != NONE; i = s->next[i])
		if (s->uv[i][0] == uv[0] && s->uv[i][1] == uv[1])
			return i;
	i = (uint32_t)s->n++;
	memcpy(s->uv[i], uv, sizeof s->uv[i]);
	s->from[i] = v;
	s->next[i] = s->first[v];
	s->first[v] = i;
	return i;
}

static enum status
cut(struct shell *s, struct arena *a, const struct body *b,
    const struct layout *l, size_t T)
{
	const struct mesh *m = &b->mesh;

	s->uv = arena_calloc(a, 3 * m->n_face, sizeof *s->uv);
	s->from = arena_calloc(a, 3 * m->n_face, sizeof *s->from);
	s->next = arena_calloc(a, 3 * m->n_face, sizeof *s->next);
	s->first = arena_calloc(a, m->n_vert, sizeof *s->first);
	s->face = arena_calloc(a, m->n_face, sizeof *s->face);
	if (!s->uv || !s->from || !s->next || !s->first || !s->face)
		return E_NOMEM;
	for (size_t i = 0; i < m->n_vert; i++)
		s->first[i] = NONE;
	for (size_t i = 0; i < m->n_face; i++) {
		float uv[3][2];
		bool known = true;

		for (int k = 0; k < 3; k++)
			known = known && place(uv[k], b, l, T, i, k);
		if (!known)
			continue;
		for (int k = 0; k < 3; k++)
			s->face[s->n_face][k] = vertex_at(s, m->face[i][k],
			    uv[k]);
		s->n_face++;
	}
	return OK;
}

/* Vertices and normals of the body, posed or not, at those of the shell. */
static enum status
spread(struct surface *out, struct arena *a, const struct shell *s,
    const struct body *b, const float (*pose)[3], const float *place)
{
	const size_t n = b->mesh.n_vert;
	const float (*vert)[3] = b->mesh.vert;
	float (*posed)[3] = arena_calloc(a, n, sizeof *posed);
	float (*normal)[3] = arena_calloc(a, n, sizeof *normal);
	float (*at)[3] = arena_calloc(a, s->n, sizeof *at);
	float (*to)[3] = arena_calloc(a, s->n, sizeof *to);

	if (!posed || !normal || !at || !to)
		return E_NOMEM;
	if (pose) {
		float g[BODY_JOINTS][3][4];

		skin_transforms(g, b, pose);
		for (int j = 0; j < BODY_JOINTS && place; j++)
			for (int c = 0; c < 3; c++)
				g[j][c][3] += place[c] - b->joint[0][c];
		skin_vertices(posed, b, (const float (*)[3][4])g);
		vert = (const float (*)[3])posed;
	}
	skin_normals(normal, &b->mesh, vert);
	for (size_t i = 0; i < s->n; i++) {
		memcpy(at[i], vert[s->from[i]], sizeof at[i]);
		memcpy(to[i], normal[s->from[i]], sizeof to[i]);
	}
	out->vert = (const float (*)[3])at;
	out->normal = (const float (*)[3])to;
	return OK;
}

/* The strongest SURFACE_BONES joints of a vertex, their weights made 1. */
static void
bones(uint8_t bone[SURFACE_BONES], float weight[SURFACE_BONES],
    const struct sparse *skin, uint32_t v)
{
	float sum = 0;

	memset(bone, 0, SURFACE_BONES);
	for (int k = 0; k < SURFACE_BONES; k++)
		weight[k] = 0;
	for (uint32_t e = skin->row[v]; e < skin->row[v + 1]; e++) {
		int k = SURFACE_BONES;

		while (k > 0 && skin->weight[e] > weight[k - 1])
			k--;
		if (k == SURFACE_BONES)
			continue;
		for (int i = SURFACE_BONES - 1; i > k; i--) {
			weight[i] = weight[i - 1];
			bone[i] = bone[i - 1];
		}
		weight[k] = skin->weight[e];
		bone[k] = (uint8_t)skin->col[e];
	}
	for (int k = 0; k < SURFACE_BONES; k++)
		sum += weight[k];
	for (int k = 0; k < SURFACE_BONES; k++)
		weight[k] = sum > 0 ? weight[k] / sum : (float)(k == 0);
}

/* axis * angle to (x, y, z, w). */
static void
quaternion(float q[4], const float v[3])
{
	double x = (double)v[0], y = (double)v[1], z = (double)v[2];
	double angle = sqrt(x * x + y * y + z * z);
	double f = angle > 0 ? sin(angle / 2) / angle : 0.5;

	q[0] = (float)(f * x);
	q[1] = (float)(f * y);
	q[2] = (float)(f * z);
	q[3] = (float)cos(angle / 2);
}

static enum status
add_rig(struct surface *out, struct arena *a, const struct shell *s,
    const struct body *b, const float (*pose)[3])
{
	uint8_t (*bone)[SURFACE_BONES] = arena_calloc(a, s->n, sizeof *bone);
	float (*weight)[SURFACE_BONES] = arena_calloc(a, s->n, sizeof *weight);
	float (*turn)[4] = arena_calloc(a, BODY_JOINTS, sizeof *turn);

	if (!bone || !weight || !turn)
		return E_NOMEM;
	for (size_t i = 0; i < s->n; i++)
		bones(bone[i], weight[i], &b->skin, s->from[i]);
	for (int j = 0; j < BODY_JOINTS; j++)
		quaternion(turn[j], pose ? pose[j] : (float[3]){ 0, 0, 0 });
	out->n_joint = BODY_JOINTS;
	out->parent = b->parent;
	out->joint_name = rig_joint_names(RIG_SMPL);
	out->joint = b->joint;
	out->turn = (const float (*)[4])turn;
	out->bone = (const uint8_t (*)[SURFACE_BONES])bone;
	out->weight = (const float (*)[SURFACE_BONES])weight;
	return OK;
}

enum status
shell_make(struct surface *s, struct arena *a, const struct body *b,
    const struct layout *l, size_t T, const float (*pose)[3],
    const float *place, bool rig)
{
	struct shell k = { 0 };

	if (l && !b->part)
		return fail(E_SHAPE, "the body has no DensePose charts");
	if (!l && !b->mesh.uv)
		return fail(E_SHAPE, "the body has no texture coordinates");
	if (pose && !b->has_rig)
		return fail(E_SHAPE, "the body has no skeleton to pose");
	rig = rig && b->has_rig;
	TRY(cut(&k, a, b, l, T));
	TRY(spread(s, a, &k, b, rig ? NULL : pose, place));
	s->n_vert = k.n;
	s->n_face = k.n_face;
	s->uv = (const float (*)[2])k.uv;
	s->face = (const uint32_t (*)[3])k.face;
	s->n_joint = 0;
	s->place = place;
	return rig ? add_rig(s, a, &k, b, pose) : OK;
}

enum status
shell_clip(struct surface_clip *out, struct arena *a, const char *name,
    const struct clip *c)
{
	const size_t n = c->n_frame;
	float (*turn)[4] = arena_calloc(a, BODY_JOINTS * n, sizeof *turn);

	if (!turn)
		return E_NOMEM;
	for (size_t j = 0; j < BODY_JOINTS; j++)
		for (size_t i = 0; i < n; i++) {
			float *q = turn[j * n + i], dot = 0;

			quaternion(q, c->pose[i][j]);
			/* Of the two for one turn, that which is nearer. */
			for (int e = 0; e < 4 && i > 0; e++)
				dot += q[e] * q[e - 4];
			for (int e = 0; e < 4 && dot < 0; e++)
				q[e] = -q[e];
		}
	*out = (struct surface_clip){ .name = name, .n_frame = n,
	    .rate = c->rate, .place = c->place,
	    .turn = (const float (*)[4])turn };
	return OK;
}
