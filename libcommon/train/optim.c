#include "train/optim.h"

#include <math.h>
#include <string.h>

#include "math/team.h"

#define MOST_BYTES ((size_t)16 << 30)	/* address space, not memory */
#define GRAIN 4096

enum status
optim_new(struct optim *a, struct params *ps,
    bool (*mine)(const struct param *p), const struct optim_options *o)
{
	const size_t n = params_count(ps);

	*a = (struct optim){ .ps = ps, .o = *o };
	TRY(arena_new(&a->arena, MOST_BYTES));
	a->m = arena_calloc(a->arena, n, sizeof *a->m);
	a->v = arena_calloc(a->arena, n, sizeof *a->v);
	a->ema = arena_calloc(a->arena, n, sizeof *a->ema);
	if (!a->m || !a->v || !a->ema)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct param *p = params_at(ps, i);

		if (!p->dx || !mine(p))
			continue;
		a->m[i] = arena_calloc(a->arena, p->len, sizeof **a->m);
		a->v[i] = arena_calloc(a->arena, p->len, sizeof **a->v);
		if (!a->m[i] || !a->v[i])
			return E_NOMEM;
		if (o->ema <= 0)
			continue;
		a->ema[i] = arena_alloc(a->arena, p->len * sizeof **a->ema);
		if (!a->ema[i])
			return E_NOMEM;
		memcpy(a->ema[i], p->x, p->len * sizeof *p->x);
	}
	return OK;
}

void
optim_free(struct optim *a)
{
	arena_free(a->arena);
	*a = (struct optim){ 0 };
}

/* Parameters are short: each is a sum of its own, added up in their order. */
static double
norm_of(const struct optim *a)
{
	double sum = 0;

	for (size_t i = 0; i < params_count(a->ps); i++) {
		const struct param *p = params_at(a->ps, i);
		double own = 0;

		for (size_t k = 0; a->m[i] && k < p->len; k++)
			own += (double)p->dx[k] * p->dx[k];
		sum += own;
	}
	return sqrt(sum);
}

/* One parameter's step, cut into ranges. */
struct update {
	float *x, *dx, *m, *v, *ema;
	float scale, beta1, beta2, keep, rate, root;
};

/* Locals, as the compiler must know that nothing overlaps. */
static void
update(void *arg, size_t from, size_t to)
{
	const struct update u = *(const struct update *)arg;
	float *restrict x = u.x, *restrict dx = u.dx, *restrict m = u.m,
	    *restrict v = u.v, *restrict ema = u.ema;

	for (size_t k = from; k < to; k++) {
		float g = dx[k] * u.scale;

		dx[k] = 0;
		m[k] += (1 - u.beta1) * (g - m[k]);
		v[k] += (1 - u.beta2) * (g * g - v[k]);
		x[k] -= u.rate * m[k] /
		    (sqrtf(v[k]) * u.root + (float)OPTIM_EPS);
	}
	for (size_t k = from; ema && k < to; k++)
		ema[k] += (1 - u.keep) * (x[k] - ema[k]);
}

void
optim_step(struct optim *a, double rate, double *norm)
{
	*norm = norm_of(a);
	if (!isfinite(*norm))
		return;

	const double t = (double)++a->t;
	const double scale = a->o.clip > 0 && *norm > a->o.clip ?
	    a->o.clip / *norm : 1;

	for (size_t i = 0; i < params_count(a->ps); i++) {
		const struct param *p = params_at(a->ps, i);
		struct update u = { .x = p->x, .dx = p->dx, .m = a->m[i],
			.v = a->v[i], .ema = a->ema[i], .scale = (float)scale,
			.beta1 = (float)a->o.beta1, .beta2 = (float)a->o.beta2,
			.keep = (float)fmin(a->o.ema, (1 + t) / (10 + t)),
			.rate = (float)(rate / (1 - pow(a->o.beta1, t))),
			.root = (float)(1 / sqrt(1 - pow(a->o.beta2, t))) };

		if (a->m[i])
			team_range(p->len, GRAIN, update, &u);
	}
}
