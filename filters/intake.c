/* intake: photos with their key points and IUVs to a stream. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "image/ppmpipe.h"
#include "photo/photofields.h"

struct intake {
	struct labelled_options l;
	struct portrait_options p;
	int role, fit, size, person;	/* role, fit: indices of their choices */
	bool whole;
	const char *table, *pose, *iuv, *mask, *csv, *grid, *require, *licence;
	const char *frames;
};

/* What a table says of the person. */
static enum status
put_person(struct sample *s, const struct dataset_item *it)
{
	json_t *m = json_pack("{s:s*, s:s*}", "identity", it->identity,
	    "motion", it->motion);

	if (!m || json_object_update(s->manifest, m) != 0) {
		json_decref(m);
		return fail(E_FORMAT, "identity or motion is not UTF-8");
	}
	json_decref(m);
	return OK;
}

static enum role
role_for(const struct intake *o)
{
	return o->role ? ROLE_TARGET : ROLE_SOURCE;
}

/* licence: of this photo alone, or NULL. */
static enum status
put_labelled(struct sample *s, struct labelled *l, const char *licence,
    const struct intake *o)
{
	const enum role r = role_for(o);
	struct portrait p;

	if (o->whole) {
		TRY(labelled_put(s, r, l));
	} else {
		TRY(portrait_cut(&p, s->arena, l, &o->p, role_word(r)));
		TRY(portrait_put(s, r, l, &p, o->p.size));
	}
	/* Else what is made of it would seem to be free. */
	return sample_add_licence(s, licence ? licence : o->licence ?
	    o->licence : "photo: licence not stated");
}

/* *rows: photos that had a row in the table of key points. */
static enum status
make_sample(struct sample *s, const struct dataset_item *it,
    const struct intake *o, size_t *rows)
{
	struct labelled l;

	TRY(labelled_read(&l, s->arena, it, &o->l, role_word(role_for(o))));
	*rows += o->csv && l.pose_file == o->csv;
	TRY(put_labelled(s, &l, it->licence, o));
	return put_person(s, it);
}

/* ---- a video ---- */

static enum status
make_frame(struct sample *s, const struct tensor *picture, size_t number,
    const struct intake *o)
{
	struct labelled l = { .photo = *picture };

	l.photo_file = arena_printf(s->arena, "frame %zu of %s", number,
	    o->frames);
	if (!l.photo_file)
		return E_NOMEM;
	TRY(photo_check_size(picture->dim[1], picture->dim[0]));
	return put_labelled(s, &l, NULL, o);
}

/* Frames from standard input, one at a time. */
static void
read_frames(const struct intake *o)
{
	char key[300];
	size_t n = 0;

	for (;;) {
		struct tensor picture;
		struct sample s;

		snprintf(key, sizeof key, "%s/%06zu", o->frames, n + 1);
		cli_make(&s, key);
		enum status st = ppm_next(&picture, s.arena, stdin);

		if (st == END && n == 0)
			cli_die("<stdin>: the input is empty");
		if (st == END)
			return;
		if (st != OK)
			cli_die("<stdin>: frame %zu: %s", n + 1, status_detail());
		if (cli_ok(make_frame(&s, &picture, ++n, o), NULL, &s))
			cli_put(&s);
	}
}

/* ---- all ---- */

/* What is left to cutout cannot be asked for here. */
static void
check_whole(void)
{
	static const char *const of_cutout[] = { "size", "fit", "margin",
	    "person" };

	for (size_t i = 0; i < sizeof of_cutout / sizeof *of_cutout; i++)
		if (json_object_get(cli_options(), of_cutout[i]))
			cli_die("--%s: is for what is cut out; with --whole, give "
			    "it to cutout", of_cutout[i]);
}

/* Options that are words or files, before any photo is read. */
static void
settle(struct intake *o, struct arena *a)
{
	struct pose_table *table;
	static const char *const of_files[] = { "pose", "iuv", "mask", "csv",
	    "require" };
	const char *buf;
	char junk;
	size_t n;

	for (size_t i = 0; o->frames && i < sizeof of_files / sizeof *of_files;
	    i++)
		if (json_object_get(cli_options(), of_files[i]))
			cli_die("--%s: is for photos that are files, not for "
			    "--frames", of_files[i]);
	if (o->frames && o->table)
		cli_die("--table: is for photos that are files, not for --frames");
	o->p.fit = (enum photo_fit)o->fit;
	o->p.size = (size_t)o->size;
	o->p.person = (size_t)o->person;
	o->p.tell = o->l.tell = cli_tell;
	if (o->whole)
		check_whole();
	if (o->grid && (sscanf(o->grid, "%5zux%5zu%c", &o->l.grid_w,
	    &o->l.grid_h, &junk) != 2 || !o->l.grid_w || !o->l.grid_h))
		cli_die("--pose-size: \"%s\", want WxH, for example 256x256",
		    o->grid);
	for (const char *w = o->require; w && *w; w += n + (w[n] == ',')) {
		n = strcspn(w, ",");
		if (n == 4 && !strncmp(w, "pose", n))
			o->l.need_pose = true;
		else if (n == 3 && !strncmp(w, "iuv", n))
			o->l.need_iuv = true;
		else
			cli_die("--require: \"%s\", want pose, iuv or both with a "
			    "comma", o->require);
	}
	if (!o->csv)
		return;
	cli_try(file_read(&buf, &n, a, o->csv, POSE_MAX_FILE), "--csv");
	cli_try(pose_table_open(&table, a, buf, n), o->csv);
	o->l.table = table;
	o->l.table_name = o->csv;
}

