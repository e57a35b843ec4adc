#include "layers/simple.h"

#include <string.h>

#include "math/team.h"
#include "math/vec.h"

/*
 * Each layer is a plain loop over a range of items (values, pixels, rows),
 * and the team shares the ranges. Where a gradient sums over pixels the
 * range is over channels instead, so that no two threads meet.
 */
struct job {
	float *out, *da, *db, *dm;
	const float *a, *b, *m, *dout;
	size_t n, h, w, c;
	size_t first, total;		/* concat */
	size_t stride, ho, wo;		/* avgpool2 */
};

static void
add_range(void *arg, size_t i, size_t end)
{
	const struct job *g = arg;

	for (; i < end; i++)
		g->out[i] = g->a[i] + g->b[i];
}

void
nn_add_fwd(float *out, const float *a, const float *b, size_t len)
{
	struct job g = { .out = out, .a = a, .b = b };

	team_range(len, team_grain(1), add_range, &g);
}

static void
add_bwd_range(void *arg, size_t first, size_t end)
{
	const struct job *g = arg;

	for (size_t i = first; g->da && i < end; i++)
		g->da[i] += g->dout[i];
	for (size_t i = first; g->db && i < end; i++)
		g->db[i] += g->dout[i];
}

void
nn_add_bwd(float *da, float *db, const float *dout, size_t len)
{
	struct job g = { .da = da, .db = db, .dout = dout };

	team_range(len, team_grain(1), add_bwd_range, &g);
}

static void
blend_range(void *arg, size_t p, size_t end)
{
	const struct job *g = arg;

	for (; p < end; p++) {
		float m = g->m[p];

		for (size_t i = p * g->c; i < (p + 1) * g->c; i++)
			g->out[i] = (g->b ? (1 - m) * g->b[i] : 0) +
			    m * g->a[i];
	}
}

void
nn_blend_fwd(float *out, const float *q, const float *a, const float *m,
    size_t hw, size_t c)
{
	struct job g = { .out = out, .a = a, .b = q, .m = m, .c = c };

	/* eq. 2 */
	team_range(hw, team_grain(c), blend_range, &g);
}

static void
blend_bwd_range(void *arg, size_t p, size_t end)
{
	const struct job *g = arg;
	size_t c = g->c;

	/* out = (1 - m) * q + m * a */
	for (; p < end; p++) {
		const float *dout = g->dout + p * c;
		float m = g->m[p];
		vec sum = { 0 };

		for (size_t i = 0; g->db && i < c; i++)
			g->db[p * c + i] += (1 - m) * dout[i];
		for (size_t i = 0; g->da && i < c; i++)
			g->da[p * c + i] += m * dout[i];
		if (!g->dm)
			continue;
		for (size_t i = 0; i < c; i += VEC) {
			size_t n = vec_left(i, c);
			vec d = vec_get(g->a + p * c + i, n);

			if (g->b)
				d -= vec_get(g->b + p * c + i, n);
			sum += d * vec_get(dout + i, n);
		}
		g->dm[p] += vec_sum(sum);
	}
}

void
nn_blend_bwd(float *dq, float *da, float *dm, const float *dout,
    const float *q, const float *a, const float *m, size_t hw, size_t c)
{
	struct job g = { .da = da, .db = dq, .dm = dm, .dout = dout, .a = a,
	    .b = q, .m = m, .c = c };

	team_range(hw, team_grain(c), blend_bwd_range, &g);
}

static void
concat_range(void *arg, size_t p, size_t end)
{
	const struct job *g = arg;

	for (; p < end; p++) {
		float *out = g->out + p * g->total + g->first;

		if (g->a)
			memcpy(out, g->a + p * g->c, g->c * sizeof *out);
		else
			memset(out, 0, g->c * sizeof *out);
	}
}

void
nn_concat_fwd(float *out, const float *x, size_t hw, size_t c, size_t first,
    size_t total)
{
	struct job g = { .out = out, .a = x, .c = c, .first = first,
	    .total = total };

	team_range(hw, team_grain(c), concat_range, &g);
}

static void
concat_bwd_range(void *arg, size_t p, size_t end)
{
	const struct job *g = arg;

	for (; p < end; p++)
		for (size_t i = 0; i < g->c; i++)
			g->da[p * g->c + i] +=
			    g->dout[p * g->total + g->first + i];
}

void
nn_concat_bwd(float *dx, const float *dout, size_t hw, size_t c,
    size_t first, size_t total)
{
	struct job g = { .da = dx, .dout = dout, .c = c, .first = first,
	    .total = total };

	team_range(hw, team_grain(c), concat_bwd_range, &g);
}

/* Items are the values of out; h: count, c: inner. */
static void
mean_range(void *arg, size_t i, size_t end)
{
	const struct job *g = arg;

	for (; i < end; i++) {
		const float *x = g->a + i / g->c * g->h * g->c + i % g->c;
		double sum = 0;

		for (size_t k = 0; k < g->h; k++)
			sum += x[k * g->c];
		g->out[i] = (float)(sum / (double)g->h);
	}
}

void
nn_mean_fwd(float *out, const float *x, size_t outer, size_t count,
    size_t inner)
{
	struct job g = { .out = out, .a = x, .h = count, .c = inner };

	team_range(outer * inner, VEC, mean_range, &g);
}

/* Items are the rows of x. */
static void
mean_bwd_range(void *arg, size_t r, size_t end)
{
	const struct job *g = arg;
	float part = 1 / (float)g->h;

	for (; r < end; r++)
		for (size_t i = 0; i < g->c; i++)
			g->da[r * g->c + i] += part *
			    g->dout[r / g->h * g->c + i];
}

