/* findpose: a person's key points, in space too, and matte, by a network. */
#include <math.h>
#include <string.h>

#include "cli/cli.h"
#include "landmarks/landmarks.h"
#include "math/team.h"
#include "photo/photofields.h"
#include "view/fields.h"
#include "weights/datafile.h"

struct findpose {
	const char *weights;
	int threads, person;
	double least;		/* score */
	bool unlabelled;	/* only photos without an IUV */
	struct finder *finder;
};

/* One picture to look at, and what is known of it. */
struct look {
	struct tensor picture;		/* u1 (h,w,3) */
	const float (*point)[3];	/* COCO-18 of the person; NULL: none */
	bool boxed;			/* somebody has said where the person is */
	struct photo_box box;
};

/*
 * The network is opened for the first photo that wants it: streams of labelled
 * photos pass without any.
 */
static enum status
open_network(struct findpose *o)
{
	static char found[4096], sha[WEIGHTS_SHA_MAX];
	struct weights *w;

	if (o->finder)
		return OK;
	if (!o->weights) {
		enum status st = datafile_find(found, sizeof found, "pose.tar");

		if (st != OK)
			return fail_in(st, "the network, which `make "
			    "pose-weights` gets");
		o->weights = found;
	}
	o->weights = datafile_or(found, sizeof found, o->weights);
	enum status st = weights_open(&w, o->weights, WEIGHTS_F4);

	if (st == OK) {
		st = finder_open(&o->finder, w);
		weights_sha256(w, sha);
		weights_close(w);
	}
	if (st == OK)
		cli_weights(sha);
	return st == OK ? OK : fail_in(st, "%s", o->weights);
}

/* ---- looking ----------------------------------------------------------- */

static enum status
find_one(struct found *p, const struct look *l, struct findpose *o)
{
	struct square q;
	size_t people = 0;

	if (l->boxed) {
		q = landmarks_around(l->box.x0, l->box.y0, l->box.x1,
		    l->box.y1);
		landmarks_find(p, o->finder, &l->picture, &q, 2);
	} else {
		TRY(landmarks_search(p, &people, o->finder, &l->picture,
		    (size_t)o->person, o->least));
	}
	if (people)
		cli_tell(false, "found %zu people, took number %d by size",
		    people, o->person ? o->person : 1);
	cli_tell(false, "score %.2f, square of %.0f at (%.0f, %.0f), turned by "
	    "%.0f degrees", p->score, p->square.side, p->square.x, p->square.y,
	    p->square.turn * 180 / M_PI);
	return OK;
}

/* ---- fields ------------------------------------------------------------ */

/* What is found on n pictures of a role. */
struct results {
	float (*pose)[POSE_POINTS][3];
	float (*space)[POSE_LANDMARKS][4];
	struct tensor matte;
	double *score;
	bool sure;		/* the network saw whom the key points are of */
};

/* Key points that are given, against what the network sees. */
static bool
compare_points(const struct look *l, const struct found *p)
{
	const size_t h = l->picture.dim[0], w = l->picture.dim[1];
	const float size = fmaxf(l->box.x1 - l->box.x0, l->box.y1 - l->box.y0);
	const bool agree = landmarks_agree(p, l->point, size, h, w);

	if (landmarks_exchanged(p, l->point, size, h, w))
		cli_tell(true, "the network sees left limbs where the key points "
		    "have right ones: one of the two has them exchanged");
	else if (!agree)
		cli_tell(true, "the network sees somebody else than the key "
		    "points: without pose3 and matte");
	return agree;
}

static enum status
look_at(struct results *to, size_t i, const struct look *l, struct findpose *o)
{
	const size_t h = l->picture.dim[0], w = l->picture.dim[1];
	struct tensor matte = { DT_U1, 2, { h, w },
		(uint8_t *)to->matte.data + i * h * w };
	struct found p;

	TRY(find_one(&p, l, o));
	if (l->point && l->boxed && !compare_points(l, &p))
		to->sure = false;
	landmarks_coco(to->pose[i], &p, h, w);
	memcpy(to->space[i], p.space, sizeof p.space);
	landmarks_matte(&matte, o->finder, &p);
	to->score[i] = p.score;
	return OK;
}

static enum status
make_results(struct results *to, struct arena *a, size_t n, size_t h, size_t w)
{
	*to = (struct results){ .sure = true,
		.score = arena_alloc(a, n * sizeof *to->score),
		.pose = arena_alloc(a, n * sizeof *to->pose),
		.space = arena_alloc(a, n * sizeof *to->space) };
	TRY(tensor_alloc(&to->matte, a, DT_U1, TENSOR_DIMS(n, h, w)));
	return to->pose && to->space && to->score ? OK : E_NOMEM;
}

static enum status
put(struct sample *s, enum role r, enum view_field f, size_t n,
    struct view_size size, const void *from)
{
	struct tensor t;

	TRY(view_make(&t, s, r, f, n, size));
	memcpy(t.data, from, tensor_bytes(&t));
	return OK;
}

