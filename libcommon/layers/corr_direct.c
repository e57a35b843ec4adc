/*
 * The direct way. A band of output rows at a time, the input rows it needs
 * are copied once, padded and preprocessed, into scratch that stays in cache;
 * there the window of an output pixel is k runs of k c floats, one for each
 * kernel row, which panel_mul reads in place.
 *
 * For a few outputs, colours or a flow, a panel would be mostly zeros: there
 * the vectors are those of the runs, and each sum is added up at its end.
 *
 * Transposed, by phases: the output rows y with (y + pad) % stride == f only
 * see kernel rows f, f + stride, ..., columns alike. So each of the stride^2
 * phases is a plain convolution with a part of the kernel, whose results lie
 * `stride` pixels apart:
 *
 *	q = (y + pad) / stride, kernel row f + m stride reads input row q - m
 *
 * Legend: f, g phase of rows and columns; nf, ng taps they have.
 */
#include "layers/corr.h"

#include <assert.h>
#include <string.h>

#include "math/team.h"

#define BAND (512 << 10)	/* bytes of input copied at a time, about */
#define TASKS 16		/* wanted at least, per run */
#define PIXELS 4		/* summed at a time where outputs are few */
#define MAX_K 16		/* side of the kernel; AlexNet's is 11 */

struct plan {
	size_t taps;		/* most kernel rows of one phase */
	size_t left;		/* zero columns left of input column 0 */
	size_t wp;		/* width of the padded copy */
	size_t rows;		/* output rows of a band */
	size_t high;		/* input rows of a band at most */
	size_t bands;		/* of one image */
	size_t group;		/* panels of a task */
	size_t groups;
};

static size_t
up(size_t n, size_t to)
{
	return (n + to - 1) / to;
}

static size_t
phase_taps(size_t f, const struct corr *s)
{
	return f < s->k ? up(s->k - f, s->stride) : 0;
}

/* Input rows, from the first, that output rows [y0, y1) see. */
static ptrdiff_t
first_row(size_t y0, const struct corr *s, const struct plan *p)
{
	return s->transposed ? (ptrdiff_t)((y0 + s->pad) / s->stride) -
	    (ptrdiff_t)p->taps + 1 :
	    (ptrdiff_t)(y0 * s->stride) - (ptrdiff_t)s->pad;
}

static size_t
count_rows(size_t y0, size_t y1, const struct corr *s, const struct plan *p)
{
	return s->transposed ? (y1 - 1 + s->pad) / s->stride -
	    (y0 + s->pad) / s->stride + p->taps :
	    (y1 - 1 - y0) * s->stride + s->k;
}

static struct plan
plan(const struct corr *s)
{
	struct plan p = { .taps = s->transposed ? up(s->k, s->stride) : s->k };

	if (s->transposed) {
		p.left = p.taps - 1 - s->pad / s->stride;
		p.wp = p.left + (s->wo - 1 + s->pad) / s->stride + 1;
	} else {
		p.left = s->pad;
		p.wp = (s->wo - 1) * s->stride + s->k;
	}
	size_t line = p.wp * s->ci * sizeof (float);

	/* Whole phases; the more rows, the fewer are copied twice. */
	size_t step = s->transposed ? s->stride : 1;

	p.rows = step;
	while (p.rows < s->ho &&
	    count_rows(0, p.rows + step, s, &p) * line <= BAND)
		p.rows += step;
	p.bands = up(s->ho, p.rows);
	p.rows = up(up(s->ho, p.bands), step) * step;
	p.bands = up(s->ho, p.rows);
	p.high = count_rows(0, p.rows, s, &p);

	size_t panels = panel_count(s->co);

	p.groups = up(TASKS, s->n * p.bands);
	if (p.groups > panels)
		p.groups = panels;
	p.group = up(panels, p.groups);
	p.groups = up(panels, p.group);
	return p;
}

