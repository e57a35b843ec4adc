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
#define LEAST_BODY 0.85	/* that is still on the photo */

/* The photo in cells, and which are the body's. */
struct cells {
	int h, w;
	uint8_t across[GRID][GRID], down[GRID][GRID];	/* changes to the next cell */
	bool body[GRID][GRID];
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

/* Whether the body is at (i,k) once it is turned and moved. */
static bool
is_body(const struct cells *c, int i, int k, int dx, int dy, int turn)
{
	const int y = i - dy, x = k - dx, e = c->h - 1;
	const int by = turn == 0 ? y : turn == 1 ? e - x : turn == 2 ? e - y : x;
	const int bx = turn == 0 ? x : turn == 1 ? y : turn == 2 ? e - x : e - y;

	return by >= 0 && bx >= 0 && by < c->h && bx < c->w && c->body[by][bx];
}

/* The mean change along the outline; -1: there is too little of it. */
static double
along(const struct cells *c, size_t body, int dx, int dy, int turn)
{
	size_t n = 0, sum = 0, on = 0;

	for (int i = 0; i < c->h; i++) {
		bool here = is_body(c, i, 0, dx, dy, turn);

		for (int k = 0; k < c->w; k++) {
			const bool right = k + 1 < c->w &&
			    is_body(c, i, k + 1, dx, dy, turn);
			const bool below = i + 1 < c->h &&
			    is_body(c, i + 1, k, dx, dy, turn);

			on += here;
			if (k + 1 < c->w && here != right) {
				n++;
				sum += c->across[i][k];
			}
			if (i + 1 < c->h && here != below) {
				n++;
				sum += c->down[i][k];
			}
			here = right;
		}
	}
	return n < LEAST_LINE || (double)on < LEAST_BODY * (double)body ? -1 :
	    (double)sum / (double)n;
}

static void
search(struct iuvedge *e, const struct cells *c, double cell)
{
	size_t body = 0;
	double now, most;

	for (int i = 0; i < c->h; i++)
		for (int k = 0; k < c->w; k++)
			body += c->body[i][k];
	now = along(c, body, 0, 0, 0);
	if (now < 0)
		return;
	now = fmax(now, 1);
	most = now + LEAST_MORE;
	for (int dy = -FARTHEST; dy <= FARTHEST; dy += STEP)
		for (int dx = -FARTHEST; dx <= FARTHEST; dx += STEP) {
			double v = along(c, body, dx, dy, 0);

			if (v <= most)
				continue;
			most = v;
			*e = (struct iuvedge){ lrint(cell * dx), lrint(cell * dy), 0,
			    v / now };
			if (abs(dx) < NEAREST && abs(dy) < NEAREST)
				e->gain = 1;
		}
	for (int turn = 1; turn < 4 && c->h == c->w; turn++) {
		double v = along(c, body, 0, 0, turn);

		if (v > most) {
			most = v;
			*e = (struct iuvedge){ 0, 0, turn, v / now };
		}
	}
}

enum status
iuvedge_find(struct iuvedge *e, struct arena *a, const struct tensor *photo,
    const struct tensor *iuv)
{
	const size_t mark = arena_mark(a);
	const size_t h = photo->dim[0], w = photo->dim[1];
	struct cells *c = arena_calloc(a, 1, sizeof *c);
	float (*mean)[GRID][3] = arena_calloc(a, GRID, sizeof *mean);

	*e = (struct iuvedge){ .gain = 1 };
	if (!c || !mean)
		return E_NOMEM;
	fill(c, mean, photo, iuv->data);
	search(e, c, (double)(h > w ? h : w) / (c->h > c->w ? c->h : c->w));
	arena_pop(a, mark);
	return OK;
}
