#include "photo/plainground.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NEAR 24		/* of one channel: noise, and light that falls off */
#define STEADY 8	/* from row to row: a wall, a landscape leap */
#define PLAIN 0.9	/* share of the edges that has to have the colour */

static const uint8_t *
pixel(const struct plainground *g, const struct tensor *photo, size_t x, size_t y)
{
	return (const uint8_t *)photo->data + 3 * (y * g->step * photo->dim[1] +
	    x * g->step);
}

/* The cells of the upper edge, then those of both sides from above. */
static void
edge_cell(const struct plainground *g, size_t i, size_t *x, size_t *y)
{
	*x = i < g->w ? i : (i - g->w) % 2 * (g->w - 1);
	*y = i < g->w ? 0 : (i - g->w) / 2;
}

static bool
within(const uint8_t *p, const uint8_t *q, int most)
{
	return abs(p[0] - q[0]) <= most && abs(p[1] - q[1]) <= most &&
	    abs(p[2] - q[2]) <= most;
}

static bool
near(const uint8_t *p, const uint8_t *colour)
{
	return within(p, colour, NEAR);
}

/* The colour of the ground in a row. */
struct hue {
	uint8_t c[3];
};

/* The median of each channel; false: the edges have not one colour. */
static bool
edge_colour(uint8_t colour[3], const struct plainground *g,
    const struct tensor *photo)
{
	const size_t n = g->w + (g->h + 1) / 2 * 2;	/* below, a floor begins */
	size_t count[3][256] = { { 0 } }, like = 0, x, y;

	for (size_t i = 0; i < n; i++) {
		edge_cell(g, i, &x, &y);
		for (int c = 0; c < 3; c++)
			count[c][pixel(g, photo, x, y)[c]]++;
	}
	for (int c = 0; c < 3; c++) {
		size_t sum = 0;
		int v = 0;

		while (2 * (sum += count[c][v]) < n)
			v++;
		colour[c] = (uint8_t)v;
	}
	for (size_t i = 0; i < n; i++) {
		edge_cell(g, i, &x, &y);
		like += near(pixel(g, photo, x, y), colour);
	}
	return (double)like >= PLAIN * (double)n;
}

/*
 * A ground that grows darker or lighter from the top to the bottom: both sides
 * have one colour in each row, and hardly another in the next; the upper edge has
 * that of the first row. The mean of both sides; false: it is no such ground.
 */
static bool
row_colours(struct hue *row, const struct plainground *g,
    const struct tensor *photo)
{
	size_t even = 0, like = 0;

	for (size_t y = 0; y < g->h; y++) {
		const uint8_t *l = pixel(g, photo, 0, y);
		const uint8_t *r = pixel(g, photo, g->w - 1, y);

		for (int c = 0; c < 3; c++)
			row[y].c[c] = (uint8_t)((l[c] + r[c]) / 2);
		even += near(l, r) && (y == 0 || within(row[y].c, row[y - 1].c, STEADY));
	}
	for (size_t x = 0; x < g->w; x++)
		like += near(pixel(g, photo, x, 0), row[0].c);
	return (double)even >= PLAIN * (double)g->h &&
	    (double)like >= PLAIN * (double)g->w;
}

static bool
is_ground(const struct plainground *g, const struct tensor *photo,
    const struct hue *row, size_t x, size_t y)
{
	return near(pixel(g, photo, x, y), row[y].c);
}

/* Spreads from the edges; todo: room for all cells. */
static void
spread(struct plainground *g, uint32_t *todo, const struct tensor *photo,
    const struct hue *row)
{
	size_t n = 0, x, y;

	for (size_t i = 0; i < 2 * g->h + g->w; i++) {
		edge_cell(g, i, &x, &y);
		if (g->bare[y * g->w + x] || !is_ground(g, photo, row, x, y))
			continue;
		g->bare[y * g->w + x] = 1;
		todo[n++] = (uint32_t)(y * g->w + x);
	}
	while (n > 0) {
		const size_t at = todo[--n];
		const size_t next[4] = { at - 1, at + 1, at - g->w, at + g->w };
		const bool is[4] = { at % g->w > 0, at % g->w + 1 < g->w,
			at >= g->w, at / g->w + 1 < g->h };

		for (int k = 0; k < 4; k++) {
			if (!is[k] || g->bare[next[k]] || !is_ground(g, photo, row,
			    next[k] % g->w, next[k] / g->w))
				continue;
			g->bare[next[k]] = 1;
			todo[n++] = (uint32_t)next[k];
		}
	}
}

enum status
plainground_find(struct plainground *g, struct arena *a, const struct tensor *photo)
{
	const size_t longer = photo->dim[0] > photo->dim[1] ? photo->dim[0] :
	    photo->dim[1];
	const size_t step = (longer + PLAINGROUND_SIDE - 1) / PLAINGROUND_SIDE;
	struct hue all, *row;

	*g = (struct plainground){ .step = step, .h = (photo->dim[0] + step - 1) / step,
	    .w = (photo->dim[1] + step - 1) / step };
	row = arena_alloc(a, g->h * sizeof *row);
	if (!row)
		return E_NOMEM;
	if (!row_colours(row, g, photo)) {
		if (!edge_colour(all.c, g, photo))
			return OK;
		for (size_t y = 0; y < g->h; y++)
			row[y] = all;
	}
	g->bare = arena_calloc(a, g->h, g->w);
	uint32_t *todo = arena_alloc(a, g->h * g->w * sizeof *todo);

	if (!g->bare || !todo)
		return E_NOMEM;
	spread(g, todo, photo, row);
	return OK;
}
