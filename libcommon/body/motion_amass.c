/* Motions of AMASS and of what is written like it: npz files, and pickles of AIST++. */
#include "body/motion_frame.h"

#include <math.h>
#include <string.h>

#include "mesh/npzpick.h"
#include "weights/pickarray.h"
#include "weights/pth.h"
#include "weights/zip.h"

#define MOST_TURN (4 * M_PI)	/* of a joint: two rounds */
#define AIST_RATE 60		/* frames a second of AIST++, whose files do not say it */

/*
 * Arrays by the number of their columns: SMPL's joints with and without the
 * root, SMPL-H and SMPL-X with hands and face behind what we read.
 */
static const struct layout {
	size_t columns;
	int first;		/* column of the first joint behind the root */
} layouts[] = { { 63, 0 }, { 66, 3 }, { 69, 0 }, { 72, 3 }, { 156, 3 },
	{ 165, 3 } };

/* What may be in an npz; the first of the poses is taken. */
enum { POSES, POSE_BODY, BODY_POSE, N_POSES, ROOT_ORIENT = N_POSES,
	GLOBAL_ORIENT, N_FIELDS, RATE = N_FIELDS, FRAME_RATE, FPS,
	FRAMERATE, TRANS, TRANSL,
	N_WANTS };

/* (n,24,3) is (n,72), and (n,1,3) is (n,3). */
static enum status
flatten(struct npz_want *w)
{
	struct tensor *t = &w->t;

	if (!w->found || t->rank == 2)
		return OK;
	if (t->rank == 4 && t->dim[2] == 3 && t->dim[3] == 3)
		return fail(E_SHAPE, "array %s holds rotation matrices, want axis "
		    "times angle, (frames,joints,3)", w->name);
	if (t->rank != 3 || t->dim[2] != 3)
		return fail(E_SHAPE, "array %s: want (frames,columns) or "
		    "(frames,joints,3)", w->name);
	t->rank = 2;
	t->dim[1] *= 3;
	return OK;
}

static enum status
find_layout(const struct layout **l, const struct npz_want *w)
{
	const size_t n = w->t.dim[1];

	*l = NULL;
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
		if (layouts[i].columns == n)
			*l = &layouts[i];
	if (w->t.dtype != DT_F4 || !*l || w->t.dim[0] == 0)
		return fail(E_SHAPE, "array %s: %zu columns of %zu frames, want "
		    "floats, in 66 (root and 21 joints), 72 (SMPL), 156 "
		    "(SMPL-H), 165 (SMPL-X), or without the root 63 or 69",
		    w->name, n, w->t.dim[0]);
	return OK;
}

/* Copies n numbers of a frame's row. */
static enum status
take(float *out, const struct npz_want *w, size_t frame, size_t n)
{
	const float *p = (const float *)w->t.data + frame * w->t.dim[1];

	for (size_t k = 0; k < n; k++) {
		if (!(fabsf(p[k]) < 1e3f))
			return fail(E_VALUE, "array %s: %g in frame %zu", w->name,
			    p[k], frame);
		out[k] = p[k];
	}
	return OK;
}

/* Joints but the root, which may go round and round. */
static enum status
check_turns(const float pose[BODY_JOINTS][3], const struct npz_want *w,
    size_t frame)
{
	for (int j = 1; j < BODY_JOINTS; j++) {
		const double v[3] = { pose[j][0], pose[j][1], pose[j][2] };
		const double turn = sqrt(vec3_dot(v, v));

		if (turn > MOST_TURN)
			return fail(E_VALUE, "array %s: joint %d is turned by %.0f in "
			    "frame %zu, want radians: are these degrees?", w->name,
			    j, turn, frame);
	}
	return OK;
}

/*
 * The turn that sets the bodies upright. `up`: the mean over all frames of
 * where their axis points. AMASS has z up, even when somebody lies; other
 * files have what the body stands along, y where that is not clear, and
 * those in a camera's frame have it downwards.
 */
static struct mat3
upright(const char **remark, const double up[3], bool amass)
{
	const double most = fabs(up[1]) > fabs(up[2]) ? up[1] : up[2];
	bool z = amass || up[2] > fabs(up[1]) || (most == up[2] && most < -0.5);
	bool down = most < -0.5 && !amass;

	*remark = NULL;
	if (fabs(up[0]) > 0.7)
		*remark = "the body points along x in most frames: it lies on its "
		    "side, or x is up in the file, which is not known here";
	else if (amass && fabs(up[1]) > 0.5 && fabs(up[1]) > fabs(up[2]))
		*remark = "z is up, as AMASS has it, though the body points along "
		    "y in most frames: it lies, or the file is not as AMASS's are";
	else if (down)
		*remark = z ? "z points down (a camera's frame?): turned upright" :
		    "y points down, as in a camera's frame: turned upright";
	return rotate_about(0, z ? (down ? M_PI / 2 : -M_PI / 2) :
	    down ? M_PI : 0);
}

