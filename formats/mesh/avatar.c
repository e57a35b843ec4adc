/*
 * Characters of the VALID library. Their mesh is made of a body with clothes
 * as one skin, two eyes, and for some a head of hair with a picture of its
 * own, which is cut out by alpha.
 */
#include "mesh/avatar.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "image/image.h"
#include "mesh/avatarkind.h"
#include "mesh/npzpick.h"

enum { VERTICES, LO, HI, FACES, UV, INDEX, WEIGHT, MATERIAL, NAMES, PARENTS,
	POSITIONS, N_WANT };
enum { BODY, HAIR, N_MATERIAL };

/* Mixamo's name of each of our joints, without the side of LeftX, RightX. */
static const char *const mixamo[BODY_JOINTS] = {
	"Hips", "LeftUpLeg", "RightUpLeg", "Spine", "LeftLeg", "RightLeg",
	"Spine1", "LeftFoot", "RightFoot", "Spine2", "LeftToeBase",
	"RightToeBase", "Neck", "LeftShoulder", "RightShoulder", "Head",
	"LeftArm", "RightArm", "LeftForeArm", "RightForeArm", "LeftHand",
	"RightHand", "LeftHandMiddle1", "RightHandMiddle1"
};

/* Others, by how they begin. The palm moves with the wrist. */
static const struct {
	const char *begin;
	int joint;
} others[] = {
	{ "Head", J_HEAD }, { "LeftEye", J_HEAD }, { "RightEye", J_HEAD },
	{ "Jaw", J_HEAD }, { "LeftToe", J_L_FOOT }, { "RightToe", J_R_FOOT },
	{ "LeftFingerBase", J_L_WRIST }, { "RightFingerBase", J_R_WRIST },
	{ "LeftHand", J_L_HAND }, { "RightHand", J_R_HAND },
};

int
avatar_joint(const char *name, bool *is)
{
	const char *colon = strrchr(name, ':');

	name = colon ? colon + 1 : name;
	*is = true;
	for (int j = 0; j < BODY_JOINTS; j++)
		if (strcmp(name, mixamo[j]) == 0)
			return j;
	*is = false;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strncmp(name, others[i].begin, strlen(others[i].begin)) == 0)
			return others[i].joint;
	return -1;
}

bool
avatar_reduce(uint8_t by[AVATAR_INFLUENCES], float weight[AVATAR_INFLUENCES],
    const float sum[BODY_JOINTS])
{
	float rest[BODY_JOINTS], total = 0;

	memcpy(rest, sum, sizeof rest);
	for (int k = 0; k < AVATAR_INFLUENCES; k++) {
		int best = 0;

		for (int j = 1; j < BODY_JOINTS; j++)
			if (rest[j] > rest[best])
				best = j;
		by[k] = (uint8_t)best;
		weight[k] = rest[best];
		total += rest[best];
		rest[best] = 0;
	}
	for (int k = 0; k < AVATAR_INFLUENCES && total > 0; k++)
		weight[k] /= total;
	return total > 0;
}

enum status
avatar_read_picture(struct tensor *map, struct arena *a, const char *path)
{
	struct tensor colour, white, alpha;
	const char *buf;
	size_t n;

	TRY(file_read(&buf, &n, a, path, IMAGE_MAX_FILE));
	enum status s = image_decode(&colour, NULL, a, buf, n,
	    IMAGE_IGNORE_ALPHA);

	if (s == OK)
		s = image_decode_alpha(&white, &alpha, NULL, a, buf, n);
	if (s != OK)
		return fail_in(s, "%s", path);
	TRY(tensor_alloc(map, a, DT_U1, TENSOR_DIMS(colour.dim[0],
	    colour.dim[1], 4)));
	const uint8_t *c = colour.data, *al = alpha.data;
	uint8_t *to = map->data;

	for (size_t i = 0; i < colour.dim[0] * colour.dim[1]; i++) {
		memcpy(to + 4 * i, c + 3 * i, 3);
		to[4 * i + 3] = al ? al[i] : 255;
	}
	return OK;
}

static enum status
want_type(const struct npz_want *w, enum dtype d)
{
	return w->t.dtype == d ? OK : fail(E_SHAPE, "array %s: %s, want %s",
	    w->name, dtype_name(w->t.dtype), dtype_name(d));
}

/* Same length as the vertices or faces that they belong to. */
static enum status
want_count(const struct npz_want *w, size_t n)
{
	return w->t.dim[0] == n ? OK : fail(E_SHAPE, "array %s: %zu rows, want "
	    "%zu", w->name, w->t.dim[0], n);
}