void
nn_mean_bwd(float *dx, const float *dout, size_t outer, size_t count,
    size_t inner)
{
	struct job g = { .da = dx, .dout = dout, .h = count, .c = inner };

	team_range(outer * count, team_grain(inner), mean_bwd_range, &g);
}

static void
spread_range(void *arg, size_t p, size_t end)
{
	const struct job *g = arg;

	for (; p < end; p++)
		for (size_t i = 0; i < g->c; i++)
			g->out[p * g->c + i] = g->a[p * g->c + i] +
			    g->b[p / g->h * g->c + i];
}

void
nn_spread_fwd(float *out, const float *x, const float *v, size_t n,
    size_t hw, size_t c)
{
	struct job g = { .out = out, .a = x, .b = v, .h = hw, .c = c };

	team_range(n * hw, team_grain(c), spread_range, &g);
}

/* Items are the values of v. */
static void
spread_bwd_range(void *arg, size_t i, size_t end)
{
	const struct job *g = arg;

	for (; i < end; i++) {
		const float *d = g->dout + i / g->c * g->h * g->c + i % g->c;
		double sum = 0;

		for (size_t p = 0; p < g->h; p++)
			sum += d[p * g->c];
		g->db[i] += (float)sum;
	}
}

void
nn_spread_bwd(float *dx, float *dv, const float *dout, size_t n, size_t hw,
    size_t c)
{
	struct job g = { .db = dv, .dout = dout, .h = hw, .c = c };

	if (dx)
		nn_add_bwd(dx, NULL, dout, n * hw * c);
	if (dv)
		team_range(n * c, VEC, spread_bwd_range, &g);
}

/* Items are the rows of the smaller map, for this layer and the next. */
static void
up2_range(void *arg, size_t y, size_t end)
{
	const struct job *g = arg;
	size_t c = g->c, line = g->w * 2 * c;

	for (; y < end; y++) {
		float *out = g->out + y * 2 * line;

		for (size_t i = 0; i < g->w * 2; i++)
			memcpy(out + i * c, g->a + (y * g->w + i / 2) * c,
			    c * sizeof *out);
		memcpy(out + line, out, line * sizeof *out);
	}
}

void
nn_up2_fwd(float *out, const float *x, size_t n, size_t h, size_t w, size_t c)
{
	struct job g = { .out = out, .a = x, .w = w, .c = c };

	team_range(n * h, team_grain(w * c), up2_range, &g);
}

static void
up2_bwd_range(void *arg, size_t y, size_t end)
{
	const struct job *g = arg;
	size_t c = g->c;

	for (; y < end; y++)
		for (size_t x = 0; x < g->w; x++) {
			const float *a = g->dout + (y * 2 * g->w + x) * 2 * c;
			const float *b = a + g->w * 2 * c;
			float *dx = g->da + (y * g->w + x) * c;

			for (size_t i = 0; i < c; i++)
				dx[i] += (a[i] + a[c + i]) + (b[i] + b[c + i]);
		}
}

void
nn_up2_bwd(float *dx, const float *dout, size_t n, size_t h, size_t w,
    size_t c)
{
	struct job g = { .da = dx, .dout = dout, .w = w, .c = c };

	team_range(n * h, team_grain(w * c), up2_bwd_range, &g);
}

/* First value of the window of pixel x in row y of all the images' rows. */
static size_t
window(const struct job *g, size_t y, size_t x)
{
	return ((y / g->ho * g->h + y % g->ho * g->stride) * g->w +
	    x * g->stride) * g->c;
}

static void
avgpool2_range(void *arg, size_t y, size_t end)
{
	const struct job *g = arg;
	size_t c = g->c;

	for (; y < end; y++)
		for (size_t x = 0; x < g->wo; x++) {
			const float *a = g->a + window(g, y, x);
			const float *b = a + g->w * c;
			float *out = g->out + (y * g->wo + x) * c;

			for (size_t i = 0; i < c; i++)
				out[i] = 0.25f * ((a[i] + a[c + i]) +
				    (b[i] + b[c + i]));
		}
}

static void
avgpool2_bwd_range(void *arg, size_t y, size_t end)
{
	const struct job *g = arg;
	size_t c = g->c;

	for (; y < end; y++)
		for (size_t x = 0; x < g->wo; x++) {
			const float *dout = g->dout + (y * g->wo + x) * c;
			float *a = g->da + window(g, y, x), *b = a + g->w * c;

			for (size_t i = 0; i < c; i++) {
				float d = 0.25f * dout[i];

				a[i] += d;
				a[c + i] += d;
				b[i] += d;
				b[c + i] += d;
			}
		}
}

void
nn_avgpool2_fwd(float *out, const float *x, size_t n, size_t h, size_t w,
    size_t c)
{
	struct job g = { .out = out, .a = x, .h = h, .w = w, .c = c,
	    .stride = 2, .ho = h / 2, .wo = w / 2 };

	team_range(n * g.ho, team_grain(w * c), avgpool2_range, &g);
}

void
nn_avgpool2_bwd(float *dx, const float *dout, size_t n, size_t h, size_t w,
    size_t c)
{
	struct job g = { .da = dx, .dout = dout, .h = h, .w = w, .c = c,
	    .stride = 2, .ho = h / 2, .wo = w / 2 };

	team_range(n * g.ho, team_grain(w * c), avgpool2_bwd_range, &g);
}
