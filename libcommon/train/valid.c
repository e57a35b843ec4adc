#include "train/valid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image/image.h"
#include "model/inputs.h"
#include "model/recipefile.h"
#include "show/sheet.h"
#include "tensor/pixel.h"
#include "texture/texmap.h"
#include "texture/unwrapping.h"
#include "train/draw.h"
#include "view/levels.h"

#define MOST_BYTES ((size_t)16 << 30)	/* address space, not memory */

/* One sample and what was made of it; all in the arena of valid. */
struct seen_sample {
	struct sample s;
	float *unwrap, *texture;	/* (S,S,3) */
	float *image, *render;		/* (S,S,3): x^, NULL; x~ */
	float *unwrap_render;
	bool target, truth;
};

struct valid {
	struct arena *arena;
	struct seen_sample *of;
	size_t n, S;
	uint8_t *chart;
	struct blueprint b;
	struct graph *g;
};

static const void *
field(const struct sample *s, const char *name)
{
	const struct field *f = sample_find(s, name);

	return f ? f->t.data : NULL;
}

/* ---- opening ---------------------------------------------------------- */

static enum status
read_subjects(struct subject *sub, size_t *n, const char *path,
    const struct feed_options *o)
{
	struct stream_in *in;
	struct sample s;
	size_t most = *n;
	enum status st = stream_open(&in, path, &o->limits);

	if (st != OK)
		return fail_in(st, "%s", path);
	for (*n = 0; *n < most; ++*n) {
		st = stream_next(in, &s);
		if (st == OK)
			st = subject_take(&sub[*n], &s, &o->want);
		if (st != OK)
			break;
	}
	if (st == END)
		st = *n ? OK : fail(E_VALUE, "no samples");
	if (st != OK)
		st = fail_in(st, "%s: sample %zu \"%s\"", path, *n,
		    stream_key(in));
	stream_close(in);
	return st;
}

static float *
floats(struct valid *v, size_t n)
{
	return arena_calloc(v->arena, n, sizeof(float));
}

static enum status
make_unwrap(struct seen_sample *e, size_t S, const struct unwrap_plan *plan)
{
	enum status st = unwrap_source(e->unwrap, &e->s, S, plan);

	/* A photo that shows nothing: unwrap has no answer, which is grey. */
	return st == E_VALUE ? OK : st;
}

static enum status
add_sample(struct valid *v, struct seen_sample *e, const struct subject *sub,
    const struct subjects *all, const struct feed_options *o,
    const struct unwrap_plan *plan, size_t i)
{
	struct prepare p = o->prepare;
	const size_t texels = v->S * v->S;

	p.vary = false;
	p.targets = 1;
	p.jitter = p.pose_dropout = 0;
	TRY(sample_init(&e->s, v->arena, sub->s.key));
	TRY(prepare(&e->s, sub, all, &p, draw_rng(0, DRAW_SAMPLE, i)));
	e->target = field(&e->s, "target.image");
	e->truth = field(&e->s, "true.texture");
	e->unwrap = floats(v, 3 * texels);
	e->texture = floats(v, 3 * texels);
	e->render = floats(v, 3 * texels);
	e->unwrap_render = floats(v, 3 * texels);
	e->image = v->b.is_unet ? NULL : floats(v, 3 * texels);
	if (!e->unwrap || !e->texture || !e->render || !e->unwrap_render ||
	    (!v->b.is_unet && !e->image))
		return E_NOMEM;
	return make_unwrap(e, v->S, plan);
}