static enum status
put_results(struct sample *s, enum role r, struct results *from, size_t n)
{
	const struct view_size size = { .h = from->matte.dim[1],
		.w = from->matte.dim[2] };
	json_t *all = json_object_get(s->manifest, "score");

	if (!role_has(s, r, view_name(VIEW_POSE)) &&
	    !role_has(s, r, view_name(VIEW_POSES)))
		TRY(put(s, r, VIEW_POSE, n, size, from->pose));
	if (from->sure)
		TRY(put(s, r, VIEW_POSE3, n, size, from->space));
	if (from->sure && !role_has(s, r, view_name(VIEW_MATTE)))
		TRY(put(s, r, VIEW_MATTE, n, size, from->matte.data));
	if (!all && (!(all = json_object()) ||
	    json_object_set_new(s->manifest, "score", all) != 0))
		return fail(E_NOMEM, "no memory for the manifest");
	json_t *scores = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(scores, json_real(from->score[i]));
	if (json_object_set_new(all, role_word(r), scores) != 0)
		return fail(E_NOMEM, "no memory for the manifest");
	return OK;
}

static enum status
find_in_photo(struct sample *s, enum role r, struct findpose *o)
{
	struct look l = { .boxed = false };
	const struct portrait_options who = { .person = (size_t)o->person,
		.tell = cli_tell };
	struct labelled from;
	struct results to;

	TRY(labelled_take(&from, s, r));
	TRY(portrait_who(&l.point, &l.box, &l.boxed, s->arena, &from, &who,
	    role_word(r)));
	l.picture = from.photo;
	TRY(make_results(&to, s->arena, 1, l.picture.dim[0],
	    l.picture.dim[1]));
	enum status st = look_at(&to, 0, &l, o);

	return st == OK ? put_results(s, r, &to, 1) :
	    fail_in(st, "field %s.photo", role_word(r));
}

/* The smallest box round points that are not missing; false: none is. */
static bool
box_of_points(struct photo_box *b, const float (*p)[3])
{
	bool any = false;

	for (int i = 0; i < POSE_POINTS; i++) {
		struct photo_box one = { p[i][0], p[i][1], p[i][0], p[i][1] };

		if (isnan(p[i][0]) || isnan(p[i][1]))
			continue;
		*b = any ? photo_box_join(b, &one) : one;
		any = true;
	}
	return any;
}

/* Pictures that are cut out: n of them, each of one person. */
static enum status
find_in_images(struct sample *s, enum role r, struct findpose *o)
{
	const struct tensor *t, *pose = NULL;
	struct results to;
	size_t n = 0;

	TRY(view_want(&t, &n, s, r, VIEW_IMAGE, view_square(0)));
	if (role_has(s, r, view_name(VIEW_POSE)))
		TRY(view_want(&pose, &n, s, r, VIEW_POSE, view_square(0)));
	const size_t h = role_dims(t, r)[0], w = role_dims(t, r)[1];

	enum status fits = photo_check_size(w, h);

	if (fits != OK)
		return fail_in(fits, "field %s.image", role_word(r));
	TRY(make_results(&to, s->arena, n, h, w));
	for (size_t i = 0; i < n; i++) {
		struct look l = { .picture = { DT_U1, 3,
		    { h, w, 3 }, (uint8_t *)t->data + i * h * w * 3 } };

		if (pose) {
			l.point = (const float (*)[3])pose->data +
			    i * POSE_POINTS;
			l.boxed = box_of_points(&l.box, l.point);
		}
		enum status st = look_at(&to, i, &l, o);

		if (st != OK)
			return fail_in(st, "field %s.image", role_word(r));
	}
	return put_results(s, r, &to, n);
}

static enum status
filter_sample(struct sample *s, void *arg)
{
	const struct findpose *o = arg;
	bool any = false;

	for (enum role r = 0; r < ROLES; r++) {
		bool photo = role_has(s, r, view_name(VIEW_PHOTO));

		if (!photo && !role_has(s, r, view_name(VIEW_IMAGE)))
			continue;
		any = true;
		if (o->unlabelled && role_has(s, r, view_name(VIEW_IUV)))
			continue;
		/* Without a network there is no sample that could do. */
		cli_try(open_network(arg), "weights");
		TRY((photo ? find_in_photo : find_in_images)(s, r, arg));
	}
	return any ? OK : fail(E_SHAPE, "field source.photo: is missing, and so "
	    "is source.image; see intake(1)");
}

int
main(int argc, char **argv)
{
	struct findpose o = { .least = LANDMARKS_LEAST };
	const struct cli_opt opts[] = {
		CLI_STR('w', "weights", &o.weights, "FILE",
		    "the network, from weights import"),
		CLI_INT('n', "person", &o.person, 1, 64, "N",
		    "the Nth person, by size (the one who is found first)"),
		CLI_DBL('t', "threshold", &o.least, 0, 1, "SCORE",
		    "below this nobody is there"),
		CLI_FLAG('u', "unlabelled", &o.unlabelled,
		    "pass what has an IUV as it is"),
		CLI_THREADS(&o.threads),
		CLI_END
	};
	const struct cli_program p = { .name = "findpose", .opts = opts,
		.summary = "a person's key points, in space too, and matte" };

	cli_begin(&p, &argc, &argv);
	team_begin(o.threads);
	if (o.weights || !o.unlabelled)
		cli_try(open_network(&o), "weights");
	int rc = cli_each(filter_sample, &o);

	finder_close(o.finder);
	return rc;
}
