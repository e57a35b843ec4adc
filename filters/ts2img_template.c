#include "ts2img_template.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cairo.h>

#include "dress/figure.h"
#include "human/human.h"
#include "image/image.h"

#define LEVEL 0.1f	/* metres between two lines across the body */
#define CALIBRE 512	/* a line is a texel wide up to this side, then two ... */

enum { NOWHERE = -1000 };

/* Where on the body a texel is: lines run where one of these changes. */
struct cell {
	short level, quarter;	/* round the body: -1 right of the front, 0 left */
};

/* The texels of a chart that show the body. */
struct chart {
	double n, x, y, normal[3];
	size_t left, right;	/* of its rectangle, bodies' or not */
};

struct template {
	struct layout *layout;
	size_t T;
	uint8_t *part;		/* T T; 0 between the charts */
	struct cell *cell;	/* T T; level NOWHERE where no body is */
	struct chart chart[25];
	struct tensor rgb;
};

static struct cell
cell_of(struct chart *c, const struct figure *f, const struct unfold_point *p)
{
	struct spot s;

	figure_spot(&s, f, p);
	const bool arm = s.zone == ZONE_ARM || s.zone == ZONE_HAND;
	const bool leg = s.zone == ZONE_LEG || s.zone == ZONE_FOOT;
	const float turn = arm || leg ? s.limb_turn :
	    s.zone == ZONE_HEAD ? s.neck_turn : s.turn;

	for (int i = 0; i < 3; i++)
		c->normal[i] += (double)s.n[i];
	return (struct cell){ (short)floorf((arm ? s.arm : s.p[1]) / LEVEL),
		(short)floorf(turn / 1.5707964f) };
}

static enum status
look_up(struct template *t, struct arena *a)
{
	struct body body;
	struct figure figure;
	struct unfold u;
	struct unfold_point p;

	TRY(human_open(&body, a, NULL, NULL));
	TRY(figure_make(&figure, &body));
	TRY(unfold_make(&u, a, &body, t->layout, t->T));
	for (size_t i = 0; i < t->T * t->T; i++) {
		const size_t x = i % t->T, y = i / t->T;
		struct chart *c = &t->chart[t->part[i]];

		if (c->left > x)
			c->left = x;
		if (c->right < x)
			c->right = x;
		t->cell[i].level = NOWHERE;
		if (!t->part[i] || !unfold_point(&p, &u, x * UNFOLD_SS,
		    y * UNFOLD_SS))
			continue;
		t->cell[i] = cell_of(c, &figure, &p);
		c->n++;
		c->x += (double)x;
		c->y += (double)y;
	}
	return OK;
}

/* Right parts are cool, left ones warm, the trunk is green, as IUVs are. */
static void
tint(uint8_t rgb[3], int part)
{
	static const uint8_t of[4][3] = { { 205, 205, 205 }, { 214, 236, 211 },
		{ 207, 226, 247 }, { 252, 226, 203 } };
	const char *name = layout_part_name(part);
	const int k = !part ? 0 : part < 3 ? 1 : strstr(name, "right") ? 2 : 3;

	memcpy(rgb, of[k], 3);
}

static void
colour(struct template *t, size_t x, size_t y)
{
	static const uint8_t front[3] = { 200, 40, 40 }, side[3] = { 70, 90, 160 },
		across[3] = { 150, 150, 150 };
	const size_t T = t->T, i = y * T + x, wide = (T + CALIBRE - 1) / CALIBRE;
	uint8_t *rgb = (uint8_t *)t->rgb.data + 3 * i;
	const struct cell c = t->cell[i];
	const uint8_t *line = NULL;

	tint(rgb, t->part[i]);
	if (t->part[i] && c.level == NOWHERE)	/* of the chart, but of no body */
		for (int k = 0; k < 3; k++)
			rgb[k] = (uint8_t)((rgb[k] + 3 * 232) / 4);
	for (size_t d = 1; d <= wide && c.level != NOWHERE; d++)
		for (int down = 0; down < 2; down++) {
			if ((down ? y : x) + d >= T)
				continue;
			const size_t j = i + (down ? d * T : d);
			const struct cell e = t->cell[j];

			if (t->part[j] != t->part[i] || e.level == NOWHERE)
				continue;
			if (e.quarter != c.quarter)
				line = e.quarter + c.quarter == -1 &&
				    e.quarter * c.quarter == 0 ? front : side;
			else if (e.level != c.level && !line)
				line = across;
		}
	if (line)
		memcpy(rgb, line, 3);
}

