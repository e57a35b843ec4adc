#include "photo/iuvedge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GRID 96		/* cells of the longer side */
#define FARTHEST 14	/* cells */
#define STEP 2		/* likewise */
#define NEAREST 4	/* right labels are up to 2 off, hair and skirts are not in them */
#define MOST 150	/* a change of colour counts at most: black and white do not decide */
#define LEAST_MORE 8	/* of 255 * 3: on a photo without light all is chance */
#define LEAST_LINE 60	/* cells of outline */
#define LEAST_SHARE 0.95	/* of it that is still on the photo */

/* The photo in cells, and which are the body's. */
struct cells {
	int h, w;
	uint8_t across[GRID][GRID], down[GRID][GRID];	/* changes to the next cell */
	bool body[GRID][GRID];
};

struct place {
	int dx, dy, turn;
};

/* Of cell i of n, the pixels from *a to *b of `side`. */
static void
span(size_t *a, size_t *b, int i, int n, size_t side)
{
	*a = (size_t)i * side / (size_t)n;
	*b = ((size_t)i + 1) * side / (size_t)n;
	*b = *b > *a ? *b : *a + 1;
}

static void
fill_cell(float mean[3], bool *body, const struct cells *c, int i, int k,
    const struct tensor *photo, const uint8_t *iuv)
{
	const size_t w = photo->dim[1];
	size_t y0, y1, x0, x1, sum[3] = { 0 }, n = 0;

	span(&y0, &y1, i, c->h, photo->dim[0]);
	span(&x0, &x1, k, c->w, w);
	for (size_t y = y0; y < y1; y++)
		for (size_t x = x0; x < x1; x++) {
			const uint8_t *p = (const uint8_t *)photo->data +
			    3 * (y * w + x);

			n += iuv[3 * (y * w + x)] != 0;
			for (int q = 0; q < 3; q++)
				sum[q] += p[q];
		}
	const size_t all = (y1 - y0) * (x1 - x0);

	*body = 2 * n > all;
	for (int q = 0; q < 3; q++)
		mean[q] = (float)sum[q] / (float)all;
}

static uint8_t
change(const float a[3], const float b[3])
{
	return (uint8_t)fminf(fabsf(a[0] - b[0]) + fabsf(a[1] - b[1]) +
	    fabsf(a[2] - b[2]), MOST);
}

static void
fill(struct cells *c, float (*mean)[GRID][3], const struct tensor *photo,
    const uint8_t *iuv)
{
	const size_t h = photo->dim[0], w = photo->dim[1];
	const size_t side = h > w ? h : w, most = side < GRID ? side : GRID;

	memset(c, 0, sizeof *c);
	c->h = (int)(h * most / side > 0 ? h * most / side : 1);
	c->w = (int)(w * most / side > 0 ? w * most / side : 1);
	for (int i = 0; i < c->h; i++)
		for (int k = 0; k < c->w; k++)
			fill_cell(mean[i][k], &c->body[i][k], c, i, k, photo, iuv);
	for (int i = 0; i < c->h; i++)
		for (int k = 0; k < c->w; k++) {
			c->across[i][k] = k + 1 < c->w ?
			    change(mean[i][k], mean[i][k + 1]) : 0;
			c->down[i][k] = i + 1 < c->h ?
			    change(mean[i][k], mean[i + 1][k]) : 0;
		}
}

/* Whether the body is at (y,x) once it is turned. */
static bool
is_body(const struct cells *c, int y, int x, int turn)
{
	const int e = c->h - 1;
	const int by = turn == 0 ? y : turn == 1 ? e - x : turn == 2 ? e - y : x;
	const int bx = turn == 0 ? x : turn == 1 ? y : turn == 2 ? e - x : e - y;

	return c->body[by][bx];
}

/* The outline: steps from a cell to the next one across or down. */
struct line {
	int n;
	struct { int16_t y, x; bool down; } at[2 * GRID * GRID];
};

static void
draw_line(struct line *l, const struct cells *c, int turn)
{
	l->n = 0;
	for (int i = 0; i < c->h; i++)
		for (int k = 0; k < c->w; k++) {
			const bool here = is_body(c, i, k, turn);

			for (int down = 0; down < 2; down++)
				if (i + down < c->h && k + 1 - down < c->w && here !=
				    is_body(c, i + down, k + 1 - down, turn)) {
					l->at[l->n].y = (int16_t)i;
					l->at[l->n].x = (int16_t)k;
					l->at[l->n++].down = down;
				}
		}
}

/* The mean change along it once it is moved; -1: there is too little of it. */
static double
along(const struct cells *c, const struct line *l, int dx, int dy)
{
	int n = 0, sum = 0;

	for (int i = 0; i < l->n; i++) {
		const int y = l->at[i].y + dy, x = l->at[i].x + dx;

		if (y < 0 || x < 0 || y >= c->h || x >= c->w)
			continue;
		n++;
		sum += l->at[i].down ? c->down[y][x] : c->across[y][x];
	}
	return n < LEAST_LINE || n < LEAST_SHARE * l->n ? -1 : (double)sum / n;
}

/* What was found so far, and the line that is tried. */
struct search {
	const struct cells *c;
	struct line line;
	double most;
	struct place best;
};

static void
try(struct search *s, int turn, int farthest)
{
	draw_line(&s->line, s->c, turn);
	for (int dy = -farthest; dy <= farthest; dy += STEP)
		for (int dx = -farthest; dx <= farthest; dx += STEP) {
			double v = along(s->c, &s->line, dx, dy);

			if (v > s->most) {
				s->most = v;
				s->best = (struct place){ dx, dy, turn };
			}
		}
}

static void
search(struct iuvedge *e, struct search *s, double cell)
{
	const struct place *p = &s->best;

	draw_line(&s->line, s->c, 0);
	const double now = along(s->c, &s->line, 0, 0);

	if (now < 0)
		return;
	s->most = now + LEAST_MORE;
	try(s, 0, FARTHEST);
	for (int turn = 1; turn < 4 && s->c->h == s->c->w; turn++)
		try(s, turn, 0);
	if (!p->turn && abs(p->dx) < NEAREST && abs(p->dy) < NEAREST)
		return;
	*e = (struct iuvedge){ lrint(cell * p->dx), lrint(cell * p->dy), p->turn,
	    s->most / fmax(now, 1) };
}

enum status
iuvedge_find(struct iuvedge *e, struct arena *a, const struct tensor *photo,
    const struct tensor *iuv)
{
	const size_t mark = arena_mark(a);
	const size_t h = photo->dim[0], w = photo->dim[1];
	struct cells *c = arena_calloc(a, 1, sizeof *c);
	float (*mean)[GRID][3] = arena_calloc(a, GRID, sizeof *mean);
	struct search *s = arena_calloc(a, 1, sizeof *s);

	*e = (struct iuvedge){ .gain = 1 };
	if (!c || !mean || !s)
		return E_NOMEM;
	fill(c, mean, photo, iuv->data);
	s->c = c;
	search(e, s, (double)(h > w ? h : w) / (c->h > c->w ? c->h : c->w));
	arena_pop(a, mark);
	return OK;
}
