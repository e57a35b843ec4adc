/* render-mesh: pictures of a posed, textured body, with all labels exact. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "body/motion.h"
#include "body/scene.h"
#include "body/stance.h"
#include "cli/cli.h"
#include "human/human.h"
#include "texture/stamp.h"
#include "texture/texmap.h"

#define MAX_YAWS 360

enum { CAMERA_STILL, CAMERA_FOLLOW };

struct options {
	const char *body, *shape, *texture, *layout, *motion, *frames, *yaws,
	    *background, *licence;
	int stance, turn, size, texels, role, framing, camera, smooth;
	double rate;		/* of the motion, 0: as it is */
	bool travel;
	struct scene scene;
	struct layout *opened;

	/* What is drawn for each texture. */
	struct shot *shot;
	size_t n_shot, n_yaw;
	size_t first, step;	/* frames */
};

/* The frames of the motion; *last is that of the last one. */
static void
take_motion(struct motion *m, size_t *last, struct options *o, struct arena *a)
{
	cli_try(motion_read(m, a, cli_shipped(a, o->motion, ".bvh"),
	    o->scene.body), "--motion");
	if (m->remark)
		cli_warn("%s: %s", o->motion, m->remark);
	if (o->rate > 0)
		cli_try(motion_resample(m, a, o->rate), "--rate");
	*last = m->n_frame - 1;
	if (o->frames)
		cli_try(scene_frames(&o->first, last, &o->step, m->n_frame,
		    o->frames), "--frames");
}

/* One camera for each yaw and all frames, which have places then. */
static void
stand_still(struct options *o, struct arena *a, const struct motion *m,
    size_t last, const double *yaw)
{
	struct camera *c = arena_calloc(a, o->n_yaw, sizeof *c);
	struct clip clip;

	if (!c)
		cli_die("%s", status_detail());
	cli_try(clip_make(&clip, a, m, o->scene.body,
	    (const size_t[3]){ o->first, last, o->step }, o->travel),
	    "--motion");
	cli_try(scene_stand(c, &o->scene, &clip, yaw, o->n_yaw, a), "camera");
	for (size_t i = 0; i < o->n_shot; i++) {
		o->shot[i].pose = clip.pose[i / o->n_yaw];
		o->shot[i].place = clip.place[i / o->n_yaw];
		o->shot[i].camera = &c[i % o->n_yaw];
	}
}

static void
list_shots(struct options *o, struct arena *a)
{
	static float stance[BODY_JOINTS][3];
	struct motion m = { .n_frame = 1 };
	double yaw[MAX_YAWS];
	size_t last = 0;

	cli_try(scene_yaws(yaw, &o->n_yaw, MAX_YAWS, o->yaws), "--yaw");
	if (o->turn) {
		o->n_yaw = (size_t)o->turn;
		for (size_t i = 0; i < o->n_yaw; i++)
			yaw[i] = 360.0 * (double)i / o->turn;
	}
	o->step = 1;
	if (o->motion) {
		take_motion(&m, &last, o, a);
	} else if (o->frames) {
		cli_die("--frames: there is no --motion");
	} else if (o->stance != STANCE_REST) {
		if (o->stance >= STANCES && !o->scene.body->has_rig)
			cli_die("--pose: the body has no skeleton to pose it by");
		stance_pose_body(stance, (enum stance)o->stance, o->scene.body);
		m.pose = (const float (*)[BODY_JOINTS][3])&stance;
	}
	o->n_shot = ((last - o->first) / o->step + 1) * o->n_yaw;
	o->shot = arena_calloc(a, o->n_shot, sizeof *o->shot);
	if (!o->shot)
		cli_die("%s", status_detail());
	for (size_t i = 0; i < o->n_shot; i++)
		o->shot[i] = (struct shot){ m.pose ? m.pose[o->first +
		    i / o->n_yaw * o->step] : NULL, yaw[i % o->n_yaw],
		    NULL, NULL };
	if (o->n_shot > o->n_yaw && o->camera == CAMERA_STILL)
		stand_still(o, a, &m, last, yaw);
}

