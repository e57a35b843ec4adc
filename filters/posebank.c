/* posebank: makes the bank of poses from a body, and puts views of it into samples. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "body/scene.h"
#include "body/stance.h"
#include "body/viewbank.h"
#include "cli/cli.h"
#include "human/human.h"
#include "view/fields.h"
#include "weights/datafile.h"

#define MAX_VIEWS 64

struct options {
	const char *body, *shape, *bank, *yaws, *stances, *licence;
	int size, role;
	struct arena *arena;
	double yaw[MAX_VIEWS];
	size_t n_yaw;
};

/* Stances by name, comma-separated, to a set of bits. */
static unsigned
parse_stances(const char *list)
{
	unsigned set = 0;

	for (const char *p = list; *p; p += *p == ',') {
		size_t len = strcspn(p, ",");
		int s = 0;

		while (s < STANCES && (strlen(stance_name((enum stance)s)) !=
		    len || memcmp(stance_name((enum stance)s), p, len) != 0))
			s++;
		if (s == STANCES)
			cli_die("--stance: \"%.*s\", want of %s", (int)len, p,
			    STANCE_NAMES);
		set |= 1u << s;
		p += len;
	}
	return set;
}

static enum status
make_view(struct sample *s, struct scene *c, double yaw, enum stance stance,
    const char *licence)
{
	float pose[BODY_JOINTS][3];
	const struct shot shot = { .pose = (const float (*)[3])pose,
	    .yaw = yaw };

	stance_pose(pose, stance);
	TRY(scene_put(s, ROLE_SOURCE, c, &shot, 1));
	TRY(sample_put(s, view_name(VIEW_BANK_POSE),
	    &sample_find(s, "source.pose")->t));
	TRY(sample_put(s, view_name(VIEW_BANK_IUV),
	    &sample_find(s, "source.iuv")->t));
	sample_drop(s, "source.pose");
	sample_drop(s, "source.iuv");
	TRY(viewbank_stamp(s, yaw, stance_name(stance)));
	return licence ? sample_add_licence(s, licence) : OK;
}

static void
make_bank(struct options *o)
{
	struct body body;
	struct scene c = { .body = &body, .viewpoint = VIEWPOINT_DEFAULT,
		.pose = true, .iuv = true };
	unsigned set = parse_stances(o->stances);
	struct sample s;

	cli_try(human_open(&body, o->arena, o->body, o->shape), "--body");
	c.viewpoint.w = c.viewpoint.h = (size_t)(o->size ? o->size : 256);
	for (int k = 0; k < STANCES; k++)
		for (size_t i = 0; i < o->n_yaw && set >> k & 1; i++) {
			char key[64];

			snprintf(key, sizeof key, "%s-%03ld",
			    stance_name((enum stance)k),
			    lround(fmod(o->yaw[i] + 720, 360)));
			cli_make(&s, key);
			if (cli_ok(make_view(&s, &c, o->yaw[i],
			    (enum stance)k, o->licence), NULL, &s))
				cli_put(&s);
		}
}

/* Adds the nearest views of the bank as ROLE.pose and ROLE.iuv. */
static enum status
add_views(struct sample *s, const struct viewbank *b, const struct options *o)
{
	enum role role = o->role ? ROLE_HALLUC : ROLE_TARGET;
	const struct field *like = sample_find(s, "source.image");
	size_t size = o->size ? (size_t)o->size : like ? like->t.dim[0] : 256;
	struct tensor pose, iuv;

	TRY(view_make(&pose, s, role, VIEW_POSE, o->n_yaw, view_square(size)));
	TRY(view_make(&iuv, s, role, VIEW_IUV, o->n_yaw, view_square(size)));
	for (size_t i = 0; i < o->n_yaw; i++)
		viewbank_scale((float (*)[3])pose.data + POSE_POINTS * i,
		    (uint8_t *)iuv.data + 3 * size * size * i, size,
		    &b->view[viewbank_nearest(b, o->yaw[i], o->stances)]);
	for (size_t i = 0; i < b->n_licence; i++)
		TRY(sample_add_licence(s, b->licence[i]));
	return OK;
}

static void
add_to_stream(struct options *o)
{
	struct stream_in *in = cli_open("-");
	struct viewbank bank;
	struct sample s;
	char path[4096];

	if (!o->bank) {
		cli_try(datafile_find(path, sizeof path,
		    "posebank.tar.zst"), "--bank");
		o->bank = path;
	}
	cli_try(viewbank_read(&bank, o->arena, o->bank), "--bank");
	if (viewbank_nearest(&bank, 0, o->stances) == bank.n)
		cli_die("--bank: %s: no stance \"%s\"", o->bank, o->stances);
	while (cli_next(in, &s))
		if (cli_ok(add_views(&s, &bank, o), in, &s))
			cli_put(&s);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	const struct cli_opt opts[] = {
		CLI_STR('b', "body", &o.body, "FILE|ours:...",
		    "make a bank from this body, .npz or one of ours"),
		CLI_STR(0, "shape", &o.shape, "FILE",
		    ".obj whose vertices replace the body's"),
		CLI_STR('B', "bank", &o.bank, "FILE",
		    "without --body: take views from here"),
		CLI_STR('p', "stance", &o.stances, "NAME[,NAME]",
		    "stances; default stand,ease,walk, or any"),
		CLI_STR('y', "yaw", &o.yaws, "LIST",
		    "where the body faces; default 0,45,...,315, or 180"),
		CLI_INT('s', "size", &o.size, 0, 4096, "PIXELS",
		    "side of the pictures; 0: 256, or that of source.image"),
		CLI_ENUM('r', "role", &o.role, "target|halluc",
		    "of the views that are added"),
		CLI_STR(0, "licence", &o.licence, "TEXT",
		    "what the body's licence allows, for the manifest"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "posebank", .opts = opts, .no_in = true,
		.summary = "the bank of poses: make it, or take views from it",
	};

	cli_begin(&p, &argc, &argv);
	if (!o.body && (o.shape || o.licence))
		cli_die("--%s: is for --body", o.shape ? "shape" : "licence");
	if (o.body && o.bank)
		cli_die("--bank: is for views of a stream, not for --body");
	if (!o.yaws)
		o.yaws = o.body ? "0,45,90,135,180,225,270,315" : "180";
	if (o.body && !o.stances)
		o.stances = "stand,ease,walk";
	cli_try(scene_yaws(o.yaw, &o.n_yaw, MAX_VIEWS, o.yaws), "--yaw");
	cli_try(arena_new(&o.arena, (size_t)4 << 30), "memory");
	if (o.body)
		make_bank(&o);
	else
		add_to_stream(&o);
	arena_free(o.arena);
	return cli_finish();
}