static enum status
get_vertices(struct avatar *v, struct arena *a, const struct npz_want *w)
{
	const float *lo = w[LO].t.data, *hi = w[HI].t.data;
	const uint16_t *q = w[VERTICES].t.data;
	float (*vert)[3];

	TRY(want_type(&w[LO], DT_F4));
	TRY(want_type(&w[HI], DT_F4));
	TRY(want_type(&w[VERTICES], DT_U2));
	for (int c = 0; c < 3; c++)
		if (!(lo[c] > -100 && hi[c] < 100 && lo[c] <= hi[c]))
			return fail(E_VALUE, "arrays lo, hi: %g..%g, want "
			    "metres", lo[c], hi[c]);
	v->n_vert = w[VERTICES].t.dim[0];
	if (!(vert = arena_calloc(a, v->n_vert, sizeof *vert)))
		return E_NOMEM;
	for (size_t i = 0; i < v->n_vert; i++)
		for (int c = 0; c < 3; c++)
			vert[i][c] = lo[c] + (float)q[3 * i + c] / 65535 *
			    (hi[c] - lo[c]);
	v->vert = (const float (*)[3])vert;
	return OK;
}

static int64_t
whole(const struct tensor *t, size_t i)
{
	return t->dtype == DT_U1 ? ((const uint8_t *)t->data)[i] :
	    t->dtype == DT_U2 ? ((const uint16_t *)t->data)[i] :
	    t->dtype == DT_I4 ? ((const int32_t *)t->data)[i] :
	    t->dtype == DT_I8 ? ((const int64_t *)t->data)[i] : -1;
}

/* Faces of the body, then those of the hair. */
static enum status
get_faces(struct avatar *v, struct arena *a, const struct npz_want *w)
{
	const struct tensor *f = &w[FACES].t, *m = &w[MATERIAL].t;
	const uint16_t *uv = w[UV].t.data;
	size_t n = f->dim[0];
	uint32_t (*face)[3] = arena_calloc(a, n, sizeof *face);
	float (*at)[3][2] = arena_calloc(a, n, sizeof *at);

	if (!face || !at)
		return E_NOMEM;
	TRY(want_count(&w[MATERIAL], n));
	TRY(want_count(&w[UV], v->n_vert));
	TRY(want_type(&w[UV], DT_U2));
	for (int part = 0; part < N_MATERIAL; part++) {
		v->part[part].first = v->n_face;
		for (size_t i = 0; i < n; i++) {
			int64_t which = whole(m, i);

			if (which < 0 || which >= N_MATERIAL)
				return fail(E_VALUE, "array material: %lld, "
				    "want 0 (body) or 1 (hair)",
				    (long long)which);
			if (which != part)
				continue;
			for (size_t c = 0; c < 3; c++) {
				int64_t k = whole(f, 3 * i + c);

				if (k < 0 || (uint64_t)k >= v->n_vert)
					return fail(E_VALUE, "array faces: "
					    "vertex %lld in face %zu, there are "
					    "%zu", (long long)k, i, v->n_vert);
				face[v->n_face][c] = (uint32_t)k;
				for (int d = 0; d < 2; d++)
					at[v->n_face][c][d] =
					    uv[2 * k + d] / 65535.0f;
			}
			v->n_face++;
		}
		v->part[part].n = v->n_face - v->part[part].first;
	}
	if (v->part[BODY].n == 0)
		return fail(E_VALUE, "array material: no face of the body");
	v->n_part = v->part[HAIR].n > 0 ? 2 : 1;
	v->face = (const uint32_t (*)[3])face;
	v->uv = (const float (*)[3][2])at;
	return OK;
}

/* Which of ours each joint of the file is, or else its nearest ancestor. */
static enum status
get_joints(struct avatar *v, uint8_t *ours, size_t n,
    const struct npz_want *w)
{
	const float (*at)[3] = w[POSITIONS].t.data;
	const char *name = w[NAMES].t.data;
	size_t width = w[NAMES].t.dim[1];
	bool have[BODY_JOINTS] = { 0 }, eye[2] = { 0 };

	TRY(want_count(&w[POSITIONS], n));
	TRY(want_type(&w[POSITIONS], DT_F4));
	TRY(want_count(&w[PARENTS], n));
	for (size_t i = 0; i < n; i++) {
		bool is;
		int64_t k = (int64_t)i;
		int j = -1;

		for (int c = 0; c < 3; c++)
			if (!(fabsf(at[i][c]) < 100))
				return fail(E_VALUE, "array joint_positions: "
				    "joint %s is at %g", name + i * width,
				    at[i][c]);
		for (size_t up = 0; j < 0 && up < n && k >= 0 &&
		    (size_t)k < n; up++) {
			j = avatar_joint(name + (size_t)k * width, &is);
			k = whole(&w[PARENTS].t, (size_t)k);
		}
		ours[i] = (uint8_t)(j < 0 ? J_PELVIS : j);
		if ((j = avatar_joint(name + i * width, &is)) >= 0 && is) {
			memcpy(v->joint[j], at[i], sizeof v->joint[j]);
			have[j] = true;
		}
		for (int e = 0; e < 2; e++)
			if (strcmp(name + i * width, e ? "RightEye" :
			    "LeftEye") == 0) {
				memcpy(v->eye[e], at[i], sizeof v->eye[e]);
				eye[e] = true;
			}
	}
	for (int j = 0; j < BODY_JOINTS; j++)
		if (!have[j])
			return fail(E_SHAPE, "array joint_names: no joint %s",
			    mixamo[j]);
	for (int e = 0; e < 2; e++)
		if (!eye[e])
			return fail(E_SHAPE, "array joint_names: no joint %s",
			    e ? "RightEye" : "LeftEye");
	return OK;
}

