/*
 * The exchange: two processes and one, any number of threads, any order of
 * samples give the same bytes; a folded constant too; wrong weights are one
 * clear error; recipes survive their manifest.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "math/rng.h"
#include "math/team.h"
#include "model/recipefile.h"
#include "nets/dual.h"
#include "nets/unet.h"

#define S 64
#define VIEWS 3

/* Random fields of one sample, as fields.7 has them. */
static struct {
	uint8_t x_s[S * S * 3], seen_s[S * S], m[VIEWS * S * S],
	    seen[VIEWS * S * S], valid[S * S];
	float p_s[S * S * 18], c_s[S * S * 2], p[VIEWS * S * S * 18],
	    b[VIEWS * S * S * 18], s[VIEWS * S * S * 2],
	    c[VIEWS * S * S * 2], texture[S * S * 3];
	int32_t mirror[S * S];
} d;

static struct {
	struct tensor x_s, seen_s, m, seen, p_s, c_s, p, b, s, c, texture;
} t;

static void
place(struct rng *r, float *xy, uint8_t *code, size_t n, uint8_t most)
{
	for (size_t i = 0; i < n; i++) {
		code[i] = (uint8_t)rng_below(r, most + 1u);
		for (int k = 0; k < 2; k++)
			xy[2 * i + (size_t)k] = code[i] ?
			    (float)(rng_unit(r) * (S - 1)) : NAN;
	}
}

static void
make_sample(uint64_t seed)
{
	struct rng r = rng_seed(seed, 0);
#define TENSOR(name, type, ...) \
	t.name = (struct tensor){ .dtype = type, .data = d.name, \
	    .rank = (int)(sizeof (size_t[]){ __VA_ARGS__ } / \
	    sizeof (size_t)), .dim = { __VA_ARGS__ } }

	for (size_t i = 0; i < sizeof d.x_s; i++)
		d.x_s[i] = (uint8_t)rng_below(&r, 256);
	for (size_t i = 0; i < S * S; i++) {
		d.valid[i] = rng_unit(&r) < 0.8;
		d.mirror[i] = (int32_t)rng_below(&r, S * S) - 1;
	}
	place(&r, d.c_s, d.seen_s, S * S, 3);
	place(&r, d.s, d.m, VIEWS * S * S, 1);
	place(&r, d.c, d.seen, VIEWS * S * S, 3);
	rng_fill_normal(&r, d.p_s, S * S * 18, 0.3);
	rng_fill_normal(&r, d.p, VIEWS * S * S * 18, 0.3);
	rng_fill_normal(&r, d.b, VIEWS * S * S * 18, 0.3);
	rng_fill_normal(&r, d.texture, S * S * 3, 0.5);
	TENSOR(x_s, DT_U1, S, S, 3);
	TENSOR(seen_s, DT_U1, S, S);
	TENSOR(p_s, DT_F4, S, S, 18);
	TENSOR(c_s, DT_F4, S, S, 2);
	TENSOR(p, DT_F4, VIEWS, S, S, 18);
	TENSOR(b, DT_F4, VIEWS, S, S, 18);
	TENSOR(s, DT_F4, VIEWS, S, S, 2);
	TENSOR(m, DT_U1, VIEWS, S, S);
	TENSOR(c, DT_F4, VIEWS, S, S, 2);
	TENSOR(seen, DT_U1, VIEWS, S, S);
	TENSOR(texture, DT_F4, S, S, 3);
}

static struct dual_image_in
image_in(void)
{
	return (struct dual_image_in){ .x_s = &t.x_s,
	    .p_s = &t.p_s, .p = &t.p, .s = &t.s, .m = &t.m, .c_s = &t.c_s,
	    .seen_s = &t.seen_s, .texture = &t.texture, .valid = d.valid };
}

static struct dual_texture_in
texture_in(void)
{
	return (struct dual_texture_in){ .p = &t.p, .b = &t.b, .c = &t.c,
	    .seen = &t.seen, .x_s = &t.x_s, .c_s = &t.c_s,
	    .seen_s = &t.seen_s, .texture = &t.texture, .mirror = d.mirror,
	    .valid = d.valid };
}

