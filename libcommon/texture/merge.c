#include "texture/merge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "texture/rim.h"
#include "texture/seam.h"
#include "view/seen.h"

#define KEPT 8			/* observations of a texel */
#define SMALL 32		/* side of a view's small picture */

/*
 * Chosen on 60 made-up people as in photos, four views of each: 1 view in 80
 * would be left out, and 14 of 20 of somebody else among them.
 */
#define NEAR 0.10f		/* distance of colours that agree, sRGB 0..1 */
#define SPREAD 0.15f		/* deviation of the robust mean's weights */
#define DISAGREE 0.33		/* views that agree on less are of two people */
#define FAIR 0.1f		/* weight from which on views count alike */
#define ENOUGH 16		/* small texels that must be shared to say so */
#define COMPARED 64		/* views that each one is compared with */
#define GAIN_MAX 4.0
#define PRIOR 60.0		/* small texels of no difference in light */
#define BLUR 6			/* texels at 256 that are detail and not colour */

struct seen_once {
	float weight;
	uint16_t view;		/* 1..; 0: none */
	uint8_t rgb[3];		/* sRGB */
};

/* Mean light, 0..1, and how much of the cell is shown. */
struct small {
	float light[3], weight;
};

struct view_kept {
	struct small *cell;	/* SMALL * SMALL */
	size_t shows;
};

struct merge {
	size_t T;
	struct arena *arena;
	uint8_t *chart;
	bool adjoin[25][25];
	struct seen_once *kept;	/* [T][T][KEPT] */
	struct view_kept *view;
	size_t n, room;
};

/* ---- light ---------------------------------------------------------------- */

