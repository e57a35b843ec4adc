#include "body/motion.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "body/rotate.h"
#include "mesh/npzpick.h"

#define MAX_FILE ((size_t)1 << 30)

/* The turn about y that r gives to the front of a body. */
static struct mat3
without_heading(const struct mat3 *r)
{
	struct mat3 back = rotate_about(1, -atan2(r->m[0][2], r->m[2][2]));

	return mat3_mul(&back, r);
}

/* ---- AMASS ---------------------------------------------------------- */

enum status
motion_parse_amass(struct motion *m, struct arena *a, const void *buf,
    size_t n)
{
	struct npz_want w = { .name = "poses", .rank = 2 };
	float (*pose)[BODY_JOINTS][3];
	double up[3] = { 0 };

	TRY(npz_pick(&w, 1, a, buf, n));
	size_t frames = w.t.dim[0], stride = w.t.dim[1];

	if (w.t.dtype != DT_F4 || stride < 66 || frames == 0)
		return fail(E_SHAPE, "array poses: want floats (n, 66 or more)");
	pose = arena_calloc(a, frames, sizeof *pose);
	if (!pose)
		return E_NOMEM;
	for (size_t i = 0; i < frames; i++) {
		const float *p = (const float *)w.t.data + i * stride;

		for (int k = 0; k < 66; k++)
			if (!(fabsf(p[k]) < 1e3f))
				return fail(E_VALUE, "array poses: %g in frame "
				    "%zu", p[k], i);
		memcpy(pose[i], p, 66 * sizeof *p);
		struct mat3 r = rotate_exp((const double[3]){ p[0], p[1],
		    p[2] });

		for (int c = 0; c < 3; c++)
			up[c] += r.m[c][1];
	}
	struct mat3 stand = up[2] > fabs(up[1]) ? rotate_about(0, -M_PI / 2) :
	    MAT3_ONE;

	for (size_t i = 0; i < frames; i++) {
		struct mat3 r = rotate_exp((const double[3]){ pose[i][0][0],
		    pose[i][0][1], pose[i][0][2] });

		r = mat3_mul(&stand, &r);
		r = without_heading(&r);
		rotate_logf(pose[i][0], &r);
	}
	*m = (struct motion){ frames,
	    (const float (*)[BODY_JOINTS][3])pose };
	return OK;
}

/* ---- BVH ------------------------------------------------------------ */

/*
 * Names by which rigs call our joints, without side, blanks, dots, dashes
 * and underscores, in lower case; the better name first.
 */
static const struct {
	enum body_joint joint;
	int side;		/* 1 left, -1 right, 0 middle */
	const char *name[8];
} names[] = {
	{ J_PELVIS, 0, { "hips", "pelvis", "root", "hip" } },
	{ J_L_HIP, 1, { "upperleg01", "thigh", "upleg", "upperleg", "hip" } },
	{ J_L_KNEE, 1, { "lowerleg01", "calf", "loleg", "leg", "knee",
	    "shin" } },
	{ J_L_ANKLE, 1, { "foot", "ankle" } },
	{ J_L_FOOT, 1, { "toes", "toe", "toebase", "toe1-1" } },
	{ J_NECK, 0, { "neck01", "lowerneck", "neck" } },
	{ J_HEAD, 0, { "head" } },
	{ J_L_COLLAR, 1, { "clavicle", "collar", "shoulder" } },
	{ J_L_SHOULDER, 1, { "upperarm01", "upperarm", "uparm", "arm",
	    "shoulder" } },
	{ J_L_ELBOW, 1, { "lowerarm01", "lowerarm", "loarm", "forearm",
	    "elbow" } },
	{ J_L_WRIST, 1, { "wrist", "hand" } },
};

/* Right-hand partner of a left joint. */
static enum body_joint
partner(enum body_joint j)
{
	return j + 1;
}

