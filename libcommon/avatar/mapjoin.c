#include "avatar/mapjoin.h"

#include <math.h>
#include <string.h>

#include "avatar/worn.h"

/* Pictures, each once, and where the picture of each part is. */
struct places {
	size_t n, cols, side;
	size_t of[AVATAR_PARTS];		/* part -> picture */
	const struct tensor *map[AVATAR_PARTS];
};

static void
set_places(struct places *p, const struct avatar *v, size_t side)
{
	*p = (struct places){ .side = side, .cols = 1 };
	for (size_t k = 0; k < v->n_part; k++) {
		size_t i = 0;

		while (i < p->n && p->map[i]->data != v->part[k].map.data)
			i++;
		p->of[k] = i;
		p->map[i] = &v->part[k].map;
		p->n = i == p->n ? i + 1 : p->n;
	}
	while (p->cols * p->cols < p->n)
		p->cols++;
}

/*
 * Rows and columns of a picture as weights of a pixel on the map: its square,
 * or, where the picture is coarser, the two nearest.
 */
struct span {
	size_t first, n;
	float start, width;	/* of the square, in pixels of the picture */
};

static void
set_span(struct span *s, size_t i, size_t side, size_t full)
{
	float f = (float)full / (float)side;
	float mid = ((float)i + 0.5f) * f, half = fmaxf(f, 1) / 2;
	float lo = fmaxf(mid - half, 0), hi = fminf(mid + half, (float)full);

	s->first = (size_t)lo;
	s->n = (size_t)ceilf(hi) - s->first;
	s->start = lo;
	s->width = hi - lo;
}

static float
span_weight(const struct span *s, size_t k)
{
	float a = fmaxf((float)(s->first + k), s->start);
	float b = fminf((float)(s->first + k + 1), s->start + s->width);

	return fmaxf(b - a, 0);
}

/* One pixel: the mean over its square, colours by their alpha. */
static void
shrink_pixel(uint8_t q[4], const struct tensor *map, const struct span *x,
    const struct span *y)
{
	const uint8_t *p = map->data;
	float sum[3] = { 0 }, any[3] = { 0 }, alpha = 0, all = 0;

	for (size_t j = 0; j < y->n; j++)
		for (size_t i = 0; i < x->n; i++) {
			const uint8_t *s = p + 4 * ((y->first + j) *
			    map->dim[1] + x->first + i);
			float w = span_weight(x, i) * span_weight(y, j);

			for (int c = 0; c < 3; c++) {
				sum[c] += w * s[3] * s[c];
				any[c] += w * s[c];
			}
			alpha += w * s[3];
			all += w;
		}
	for (int c = 0; c < 3; c++)
		q[c] = (uint8_t)lrintf(alpha > 0 ? sum[c] / alpha :
		    any[c] / all);
	q[3] = (uint8_t)lrintf(alpha / all);
}

static void
put_picture(const struct mapjoin *m, const struct places *p, size_t i)
{
	const struct tensor *map = p->map[i];
	size_t x0 = i % p->cols * p->side, y0 = i / p->cols * p->side;

	for (size_t y = 0; y < p->side; y++) {
		struct span sy;

		set_span(&sy, y, p->side, map->dim[0]);
		for (size_t x = 0; x < p->side; x++) {
			struct span sx;

			set_span(&sx, x, p->side, map->dim[1]);
			shrink_pixel(m->image + 4 * ((y0 + y) * m->w + x0 +
			    x), map, &sx, &sy);
		}
	}
}

/* A face's corners on the map; a picture that is repeated begins again. */
static void
put_corners(float to[3][2], const float from[3][2], const struct mapjoin *m,
    const struct places *p, size_t i)
{
	const size_t cell[2] = { i % p->cols, i / p->cols };
	const float size[2] = { (float)m->w, (float)m->h };

	for (int c = 0; c < 2; c++) {
		float turns = floorf((from[0][c] + from[1][c] + from[2][c]) /
		    3);

		for (int k = 0; k < 3; k++) {
			float x = (from[k][c] - turns) * (float)p->side;

			/* Half a pixel from the rim, where the next begins. */
			x = fminf(fmaxf(x, 0.5f), (float)p->side - 0.5f);
			to[k][c] = ((float)(cell[c] * p->side) + x) / size[c];
		}
	}
}

