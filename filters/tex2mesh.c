/* tex2mesh: a texture on a body, as a file that other programs open. */
#include <string.h>

#include "body/rignames.h"
#include "body/shell.h"
#include "body/stance.h"
#include "cli/cli.h"
#include "human/human.h"
#include "image/image.h"
#include "image/imgname.h"
#include "show/picture.h"
#include "texture/stamp.h"

#define LEAST_RINGS 16		/* so that mipmaps do not mix the charts */
#define USUAL_RATE 30.0		/* frames a second of a motion that says none */
#define MAX_FRAMES ((size_t)1 << 16)	/* of a clip: half an hour at 30 */

struct options {
	const char *pattern, *body, *shape, *layout, *licence;
	struct cli_list motions;
	int stance, names;
	double rate;		/* 0: the motion's */
	bool bare;		/* no skeleton */
	bool travel;
	struct surface_clip *clip;	/* one for each motion */
	struct body with;
	struct layout *opened;
	size_t samples;
};

static bool
is_glb(const struct options *o)
{
	return surface_kind_of_name(o->pattern) == SURFACE_GLB;
}

/* The texture as a PNG file, sRGB, its gutters filled. */
static enum status
take_texture(struct options *o, struct surface *out, size_t *T,
    const struct sample *s)
{
	const struct tensor *t;
	struct field ready = { .name = "texture" };
	struct picture p;
	struct tensor rgb;

	TRY(stamp_texture(&t, s, "texture", DT_F4));
	*T = t->dim[0];
	TRY(tensor_alloc(&ready.t, s->arena, DT_F4, TENSOR_DIMS(*T, *T, 3)));
	memcpy(ready.t.data, t->data, tensor_bytes(t));
	if (o->with.part) {
		TRY(stamp_open(&o->opened, s));
		TRY(stamp_gutter(&ready.t, s, o->opened, LEAST_RINGS));
	}
	TRY(picture_of(&p, s, &ready));
	TRY(picture_draw(&rgb, s->arena, &p, s, 0));
	return image_encode_png(&out->png, &out->png_len, s->arena, &rgb);
}

/* The licences of the texture and of the body in one line, or NULL. */
static enum status
take_licence(const struct options *o, struct surface *out,
    const struct sample *s)
{
	const json_t *all = json_object_get(s->manifest, "licence"), *line;
	size_t i, n = o->licence ? strlen(o->licence) + 1 : 1;

	json_array_foreach(all, i, line)
		n += 2 + json_string_length(line);
	char *text = arena_alloc(s->arena, n), *to = text;

	if (!text)
		return E_NOMEM;
	*to = '\0';
	if (o->licence)
		to = stpcpy(to, o->licence);
	json_array_foreach(all, i, line)
		if (json_is_string(line)) {
			to = stpcpy(to, to > text ? "; " : "");
			to = stpcpy(to, json_string_value(line));
		}
	out->licence = to > text ? text : NULL;
	return OK;
}

static enum status
file_name(char **path, struct options *o, const struct sample *s)
{
	if (o->samples++ > 0 && !strstr(o->pattern, "%k"))
		return fail(E_VALUE, "\"%s\" has no %%k, and there is more "
		    "than one sample", o->pattern);
	TRY(imgname_expand(path, s->arena, o->pattern, s->key, "texture"));
	return imgname_make_folders(*path);
}

/* The name before "=", or that of the file without folder and ending. */
static const char *
clip_name(const char **file, struct arena *a, const char *item)
{
	const char *is = strchr(item, '='), *slash = strchr(item, '/'), *base;

	*file = item;
	if (is && is > item && !(slash && slash < is)) {
		*file = is + 1;
		return arena_printf(a, "%.*s", (int)(is - item), item);
	}
	base = strrchr(item, '/') ? strrchr(item, '/') + 1 : item;
	const char *dot = strrchr(base, '.');

	return dot ? arena_printf(a, "%.*s", (int)(dot - base), base) :
	    arena_strdup(a, base);
}

static enum status
read_clip(struct surface_clip *out, const struct options *o, struct arena *a,
    const char *name, const char *file)
{
	struct motion m;
	struct clip c;

	TRY(motion_read(&m, a, cli_shipped(a, file, ".bvh"), &o->with));
	if (m.remark)
		cli_warn("%s: %s", file, m.remark);
	if (m.rate == 0 && o->rate == 0)
		cli_warn("%s: does not say its frames a second: %g; see --rate",
		    file, USUAL_RATE);
	if (m.rate == 0 || o->rate > 0)
		TRY(motion_resample(&m, a, o->rate > 0 ? o->rate : USUAL_RATE));
	if (m.n_frame > MAX_FRAMES)
		return fail(E_LIMIT, "%s: %zu frames, a clip has %zu at most; "
		    "--rate makes them fewer", file, m.n_frame, MAX_FRAMES);
	TRY(clip_make(&c, a, &m, &o->with, (const size_t[3]){ 0, m.n_frame - 1,
	    1 }, o->travel));
	return shell_clip(out, a, name, &c);
}