/* "LeftUpLeg", "thigh_L", "upperleg01.R" to ("upleg", 1), ... */
static int
plain_name(char out[64], const char *name)
{
	size_t n = 0;
	int side = 0;

	for (const char *s = name; *s && n < 63; s++)
		if (isalnum((unsigned char)*s))
			out[n++] = (char)tolower((unsigned char)*s);
	out[n] = 0;
	size_t len = strlen(name);
	char last = len > 1 ? name[len - 1] : 0;
	char before = len > 1 ? name[len - 2] : 0;

	if (strncmp(out, "left", 4) == 0 || strncmp(out, "right", 5) == 0) {
		side = out[0] == 'l' ? 1 : -1;
		memmove(out, out + (side > 0 ? 4 : 5),
		    strlen(out + (side > 0 ? 4 : 5)) + 1);
	} else if ((last == 'L' || last == 'R') && (before == '_' ||
	    before == '.')) {
		side = last == 'L' ? 1 : -1;
		out[n - 1] = 0;
	}
	return side;
}

/* Index of the joint of this name and side, or -1. "__x" are helpers. */
static int
find_name(const struct bvh *f, const char *want, int side)
{
	char plain[64];

	for (size_t i = 0; i < f->n_joint; i++)
		if (strncmp(f->joint[i].name, "__", 2) != 0 &&
		    plain_name(plain, f->joint[i].name) == side &&
		    strcmp(plain, want) == 0)
			return (int)i;
	return -1;
}

/* The first of several names that the file has. */
static int
find_any(const struct bvh *f, const char *const want[8], int side)
{
	int i = -1;

	for (size_t k = 0; k < 8 && want[k] && i < 0; k++)
		i = find_name(f, want[k], side);
	return i;
}

static bool
is_below(const struct bvh *f, int i, int top)
{
	while (i >= 0 && i != top)
		i = f->joint[i].parent;
	return i >= 0;
}

/*
 * Rigs number their spines upwards or downwards and have one to five: take
 * what lies between neck and hips, whatever it is called, and give its
 * lowest, middle and highest joint to ours.
 */
static void
map_spine(int map[BODY_JOINTS], const struct bvh *f)
{
	int chain[3] = { -1, -1, -1 }, n = 0, top = map[J_NECK];

	top = top >= 0 ? top : map[J_HEAD];
	for (int pass = 0; pass < 2 && top >= 0 && map[J_L_HIP] >= 0; pass++) {
		int k = 0;

		for (int i = f->joint[top].parent; i >= 0 &&
		    !is_below(f, map[J_L_HIP], i); i = f->joint[i].parent, k++)
			if (pass == 1) {
				if (k == 0)
					chain[2] = i;
				if (k == n / 2)
					chain[1] = i;
				if (k == n - 1)
					chain[0] = i;
			}
		n = k;
	}
	map[J_SPINE1] = chain[0];
	map[J_SPINE2] = n > 2 ? chain[1] : -1;
	map[J_SPINE3] = n > 1 ? chain[2] : -1;
}

/* Our joints in the file: map[j] is its index or -1. */
static void
map_joints(int map[BODY_JOINTS], const struct bvh *f)
{
	for (int j = 0; j < BODY_JOINTS; j++)
		map[j] = -1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		enum body_joint j = names[i].joint;

		map[j] = find_any(f, names[i].name, names[i].side);
		if (names[i].side != 0)
			map[partner(j)] = find_any(f, names[i].name,
			    -names[i].side);
	}
	/* Rigs that call the upper arm "shoulder" have no other collar. */
	for (int k = 0; k < 2; k++)
		if (map[J_L_COLLAR + k] == map[J_L_SHOULDER + k])
			map[J_L_COLLAR + k] = -1;
	map_spine(map, f);
}

