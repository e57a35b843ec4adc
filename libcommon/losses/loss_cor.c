/*
 * Legend: l a position of a target, k one of the source; s, t their vectors
 * of VGG19, w the warped source's; mu the cosine, each vector over its length
 * + 1e-8.
 */
#include "losses/loss.h"

#include <assert.h>
#include <math.h>

#include "layers/warp.h"
#include "losses/pieces.h"
#include "math/gemm.h"
#include "math/team.h"

#define EPS 1e-8
#define ROWS 64		/* positions l of a task */
#define COLS 512	/* positions k of a product: it stays in L2 */

static double
length(const float *x, size_t c)
{
	double sum = 0;

	for (size_t i = 0; i < c; i++)
		sum += (double)x[i] * x[i];
	return sqrt(sum);
}

struct best {
	float *max;		/* mu_max(l) */
	float *product;		/* ROWS x COLS for each thread */
	float *unit;		/* 1 / (|s| + eps) */
	const float *s, *t;
	size_t maps, hw, c, blocks;
};

static void
unit_range(void *arg, size_t i, size_t j)
{
	const struct best *a = arg;

	for (; i < j; i++)
		a->unit[i] = (float)(1 / (length(a->s + i * a->c, a->c) + EPS));
}

static void
best_task(void *arg, size_t task, size_t thread)
{
	const struct best *a = arg;
	size_t c = a->c, hw = a->hw, l = task % a->blocks * ROWS;
	size_t img = task / a->blocks, map = a->maps == 1 ? 0 : img;
	size_t rows = hw - l < ROWS ? hw - l : ROWS;
	const float *t = a->t + (img * hw + l) * c, *s = a->s + map * hw * c;
	const float *unit = a->unit + map * hw;
	float *max = a->max + img * hw + l;
	float *product = a->product + thread * ROWS * COLS;

	for (size_t i = 0; i < rows; i++)
		max[i] = -INFINITY;
	for (size_t k = 0; k < hw; k += COLS) {
		size_t cols = hw - k < COLS ? hw - k : COLS;

		gemm(rows, cols, c, t, c, 1, s + k * c, 1, c, 0, product,
		    COLS);
		for (size_t i = 0; i < rows; i++)
			for (size_t j = 0; j < cols; j++) {
				float mu = product[i * COLS + j] * unit[k + j];

				max[i] = mu > max[i] ? mu : max[i];
			}
	}
	for (size_t i = 0; i < rows; i++)
		max[i] = (float)(max[i] / (length(t + i * c, c) + EPS));
}

struct sum {
	float *w;		/* becomes the gradient to it */
	const float *t, *max;
	size_t c;
	double scale;
};

static double
sum_piece(void *arg, size_t i, size_t j)
{
	const struct sum *a = arg;
	size_t c = a->c;
	double sum = 0;

	for (size_t l = i; l < j; l++) {
		const float *t = a->t + l * c;
		float *w = a->w + l * c;
		double lw = length(w, c), lt = length(t, c), dot = 0;

		for (size_t k = 0; k < c; k++)
			dot += (double)w[k] * t[k];
		/* mu = <w, t> / ((|w| + eps) (|t| + eps)) */
		double mu = dot / ((lw + EPS) * (lt + EPS));
		double value = exp(-mu / (a->max[l] + EPS));
		double d = -a->scale * value / (a->max[l] + EPS);
		double by_t = d / ((lw + EPS) * (lt + EPS));
		double by_w = lw > 0 ? d * mu / (lw * (lw + EPS)) : 0;

		sum += value - exp(-1);
		for (size_t k = 0; k < c; k++)
			w[k] = (float)(by_t * t[k] - by_w * w[k]);
	}
	return sum;
}

double
loss_cor(struct graph *g, struct var *f_st, const struct var *psi_s,
    const struct var *psi_t, double weight)
{
	size_t n = psi_t->n, hw = psi_t->h * psi_t->w, c = psi_t->c;
	const struct nn_warp warp = { .n = n, .maps = psi_s->n,
	    .h = psi_s->h, .w = psi_s->w, .c = c, .ho = psi_t->h,
	    .wo = psi_t->w, .relative = true, .wide = true };
	double value = 0;

	if (!tape_runs(g))
		return 0;
	assert(f_st->n == n && f_st->h == psi_t->h && f_st->w == psi_t->w);
	assert(psi_s->h == psi_t->h && psi_s->w == psi_t->w && psi_s->c == c);
	assert(psi_s->n == 1 || psi_s->n == n);
	struct best b = { tape_floats(g, n * hw),
	    tape_floats(g, team_size() * ROWS * COLS),
	    tape_floats(g, psi_s->n * hw), psi_s->x, psi_t->x, psi_s->n, hw,
	    c, (hw + ROWS - 1) / ROWS };
	float *w = tape_floats(g, n * hw * c);
	float *df = pieces_grad(g, f_st, weight);

	/* eq. 13 */
	if (tape_runs(g)) {
		struct sum a = { w, psi_t->x, b.max, c,
		    weight / (double)(n * hw) };

		team_range(psi_s->n * hw, team_grain(c), unit_range, &b);
		team_run(n * b.blocks, best_task, &b);
		nn_warp_fwd(w, psi_s->x, f_st->x, &warp);
		/* eq. 13, each term less its best, exp(-1) */
		value = pieces_sum(n * hw, sum_piece, &a) / (double)(n * hw);
		nn_warp_bwd(NULL, df, w, psi_s->x, f_st->x, &warp);
	}
	tape_drop(g, w);
	tape_drop(g, b.unit);
	tape_drop(g, b.product);
	tape_drop(g, b.max);
	return value;
}

struct var *
loss_cor_map(struct graph *g, const struct vgg19_maps *x, int level)
{
	if (level == 2)
		return x->map[RELU3_1];
	return x->map[RELU4_1] || !x->map[RELU3_4] ? x->map[RELU4_1] :
	    g_maxpool(g, x->map[RELU3_4], 2, 2);
}