static double
to_light(double v)	/* IEC 61966-2-1, 0..1 */
{
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double
from_light(double v)
{
	v = v < 0 ? 0 : v > 1 ? 1 : v;
	return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

/* ---- one view ------------------------------------------------------------- */

enum status
merge_new(struct merge **out, const struct layout *l, size_t T)
{
	struct merge *m = calloc(1, sizeof *m);

	if (!m)
		return fail(E_NOMEM, "no memory to merge views");
	m->T = T;
	enum status st = arena_new(&m->arena, (size_t)64 << 30);

	if (st != OK) {
		free(m);
		return st;
	}
	m->chart = arena_calloc(m->arena, T, T);
	m->kept = arena_calloc(m->arena, T * T, KEPT * sizeof *m->kept);
	if (!m->chart || !m->kept) {
		merge_free(m);
		return E_NOMEM;
	}
	layout_charts(l, T, m->chart);
	for (int i = 1; i < 25; i++)
		for (int j = 1; j < 25; j++)
			m->adjoin[i][j] = i == j || seam_adjoin(i, j);
	*out = m;
	return OK;
}

void
merge_free(struct merge *m)
{
	if (!m)
		return;
	arena_free(m->arena);
	free(m->view);
	free(m);
}

/* How the pixel moves from texel t in one direction; false where it is not seen. */
static bool
step_of(float d[2], const struct unwrap_input *in, const struct merge *m,
    size_t t, size_t at, size_t stride)
{
	const bool back = at > 0 && m->chart[t - stride] == m->chart[t] &&
	    seen_itself(in->seen[t - stride]);
	const bool on = at + 1 < m->T && m->chart[t + stride] == m->chart[t] &&
	    seen_itself(in->seen[t + stride]);
	const float *a = in->coord + 2 * (back ? t - stride : t);
	const float *b = in->coord + 2 * (on ? t + stride : t);

	if (!back && !on)
		return false;
	for (int k = 0; k < 2; k++)
		d[k] = (b[k] - a[k]) / (back && on ? 2 : 1);
	return true;
}

/*
 * A texel is as wide as it is high on the body. So the singular values of
 * the map from texels to pixels say how it is seen: their quotient is the
 * cosine of the angle of view, their product the pixels that it has.
 */
static float
weight_of(const struct unwrap_input *in, const struct merge *m, size_t t)
{
	float u[2], v[2];

	if (!step_of(u, in, m, t, t % m->T, 1) ||
	    !step_of(v, in, m, t, t / m->T, m->T))
		return 0.01f;
	const float e = u[0] * u[0] + u[1] * u[1], g = v[0] * v[0] + v[1] * v[1],
	    f = u[0] * v[0] + u[1] * v[1];
	const float det = fabsf(u[0] * v[1] - u[1] * v[0]);
	const float root = sqrtf((e - g) * (e - g) + 4 * f * f);
	const float most = 0.5f * (e + g + root);

	if (!(most > 1e-6f))
		return 0.01f;
	/* det is the product, most the square of the greater one. */
	const float slant = fminf(det / most, 1);

	return fmaxf(slant * slant * fminf(det, 1), 0.01f);
}

/* Among the best of its texel, heaviest first; of equals the earlier view. */
static void
keep(struct seen_once *kept, struct seen_once o)
{
	size_t i = KEPT;

	while (i > 0 && (!kept[i - 1].view || kept[i - 1].weight < o.weight))
		i--;
	if (i == KEPT)
		return;
	memmove(kept + i + 1, kept + i, (KEPT - 1 - i) * sizeof *kept);
	kept[i] = o;
}

static struct view_kept *
one_more(struct merge *m)
{
	if (m->n == m->room) {
		size_t room = m->room ? 2 * m->room : 16;
		struct view_kept *q = realloc(m->view, room * sizeof *q);

		if (!q) {
			fail(E_NOMEM, "no memory for %zu views", room);
			return NULL;
		}
		m->view = q;
		m->room = room;
	}
	struct view_kept *v = &m->view[m->n];

	v->shows = 0;
	v->cell = arena_calloc(m->arena, SMALL * SMALL, sizeof *v->cell);
	return v->cell ? v : NULL;
}

enum status
merge_add(struct merge *m, const struct unwrap_input *in, float erode)
{
	const struct rim_photo photo = { in->h, in->w, in->image, in->iuv,
		in->matte };
	const size_t T = m->T;

	if (m->n == MERGE_VIEWS)
		return fail(E_LIMIT, "more than %d views", MERGE_VIEWS);
	uint8_t *use = malloc(in->h * in->w + 1);
	struct view_kept *v = one_more(m);

	if (!use || !v) {
		free(use);
		return fail(E_NOMEM, "no memory for a view");
	}
	m->n++;
	rim_judge(use, &photo, m->adjoin, erode);
	for (size_t t = 0; t < T * T; t++) {
		float rgb[3], trusted;

		if (!m->chart[t] || !seen_itself(in->seen[t]) ||
		    !rim_read(rgb, &trusted, &photo, use, in->coord + 2 * t) ||
		    trusted == 0)
			continue;
		struct seen_once o = { weight_of(in, m, t) * trusted,
		    (uint16_t)m->n, { 0 } };
		struct small *c = &v->cell[t / T * SMALL / T * SMALL +
		    t % T * SMALL / T];

		for (int k = 0; k < 3; k++)
			o.rgb[k] = (uint8_t)lrintf(fminf(fmaxf(rgb[k], -1), 1) *
			    127.5f + 127.5f);
		keep(m->kept + t * KEPT, o);
		v->shows++;
		for (int k = 0; k < 3; k++)
			c->light[k] += o.weight * (float)to_light(o.rgb[k] / 255.0);
		c->weight += o.weight;
	}
	for (size_t i = 0; i < SMALL * SMALL; i++)
		for (int k = 0; k < 3 && v->cell[i].weight > 0; k++)
			v->cell[i].light[k] /= v->cell[i].weight;
	free(use);
	return OK;
}

/* ---- views against each other --------------------------------------------- */

/* Two views in the places that both show: by how much b is brighter, as logs. */
struct pair {
	size_t a, b, shared;
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
	double d[SMALL * SMALL];

	p->shared = 0;
	for (size_t i = 0; i < SMALL * SMALL; i++)
		p->shared += both(m, p->a, p->b, i);
	for (int k = 0; k < 3; k++) {
		size_t n = 0;

		/* A floor, so that black and nearly black are alike. */
		for (size_t i = 0; i < SMALL * SMALL; i++)
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
		double x = from_light((double)a->light[k] * ga[k]) -
		    from_light((double)b->light[k] * gb[k]);

		d += x * x;
	}
	return sqrt(d / 3);
}

/* shared and agrees of all views that are not left out. */
static void
agreement(struct merge_view *v, const struct merge *m, const struct pair *p,
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
		for (size_t c = 0; c < SMALL * SMALL; c++)
			near += both(m, a, b, c) && distance(&m->view[a].cell[c],
			    v[a].gain, &m->view[b].cell[c], v[b].gain) < (double)NEAR;
		v[a].shared += p[i].shared;
		v[b].shared += p[i].shared;
		v[a].agrees += (double)near;
		v[b].agrees += (double)near;
	}
	for (size_t i = 0; i < m->n; i++)
		if (!v[i].left_out)
			v[i].agrees = v[i].shared ?
			    v[i].agrees / (double)v[i].shared : NAN;
}

/* The view to leave out: that which agrees least, of equals shows least. */
static size_t
worst(const struct merge_view *v, size_t n)
{
	size_t w = n;

	for (size_t i = 0; i < n; i++)
		if (!v[i].left_out && v[i].shared >= ENOUGH &&
		    v[i].agrees < DISAGREE && (w == n ||
		    v[i].agrees < v[w].agrees - 1e-9 ||
		    (v[i].agrees < v[w].agrees + 1e-9 &&
		    v[i].shows < v[w].shows)))
			w = i;
	return w;
}

static enum status
judge(struct merge_view *v, const struct merge *m, struct arena *a)
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
		size_t w = worst(v, m->n);

		if (w == m->n)
			return OK;
		v[w].left_out = true;
	}
}

/* ---- one texel ------------------------------------------------------------ */

struct texels {
	float *mean, *best;	/* [T][T][3], sRGB 0..1 */
	uint16_t *view;		/* [T][T] of the best; 0: none */
};