/* The first array of those from a on, to b, that is there. */
static const struct npz_want *
first_found(const struct npz_want *w, int a, int b)
{
	for (int i = a; i < b; i++)
		if (w[i].found)
			return &w[i];
	return NULL;
}

/* Frames a second, or 0. */
static double
rate_of(const struct npz_want *w)
{
	double x = 0;

	if (!w->found || !w->t.data || tensor_len(&w->t) != 1)
		return 0;
	switch (w->t.dtype) {
	case DT_F4: x = (double)*(const float *)w->t.data; break;
	case DT_U1: x = *(const uint8_t *)w->t.data; break;
	case DT_I4: x = *(const int32_t *)w->t.data; break;
	case DT_I8: x = (double)*(const int64_t *)w->t.data; break;
	default: break;
	}
	return x >= 0.1 && x <= 1e5 ? x : 0;
}

/* Places of the frames, in the axes that `stand` gives. */
static enum status
take_places(struct motion *m, struct arena *a, const struct npz_want *w,
    const struct mat3 *stand)
{
	float (*place)[3];

	if (!w->t.data || w->t.dtype != DT_F4 || w->t.rank != 2 ||
	    w->t.dim[0] != m->n_frame || w->t.dim[1] != 3) {
		motion_say(m, a, "array trans is not (frames,3) of floats: places are "
		    "left out");
		return OK;
	}
	place = arena_calloc(a, m->n_frame, sizeof *place);
	if (!place)
		return E_NOMEM;
	for (size_t i = 0; i < m->n_frame; i++) {
		const float *p = (const float *)w->t.data + 3 * i;
		double q[3];

		mat3_apply(q, stand, (const double[3]){ p[0], p[1], p[2] });
		for (int c = 0; c < 3; c++)
			place[i][c] = (float)q[c];
	}
	return motion_keep_places(m, a, (const float (*)[3])place);
}

static enum status
check_root(const struct npz_want *root, size_t frames)
{
	if (!root || (root->t.dtype == DT_F4 && root->t.dim[0] == frames &&
	    root->t.dim[1] == 3))
		return OK;
	return fail(E_SHAPE, "array %s: want floats (%zu,3)", root->name, frames);
}

/* ---- from arrays to a motion ---- */

static enum status
find_arrays(const struct npz_want **body, const struct npz_want **root,
    const struct layout **l, struct npz_want w[N_WANTS], const char *names)
{
	for (int i = 0; i < N_FIELDS; i++)
		TRY(flatten(&w[i]));
	*body = first_found(w, POSES, N_POSES);
	*root = first_found(w, ROOT_ORIENT, N_FIELDS);
	if (!*body)
		return fail(E_SHAPE, "no array poses, pose_body or body_pose; there "
		    "are %s", names);
	TRY(find_layout(l, *body));
	if (motion_is_places((*body)->t.data, (*body)->t.dim[0],
	    (*body)->t.dim[1], (*l)->first != 0))
		return fail(E_VALUE, "array %s holds places of joints (limbs are as "
		    "long left as right), want how each joint is turned, axis "
		    "times angle in radians", (*body)->name);
	return (*l)->first == 0 ? check_root(*root, (*body)->t.dim[0]) : OK;
}

static enum status
from_arrays(struct motion *m, struct arena *a, struct npz_want w[N_WANTS],
    const char *names, bool amass, double rate)
{
	float (*pose)[BODY_JOINTS][3], *heading;
	const struct npz_want *body, *root;
	const struct layout *l = NULL;
	double up[3] = { 0 };

	TRY(find_arrays(&body, &root, &l, w, names));
	const size_t frames = body->t.dim[0];

	pose = arena_calloc(a, frames, sizeof *pose);
	heading = arena_calloc(a, frames, sizeof *heading);
	if (!pose || !heading)
		return E_NOMEM;
	for (size_t i = 0; i < frames; i++) {
		if (l->first == 0 && root)
			TRY(take(pose[i][0], root, i, 3));
		TRY(take(pose[i][0] + 3 - l->first, body, i,
		    (size_t)(63 + l->first)));
		TRY(check_turns(pose[i], body, i));
		struct mat3 r = motion_rotation(pose[i][0]);

		for (int c = 0; c < 3; c++)
			up[c] += r.m[c][1] / (double)frames;
	}
	*m = (struct motion){ .n_frame = frames, .heading = heading,
	    .pose = (const float (*)[BODY_JOINTS][3])pose };
	m->rate = rate;
	motion_doubt_limbs(m, a);
	const struct npz_want *trans = first_found(w, TRANS, N_WANTS);

	if (l->first == 0 && !root) {
		motion_say(m, a, "no array root_orient or global_orient: the body is "
		    "upright in all frames");
		return OK;
	}
	const char *remark;
	struct mat3 stand = upright(&remark, up, amass);

	motion_say(m, a, remark);

	for (size_t i = 0; i < frames; i++) {
		struct mat3 r = motion_rotation(pose[i][0]);

		r = mat3_mul(&stand, &r);
		r = motion_without_heading(&r, &heading[i]);
		rotate_logf(pose[i][0], &r);
	}
	return trans ? take_places(m, a, trans, &stand) : OK;
}