/* The texture with its gutters filled, and the layout that it is in. */
static enum status
take_texture(struct options *o, struct sample *s)
{
	const struct tensor *t;
	struct tensor ready;

	TRY(stamp_texture(&t, s, "texture", DT_F4));
	size_t T = t->dim[0];

	o->scene.T = T;
	o->scene.texture = t->data;
	if (!o->scene.body->part)
		return OK;
	TRY(stamp_open(&o->opened, s));
	o->scene.layout = o->opened;
	TRY(tensor_alloc(&ready, s->arena, DT_F4, TENSOR_DIMS(T, T, 3)));
	memcpy(ready.data, t->data, tensor_bytes(t));
	TRY(stamp_gutter(&ready, s, o->opened, TEXMAP_GUTTER));
	o->scene.texture = ready.data;
	return OK;
}

static enum status
finish(struct options *o, struct sample *s)
{
	if (o->scene.layout && o->scene.surf)
		TRY(stamp_put(s, o->scene.layout));
	return o->licence ? sample_add_licence(s, o->licence) : OK;
}

/* A sample for shot i, with all that came with the texture. */
static enum status
copy_sample(struct sample *out, const struct sample *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->field[i];

		TRY(f->is_json ? sample_put_json(out, f->name, f->text,
		    f->text_len) : sample_put(out, f->name, &f->t));
	}
	json_t *m = json_deep_copy(s->manifest);
	int bad = json_object_update_missing(out->manifest, m);

	json_decref(m);
	return bad ? fail(E_NOMEM, "no memory for a manifest") : OK;
}

static void
draw(struct options *o, const struct stream_in *in, struct sample *s)
{
	enum role role = (enum role)o->role;
	enum status st = in ? take_texture(o, s) : OK;

	if (!cli_ok(st, in, s))
		return;
	scene_choose(&o->scene, role, cli_wants);
	if (role != ROLE_SOURCE) {
		st = scene_put(s, role, &o->scene, o->shot, o->n_shot);
		if (cli_ok(st == OK ? finish(o, s) : st, in, s))
			cli_put(s);
		return;
	}
	for (size_t i = 0; i < o->n_shot; i++) {
		struct sample one;
		char frame[32] = "", yaw[32] = "", key[512];
		size_t at = o->first + i / o->n_yaw * o->step;

		if (o->n_shot > o->n_yaw)
			snprintf(frame, sizeof frame, "-f%05zu", at);
		if (o->n_yaw > 1)
			snprintf(yaw, sizeof yaw, "-yaw%03ld",
			    lrint(fmod(o->shot[i].yaw + 720, 360)));
		snprintf(key, sizeof key, "%s%s%s", s->key, frame, yaw);
		cli_make(&one, key);
		st = copy_sample(&one, s);
		if (st == OK)
			st = scene_put(&one, role, &o->scene, &o->shot[i], 1);
		if (cli_ok(st == OK ? finish(o, &one) : st, in, &one))
			cli_put(&one);
		cli_progress("picture %zu of %zu", i + 1, o->n_shot);
	}
}

static void
open_body(struct options *o, struct arena *a)
{
	static struct body body;
	const char *doubt;

	cli_try(human_open(&body, a, o->body, o->shape), "--body");
	doubt = body_doubt(&body, a);
	if (doubt)
		cli_warn("%s: %s", o->body, doubt);
	o->scene.body = &body;
	o->scene.viewpoint.w = o->scene.viewpoint.h = (size_t)o->size;
	o->scene.viewpoint.framing = (enum framing)o->framing;
	o->scene.smooth = (size_t)o->smooth;
	o->scene.T = (size_t)(o->texels ? o->texels : o->size);
	cli_try(scene_background(&o->scene, o->background), "--background");
	if (!body.part)
		return;
	if (o->layout || !o->texture)
		cli_try(layout_open(&o->opened, o->layout ? o->layout :
		    "atlas24"), "--layout");
	o->scene.layout = o->opened;
}