static enum status
open_all(struct valid *v, const char *path, struct subject *sub, size_t n,
    const struct feed_options *o, const struct trainer *t)
{
	struct unwrap_plan *plan;
	json_t *recipe;

	TRY(arena_new(&v->arena, MOST_BYTES));
	v->S = trainer_size(t);
	recipe = t->b.is_unet ? unet_recipe_json(&t->b.u) : recipe_json(&t->b.r);
	enum status st = blueprint_read(&v->b, recipe, false, 1);

	json_decref(recipe);
	TRY(st);
	TRY(trainer_bind(t, v->b.ps));
	TRY(graph_new(&v->g, GRAPH_INFER, v->b.ps));
	TRY(read_subjects(sub, &n, path, o));
	v->of = arena_calloc(v->arena, n, sizeof *v->of);
	v->chart = arena_alloc(v->arena, v->S * v->S);
	if (!v->of || !v->chart)
		return E_NOMEM;
	layout_charts(o->prepare.layout, v->S, v->chart);
	TRY(unwrap_plan_make(&plan, v->arena, o->prepare.layout, v->S, NULL));
	const struct subjects all = { sub, n };

	for (; v->n < n; v->n++) {
		st = add_sample(v, &v->of[v->n], &sub[v->n], &all, o, plan, v->n);
		if (st != OK) {
			v->n++;
			return fail_in(st, "%s: sample %zu \"%s\"", path,
			    v->n - 1, sub[v->n - 1].s.key);
		}
	}
	return OK;
}

enum status
valid_open(struct valid **out, const char *path, size_t n,
    const struct feed_options *o, const struct trainer *t)
{
	struct valid *v = calloc(1, sizeof *v);
	struct subject *sub = calloc(n, sizeof *sub);
	enum status st = v && sub ? open_all(v, path, sub, n, o, t) :
	    fail(E_NOMEM, "no memory");

	for (size_t i = 0; sub && i < n; i++)
		subject_free(&sub[i]);
	free(sub);
	if (st != OK)
		valid_close(v);
	else
		*out = v;
	return st;
}

void
valid_close(struct valid *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->n; i++)
		sample_clear(&v->of[i].s);
	graph_free(v->g);
	blueprint_free(&v->b);
	arena_free(v->arena);
	free(v);
}

/* ---- running ---------------------------------------------------------- */

static enum status
run_unet(struct valid *v, const struct trainer *t, struct seen_sample *e)
{
	struct evidence_in in;

	TRY(inputs_unet(&in, &e->s, &t->b.u));
	charts_evidence(&in, &t->charts);
	struct var *x = unet(v->g, &t->b.u, &in).t;

	TRY(graph_status(v->g));
	memcpy(e->texture, x->x, var_len(x) * sizeof *x->x);
	return OK;
}

static enum status
run_dual(struct valid *v, const struct trainer *t, struct seen_sample *e)
{
	const struct recipe *r = &t->b.r;
	struct dual_two_steps_in in;
	struct dual_two_steps d;

	TRY(inputs_two_steps(&in, &e->s, r, &t->charts));
	TRY(dual_two_steps(&d, v->g, r, &in, t->step.links, false, true));
	memcpy(e->texture, d.t->x, var_len(d.t) * sizeof *d.t->x);
	memcpy(e->image, d.x->x, var_len(d.x) * sizeof *d.x->x);
	return OK;
}

/* The texture on the target's body, over x^ or the target's own picture. */
static enum status
render(struct valid *v, const struct seen_sample *e, float *out,
    const float *texture, const float *around)
{
	const size_t texels = v->S * v->S, mark = arena_mark(v->arena);
	const uint8_t *image = field(&e->s, "target.image");
	float *ready = arena_alloc(v->arena, 3 * texels * sizeof *ready);
	uint8_t *scratch = arena_alloc(v->arena, texels);

	if (!ready || !scratch)
		return E_NOMEM;
	memcpy(ready, texture, 3 * texels * sizeof *ready);
	texmap_gutter(ready, v->chart, v->S, 3, TEXMAP_GUTTER, scratch);
	if (around)
		memcpy(out, around, 3 * texels * sizeof *out);
	else
		pixels_signed(out, image, 3 * texels);
	texmap_render(out, out, ready, v->S, field(&e->s, "target.surf"),
	    field(&e->s, "target.mask"), texels);
	arena_pop(v->arena, mark);
	return OK;
}

struct errors {
	double sum, n;
};

