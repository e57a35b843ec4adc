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
 * would be left out, and 14 of 20 of somebody else among them. LESS: on ten
 * figures from three sides, with labels of our own, it leaves out one of 30
 * and 18 of 20 of somebody else; without it 12.
 */
#define NEAR 0.10f		/* distance of colours that agree, sRGB 0..1 */
#define SPREAD 0.15f		/* deviation of the robust mean's weights */
#define DISAGREE 0.33		/* views that agree on less are of two people */
#define LESS 0.6		/* so does one that agrees so much less than the others */
#define DOUBT 0.75		/* one that agrees so much less is to be looked at */
#define USUAL 0.8		/* what others agree on, where there are none */
#define FAIR 0.1f		/* weight from which on views count alike */
#define ENOUGH 16		/* small texels that must be shared to say so */
#define COMPARED 64		/* views that each one is compared with */
#define GAIN_MAX 4.0
#define PRIOR 60.0		/* small texels of no difference in light */
#define BLUR 6			/* texels at 256 that are detail and not colour */
#define AROUND 4		/* texels at 256 around one that choose its view */
#define ABOUT 0.7f		/* of the most, and it is about as much */
#define PLAIN 0.02f		/* contrast that counts where there is none */

struct seen_once {
	float weight;
	uint16_t view;		/* 1..: its slot; 0: none */
	uint16_t at[2];		/* the pixel, as a share of the picture's sides */
	uint8_t rgb[3];		/* sRGB */
};

/* Mean light, 0..1, how much of the cell is shown, and how sharply. */
struct small {
	float light[3], weight, sharp;
};

struct view_kept {
	struct small *cell;	/* SMALL * SMALL */
	size_t shows, slot, number;	/* number: from 1, in order; 0: free */
	float side[2];		/* of the picture, less one pixel */
};