static float
apart(const float *a, const float *b)
{
	float d = 0;

	for (int k = 0; k < 3; k++)
		d += (a[k] - b[k]) * (a[k] - b[k]);
	return d / 3;
}

/*
 * The mode: the observation with most weight of like colour around it, and
 * the mean of all by how like it they are. A lone view that differs loses.
 */
static void
one_texel(const struct texels *o, size_t t, const struct seen_once *kept,
    const struct merge_view *v)
{
	float rgb[KEPT][3], w[KEPT], like[KEPT], most = 0, sum[4] = { 0 };
	uint16_t who[KEPT];
	size_t n = 0, mode = 0, best = 0;

	for (size_t i = 0; i < KEPT && kept[i].view; i++) {
		const struct merge_view *of = &v[kept[i].view - 1];

		if (of->left_out)
			continue;
		for (int k = 0; k < 3; k++)
			rgb[n][k] = (float)from_light(to_light(
			    kept[i].rgb[k] / 255.0) * of->gain[k]);
		who[n] = kept[i].view;
		w[n++] = kept[i].weight;
	}
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		float s = 0;

		for (size_t j = 0; j < n; j++)
			s += w[j] * expf(-apart(rgb[i], rgb[j]) /
			    (2 * SPREAD * SPREAD));
		if (s > most) {
			most = s;
			mode = i;
		}
	}
	for (size_t i = 0; i < n; i++) {
		const float near = expf(-apart(rgb[i], rgb[mode]) /
		    (2 * SPREAD * SPREAD));
		const float fair = fminf(w[i], FAIR) * near;

		like[i] = w[i] * near;
		/* Each photo's light is wrong in its own way: their mean by less. */
		for (int k = 0; k < 3; k++)
			sum[k] += fair * rgb[i][k];
		sum[3] += fair;
		if (like[i] > like[best])
			best = i;
	}
	for (int k = 0; k < 3; k++)
		o->mean[3 * t + (size_t)k] = sum[3] > 0 ? sum[k] / sum[3] :
		    rgb[mode][k];
	memcpy(o->best + 3 * t, rgb[best], sizeof rgb[best]);
	o->view[t] = who[best];
}

/* ---- detail of the best, colour of all ------------------------------------ */

/*
 * Mean and best differ by colours at large, where views do, and by detail.
 * The former, smoothed among the texels of one chart whose best view is the
 * same, is added to the best: where two such regions meet, both then have
 * the mean's colours, and no seam.
 */
static void
correction(float e[3], const struct merge *m, const struct texels *o, size_t t,
    size_t r)
{
	const size_t T = m->T, x = t % T, y = t / T;
	float sum[4] = { 0 };

	for (size_t v = y > r ? y - r : 0; v <= y + r && v < T; v++)
		for (size_t u = x > r ? x - r : 0; u <= x + r && u < T; u++) {
			const size_t i = v * T + u;

			if (o->view[i] != o->view[t] || m->chart[i] != m->chart[t])
				continue;
			for (size_t k = 0; k < 3; k++)
				sum[k] += o->mean[3 * i + k] - o->best[3 * i + k];
			sum[3]++;
		}
	for (int k = 0; k < 3; k++)
		e[k] = sum[k] / sum[3];
}

static void
blend(struct merged *out, const struct merge *m, const struct texels *o)
{
	const size_t r = BLUR * m->T / 256 > 0 ? BLUR * m->T / 256 : 1;

	for (size_t t = 0; t < m->T * m->T; t++) {
		float e[3];

		if (!o->view[t])
			continue;
		correction(e, m, o, t, r);
		for (size_t k = 0; k < 3; k++)
			out->image[3 * t + k] = (uint8_t)lrintf(255 * fminf(fmaxf(
			    o->best[3 * t + k] + e[k], 0), 1));
		out->view[t] = (uint8_t)(o->view[t] < 255 ? o->view[t] : 255);
	}
}

enum status
merge_finish(struct merged *out, struct merge *m, struct arena *a)
{
	const size_t n = m->T * m->T;
	struct texels o = { arena_calloc(a, n, 3 * sizeof(float)),
		arena_calloc(a, n, 3 * sizeof(float)),
		arena_calloc(a, n, sizeof(uint16_t)) };
	size_t shown = 0;

	*out = (struct merged){ arena_calloc(a, n, 3), arena_calloc(a, n, 1),
		arena_calloc(a, m->n + 1, sizeof *out->views), m->n };
	if (!o.mean || !o.best || !o.view || !out->image || !out->view ||
	    !out->views)
		return E_NOMEM;
	if (m->n == 0)
		return fail(E_VALUE, "no views");
	TRY(judge(out->views, m, a));
	for (size_t t = 0; t < n; t++) {
		one_texel(&o, t, m->kept + t * KEPT, out->views);
		shown += o.view[t] != 0;
	}
	if (shown == 0)
		return fail(E_VALUE, "no texel is shown by any view");
	blend(out, m, &o);
	return OK;
}
