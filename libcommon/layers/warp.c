#include "layers/warp.h"

#include <math.h>

#include "math/team.h"
#include "math/vec.h"

/*
 * Legend: a tap is a pixel of the map that a position sees; q a pixel of out.
 */

#define LANES (2 * VEC)		/* channels of a scatter task */
#define SIDE 4			/* taps of a line, at most */
#define TAPS (SIDE * SIDE)

/* One axis: its taps' indices, weights, and their derivatives. */
struct line {
	size_t at[SIDE];
	float w[SIDE], slope[SIDE];
};

struct taps {
	size_t n;		/* 4 or 16 */
	size_t at[TAPS];	/* in floats */
	float w[TAPS], wx[TAPS], wy[TAPS];	/* weight, derivatives by x, y */
};

static size_t
clamp(ptrdiff_t i, size_t n)
{
	return i < 0 ? 0 : (size_t)i < n ? (size_t)i : n - 1;
}

static void
line(struct line *l, float x, size_t n, bool wide)
{
	size_t side = wide ? 4 : 2, before = wide ? 1 : 0;
	float reach = (float)side, sum = 0, dsum = 0;

	/* Beyond, all taps are the edge: coming nearer changes nothing. */
	x = x < -reach ? -reach : x > (float)n + reach ? (float)n + reach : x;
	float whole = floorf(x), a = x - whole;

	for (size_t i = 0; i < side; i++)
		l->at[i] = clamp((ptrdiff_t)whole + (ptrdiff_t)i -
		    (ptrdiff_t)before, n);
	if (!wide) {
		l->w[0] = 1 - a;
		l->w[1] = a;
		l->slope[0] = -1;
		l->slope[1] = 1;
		return;
	}
	for (size_t i = 0; i < side; i++) {
		float d = (float)i - (float)before - a;

		/* exp(-d^2 / (2 sigma^2)), sigma 2 */
		l->w[i] = expf(-d * d / 8);
		l->slope[i] = l->w[i] * d / 4;
		sum += l->w[i];
		dsum += l->slope[i];
	}
	for (size_t i = 0; i < side; i++) {
		l->w[i] /= sum;
		l->slope[i] = (l->slope[i] - l->w[i] * dsum) / sum;
	}
}

/* False where the position is NaN. */
static bool
taps(struct taps *k, const float *pos, size_t q, const struct nn_warp *s)
{
	size_t map = s->maps == 1 ? 0 : q / (s->ho * s->wo);
	size_t side = s->wide ? 4 : 2;
	float px = pos[q * 2], py = pos[q * 2 + 1];
	struct line x, y;

	if (isnan(px) || isnan(py))
		return false;
	if (s->relative) {
		px += (float)(q % s->wo);
		py += (float)(q / s->wo % s->ho);
	}
	line(&x, px, s->w, s->wide);
	line(&y, py, s->h, s->wide);
	k->n = side * side;
	for (size_t i = 0; i < side; i++)
		for (size_t j = 0; j < side; j++) {
			size_t t = i * side + j;

			k->at[t] = ((map * s->h + y.at[i]) * s->w + x.at[j]) *
			    s->c;
			k->w[t] = y.w[i] * x.w[j];
			k->wx[t] = y.w[i] * x.slope[j];
			k->wy[t] = y.slope[i] * x.w[j];
		}
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
	struct taps k;
	size_t c = g->s->c;

	for (; q < end; q++) {
		bool seen = taps(&k, g->pos, q, g->s);

		for (size_t i = 0; i < c; i += VEC) {
			size_t n = vec_left(i, c);
			vec v = { 0 };

			for (size_t t = 0; seen && t < k.n; t++)
				v += k.w[t] * vec_get(g->x + k.at[t] + i, n);
			vec_put(g->out + q * c + i, v, n);
		}
	}
}

void
nn_warp_fwd(float *out, const float *x, const float *pos,
    const struct nn_warp *s)
{
	struct job g = { .out = out, .x = x, .pos = pos, .s = s };

	/* warp(x; pos) of eq. 12 */
	team_range(s->n * s->ho * s->wo, team_grain(s->c), fwd_range, &g);
}

static void
dpos_range(void *arg, size_t q, size_t end)
{
	const struct job *g = arg;
	struct taps k;
	size_t c = g->s->c;

	for (; q < end; q++) {
		vec sx = { 0 }, sy = { 0 };

		if (!taps(&k, g->pos, q, g->s))
			continue;
		for (size_t i = 0; i < c; i += VEC) {
			size_t n = vec_left(i, c);
			vec d = vec_get(g->dout + q * c + i, n);
			vec vx = { 0 }, vy = { 0 };

			for (size_t t = 0; t < k.n; t++) {
				vec x = vec_get(g->x + k.at[t] + i, n);

				vx += k.wx[t] * x;
				vy += k.wy[t] * x;
			}
			sx += d * vx;
			sy += d * vy;
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
	struct taps k;

	(void)thread;
	for (size_t q = first; q < first + per; q++) {
		if (!taps(&k, g->pos, q, s))
			continue;
		for (size_t i = c0; i < c1; i += VEC) {
			size_t n = vec_left(i, c1);
			vec d = vec_get(g->dout + q * s->c + i, n);

			/* out += w * x */
			for (size_t j = 0; j < k.n; j++) {
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
