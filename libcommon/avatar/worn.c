#include "avatar/worn.h"

#include <math.h>
#include <string.h>

#include "avatar/bake.h"
#include "avatar/carry.h"
#include "avatar/hull.h"
#include "avatar/mapjoin.h"
#include "avatar/skirt.h"
#include "avatar/unpose.h"
#include "human/human.h"

/* Whether parts follow each other to the last face and have pictures. */
static enum status
check_parts(const struct avatar *v)
{
	size_t faces = 0;

	if (v->n_part < 1 || v->n_part > AVATAR_PARTS)
		return fail(E_SHAPE, "%zu parts, want 1..%d", v->n_part,
		    AVATAR_PARTS);
	for (size_t k = 0; k < v->n_part; k++) {
		const struct avatar_part *p = &v->part[k];

		if (p->first != faces || p->n > v->n_face - faces)
			return fail(E_SHAPE, "part %s has faces %zu..%zu of "
			    "%zu, want them from %zu", p->name, p->first,
			    p->first + p->n, v->n_face, faces);
		if (!tensor_is(&p->map, DT_U1, TENSOR_DIMS(0, 0, 4)) ||
		    !p->map.data || p->map.dim[0] < 1 || p->map.dim[1] < 1)
			return fail(E_SHAPE, "part %s has no picture", p->name);
		if (p->kind == AVATAR_NONE && !tensor_is(&p->kinds, DT_U1,
		    TENSOR_DIMS(p->map.dim[0], p->map.dim[1])))
			return fail(E_SHAPE, "part %s has no kinds", p->name);
		faces += p->n;
	}
	return faces == v->n_face ? OK : fail(E_SHAPE, "%zu of %zu faces are "
	    "of no part", v->n_face - faces, v->n_face);
}

static enum status
check_mesh(const struct avatar *v)
{
	if (v->n_vert < 3 || v->n_face < 1)
		return fail(E_SHAPE, "the avatar has no faces");
	for (size_t i = 0; i < v->n_face; i++)
		for (int k = 0; k < 3; k++) {
			if (v->face[i][k] >= v->n_vert)
				return fail(E_VALUE, "face %zu: vertex %u of "
				    "%zu", i, (unsigned)v->face[i][k],
				    v->n_vert);
			for (int c = 0; c < 2; c++)
				if (!(fabsf(v->uv[i][k][c]) < 1e4f))
					return fail(E_VALUE, "face %zu: "
					    "texture coordinate %g", i,
					    (double)v->uv[i][k][c]);
		}
	for (size_t i = 0; i < v->n_vert; i++) {
		float sum = 0;

		for (int k = 0; k < AVATAR_INFLUENCES; k++) {
			if (v->by[i][k] >= BODY_JOINTS)
				return fail(E_VALUE, "vertex %zu: joint %d, "
				    "want 0..%d", i, v->by[i][k],
				    BODY_JOINTS - 1);
			sum += v->weight[i][k];
		}
		if (!(fabsf(sum - 1) < 0.02f))
			return fail(E_VALUE, "vertex %zu: weights sum to %g, "
			    "want 1", i, (double)sum);
		for (int c = 0; c < 3; c++)
			if (!(fabsf(v->vert[i][c]) < 100))
				return fail(E_VALUE, "vertex %zu at %g, want "
				    "a place in metres", i,
				    (double)v->vert[i][c]);
	}
	return OK;
}

/* Our body, about as the avatar is built; carry_body does the rest. */
static enum status
make_body(struct body *b, struct arena *a)
{
	struct human h;

	human_usual(&h, 0.5);
	h.bust = 0.6;
	return human_make(b, a, &h);
}

/* The avatar's eyes go with its head, which unpose only moves. */
static void
set_eyes(struct carry_on *to, const struct avatar *v)
{
	for (int e = 0; e < 2; e++)
		for (int c = 0; c < 3; c++)
			to->eye[e][c] = v->eye[e][c] + to->joint[J_HEAD][c] -
			    v->joint[J_HEAD][c];
}

static void
shift(float (*v)[3], size_t n, const float by[3])
{
	for (size_t i = 0; i < n; i++)
		for (int c = 0; c < 3; c++)
			v[i][c] -= by[c];
}

/* Arrays that are made here; struct worn has them as read-only. */
struct arrays_of {
	float (*vert)[3], (*weight)[AVATAR_INFLUENCES];
	uint8_t (*by)[AVATAR_INFLUENCES];
	uint32_t (*face)[3];
	float (*inside)[3], (*hull)[3];
	struct mapjoin join;
	struct bake bake;
};

