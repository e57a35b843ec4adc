#include "texture/merge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "texture/mergeparts.h"
#include "texture/rim.h"
#include "texture/seam.h"
#include "view/seen.h"

#define PLAIN 0.02f		/* contrast that counts where there is none */

/* ---- light ---------------------------------------------------------------- */

double
merge_to_light(double v)	/* IEC 61966-2-1, 0..1 */
{
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

double
merge_from_light(double v)
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
	m->kept = arena_calloc(m->arena, T * T, MERGE_KEPT * sizeof *m->kept);
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
	size_t i = MERGE_KEPT;

	while (i > 0 && (!kept[i - 1].view || kept[i - 1].weight < o.weight))
		i--;
	if (i == MERGE_KEPT)
		return;
	memmove(kept + i + 1, kept + i, (MERGE_KEPT - 1 - i) * sizeof *kept);
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
		v->cell = arena_alloc(m->arena, MERGE_CELLS * sizeof *v->cell);
		if (!v->cell)
			return NULL;
		m->n++;
	}
	memset(v->cell, 0, MERGE_CELLS * sizeof *v->cell);
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
		struct small *c = &v->cell[t / T * MERGE_SMALL / T * MERGE_SMALL +
		    t % T * MERGE_SMALL / T];

		for (int k = 0; k < 3; k++)
			o.rgb[k] = (uint8_t)lrintf(fminf(fmaxf(rgb[k], -1), 1) *
			    127.5f + 127.5f);
		for (int k = 0; k < 2; k++)
			o.at[k] = (uint16_t)lrintf(at[k] /
			    fmaxf(v->side[k], 1) * 65535);
		keep(m->kept + t * MERGE_KEPT, o);
		v->shows++;
		for (int k = 0; k < 3; k++)
			c->light[k] += o.weight * (float)merge_to_light(o.rgb[k] / 255.0);
		c->weight += o.weight;
		c->sharp += o.weight * (PLAIN + contrast(in, at));
	}
	for (size_t i = 0; i < MERGE_CELLS; i++)
		for (int k = 0; k < 3 && v->cell[i].weight > 0; k++)
			v->cell[i].light[k] /= v->cell[i].weight;
}

/* ---- which views are kept ------------------------------------------------- */

/* What part of what a shows b does not show as well. */
static double
lost(const struct view_kept *a, const struct view_kept *b)
{
	double all = 0, more = 0;

	for (size_t i = 0; i < MERGE_CELLS; i++) {
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
		struct seen_once *kept = m->kept + t * MERGE_KEPT;

		for (size_t i = 0; i < MERGE_KEPT && kept[i].view; i++) {
			if (kept[i].view != v->slot + 1)
				continue;
			memmove(kept + i, kept + i + 1,
			    (MERGE_KEPT - 1 - i) * sizeof *kept);
			kept[MERGE_KEPT - 1] = (struct seen_once){ 0 };
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
	for (size_t i = 0; i < m->T * m->T * MERGE_KEPT; i++)
		m->kept[i].view = now[m->kept[i].view];
}

enum status
merge_finish(struct merged *out, struct merge *m, struct arena *a)
{
	const size_t n = m->T * m->T;
	bool any;

	in_order(m);
	*out = (struct merged){ arena_calloc(a, n, 3), arena_calloc(a, n, 1),
		arena_alloc(a, n * 2 * sizeof(float)),
		arena_calloc(a, m->n + 1, sizeof *out->views), m->n, m->added };
	if (!out->image || !out->view || !out->pixel || !out->views)
		return E_NOMEM;
	if (m->n == 0)
		return fail(E_VALUE, "no views");
	for (size_t i = 0; i < m->n; i++)
		out->views[i].slot = m->view[i].slot;
	TRY(merge_judge(out->views, m, a));
	TRY(merge_paint(&any, out, m, a));
	return any ? OK : fail(E_VALUE, "no texel is shown by any view");
}