static struct params *
weights(const struct recipe *r, unsigned what)
{
	struct params *ps;

	if (params_new(&ps) != OK || dual_params(ps, r, what, 2, NULL) != OK ||
	    params_init(ps, 7) != OK) {
		printf("Bail out! %s\n", status_detail());
		exit(2);
	}
	return ps;
}

struct result {
	float x[VIEWS * S * S * 3], t[S * S * 3];
};

static enum status
take(struct result *r, const struct var *x, const struct var *tex)
{
	memset(r, 0, sizeof *r);
	memcpy(r->x, x->x, var_len(x) * sizeof *x->x);
	memcpy(r->t, tex->x, var_len(tex) * sizeof *tex->x);
	return OK;
}

static enum status
together(struct result *out, struct graph *g, const struct recipe *r,
    enum links links)
{
	const struct dual_image_in ii = image_in();
	const struct dual_texture_in ti = texture_in();
	struct dual_image di;
	struct dual_texture dt;
	struct var *x, *tex;

	graph_reset(g);
	TRY(dual_image_begin(&di, g, r, &ii, links, false));
	TRY(dual_texture_begin(&dt, g, r, &ti, links, false));
	TRY(dual_run(&di, &dt, &x, &tex));
	return take(out, x, tex);
}

/* What a pipe does: the values arrive in other memory, owned by nobody. */
static struct var *
through_pipe(struct graph *to, const struct var *v, float *buf)
{
	memcpy(buf, v->x, var_len(v) * sizeof *buf);
	return g_input(to, v->n, v->h, v->w, v->c, buf, false);
}

static enum status
apart(struct result *out, struct graph *image, struct graph *texture,
    const struct recipe *r, enum links links)
{
	const struct dual_image_in ii = image_in();
	const struct dual_texture_in ti = texture_in();
	static float buf[2][2][VIEWS * S * S * 8];
	struct dual_image di;
	struct dual_texture dt;
	struct var *phi_t = NULL, *last = NULL;

	graph_reset(image);
	graph_reset(texture);
	TRY(dual_image_begin(&di, image, r, &ii, links, false));
	TRY(dual_texture_begin(&dt, texture, r, &ti, links, false));
	for (int level = DUAL_COARSE; level >= DUAL_FINE; level--) {
		int k = DUAL_INDEX(level);
		struct var *phi_i = dual_image_send(&di);

		TRY(graph_status(image));
		phi_t = dual_texture_turn(&dt, through_pipe(texture, phi_i,
		    buf[0][k]));
		TRY(graph_status(texture));
		last = through_pipe(image, phi_t, buf[1][k]);
		dual_texture_ahead(&dt);
		dual_image_receive(&di, last);
	}
	struct var *x = dual_image_end(&di);

	TRY(graph_status(image));
	/* A third process finishes the texture from what was kept. */
	graph_reset(texture);
	last = through_pipe(texture, last, buf[0][0]);
	struct var *tex = dual_texture_end(texture, r, &ti, last);

	TRY(graph_status(texture));
	return take(out, x, tex);
}

static void
exchange(const char *name, const char *preset, enum recipe_evidence e,
    enum links links)
{
	static struct result a, b;
	struct recipe r;
	struct params *all, *image, *texture;
	struct graph *g, *gi, *gt;
	enum status st;

	if (recipe_preset(&r, name, preset) != OK)
		return;
	r.size = S;
	r.evidence = e;
	all = weights(&r, DUAL_IMAGE | DUAL_TEXTURE | DUAL_FINISH);
	image = weights(&r, DUAL_IMAGE);
	texture = weights(&r, DUAL_TEXTURE | DUAL_FINISH);
	if (graph_new(&g, GRAPH_INFER, all) != OK ||
	    graph_new(&gi, GRAPH_INFER, image) != OK ||
	    graph_new(&gt, GRAPH_INFER, texture) != OK)
		return;
	team_begin(1);
	make_sample(1);
	st = together(&a, g, &r, links);
	ok(st == OK, "%s %s, evidence %d, links %d: runs %s", name, preset,
	    (int)e, (int)links, st == OK ? "" : status_detail());
	st = apart(&b, gi, gt, &r, links);
	ok(st == OK && memcmp(&a, &b, sizeof a) == 0,
	    "  two processes, the same bytes %s", st ? status_detail() : "");
	team_begin(3);
	st = together(&b, g, &r, links);
	ok(st == OK && memcmp(&a, &b, sizeof a) == 0,
	    "  three threads, the same bytes");
	team_begin(1);

