/*
 * The direct way. For kernel row i the sum is a product: the transpose of the
 * patches, whose rows of k c floats overlap in the padded input, times the
 * pixels. The pixels are packed into panels once per image; the transpose is
 * only a stride. Nothing is unfolded.
 *
 * Legend: a "line" of the product is (i, j, p), i.e. one row of kernel row i's
 * k c; its columns are the q.
 */
#include "layers/dw.h"

#include <string.h>

#include "layers/corr.h"
#include "math/team.h"

#define LINES 96	/* of a task */
#define DEPTH 256	/* pixels summed at a time: a panel of them fits in L1 */
#define MAX_SEGS 256

struct run {
	float *pad, *packed, *sum, *dw;
	const struct dw *s;
	const struct dw_in *in;
	size_t img, hp, wp, panels, kc, blocks, rows;
};

static size_t
floats(size_t n)
{
	return (n + 15) / 16 * 16;
}

static struct run
plan(const struct dw *s)
{
	struct run r = { .s = s, .hp = (s->ho - 1) * s->stride + s->k,
	    .wp = (s->wo - 1) * s->stride + s->k,
	    .panels = panel_count(s->o), .kc = s->k * s->c };

	r.blocks = (r.kc + LINES - 1) / LINES;
	r.rows = s->wo < DEPTH ? DEPTH / s->wo : 1;
	return r;
}

size_t
dw_direct_scratch(const struct dw *s)
{
	struct run r = plan(s);

	return (floats(r.hp * r.wp * s->c) +
	    r.panels * s->ho * s->wo * PANEL + s->k * r.kc * r.panels *
	    PANEL) * sizeof (float);
}

/* One row of the padded copy of the patches' image. */
static void
pad_task(void *arg, size_t row, size_t thread)
{
	const struct run *r = arg;
	const struct dw *s = r->s;
	ptrdiff_t y = corr_index((ptrdiff_t)row - (ptrdiff_t)s->pad, s->h,
	    s->mode);

	(void)thread;
	corr_pad_row(r->pad + row * r->wp * s->c, y < 0 ? NULL : r->in->patches +
	    (r->img * s->h + (size_t)y) * s->w * s->c, -(ptrdiff_t)s->pad,
	    r->wp, s->w, s->c, s->mode, r->in->patch_pre, r->img);
}

/* One row of the pixels, to panels. */
static void
pack_task(void *arg, size_t y, size_t thread)
{
	const struct run *r = arg;
	const struct dw *s = r->s;
	const float *from = r->in->pixels + (r->img * s->ho + y) * s->wo * s->o;

	(void)thread;
	for (size_t j = 0; j < r->panels; j++) {
		float *to = r->packed + (j * s->ho + y) * s->wo * PANEL;
		size_t c0 = j * PANEL;
		size_t n = s->o - c0 < PANEL ? s->o - c0 : PANEL;
		struct nn_pre pre = { .slope = 1 };

		if (r->in->pixel_pre) {
			pre = *r->in->pixel_pre;
			if (pre.scale) {
				pre.scale += r->img * s->o + c0;
				pre.shift += r->img * s->o + c0;
			}
		}
		for (size_t x = 0; x < s->wo; x++, to += PANEL) {
			memset(to + n, 0, (PANEL - n) * sizeof *to);
			corr_pad_row(to, from + x * s->o + c0, 0, 1, 1, n,
			    NN_PAD_ZERO, r->in->pixel_pre ? &pre : NULL, 0);
		}
	}
}

/* Some lines of one kernel row, over all pixels of the image. */
static void
sum_task(void *arg, size_t task, size_t thread)
{
	const struct run *r = arg;
	const struct dw *s = r->s;
	size_t i = task / r->blocks, first = task % r->blocks * LINES;
	size_t m = r->kc - first < LINES ? r->kc - first : LINES;
	size_t line = s->stride * r->wp * s->c, seg[MAX_SEGS];

	(void)thread;
	for (size_t y = 0; y < r->rows && y < MAX_SEGS; y++)
		seg[y] = y * line;
	for (size_t y = 0; y < s->ho; y += r->rows) {
		struct panel_rows in = { .a = r->pad + i * r->wp * s->c +
		    y * line + first, .row = 1, .step = s->stride * s->c,
		    .seg = seg, .segs = s->ho - y < r->rows ? s->ho - y :
		    r->rows, .run = s->wo };

		for (size_t j = 0; j < r->panels; j++) {
			float *c = r->sum + ((i * r->kc + first) * r->panels +
			    j) * PANEL;

			panel_mul(c, r->panels * PANEL, &in, r->packed +
			    (j * s->ho + y) * s->wo * PANEL, m, PANEL, NULL,
			    c);
		}
	}
}

/* sum (i, j, p) by q goes to dw (q, p, i, j). */
static void
weight_range(void *arg, size_t first, size_t end)
{
	const struct run *r = arg;
	size_t c = r->s->c, kk = r->s->k * r->s->k;

	for (size_t p = 0; p < c; p++)
		for (size_t q = first; q < end; q++)
			for (size_t t = 0; t < kk; t++)
				r->dw[(q * c + p) * kk + t] +=
				    r->sum[(t * c + p) * r->panels * PANEL + q];
}

/* A layer on a vector, of one pixel: an outer product, straight into dw. */
static bool
is_vector(const struct dw_in *in, const struct dw *s)
{
	return s->n * s->h * s->w * s->ho * s->wo * s->k == 1 &&
	    s->pad == 0 && !in->patch_pre && !in->pixel_pre;
}

static void
outer_range(void *arg, size_t first, size_t end)
{
	const struct run *r = arg;
	const size_t c = r->s->c;
	const float *restrict x = r->in->patches;

	for (size_t q = first; q < end; q++) {
		float *restrict to = r->dw + q * c, y = r->in->pixels[q];

		for (size_t p = 0; p < c; p++)
			to[p] += y * x[p];
	}
}

void
dw_direct_run(float *dw, const struct dw_in *in, const struct dw *s,
    void *scratch)
{
	struct run r = plan(s);

	r.dw = dw;
	r.in = in;
	if (is_vector(in, s)) {
		team_range(s->o, team_grain(s->c), outer_range, &r);
		return;
	}
	r.pad = scratch;
	r.packed = r.pad + floats(r.hp * r.wp * s->c);
	r.sum = r.packed + r.panels * s->ho * s->wo * PANEL;
	memset(r.sum, 0, s->k * r.kc * r.panels * PANEL * sizeof *r.sum);
	for (r.img = 0; r.img < s->n; r.img++) {
		team_run(r.hp, pad_task, &r);
		team_run(s->ho, pack_task, &r);
		team_run(s->k * r.blocks, sum_task, &r);
	}
	team_range(s->o, VEC, weight_range, &r);
}
