#include "fit/labelgrid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/nearest.h"

#define LOST 0.10f		/* metres: no label so near, no label at all */

void *
grid_cells(struct arena *a, const struct grid *g, size_t size)
{
	return arena_calloc(a, g->side * g->side, size);
}

static void
take_pixels(struct grid *g, const uint8_t *iuv, const uint8_t *matte, size_t h,
    size_t w)
{
	for (size_t i = 0; i < g->side * g->side; i++) {
		float x = ((float)(i % g->side) + 0.5f) * g->step;
		float y = ((float)(i / g->side) + 0.5f) * g->step;
		size_t px = g->x0 + (size_t)x, py = g->y0 + (size_t)y;

		if (px >= w || py >= h) {
			g->frame[i] = 1;
			continue;
		}
		memcpy(g->iuv + 3 * i, iuv + 3 * (py * w + px), 3);
		g->body[i] = g->iuv[3 * i] > 0;
		g->person[i] = matte[py * w + px] >= 128;
	}
}

float
grid_apart(const struct grid *g, uint32_t i, uint32_t j)
{
	const float *p = places_find(g->places, g->iuv + 3 * i);
	const float *q = places_find(g->places, g->iuv + 3 * j);
	float d2 = 0;

	for (int c = 0; c < 3; c++)
		d2 += (p[c] - q[c]) * (p[c] - q[c]);
	return sqrtf(d2);
}

static int
by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/*
 * Cells of a metre: by how far neighbours are apart on the body, of those
 * that look at the camera, which are the least far.
 */
static enum status
measure(struct grid *g, struct arena *a)
{
	size_t n = 0, mark = arena_mark(a);
	float *step = grid_cells(a, g, sizeof *step);

	if (!step)
		return E_NOMEM;
	for (uint32_t i = 4; i < g->side * g->side; i++)
		if (i % g->side >= 4 && g->body[i] && g->body[i - 4] &&
		    g->iuv[3 * i] == g->iuv[3 * (i - 4)])
			step[n++] = grid_apart(g, i, i - 4) / 4;
	qsort(step, n, sizeof *step, by_value);
	g->metre = n ? 1 / fmaxf(step[n * 3 / 10], 1e-4f) : 0;
	arena_pop(a, mark);
	return OK;
}

int
grid_around(uint32_t to[4], const struct grid *g, uint32_t i)
{
	uint32_t s = (uint32_t)g->side, x = i % s, y = i / s;
	int n = 0;

	if (x > 0)
		to[n++] = i - 1;
	if (x + 1 < s)
		to[n++] = i + 1;
	if (y > 0)
		to[n++] = i - s;
	if (y + 1 < s)
		to[n++] = i + s;
	return n;
}

/* ---- pixels ------------------------------------------------------------------- */

/* Displacement at a place of the grid: bilinear over cells of the person. */
static bool
move_at(float d[2], const struct grid *g, float x, float y)
{
	float sum = 0;

	d[0] = d[1] = 0;
	for (int k = 0; k < 4; k++) {
		float cx = floorf(x) + (float)(k % 2);
		float cy = floorf(y) + (float)(k / 2);
		float w = (1 - fabsf(x - cx)) * (1 - fabsf(y - cy)) + 1e-4f;

		if (cx < 0 || cy < 0 || cx >= (float)g->side ||
		    cy >= (float)g->side)
			continue;
		size_t i = (size_t)cy * g->side + (size_t)cx;

		if (!g->person[i])
			continue;
		sum += w;
		d[0] += w * g->move[i][0];
		d[1] += w * g->move[i][1];
	}
	if (sum == 0)
		return false;
	d[0] /= sum;
	d[1] /= sum;
	return true;
}

/*
 * The label at (x, y): between four of the same part that are near to each
 * other on it, else of the nearest pixel that has one.
 */
