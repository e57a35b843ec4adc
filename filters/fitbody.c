/* fitbody: a body fitted to key points, and the labels that it gives. */
#include <math.h>
#include <string.h>

#include "body/skin.h"
#include "cli/cli.h"
#include "fit/bodyfit.h"
#include "fit/drawlabels.h"
#include "fit/limbedge.h"
#include "fit/stretch.h"
#include "human/human.h"
#include "view/fields.h"

#define DOUBTFUL 0.8	/* share of body and matte that is common to both */
#define BETTER 0.03

enum { GIVEN_KEEP, GIVEN_STRETCH, GIVEN_REPLACE };

struct options {
	const char *body;
	int given;
	bool no_stretch;
	bool strict;		/* a body that the matte belies is an error */

	struct keypoints key;
	struct places places;
};

/* What is known of a role's views, and where what is made goes. */
struct views {
	enum role role;
	size_t n, h, w;
	const float (*pose)[POSE_POINTS][3];
	const float (*pose3)[POSE_LANDMARKS][4];
	float (*fit)[BODY_JOINTS][3], (*build)[8], (*camera)[4];
	const uint8_t *matte;
	const uint8_t *photo;		/* NULL: none */
	/* NULL: those that are there stay. */
	uint8_t *iuv, *mask;
	bool drawn;			/* iuv is to be drawn */
};

/* Fields of the fit, where there are key points. */
static enum status
open_fit(struct views *v, struct sample *s)
{
	const struct view_size any = view_square(0);
	const struct tensor *t;
	struct tensor out;

	TRY(view_want(&t, &v->n, s, v->role, VIEW_POSE, any));
	v->pose = t->data;
	if (role_has(s, v->role, "pose3")) {
		TRY(view_want(&t, &v->n, s, v->role, VIEW_POSE3, any));
		v->pose3 = t->data;
	}
	TRY(view_make(&out, s, v->role, VIEW_FIT, v->n, any));
	v->fit = out.data;
	TRY(view_make(&out, s, v->role, VIEW_BUILD, v->n, any));
	v->build = out.data;
	TRY(view_make(&out, s, v->role, VIEW_CAMERA, v->n, any));
	v->camera = out.data;
	return OK;
}

/* Labels: new ones, or a copy of those that are there to stretch. */
static enum status
open_labels(struct views *v, struct sample *s, const struct options *o)
{
	const struct view_size size = { .h = v->h, .w = v->w };
	const struct tensor *t, *given = NULL;
	struct tensor out;

	if (role_has(s, v->role, "matte")) {
		TRY(view_want(&t, &v->n, s, v->role, VIEW_MATTE, size));
		v->matte = o->no_stretch ? NULL : t->data;
	}
	if (v->matte && role_has(s, v->role, "image")) {
		TRY(view_want(&t, &v->n, s, v->role, VIEW_IMAGE, size));
		v->photo = t->data;
	} else if (v->matte && role_has(s, v->role, "photo")) {
		TRY(view_want(&t, &v->n, s, v->role, VIEW_PHOTO, size));
		v->photo = t->data;
	}
	if (role_has(s, v->role, "iuv"))
		TRY(view_want(&given, &v->n, s, v->role, VIEW_IUV, size));
	v->drawn = !given || o->given == GIVEN_REPLACE;
	if (!v->drawn && (o->given == GIVEN_KEEP || !v->matte))
		return OK;
	if (v->drawn && !v->pose)
		return OK;
	const void *old = v->drawn ? NULL : given->data;

	TRY(view_make(&out, s, v->role, VIEW_IUV, v->n, size));
	v->iuv = out.data;
	if (old)
		memcpy(v->iuv, old, tensor_bytes(&out));
	TRY(view_make(&out, s, v->role, VIEW_MASK, v->n, size));
	v->mask = out.data;
	return OK;
}

/* How visible little finger, index and thumb are, on average. */
static double
hand_seen(const float p[POSE_LANDMARKS][4], int left)
{
	int k = left ? 17 : 18;

	return (p[k][3] + p[k + 2][3] + p[k + 4][3]) / 3;
}

static enum status
draw(const struct views *v, size_t i, const struct fit *f,
    const struct options *o, struct arena *a)
{
	float g[BODY_JOINTS][3][4], (*vert)[3];
	struct camera camera;
	double seen[2];
	struct body b;

	TRY(keypoints_body(&b, a, &o->key, f->posture.build));
	vert = arena_calloc(a, b.mesh.n_vert, sizeof *vert);
	if (!vert)
		return E_NOMEM;
	skin_transforms(g, &b, v->fit[i]);
	skin_vertices(vert, &b, (const float (*)[3][4])g);
	fit_camera(&camera, f, v->w, v->h);
	if (v->pose3)
		for (int k = 0; k < 2; k++)
			seen[k] = hand_seen(v->pose3[i], k);
	return draw_labels(v->iuv + 3 * v->h * v->w * i, &b,
	    (const float (*)[3])vert, &camera, v->pose3 ? seen : NULL, a);
}