struct merge {
	size_t T;
	struct arena *arena;
	uint8_t *chart;
	bool adjoin[25][25];
	struct seen_once *kept;	/* [T][T][KEPT] */
	struct view_kept *view;	/* slots, one more than are kept */
	size_t n, most, added;
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
merge_new(struct merge **out, const struct layout *l, size_t T, size_t views)
{
	struct merge *m = calloc(1, sizeof *m);

	if (!m)
		return fail(E_NOMEM, "no memory to merge views");
	m->T = T;
	m->most = views;
	enum status st = arena_new(&m->arena, (size_t)64 << 30);

	if (st != OK) {
		free(m);
		return st;
	}
	m->chart = arena_calloc(m->arena, T, T);
	m->kept = arena_calloc(m->arena, T * T, KEPT * sizeof *m->kept);
	m->view = arena_calloc(m->arena, views + 1, sizeof *m->view);
	if (!m->chart || !m->kept || !m->view) {
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

/* A slot that is free: there is one. */
static struct view_kept *
one_more(struct merge *m)
{
	size_t i = 0;

	while (i < m->n && m->view[i].number)
		i++;
	struct view_kept *v = &m->view[i];

	if (i == m->n) {
		v->cell = arena_alloc(m->arena, SMALL * SMALL * sizeof *v->cell);
		if (!v->cell)
			return NULL;
		m->n++;
	}
	memset(v->cell, 0, SMALL * SMALL * sizeof *v->cell);
	v->shows = 0;
	v->slot = i;
	v->number = ++m->added;
	return v;
}

/* How much a pixel differs from those around it: a blurred picture's hardly does. */
static float
contrast(const struct unwrap_input *in, const float c[2])
{
	const size_t x = (size_t)lrintf(c[0]), y = (size_t)lrintf(c[1]);
	const uint8_t *p = in->image + 3 * (y * in->w + x);
	float d = 0;

	if (x == 0 || y == 0 || x + 1 >= in->w || y + 1 >= in->h)
		return 0;
	for (int k = 0; k < 3; k++)
		d += fabsf((float)(4 * p[k] - p[k - 3] - p[k + 3] -
		    p[k - 3 * (ptrdiff_t)in->w] - p[k + 3 * (ptrdiff_t)in->w]));
	return d / (12 * 255);
}

static void
look(struct merge *m, struct view_kept *v, const struct rim_photo *photo,
    const uint8_t *use, const struct unwrap_input *in)
{
	const size_t T = m->T;

	v->side[0] = (float)(in->w - 1);
	v->side[1] = (float)(in->h - 1);
	for (size_t t = 0; t < T * T; t++) {
		const float *at = in->coord + 2 * t;
		float rgb[3], trusted;

		if (!m->chart[t] || !seen_itself(in->seen[t]) ||
		    !rim_read(rgb, &trusted, photo, use, at) || trusted == 0)
			continue;
		struct seen_once o = { .weight = weight_of(in, m, t) * trusted,
		    .view = (uint16_t)(v->slot + 1) };
		struct small *c = &v->cell[t / T * SMALL / T * SMALL +
		    t % T * SMALL / T];

		for (int k = 0; k < 3; k++)
			o.rgb[k] = (uint8_t)lrintf(fminf(fmaxf(rgb[k], -1), 1) *
			    127.5f + 127.5f);
		for (int k = 0; k < 2; k++)
			o.at[k] = (uint16_t)lrintf(at[k] /
			    fmaxf(v->side[k], 1) * 65535);
		keep(m->kept + t * KEPT, o);
		v->shows++;
		for (int k = 0; k < 3; k++)
			c->light[k] += o.weight * (float)to_light(o.rgb[k] / 255.0);
		c->weight += o.weight;
		c->sharp += o.weight * (PLAIN + contrast(in, at));
	}
	for (size_t i = 0; i < SMALL * SMALL; i++)
		for (int k = 0; k < 3 && v->cell[i].weight > 0; k++)
			v->cell[i].light[k] /= v->cell[i].weight;
}

/* ---- which views are kept ------------------------------------------------- */

/* What part of what a shows b does not show as well. */
static double
lost(const struct view_kept *a, const struct view_kept *b)
{
	double all = 0, more = 0;

	for (size_t i = 0; i < SMALL * SMALL; i++) {
		const double x = (double)a->cell[i].sharp;

		all += x;
		more += fmax(x - (double)b->cell[i].sharp, 0);
	}
	return all > 0 ? more / all : 0;
}

/* The view that one other replaces best; of equals the latest. */
static struct view_kept *
needless(const struct merge *m)
{
	struct view_kept *w = m->view;
	double least = INFINITY;

	for (size_t a = 0; a < m->n; a++)
		for (size_t b = 0; b < m->n; b++) {
			struct view_kept *v = &m->view[a];
			const double d = a == b ? INFINITY :
			    lost(v, &m->view[b]);

			if (d < least || (d <= least && v->number > w->number)) {
				least = d;
				w = v;
			}
		}
	return w;
}

static void
forget(struct merge *m, struct view_kept *v)
{
	v->number = 0;
	for (size_t t = 0; t < m->T * m->T; t++) {
		struct seen_once *kept = m->kept + t * KEPT;

		for (size_t i = 0; i < KEPT && kept[i].view; i++) {
			if (kept[i].view != v->slot + 1)
				continue;
			memmove(kept + i, kept + i + 1,
			    (KEPT - 1 - i) * sizeof *kept);
			kept[KEPT - 1] = (struct seen_once){ 0 };
		}
	}
}

enum status
merge_add(size_t *slot, struct merge *m, const struct unwrap_input *in,
    float erode)
{
	const struct rim_photo photo = { in->h, in->w, in->image, in->iuv,
		in->matte };
	uint8_t *use = malloc(in->h * in->w + 1);
	struct view_kept *v = use ? one_more(m) : NULL;

	if (!v) {
		free(use);
		return fail(E_NOMEM, "no memory for a view");
	}
	rim_judge(use, &photo, m->adjoin, erode);
	look(m, v, &photo, use, in);
	free(use);
	*slot = v->slot;
	if (m->n == m->most + 1)
		forget(m, needless(m));
	return OK;
}

static int
by_number(const void *a, const void *b)
{
	const size_t x = ((const struct view_kept *)a)->number,
	    y = ((const struct view_kept *)b)->number;

	return x < y ? -1 : x > y;
}

/* Those that are kept, in the order in which they came, and counted so. */
static void
in_order(struct merge *m)
{
	uint16_t now[MERGE_VIEWS + 2] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		if (m->view[i].number)
			m->view[n++] = m->view[i];
	m->n = n;
	qsort(m->view, n, sizeof *m->view, by_number);
	for (size_t i = 0; i < n; i++)
		now[m->view[i].slot + 1] = (uint16_t)(i + 1);
	for (size_t i = 0; i < m->T * m->T * KEPT; i++)
		m->kept[i].view = now[m->kept[i].view];
}

/* ---- views against each other --------------------------------------------- */

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
		for (size_t c = 0; c < SMALL * SMALL; c++)
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

/* ---- one texel ------------------------------------------------------------ */

struct texels {
	float *mean, *best;	/* [T][T][3], sRGB 0..1 */
	float *pixel;		/* [T][T][2] of the best */
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

static void
colour_of(float rgb[3], const struct seen_once *k, const struct merge_view *v)
{
	for (int i = 0; i < 3; i++)
		rgb[i] = (float)from_light(to_light(k->rgb[i] / 255.0) *
		    v[k->view - 1].gain[i]);
}

/*
 * The mode: the observation with most weight of like colour around it, and
 * the mean of all by how like it they are. A lone view that differs loses.
 * Each one's weight becomes what it is worth so, 0 where its view is left out.
 */
static void
one_texel(const struct texels *o, size_t t, struct seen_once *kept,
    const struct merge_view *v)
{
	float rgb[KEPT][3], most = 0, sum[4] = { 0 };
	size_t mode = KEPT;

	for (size_t i = 0; i < KEPT && kept[i].view; i++) {
		if (v[kept[i].view - 1].left_out)
			kept[i].weight = 0;
		colour_of(rgb[i], &kept[i], v);
	}
	for (size_t i = 0; i < KEPT && kept[i].view; i++) {
		float s = 0;

		if (kept[i].weight == 0)
			continue;
		for (size_t j = 0; j < KEPT && kept[j].view; j++)
			s += kept[j].weight * expf(-apart(rgb[i], rgb[j]) /
			    (2 * SPREAD * SPREAD));
		if (s > most) {
			most = s;
			mode = i;
		}
	}
	if (mode == KEPT)
		return;
	for (size_t i = 0; i < KEPT && kept[i].view; i++) {
		const float near = expf(-apart(rgb[i], rgb[mode]) /
		    (2 * SPREAD * SPREAD));
		const float fair = fminf(kept[i].weight, FAIR) * near;

		kept[i].weight *= near;
		/* Each photo's light is wrong in its own way: their mean by less. */
		for (int k = 0; k < 3; k++)
			sum[k] += fair * rgb[i][k];
		sum[3] += fair;
	}
	for (int k = 0; k < 3; k++)
		o->mean[3 * t + (size_t)k] = sum[3] > 0 ? sum[k] / sum[3] :
		    rgb[mode][k];
}

/* What the view is worth on the texels around t, of which every other one is asked. */
static float
worth_around(const struct merge *m, size_t t, unsigned view)
{
	const size_t T = m->T, x = t % T, y = t / T, r = 2 * (AROUND * T / 512);
	float sum = 0;

	for (size_t v = y - (y < r ? y & ~(size_t)1 : r); v <= y + r && v < T; v += 2)
		for (size_t u = x - (x < r ? x & ~(size_t)1 : r); u <= x + r && u < T;
		    u += 2) {
			const struct seen_once *k = m->kept + (v * T + u) * KEPT;

			if (m->chart[v * T + u] != m->chart[t])
				continue;
			for (size_t i = 0; i < KEPT && k[i].view; i++)
				if (k[i].view == view)
					sum += k[i].weight;
		}
	return sum;
}

/*
 * The view whose detail is taken: of those that are worth about as much
 * around here the one that shows most of the body, sharply. So it does not
 * change from texel to texel among views that show the same a little apart.
 */
static void
choose(const struct texels *o, size_t t, const struct merge *m,
    const struct merge_view *v, const double *shown)
{
	const struct seen_once *kept = m->kept + t * KEPT, *best = NULL;
	float worth[KEPT], most = 0;

	for (size_t i = 0; i < KEPT && kept[i].view; i++) {
		worth[i] = kept[i].weight > 0 ?
		    worth_around(m, t, kept[i].view) : 0;
		most = fmaxf(most, worth[i]);
	}
	for (size_t i = 0; i < KEPT && kept[i].view; i++)
		if (worth[i] > 0 && worth[i] >= ABOUT * most && (!best ||
		    shown[kept[i].view - 1] > shown[best->view - 1]))
			best = &kept[i];
	if (!best)
		return;
	colour_of(o->best + 3 * t, best, v);
	o->view[t] = best->view;
	for (size_t k = 0; k < 2; k++)
		o->pixel[2 * t + k] = rintf(8 * m->view[best->view - 1].side[k] *
		    best->at[k] / 65535) / 8;
}

/* ---- detail of the best, colour of all ------------------------------------ */

/* Of one view around a texel: where it is the best, and by how much the mean differs. */
struct beside {
	float near, sum[4];
};

static void
look_around(struct beside b[KEPT], const struct merge *m,
    const struct texels *o, size_t t, size_t r)
{
	const struct seen_once *kept = m->kept + t * KEPT;
	const size_t T = m->T, x = t % T, y = t / T;

	memset(b, 0, KEPT * sizeof *b);
	for (size_t v = y > r ? y - r : 0; v <= y + r && v < T; v++)
		for (size_t u = x > r ? x - r : 0; u <= x + r && u < T; u++) {
			const size_t i = v * T + u;
			size_t j = 0;

			if (!o->view[i] || m->chart[i] != m->chart[t])
				continue;
			while (j < KEPT && kept[j].view != o->view[i])
				j++;
			if (j == KEPT || kept[j].weight == 0)
				continue;
			for (size_t k = 0; k < 3; k++)
				b[j].sum[k] += o->mean[3 * i + k] - o->best[3 * i + k];
			b[j].sum[3]++;
			b[j].near += 2 * labs((long)u - (long)x) <= (long)r &&
			    2 * labs((long)v - (long)y) <= (long)r;
		}
}

/*
 * Mean and best differ by colours at large, where views do, and by detail.
 * The former, smoothed among the texels of one chart whose best view is the
 * same, is added to the best: where two such regions meet, both then have
 * the mean's colours. There they also go over into each other, as far as
 * both show the texel.
 */
static void
blend(struct merged *out, const struct merge *m, const struct texels *o,
    const struct merge_view *v)
{
	const size_t r = BLUR * m->T / 256 > 0 ? BLUR * m->T / 256 : 1;

	for (size_t t = 0; t < m->T * m->T; t++) {
		struct beside b[KEPT];
		float sum[4] = { 0 }, rgb[3];

		if (!o->view[t])
			continue;
		look_around(b, m, o, t, r);
		for (size_t j = 0; j < KEPT; j++) {
			if (b[j].near == 0)
				continue;
			colour_of(rgb, m->kept + t * KEPT + j, v);
			for (int k = 0; k < 3; k++)
				sum[k] += b[j].near * (rgb[k] + b[j].sum[k] / b[j].sum[3]);
			sum[3] += b[j].near;
		}
		for (size_t k = 0; k < 3; k++)
			out->image[3 * t + k] = (uint8_t)lrintf(255 * fminf(fmaxf(
			    sum[k] / sum[3], 0), 1));
		out->view[t] = (uint8_t)o->view[t];
	}
}

enum status
merge_finish(struct merged *out, struct merge *m, struct arena *a)
{
	const size_t n = m->T * m->T;
	struct texels o = { arena_calloc(a, n, 3 * sizeof(float)),
		arena_calloc(a, n, 3 * sizeof(float)),
		arena_alloc(a, n * 2 * sizeof(float)),
		arena_calloc(a, n, sizeof(uint16_t)) };
	double *shown = arena_calloc(a, m->n + 1, sizeof *shown);
	bool any = false;

	in_order(m);
	*out = (struct merged){ arena_calloc(a, n, 3), arena_calloc(a, n, 1),
		o.pixel, arena_calloc(a, m->n + 1, sizeof *out->views), m->n,
		m->added };
	if (!o.mean || !o.best || !o.pixel || !o.view || !out->image ||
	    !out->view || !out->views || !shown)
		return E_NOMEM;
	if (m->n == 0)
		return fail(E_VALUE, "no views");
	for (size_t i = 0; i < m->n; i++) {
		out->views[i].slot = m->view[i].slot;
		for (size_t c = 0; c < SMALL * SMALL; c++)
			shown[i] += (double)m->view[i].cell[c].sharp;
	}
	TRY(judge(out->views, m, a));
	for (size_t t = 0; t < n; t++) {
		o.pixel[2 * t] = o.pixel[2 * t + 1] = NAN;
		one_texel(&o, t, m->kept + t * KEPT, out->views);
	}
	for (size_t t = 0; t < n; t++) {
		choose(&o, t, m, out->views, shown);
		any |= o.view[t] != 0;
	}
	if (!any)
		return fail(E_VALUE, "no texel is shown by any view");
	blend(out, m, &o, out->views);
	return OK;
}
