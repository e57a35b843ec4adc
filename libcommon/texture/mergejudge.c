/*
 * Which views are of one person, and what brings their light together: their
 * small pictures, each with each.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "texture/mergeparts.h"

/*
 * Chosen on 60 made-up people as in photos, four views of each: 1 view in 80
 * would be left out, and 14 of 20 of somebody else among them. LESS: on ten
 * figures from three sides, with labels of our own, it leaves out one of 30
 * and 18 of 20 of somebody else; without it 12.
 */
#define NEAR 0.10f		/* distance of colours that agree, sRGB 0..1 */
#define DISAGREE 0.33		/* views that agree on less are of two people */
#define LESS 0.6		/* so does one that agrees so much less than the others */
#define DOUBT 0.75		/* one that agrees so much less is to be looked at */
#define USUAL 0.8		/* what others agree on, where there are none */
#define ENOUGH 16		/* small texels that must be shared to say so */
#define COMPARED 64		/* views that each one is compared with */
#define GAIN_MAX 4.0
#define PRIOR 60.0		/* small texels of no difference in light */

/* Two views in the places that both show: by how much b is brighter, as logs. */
struct pair {
	size_t a, b, shared, near;	/* near: of these, of one colour */
	double log_gain[3];	/* what brings b's light to a's */
};

static int
ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static bool
both(const struct merge *m, size_t a, size_t b, size_t i)
{
	return m->view[a].cell[i].weight > 0 && m->view[b].cell[i].weight > 0;
}

static void
compare(struct pair *p, const struct merge *m)
{
	double d[MERGE_CELLS];

	p->shared = 0;
	for (size_t i = 0; i < MERGE_CELLS; i++)
		p->shared += both(m, p->a, p->b, i);
	for (int k = 0; k < 3; k++) {
		size_t n = 0;

		/* A floor, so that black and nearly black are alike. */
		for (size_t i = 0; i < MERGE_CELLS; i++)
			if (both(m, p->a, p->b, i))
				d[n++] = log((0.01 + (double)m->view[p->a].cell[i].light[k]) /
				    (0.01 + (double)m->view[p->b].cell[i].light[k]));
		qsort(d, n, sizeof *d, ascending);
		p->log_gain[k] = n ? d[n / 2] : 0;
	}
}

/* Each view with those that follow it, the last with the first. */
static enum status
pairs_of(struct pair **out, size_t *count, const struct merge *m,
    struct arena *a)
{
	const size_t each = m->n - 1 < COMPARED ? m->n - 1 : COMPARED;
	struct pair *p = arena_calloc(a, m->n * each + 1, sizeof *p);
	size_t n = 0;

	if (!p)
		return E_NOMEM;
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 1; j <= each; j++) {
			size_t b = (i + j) % m->n;

			if (each == m->n - 1 && b < i)
				continue;	/* was compared from b */
			p[n] = (struct pair){ .a = i, .b = b };
			compare(&p[n], m);
			n += p[n].shared > 0;
		}
	*out = p;
	*count = n;
	return OK;
}

/*
 * The logs of all gains at once: each is the mean of what its neighbours ask
 * of it, and a little of no change, until nothing moves (Gauss-Seidel). Their
 * mean over what is shown is no change: each photo's light is off from that
 * of the texture by chance, and the mean of all by less.
 */
static void
balance(struct merge_view *v, size_t n, const struct pair *p, size_t pairs,
    double *g, double *sum, double *weight)
{
	for (int k = 0; k < 3; k++) {
		double mean[2] = { 0 };

		memset(g, 0, n * sizeof *g);
		for (int round = 0; round < 200; round++) {
			double moved = 0;

			memset(sum, 0, n * sizeof *sum);
			memset(weight, 0, n * sizeof *weight);
			for (size_t i = 0; i < pairs; i++) {
				const size_t a = p[i].a, b = p[i].b;
				const double w = (double)p[i].shared;

				if (v[a].left_out || v[b].left_out)
					continue;
				sum[b] += w * (g[a] + p[i].log_gain[k]);
				sum[a] += w * (g[b] - p[i].log_gain[k]);
				weight[a] += w;
				weight[b] += w;
			}
			for (size_t i = 0; i < n; i++) {
				const double to = sum[i] / (weight[i] + PRIOR);

				moved = fmax(moved, fabs(to - g[i]));
				g[i] = 0.5 * (g[i] + to);
			}
			if (moved < 1e-4)
				break;
		}
		for (size_t i = 0; i < n; i++)
			if (!v[i].left_out) {
				mean[0] += (double)v[i].shows * g[i];
				mean[1] += (double)v[i].shows;
			}
		for (size_t i = 0; i < n; i++)
			if (!v[i].left_out)
				v[i].gain[k] = exp(fmin(fmax(g[i] - (mean[1] > 0 ?
				    mean[0] / mean[1] : 0), -log(GAIN_MAX)),
				    log(GAIN_MAX)));
	}
}