	size_t peak = graph_peak(g);

	make_sample(2);
	st = together(&b, g, &r, links);
	ok(st == OK && memcmp(&a, &b, sizeof a) != 0,
	    "  another sample, other bytes");
	make_sample(1);
	st = together(&b, g, &r, links);
	ok(st == OK && memcmp(&a, &b, sizeof a) == 0 &&
	    graph_peak(g) == peak, "  the first again, the same bytes, in "
	    "the same memory");
	graph_free(g);
	graph_free(gi);
	graph_free(gt);
	params_free(all);
	params_free(image);
	params_free(texture);
}

/* Folding is exact: norms look at one sample. */
static float *folded_x[2];
static struct tensor folded_t[2];

static const struct tensor *
find_folded(void *arg, const char *name)
{
	static struct tensor other;
	struct param *p = params_find(arg, name);

	if (strcmp(name, "g_t.folded3") == 0)
		return &folded_t[0];
	if (strcmp(name, "g_t.folded2") == 0)
		return &folded_t[1];
	if (!p)
		return NULL;
	other = (struct tensor){ DT_F4, p->rank, { 0 }, p->x };
	memcpy(other.dim, p->dim, sizeof p->dim);
	return &other;
}

static void
fold(const char *name, size_t context)
{
	static struct result a, b;
	struct recipe r;
	struct params *ps, *less;
	struct graph *g;
	struct var *e[2];

	if (recipe_preset(&r, name, "tiny") != OK)
		return;
	r.evidence = EVIDENCE_NONE;
	r.context = context;
	ps = weights(&r, DUAL_IMAGE | DUAL_TEXTURE | DUAL_FINISH);
	if (graph_new(&g, GRAPH_INFER, ps) != OK ||
	    dual_fold(g, &r, e) != OK)
		return;
	for (int k = 0; k < 2 && e[k]; k++) {
		size_t n = e[k]->h * e[k]->w, c = e[k]->c;

		folded_x[k] = realloc(folded_x[k], n * c * sizeof(float));
		for (size_t i = 0; i < n * c; i++)
			folded_x[k][i % c * n + i / c] = e[k]->x[i];
		folded_t[k] = (struct tensor){ DT_F4, 4, { 1, c, e[k]->h,
		    e[k]->w }, folded_x[k] };
	}
	enum status st = together(&a, g, &r, LINKS_FULL);

	graph_free(g);
	r.folded = true;
	if (st != OK || params_new(&less) != OK ||
	    dual_params(less, &r, DUAL_IMAGE | DUAL_TEXTURE | DUAL_FINISH, 2,
	    NULL) != OK || params_bind(less, find_folded, ps) != OK ||
	    graph_new(&g, GRAPH_INFER, less) != OK)
		return;
	ok(together(&b, g, &r, LINKS_FULL) == OK &&
	    memcmp(&a, &b, sizeof a) == 0 &&
	    !params_find(less, "g_t.constant") &&
	    !params_find(less, "g_t.enc1.conv1.weight"),
	    "%s, context %zu: folded, the same bytes from %zu values less",
	    name, context, params_total(ps, "g_t.") -
	    params_total(less, "g_t."));
	graph_free(g);
	params_free(less);
	params_free(ps);
}

/* Step one with a trace and all that is kept. */
static struct {
	struct recipe r;
	struct params *ps;
	struct graph *g;
	struct dual_image_in ii;
	struct dual_texture_in ti;
	struct dual_image di;
	struct dual_texture dt;
} step;

static bool
step_open(bool known)
{
	if (recipe_preset(&step.r, "anchored", "tiny") != OK)
		return false;
	step.r.size = S;
	step.r.known = known;
	step.ii = image_in();
	step.ti = texture_in();
	step.ps = weights(&step.r, DUAL_IMAGE | DUAL_TEXTURE | DUAL_FINISH);
	make_sample(1);
	return graph_new(&step.g, GRAPH_INFER, step.ps) == OK;
}