int
main(int argc, char **argv)
{
	struct options o = { .yaws = "0", .size = 256, .background = "c8c8c8",
		.smooth = 1, .scene.viewpoint = VIEWPOINT_DEFAULT };
	struct viewpoint *v = &o.scene.viewpoint;
	const struct cli_opt opts[] = {
		CLI_STR('b', "body", &o.body, "FILE|ours:...",
		    "the body, .npz or .obj; default one of ours"),
		CLI_STR(0, "shape", &o.shape, "FILE",
		    ".obj whose vertices replace the body's"),
		CLI_STR('t', "texture", &o.texture, "FILE",
		    "stream of textures that it wears; - is standard input"),
		CLI_STR('l', "layout", &o.layout, "NAME|FILE",
		    "atlas24, or a table made by uvlut"),
		CLI_INT('T', "texels", &o.texels, 2, 16384, "SIZE",
		    "side of the map of surf without a texture; 0: the size"),
		CLI_ENUM('p', "pose", &o.stance, STANCE_BODY_NAMES,
		    "how the body stands"),
		CLI_STR('m', "motion", &o.motion, "FILE|walk|turn",
		    "how it moves instead, .npz (AMASS), .pkl (AIST++) or .bvh"),
		CLI_DBL(0, "rate", &o.rate, 0, 1000, "FPS",
		    "frames a second of the motion; 0: as the file has them"),
		CLI_FLAG(0, "travel", &o.travel,
		    "a motion keeps its way over the floor"),
		CLI_ENUM(0, "camera", &o.camera, "still|follow",
		    "one for all frames of a motion, or one fitted to each"),
		CLI_STR('f', "frames", &o.frames, "A[-B[/STEP]]",
		    "these frames of the motion; default all"),
		CLI_STR('y', "yaw", &o.yaws, "LIST",
		    "where the body faces, degrees: 0 the camera, 90 right"),
		CLI_INT('n', "turn", &o.turn, 1, MAX_YAWS, "N",
		    "N yaws all round instead"),
		CLI_DBL(0, "pitch", &v->pitch, -89, 89, "DEGREES",
		    "camera above the body"),
		CLI_DBL(0, "fov", &v->fov, 1, 120, "DEGREES",
		    "angle of the picture's height"),
		CLI_DBL(0, "distance", &v->distance, 0, 1000, "METRES",
		    "camera from the body; 0: what fills the picture"),
		CLI_DBL(0, "margin", &v->margin, 0, 0.45, "FRACTION",
		    "free border"),
		CLI_ENUM(0, "framing", &o.framing, "full|upper",
		    "what fills the picture"),
		CLI_INT('s', "size", &o.size, 8, 8192, "PIXELS",
		    "side of the pictures"),
		CLI_DBL(0, "light", &o.scene.light, 0, 1, "SHARE",
		    "of light from a lamp up left; 0: colours as they are"),
		CLI_INT(0, "smooth", &o.smooth, 1, 8, "N",
		    "samples: 3 N x 3 N a pixel"),
		CLI_FLAG(0, "floor", &o.scene.ground,
		    "a floor with the body's soft shadow"),
		CLI_STR(0, "background", &o.background, "RRGGBB[,RRGGBB]",
		    "colour, or top and bottom"),
		CLI_ENUM('r', "role", &o.role, "source|halluc|target",
		    "of the fields; source makes a sample for each picture"),
		CLI_STR(0, "licence", &o.licence, "TEXT",
		    "what the body's licence allows, for the manifest"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "render-mesh", .opts = opts, .no_in = true,
		.summary = "pictures of a posed, textured body with exact labels",
	};
	struct arena *a;
	struct sample s;

	cli_begin(&p, &argc, &argv);
	cli_try(arena_new(&a, (size_t)8 << 30), "memory");
	open_body(&o, a);
	list_shots(&o, a);
	if (o.texture) {
		struct stream_in *in = cli_open(o.texture);

		while (cli_next(in, &s))
			draw(&o, in, &s);
	} else if (o.role != ROLE_SOURCE) {
		cli_make(&s, "body");
		draw(&o, NULL, &s);
	} else {
		cli_try(sample_init(&s, a, "body"), "memory");
		draw(&o, NULL, &s);
		sample_clear(&s);
	}
	layout_close(o.opened);
	arena_free(a);
	return cli_finish();
}
