/*
 * Legend: F (h w, c) the map of one picture, G = F^T F / (c h w) its Gram
 * matrix, S the gradient to G, which is as symmetric as G.
 */
#include "losses/loss.h"

#include <assert.h>

#include "losses/pieces.h"
#include "math/gemm.h"
#include "math/team.h"

#define ROWS 32		/* of G, and PIXELS of dF, of one task */
#define PIXELS 256

struct gram {
	float *out;		/* (n, c, c) */
	const float *f;
	size_t hw, c, blocks;
	float scale;
};

static void
gram_task(void *arg, size_t task, size_t thread)
{
	const struct gram *a = arg;
	size_t c = a->c, i = task % a->blocks * ROWS;
	size_t rows = c - i < ROWS ? c - i : ROWS;
	const float *f = a->f + task / a->blocks * a->hw * c;
	float *out = a->out + (task / a->blocks * c + i) * c;

	(void)thread;
	gemm(rows, c, a->hw, f + i, 1, c, f, c, 1, 0, out, c);
	for (size_t k = 0; k < rows * c; k++)
		out[k] *= a->scale;
}

/* G of every picture. */
static void
gram(float *out, const struct var *v, float unit)
{
	struct gram a = { out, v->x, v->h * v->w, v->c,
	    (v->c + ROWS - 1) / ROWS, 1 / ((float)(v->h * v->w * v->c) *
	    unit * unit) };

	team_run(v->n * a.blocks, gram_task, &a);
}

/* G_ij = sum of F_pi F_pj: dF = 2 F S, times the scale of G. */
struct back {
	float *df;
	const float *f, *s;
	size_t hw, c, blocks;
};

static void
back_task(void *arg, size_t task, size_t thread)
{
	const struct back *a = arg;
	size_t p = task % a->blocks * PIXELS, img = task / a->blocks;
	size_t n = a->hw - p < PIXELS ? a->hw - p : PIXELS, c = a->c;
	size_t at = (img * a->hw + p) * c;

	(void)thread;
	gemm(n, c, c, a->f + at, c, 1, a->s + img * c * c, c, 1, 1,
	    a->df + at, c);
}

static double
level(struct graph *g, struct var *x, const struct var *want, float unit,
    double weight)
{
	size_t n = x->n, c = x->c, len = n * c * c, hw = x->h * x->w;
	float *gx = tape_floats(g, len), *gw = tape_floats(g, len);
	float *s = tape_zeros(g, len), *dx = pieces_grad(g, x, weight);
	double sum = 0, scale = weight / (double)len * 2 /
	    ((double)(hw * c) * unit * unit);

	assert(var_len(want) == var_len(x));
	if (tape_runs(g)) {
		gram(gx, x, unit);
		gram(gw, want, unit);
		sum = pieces_l1(s, gx, gw, NULL, 1, len / c, c, scale);
	}
	if (tape_runs(g) && dx) {
		struct back b = { dx, x->x, s, hw, c,
		    (hw + PIXELS - 1) / PIXELS };

		team_run(n * b.blocks, back_task, &b);
	}
	tape_drop(g, s);
	tape_drop(g, gw);
	tape_drop(g, gx);
	return sum / (double)len;
}

double
loss_styl(struct graph *g, const struct vgg19_maps *x,
    const struct vgg19_maps *want, double weight)
{
	double sum = 0;

	for (int j = 0; j < VGG19_MAPS; j++)
		if ((LOSS_STYL_MAPS & VGG19_BIT(j)) && x->map[j] &&
		    want->map[j] && tape_runs(g))
			sum += level(g, x->map[j], want->map[j], x->unit,
			    weight);
	return sum;
}