int
main(int argc, char **argv)
{
	struct intake o = { .size = 256, .p = { .margin = 0.1 } };
	const struct cli_opt opts[] = {
		CLI_INT('s', "size", &o.size, PHOTO_MIN_SIDE, 4096, "PIXELS",
		    "side of the square that is written"),
		CLI_ENUM('f', "fit", &o.fit, "crop|pad|stretch",
		    "the person, or the whole photo padded or stretched"),
		CLI_DBL('m', "margin", &o.p.margin, 0, 2, "SHARE",
		    "space left on each side of the person"),
		CLI_INT('n', "person", &o.person, 1, 1000, "N",
		    "which person, in the order of the file (the largest)"),
		CLI_FLAG('w', "whole", &o.whole,
		    "the whole photo and all people; cutout takes one"),
		CLI_ENUM(0, "role", &o.role, "source|target",
		    "what the fields are called"),
		CLI_NAMES('t', "table", &o.table, "FILE",
		    "photos with their files and people, one a line"),
		CLI_STR('p', "pose", &o.pose, "FILE",
		    "key points of the one photo given"),
		CLI_STR('i', "iuv", &o.iuv, "FILE", "IUV of the one photo given"),
		CLI_STR(0, "mask", &o.mask, "FILE",
		    "mask of the person in the one photo given"),
		CLI_STR(0, "csv", &o.csv, "FILE",
		    "DeepFashion's table of key points"),
		CLI_STR(0, "frames", &o.frames, "NAME",
		    "PPM pictures from standard input; NAME is the video's"),
		CLI_STR(0, "pose-size", &o.grid, "WxH",
		    "size of the pictures that key points were found on"),
		CLI_STR(0, "require", &o.require, "LIST",
		    "pose, iuv: an error where it is missing"),
		CLI_STR(0, "licence", &o.licence, "TEXT",
		    "what the photos may be used for, for the manifest"),
		CLI_END
	};
	const struct cli_program prog = {
		.name = "intake", .opts = opts, .no_in = true,
		.summary = "photos with key points and IUVs to a stream",
		.operands = "[PHOTO|FOLDER|ARCHIVE ...]",
	};
	struct arena *a;
	struct dataset *d;
	struct dataset_item it;
	struct sample s;
	enum status st;
	size_t rows = 0;

	cli_begin(&prog, &argc, &argv);
	if (argc == 0 && !o.table && !o.frames)
		cli_die("want a photo, a folder or an archive");
	if (o.frames && (argc > 0 || sample_check_key(o.frames) != OK ||
	    strlen(o.frames) > 200))
		cli_die("--frames: \"%s\" %s", o.frames, argc > 0 ?
		    "and photos: want one of them" :
		    "is no key of samples: want letters, digits, - and _");
	cli_create("-");
	cli_try(arena_new(&a, 8 * POSE_MAX_FILE), "options");
	settle(&o, a);
	if (o.frames) {
		cli_made_from("<stdin>");
		read_frames(&o);
		arena_free(a);
		return cli_finish();
	}
	cli_try(dataset_new(&d), "photos");
	if (o.table)
		cli_try(dataset_add_table(d, o.table), "--table");
	for (int i = 0; i < argc; i++)
		cli_try(dataset_add(d, argv[i]), "photos");
	cli_try(dataset_check(d), "photos");
	cli_try(dataset_tell(d, cli_tell), "photos");
	if ((o.pose || o.iuv || o.mask) && (dataset_count(d) != 1 || argc != 1))
		cli_die("--pose, --iuv and --mask are for one photo, here are %zu",
		    dataset_count(d));
	while ((st = dataset_next(d, &it)) == OK) {
		if (o.pose)
			dataset_replace(&it, DATASET_POSE, o.pose);
		if (o.iuv)
			dataset_replace(&it, DATASET_IUV, o.iuv);
		if (o.mask)
			dataset_replace(&it, DATASET_MASK, o.mask);
		cli_made_from(it.file[DATASET_PHOTO]);
		if (cli_make_called(&s, it.key) && cli_ok(make_sample(&s,
		    &it, &o, &rows), NULL, &s))
			cli_put(&s);
	}
	if (st != END)
		cli_die("%s", status_detail());
	if (o.csv && !rows && dataset_count(d))
		cli_warn("%s: has no row of any photo: are these called otherwise?",
		    o.csv);
	dataset_free(d);
	arena_free(a);
	return cli_finish();
}