static enum status
make_arrays(struct arrays_of *m, struct arena *a, const struct avatar *v,
    size_t n_body, size_t T)
{
	m->vert = arena_calloc(a, v->n_vert, sizeof *m->vert);
	m->weight = arena_calloc(a, v->n_vert, sizeof *m->weight);
	m->by = arena_calloc(a, v->n_vert, sizeof *m->by);
	m->face = arena_calloc(a, v->n_face, sizeof *m->face);
	m->inside = arena_calloc(a, n_body, sizeof *m->inside);
	m->hull = arena_calloc(a, n_body, sizeof *m->hull);
	m->bake = (struct bake){ T, arena_calloc(a, T * T, 3),
		arena_calloc(a, T * T, 1), arena_calloc(a, T * T, 1) };
	return m->vert && m->weight && m->by && m->face && m->inside &&
	    m->hull && m->bake.texture && m->bake.valid && m->bake.kind ? OK :
	    E_NOMEM;
}

/* From the avatar to all of m but its pictures; joints are set. */
static enum status
fit(struct worn *w, const struct arrays_of *m, struct arena *a,
    const struct avatar *v, struct body *b, const struct layout *l,
    float vary, struct rng *d)
{
	float (*vert)[3] = arena_calloc(a, b->mesh.n_vert, sizeof *vert);
	struct carry_on to = { .avatar = v, .joint = w->joint,
		.vert = (const float (*)[3])m->vert };
	struct outer o;

	if (!vert)
		return E_NOMEM;
	unpose(m->vert, w->joint, v, b);
	set_eyes(&to, v);
	carry_trunk(&to, b);

	const float root[3] = { w->joint[0][0], w->joint[0][1],
		w->joint[0][2] };

	shift(m->vert, v->n_vert, root);
	shift(w->joint, BODY_JOINTS, root);
	shift(to.eye, 2, root);

	/* The body alone is elsewhere: poses turn both about the joints. */
	float where[BODY_JOINTS][3];
	struct carry_on varied = to;

	memcpy(where, w->joint, sizeof where);
	varied.joint = where;
	if (vary > 0)
		carry_vary(&varied, d, vary);
	TRY(carry_body(vert, b, &varied));
	carry_weights(m->by, m->weight, &to, b, (const float (*)[3])vert);
	TRY(outer_make(&o, a, v, to.vert, bake_step(m->bake.T)));
	TRY(hull_wrap(m->hull, m->inside, a, &o, b,
	    (const float (*)[3])vert));
	skirt_hang(m->hull, &o, b, (const float (*)[3])vert,
	    (const float (*)[3])w->joint);
	b->mesh.vert = (const float (*)[3])m->hull;
	return bake_make(&m->bake, a, &o, b, l);
}

enum status
worn_make(struct worn *w, struct arena *a, const struct avatar *v,
    const struct layout *l, size_t T, size_t maps, float vary, struct rng *d)
{
	struct arrays_of m;
	struct body b;

	TRY(check_parts(v));
	TRY(check_mesh(v));
	TRY(unpose_check(v));
	TRY(make_body(&b, a));
	TRY(make_arrays(&m, a, v, b.mesh.n_vert, T));
	memcpy(m.face, v->face, v->n_face * sizeof *m.face);
	TRY(mapjoin_make(&m.join, a, v, maps));

	size_t mark = arena_mark(a);

	TRY(fit(w, &m, a, v, &b, l, vary, d));
	arena_pop(a, mark);
	w->n_vert = v->n_vert;
	w->n_face = v->n_face;
	w->vert = (const float (*)[3])m.vert;
	w->face = (const uint32_t (*)[3])m.face;
	w->uv = (const float (*)[3][2])m.join.uv;
	w->by = (const uint8_t (*)[AVATAR_INFLUENCES])m.by;
	w->weight = (const float (*)[AVATAR_INFLUENCES])m.weight;
	w->h = m.join.h;
	w->w = m.join.w;
	w->image = m.join.image;
	w->kind = m.join.kind;
	w->n_body = b.mesh.n_vert;
	w->inside = (const float (*)[3])m.inside;
	w->hull = (const float (*)[3])m.hull;
	w->T = T;
	w->texture = m.bake.texture;
	w->valid = m.bake.valid;
	w->texkind = m.bake.kind;
	return OK;
}