static void
label_at(uint8_t out[3], const uint8_t *iuv, const uint32_t *near, size_t h,
    size_t w, float x, float y, float lost)
{
	float fx = fminf(fmaxf(x, 0), (float)(w - 1));
	float fy = fminf(fmaxf(y, 0), (float)(h - 1));
	size_t ix = (size_t)fx, iy = (size_t)fy, e = ix + 1 < w;
	size_t s = iy + 1 < h ? w : 0, i = iy * w + ix;
	const uint8_t *q[4] = { iuv + 3 * i, iuv + 3 * (i + e),
		iuv + 3 * (i + s), iuv + 3 * (i + s + e) };
	uint32_t n = near[(size_t)(fy + 0.5f) * w + (size_t)(fx + 0.5f)];
	bool alike = q[0][0] > 0;

	memset(out, 0, 3);
	for (int k = 1; k < 4; k++)
		alike = alike && q[k][0] == q[0][0] && abs(q[k][1] - q[0][1]) <
		    16 && abs(q[k][2] - q[0][2]) < 16;
	if (alike) {
		fx -= (float)ix;
		fy -= (float)iy;
		out[0] = q[0][0];
		for (int c = 1; c < 3; c++)
			out[c] = (uint8_t)((1 - fy) * ((1 - fx) * q[0][c] +
			    fx * q[1][c]) + fy * ((1 - fx) * q[2][c] + fx *
			    q[3][c]) + 0.5f);
		return;
	}
	if (n == NEAREST_NONE || hypotf((float)(n % w) - x, (float)(n / w) - y) > lost)
		return;
	memcpy(out, iuv + 3 * n, 3);
}

enum status
grid_move_labels(uint8_t *iuv, const uint8_t *matte, size_t h, size_t w,
    const struct grid *g, struct arena *a)
{
	uint8_t *old = arena_calloc(a, h * w, 3);
	uint8_t *has = arena_calloc(a, h * w, 1);
	uint32_t *near = arena_calloc(a, h * w, sizeof *near);

	if (!old || !has || !near)
		return E_NOMEM;
	memcpy(old, iuv, h * w * 3);
	for (size_t i = 0; i < h * w; i++)
		has[i] = iuv[3 * i] > 0;
	TRY(nearest_set(near, has, h, w, a));
	memset(iuv, 0, h * w * 3);
	for (size_t i = 0; i < h * w; i++) {
		float x = (float)(i % w), y = (float)(i / w), d[2];

		if (matte[i] < 128)
			continue;
		if (!move_at(d, g, (x - (float)g->x0 + 0.5f) / g->step - 0.5f,
		    (y - (float)g->y0 + 0.5f) / g->step - 0.5f))
			continue;
		label_at(iuv + 3 * i, old, near, h, w, x + g->step * d[0],
		    y + g->step * d[1], LOST * g->metre * g->step + g->step);
	}
	return OK;
}

/* The square around labels and person; false where they hardly meet. */
static bool
find_square(struct grid *g, const uint8_t *iuv, const uint8_t *matte, size_t h,
    size_t w)
{
	size_t lo[2] = { w, h }, hi[2] = { 0, 0 }, both = 0, n = 0, m = 0;

	for (size_t i = 0; i < h * w; i++) {
		bool body = iuv[3 * i] > 0, person = matte[i] >= 128;
		const size_t at[2] = { i % w, i / w };

		both += body && person;
		n += body;
		m += person;
		for (int c = 0; c < 2 && (body || person); c++) {
			lo[c] = at[c] < lo[c] ? at[c] : lo[c];
			hi[c] = at[c] + 1 > hi[c] ? at[c] + 1 : hi[c];
		}
	}
	if (both * 3 < n || both * 10 < m || both < 16)
		return false;
	size_t long_side = hi[0] - lo[0] > hi[1] - lo[1] ? hi[0] - lo[0] :
	    hi[1] - lo[1];

	g->step = fmaxf(1, (float)(long_side + 4) / GRID_MOST);
	g->side = (size_t)ceilf((float)(long_side + 4) / g->step);
	g->x0 = lo[0] > 2 ? lo[0] - 2 : 0;
	g->y0 = lo[1] > 2 ? lo[1] - 2 : 0;
	return true;
}

enum status
grid_make(struct grid *g, bool *alike, const uint8_t *iuv, const uint8_t *matte,
    size_t h, size_t w, struct arena *a)
{
	*alike = find_square(g, iuv, matte, h, w);
	if (!*alike)
		return OK;
	g->iuv = grid_cells(a, g, 3);
	g->body = grid_cells(a, g, 1);
	g->person = grid_cells(a, g, 1);
	g->frame = grid_cells(a, g, 1);
	g->move = grid_cells(a, g, sizeof *g->move);
	if (!g->iuv || !g->body || !g->person || !g->frame || !g->move)
		return E_NOMEM;
	take_pixels(g, iuv, matte, h, w);
	return measure(g, a);
}