static double
distance(const struct small *a, const double *ga, const struct small *b,
    const double *gb)
{
	double d = 0;

	for (int k = 0; k < 3; k++) {
		double x = merge_from_light((double)a->light[k] * ga[k]) -
		    merge_from_light((double)b->light[k] * gb[k]);

		d += x * x;
	}
	return sqrt(d / 3);
}

/* shared and agrees of all views that are not left out. */
static void
agreement(struct merge_view *v, const struct merge *m, struct pair *p,
    size_t pairs)
{
	/* Of a view that is left out stays what was the reason. */
	for (size_t i = 0; i < m->n; i++)
		if (!v[i].left_out)
			v[i].shared = 0, v[i].agrees = 0;
	for (size_t i = 0; i < pairs; i++) {
		const size_t a = p[i].a, b = p[i].b;
		size_t near = 0;

		if (v[a].left_out || v[b].left_out)
			continue;
		for (size_t c = 0; c < MERGE_CELLS; c++)
			near += both(m, a, b, c) && distance(&m->view[a].cell[c],
			    v[a].gain, &m->view[b].cell[c], v[b].gain) < (double)NEAR;
		v[a].shared += p[i].shared;
		v[b].shared += p[i].shared;
		p[i].near = near;
		v[a].agrees += (double)near;
		v[b].agrees += (double)near;
	}
	for (size_t i = 0; i < m->n; i++)
		if (!v[i].left_out)
			v[i].agrees = v[i].shared ?
			    v[i].agrees / (double)v[i].shared : NAN;
}

/* On what part of what they share all pairs without view w agree; 0 without any. */
static double
without(size_t w, const struct merge_view *v, const struct pair *p, size_t pairs)
{
	double near = 0, shared = 0;

	for (size_t i = 0; i < pairs; i++) {
		const size_t a = p[i].a, b = p[i].b;

		if (a == w || b == w || v[a].left_out || v[b].left_out)
			continue;
		near += (double)p[i].near;
		shared += (double)p[i].shared;
	}
	return shared >= ENOUGH ? near / shared : 0;
}

/*
 * The view to leave out: that which agrees least, of equals shows least,
 * where that is too little at all, or next to how the others agree.
 */
static size_t
worst(const struct merge_view *v, size_t n, const struct pair *p, size_t pairs)
{
	size_t w = n;

	for (size_t i = 0; i < n; i++)
		if (!v[i].left_out && v[i].shared >= ENOUGH && (w == n ||
		    v[i].agrees < v[w].agrees - 1e-9 ||
		    (v[i].agrees < v[w].agrees + 1e-9 &&
		    v[i].shows < v[w].shows)))
			w = i;
	if (w < n && v[w].agrees >= DISAGREE &&
	    v[w].agrees >= LESS * without(w, v, p, pairs))
		return n;
	return w;
}

enum status
merge_judge(struct merge_view *v, const struct merge *m, struct arena *a)
{
	struct pair *p;
	size_t pairs;
	double *scratch = arena_calloc(a, m->n, 3 * sizeof *scratch);

	TRY(pairs_of(&p, &pairs, m, a));
	if (!scratch)
		return E_NOMEM;
	for (size_t i = 0; i < m->n; i++)
		v[i].shows = m->view[i].shows;
	for (;;) {
		balance(v, m->n, p, pairs, scratch, scratch + m->n,
		    scratch + 2 * m->n);
		agreement(v, m, p, pairs);
		size_t w = worst(v, m->n, p, pairs);

		if (w == m->n)
			break;
		v[w].left_out = true;
	}
	for (size_t i = 0; i < m->n; i++) {
		v[i].others = without(i, v, p, pairs);
		v[i].doubtful = !v[i].left_out && v[i].shared >= ENOUGH &&
		    v[i].agrees < DOUBT * (v[i].others > 0 ? v[i].others : USUAL);
	}
	return OK;
}
