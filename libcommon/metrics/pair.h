/*
 * Two pictures made ready for measuring: cropped, masked and padded alike,
 * as planes of doubles in 0..1 whatever they were stored as. What a protocol
 * does to its pictures before the formula is here; the formulas are in
 * ssim.h and measure.h.
 */
#ifndef METRICS_PAIR_H
#define METRICS_PAIR_H

#include "tensor/tensor.h"

struct pair {
	size_t h, w, c;
	double *a, *b;		/* [c][h][w], 0..1: the truth, the generated */
	uint8_t *where;		/* [h][w], 0: not averaged; NULL: all are */
};

/*
 * What the numbers of f4 pictures stand for: -1..1, 0..1, or -1..1 unless
 * they look like 0..1, which is an error.
 */
enum pair_floats { FLOATS_CHECK, FLOATS_SIGNED, FLOATS_UNIT };
#define PAIR_FLOATS_NAMES "check|signed|unit"

struct pair_prep {
	enum pair_floats floats;
	int crop;		/* centre columns that are kept; 0: all */
	int pad_white;		/* white columns added left and right */
	bool bits8;		/* f4 is cut to 8 bits, as a saved file is */
	double blank;		/* 0..1, of both pictures where the mask is 0 */
};

/*
 * Which texels or pixels count: by their code, `FIELD` (all codes but 0) or
 * `FIELD=1,3`, or by their value, `FIELD<X` or `FIELD>X`.
 */
struct pair_where {
	char text[280];		/* as it was given */
	char field[256];
	bool code[256];
	char op;		/* '=', of codes, '<' or '>' */
	double limit;
};
MUST_CHECK enum status pair_where_parse(struct pair_where *w,
    const char *text);

/* Clears yes[0..n) where map t (repeated as often as it takes) has other. */
void pair_where_and(uint8_t *yes, size_t n, const struct pair_where *w,
    const struct tensor *t);

/* Views of a picture field: its leading axis, or 1 when it has none. */
size_t pair_views(const struct tensor *t);

/*
 * The dtype, rank and channels that can be measured: u1 0..255 or f4 -1..1,
 * (h,w,c) or (n,h,w,c), c 1 or 3, else E_SHAPE; E_VALUE for NaN, infinity,
 * and what is not in the range of `floats`; with FLOATS_CHECK also for some thousand
 * values none of which is below 0.
 * pair_agree: b may differ from a in dtype only.
 */
MUST_CHECK enum status pair_check(const struct tensor *t,
    enum pair_floats floats);
MUST_CHECK enum status pair_agree(const struct tensor *a,
    const struct tensor *b);

/*
 * Whether t, (h,w) or (n,h,w), can be a mask of the picture a; u1, or with
 * `values` f4. One without leading axis serves all views.
 */
MUST_CHECK enum status pair_check_mask(const struct tensor *t,
    const struct tensor *a, bool values);

/*
 * View `view` of a and b, which were checked as above, into p; memory comes
 * from the arena. mask and where (u1) may be NULL: both pictures are black
 * where mask is 0 (black is 0, or the middle of -1..1 when `grey`), and only
 * pixels where `where` is not 0 are averaged. Padding comes after the
 * mask and is not averaged when there is a where.
 * f4 outside -1..1 is clamped. E_SHAPE when there is too little to crop.
 */
MUST_CHECK enum status pair_make(struct pair *p, struct arena *arena,
    const struct tensor *a, const struct tensor *b, size_t view,
    const struct tensor *mask, const struct tensor *where,
    const struct pair_prep *prep);

#endif