static enum status
step_run(void)
{
	struct var *x, *tex;

	graph_reset(step.g);
	TRY(dual_image_begin(&step.di, step.g, &step.r, &step.ii, LINKS_FULL,
	    true));
	TRY(dual_texture_begin(&step.dt, step.g, &step.r, &step.ti, LINKS_FULL,
	    true));
	step.dt.traced = true;
	return dual_run(&step.di, &step.dt, &x, &tex);
}

static void
step_close(void)
{
	graph_free(step.g);
	params_free(step.ps);
}

static bool
rows_sum_to_one(const struct var *tap)
{
	for (size_t i = 0; i < tap->n * tap->h * tap->w; i++) {
		double sum = 0;

		for (size_t k = 0; k < tap->c; k++)
			sum += (double)tap->x[i * tap->c + k];
		if (fabs(sum - 1) > 1e-5)
			return false;
	}
	return true;
}

/* The least and the greatest share of one part; parts sum to 1 everywhere. */
static bool
share_within(const struct var *share, size_t part, double lo, double hi)
{
	const size_t px = share->h * share->w;

	for (size_t p = 0; p < px; p++) {
		double sum = 0, v = (double)share->x[part * px + p];

		for (size_t n = 0; n < share->n; n++)
			sum += (double)share->x[n * px + p];
		if (fabs(sum - 1) > 1e-5 || v < lo || v > hi)
			return false;
	}
	return true;
}

/* What the trace says, where the weights of the merge leave one answer. */
static void
trace(void)
{
	if (!step_open(false))
		return;

	const struct g_t_trace *got = step.dt.trace;
	struct param *merge = params_find(step.ps, "g_t.merge2.weight");
	const size_t c = merge->dim[0];

	ok(step_run() == OK &&
	    got[1].tap->c == step.r.kernel[1] * step.r.kernel[1] &&
	    rows_sum_to_one(got[0].tap) && rows_sum_to_one(got[1].tap),
	    "a trace: the taps of a place sum to 1");
	ok(got[1].share->n == 1 + VIEWS &&
	    share_within(got[1].share, 2, 1e-4, 0.9), "  every view gives");
	for (size_t o = 0; o < c; o++)	/* the second view's channels */
		memset(merge->x + o * merge->dim[1] + c, 0, c * sizeof *merge->x);
	graph_params_changed(step.g);
	ok(step_run() == OK &&
	    share_within(got[1].share, 2, 0, 0) &&
	    share_within(got[1].share, 1, 1e-4, 0.9),
	    "  a view that the merge leaves out gives nothing, others do");
	memset(merge->x, 0, merge->len * sizeof *merge->x);
	graph_params_changed(step.g);
	ok(step_run() == OK &&
	    share_within(got[1].share, 0, 1, 1),
	    "  without any, all is the texture's own");
	step_close();
}

static bool
is_known(const struct var *m, const struct var *anchored)
{
	const float middle = ((float)m->h - 1) / 2;
	size_t zero = 0, wrong = 0, n = m->n * m->h * m->w;

	/* An anchor where nothing is known is the middle exactly. */
	for (size_t i = 0; i < n; i++) {
		bool out = anchored->x[2 * i] == middle &&
		    anchored->x[2 * i + 1] == middle;

		zero += out;
		wrong += out != (m->x[i] == 0);
	}
	return zero > 0 && zero < n && wrong == 0 && m->n == VIEWS;
}

/* recipe.known: masks are 0 where the annotation says nothing, only there. */
static void
known(void)
{
	if (!step_open(true))
		return;
	/* Half of each map: cells on both sides. */
	for (size_t i = 0; i < VIEWS * S * S; i++)
		if (i % (S * S) < S * S / 2)
			d.seen[i] = d.m[i] = 0;
	ok(step_run() == OK, "known: runs");
	for (int k = 0; k < 2; k++)
		ok(is_known(step.dt.m_it[k], step.dt.anchor[k]) &&
		    is_known(step.di.m_ti[k], step.di.anchor_ti[k]),
		    "  level %d: masks are 0 where nothing is known, and not "
		    "elsewhere", 3 - k);
	step_close();
}

