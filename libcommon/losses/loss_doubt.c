#include "losses/loss.h"

#include <assert.h>
#include <math.h>

#include "losses/pieces.h"

#define LEAST 0.01f	/* of e: no network is ever surer than that */

struct job {
	float *ds;
	const float *s, *t, *want, *m;
	size_t m_len, c;
	float scale;
};

static double
piece(void *arg, size_t i, size_t j)
{
	const struct job *a = arg;
	double sum = 0;

	for (size_t p = i; p < j; p++) {
		float m = pieces_mask(a->m, a->m_len, p), e = 0;

		if (m == 0)
			continue;
		for (size_t k = 0; k < a->c; k++)
			e += fabsf(a->t[a->c * p + k] - a->want[a->c * p + k]);
		e = (e / (float)a->c + LEAST) * expf(-a->s[p]);
		sum += (double)m * (e + a->s[p]);
		if (a->ds)
			a->ds[p] += a->scale * m * (1 - e);
	}
	return sum;
}

double
loss_doubt(struct graph *g, struct var *s, const struct var *t,
    const struct var *want, const struct var *m, double weight)
{
	const size_t pixels = var_len(s);
	double total = 1e-8;

	if (!tape_runs(g))
		return 0;
	assert(s->c == 1 && var_len(t) == t->c * pixels);
	assert(var_len(want) == var_len(t));
	for (size_t p = 0; p < pixels; p++)
		total += (double)pieces_mask(m ? m->x : NULL,
		    m ? var_len(m) : 1, p);
	struct job a = { pieces_grad(g, s, weight), s->x, t->x, want->x,
		m ? m->x : NULL, m ? var_len(m) : 1, t->c,
		(float)(weight / total) };

	return tape_runs(g) ? pieces_sum(pixels, piece, &a) / total : 0;
}
