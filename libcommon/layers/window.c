#include "layers/window.h"

#include <string.h>

#include "layers/bands.h"
#include "math/team.h"
#include "math/vec.h"

#define BAND ((size_t)256 << 10)	/* bytes of input at a time, about */
#define BANDS 8				/* wanted at least, if there are rows */

/* ---- geometry ---- */

static void
same(size_t *out, size_t *before, size_t n, size_t k, size_t stride)
{
	*out = (n + stride - 1) / stride;
	size_t reach = (*out - 1) * stride + k;

	*before = reach > n ? (reach - n) / 2 : 0;
}

void
nn_window_same(struct nn_window *s)
{
	same(&s->ho, &s->top, s->h, s->kh, s->sh);
	same(&s->wo, &s->left, s->w, s->kw, s->sw);
}

bool
nn_window_valid(struct nn_window *s)
{
	if (s->kh > s->h || s->kw > s->w)
		return false;
	s->ho = (s->h - s->kh) / s->sh + 1;
	s->wo = (s->w - s->kw) / s->sw + 1;
	s->top = s->left = 0;
	return true;
}

/* ---- bands ---- */

static size_t
high(size_t rows, const struct nn_window *s)
{
	return (rows - 1) * s->sh + s->kh;
}

struct bands
bands_of(const struct nn_window *s)
{
	struct bands b = { .line = ((s->wo - 1) * s->sw + s->kw) * s->c,
		.rows = 1 };
	size_t most = (s->ho + BANDS - 1) / BANDS;

	while (b.rows < most &&
	    high(b.rows + 1, s) * b.line * sizeof (float) <= BAND)
		b.rows++;
	b.count = (s->ho + b.rows - 1) / b.rows;
	/* A vector may be read from the last float on. */
	b.room = (high(b.rows, s) * b.line + VEC + 15) / 16 * 16;
	return b;
}

void
bands_copy(float *dst, const float *x, size_t y0, size_t y1,
    const struct nn_window *s, const struct bands *b)
{
	size_t cols = b->line / s->c, n = high(y1 - y0, s);
	size_t end = cols < s->left + s->w ? cols : s->left + s->w;
	size_t first = s->left < cols ? s->left : cols;

	for (size_t i = 0; i < n; i++, dst += b->line) {
		size_t y = y0 * s->sh + i;	/* with the zeros on top */

		if (y < s->top || y >= s->top + s->h) {
			memset(dst, 0, b->line * sizeof *dst);
			continue;
		}
		memset(dst, 0, first * s->c * sizeof *dst);
		if (end > first)
			memcpy(dst + first * s->c,
			    x + (y - s->top) * s->w * s->c,
			    (end - first) * s->c * sizeof *dst);
		if (cols > end)
			memset(dst + end * s->c, 0,
			    (cols - end) * s->c * sizeof *dst);
	}
	memset(dst, 0, VEC * sizeof *dst);
}

/* ---- without weights ---- */

struct job {
	float *out;
	const float *x;
	struct nn_clip clip;
	const struct nn_window *s;
};

static void
clip_range(void *arg, size_t i, size_t j)
{
	const struct job *g = arg;

	for (; i < j; i++) {
		float v = g->x[i];

		v = v < g->clip.lo ? g->clip.lo : v;
		g->out[i] = v > g->clip.hi ? g->clip.hi : v;
	}
}

void
nn_clip_fwd(float *out, const float *x, struct nn_clip clip, size_t len)
{
	struct job g = { .out = out, .x = x, .clip = clip };

	team_range(len, team_grain(1), clip_range, &g);
}

/* Lines [*first, *end) of the map that window i sees. */
static void
cut(size_t *first, size_t *end, size_t i, size_t stride, size_t k,
    size_t before, size_t n)
{
	size_t at = i * stride;

	*first = at > before ? at - before : 0;
	*end = at + k < before + n ? at + k - before : n;
}

static void
max_pixel(float *out, const struct job *g, size_t y, size_t x)
{
	const struct nn_window *s = g->s;
	size_t i0, i1, j0, j1;

	cut(&i0, &i1, y, s->sh, s->kh, s->top, s->h);
	cut(&j0, &j1, x, s->sw, s->kw, s->left, s->w);
	memcpy(out, g->x + (i0 * s->w + j0) * s->c, s->c * sizeof *out);
	for (size_t i = i0; i < i1; i++)
		for (size_t j = j0; j < j1; j++) {
			const float *v = g->x + (i * s->w + j) * s->c;

			for (size_t c = 0; c < s->c; c++)
				out[c] = v[c] > out[c] ? v[c] : out[c];
		}
	for (size_t c = 0; c < s->c; c++) {
		float v = out[c] < g->clip.lo ? g->clip.lo : out[c];

		out[c] = v > g->clip.hi ? g->clip.hi : v;
	}
}

static void
max_range(void *arg, size_t y, size_t end)
{
	const struct job *g = arg;
	const struct nn_window *s = g->s;

	for (; y < end; y++)
		for (size_t x = 0; x < s->wo; x++)
			max_pixel(g->out + (y * s->wo + x) * s->c, g, y, x);
}

void
nn_window_max_fwd(float *out, const float *x, struct nn_clip clip,
    const struct nn_window *s)
{
	struct job g = { .out = out, .x = x, .clip = clip, .s = s };

	team_range(s->ho, team_grain(s->kh * s->w * s->c), max_range, &g);
}

/* Rows of h input rows with zeros above, below and beside them. */
struct zeros {
	float *out;
	const float *x;
	size_t h, w, c;
	const size_t (*pad)[2];
};

static void
zeros_range(void *arg, size_t y, size_t end)
{
	const struct zeros *g = arg;
	size_t deep = g->pad[2][0] + g->c + g->pad[2][1];
	size_t line = (g->pad[1][0] + g->w + g->pad[1][1]) * deep;

	for (; y < end; y++) {
		float *out = g->out + y * line;

		memset(out, 0, line * sizeof *out);
		if (y < g->pad[0][0] || y >= g->pad[0][0] + g->h)
			continue;
		const float *x = g->x + (y - g->pad[0][0]) * g->w * g->c;

		out += g->pad[1][0] * deep + g->pad[2][0];
		if (deep == g->c)
			memcpy(out, x, g->w * g->c * sizeof *out);
		else
			for (size_t i = 0; i < g->w; i++)
				memcpy(out + i * deep, x + i * g->c,
				    g->c * sizeof *out);
	}
}

void
nn_zeros_fwd(float *out, const float *x, size_t h, size_t w, size_t c,
    const size_t pad[3][2])
{
	struct zeros g = { out, x, h, w, c, pad };

	team_range(pad[0][0] + h + pad[0][1], team_grain((pad[1][0] + w +
	    pad[1][1]) * (pad[2][0] + c + pad[2][1])), zeros_range, &g);
}