/*
 * A picture begins as the finished texture on the body: with a last layer of
 * zeros it is that, and nothing around it.
 */
static void
begins_as_texture(void)
{
	const struct dual_image_in ii = image_in();
	const struct dual_texture_in ti = texture_in();
	struct recipe r;
	struct params *ps;
	struct graph *g;
	struct dual_image di;
	struct dual_texture dt;
	struct var *x;
	size_t body = 0, wrong = 0;

	if (recipe_preset(&r, "anchored", "tiny") != OK)
		return;
	r.evidence = EVIDENCE_INPAINT;
	ps = weights(&r, DUAL_IMAGE | DUAL_TEXTURE);

	struct param *out = params_find(ps, "g_i.out.weight");

	memset(out->x, 0, out->len * sizeof *out->x);
	make_sample(5);
	for (size_t i = 0; i < S * S * 3; i++)
		d.texture[i] = (float)(i % 3) - 1;
	if (graph_new(&g, GRAPH_INFER, ps) != OK ||
	    dual_image_begin(&di, g, &r, &ii, LINKS_FULL, false) != OK ||
	    dual_texture_begin(&dt, g, &r, &ti, LINKS_FULL, false) != OK ||
	    dual_run(&di, &dt, &x, NULL) != OK)
		return;
	for (size_t i = 0; i < VIEWS * S * S; i++) {
		const float *p = x->x + 3 * i;
		bool on = p[0] != 0;

		body += on;
		/* What lies outside the charts is not mixed in. */
		wrong += on ? fabsf(p[0] + 1) > 1e-5f || fabsf(p[1]) > 1e-5f ||
		    fabsf(p[2] - 1) > 1e-5f || !d.m[i] : p[1] != 0 || p[2] != 0;
	}
	ok(wrong == 0 && body > VIEWS * S * S / 8, "a picture begins as the "
	    "texture on the body: %zu pixels, %zu wrong", body, wrong);
	graph_free(g);
	params_free(ps);
}

/*
 * Each view with a source of its own, VIEWS copies of one or different ones:
 * each is what it is alone, with its source, where the texture tells it nothing.
 */
