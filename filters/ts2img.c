/* ts2img: the fields of a stream as picture files, or on one contact sheet. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cairo.h>

#include "cli/cli.h"
#include "image/image.h"
#include "photo/photo.h"
#include "photo/picture.h"

enum { BITS_8, BITS_16, BITS_FLOAT };

#define MAX_COLUMNS 64
#define MIN_CELL 16
#define MAX_SIDE 32767			/* cairo's limit, in pixels */
#define MAX_ROWS (MAX_SIDE / MIN_CELL)
#define TEXT 13				/* height of a line of text */
#define GAP 4				/* between cells */

/* One view of one sample on the sheet. */
struct row {
	const char *label;
	const uint8_t *cell[MAX_COLUMNS];	/* u1 (cell,cell,3), or NULL */
};

struct images {
	const char *pattern, *sheet;
	int bits, cell;			/* bits: index of its choice */
	size_t samples, files;		/* files of the present sample */
	struct arena *arena;		/* of the sheet */
	const char *column[MAX_COLUMNS];
	struct row *row;
	size_t columns, rows;
};

/* ---- files ---- */

/* Makes the folders of a path, as far as they are missing. */
static enum status
make_folders(char *path)
{
	for (char *p = path + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = 0;
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			return fail_errno("%s: cannot make this folder", path);
	}
	return OK;
}

/* %k, %f and %% of the pattern. */
static enum status
expand(char **path, struct arena *a, const char *pattern, const char *key,
    const char *field)
{
	char *out = arena_strdup(a, "");

	for (const char *p = pattern; out && *p; p++) {
		if (*p != '%')
			out = arena_printf(a, "%s%c", out, *p);
		else if (*++p == 'k' || *p == 'f')
			out = arena_printf(a, "%s%s", out, *p == 'k' ? key : field);
		else if (*p == '%')
			out = arena_printf(a, "%s%%", out);
		else
			return fail(E_FORMAT, "-o: \"%%%c\" in the pattern, want %%k, "
			    "%%f or %%%%", *p ? *p : ' ');
	}
	*path = out;
	return out ? OK : E_NOMEM;
}

/* Two pictures must not get one name: the second would replace the first. */
static enum status
check_pattern(const struct images *o)
{
	if (o->samples > 1 && !strstr(o->pattern, "%k"))
		return fail(E_VALUE, "-o: a pattern without %%k, and more than one "
		    "sample");
	if (o->files > 1 && !strstr(o->pattern, "%f"))
		return fail(E_VALUE, "-o: a pattern without %%f, and more than one "
		    "picture in a sample");
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
	TRY(expand(&path, a, o->pattern, s->key, name));
	TRY(make_folders(path));
	if (o->bits == BITS_8)
		TRY(picture_draw(&t, a, p, s, view));
	else if (o->bits == BITS_16)
		TRY(picture_draw16(&t, a, p, s, view));
	else
		TRY(picture_values(&t, a, p, view));
	return image_write(path, &t);
}

/* ---- contact sheet ---- */

/* The column of a field; a new one at the right when it has none yet. */
static enum status
find_column(struct images *o, const char *name, size_t *k)
{
	for (*k = 0; *k < o->columns; ++*k)
		if (!strcmp(o->column[*k], name))
			return OK;
	if (o->columns == MAX_COLUMNS)
		return fail(E_LIMIT, "more than %d fields on a sheet; --only takes "
		    "some", MAX_COLUMNS);
	o->column[o->columns] = arena_strdup(o->arena, name);
	return o->column[o->columns++] ? OK : E_NOMEM;
}

/* A sample has as many rows as its field with most views. */
static enum status
need_row(struct images *o, size_t k, const char *key)
{
	while (o->rows <= k) {
		if ((o->rows + 1) * (size_t)(o->cell + GAP) + 2 * TEXT > MAX_SIDE)
			return fail(E_LIMIT, "more than %zu rows on a sheet; give "
			    "fewer samples or a smaller --cell", o->rows);
		o->row[o->rows].label = arena_strdup(o->arena, key);
		if (!o->row[o->rows++].label)
			return E_NOMEM;
	}
	return OK;
}

