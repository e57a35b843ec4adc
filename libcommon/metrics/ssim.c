/*
 * A window's weights are an outer product, so its five sums (of a, b, aa, bb
 * and ab) are taken down the columns first and then along the rows. Rows are
 * worked off one at a time: besides the padded planes only ten rows are kept.
 */
#include "metrics/ssim.h"

#include <math.h>
#include <string.h>

#define SIZE_MAX_WINDOW 101	/* of all protocols: 51 */

/* Weights along one axis, sum 1. */
static void
window_weights(double *g, const struct ssim_window *win)
{
	double sum = 0;

	for (int i = 0; i < win->size; i++) {
		double x = i - win->size / 2;

		g[i] = win->sigma > 0 ?
		    exp(-x * x / (2 * win->sigma * win->sigma)) : 1;
		sum += g[i];
	}
	for (int i = 0; i < win->size; i++)
		g[i] /= sum;
}

/* Channel ch of x (the luminance for win->luma), scaled, at pixel i. */
static double
value(const double *x, const struct pair *p, const struct ssim_window *win,
    size_t ch, size_t i, double scale, double offset)
{
	size_t plane = p->h * p->w;
	double v = x[ch * plane + i];

	if (win->luma && p->c == 3)
		v = 0.299 * x[i] + 0.587 * x[plane + i] +
		    0.114 * x[2 * plane + i];
	return v * scale + offset;
}

static size_t
channels(const struct pair *p, const struct ssim_window *win)
{
	return win->luma ? 1 : p->c;
}

/* SSIM of one window from its means of a, b, aa, bb, ab. */
static double
ssim_of(const double m[5], const struct ssim_window *win, double range)
{
	double n = (double)win->size * win->size;
	double cov = win->sample ? n / (n - 1) : 1;
	double va = cov * (m[2] - m[0] * m[0]), vb = cov * (m[3] - m[1] * m[1]);
	double vab = cov * (m[4] - m[0] * m[1]);
	double c1 = 0.01 * range * 0.01 * range;
	double c2 = 0.03 * range * 0.03 * range;

	return (2 * m[0] * m[1] + c1) * (2 * vab + c2) /
	    ((m[0] * m[0] + m[1] * m[1] + c1) * (va + vb + c2));
}

/* The border that is black, or that no window's centre may lie in. */
static size_t
border(const struct ssim_window *win)
{
	return (size_t)win->size / 2;
}

enum status
ssim_mean(double *mean, const struct pair *p, const struct ssim_window *win,
    double scale, double offset, double range, struct arena *scratch)
{
	size_t r = border(win), k = (size_t)win->size;
	size_t pad = win->zero_pad ? r : 0;
	size_t h = p->h + 2 * pad, w = p->w + 2 * pad;
	size_t mark = arena_mark(scratch), plane, count = 0;
	double g[SIZE_MAX_WINDOW], *a, *b, *col, *sum, total = 0;

	if (h < k || w < k)
		return fail(E_SHAPE, "%zux%zu pixels, want at least the "
		    "%zux%zu of the window", p->w, p->h, k, k);
	TRY(size_mul(&plane, h, w));
	a = arena_calloc(scratch, plane, sizeof *a);
	b = arena_calloc(scratch, plane, sizeof *b);
	col = arena_calloc(scratch, w, 5 * sizeof *col);
	sum = arena_calloc(scratch, w, 5 * sizeof *sum);
	if (a == NULL || b == NULL || col == NULL || sum == NULL)
		return E_NOMEM;
	window_weights(g, win);

	for (size_t ch = 0; ch < channels(p, win); ch++) {
		for (size_t y = 0; y < p->h; y++)
			for (size_t x = 0; x < p->w; x++) {
				size_t i = y * p->w + x;
				size_t o = (y + pad) * w + x + pad;

				a[o] = value(p->a, p, win, ch, i, scale, offset);
				b[o] = value(p->b, p, win, ch, i, scale, offset);
			}
		/* y, x: corner of the window; its centre in the picture is
		   r - pad further. */
		for (size_t y = 0; y + k <= h; y++) {
			size_t nx = w - k + 1;

			memset(col, 0, 5 * w * sizeof *col);
			memset(sum, 0, 5 * w * sizeof *sum);
			for (size_t j = 0; j < k; j++) {
				const double *ra = a + (y + j) * w;
				const double *rb = b + (y + j) * w;

				for (size_t x = 0; x < w; x++) {
					double ga = g[j] * ra[x];
					double gb = g[j] * rb[x];

					col[x] += ga;
					col[w + x] += gb;
					col[2 * w + x] += ga * ra[x];
					col[3 * w + x] += gb * rb[x];
					col[4 * w + x] += ga * rb[x];
				}
			}
			for (size_t m = 0; m < 5; m++)
				for (size_t j = 0; j < k; j++)
					for (size_t x = 0; x < nx; x++)
						sum[m * w + x] += g[j] *
						    col[m * w + x + j];
			for (size_t x = 0; x < nx; x++) {
				size_t at = (y + r - pad) * p->w + x + r - pad;
				double m[5] = { sum[x], sum[w + x],
				    sum[2 * w + x], sum[3 * w + x],
				    sum[4 * w + x] };

				if (p->where != NULL && p->where[at] == 0)
					continue;
				total += ssim_of(m, win, range);
				count++;
			}
		}
	}
	arena_pop(scratch, mark);
	*mean = count > 0 ? total / (double)count : NAN;
	return OK;
}

double
ssim_mean_ref(const struct pair *p, const struct ssim_window *win,
    double scale, double offset, double range)
{
	ptrdiff_t r = (ptrdiff_t)border(win);
	ptrdiff_t h = (ptrdiff_t)p->h, w = (ptrdiff_t)p->w;
	ptrdiff_t edge = win->zero_pad ? 0 : r;
	double g[SIZE_MAX_WINDOW], total = 0, count = 0;

	window_weights(g, win);
	for (size_t ch = 0; ch < channels(p, win); ch++)
		for (ptrdiff_t y = edge; y < h - edge; y++)
			for (ptrdiff_t x = edge; x < w - edge; x++) {
				double m[5] = { 0 };

				if (p->where && p->where[y * w + x] == 0)
					continue;
				for (ptrdiff_t i = -r; i <= r; i++)
					for (ptrdiff_t j = -r; j <= r; j++) {
						double q = g[i + r] * g[j + r];
						double a = 0, b = 0;

						if (y + i >= 0 && y + i < h &&
						    x + j >= 0 && x + j < w) {
							size_t at = (size_t)
							    ((y + i) * w + x + j);

							a = value(p->a, p, win, ch, at,
							    scale, offset);
							b = value(p->b, p, win, ch, at,
							    scale, offset);
						}
						m[0] += q * a;
						m[1] += q * b;
						m[2] += q * a * a;
						m[3] += q * b * b;
						m[4] += q * a * b;
					}
				total += ssim_of(m, win, range);
				count++;
			}
	return count > 0 ? total / count : NAN;
}
