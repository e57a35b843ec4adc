/* ts2img: the fields of a stream as picture files, or on one contact sheet. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cairo.h>

#include "cli/cli.h"
#include "image/image.h"
#include "image/imgname.h"
#include "show/picture.h"
#include "show/sheet.h"
#include "ts2img_template.h"

enum { BITS_8, BITS_16, BITS_FLOAT };

struct images {
	const char *pattern, *file;	/* file: of the sheet */
	bool pipe;			/* the pattern is "-" */
	bool across;			/* views in columns, not in rows */
	bool over;			/* labels over their pictures */
	int bits, cell, wrap;		/* bits: index of its choice */
	const char *template;		/* layout */
	int side;			/* of the template */
	size_t samples, files, cells;	/* files, cells: of the present sample */
	struct sheet sheet;
};

/* Two pictures must not get one name: the second would replace the first. */
static enum status
check_pattern(const struct images *o)
{
	if (o->samples > 1 && !strstr(o->pattern, "%k"))
		return fail(E_VALUE, "\"%s\" has no %%k, and there is more than "
		    "one sample", o->pattern);
	if (o->files > 1 && !strstr(o->pattern, "%f"))
		return fail(E_VALUE, "\"%s\" has no %%f, and there is more than "
		    "one picture in a sample", o->pattern);
	return OK;
}

static enum status
draw(struct tensor *rgb, const struct images *o, const struct sample *s,
    const struct picture *p, size_t view)
{
	TRY(picture_draw(rgb, s->arena, p, s, view));
	if (o->over)
		picture_lay(rgb, p, s, view);
	return OK;
}

/* As PPM to stdout, behind what is there: what programs take as a video. */
static enum status
pipe_view(const struct images *o, const struct sample *s,
    const struct picture *p, size_t view)
{
	struct tensor t;

	TRY(draw(&t, o, s, p, view));
	printf("P6\n%zu %zu\n255\n", t.dim[1], t.dim[0]);
	if (fwrite(t.data, 1, tensor_bytes(&t), stdout) != tensor_bytes(&t))
		return fail_errno("cannot write");
	return OK;
}

static enum status
write_view(struct images *o, const struct sample *s, const struct picture *p,
    size_t view)
{
	struct arena *a = s->arena;
	struct tensor t;
	char *path = NULL, *name = p->has_views ?
	    arena_printf(a, "%s.%zu", p->field->name, view) :
	    arena_strdup(a, p->field->name);

	if (!name)
		return E_NOMEM;
	o->files++;
	TRY(check_pattern(o));
	TRY(imgname_expand(&path, a, o->pattern, s->key, name));
	TRY(imgname_make_folders(path));
	if (o->bits == BITS_8)
		TRY(draw(&t, o, s, p, view));
	else if (o->bits == BITS_16)
		TRY(picture_draw16(&t, a, p, s, view));
	else
		TRY(picture_values(&t, a, p, view));
	return image_write(path, &t);
}

/* So many in a row, under no names: blanks tell the columns apart. */
static enum status
put_next(struct images *o, const struct sample *s, const struct tensor *px,
    size_t first_row)
{
	const size_t n = (size_t)o->wrap, i = o->cells++;
	const char *column = arena_printf(s->arena, "%*s", (int)(i % n) + 1, "");

	return column ? sheet_put(&o->sheet, first_row + i / n, s->key, column,
	    px) : E_NOMEM;
}

static enum status
put_view(struct images *o, const struct sample *s, const struct picture *p,
    size_t view, size_t first_row)
{
	struct tensor px;

	TRY(draw(&px, o, s, p, view));
	if (o->wrap)
		return put_next(o, s, &px, first_row);
	if (!o->across || !p->has_views)
		return sheet_put(&o->sheet, first_row + view, s->key,
		    p->field->name, &px);
	const char *column = arena_printf(s->arena, "%s.%zu", p->field->name,
	    view);

	return column ? sheet_put(&o->sheet, first_row, s->key, column, &px) :
	    E_NOMEM;
}

static enum status
one_field(struct images *o, const struct sample *s, const struct picture *p,
    size_t first_row)
{
	for (size_t view = 0; view < p->views; view++) {
		size_t mark = arena_mark(s->arena);

		if (o->pipe)
			TRY(pipe_view(o, s, p, view));
		else if (o->pattern && (p->kind != PICTURE_POSE ||
		    o->bits != BITS_FLOAT))
			TRY(write_view(o, s, p, view));
		if (o->file)
			TRY(put_view(o, s, p, view, first_row));
		arena_pop(s->arena, mark);
	}
	return OK;
}

static enum status
save_sample(struct images *o, const struct sample *s)
{
	size_t first_row = o->sheet.rows;
	struct picture p;

	o->samples++;
	o->files = o->cells = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (!cli_wants(s->field[i].name))
			continue;
		if (picture_of(&p, s, &s->field[i]) != OK) {
			cli_say("%s: left out: %s", s->key, status_detail());
			continue;
		}
		enum status st = one_field(o, s, &p, first_row);

		if (st != OK)
			return fail_in(st, "field %s", s->field[i].name);
	}
	return OK;
}