/* The picture in a square cell: smooth where it shrinks, sharp where it grows. */
static enum status
make_cell(const uint8_t **cell, struct arena *keep, const struct tensor *px,
    size_t size)
{
	struct photo_rect r = photo_frame(PHOTO_PAD, px->dim[1], px->dim[0], NULL,
	    0);
	struct tensor t;

	if ((size_t)r.w < size && px->dim[0] == px->dim[1])
		TRY(photo_pick(&t, keep, px, &r, size));
	else
		TRY(photo_resize(&t, keep, px, &r, size));
	*cell = t.data;
	return OK;
}

static enum status
add_view(struct images *o, const struct sample *s, const struct picture *p,
    size_t view, size_t first_row)
{
	struct tensor px;
	size_t k;

	TRY(find_column(o, p->field->name, &k));
	TRY(need_row(o, first_row + view, s->key));
	TRY(picture_draw(&px, s->arena, p, s, view));
	return make_cell(&o->row[first_row + view].cell[k], o->arena, &px,
	    (size_t)o->cell);
}

/* Text with its top left at (x, y), cut with dots to fit `room` pixels. */
static void
put_text(cairo_t *cr, double x, double y, double room, const char *text)
{
	char buf[256];
	cairo_text_extents_t e;

	snprintf(buf, sizeof buf, "%s", text);
	cairo_text_extents(cr, buf, &e);
	for (size_t n = strlen(buf); e.x_advance > room && n > 0; n--) {
		snprintf(buf + n - 1, sizeof buf - n + 1, "…");
		cairo_text_extents(cr, buf, &e);
	}
	cairo_move_to(cr, x, y + TEXT - 3);
	cairo_show_text(cr, buf);
}

static void
put_cell(cairo_surface_t *to, size_t x, size_t y, const uint8_t *px, size_t size)
{
	size_t stride = (size_t)cairo_image_surface_get_stride(to);
	unsigned char *data = cairo_image_surface_get_data(to);

	for (size_t i = 0; i < size; i++) {
		uint32_t *out = (uint32_t *)(void *)(data + (y + i) * stride) + x;

		for (size_t j = 0; j < size; j++, px += 3)
			out[j] = (uint32_t)px[0] << 16 | (uint32_t)px[1] << 8 |
			    px[2];
	}
}

static void
draw_sheet(const struct images *o, cairo_surface_t *to, size_t left)
{
	cairo_t *cr = cairo_create(to);
	size_t step = (size_t)(o->cell + GAP), top = TEXT + GAP;

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_set_source_rgb(cr, 0, 0, 0);
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
	    CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cr, TEXT - 2);
	for (size_t k = 0; k < o->columns; k++)
		put_text(cr, (double)(left + k * step), 1, o->cell, o->column[k]);
	for (size_t i = 0; i < o->rows; i++)
		put_text(cr, 2, (double)(top + i * step), (double)left - 4,
		    o->row[i].label);
	cairo_surface_flush(to);
	for (size_t i = 0; i < o->rows; i++)
		for (size_t k = 0; k < o->columns; k++)
			if (o->row[i].cell[k])
				put_cell(to, left + k * step, top + i * step,
				    o->row[i].cell[k], (size_t)o->cell);
	cairo_surface_mark_dirty(to);
	cairo_destroy(cr);
}

/* cairo's 0xRRGGBB words to bytes. */
static enum status
write_surface(const char *path, struct arena *a, cairo_surface_t *from)
{
	size_t w = (size_t)cairo_image_surface_get_width(from);
	size_t h = (size_t)cairo_image_surface_get_height(from);
	size_t stride = (size_t)cairo_image_surface_get_stride(from);
	const unsigned char *data = cairo_image_surface_get_data(from);
	struct tensor t;

	TRY(tensor_alloc(&t, a, DT_U1, TENSOR_DIMS(h, w, 3)));
	uint8_t *px = t.data;

	for (size_t y = 0; y < h; y++) {
		const uint32_t *row = (const void *)(data + y * stride);

		for (size_t x = 0; x < w; x++)
			for (int k = 16; k >= 0; k -= 8)
				*px++ = (uint8_t)(row[x] >> k);
	}
	return image_write(path, &t);
}

