/*
 * A contact sheet: pictures in square cells, a column for each name and a row
 * for each view of a sample, with room for labels that the caller draws.
 */
#ifndef SHOW_SHEET_H
#define SHOW_SHEET_H

#include "tensor/tensor.h"

#define SHEET_MAX_COLUMNS 64
#define SHEET_MAX_SIDE 32767	/* pixels; what most viewers open */
#define SHEET_MIN_CELL 16
#define SHEET_MAX_ROWS (SHEET_MAX_SIDE / SHEET_MIN_CELL)
#define SHEET_TEXT 15		/* height of a line of text */

struct sheet_row {
	const char *label;
	const uint8_t *cell[SHEET_MAX_COLUMNS];	/* u1 (side,side,3), or NULL */
};

struct sheet {
	struct arena *arena;	/* owned: cells, labels, the sheet itself */
	size_t side;		/* of a cell */
	const char *column[SHEET_MAX_COLUMNS];
	struct sheet_row *row;
	size_t columns, rows;
};

MUST_CHECK enum status sheet_open(struct sheet *s, size_t side);
void sheet_close(struct sheet *s);	/* one that is all zero is allowed */

/*
 * Puts rgb, u1 (h,w,3), into row `row` of the column of that name; missing
 * rows are added with the label. Pictures larger than a cell are smoothed,
 * smaller square ones keep sharp pixels. E_LIMIT when the sheet is full.
 */
MUST_CHECK enum status sheet_put(struct sheet *s, size_t row,
    const char *label, const char *column, const struct tensor *rgb);

/*
 * The sheet as u1 (h,w,3), black text still to come: column k's at
 * (sheet_x(s, k), 0), side pixels wide; row i's at (0, sheet_y(i)),
 * sheet_x(s, 0) wide. E_VALUE when nothing was put.
 */
MUST_CHECK enum status sheet_draw(struct tensor *out, const struct sheet *s);
size_t sheet_x(const struct sheet *s, size_t column);
size_t sheet_y(const struct sheet *s, size_t row);

#endif