/* ---- files ---- */

static void
name_wants(struct npz_want w[N_WANTS])
{
	static const char *const name[N_WANTS] = { [POSES] = "poses",
	    [POSE_BODY] = "pose_body", [BODY_POSE] = "body_pose",
	    [ROOT_ORIENT] = "root_orient", [GLOBAL_ORIENT] = "global_orient",
	    [RATE] = "mocap_framerate", [FRAME_RATE] = "mocap_frame_rate",
	    [FPS] = "fps", [FRAMERATE] = "framerate",
	    [TRANS] = "trans", [TRANSL] = "transl" };

	for (int i = 0; i < N_WANTS; i++)
		w[i] = (struct npz_want){ .name = name[i], .optional = true,
		    .probe = i >= N_FIELDS };
}

static enum status
parse_npz(struct motion *m, struct arena *a, const void *buf, size_t n)
{
	struct npz_want w[N_WANTS];

	name_wants(w);
	TRY(npz_pick(w, N_WANTS, a, buf, n));
	const bool amass = w[RATE].found || w[FRAME_RATE].found;
	double rate = 0;

	for (int i = RATE; i < TRANS && rate == 0; i++)
		rate = rate_of(&w[i]);
	TRY(from_arrays(m, a, w, npz_names(a, buf, n), amass, rate));
	if (rate == 0 && first_found(w, RATE, TRANS))
		motion_say(m, a, "its frame rate cannot be used, want a number of frames a "
		    "second");
	return OK;
}

/* One array of a pickle of n bytes, over `scale`. */
static enum status
pick(struct npz_want *w, struct arena *a, const struct pv *v, size_t n,
    const char *name, double scale)
{
	struct pickle_array d;

	TRY(pickle_array_open(&d, v, name, 2));
	/* A step of 0 repeats what is there once. */
	if (d.dim[0] > n || d.dim[1] > n / d.dim[0])
		return fail(E_LIMIT, "%s has %zu rows of %zu in %zu bytes", name,
		    d.dim[0], d.dim[1], n);
	TRY(tensor_alloc(&w->t, a, DT_F4, TENSOR_DIMS(d.dim[0], d.dim[1])));
	for (size_t i = 0; i < d.dim[0]; i++)
		for (size_t k = 0; k < d.dim[1]; k++)
			((float *)w->t.data)[i * d.dim[1] + k] =
			    (float)(pickle_array_at(&d, i, k, 0) / scale);
	w->name = name;
	w->found = true;
	return OK;
}

/* smpl_trans is in units of which smpl_scaling make a metre. */
static enum status
parse_aist(struct motion *m, struct arena *a, const void *buf, size_t n)
{
	struct npz_want w[N_WANTS], scaling = { .name = "smpl_scaling" };
	const struct pv *poses, *trans, *scale;
	struct pv *top;

	name_wants(w);
	TRY(pth_values(&top, a, buf, n));
	poses = pickle_get(top, "smpl_poses");
	trans = pickle_get(top, "smpl_trans");
	scale = pickle_get(top, "smpl_scaling");
	if (!poses)
		return fail(E_FORMAT, "a pickle without smpl_poses: want one of "
		    "AIST++, or an .npz as AMASS has it");
	TRY(pick(&w[POSES], a, poses, n, "smpl_poses", 1));
	if (trans && scale) {
		TRY(pick(&scaling, a, scale, n, scaling.name, 1));
		const float s = *(const float *)scaling.t.data;

		if (!(tensor_len(&scaling.t) == 1 && s > 1e-3f && s < 1e6f))
			return fail(E_VALUE, "smpl_scaling: %g, want a scale", s);
		TRY(pick(&w[TRANS], a, trans, n, "smpl_trans", s));
	}
	return from_arrays(m, a, w, "others", false, AIST_RATE);
}

enum status
motion_parse_amass(struct motion *m, struct arena *a, const void *buf,
    size_t n)
{
	return !zip_is(buf, n) && pth_is_values(buf, n) ?
	    parse_aist(m, a, buf, n) : parse_npz(m, a, buf, n);
}