static enum status
write_sheet(const struct images *o)
{
	size_t left = o->cell < 128 ? 96 : 128, step = (size_t)(o->cell + GAP);
	size_t w = left + o->columns * step, h = TEXT + GAP + o->rows * step;

	if (o->rows == 0)
		return fail(E_VALUE, "no field that can be seen");
	if (w > MAX_SIDE)
		return fail(E_LIMIT, "a sheet %zu pixels wide, want at most %d", w,
		    MAX_SIDE);
	cairo_surface_t *to = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
	    (int)w, (int)h);

	if (cairo_surface_status(to) != CAIRO_STATUS_SUCCESS) {
		cairo_surface_destroy(to);
		return fail(E_NOMEM, "no memory for a sheet of %zux%zu", w, h);
	}
	draw_sheet(o, to, left);
	enum status st = write_surface(o->sheet, o->arena, to);

	cairo_surface_destroy(to);
	return st;
}

/* ---- samples ---- */

static enum status
one_field(struct images *o, const struct sample *s, const struct field *f,
    size_t first_row)
{
	struct picture p;

	if (picture_of(&p, s, f) != OK) {
		cli_say("%s: left out: %s", s->key, status_detail());
		return OK;
	}
	for (size_t view = 0; view < p.views; view++) {
		size_t mark = arena_mark(s->arena);

		enum status st = OK;

		if (o->pattern && (p.kind != PICTURE_POSE || o->bits != BITS_FLOAT))
			st = write_view(o, s, &p, view);
		if (o->sheet && st == OK)
			st = add_view(o, s, &p, view, first_row);
		if (st != OK)
			return fail_in(st, "field %s", f->name);
		arena_pop(s->arena, mark);
	}
	return OK;
}

static enum status
step(struct sample *s, void *arg)
{
	struct images *o = arg;
	size_t first_row = o->rows;

	o->samples++;
	o->files = 0;
	for (size_t i = 0; i < s->n; i++)
		if (cli_wants(s->field[i].name))
			TRY(one_field(o, s, &s->field[i], first_row));
	return OK;
}

int
main(int argc, char **argv)
{
	struct images o = { .cell = 256 };
	const struct cli_opt opts[] = {
		CLI_STR('o', "output", &o.pattern, "PATTERN",
		    "a file for each picture: %k key, %f field"),
		CLI_ENUM('b', "bits", &o.bits, "8|16|float",
		    "depth of these files"),
		CLI_STR('s', "sheet", &o.sheet, "FILE",
		    "one picture with all of them, labelled"),
		CLI_INT('c', "cell", &o.cell, MIN_CELL, 4096, "PIXELS",
		    "side of a picture on the sheet"),
		CLI_END
	};
	const struct cli_program prog = {
		.name = "ts2img", .opts = opts, .no_out = true,
		.summary = "fields of a stream as pictures",
	};
	struct sample s;

	cli_begin(&prog, &argc, &argv);
	if (!o.pattern && !o.sheet)
		cli_die("want -o PATTERN or --sheet FILE");
	if (o.pattern && image_kind_of_name(o.pattern) == IMAGE_UNKNOWN)
		cli_die("-o: \"%s\", want a name that ends in .png or .tif",
		    o.pattern);
	if (o.pattern && o.bits == BITS_FLOAT &&
	    image_kind_of_name(o.pattern) != IMAGE_TIFF)
		cli_die("--bits float: want -o with a name that ends in .tif");
	if (o.sheet) {
		cli_try(arena_new(&o.arena, (size_t)8 << 30), o.sheet);
		o.row = arena_calloc(o.arena, MAX_ROWS, sizeof *o.row);
		cli_try(o.row ? OK : E_NOMEM, o.sheet);
	}
	struct stream_in *in = cli_open("-");

	while (cli_next(in, &s))
		cli_ok(step(&s, &o), in, &s);
	if (o.sheet)
		cli_try(write_sheet(&o), "--sheet");
	arena_free(o.arena);
	return cli_finish();
}
