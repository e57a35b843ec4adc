#include "layers/warp.h"

#include <math.h>

#include "math/team.h"
#include "math/vec.h"

/* Legend: a b fraction of the position; q a pixel of out. */

#define LANES (2 * VEC)		/* channels of a scatter task */

struct corners {
	size_t at[4];		/* TL TR BL BR, in floats */
	float w[4], a, b;
};

/*
 * Index of the whole part of x, and its fraction. Beyond one pixel outside
 * all corners are the edge: coming nearer changes nothing.
 */
static size_t
split(float *fraction, size_t *next, float x, size_t n)
{
	x = x < -1 ? -1 : x > (float)n ? (float)n : x;
	float whole = floorf(x);
	ptrdiff_t i = (ptrdiff_t)whole, last = (ptrdiff_t)n - 1;

	*fraction = x - whole;
	*next = (size_t)(i + 1 > last ? last : i + 1);
	return (size_t)(i < 0 ? 0 : i > last ? last : i);
}

/* False where the position is NaN. */
static bool
corners(struct corners *k, const float *pos, size_t q, const struct nn_warp *s)
{
	size_t x1, y1, map = s->maps == 1 ? 0 : q / (s->ho * s->wo);
	float px = pos[q * 2], py = pos[q * 2 + 1];

	if (isnan(px) || isnan(py))
		return false;
	if (s->relative) {
		px += (float)(q % s->wo);
		py += (float)(q / s->wo % s->ho);
	}
	size_t x0 = split(&k->a, &x1, px, s->w);
	size_t y0 = split(&k->b, &y1, py, s->h);
	size_t top = (map * s->h + y0) * s->w, low = (map * s->h + y1) * s->w;

	k->at[0] = (top + x0) * s->c;
	k->at[1] = (top + x1) * s->c;
	k->at[2] = (low + x0) * s->c;
	k->at[3] = (low + x1) * s->c;
	k->w[0] = (1 - k->b) * (1 - k->a);
	k->w[1] = (1 - k->b) * k->a;
	k->w[2] = k->b * (1 - k->a);
	k->w[3] = k->b * k->a;
	return true;
}

struct job {
	float *out, *dx, *dpos;
	const float *x, *pos, *dout;
	const struct nn_warp *s;
};

static void
fwd_range(void *arg, size_t q, size_t end)
{
	const struct job *g = arg;
	struct corners k;
	size_t c = g->s->c;

	for (; q < end; q++) {
		bool seen = corners(&k, g->pos, q, g->s);

		for (size_t i = 0; i < c; i += VEC) {
			size_t n = vec_left(i, c);
			vec v = { 0 };

			if (seen)
				v = (k.w[0] * vec_get(g->x + k.at[0] + i, n) +
				    k.w[1] * vec_get(g->x + k.at[1] + i, n)) +
				    (k.w[2] * vec_get(g->x + k.at[2] + i, n) +
				    k.w[3] * vec_get(g->x + k.at[3] + i, n));
			vec_put(g->out + q * c + i, v, n);
		}
	}
}

void
nn_warp_fwd(float *out, const float *x, const float *pos,
    const struct nn_warp *s)
{
	struct job g = { .out = out, .x = x, .pos = pos, .s = s };

	team_range(s->n * s->ho * s->wo, team_grain(s->c), fwd_range, &g);
}

static void
dpos_range(void *arg, size_t q, size_t end)
{
	const struct job *g = arg;
	struct corners k;
	size_t c = g->s->c;

	for (; q < end; q++) {
		vec sx = { 0 }, sy = { 0 };

		if (!corners(&k, g->pos, q, g->s))
			continue;
		for (size_t i = 0; i < c; i += VEC) {
			size_t n = vec_left(i, c);
			vec d = vec_get(g->dout + q * c + i, n);
			vec tl = vec_get(g->x + k.at[0] + i, n);
			vec tr = vec_get(g->x + k.at[1] + i, n);
			vec bl = vec_get(g->x + k.at[2] + i, n);
			vec br = vec_get(g->x + k.at[3] + i, n);

			sx += d * ((1 - k.b) * (tr - tl) + k.b * (br - bl));
			sy += d * ((1 - k.a) * (bl - tl) + k.a * (br - tr));
		}
		g->dpos[q * 2] += vec_sum(sx);
		g->dpos[q * 2 + 1] += vec_sum(sy);
	}
}

/* One task owns LANES channels of one map: no two tasks meet. */
static void
dx_task(void *arg, size_t task, size_t thread)
{
	const struct job *g = arg;
	const struct nn_warp *s = g->s;
	size_t parts = (s->c + LANES - 1) / LANES, c0 = task % parts * LANES;
	size_t c1 = c0 + LANES < s->c ? c0 + LANES : s->c;
	size_t per = s->ho * s->wo * (s->maps == 1 ? s->n : 1);
	size_t first = task / parts * per;
	struct corners k;

	(void)thread;
	for (size_t q = first; q < first + per; q++) {
		if (!corners(&k, g->pos, q, s))
			continue;
		for (size_t i = c0; i < c1; i += VEC) {
			size_t n = vec_left(i, c1);
			vec d = vec_get(g->dout + q * s->c + i, n);

			/* out += w * x */
			for (size_t j = 0; j < 4; j++) {
				float *to = g->dx + k.at[j] + i;

				vec_put(to, vec_get(to, n) + k.w[j] * d, n);
			}
		}
	}
}

void
nn_warp_bwd(float *dx, float *dpos, const float *dout, const float *x,
    const float *pos, const struct nn_warp *s)
{
	struct job g = { .dx = dx, .dpos = dpos, .dout = dout, .x = x,
	    .pos = pos, .s = s };

	if (dpos)
		team_range(s->n * s->ho * s->wo, team_grain(s->c), dpos_range,
		    &g);
	if (dx)
		team_run(s->maps * ((s->c + LANES - 1) / LANES), dx_task, &g);
}
