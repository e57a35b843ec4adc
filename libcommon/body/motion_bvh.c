/* Motions of BVH files, whose skeletons are mapped to SMPL's. */
#include "body/motion_frame.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "body/rignames.h"

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

/* From the middle of two joints to a third. */
static void
from_middle(double out[3], const double (*at)[3], int i, int j, int to)
{
	for (int c = 0; c < 3; c++)
		out[c] = at[to][c] - (at[i][c] + at[j][c]) / 2;
}

/* The joint that a trunk ends with at its top, or -1. */
static int
top_of(const int *map)
{
	return map[J_NECK] >= 0 ? map[J_NECK] : map[J_HEAD];
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
	int neck = top_of(map);
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

struct fit {
	const struct bvh *f;
	const struct body *b;
	int map[BODY_JOINTS];
	bool stands;			/* the rest pose does */
	struct mat3 rest;		/* file's rest pose -> our axes */
	struct mat3 axes;		/* file's world -> our axes */
	struct mat3 align[BODY_JOINTS];	/* our rest bone -> the file's */
	struct mat3 *world;		/* of the file's joints, one frame */
	double (*at)[3];		/* likewise, where they lie */
};

/* Turns and places of all joints in a frame; places without the root's. */
static void
move(struct fit *t, const float *row)
{
	for (size_t i = 0; i < t->f->n_joint; i++) {
		const struct bvh_joint *q = &t->f->joint[i];
		const double off[3] = { q->offset[0], q->offset[1],
		    q->offset[2] };
		struct mat3 r = q->parent >= 0 ? t->world[q->parent] : MAT3_ONE;

		mat3_apply(t->at[i], &r, off);
		for (int c = 0; c < 3 && q->parent >= 0; c++)
			t->at[i][c] += t->at[q->parent][c];
		for (int c = 0; c < q->n_channel; c++)
			if (q->channel[c] >= BVH_XROT) {
				struct mat3 step = rotate_about(
				    (int)(q->channel[c] - BVH_XROT),
				    row[q->first + (size_t)c] * M_PI / 180);

				r = mat3_mul(&r, &step);
			}
		t->world[i] = r;
	}
}

/*
 * A rest pose that stands has its legs away from the trunk. LAFAN's, for
 * example, has all bones along x: it says nothing about twists.
 */
static bool
rest_stands(const double (*at)[3], const int *map)
{
	static const double none[3];
	double up[3], leg[3], down = 0;

	if (top_of(map) < 0)
		return true;
	from_middle(up, at, map[J_L_HIP], map[J_R_HIP], top_of(map));
	vec3_unit(up, none);
	for (int k = 0; k < 2; k++) {
		for (int c = 0; c < 3; c++)
			leg[c] = at[map[J_L_KNEE + k]][c] -
			    at[map[J_L_HIP + k]][c];
		vec3_unit(leg, none);
		down -= vec3_dot(leg, up) / 2;
	}
	return down > 0.3;
}

/*
 * Whether the person of a file whose rest pose stands along y, which BVH files
 * mostly have up, lies in most frames along axis u: the hips are low along y, and
 * not a leg's length high along u, as they would be if that were up.
 */
static bool
lies(struct fit *t, int u, double sign)
{
	const struct bvh_joint *root = &t->f->joint[0];
	const int *map = t->map;
	double place[3] = { 0 }, thigh[3];
	bool known = false;

	if (!t->stands || u == 1 || t->rest.m[1][1] != 1)
		return false;
	for (int c = 0; c < root->n_channel; c++) {
		if (root->channel[c] >= BVH_XROT)
			continue;
		known = true;
		for (size_t i = 0; i < t->f->n_frame; i++)
			place[root->channel[c]] += t->f->data[i *
			    t->f->n_column + root->first + (size_t)c] /
			    (double)t->f->n_frame;
	}
	for (int c = 0; c < 3; c++)
		thigh[c] = t->at[map[J_L_KNEE]][c] - t->at[map[J_L_HIP]][c];
	const double leg = 2 * sqrt(vec3_dot(thigh, thigh));

	return known && fabs(place[1]) < 0.4 * leg &&
	    fabs(sign * place[u] - leg) > 0.35 * leg;
}

/*
 * The world's axes as file_axes: its up is where the trunk points in most
 * frames, if it does and the body does not lie, else that of a rest pose that
 * stands, else y.
 */
static void
world_axes(struct fit *t, struct motion *m, struct arena *a)
{
	static const double none[3];
	const int *map = t->map;
	double up[3], mean[3] = { 0 };
	int u = 0, rest = 0;

	t->axes = t->rest;
	if (top_of(map) < 0)
		return;
	for (size_t i = 0; i < t->f->n_frame; i++) {
		move(t, t->f->data + i * t->f->n_column);
		from_middle(up, (const double (*)[3])t->at, map[J_L_HIP],
		    map[J_R_HIP], top_of(map));
		vec3_unit(up, none);
		for (int c = 0; c < 3; c++)
			mean[c] += up[c] / (double)t->f->n_frame;
	}
	for (int c = 1; c < 3; c++) {
		u = fabs(mean[c]) > fabs(mean[u]) ? c : u;
		rest = t->rest.m[1][c] != 0 ? c : rest;
	}
	double sign = mean[u] < 0 ? -1 : 1;

	if (fabs(mean[u]) < 0.5) {
		if (t->stands)
			return;
		u = 1;
		sign = 1;
	}
	if (t->rest.m[1][u] == sign)
		return;
	if (lies(t, u, sign)) {
		motion_say(m, a, "the body lies in most frames: the hips are low along "
		    "y, which is up in the rest pose");
		return;
	}
	memset(&t->axes, 0, sizeof t->axes);
	t->axes.m[0][(u + 1) % 3] = 1;
	t->axes.m[1][u] = sign;
	vec3_cross(t->axes.m[2], t->axes.m[0], t->axes.m[1]);
	if (t->stands || sign < 0)
		motion_say(m, a, arena_printf(a, "the body stands along %s%c in most "
		    "frames, and along %s%c in the rest pose: the first is taken "
		    "for up", sign < 0 ? "-" : "", 'x' + u,
		    t->rest.m[1][rest] < 0 ? "-" : "", 'x' + rest));
}

/* Joint at the far end of the bone that starts at j, for limbs. */
static int
bone_end(const struct fit *t, int j)
{
	switch (j) {
	/* Collars as they rest, unless that is no pose at all. */
	case J_L_COLLAR: return t->stands ? -1 : J_L_SHOULDER;
	case J_R_COLLAR: return t->stands ? -1 : J_R_SHOULDER;
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

static void
align_bones(struct fit *t, const double (*at)[3])
{
	for (int j = 0; j < BODY_JOINTS; j++) {
		int e = bone_end(t, j);
		double ours[3], raw[3], theirs[3];

		t->align[j] = MAT3_ONE;
		if (e < 0 || t->map[j] < 0 || t->map[e] < 0)
			continue;
		for (int c = 0; c < 3; c++) {
			ours[c] = (double)t->b->joint[e][c] -
			    t->b->joint[j][c];
			raw[c] = at[t->map[e]][c] - at[t->map[j]][c];
		}
		mat3_apply(theirs, &t->rest, raw);
		t->align[j] = rotate_from_to(ours, theirs);
	}
}

/* Hands and toes continue the direction of their limb. */
static void
align_ends(struct fit *t)
{
	for (int k = 0; k < 2; k++) {
		t->align[J_L_WRIST + k] = t->align[J_L_ELBOW + k];
		t->align[J_L_HAND + k] = t->align[J_L_ELBOW + k];
		t->align[J_L_FOOT + k] = t->align[J_L_ANKLE + k];
	}
}

/* The turn of our joint j in the frame that was moved to. */
static struct mat3
turn_of(const struct fit *t, int j)
{
	struct mat3 back = mat3_transpose(&t->rest), r;

	while (j >= 0 && t->map[j] < 0)
		j = t->b->parent[j];
	if (j < 0)
		return MAT3_ONE;
	r = mat3_mul(&t->axes, &t->world[t->map[j]]);
	r = mat3_mul(&r, &back);
	return mat3_mul(&r, &t->align[j]);
}

/* And in its parent's frame; the root's without its heading. */
static struct mat3
local_turn(const struct fit *t, int j, float *heading)
{
	struct mat3 r = turn_of(t, j), up;

	if (t->b->parent[j] < 0)
		return motion_without_heading(&r, heading);
	up = turn_of(t, t->b->parent[j]);
	up = mat3_transpose(&up);
	return mat3_mul(&up, &r);
}

/* The part of r that turns about the direction `axis` of length 1. */
static double
twist_about(const struct mat3 *r, const double axis[3])
{
	/* Of the quaternion, times 2: the scalar, and along the axis. */
	const double w = 1 + r->m[0][0] + r->m[1][1] + r->m[2][2];
	const double v[3] = { r->m[2][1] - r->m[1][2], r->m[0][2] - r->m[2][0],
	    r->m[1][0] - r->m[0][1] };

	return 2 * atan2(vec3_dot(v, axis), w);
}

/*
 * Where the rest pose does not tell how a limb is twisted, it has no twist
 * against its parent on the average.
 */
static void
settle_twists(struct fit *t)
{
	static const double none[3] = { 0, 1, 0 };

	for (int j = 0; j < BODY_JOINTS; j++) {
		double bone[3], c = 0, s = 0;
		int e = bone_end(t, j);

		if (e < 0 || t->map[j] < 0 || t->map[e] < 0)
			continue;
		for (int k = 0; k < 3; k++)
			bone[k] = (double)t->b->joint[e][k] - t->b->joint[j][k];
		vec3_unit(bone, none);
		for (size_t i = 0; i < t->f->n_frame; i++) {
			move(t, t->f->data + i * t->f->n_column);
			struct mat3 r = local_turn(t, j, NULL);
			double angle = twist_about(&r, bone);

			c += cos(angle);
			s += sin(angle);
		}
		for (int k = 0; k < 3; k++)
			bone[k] *= -atan2(s, c);
		struct mat3 back = rotate_exp(bone);

		t->align[j] = mat3_mul(&t->align[j], &back);
	}
}

static double
distance(const double a[3], const double b[3])
{
	return hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
}

/* Our metres to the file's unit: how much longer our legs are; 0: unknown. */
static double
leg_scale(const struct fit *t, const double (*at)[3])
{
	static const int leg[][2] = { { J_L_HIP, J_L_KNEE },
		{ J_R_HIP, J_R_KNEE }, { J_L_KNEE, J_L_ANKLE },
		{ J_R_KNEE, J_R_ANKLE } };
	double ours = 0, theirs = 0;

	for (int k = 0; k < 4; k++) {
		const float *p = t->b->joint[leg[k][0]];
		const float *q = t->b->joint[leg[k][1]];
		int i = t->map[leg[k][0]], j = t->map[leg[k][1]];

		if (i < 0 || j < 0)
			continue;
		theirs += distance(at[i], at[j]);
		ours += distance((const double[3]){ p[0], p[1], p[2] },
		    (const double[3]){ q[0], q[1], q[2] });
	}
	return theirs > 0 ? ours / theirs : 0;
}

/*
 * Where the pelvis is in the frame that was moved to, as our axes go: with the
 * places of all joints above it. (Some files mean them in place of the offsets,
 * some beside them: that moves all frames alike.)
 */
static void
pelvis_place(float out[3], const struct fit *t, const float *row, double scale)
{
	double at[3], q[3];

	memcpy(at, t->at[t->map[J_PELVIS]], sizeof at);
	for (int i = t->map[J_PELVIS]; i >= 0; i = t->f->joint[i].parent) {
		const struct bvh_joint *k = &t->f->joint[i];
		double off[3] = { 0 };

		for (int c = 0; c < k->n_channel; c++)
			if (k->channel[c] < BVH_XROT)
				off[k->channel[c]] += row[k->first + (size_t)c];
		mat3_apply(q, k->parent >= 0 ? &t->world[k->parent] :
		    &MAT3_ONE, off);
		for (int c = 0; c < 3; c++)
			at[c] += q[c];
	}
	mat3_apply(q, &t->axes, at);
	for (int c = 0; c < 3; c++)
		out[c] = (float)(scale * q[c]);
}

/* What a writer of BVH files has probably got wrong. */
static void
doubt_bvh(struct motion *m, struct arena *a, const struct bvh *f)
{
	float most = 0;
	int roots = 0;

	for (size_t j = 0; j < f->n_joint; j++)
		roots += f->joint[j].parent < 0;
	if (roots > 1)
		motion_say(m, a, arena_printf(a, "%d skeletons: one of them is "
		    "read", roots));
	for (size_t i = 0; i < f->n_frame; i++)
		for (size_t j = 0; j < f->n_joint; j++)
			for (int c = 0; c < f->joint[j].n_channel; c++)
				if (f->joint[j].channel[c] >= BVH_XROT)
					most = fmaxf(most, fabsf(f->data[i *
					    f->n_column + f->joint[j].first +
					    (size_t)c]));
	/* Files of one frame and of a rest pose hold zeros alone. */
	if (most > 0.01f && most < 3.2f && f->n_frame > 1)
		motion_say(m, a, "no joint is ever turned by more than 3.2: are these "
		    "radians? want degrees");
	if (f->frame_time > 5)
		motion_say(m, a, arena_printf(a, "a frame time of %g seconds: are these "
		    "frames a second?", f->frame_time));
	if (f->more)
		motion_say(m, a, arena_printf(a, "%zu frames are announced, more follow: "
		    "they are left out", f->n_frame));
}

enum status
motion_from_bvh(struct motion *m, struct arena *a, const struct bvh *f,
    const struct body *b)
{
	struct fit t = { .f = f, .b = b };
	float (*pose)[BODY_JOINTS][3], *heading, (*place)[3];
	double (*at)[3];

	TRY(rig_map(t.map, a, f));
	TRY(rest_places(&at, a, f));
	TRY(file_axes(&t.rest, (const double (*)[3])at, t.map));
	pose = arena_calloc(a, f->n_frame, sizeof *pose);
	heading = arena_calloc(a, f->n_frame, sizeof *heading);
	place = arena_calloc(a, f->n_frame, sizeof *place);
	t.world = arena_calloc(a, f->n_joint, sizeof *t.world);
	t.at = arena_calloc(a, f->n_joint, sizeof *t.at);
	if (!pose || !heading || !place || !t.world || !t.at)
		return E_NOMEM;
	*m = (struct motion){ .n_frame = f->n_frame, .heading = heading,
	    .pose = (const float (*)[BODY_JOINTS][3])pose,
	    .rate = 1 / f->frame_time };
	doubt_bvh(m, a, f);
	t.stands = rest_stands((const double (*)[3])at, t.map);
	world_axes(&t, m, a);
	align_bones(&t, (const double (*)[3])at);
	if (!t.stands)
		settle_twists(&t);
	align_ends(&t);
	double scale = leg_scale(&t, (const double (*)[3])at);

	for (size_t i = 0; i < f->n_frame; i++) {
		move(&t, f->data + i * f->n_column);
		pelvis_place(place[i], &t, f->data + i * f->n_column, scale);
		for (int j = 0; j < BODY_JOINTS; j++) {
			struct mat3 r = local_turn(&t, j, &heading[i]);

			rotate_logf(pose[i][j], &r);
		}
	}
	/* Else limbs are twisted at will. */
	if (t.stands)
		motion_doubt_limbs(m, a);
	return motion_keep_places(m, a, (const float (*)[3])place);
}
