/* One picture of many views: the best view's detail in the colours of all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "texture/mergeparts.h"

#define SPREAD 0.15f		/* deviation of the robust mean's weights, sRGB 0..1 */
#define FAIR 0.1f		/* weight from which on views count alike */
#define BLUR 6			/* texels at 256 that are detail and not colour */
#define AROUND 4		/* texels at 256 around one that choose its view */
#define ABOUT 0.7f		/* of the most, and it is about as much */

/* ---- one texel ------------------------------------------------------------ */

struct texels {
	float *mean, *best;	/* [T][T][3], sRGB 0..1 */
	uint16_t *view;		/* [T][T] of the best; 0: none */
	float *pixel;		/* the result's */
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
		rgb[i] = (float)merge_from_light(merge_to_light(k->rgb[i] / 255.0) *
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
	float rgb[MERGE_KEPT][3], most = 0, sum[4] = { 0 };
	size_t mode = MERGE_KEPT;

	for (size_t i = 0; i < MERGE_KEPT && kept[i].view; i++) {
		if (v[kept[i].view - 1].left_out)
			kept[i].weight = 0;
		colour_of(rgb[i], &kept[i], v);
	}
	for (size_t i = 0; i < MERGE_KEPT && kept[i].view; i++) {
		float s = 0;

		if (kept[i].weight == 0)
			continue;
		for (size_t j = 0; j < MERGE_KEPT && kept[j].view; j++)
			s += kept[j].weight * expf(-apart(rgb[i], rgb[j]) /
			    (2 * SPREAD * SPREAD));
		if (s > most) {
			most = s;
			mode = i;
		}
	}
	if (mode == MERGE_KEPT)
		return;
	for (size_t i = 0; i < MERGE_KEPT && kept[i].view; i++) {
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
			const struct seen_once *k = m->kept + (v * T + u) * MERGE_KEPT;

			if (m->chart[v * T + u] != m->chart[t])
				continue;
			for (size_t i = 0; i < MERGE_KEPT && k[i].view; i++)
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
	const struct seen_once *kept = m->kept + t * MERGE_KEPT, *best = NULL;
	float worth[MERGE_KEPT], most = 0;

	for (size_t i = 0; i < MERGE_KEPT && kept[i].view; i++) {
		worth[i] = kept[i].weight > 0 ?
		    worth_around(m, t, kept[i].view) : 0;
		most = fmaxf(most, worth[i]);
	}
	for (size_t i = 0; i < MERGE_KEPT && kept[i].view; i++)
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
look_around(struct beside b[MERGE_KEPT], const struct merge *m,
    const struct texels *o, size_t t, size_t r)
{
	const struct seen_once *kept = m->kept + t * MERGE_KEPT;
	const size_t T = m->T, x = t % T, y = t / T;

	memset(b, 0, MERGE_KEPT * sizeof *b);
	for (size_t v = y > r ? y - r : 0; v <= y + r && v < T; v++)
		for (size_t u = x > r ? x - r : 0; u <= x + r && u < T; u++) {
			const size_t i = v * T + u;
			size_t j = 0;

			if (!o->view[i] || m->chart[i] != m->chart[t])
				continue;
			while (j < MERGE_KEPT && kept[j].view != o->view[i])
				j++;
			if (j == MERGE_KEPT || kept[j].weight == 0)
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
		struct beside b[MERGE_KEPT];
		float sum[4] = { 0 }, rgb[3];

		if (!o->view[t])
			continue;
		look_around(b, m, o, t, r);
		for (size_t j = 0; j < MERGE_KEPT; j++) {
			if (b[j].near == 0)
				continue;
			colour_of(rgb, m->kept + t * MERGE_KEPT + j, v);
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
merge_paint(bool *any, struct merged *out, struct merge *m, struct arena *a)
{
	const size_t n = m->T * m->T;
	const struct texels o = { arena_calloc(a, n, 3 * sizeof(float)),
		arena_calloc(a, n, 3 * sizeof(float)),
		arena_calloc(a, n, sizeof(uint16_t)), out->pixel };
	double *shown = arena_calloc(a, m->n + 1, sizeof *shown);

	if (!o.mean || !o.best || !o.view || !shown)
		return E_NOMEM;
	for (size_t i = 0; i < m->n; i++)
		for (size_t c = 0; c < MERGE_CELLS; c++)
			shown[i] += (double)m->view[i].cell[c].sharp;
	for (size_t t = 0; t < n; t++) {
		o.pixel[2 * t] = o.pixel[2 * t + 1] = NAN;
		one_texel(&o, t, m->kept + t * MERGE_KEPT, out->views);
	}
	*any = false;
	for (size_t t = 0; t < n; t++) {
		choose(&o, t, m, out->views, shown);
		*any |= o.view[t] != 0;
	}
	blend(out, m, &o, out->views);
	return OK;
}