/* Which of the two charts of a limb it is, by where its skin looks at rest. */
static const char *
face(const struct chart *c, int part)
{
	const double up = c->normal[1], front = c->normal[2];

	if (part < 7 || part > 22)
		return "";
	return fabs(up) > fabs(front) ? up > 0 ? "from above" : "from below" :
	    front > 0 ? "front" : "back";
}

/* One line of text, its middle at (x, y), no wider than `room`. */
static void
put(cairo_t *cr, double x, double y, double room, double size,
    const char *text)
{
	cairo_text_extents_t e;

	cairo_set_font_size(cr, size);
	cairo_text_extents(cr, text, &e);
	if (e.x_advance > room)
		cairo_set_font_size(cr, size * room / e.x_advance);
	cairo_text_extents(cr, text, &e);
	cairo_move_to(cr, x - e.x_advance / 2, y);
	cairo_show_text(cr, text);
}

static void
put_names(cairo_t *cr, const struct template *t)
{
	const double size = (double)t->T / 68;

	/* cairo's own font: it needs no other, and looks the same everywhere */
	cairo_select_font_face(cr, "@cairo:", CAIRO_FONT_SLANT_NORMAL,
	    CAIRO_FONT_WEIGHT_BOLD);
	for (int p = 1; p < 25; p++) {
		const struct chart *c = &t->chart[p];
		const double x = c->x / c->n, y = c->y / c->n;
		const double room = (double)(c->right - c->left) * 0.95;
		char number[8];

		if (c->n < 1)
			continue;
		snprintf(number, sizeof number, "%d", p);
		put(cr, x, y - 1.2 * size, room, 1.6 * size, number);
		put(cr, x, y + 0.2 * size, room, size, layout_part_name(p));
		put(cr, x, y + 1.5 * size, room, size, face(c, p));
	}
}

/* The names as black ink over the picture. */
static enum status
write_names(struct template *t)
{
	const int T = (int)t->T;
	cairo_surface_t *ink = cairo_image_surface_create(CAIRO_FORMAT_A8, T, T);
	cairo_t *cr = cairo_create(ink);

	put_names(cr, t);
	cairo_surface_flush(ink);
	const unsigned char *a = cairo_image_surface_get_data(ink);
	const size_t stride = (size_t)cairo_image_surface_get_stride(ink);
	uint8_t *rgb = t->rgb.data;

	for (size_t i = 0; a && i < t->T * t->T * 3; i++) {
		const size_t y = i / 3 / t->T, x = i / 3 % t->T;

		rgb[i] = (uint8_t)(rgb[i] * (255 - a[y * stride + x]) / 255);
	}
	cairo_destroy(cr);
	cairo_surface_destroy(ink);
	return a ? OK : fail(E_NOMEM, "no memory for the names");
}

static enum status
draw(struct template *t, struct arena *a, const char *path)
{
	const size_t n = t->T * t->T;

	TRY(layout_takes(t->layout, t->T));
	t->part = arena_calloc(a, n, 1);
	t->cell = arena_calloc(a, n, sizeof *t->cell);
	if (!t->part || !t->cell)
		return E_NOMEM;
	for (int p = 0; p < 25; p++)
		t->chart[p].left = t->T;
	layout_charts(t->layout, t->T, t->part);
	TRY(look_up(t, a));
	TRY(tensor_alloc(&t->rgb, a, DT_U1, TENSOR_DIMS(t->T, t->T, 3)));
	for (size_t i = 0; i < n; i++)
		colour(t, i % t->T, i / t->T);
	TRY(write_names(t));
	return image_write(path, &t->rgb);
}

enum status
template_write(const char *path, const char *layout, size_t T)
{
	struct template t = { .T = T };
	struct arena *a;

	TRY(arena_new(&a, (size_t)8 << 30));
	enum status st = layout_open(&t.layout, layout);

	if (st == OK) {
		st = draw(&t, a, path);
		layout_close(t.layout);
	}
	arena_free(a);
	return st;
}