/* Black text at (x, y), cut to fit `room` pixels. */
static void
put_text(struct tensor *rgb, size_t x, size_t y, size_t room, const char *text)
{
	cairo_surface_t *ink = cairo_image_surface_create(CAIRO_FORMAT_A8,
	    (int)room, SHEET_TEXT);
	cairo_t *cr = cairo_create(ink);
	char buf[256];
	cairo_text_extents_t e;

	/* cairo's own font: it needs no other, and looks the same everywhere */
	cairo_select_font_face(cr, "@cairo:", CAIRO_FONT_SLANT_NORMAL,
	    CAIRO_FONT_WEIGHT_BOLD);
	cairo_set_font_size(cr, SHEET_TEXT - 1);
	snprintf(buf, sizeof buf, "%s", text);
	cairo_text_extents(cr, buf, &e);
	for (size_t n = strlen(buf); e.x_advance > (double)room && n > 2; n--) {
		/* never inside a character of several bytes */
		while (n > 3 && (buf[n - 3] & 0xc0) == 0x80)
			n--;
		memcpy(buf + n - 3, "..", 3);
		cairo_text_extents(cr, buf, &e);
	}
	cairo_move_to(cr, 0, SHEET_TEXT - 3);
	cairo_show_text(cr, buf);
	cairo_surface_flush(ink);
	const unsigned char *a = cairo_image_surface_get_data(ink);
	size_t stride = (size_t)cairo_image_surface_get_stride(ink);

	for (size_t i = 0; a && i < SHEET_TEXT; i++)
		for (size_t j = 0; j < room; j++)
			for (int c = 0; c < 3; c++) {
				uint8_t *p = (uint8_t *)rgb->data +
				    ((y + i) * rgb->dim[1] + x + j) * 3 + c;

				*p = (uint8_t)(*p * (255 - a[i * stride + j]) / 255);
			}
	cairo_destroy(cr);
	cairo_surface_destroy(ink);
}

static enum status
write_sheet(const struct images *o)
{
	const struct sheet *s = &o->sheet;
	struct tensor rgb;

	TRY(sheet_draw(&rgb, s));
	for (size_t k = 0; k < s->columns; k++)
		put_text(&rgb, sheet_x(s, k), 0, s->side, s->column[k]);
	for (size_t i = 0; i < s->rows; i++)
		put_text(&rgb, 2, sheet_y(s, i), sheet_x(s, 0) - 4,
		    s->row[i].label);
	return image_write(o->file, &rgb);
}

int
main(int argc, char **argv)
{
	struct images o = { .cell = 256, .side = 1024 };
	const struct cli_opt opts[] = {
		CLI_STR('o', "output", &o.pattern, "PATTERN",
		    "a file for each picture: %k key, %f field; -: a pipe"),
		CLI_ENUM('b', "bits", &o.bits, "8|16|float",
		    "depth of these files"),
		CLI_STR('s', "sheet", &o.file, "FILE",
		    "one picture with all of them, labelled"),
		CLI_FLAG(0, "over", &o.over,
		    "labels and maps half through, over the picture"),
		CLI_FLAG('a', "across", &o.across,
		    "views of a field side by side on it"),
		CLI_INT('w', "wrap", &o.wrap, 1, SHEET_MAX_COLUMNS, "N",
		    "all pictures of a sample in order, N in a row of it"),
		CLI_INT('c', "cell", &o.cell, SHEET_MIN_CELL, 4096, "PIXELS",
		    "side of a picture on the sheet"),
		CLI_STR(0, "template", &o.template, "NAME|FILE",
		    "no stream: a map of this layout to paint on, as -o"),
		CLI_INT('T', "texture", &o.side, 128, 8192, "SIZE",
		    "side of the template"),
		CLI_END
	};
	const struct cli_program prog = {
		.name = "ts2img", .opts = opts, .no_out = true,
		.summary = "fields of a stream as pictures",
	};
	struct sample s;

	cli_begin(&prog, &argc, &argv);
	enum image_kind kind = o.pattern ? image_kind_of_name(o.pattern) :
	    IMAGE_UNKNOWN;

	if (!o.pattern && !o.file)
		cli_die("want -o PATTERN or --sheet FILE");
	o.pipe = o.pattern && strcmp(o.pattern, "-") == 0;
	if (o.pipe && o.bits != BITS_8)
		cli_die("-o -: --bits is for files");
	if (o.pipe && isatty(STDOUT_FILENO))
		cli_die("<stdout>: a terminal, where pictures are of no use");
	if (o.pattern && !o.pipe && kind == IMAGE_UNKNOWN)
		cli_die("-o: \"%s\", want a name that ends in .png, .tif or "
		    ".jpg", o.pattern);
	if (kind == IMAGE_JPEG && o.bits != BITS_8)
		cli_die("--bits: a JPEG has 8; want -o with a name that ends in "
		    ".png or .tif");
	if (o.pattern && o.bits == BITS_FLOAT && kind != IMAGE_TIFF)
		cli_die("--bits float: want -o with a name that ends in .tif");
	if (o.template) {
		if (!o.pattern || o.file)
			cli_die("--template: want -o, and no --sheet");
		cli_try(template_write(o.pattern, o.template, (size_t)o.side),
		    "--template");
		return cli_finish();
	}
	if (o.file && image_kind_of_name(o.file) == IMAGE_UNKNOWN)
		cli_die("--sheet: \"%s\", want a name that ends in .png, .tif "
		    "or .jpg", o.file);
	if (o.file)
		cli_try(sheet_open(&o.sheet, (size_t)o.cell), o.file);
	struct stream_in *in = cli_open("-");

	while (cli_next(in, &s))
		cli_ok(save_sample(&o, &s), in, &s);
	if (o.file)
		cli_try(write_sheet(&o), "--sheet");
	sheet_close(&o.sheet);
	return cli_finish();
}