/* What fitted body and matte have in common, of what either has. */
static double
common(const uint8_t *iuv, const uint8_t *matte, size_t px)
{
	size_t both = 0, either = 0;

	for (size_t k = 0; k < px; k++) {
		bool body = iuv[3 * k] > 0, person = matte[k] >= 128;

		both += body && person;
		either += body || person;
	}
	return either ? (double)both / (double)either : 1;
}

/* Fits, writes the fit of view i, and draws it where it is to be drawn. */
static enum status
fit_points(const struct views *v, size_t i, const struct fit_in *in,
    const struct options *o, struct arena *a)
{
	const struct human *h = &o->key.human;
	struct fit f;

	TRY(fit_body(&f, &o->key, in));
	fit_pose(v->fit[i], &f);
	const double build[8] = { h->female, h->height, h->weight,
		h->shoulders + f.posture.build[BUILD_SHOULDERS], h->hips,
		h->legs + f.posture.build[BUILD_LEGS], h->bust, h->muscle };
	const double camera[4] = { f.focal, f.cx, f.cy, FIT_DISTANCE };

	for (int k = 0; k < 8; k++)
		v->build[i][k] = (float)build[k];
	for (int k = 0; k < 4; k++)
		v->camera[i][k] = (float)camera[k];
	cli_say("view %zu: %d key points%s, %.1f cm off, %d steps", i, f.points,
	    in->pose3 ? "" : " without depth: which way limbs point is a guess",
	    100 * f.off, f.steps);
	return v->drawn ? draw(v, i, &f, o, a) : OK;
}

/*
 * A network may take one lower leg for the other; the body then has crossed
 * legs, and less in common with the matte than the same with its lower legs
 * exchanged. Of 434 people the one whose legs were wrong gained .05 so, others
 * .02 at most. It is tried only where less than DOUBTFUL is common, as right
 * fits mostly have more.
 */
static enum status
try_legs(const struct views *v, size_t i, const struct options *o,
    struct arena *a)
{
	static const int pair[][2] = { { 27, 28 }, { 29, 30 }, { 31, 32 } };
	size_t px = v->h * v->w;
	uint8_t *iuv = v->iuv + 3 * px * i;
	const uint8_t *matte = v->matte + px * i;
	double own = common(iuv, matte, px);
	float pose[POSE_POINTS][3], pose3[POSE_LANDMARKS][4];
	float fit[BODY_JOINTS][3], build[8], camera[4];
	size_t mark = arena_mark(a);

	if (own >= DOUBTFUL)
		return OK;
	uint8_t *kept = arena_alloc(a, 3 * px);

	if (!kept)
		return E_NOMEM;
	memcpy(kept, iuv, 3 * px);
	memcpy(fit, v->fit[i], sizeof fit);
	memcpy(build, v->build[i], sizeof build);
	memcpy(camera, v->camera[i], sizeof camera);
	memcpy(pose, v->pose[i], sizeof pose);
	memcpy(pose[P_R_ANKLE], v->pose[i][P_L_ANKLE], sizeof *pose);
	memcpy(pose[P_L_ANKLE], v->pose[i][P_R_ANKLE], sizeof *pose);
	memcpy(pose3, v->pose3[i], sizeof pose3);
	for (int k = 0; k < 3; k++) {
		memcpy(pose3[pair[k][0]], v->pose3[i][pair[k][1]],
		    sizeof *pose3);
		memcpy(pose3[pair[k][1]], v->pose3[i][pair[k][0]],
		    sizeof *pose3);
	}
	const struct fit_in in = { v->w, v->h, (const float (*)[3])pose,
		(const float (*)[4])pose3 };

	TRY(fit_points(v, i, &in, o, a));
	if (common(iuv, matte, px) > own + BETTER) {
		cli_tell(true, "view %zu: lower legs are exchanged, as the body "
		    "then has more in common with the matte", i);
	} else {
		memcpy(iuv, kept, 3 * px);
		memcpy(v->fit[i], fit, sizeof fit);
		memcpy(v->build[i], build, sizeof build);
		memcpy(v->camera[i], camera, sizeof camera);
	}
	arena_pop(a, mark);
	return OK;
}

static enum status
fit_view(const struct views *v, size_t i, const struct options *o,
    struct arena *a)
{
	const struct fit_in in = { v->w, v->h, v->pose[i], v->pose3 ?
		v->pose3[i] : NULL };