static void
own_sources(void)
{
	static uint8_t x[VIEWS][S * S * 3], seen[VIEWS][S * S];
	static float p[VIEWS][S * S * 18], c[VIEWS][S * S * 2];
	static struct result shared, own, alone;
	struct dual_image_in one = image_in(), all = one;
	struct tensor many[4] = { t.x_s, t.p_s, t.c_s, t.seen_s }, view[3];
	void *data[4] = { x, p, c, seen };
	const struct dual_texture_in ti = texture_in();
	struct recipe r;
	struct params *ps;
	struct graph *g;
	struct dual_image di;
	struct dual_texture dt;
	struct var *y, *tex;
	size_t same = 0;

	if (recipe_preset(&r, "anchored", "tiny") != OK)
		return;
	r.evidence = EVIDENCE_INPAINT;
	r.size = S;
	ps = weights(&r, DUAL_IMAGE | DUAL_TEXTURE | DUAL_FINISH);
	if (graph_new(&g, GRAPH_INFER, ps) != OK)
		return;
	for (int k = 0; k < 4; k++) {
		memmove(many[k].dim + 1, many[k].dim,
		    (size_t)many[k].rank++ * sizeof *many[k].dim);
		many[k].dim[0] = VIEWS;
		many[k].data = data[k];
	}
	all.x_s = &many[0];
	all.p_s = &many[1];
	all.c_s = &many[2];
	all.seen_s = &many[3];

#define RUN(out, in) (graph_reset(g), \
	    dual_image_begin(&di, g, &r, in, LINKS_I2T, false) == OK && \
	    dual_texture_begin(&dt, g, &r, &ti, LINKS_I2T, false) == OK && \
	    dual_run(&di, &dt, &y, &tex) == OK && take(out, y, tex) == OK)
	make_sample(21);
	for (int i = 0; i < VIEWS; i++) {
		memcpy(x[i], d.x_s, sizeof x[i]);
		memcpy(p[i], d.p_s, sizeof p[i]);
		memcpy(c[i], d.c_s, sizeof c[i]);
		memcpy(seen[i], d.seen_s, sizeof seen[i]);
	}
	ok(RUN(&shared, &one) && RUN(&own, &all) &&
	    !memcmp(&shared, &own, sizeof own),
	    "each view with its own copy of the source: the same bytes");

	/* Views 1 and 2 look at other photos. */
	for (uint64_t i = 1; i < VIEWS; i++) {
		make_sample(21 + i);
		memcpy(x[i], d.x_s, sizeof x[i]);
		memcpy(p[i], d.p_s, sizeof p[i]);
		memcpy(c[i], d.c_s, sizeof c[i]);
		memcpy(seen[i], d.seen_s, sizeof seen[i]);
	}
	make_sample(21);
	ok(RUN(&own, &all) && memcmp(own.t, shared.t, sizeof own.t),
	    "other sources reach the texture");
	for (size_t i = 0; i < VIEWS; i++) {
		memcpy(d.x_s, x[i], sizeof x[i]);
		memcpy(d.p_s, p[i], sizeof p[i]);
		memcpy(d.c_s, c[i], sizeof c[i]);
		memcpy(d.seen_s, seen[i], sizeof seen[i]);
		view[0] = t.p, view[1] = t.s, view[2] = t.m;
		for (int k = 0; k < 3; k++) {
			view[k].dim[0] = 1;
			view[k].data = (char *)view[k].data + i *
			    tensor_bytes(&view[k]);
		}
		one.p = &view[0];
		one.s = &view[1];
		one.m = &view[2];
		graph_reset(g);
		if (dual_image_begin(&di, g, &r, &one, LINKS_NONE, false) != OK ||
		    dual_again(&di, (struct var *[2]){ NULL, NULL }, &y) != OK)
			break;
		memcpy(alone.x, y->x, var_len(y) * sizeof *y->x);
		same += !memcmp(alone.x, own.x + i * S * S * 3,
		    var_len(y) * sizeof *y->x);
	}
	ok(same == VIEWS, "and each view's picture is that of its own alone: "
	    "%zu of %d", same, VIEWS);
#undef RUN
	graph_free(g);
	params_free(ps);
}

/* Orthogonal 0.02: no flow, positions in the middle, masks of a half. */
static void
at_start(void)
{
	struct recipe r;
	struct params *ps;
	struct graph *g;
	const struct dual_image_in ii = image_in();
	const struct dual_texture_in ti = texture_in();
	struct dual_image di;
	struct dual_texture dt;
	double worst[3] = { 0, 0, 0 };

	if (recipe_preset(&r, "paper", "tiny") != OK)
		return;
	ps = weights(&r, DUAL_ALL);
	if (graph_new(&g, GRAPH_INFER, ps) != OK ||
	    dual_image_begin(&di, g, &r, &ii, LINKS_FULL, true) != OK ||
	    dual_texture_begin(&dt, g, &r, &ti, LINKS_FULL, true) != OK ||
	    dual_run(&di, &dt, &(struct var *){ NULL }, NULL) != OK)
		return;
	for (int i = 0; i < 2; i++) {
		double middle = ((double)recipe_side(&r, DUAL_COARSE - i) - 1) / 2;
		size_t n = di.f_st[i]->n * di.f_st[i]->h * di.f_st[i]->w;

		for (size_t k = 0; k < 2 * n; k++) {
			worst[0] = fmax(worst[0], fabs(di.f_st[i]->x[k]));
			worst[1] = fmax(worst[1], fabs(di.f_ti[i]->x[k] -
			    middle) / middle);
			worst[1] = fmax(worst[1], fabs(dt.f_it[i]->x[k] -
			    middle) / middle);
			worst[2] = fmax(worst[2], fabs(di.m_st[i]->x[k / 2] -
			    0.5));
		}
	}
	ok(worst[0] < 0.1 && worst[1] < 0.1 && worst[2] < 0.05,
	    "paper at the start: flow within %.3f, positions within %.3f of "
	    "the middle, masks within %.3f of a half", worst[0], worst[1],
	    worst[2]);
	graph_free(g);
	params_free(ps);
}

