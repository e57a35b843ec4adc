/* ts2labels: key points, IUV and matte as the files that other tools read. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"
#include "cli/cli.h"
#include "image/image.h"
#include "image/imgname.h"
#include "pose/coco.h"
#include "view/fields.h"

/* OpenPose's BODY_25 from COCO-18; -1: middle of the hips, -2: none. */
static const int body25[25] = { 0, 1, 2, 3, 4, 5, 6, 7, -1, 8, 9, 10, 11, 12,
	13, 14, 15, 16, 17, -2, -2, -2, -2, -2, -2 };

struct options {
	const char *prefix;
	int format;		/* of key points: index of its choice */
	size_t samples;
};

static enum status
file_name(char **path, struct options *o, struct sample *s, const char *ending)
{
	char *pattern = arena_printf(s->arena, "%s%s", o->prefix, ending);

	if (!pattern)
		return E_NOMEM;
	TRY(imgname_expand(path, s->arena, pattern, s->key, "labels"));
	return imgname_make_folders(*path);
}

/* ---- key points -------------------------------------------------------- */

/* x, y, confidence; all 0 where there is none, as OpenPose has it. */
static void
add_point(json_t *to, const float p[3])
{
	bool none = isnan(p[0]) || isnan(p[1]);

	for (int c = 0; c < 3; c++)
		json_array_append_new(to, json_real(none ? 0 : p[c]));
}

static json_t *
person_json(const float (*p)[3], bool coco)
{
	const float none[3] = { NAN, NAN, 0 };
	json_t *to = json_array();

	for (int k = 0; to && k < (coco ? POSE_POINTS : 25); k++) {
		const float *r = p[8], *l = p[11];
		const float hips[3] = { (r[0] + l[0]) / 2, (r[1] + l[1]) / 2,
			fminf(r[2], l[2]) };
		int from = coco ? k : body25[k];

		add_point(to, from == -1 ? hips : from == -2 ? none : p[from]);
	}
	return json_pack("{s:[i], s:o}", "person_id", -1, "pose_keypoints_2d",
	    to);
}

static enum status
put_points(struct sample *s, struct options *o, const float (*p)[3], size_t n)
{
	json_t *people = json_array();
	struct outfile *f;
	char *path;

	for (size_t i = 0; people && i < n; i++)
		json_array_append_new(people, person_json(p + i * POSE_POINTS,
		    o->format == 1));
	json_t *all = json_pack("{s:f, s:o}", "version", 1.3, "people", people);
	char *text = all ? json_dumps(all, JSON_COMPACT |
	    JSON_REAL_PRECISION(7)) : NULL;

	json_decref(all);
	if (!text)
		return fail(E_NOMEM, "no memory for key points");
	enum status st = file_name(&path, o, s, "_keypoints.json");

	if (st == OK)
		st = outfile_open(&f, path);
	if (st == OK) {
		st = outfile_put(f, text, strlen(text));
		st = outfile_end(f, st == OK ? outfile_put(f, "\n", 1) : st);
	}
	free(text);
	return st == OK ? OK : fail_in(st, "%s_keypoints.json", o->prefix);
}

/* ---- pictures ---------------------------------------------------------- */

static enum status
put_picture(struct sample *s, struct options *o, const struct tensor *t,
    const char *ending)
{
	char *path;

	TRY(file_name(&path, o, s, ending));
	enum status st = image_write(path, t);

	return st == OK ? OK : fail_in(st, "%s", path);
}

/* As Caffe2's DensePose writes it with OpenCV: read as RGB it is V, U, I. */
static enum status
put_iuv(struct sample *s, struct options *o, const struct tensor *iuv)
{
	struct tensor out = *iuv;
	const uint8_t *from = iuv->data;

	TRY(tensor_alloc(&out, s->arena, DT_U1, TENSOR_DIMS(iuv->dim[0],
	    iuv->dim[1], 3)));
	uint8_t *to = out.data;

	for (size_t i = 0; i < tensor_len(iuv); i += 3)
		for (size_t c = 0; c < 3; c++)
			to[i + c] = from[i + 2 - c];
	return put_picture(s, o, &out, "_IUV.png");
}

/* ---- a sample ---------------------------------------------------------- */

static bool
has(const struct sample *s, enum view_field f)
{
	return role_has(s, ROLE_SOURCE, view_name(f));
}

static enum status
want(const struct tensor **t, const struct sample *s, enum view_field f)
{
	return view_want(t, NULL, s, ROLE_SOURCE, f, view_square(0));
}

static enum status
filter_sample(struct sample *s, void *arg)
{
	struct options *o = arg;
	const struct tensor *t;
	bool any = false;

	if (o->samples++ > 0 && !strstr(o->prefix, "%k"))
		return fail(E_VALUE, "\"%s\" has no %%k, and there is more "
		    "than one sample", o->prefix);
	if (has(s, VIEW_POSE) || has(s, VIEW_POSES)) {
		bool one = has(s, VIEW_POSE);

		TRY(want(&t, s, one ? VIEW_POSE : VIEW_POSES));
		TRY(put_points(s, o, t->data, one ? 1 : t->dim[0]));
		any = true;
	}
	if (has(s, VIEW_IUV)) {
		TRY(want(&t, s, VIEW_IUV));
		TRY(put_iuv(s, o, t));
		any = true;
	}
	if (has(s, VIEW_MATTE)) {
		TRY(want(&t, s, VIEW_MATTE));
		TRY(put_picture(s, o, t, "_mask.png"));
		any = true;
	}
	if (has(s, VIEW_IMAGE)) {
		TRY(want(&t, s, VIEW_IMAGE));
		TRY(put_picture(s, o, t, ".png"));
	}
	return any ? OK : fail(E_SHAPE, "none of source.pose, source.poses, "
	    "source.iuv and source.matte is there");
}

int
main(int argc, char **argv)
{
	struct options o = { .prefix = NULL };
	const struct cli_opt opts[] = {
		CLI_OUT('o', "output", &o.prefix, "PREFIX",
		    "how the files' names begin; %k is the sample's key"),
		CLI_ENUM('f', "format", &o.format, "body25|coco",
		    "the key points that are written"),
		CLI_END
	};
	const struct cli_program p = { .name = "ts2labels", .opts = opts,
		.summary = "key points, IUV and matte as files for other tools",
		.no_out = true };
	struct stream_in *in;
	struct sample s;

	cli_begin(&p, &argc, &argv);
	if (!o.prefix)
		cli_die("want --output PREFIX, such as labels/%%k");
	in = cli_open("-");
	while (cli_next(in, &s))
		cli_ok(filter_sample(&s, &o), in, &s);
	return cli_finish();
}
