#include "show/sheet.h"

#include <string.h>

#include "photo/photo.h"

#define GAP 4		/* between cells */
#define WHITE 255

size_t
sheet_x(const struct sheet *s, size_t column)
{
	return (s->side < 128 ? 96 : 128) + column * (s->side + GAP);
}

size_t
sheet_y(const struct sheet *s, size_t row)
{
	return SHEET_TEXT + GAP + row * (s->side + GAP);
}

enum status
sheet_open(struct sheet *s, size_t side)
{
	*s = (struct sheet){ .side = side };
	TRY(arena_new(&s->arena, (size_t)8 << 30));
	s->row = arena_calloc(s->arena, SHEET_MAX_ROWS, sizeof *s->row);
	if (s->row)
		return OK;
	sheet_close(s);
	return E_NOMEM;
}

void
sheet_close(struct sheet *s)
{
	arena_free(s->arena);
	*s = (struct sheet){ 0 };
}

/* The column of that name; a new one at the right when there is none yet. */
static enum status
find_column(struct sheet *s, const char *name, size_t *k)
{
	for (*k = 0; *k < s->columns; ++*k)
		if (!strcmp(s->column[*k], name))
			return OK;
	if (*k == SHEET_MAX_COLUMNS || sheet_x(s, *k + 1) > SHEET_MAX_SIDE)
		return fail(E_LIMIT, "more than %zu columns on a sheet", *k);
	s->column[*k] = arena_strdup(s->arena, name);
	if (!s->column[*k])
		return E_NOMEM;
	s->columns++;
	return OK;
}

static enum status
need_row(struct sheet *s, size_t row, const char *label)
{
	while (s->rows <= row) {
		if (sheet_y(s, s->rows + 1) > SHEET_MAX_SIDE)
			return fail(E_LIMIT, "more than %zu rows on a sheet",
			    s->rows);
		s->row[s->rows].label = arena_strdup(s->arena, label);
		if (!s->row[s->rows].label)
			return E_NOMEM;
		s->rows++;
	}
	return OK;
}

enum status
sheet_put(struct sheet *s, size_t row, const char *label, const char *column,
    const struct tensor *rgb)
{
	size_t h = rgb->dim[0], w = rgb->dim[1], k;
	struct photo_rect r = photo_frame(PHOTO_PAD, w, h, NULL, 0);
	struct tensor cell;

	TRY(find_column(s, column, &k));
	TRY(need_row(s, row, label));
	if (w == h && w < s->side)
		TRY(photo_pick(&cell, s->arena, rgb, &r, s->side));
	else
		TRY(photo_resize(&cell, s->arena, rgb, &r, s->side));
	s->row[row].cell[k] = cell.data;
	return OK;
}

enum status
sheet_draw(struct tensor *out, const struct sheet *s)
{
	size_t w = sheet_x(s, s->columns), h = sheet_y(s, s->rows);
	size_t line = s->side * 3;

	if (s->rows == 0)
		return fail(E_VALUE, "no field that can be shown as a picture");
	TRY(tensor_alloc(out, s->arena, DT_U1, TENSOR_DIMS(h, w, 3)));
	uint8_t *px = out->data;

	memset(px, WHITE, tensor_bytes(out));
	for (size_t i = 0; i < s->rows; i++)
		for (size_t k = 0; k < s->columns; k++)
			for (size_t y = 0; s->row[i].cell[k] && y < s->side; y++)
				memcpy(px + ((sheet_y(s, i) + y) * w +
				    sheet_x(s, k)) * 3,
				    s->row[i].cell[k] + y * line, line);
	return OK;
}