static bool
is_few(const struct corr *s)
{
	return !s->transposed && s->co <= CORR_FEW && s->k * s->ci >= 2 * VEC;
}

size_t
direct_packed(const struct corr *s)
{
	/* that of few outputs is smaller */
	return s->k * s->k * s->ci * panel_count(s->co) * PANEL;
}

/*
 * Packed: one phase after the other, each [panel][kernel row, column, ci]
 * [PANEL]. Where kernel element (i, j) is in there:
 */
struct element {
	size_t phase;		/* floats before its phase */
	size_t rows;		/* k of the product, in its phase */
	size_t first;		/* its row for input channel 0 */
};

static struct element
element(size_t i, size_t j, const struct corr *s)
{
	size_t step = s->stride, f = i % step, g = j % step, before = 0;

	if (!s->transposed)
		return (struct element){ 0, s->k * s->k * s->ci,
		    (i * s->k + j) * s->ci };
	for (size_t p = 0; p < f * step + g; p++)
		before += phase_taps(p / step, s) * phase_taps(p % step, s);
	size_t nf = phase_taps(f, s), ng = phase_taps(g, s);

	/* in memory order, which is the last tap first */
	return (struct element){ before * s->ci * panel_count(s->co) * PANEL,
	    nf * ng * s->ci,
	    ((nf - 1 - i / step) * ng + ng - 1 - j / step) * s->ci };
}

struct pack {
	float *packed;
	const float *w;
	const struct corr *s;
	struct element e[MAX_K * MAX_K];
};

static void
pack_task(void *arg, size_t panel, size_t thread)
{
	const struct pack *p = arg;
	const struct corr *s = p->s;
	size_t kk = s->k * s->k, o0 = panel * PANEL;
	size_t n = s->co - o0 < PANEL ? s->co - o0 : PANEL;
	float *to[MAX_K * MAX_K];

	(void)thread;
	for (size_t t = 0; t < kk; t++) {
		const struct element *e = &p->e[s->flip ? kk - 1 - t : t];

		to[t] = p->packed + e->phase + (panel * e->rows + e->first) *
		    PANEL;
		if (n < PANEL)
			memset(to[t], 0, s->ci * PANEL * sizeof (float));
	}
	/* Turned round in a buffer: both sides are powers of two apart. */
	for (size_t c = 0; c < s->ci; c++) {
		float turn[MAX_K * MAX_K * PANEL];

		for (size_t o = 0; o < n; o++) {
			const float *w = p->w + (o0 + o) * s->so + c * s->si;

			for (size_t t = 0; t < kk; t++)
				turn[t * PANEL + o] = w[t];
		}
		for (size_t t = 0; t < kk; t++)
			memcpy(to[t] + c * PANEL, turn + t * PANEL,
			    n * sizeof *turn);
	}
}

/* Where vector v of a run begins: the last one repeats rather than be a part. */
static size_t
few_at(size_t v, size_t run)
{
	return v * VEC + VEC <= run ? v * VEC : run - VEC;
}

/* Packed: [kernel row][output][vectors of a run]; 0 where one repeats. */
static void
few_pack(float *packed, const float *w, const struct corr *s)
{
	size_t run = s->k * s->ci, kk = s->k * s->k;

	for (size_t i = 0; i < s->k; i++)
		for (size_t o = 0; o < s->co; o++)
			for (size_t j = 0; j < up(run, VEC) * VEC; j++) {
				size_t p = few_at(j / VEC, run) + j % VEC;
				size_t t = i * s->k + p / s->ci;

				*packed++ = p < j / VEC * VEC ? 0 :
				    w[o * s->so + p % s->ci * s->si +
				    (s->flip ? kk - 1 - t : t)];
			}
}

void
direct_pack(float *packed, const float *w, const struct corr *s)
{
	struct pack p = { .packed = packed, .w = w, .s = s };

	assert(s->k <= MAX_K);
	if (is_few(s)) {
		few_pack(packed, w, s);
		return;
	}
	for (size_t t = 0; t < s->k * s->k; t++)
		p.e[t] = element(t / s->k, t % s->k, s);
	team_run(panel_count(s->co), pack_task, &p);
}

