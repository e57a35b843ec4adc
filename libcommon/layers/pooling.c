#include "layers/pooling.h"

#include <string.h>

#include "math/team.h"
#include "math/vec.h"

/* Items are rows of the output, or images where windows may overlap. */
struct job {
	float *out, *dx;
	const float *x, *dout;
	const struct nn_pool *s;
	size_t ho, wo;
	size_t kh, kw;		/* taps */
};

/* ceil: but a window may not begin behind the map and its first padding. */
static size_t
outputs(size_t n, const struct nn_pool *s)
{
	size_t room = n + 2 * s->pad - s->k;
	size_t o = (room + (s->ceil ? s->stride - 1 : 0)) / s->stride + 1;

	return (o - 1) * s->stride >= n + s->pad ? o - 1 : o;
}

size_t
nn_pool_ho(const struct nn_pool *s)
{
	return outputs(s->h, s);
}

size_t
nn_pool_wo(const struct nn_pool *s)
{
	return outputs(s->w, s);
}

/* Lines [first, end) that window i sees of a map of n. */
struct span {
	size_t first, end;
};

static struct span
span(size_t i, size_t n, const struct nn_pool *s)
{
	size_t at = i * s->stride, end = at + s->k - s->pad;

	return (struct span){ at > s->pad ? at - s->pad : 0,
	    end < n ? end : n };
}

static float
share(struct span y, struct span x, const struct nn_pool *s)
{
	size_t n = s->kind == NN_POOL_MEAN ? s->k * s->k :
	    (y.end - y.first) * (x.end - x.first);

	return 1 / (float)n;
}

static void
pool_pixel(float *out, const float *img, struct span y, struct span x,
    const struct nn_pool *s)
{
	size_t c = s->c;

	memcpy(out, img + (y.first * s->w + x.first) * c, c * sizeof *out);
	for (size_t i = y.first; i < y.end; i++)
		for (size_t j = x.first; j < x.end; j++) {
			const float *v = img + (i * s->w + j) * c;

			if (i == y.first && j == x.first)
				continue;
			if (s->kind == NN_POOL_MAX)
				for (size_t q = 0; q < c; q++)
					out[q] = v[q] > out[q] ? v[q] : out[q];
			else
				for (size_t q = 0; q < c; q++)
					out[q] += v[q];
		}
	for (size_t q = 0; s->kind != NN_POOL_MAX && q < c; q++)
		out[q] *= share(y, x, s);
}

static void
pool_range(void *arg, size_t row, size_t end)
{
	const struct job *g = arg;
	const struct nn_pool *s = g->s;

	for (; row < end; row++) {
		const float *img = g->x + row / g->ho * s->h * s->w * s->c;
		struct span y = span(row % g->ho, s->h, s);

		for (size_t x = 0; x < g->wo; x++)
			pool_pixel(g->out + (row * g->wo + x) * s->c, img, y,
			    span(x, s->w, s), s);
	}
}

void
nn_pool_fwd(float *out, const float *x, const struct nn_pool *s)
{
	struct job g = { .out = out, .x = x, .s = s, .ho = nn_pool_ho(s),
	    .wo = nn_pool_wo(s) };

	team_range(s->n * g.ho, team_grain(s->k * s->w * s->c), pool_range,
	    &g);
}

/* To the first of the largest values, VEC channels at a time. */
static void
max_pixel_bwd(float *dimg, const float *dout, const float *img,
    struct span y, struct span x, const struct nn_pool *s)
{
	size_t wide = x.end - x.first, taps = (y.end - y.first) * wide;

	for (size_t q = 0; q < s->c; q += VEC) {
		size_t n = vec_left(q, s->c);
		size_t at = (y.first * s->w + x.first) * s->c + q;
		vec top = vec_get(img + at, n), g = vec_get(dout + q, n);
		vec_mask best = { 0 };

		for (int t = 1; t < (int)taps; t++) {
			size_t i = (size_t)t / wide, j = (size_t)t % wide;
			vec v = vec_get(img + at + (i * s->w + j) * s->c, n);
			vec_mask more = v > top;

			top = vec_pick(more, v, top);
			best = (more & t) | (~more & best);
		}
		for (int t = 0; t < (int)taps; t++) {
			size_t i = (size_t)t / wide, j = (size_t)t % wide;
			float *to = dimg + at + (i * s->w + j) * s->c;

			/* out = max(x) */
			vec_put(to, vec_get(to, n) + vec_pick(best == t, g,
			    (vec){ 0 }), n);
		}
	}
}

static void
mean_pixel_bwd(float *dimg, const float *dout, struct span y, struct span x,
    const struct nn_pool *s)
{
	for (size_t i = y.first; i < y.end; i++)
		for (size_t j = x.first; j < x.end; j++) {
			float *to = dimg + (i * s->w + j) * s->c;

			/* out = mean(x) */
			for (size_t q = 0; q < s->c; q++)
				to[q] += share(y, x, s) * dout[q];
		}
}

static void
pool_bwd_range(void *arg, size_t n, size_t end)
{
	const struct job *g = arg;
	const struct nn_pool *s = g->s;

	for (; n < end; n++) {
		size_t first = n * s->h * s->w * s->c;

		for (size_t p = 0; p < g->ho * g->wo; p++) {
			struct span y = span(p / g->wo, s->h, s);
			struct span x = span(p % g->wo, s->w, s);
			const float *dout = g->dout +
			    (n * g->ho * g->wo + p) * s->c;

			if (s->kind == NN_POOL_MAX)
				max_pixel_bwd(g->dx + first, dout, g->x +
				    first, y, x, s);
			else
				mean_pixel_bwd(g->dx + first, dout, y, x, s);
		}
	}
}

void
nn_pool_bwd(float *dx, const float *dout, const float *x,
    const struct nn_pool *s)
{
	struct job g = { .dx = dx, .dout = dout, .x = x, .s = s,
	    .ho = nn_pool_ho(s), .wo = nn_pool_wo(s) };

	team_range(s->n, 1, pool_bwd_range, &g);
}

static void
taps_range(void *arg, size_t row, size_t end)
{
	const struct job *g = arg;
	const struct nn_pool *s = g->s;
	size_t c = s->c, taps = g->kh * g->kw;

	for (; row < end; row++)
		for (size_t at = 0; at < s->w * taps; at++) {
			/* Positions in a map with its border of k / 2. */
			size_t y = row % s->h + at % taps / g->kw;
			size_t x = at / taps + at % g->kw;
			float *out = g->out + (row * s->w * taps + at) * c;

			if (y < g->kh / 2 || y >= s->h + g->kh / 2 ||
			    x < g->kw / 2 || x >= s->w + g->kw / 2)
				memset(out, 0, c * sizeof *out);
			else
				memcpy(out, g->x + ((row / s->h * s->h + y -
				    g->kh / 2) * s->w + x - g->kw / 2) * c,
				    c * sizeof *out);
		}
}

void
nn_taps_fwd(float *out, const float *x, size_t n, size_t h, size_t w,
    size_t c, size_t kh, size_t kw)
{
	struct nn_pool s = { .n = n, .h = h, .w = w, .c = c };
	struct job g = { .out = out, .x = x, .s = &s, .kh = kh, .kw = kw };

	team_range(n * h, team_grain(kh * kw * w * c), taps_range, &g);
}