	if (!v->drawn && !fit_possible(&in)) {
		for (int k = 0; k < 3 * BODY_JOINTS; k++)
			v->fit[i][k / 3][k % 3] = NAN;
		for (int k = 0; k < 8; k++)
			v->build[i][k] = NAN;
		for (int k = 0; k < 4; k++)
			v->camera[i][k] = NAN;
		cli_say("view %zu: too few key points, no fit", i);
		return OK;
	}
	TRY(fit_points(v, i, &in, o, a));
	return v->drawn && v->matte && v->pose3 ? try_legs(v, i, o, a) : OK;
}

/*
 * A body that was drawn by wrong key points is found out by the matte. Of 650
 * drawn people 55 had less than half in common, all 8 cm off or more; photos
 * have 0.6 and more.
 */
static enum status
check_drawn(const uint8_t *iuv, const uint8_t *matte, size_t px)
{
	double share = common(iuv, matte, px);

	return share >= 0.5 ? OK : fail(E_VALUE, "%d %% of the fitted body and "
	    "the matte are common to both, want 50", (int)(100 * share));
}

static enum status
stretch_view(const struct views *v, size_t i, const struct options *o,
    struct arena *a)
{
	size_t px = v->h * v->w;
	uint8_t *iuv = v->iuv + 3 * px * i;
	bool done;

	if (v->matte) {
		TRY(stretch_labels(iuv, &done, v->matte + px * i, v->h, v->w,
		    &o->places, a));
		if (!done)
			cli_say("view %zu: the matte is of somebody else, the "
			    "labels stay as they are", i);
		else if (v->photo)
			TRY(limbedge_move(iuv, v->photo + 3 * px * i, v->h,
			    v->w, &o->places, a));
	}
	for (size_t k = 0; k < px; k++)
		v->mask[px * i + k] = iuv[3 * k] > 0;
	return OK;
}

static enum status
label_role(struct sample *s, enum role r, const struct options *o)
{
	struct views v = { .role = r };
	struct view_size size;
	char name[ROLE_NAME_MAX];

	if (role_has(s, r, "pose"))
		TRY(open_fit(&v, s));
	TRY(view_picture_size(&size, &v.n, s, r));
	v.h = size.h;
	v.w = size.w;
	TRY(open_labels(&v, s, o));
	for (size_t i = 0; i < v.n; i++) {
		size_t mark = arena_mark(s->arena);
		enum status st = v.pose ? fit_view(&v, i, o, s->arena) : OK;

		arena_pop(s->arena, mark);
		if (st != OK)
			return fail_in(st, "field %s", role_name(name, r,
			    "pose"));
		if (v.drawn && v.matte)
			st = check_drawn(v.iuv + 3 * v.h * v.w * i, v.matte +
			    v.h * v.w * i, v.h * v.w);
		if (st == E_VALUE && !o->strict) {
			cli_tell(true, "view %zu: %s: labels may be far off", i,
			    status_detail());
			st = OK;
		}
		if (st != OK)
			return fail_in(st, "view %zu, field %s", i, role_name(
			    name, r, "pose"));
		if (v.iuv)
			TRY(stretch_view(&v, i, o, s->arena));
		arena_pop(s->arena, mark);
	}
	return OK;
}

static enum status
filter_sample(struct sample *s, void *arg)
{
	const struct options *o = arg;
	bool any = false;

	for (enum role r = 0; r < ROLES; r++) {
		bool given = o->given != GIVEN_REPLACE &&
		    role_has(s, r, "iuv");

		if (!role_has(s, r, "pose") && !given)
			continue;
		any = true;
		TRY(label_role(s, r, o));
	}
	return any ? OK : fail(E_SHAPE, "field source.pose: is missing, and "
	    "so are halluc.pose and target.pose");
}

int
main(int argc, char **argv)
{
	struct options o = { .body = "sex=0.5" };
	const struct cli_opt opts[] = {
		CLI_STR('b', "body", &o.body, "NUMBERS",
		    "the body that is fitted, as render-mesh -b ours:..."),
		CLI_ENUM('g', "given", &o.given, "keep|stretch|replace",
		    "what to do with an IUV that is there"),
		CLI_FLAG('n', "no-stretch", &o.no_stretch,
		    "labels of the bare body, whatever the matte"),
		CLI_FLAG('s', "strict", &o.strict,
		    "a body that is not where the matte is, is an error"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "fitbody", .opts = opts,
		.summary = "a body fitted to key points, and its labels",
	};
	struct human h;
	struct arena *a;

	cli_begin(&p, &argc, &argv);
	cli_try(human_parse(&h, o.body), "--body");
	cli_try(arena_new(&a, (size_t)1 << 30), "memory");
	cli_try(keypoints_make(&o.key, a, &h), "--body");
	cli_try(places_make(&o.places, a, &o.key.body), "--body");
	int status = cli_each(filter_sample, &o);

	arena_free(a);
	return status;
}
