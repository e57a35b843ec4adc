/* intake: photos with their key points and IUVs to a stream of squares. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "photo/portrait.h"

struct intake {
	struct portrait_options p;
	int role, fit, size, person;	/* role, fit: indices of their choices */
	const char *table, *pose, *iuv, *csv, *grid, *require, *licence;
};

static const char *const roles[] = { "source", "target" };
static const char *now;		/* the key that tell() speaks of */

PRINTF_LIKE(2, 3)
static void
tell(bool warn, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(warn ? cli_warn : cli_say)("%s: %s", now, text);
}

/* source.NAME, or target.NAME with a leading axis of one view. */
static enum status
put(struct sample *s, int role, const char *name, struct tensor t)
{
	char field[64];

	if (!t.data)
		return OK;
	if (role) {
		memmove(t.dim + 1, t.dim, (size_t)t.rank++ * sizeof *t.dim);
		t.dim[0] = 1;
	}
	snprintf(field, sizeof field, "%s.%s", roles[role], name);
	return sample_put(s, field, &t);
}

/* Enough to find a pixel's place in the photo again: see intake(1). */
static enum status
put_crop(struct sample *s, const char *role, const struct portrait *p,
    const char *photo, int size)
{
	json_t *crop = json_pack("{s:{s:s, s:[I,I], s:i, s:I, s:I, s:I, s:I, s:i}}",
	    role, "photo", photo, "photo_size", (json_int_t)p->photo_w,
	    (json_int_t)p->photo_h, "orientation", p->orientation,
	    "x", (json_int_t)p->frame.x0, "y", (json_int_t)p->frame.y0,
	    "w", (json_int_t)p->frame.w, "h", (json_int_t)p->frame.h,
	    "size", size);

	if (!crop || json_object_set_new(s->manifest, "crop", crop) != 0)
		return fail(E_FORMAT, "the photo's name is not UTF-8");
	return OK;
}

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

static enum status
step(struct sample *s, const struct dataset_item *it, const struct intake *o)
{
	const char *role = roles[o->role];
	struct portrait p;

	TRY(portrait_make(&p, s->arena, it, &o->p, role));
	TRY(put(s, o->role, "image", p.image));
	TRY(put(s, o->role, "pose", p.pose));
	TRY(put(s, o->role, "iuv", p.iuv));
	TRY(put_crop(s, role, &p, it->file[DATASET_PHOTO], o->size));
	TRY(put_person(s, it));
	return o->licence ? sample_add_licence(s, o->licence) : OK;
}

/* Options that are words or files, before any photo is read. */
static void
settle(struct intake *o, struct arena *a)
{
	struct pose_table *table;
	const char *buf;
	char junk;
	size_t n;

	o->p.fit = (enum photo_fit)o->fit;
	o->p.size = (size_t)o->size;
	o->p.person = (size_t)o->person;
	o->p.tell = tell;
	if (o->grid && (sscanf(o->grid, "%5zux%5zu%c", &o->p.grid_w,
	    &o->p.grid_h, &junk) != 2 || !o->p.grid_w || !o->p.grid_h))
		cli_die("--pose-size: \"%s\", want WxH, for example 256x256",
		    o->grid);
	for (const char *w = o->require; w && *w; w += n + (w[n] == ',')) {
		n = strcspn(w, ",");
		if (n == 4 && !strncmp(w, "pose", n))
			o->p.need_pose = true;
		else if (n == 3 && !strncmp(w, "iuv", n))
			o->p.need_iuv = true;
		else
			cli_die("--require: \"%s\", want pose, iuv or both with a "
			    "comma", o->require);
	}
	if (!o->csv)
		return;
	cli_try(file_read(&buf, &n, a, o->csv, POSE_MAX_FILE), "--csv");
	cli_try(pose_table_open(&table, a, buf, n), o->csv);
	o->p.table = table;
	o->p.table_name = o->csv;
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
		CLI_ENUM(0, "role", &o.role, "source|target",
		    "what the fields are called"),
		CLI_NAMES('t', "table", &o.table, "FILE",
		    "photos with their files and people, one a line"),
		CLI_STR('p', "pose", &o.pose, "FILE",
		    "key points of the one photo given"),
		CLI_STR('i', "iuv", &o.iuv, "FILE", "IUV of the one photo given"),
		CLI_STR(0, "csv", &o.csv, "FILE",
		    "DeepFashion's table of key points"),
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

	cli_begin(&prog, &argc, &argv);
	if (argc == 0 && !o.table)
		cli_die("want a photo, a folder or an archive");
	cli_create("-");
	cli_try(arena_new(&a, 8 * POSE_MAX_FILE), "options");
	settle(&o, a);
	cli_try(dataset_new(&d), "photos");
	if (o.table)
		cli_try(dataset_add_table(d, o.table), "--table");
	for (int i = 0; i < argc; i++)
		cli_try(dataset_add(d, argv[i]), "photos");
	cli_try(dataset_check(d), "photos");
	if ((o.pose || o.iuv) && (dataset_count(d) != 1 || argc != 1))
		cli_die("--pose and --iuv are for one photo, here are %zu",
		    dataset_count(d));
	while ((st = dataset_next(d, &it)) == OK) {
		if (o.pose)
			dataset_replace(&it, DATASET_POSE, o.pose);
		if (o.iuv)
			dataset_replace(&it, DATASET_IUV, o.iuv);
		cli_made_from(it.file[DATASET_PHOTO]);
		cli_make(&s, now = it.key);
		if (cli_ok(step(&s, &it, &o), NULL, &s))
			cli_put(&s);
	}
	if (st != END)
		cli_die("%s", status_detail());
	dataset_free(d);
	arena_free(a);
	return cli_finish();
}