/* Twice the area of a, b, c. */
static float
area(const float a[2], const float b[2], const float c[2])
{
	return (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
}

/* Pixels that the face touches with their middle, or nearly, are `kind`. */
static void
paint_kind(const struct mapjoin *m, const float uv[3][2], uint8_t kind)
{
	float p[3][2], lo[2] = { INFINITY, INFINITY }, hi[2] = { 0 };

	for (int k = 0; k < 3; k++)
		for (int c = 0; c < 2; c++) {
			p[k][c] = uv[k][c] * (float)(c ? m->h : m->w) - 0.5f;
			lo[c] = fmaxf(fminf(lo[c], p[k][c]), 0);
			hi[c] = fmaxf(hi[c], p[k][c]);
		}
	float all = area(p[0], p[1], p[2]);
	size_t w = (size_t)fminf(hi[0], (float)m->w - 1);
	size_t h = (size_t)fminf(hi[1], (float)m->h - 1);

	if (all == 0)
		return;
	for (size_t y = (size_t)lo[1]; y <= h; y++)
		for (size_t x = (size_t)lo[0]; x <= w; x++) {
			const float q[2] = { (float)x, (float)y };

			if (area(p[0], p[1], q) / all >= -1e-3f &&
			    area(p[1], p[2], q) / all >= -1e-3f &&
			    area(p[2], p[0], q) / all >= -1e-3f)
				m->kind[y * m->w + x] = kind;
		}
}

/* What each pixel of a part is that has several kinds. */
static void
put_kinds(const struct mapjoin *m, const struct places *p, size_t i,
    const struct tensor *kinds, uint8_t cut)
{
	size_t x0 = i % p->cols * p->side, y0 = i / p->cols * p->side;
	size_t h = kinds->dim[0], w = kinds->dim[1];
	const uint8_t *from = kinds->data;

	for (size_t y = 0; y < p->side; y++)
		for (size_t x = 0; x < p->side; x++) {
			uint8_t k = from[(2 * y + 1) * h / (2 * p->side) * w +
			    (2 * x + 1) * w / (2 * p->side)];

			if (k != AVATAR_NONE)
				m->kind[(y0 + y) * m->w + x0 + x] = k | cut;
		}
}

/* Texels beside those of a face are read as well: they are what it is. */
static void
grow_kinds(uint8_t *kind, uint8_t *scratch, size_t h, size_t w)
{
	for (int ring = 0; ring < 3; ring++) {
		memcpy(scratch, kind, h * w);
		for (size_t y = 0; y < h; y++)
			for (size_t x = 0; x < w; x++) {
				size_t i = y * w + x;
				uint8_t k = scratch[i];

				if (!k && x > 0)
					k = scratch[i - 1];
				if (!k && x + 1 < w)
					k = scratch[i + 1];
				if (!k && y > 0)
					k = scratch[i - w];
				if (!k && y + 1 < h)
					k = scratch[i + w];
				kind[i] = k;
			}
	}
}

enum status
mapjoin_make(struct mapjoin *m, struct arena *a, const struct avatar *v,
    size_t side)
{
	struct places p;

	set_places(&p, v, side);
	m->w = p.cols * side;
	m->h = (p.n + p.cols - 1) / p.cols * side;
	m->image = arena_calloc(a, m->h * m->w, 4);
	m->kind = arena_calloc(a, m->h * m->w, 1);
	m->uv = arena_calloc(a, v->n_face, sizeof *m->uv);

	size_t mark = arena_mark(a);
	uint8_t *scratch = arena_calloc(a, m->h * m->w, 1);

	if (!m->image || !m->kind || !m->uv || !scratch)
		return E_NOMEM;
	for (size_t i = 0; i < p.n; i++)
		put_picture(m, &p, i);
	for (size_t k = 0; k < v->n_part; k++) {
		const struct avatar_part *part = &v->part[k];
		uint8_t cut = part->cut ? AVATAR_CUT : 0;
		uint8_t kind = (uint8_t)(part->kind | cut);

		if (part->kind == AVATAR_NONE && part->kinds.data)
			put_kinds(m, &p, p.of[k], &part->kinds, cut);
		for (size_t i = part->first; i < part->first + part->n; i++) {
			put_corners(m->uv[i], v->uv[i], m, &p, p.of[k]);
			if (part->kind != AVATAR_NONE)
				paint_kind(m, (const float (*)[2])m->uv[i],
				    kind);
		}
	}
	grow_kinds(m->kind, scratch, m->h, m->w);
	arena_pop(a, mark);
	return OK;
}