struct run {
	float *out, *scratch;
	const float *x, *packed;
	const struct nn_pre *pre;
	const struct nn_post *post;
	const struct corr *s;
	struct plan p;
	size_t per_thread;	/* floats */
};

size_t
direct_scratch(const struct corr *s)
{
	struct plan p = plan(s);

	return team_size() * up(p.high * p.wp * s->ci, 16) * 64;
}

/* `pixels` windows `step` floats apart, n outputs: both constants. */
VEC_INLINE void
few_pixels(float *out, const float *a, size_t step, size_t line,
    const float *w, const struct corr *s, size_t pixels, size_t n)
{
	size_t run = s->k * s->ci, vecs = up(run, VEC);
	vec sum[PIXELS][CORR_FEW];

	VEC_UNROLL
	for (size_t i = 0; i < pixels; i++)
		VEC_UNROLL
		for (size_t o = 0; o < n; o++)
			sum[i][o] = (vec){ 0 };
	for (size_t t = 0; t < s->k; t++, a += line, w += n * vecs * VEC)
		for (size_t v = 0; v < vecs; v++) {
			const float *from = a + few_at(v, run);
			vec b[CORR_FEW];

			VEC_UNROLL
			for (size_t o = 0; o < n; o++)
				b[o] = vec_load(w + (o * vecs + v) * VEC);
			VEC_UNROLL
			for (size_t i = 0; i < pixels; i++) {
				vec x = vec_load(from + i * step);

				VEC_UNROLL
				for (size_t o = 0; o < n; o++)
					sum[i][o] += x * b[o];
			}
		}
	VEC_UNROLL
	for (size_t i = 0; i < pixels; i++)
		VEC_UNROLL
		for (size_t o = 0; o < n; o++)
			out[i * n + o] = vec_sum(sum[i][o]);
}

static void
few_some(float *out, const float *a, size_t step, size_t line, const float *w,
    const struct corr *s, size_t pixels)
{
#define FEW(P, N) case (P) * CORR_FEW + (N) - 1: \
	few_pixels(out, a, step, line, w, s, P, N); break

	switch (pixels * CORR_FEW + s->co - 1) {
	FEW(PIXELS, 1);
	FEW(PIXELS, 2);
	FEW(PIXELS, 3);
	FEW(1, 1);
	FEW(1, 2);
	FEW(1, 3);
	}
#undef FEW
}

/* Output row y, `at` floats from the first; window: that of its first pixel. */
static void
few_row(const struct run *r, const float *window, size_t at)
{
	const struct corr *s = r->s;
	const struct nn_post *post = r->post;
	size_t step = s->stride * s->ci, line = r->p.wp * s->ci, x = 0;
	float *out = r->out + at;

	for (size_t some; x < s->wo; x += some) {
		float sum[PIXELS * CORR_FEW];

		some = s->wo - x < PIXELS ? 1 : PIXELS;
		few_some(sum, window + x * step, step, line, r->packed, s,
		    some);
		for (size_t i = 0; i < some * s->co; i++) {
			size_t j = x * s->co + i;

			if (post && post->bias)
				sum[i] += post->bias[i % s->co];
			if (post && post->add)
				sum[i] += post->add[at + j];
			out[j] = sum[i];
		}
	}
}

/*
 * Output row y of phase column g: pixels x0, x0 + step, ...; band: the copied
 * input, whose first row is `top`.
 */