static void
errors(void)
{
	struct recipe r;
	struct params *ps;
	struct graph *g;
	struct dual_texture dt;
	struct dual_texture_in ti = texture_in();
	struct var *e[2];

	if (recipe_preset(&r, "anchored", "tiny") != OK)
		return;
	ps = weights(&r, DUAL_ALL);
	if (graph_new(&g, GRAPH_INFER, ps) != OK)
		return;
#define REFUSES(call, want) \
	ok((call) != OK && strcmp(status_detail(), want) == 0, "%s", \
	    status_detail())
	r.evidence = EVIDENCE_INPAINT;
	REFUSES(dual_texture_begin(&dt, g, &r, &ti, LINKS_FULL, false),
	    "parameter g_t.enc1.conv1.weight: f4 (8,29,4,4), want f4 "
	    "(8,26,4,4)");
	graph_reset(g);
	REFUSES(dual_fold(g, &r, e), "the encoder reads evidence of the "
	    "source: it cannot be folded");
	graph_free(g);
	params_free(ps);
}

static void
refuses(json_t *o, const char *key, json_t *v, const char *want)
{
	json_t *c = json_deep_copy(o);
	struct recipe r;

	json_object_set_new(c, key, v);
	ok(recipe_read(&r, c) == E_FORMAT && strstr(status_detail(), want),
	    "%s", status_detail());
	json_decref(c);
}

static void
manifests(void)
{
	const char *names[] = { "paper", "anchored" },
	    *presets[] = { "base", "small", "tiny" };
	struct recipe r, q;
	struct unet_recipe u, v;
	json_t *o;
	bool same = true;

	for (int i = 0; i < 6; i++) {
		if (recipe_preset(&r, names[i % 2], presets[i / 2]) != OK ||
		    unet_preset(&u, presets[i / 2]) != OK)
			return;
		o = recipe_json(&r);
		memset(&q, 0, sizeof q);
		same &= recipe_read(&q, o) == OK &&
		    memcmp(&r, &q, sizeof r) == 0;
		json_decref(o);
		o = unet_recipe_json(&u);
		same &= recipe_is_unet(o) && unet_recipe_read(&v, o) == OK &&
		    memcmp(&u, &v, sizeof u) == 0;
		json_decref(o);
	}
	ok(same, "every preset survives its manifest");
	ok(recipe_preset(&r, "bold", "base") == E_VALUE, "%s",
	    status_detail());
	ok(recipe_preset(&r, "paper", "huge") == E_VALUE, "%s",
	    status_detail());
	if (recipe_preset(&r, "anchored", "small") != OK)
		return;
	o = recipe_json(&r);
	refuses(o, "size", json_integer(100), "multiple of 32");
	refuses(o, "size", json_string("128"), "want a number");
	refuses(o, "width", json_pack("[ii]", 1, 2), "want 3 numbers");
	refuses(o, "kernel", json_pack("[ii]", 3, 4), "odd");
	refuses(o, "norm", json_string("batch"), "instance, inner");
	refuses(o, "folded", json_true(), "goes through the encoder");
	refuses(o, "net", json_string("unet"), "want \"dual\"");
	refuses(o, "slots", json_integer(0), "want 1 to 64");
	json_decref(o);
}

int
main(void)
{
	manifests();
	for (enum links l = LINKS_FULL; l <= LINKS_NONE;
	    l += (enum links)tap_stride(4)) {
		exchange("paper", "tiny", EVIDENCE_NONE, l);
		exchange("anchored", "tiny", EVIDENCE_RAW, l);
	}
	exchange("anchored", "tiny", EVIDENCE_INPAINT, LINKS_FULL);
	/* Wide enough for the fast kernels. */
	if (tap_stride(2) == 1)
		exchange("anchored", "small", EVIDENCE_RAW, LINKS_FULL);
	fold("paper", 0);
	fold("anchored", 2);
	own_sources();
	at_start();
	begins_as_texture();
	trace();
	known();
	errors();
	free(folded_x[0]);
	free(folded_x[1]);
	return done();
}