/* Squared differences, in 8-bit steps, where the mask is not `hidden`. */
static void
add_error(struct errors *e, const float *x, const uint8_t *want, size_t i)
{
	for (size_t k = 3 * i; k < 3 * i + 3; k++) {
		double d = (fmin(fmax((double)x[k], -1), 1) + 1) * 127.5 - want[k];

		e->sum += d * d;
		e->n++;
	}
}

static double
psnr(const struct errors *e)
{
	return e->n > 0 ? 10 * log10(255 * 255 / (e->sum / e->n + 1e-9)) : NAN;
}

struct tally_score {
	struct errors seen, unseen, render, image;
};

static void
add_errors(struct tally_score *to, const struct valid *v, const uint8_t *chart,
    const struct seen_sample *e, const float *texture, const float *shown)
{
	const uint8_t *truth = field(&e->s, "true.texture");
	const uint8_t *valid = field(&e->s, "true.valid");
	const uint8_t *seen = field(&e->s, "source.seen");
	const uint8_t *image = field(&e->s, "target.image");
	const uint8_t *mask = field(&e->s, "target.mask");

	for (size_t i = 0; i < v->S * v->S; i++) {
		if (truth && (valid ? valid : chart)[i])
			add_error(seen_itself(seen[i]) ? &to->seen : &to->unseen,
			    texture, truth, i);
		if (!image || !mask[i])
			continue;
		add_error(&to->render, shown, image, i);
		if (e->image)
			add_error(&to->image, e->image, image, i);
	}
}

/* What could be reached: the true texture on the target's body. */
static enum status
add_truth(struct errors *to, struct valid *v, const struct seen_sample *e)
{
	const size_t n = 3 * v->S * v->S, mark = arena_mark(v->arena);
	const uint8_t *truth = field(&e->s, "true.texture");
	const uint8_t *image = field(&e->s, "target.image");
	const uint8_t *mask = field(&e->s, "target.mask");
	float *texture = arena_alloc(v->arena, 2 * n * sizeof *texture);

	if (!texture)
		return E_NOMEM;
	float *shown = texture + n;

	pixels_signed(texture, truth, n);
	TRY(render(v, e, shown, texture, e->image));
	for (size_t i = 0; i < v->S * v->S; i++)
		if (mask[i])
			add_error(to, shown, image, i);
	arena_pop(v->arena, mark);
	return OK;
}

static struct valid_score
score(const struct tally_score *t)
{
	return (struct valid_score){ psnr(&t->seen), psnr(&t->unseen),
		psnr(&t->render), psnr(&t->image) };
}

/* Errors of one sample: added up in their order, whoever has made them. */
struct counted {
	struct tally_score net, unwrap;
	struct errors truth;
};

static enum status
run_sample(struct valid *v, const struct trainer *t, struct seen_sample *e,
    struct counted *to)
{
	enum status st = v->b.is_unet ? run_unet(v, t, e) : run_dual(v, t, e);

	graph_reset(v->g);
	if (st == OK && e->target)
		st = render(v, e, e->render, e->texture, e->image);
	if (st == OK && e->target)
		st = render(v, e, e->unwrap_render, e->unwrap, e->image);
	if (st == OK && e->target && e->truth)
		st = add_truth(&to->truth, v, e);
	if (st != OK)
		return fail_in(st, "sample \"%s\"", e->s.key);
	add_errors(&to->net, v, t->charts.valid, e, e->texture, e->render);
	add_errors(&to->unwrap, v, t->charts.valid, e, e->unwrap,
	    e->unwrap_render);
	return OK;
}

/* The samples of this rank into all[rank][k], k from 0. */
static enum status
run_own(struct valid *v, const struct trainer *t, struct counted *own)
{
	const size_t from = ranks_first(t->ranks, t->ranks->rank, v->n),
	    to = ranks_first(t->ranks, t->ranks->rank + 1, v->n);

	graph_params_changed(v->g);
	for (size_t i = from; i < to; i++)
		TRY(run_sample(v, t, &v->of[i], &own[i - from]));
	return OK;
}

static void
add_error_of(struct errors *to, const struct errors *e)
{
	to->sum += e->sum;
	to->n += e->n;
}