static void
run_row(const struct run *r, const float *band, ptrdiff_t top, size_t img,
    size_t y, size_t g, size_t panel, const float *packed)
{
	const struct corr *s = r->s;
	const struct plan *p = &r->p;
	size_t step = 1, x0 = 0, nf = s->k, ng = s->k, line = p->wp * s->ci;
	size_t row0, col0, seg[MAX_K];

	if (s->transposed) {
		step = s->stride;
		x0 = (g + step - s->pad % step) % step;
		if (x0 >= s->wo)
			return;
		nf = phase_taps((y + s->pad) % step, s);
		ng = phase_taps(g, s);
		row0 = (size_t)((ptrdiff_t)((y + s->pad) / step) + 1 - top) -
		    nf;
		col0 = (x0 + s->pad) / step + 1 - ng + p->left;
	} else {
		row0 = (size_t)((ptrdiff_t)(y * s->stride) -
		    (ptrdiff_t)s->pad - top);
		col0 = 0;
	}
	if (is_few(s)) {
		few_row(r, band + row0 * line, (img * s->ho + y) * s->wo *
		    s->co);
		return;
	}
	for (size_t t = 0; t < nf; t++)
		seg[t] = t * line;
	struct panel_rows in = { .a = band + row0 * line + col0 * s->ci,
	    .row = (s->transposed ? 1 : s->stride) * s->ci, .step = 1,
	    .seg = seg, .segs = nf, .run = ng * s->ci };
	size_t at = ((img * s->ho + y) * s->wo + x0) * s->co + panel * PANEL;
	size_t n = s->co - panel * PANEL;
	const struct nn_post *post = r->post;

	panel_mul(r->out + at, step * s->co, &in, packed, up(s->wo - x0, step),
	    n < PANEL ? n : PANEL,
	    post && post->bias ? post->bias + panel * PANEL : NULL,
	    post && post->add ? post->add + at : NULL);
}

static void
run_task(void *arg, size_t task, size_t thread)
{
	const struct run *r = arg;
	const struct corr *s = r->s;
	const struct plan *p = &r->p;
	size_t first = task % p->groups * p->group, panels = panel_count(s->co);
	size_t last = first + p->group < panels ? first + p->group : panels;
	size_t img = task / p->groups / p->bands;
	size_t y0 = task / p->groups % p->bands * p->rows;
	size_t y1 = y0 + p->rows < s->ho ? y0 + p->rows : s->ho;
	size_t phases = s->transposed ? s->stride : 1;
	float *band = r->scratch + thread * r->per_thread;
	const float *packed = r->packed;

	ptrdiff_t top = first_row(y0, s, p);
	size_t high = count_rows(y0, y1, s, p);

	for (size_t i = 0; i < high; i++) {
		ptrdiff_t from = corr_index(top + (ptrdiff_t)i, s->hi, s->mode);

		corr_pad_row(band + i * p->wp * s->ci, from < 0 ? NULL :
		    r->x + (img * s->hi + (size_t)from) * s->wi * s->ci,
		    -(ptrdiff_t)p->left, p->wp, s->wi, s->ci, s->mode, r->pre,
		    img);
	}
	for (size_t f = 0; f < phases; f++)
		for (size_t g = 0; g < phases; g++) {
			size_t k = s->transposed ? phase_taps(f, s) *
			    phase_taps(g, s) * s->ci : s->k * s->k * s->ci;

			for (size_t j = first; j < last; j++)
				for (size_t y = y0; y < y1; y++)
					if ((y + s->pad) % phases == f)
						run_row(r, band, top, img, y,
						    g, j, packed +
						    j * k * PANEL);
			packed += panels * k * PANEL;
		}
	corr_act(r->out + (img * s->ho + y0) * s->wo * s->co,
	    (y1 - y0) * s->wo, s->co, first * PANEL,
	    last * PANEL < s->co ? last * PANEL : s->co, r->post);
}

void
direct_run(float *out, const float *x, const float *packed,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct corr *s, void *scratch)
{
	struct run r = { out, scratch, x, packed, pre, post, s, plan(s), 0 };

	r.per_thread = up(r.p.high * r.p.wp * s->ci, 16) * 16;
	team_run(s->n * r.p.bands * r.p.groups, run_task, &r);
}