/* Where every joint of the file lies with all channels zero. */
static enum status
rest_places(double (**out)[3], struct arena *a, const struct bvh *f)
{
	double (*at)[3] = arena_calloc(a, f->n_joint, sizeof *at);

	if (!at)
		return E_NOMEM;
	for (size_t i = 0; i < f->n_joint; i++)
		for (int c = 0; c < 3; c++)
			at[i][c] = f->joint[i].offset[c] +
			    (f->joint[i].parent >= 0 ?
			    at[f->joint[i].parent][c] : 0);
	*out = at;
	return OK;
}

/*
 * Rows: the file's axes for left, up and front, told from the rest pose:
 * up from the hips to the neck, left from hip to hip, both snapped to the
 * nearest axis, since files are drawn along axes and bodies are not.
 */
static enum status
file_axes(struct mat3 *out, const double (*at)[3], const int *map)
{
	double up[3], left[3];
	int neck = map[J_NECK] >= 0 ? map[J_NECK] : map[J_HEAD];
	int u = 0, l = -1;

	for (int c = 0; c < 3; c++) {
		left[c] = at[map[J_L_HIP]][c] - at[map[J_R_HIP]][c];
		up[c] = neck < 0 ? (at[map[J_L_HIP]][c] - at[map[J_L_KNEE]][c]) :
		    at[neck][c] - (at[map[J_L_HIP]][c] +
		    at[map[J_R_HIP]][c]) / 2;
	}
	for (int c = 1; c < 3; c++)
		if (fabs(up[c]) > fabs(up[u]))
			u = c;
	for (int c = 0; c < 3; c++)
		if (c != u && (l < 0 || fabs(left[c]) > fabs(left[l])))
			l = c;
	if (up[u] == 0 || left[l] == 0)
		return fail(E_FORMAT, "the skeleton's rest pose is flat");
	memset(out, 0, sizeof *out);
	out->m[0][l] = left[l] > 0 ? 1 : -1;
	out->m[1][u] = up[u] > 0 ? 1 : -1;
	vec3_cross(out->m[2], out->m[0], out->m[1]);
	return OK;
}

/* Joint at the far end of the bone that starts at j, for limbs. */
static int
bone_end(int j)
{
	switch (j) {
	case J_L_HIP: return J_L_KNEE;
	case J_R_HIP: return J_R_KNEE;
	case J_L_KNEE: return J_L_ANKLE;
	case J_R_KNEE: return J_R_ANKLE;
	case J_L_ANKLE: return J_L_FOOT;
	case J_R_ANKLE: return J_R_FOOT;
	case J_L_SHOULDER: return J_L_ELBOW;
	case J_R_SHOULDER: return J_R_ELBOW;
	case J_L_ELBOW: return J_L_WRIST;
	case J_R_ELBOW: return J_R_WRIST;
	default: return -1;
	}
}

struct fit {
	const struct bvh *f;
	const struct body *b;
	int map[BODY_JOINTS];
	struct mat3 axes;		/* file -> ours */
	struct mat3 align[BODY_JOINTS];	/* our rest bone -> the file's */
	struct mat3 *world;		/* of the file's joints, one frame */
};

static void
align_bones(struct fit *t, const double (*at)[3])
{
	for (int j = 0; j < BODY_JOINTS; j++) {
		int e = bone_end(j);
		double ours[3], raw[3], theirs[3];

		t->align[j] = MAT3_ONE;
		if (e < 0 || t->map[j] < 0 || t->map[e] < 0)
			continue;
		for (int c = 0; c < 3; c++) {
			ours[c] = (double)t->b->joint[e][c] -
			    t->b->joint[j][c];
			raw[c] = at[t->map[e]][c] - at[t->map[j]][c];
		}
		mat3_apply(theirs, &t->axes, raw);
		t->align[j] = rotate_from_to(ours, theirs);
	}
	/* Hands and toes continue the direction of their limb. */
	for (int k = 0; k < 2; k++) {
		t->align[J_L_WRIST + k] = t->align[J_L_ELBOW + k];
		t->align[J_L_HAND + k] = t->align[J_L_ELBOW + k];
		t->align[J_L_FOOT + k] = t->align[J_L_ANKLE + k];
	}
}