static void
add_score(struct tally_score *to, const struct tally_score *s)
{
	add_error_of(&to->seen, &s->seen);
	add_error_of(&to->unseen, &s->unseen);
	add_error_of(&to->render, &s->render);
	add_error_of(&to->image, &s->image);
}

/* Rank 0, which draws the sheet, gets what others have made. */
static void
bring_pictures(struct valid *v, struct ranks *r)
{
	const size_t n = 3 * v->S * v->S * sizeof(float);

	for (size_t k = 1; k < r->size; k++)
		for (size_t i = ranks_first(r, k, v->n);
		    i < ranks_first(r, k + 1, v->n); i++) {
			ranks_bring(r, k, v->of[i].texture, n);
			ranks_bring(r, k, v->of[i].render, n);
			if (v->of[i].image)
				ranks_bring(r, k, v->of[i].image, n);
		}
}

enum status
valid_run(struct valid *v, const struct trainer *t, struct valid_told *told)
{
	struct ranks *r = t->ranks;
	const size_t most = (v->n + r->size - 1) / r->size;
	struct counted sum = { .truth.n = 0 }, *all = calloc(r->size * most,
	    sizeof *all);
	enum status st = all ? run_own(v, t, all + r->rank * most) :
	    fail(E_NOMEM, "no memory");

	st = ranks_agree(r, st);
	if (st == OK) {
		ranks_share(r, all, most * sizeof *all);
		bring_pictures(v, r);
	}
	for (size_t k = 0; st == OK && k < r->size; k++)
		for (size_t i = ranks_first(r, k, v->n);
		    i < ranks_first(r, k + 1, v->n); i++) {
			const struct counted *e = &all[k * most + i -
			    ranks_first(r, k, v->n)];

			add_score(&sum.net, &e->net);
			add_score(&sum.unwrap, &e->unwrap);
			add_error_of(&sum.truth, &e->truth);
		}
	free(all);
	told->net = score(&sum.net);
	told->unwrap = score(&sum.unwrap);
	told->unwrap.image = NAN;
	told->truth = psnr(&sum.truth);
	return st;
}

/* ---- the sheet -------------------------------------------------------- */

/* u1 or float in [-1,1] as a cell; nothing where x and f are NULL. */
static enum status
cell(struct sheet *s, const struct valid *v, size_t row, const char *column,
    const uint8_t *x, const float *f)
{
	struct tensor rgb = { DT_U1, 3, { v->S, v->S, 3 }, NULL };
	size_t n = 3 * v->S * v->S;

	if (!x && !f)
		return OK;
	uint8_t *to = arena_alloc(s->arena, n);

	if (!to)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++)
		to[i] = x ? x[i] :
		    (uint8_t)lrintf((fminf(fmaxf(f[i], -1), 1) + 1) * 127.5f);
	rgb.data = to;
	return sheet_put(s, row, v->of[row].s.key, column, &rgb);
}

static enum status
fill(struct sheet *s, const struct valid *v)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct seen_sample *e = &v->of[i];
		const uint8_t *target = field(&e->s, "target.image");

		TRY(cell(s, v, i, "source", field(&e->s, "source.image"), NULL));
		TRY(cell(s, v, i, "unwrap", NULL, e->unwrap));
		TRY(cell(s, v, i, "texture", NULL, e->texture));
		TRY(cell(s, v, i, "true", field(&e->s, "true.texture"), NULL));
		TRY(cell(s, v, i, "image", NULL, e->image));
		TRY(cell(s, v, i, "render", NULL, target ? e->render : NULL));
		TRY(cell(s, v, i, "target", target, NULL));
	}
	return OK;
}

enum status
valid_sheet(const struct valid *v, const char *path)
{
	struct sheet s;
	struct tensor rgb;

	TRY(sheet_open(&s, v->S));
	enum status st = fill(&s, v);

	if (st == OK)
		st = sheet_draw(&rgb, &s);
	if (st == OK)
		st = image_write(path, &rgb);
	sheet_close(&s);
	return st;
}