static enum status
read_clips(struct options *o, struct arena *a)
{
	o->clip = arena_calloc(a, o->motions.n, sizeof *o->clip);
	if (!o->clip)
		return E_NOMEM;
	for (size_t i = 0; i < o->motions.n; i++) {
		const char *file, *name = clip_name(&file, a,
		    o->motions.item[i]);

		if (!name)
			return E_NOMEM;
		for (size_t k = 0; k < i; k++)
			if (strcmp(o->clip[k].name, name) == 0)
				return fail(E_VALUE, "two clips are called "
				    "\"%s\"; NAME=FILE names them", name);
		TRY(read_clip(&o->clip[i], o, a, name, file));
	}
	return OK;
}

static enum status
save_sample(struct options *o, const struct sample *s)
{
	float pose[BODY_JOINTS][3], place[3];
	struct surface out = { .name = s->key,
		.generator = "dualtex " VERSION };
	const float (*turns)[3] = NULL;
	bool rig = !o->bare && is_glb(o);
	char *path;
	size_t T;

	TRY(file_name(&path, o, s));
	TRY(take_texture(o, &out, &T, s));
	TRY(take_licence(o, &out, s));
	if (o->stance != STANCE_REST) {
		stance_pose_body(pose, (enum stance)o->stance, &o->with);
		TRY(clip_still(place, &o->with, (const float (*)[3])pose));
		turns = (const float (*)[3])pose;
	}
	TRY(shell_make(&out, s->arena, &o->with, o->with.part ? o->opened :
	    NULL, T, turns, turns ? place : NULL, rig));
	out.joint_name = rig_joint_names((enum rig_names)o->names);
	out.n_clip = rig ? o->motions.n : 0;
	out.clip = o->clip;
	return surface_write(path, &out, s->arena);
}

int
main(int argc, char **argv)
{
	struct options o = { .stance = STANCE_REST };
	const struct cli_opt opts[] = {
		CLI_OUT('o', "output", &o.pattern, "PATTERN",
		    "a file for each sample, .glb or .obj; %k is its key"),
		CLI_STR('b', "body", &o.body, "FILE|ours:...",
		    "the body, .npz or .obj; default one of ours"),
		CLI_STR(0, "shape", &o.shape, "FILE",
		    ".obj whose vertices replace the body's"),
		CLI_STR('l', "layout", &o.layout, "NAME|FILE",
		    "atlas24, or a table made by uvlut"),
		CLI_ENUM('p', "pose", &o.stance, STANCE_BODY_NAMES,
		    "how the body stands"),
		CLI_LIST('m', "motion", &o.motions, "[NAME=]FILE|walk|turn",
		    "a clip in a .glb, from .npz, .pkl or .bvh; repeat it"),
		CLI_DBL(0, "rate", &o.rate, 0, 1000, "FPS",
		    "frames a second of clips; 0: what the motion says"),
		CLI_FLAG(0, "travel", &o.travel,
		    "clips keep their way over the floor"),
		CLI_ENUM(0, "names", &o.names, RIG_NAMES,
		    "how the joints are called"),
		CLI_FLAG(0, "bare", &o.bare, "no skeleton in a .glb"),
		CLI_STR(0, "licence", &o.licence, "TEXT",
		    "what the body's licence allows, for the file"),
		CLI_END
	};
	const struct cli_program p = { .name = "tex2mesh", .opts = opts,
		.no_out = true, .summary = "a textured body as GLB or OBJ" };
	const char *doubt;
	struct arena *a;
	struct sample s;

	cli_begin(&p, &argc, &argv);
	if (!o.pattern)
		cli_die("want -o PATTERN");
	if (surface_kind_of_name(o.pattern) == SURFACE_UNKNOWN)
		cli_die("-o: \"%s\", want a name that ends in .glb or .obj",
		    o.pattern);
	if (o.motions.n && !is_glb(&o))
		cli_die("-m: an .obj cannot move, want -o with a name that "
		    "ends in .glb");
	if (o.motions.n && o.bare)
		cli_die("-m: there is no skeleton with --bare");
	cli_try(arena_new(&a, (size_t)8 << 30), "memory");
	cli_try(human_open(&o.with, a, o.body, o.shape), "--body");
	doubt = body_doubt(&o.with, a);
	if (doubt)
		cli_warn("%s: %s", o.body, doubt);
	cli_try(clip_set_down(&o.with, a), "--body");
	if (o.motions.n)
		cli_try(read_clips(&o, a), "--motion");
	if (o.layout)
		cli_try(layout_open(&o.opened, o.layout), "--layout");

	struct stream_in *in = cli_open("-");

	while (cli_next(in, &s))
		cli_ok(save_sample(&o, &s), in, &s);
	layout_close(o.opened);
	arena_free(a);
	return cli_finish();
}