static void
pose_frame(float (*pose)[3], struct fit *t, const float *row)
{
	struct mat3 ours[BODY_JOINTS], back = mat3_transpose(&t->axes);

	for (size_t i = 0; i < t->f->n_joint; i++) {
		const struct bvh_joint *q = &t->f->joint[i];
		struct mat3 r = q->parent >= 0 ? t->world[q->parent] : MAT3_ONE;

		for (int c = 0; c < q->n_channel; c++)
			if (q->channel[c] >= BVH_XROT) {
				struct mat3 step = rotate_about(
				    (int)(q->channel[c] - BVH_XROT),
				    row[q->first + (size_t)c] * M_PI / 180);

				r = mat3_mul(&r, &step);
			}
		t->world[i] = r;
	}
	for (int j = 0; j < BODY_JOINTS; j++) {
		int p = t->b->parent[j];
		struct mat3 local;

		if (t->map[j] >= 0) {
			struct mat3 r = mat3_mul(&t->axes,
			    &t->world[t->map[j]]);

			r = mat3_mul(&r, &back);
			ours[j] = mat3_mul(&r, &t->align[j]);
		} else {
			ours[j] = p >= 0 ? ours[p] : MAT3_ONE;
		}
		if (p < 0) {
			local = without_heading(&ours[j]);
		} else {
			struct mat3 up = mat3_transpose(&ours[p]);

			local = mat3_mul(&up, &ours[j]);
		}
		rotate_logf(pose[j], &local);
	}
}

enum status
motion_from_bvh(struct motion *m, struct arena *a, const struct bvh *f,
    const struct body *b)
{
	static const enum body_joint needed[] = { J_PELVIS, J_L_HIP, J_R_HIP,
		J_L_KNEE, J_R_KNEE, J_L_SHOULDER, J_R_SHOULDER, J_L_ELBOW,
		J_R_ELBOW };
	static const char *const called[] = { "pelvis", "left hip",
		"right hip", "left knee", "right knee", "left shoulder",
		"right shoulder", "left elbow", "right elbow" };
	struct fit t = { .f = f, .b = b };
	float (*pose)[BODY_JOINTS][3];
	double (*at)[3];

	map_joints(t.map, f);
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (t.map[needed[i]] < 0)
			return fail(E_FORMAT, "no joint with a known name for "
			    "the %s", called[i]);
	TRY(rest_places(&at, a, f));
	TRY(file_axes(&t.axes, (const double (*)[3])at, t.map));
	align_bones(&t, (const double (*)[3])at);
	pose = arena_calloc(a, f->n_frame, sizeof *pose);
	t.world = arena_calloc(a, f->n_joint, sizeof *t.world);
	if (!pose || !t.world)
		return E_NOMEM;
	for (size_t i = 0; i < f->n_frame; i++)
		pose_frame(pose[i], &t, f->data + i * f->n_column);
	*m = (struct motion){ f->n_frame,
	    (const float (*)[BODY_JOINTS][3])pose };
	return OK;
}

static enum status
read_bvh(struct motion *m, struct arena *a, const char *buf, size_t n,
    const struct body *b)
{
	struct bvh f;

	TRY(bvh_parse(&f, a, buf, n));
	return motion_from_bvh(m, a, &f, b);
}

enum status
motion_read(struct motion *m, struct arena *a, const char *path,
    const struct body *b)
{
	bool bvh = file_ends_in(path, ".bvh");
	const char *buf;
	size_t n;

	if (!bvh && !file_ends_in(path, ".npz"))
		return fail(E_FORMAT, "%s: want a motion as .npz or .bvh",
		    path);
	TRY(file_read(&buf, &n, a, path, MAX_FILE));
	enum status s = bvh ? read_bvh(m, a, buf, n, b) :
	    motion_parse_amass(m, a, buf, n);

	return s == OK ? OK : fail_in(s, "%s", path);
}