/* eyes[i]: vertex i belongs to an eye alone. */
static enum status
get_skin(struct avatar *v, bool **eyes, struct arena *a,
    const struct npz_want *w)
{
	size_t n_joint = w[NAMES].t.dim[0], width = w[NAMES].t.dim[1];
	const char *name = w[NAMES].t.data;
	const uint8_t *weight = w[WEIGHT].t.data;
	uint8_t *ours = arena_calloc(a, n_joint, 1);
	uint8_t (*by)[AVATAR_INFLUENCES] = arena_calloc(a, v->n_vert,
	    sizeof *by);
	float (*to)[AVATAR_INFLUENCES] = arena_calloc(a, v->n_vert,
	    sizeof *to);

	*eyes = arena_calloc(a, v->n_vert, sizeof **eyes);
	if (!ours || !by || !to || !*eyes)
		return E_NOMEM;
	TRY(get_joints(v, ours, n_joint, w));
	TRY(want_count(&w[INDEX], v->n_vert));
	TRY(want_count(&w[WEIGHT], v->n_vert));
	TRY(want_type(&w[WEIGHT], DT_U1));
	for (size_t i = 0; i < v->n_vert; i++) {
		float sum[BODY_JOINTS] = { 0 };
		bool eye = true;

		for (size_t k = 4 * i; k < 4 * i + 4; k++) {
			int64_t j = whole(&w[INDEX].t, k);

			if (j < 0 || (uint64_t)j >= n_joint)
				return fail(E_VALUE, "array joint_index: joint "
				    "%lld at vertex %zu, there are %zu",
				    (long long)j, i, n_joint);
			sum[ours[j]] += weight[k];
			eye = eye && (weight[k] == 0 || strstr(name +
			    (size_t)j * width, "Eye"));
		}
		(*eyes)[i] = eye;
		if (!avatar_reduce(by[i], to[i], sum))
			return fail(E_VALUE, "array joint_weight_u8: vertex %zu "
			    "has no weight", i);
	}
	v->by = (const uint8_t (*)[AVATAR_INFLUENCES])by;
	v->weight = (const float (*)[AVATAR_INFLUENCES])to;
	return OK;
}

static enum status
read_npz(struct avatar *v, struct arena *a, const char *stem, const void *buf,
    size_t n)
{
	struct npz_want w[N_WANT] = {
		[VERTICES] = { "vertices_u16", .rank = 2, .dim = { 0, 3 } },
		[LO] = { "lo", .rank = 1, .dim = { 3 } },
		[HI] = { "hi", .rank = 1, .dim = { 3 } },
		[FACES] = { "faces", .rank = 2, .dim = { 0, 3 } },
		[UV] = { "uv_u16", .rank = 2, .dim = { 0, 2 } },
		[INDEX] = { "joint_index", .rank = 2, .dim = { 0, 4 } },
		[WEIGHT] = { "joint_weight_u8", .rank = 2, .dim = { 0, 4 } },
		[MATERIAL] = { "material", .rank = 1 },
		[NAMES] = { "joint_names", .text = true },
		[PARENTS] = { "joint_parents", .rank = 1 },
		[POSITIONS] = { "joint_positions", .rank = 2, .dim = { 0, 3 } },
	};
	bool *eyes = NULL;

	TRY(npz_pick(w, N_WANT, a, buf, n));
	TRY(get_vertices(v, a, w));
	TRY(get_faces(v, a, w));
	TRY(get_skin(v, &eyes, a, w));
	strcpy(v->part[BODY].name, "body");
	strcpy(v->part[HAIR].name, "hair");
	v->part[HAIR].kind = AVATAR_HAIR;
	v->part[HAIR].cut = true;
	for (size_t i = 0; i < v->n_part; i++) {
		const char *path = arena_printf(a, "%s.%s", stem,
		    i == BODY ? "body.jpg" : "hair.png");

		if (!path)
			return E_NOMEM;
		TRY(avatar_read_picture(&v->part[i].map, a, path));
	}
	return avatar_find_kinds(v, &v->part[BODY], eyes, a);
}

enum status
avatar_read_npz(struct avatar *v, struct arena *a, const char *path)
{
	const char *buf, *slash = strrchr(path, '/');
	size_t n;

	*v = (struct avatar){ 0 };
	if (!file_ends_in(path, ".npz"))
		return fail(E_FORMAT, "%s: want an avatar as .npz", path);
	char *stem = arena_strdup(a, path);

	if (!stem)
		return E_NOMEM;
	stem[strlen(stem) - 4] = 0;
	snprintf(v->name, sizeof v->name, "%s",
	    slash ? stem + (slash + 1 - path) : stem);
	TRY(file_read(&buf, &n, a, path, MESH_MAX_FILE));
	enum status s = read_npz(v, a, stem, buf, n);

	return s == OK ? OK : fail_in(s, "%s", path);
}
