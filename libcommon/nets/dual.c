#include "nets/dual.h"

#include <assert.h>
#include <math.h>

#include "graph/tape.h"
#include "nets/d.h"
#include "nets/e_s.h"
#include "nets/evidence.h"
#include "nets/f_it.h"
#include "nets/f_st.h"
#include "nets/f_ti.h"
#include "nets/g_i.h"
#include "nets/g_t.h"
#include "tensor/pixel.h"
#include "view/levels.h"

#define POSE 18		/* channels of a heat map */

static bool
image_to_texture(enum links links)
{
	return links == LINKS_FULL || links == LINKS_I2T;
}

static bool
texture_to_image(enum links links)
{
	return links == LINKS_FULL || links == LINKS_T2I;
}

/* ---- inputs ----------------------------------------------------------- */

static enum status
want(const struct tensor *t, const char *role, const char *field,
    enum dtype d, int rank, const size_t *dim)
{
	char is[TENSOR_TEXT_MAX], wanted[TENSOR_TEXT_MAX];

	if (t && tensor_is(t, d, rank, dim))
		return OK;
	tensor_text(wanted, sizeof wanted, d, rank, dim);
	if (!t)
		return fail(E_SHAPE, "field %s.%s: missing, want %s", role,
		    field, wanted);
	return fail(E_SHAPE, "field %s.%s: %s, want %s", role, field,
	    tensor_text(is, sizeof is, t->dtype, t->rank, t->dim), wanted);
}

static struct var *
map_of(struct graph *g, const struct tensor *t, size_t n, size_t S, size_t c)
{
	return g_input(g, n, S, S, c, t ? t->data : NULL, false);
}

/* u1 0..255 to -1..1. */
static struct var *
image_of(struct graph *g, const struct tensor *t, size_t S)
{
	struct var *v = g_new(g, 1, S, S, 3);
	const uint8_t *x = t ? t->data : NULL;

	if (tape_runs(g))
		pixels_signed(v->x, x, var_len(v));
	return v;
}

/*
 * Positions of n views at both levels, each with what an anchored flow
 * starts from where there is none.
 */
static void
anchors(struct graph *g, const struct recipe *r, struct var *out[2],
    const float *xy, const uint8_t *ok, size_t n, bool relative)
{
	size_t S = r->size;

	for (int level = DUAL_COARSE; level >= DUAL_FINE; level--) {
		size_t s = recipe_side(r, level);
		struct var *a = g_new(g, n, s, s, 2);
		float *v = tape_runs(g) ? tape_floats(g, n * s * s) : NULL;

		out[DUAL_INDEX(level)] = a;
		if (!v)
			continue;
		level_reduce(a->x, v, xy, ok, n, S, S, S, level, r->levels);
		if (relative)
			level_anchor_relative(a->x, v, n, s, s);
		else
			level_anchor(a->x, v, n * s * s, s);
		tape_drop(g, v);
	}
}

static void
anchors_st(struct graph *g, const struct recipe *r, struct var *out[2],
    const struct dual_image_in *in, size_t n)
{
	size_t pixels = n * r->size * r->size;
	float *xy = NULL;
	uint8_t *ok = NULL;

	if (tape_runs(g)) {
		xy = tape_floats(g, 2 * pixels);
		ok = tape_bytes(g, pixels);
	}
	if (xy && ok)
		level_compose(xy, ok, in->s->data, in->m->data, in->c_s->data,
		    in->seen_s->data, n, r->size);
	anchors(g, r, out, xy, ok, n, true);
	tape_drop(g, xy);
	tape_drop(g, ok);
}

static void
anchors_it(struct graph *g, const struct recipe *r, struct var *out[2],
    const struct dual_texture_in *in, size_t n)
{
	size_t texels = n * r->size * r->size;
	uint8_t *ok = tape_runs(g) ? tape_bytes(g, texels) : NULL;
	const uint8_t *seen = ok ? in->seen->data : NULL;

	for (size_t i = 0; ok && i < texels; i++)
		ok[i] = seen_itself(seen[i]);
	anchors(g, r, out, ok ? in->c->data : NULL, ok, n, false);
	tape_drop(g, ok);
}

static float
clamped(float x, float most)
{
	return x < -most ? -most : x > most ? most : x;
}

/* What F_IT reads of a view beside the poses: c in [-1,1], seen. */
static struct var *
coordinates(struct graph *g, const struct dual_texture_in *in, size_t n,
    size_t S)
{
	struct var *v = g_new(g, n, S, S, 3);
	float scale = 2 / ((float)S - 1);

	for (size_t i = 0; tape_runs(g) && i < n * S * S; i++) {
		const float *c = (const float *)in->c->data + 2 * i;
		bool seen = seen_itself(((const uint8_t *)in->seen->data)[i]) &&
		    !isnan(c[0]) && !isnan(c[1]);

		for (int k = 0; k < 2; k++)
			v->x[3 * i + (size_t)k] = seen ?
			    clamped(c[k] * scale - 1, 1.2f) : 0;
		v->x[3 * i + 2] = seen;
	}
	return v;
}

/* ---- image domain ----------------------------------------------------- */

static enum status
check_finished(const struct tensor *t, size_t S)
{
	if (t && tensor_is(t, DT_F4, TENSOR_DIMS(S, S, 3)))
		return OK;
	return fail(E_SHAPE, "field texture: missing or of another shape, "
	    "want f4 (%zu,%zu,3), see inpaint(1)", S, S);
}

static enum status
check_image(const struct recipe *r, const struct dual_image_in *in)
{
	size_t S = r->size;

	TRY(want(in->p, in->role, "heat", DT_F4, TENSOR_DIMS(0, S, S, POSE)));
	size_t n = in->p->dim[0];

	if (n == 0)
		return fail(E_SHAPE, "field %s.heat: no views", in->role);
	TRY(want(in->x_s, "source", "image", DT_U1, TENSOR_DIMS(S, S, 3)));
	TRY(want(in->p_s, "source", "heat", DT_F4, TENSOR_DIMS(S, S, POSE)));
	if (r->flow == FLOW_ANCHORED || r->evidence == EVIDENCE_INPAINT) {
		TRY(want(in->s, in->role, "surf", DT_F4,
		    TENSOR_DIMS(n, S, S, 2)));
		TRY(want(in->m, in->role, "mask", DT_U1,
		    TENSOR_DIMS(n, S, S)));
	}
	if (r->evidence == EVIDENCE_INPAINT) {
		TRY(check_finished(in->texture, S));
		assert(in->valid);
	}
	if (r->flow == FLOW_LEARNED)
		return OK;
	TRY(want(in->c_s, "source", "coord", DT_F4, TENSOR_DIMS(S, S, 2)));
	return want(in->seen_s, "source", "seen", DT_U1, TENSOR_DIMS(S, S));
}

static void
keep(bool yes, struct var *a, struct var *b)
{
	if (yes) {
		g_keep(a);
		g_keep(b);
	}
}

static void
image_start(struct dual_image *d)
{
	struct graph *g = d->g;
	const struct recipe *r = d->r;
	bool anchored = r->flow == FLOW_ANCHORED;
	struct var *x_s = image_of(g, d->in->x_s, r->size);
	struct var *p_s = map_of(g, d->in->p_s, 1, r->size, POSE);
	struct var *p = map_of(g, d->in->p, d->n, r->size, POSE);

	if (anchored)
		anchors_st(g, r, d->anchor_st, d->in, d->n);
	e_s(g, r, x_s, d->phi_s);
	f_st_coarse(g, r, &d->st, x_s, p_s, p, d->anchor_st[0], &d->f_st[0],
	    &d->m_st[0]);
	keep(d->keep, d->f_st[0], d->m_st[0]);
	g_done(g, x_s);
	d->x = g_i_encode(g, r, p);
	if (!texture_to_image(d->links))
		return;
	if (anchored)
		anchors(g, r, d->anchor_ti, d->in->s ? d->in->s->data : NULL,
		    d->in->m ? d->in->m->data : NULL, d->n, false);
	f_ti_coarse(g, r, &d->ti, p, d->anchor_ti[0], &d->f_ti[0],
	    &d->m_ti[0]);
	keep(d->keep, d->f_ti[0], d->m_ti[0]);
}

enum status
dual_image_begin(struct dual_image *d, struct graph *g,
    const struct recipe *r, const struct dual_image_in *in, enum links links,
    bool keep_all)
{
	TRY(check_image(r, in));
	*d = (struct dual_image){ .g = g, .r = r, .in = in, .links = links,
	    .keep = keep_all, .n = in->p->dim[0], .level = DUAL_COARSE };
	image_start(d);
	return graph_status(g);
}

struct var *
dual_image_send(struct dual_image *d)
{
	struct graph *g = d->g;
	int i = DUAL_INDEX(d->level);

	if (graph_failed(g))
		return tape_out(g, 0, 0, 0, 0, false);
	assert(d->level >= DUAL_FINE);
	if (i == 1) {
		f_st_fine(g, d->r, &d->st, d->anchor_st[1], &d->f_st[1],
		    &d->m_st[1]);
		keep(d->keep, d->f_st[1], d->m_st[1]);
	}
	d->x = g_i_source(g, d->r, d->level, d->x, d->phi_s[i], d->f_st[i],
	    d->m_st[i]);
	d->phi_i[i] = d->x;
	if (d->keep)
		g_keep(d->x);
	g_done(g, d->phi_s[i]);
	g_done(g, d->f_st[i]);
	g_done(g, d->m_st[i]);
	return d->x;
}

/* The texture's half of a level; f_ti and m_ti of it are there. */
static void
image_texture(struct dual_image *d, struct var *phi_t)
{
	struct graph *g = d->g;
	int i = DUAL_INDEX(d->level);

	if (i == 1) {
		f_ti_fine(g, d->r, &d->ti, d->gathered, d->anchor_ti[1],
		    &d->f_ti[1], &d->m_ti[1]);
		keep(d->keep, d->f_ti[1], d->m_ti[1]);
		g_done(g, d->gathered);
	} else {
		g_push(g, "f_ti");
		d->gathered = g_warp(g, phi_t, d->f_ti[0], false);
		g_pop(g);
	}
	d->x = g_i_texture(g, d->r, d->level, d->x, phi_t, d->f_ti[i],
	    d->m_ti[i]);
	g_done(g, d->f_ti[i]);
	g_done(g, d->m_ti[i]);
}

void
dual_image_receive(struct dual_image *d, struct var *phi_t)
{
	if (graph_failed(d->g))
		return;
	assert(d->level >= DUAL_FINE);
	if (texture_to_image(d->links))
		image_texture(d, phi_t);
	d->x = g_i_decode(d->g, d->r, d->level, d->x);
	d->level--;
}

struct var *
dual_image_end(struct dual_image *d)
{
	assert(graph_failed(d->g) || d->level == DUAL_FINE - 1);

	struct graph *g = d->g;
	struct var *x = g_i_decode(g, d->r, 1, d->x), *e = NULL;

	if (d->r->evidence == EVIDENCE_INPAINT)
		e = evidence_view(g, &(struct evidence_view_in){
		    .s = d->in->s, .m = d->in->m, .texture = d->in->texture,
		    .valid = d->in->valid }, d->n, d->r->size);
	struct var *y = g_i_out(g, x, e);

	g_done(g, e);
	return y;
}

/* ---- texture domain --------------------------------------------------- */

static enum status
check_evidence(const struct recipe *r, const struct dual_texture_in *in)
{
	size_t S = r->size;

	if (r->evidence == EVIDENCE_NONE)
		return OK;
	TRY(want(in->x_s, "source", "image", DT_U1, TENSOR_DIMS(S, S, 3)));
	TRY(want(in->c_s, "source", "coord", DT_F4, TENSOR_DIMS(S, S, 2)));
	TRY(want(in->seen_s, "source", "seen", DT_U1, TENSOR_DIMS(S, S)));
	if (r->evidence == EVIDENCE_INPAINT)
		TRY(check_finished(in->texture, S));
	assert(in->mirror && in->valid);
	return OK;
}

static enum status
check_texture(const struct recipe *r, const struct dual_texture_in *in)
{
	size_t S = r->size;

	TRY(want(in->p, "halluc", "heat", DT_F4, TENSOR_DIMS(0, S, S, POSE)));
	size_t n = in->p->dim[0];

	if (n == 0)
		return fail(E_SHAPE, "field halluc.heat: no views");
	if (n > r->slots)
		return fail(E_LIMIT, "field halluc.heat: %zu views, the "
		    "weights merge at most %zu", n, r->slots);
	TRY(want(in->b, "halluc", "texheat", DT_F4, TENSOR_DIMS(n, S, S, POSE)));
	TRY(want(in->c, "halluc", "coord", DT_F4, TENSOR_DIMS(n, S, S, 2)));
	TRY(want(in->seen, "halluc", "seen", DT_U1, TENSOR_DIMS(n, S, S)));
	return check_evidence(r, in);
}

static struct var *
evidence_of(struct graph *g, const struct recipe *r,
    const struct dual_texture_in *in)
{
	static const struct tensor none;	/* for dry runs */
	bool more = r->evidence == EVIDENCE_INPAINT;

	if (r->evidence == EVIDENCE_NONE)
		return NULL;
	return evidence(g, &(struct evidence_in){ .x = in->x_s, .c = in->c_s,
	    .seen = in->seen_s, .mirror = in->mirror, .valid = in->valid,
	    .texture = !more ? NULL : in->texture ? in->texture : &none },
	    r->size);
}

static void
texture_start(struct dual_texture *d)
{
	struct graph *g = d->g;
	const struct recipe *r = d->r;
	struct var *e = evidence_of(g, r, d->in);

	d->t = g_t_encode(g, r, e, &d->skip);
	g_done(g, e);

	struct var *p = map_of(g, d->in->p, d->n, r->size, POSE);
	struct var *b = map_of(g, d->in->b, d->n, r->size, POSE);
	struct var *c = coordinates(g, d->in, d->n, r->size);
	struct var *in = g_concat(g, (struct var *[]){ p, b, c }, 3);

	g_done(g, c);
	if (r->flow == FLOW_ANCHORED)
		anchors_it(g, r, d->anchor, d->in, d->n);
	f_it_coarse(g, r, &d->it, in, d->anchor[0], &d->f_it[0], &d->m_it[0],
	    &d->a[0]);
	g_done(g, in);
}

enum status
dual_texture_begin(struct dual_texture *d, struct graph *g,
    const struct recipe *r, const struct dual_texture_in *in,
    enum links links, bool keep_all)
{
	TRY(check_texture(r, in));
	*d = (struct dual_texture){ .g = g, .r = r, .in = in, .links = links,
	    .keep = keep_all, .n = in->p->dim[0], .level = DUAL_COARSE };
	/*
	 * Without I->T only the source view, which is the first, speaks, and
	 * only at the coarse level: the constant knows nothing of the clothes
	 * (the paper's ablation).
	 */
	if (!image_to_texture(links))
		d->n = 1;
	texture_start(d);
	return graph_status(g);
}

void
dual_texture_ahead(struct dual_texture *d)
{
	struct graph *g = d->g;

	if (graph_failed(g) || d->level != DUAL_FINE || d->t)
		return;
	d->t = g_t_decode(g, d->r, DUAL_COARSE, d->phi_t[0], d->skip);
	g_done(g, d->phi_t[0]);
	if (!image_to_texture(d->links))
		return;
	f_it_fine(g, d->r, &d->it, d->anchor[1], &d->f_it[1], &d->m_it[1],
	    &d->a[1]);
}

struct var *
dual_texture_turn(struct dual_texture *d, struct var *phi_i)
{
	struct graph *g = d->g;

	if (graph_failed(g))
		return tape_out(g, 0, 0, 0, 0, false);
	assert(d->level >= DUAL_FINE);
	int i = DUAL_INDEX(d->level);
	struct var *out;

	dual_texture_ahead(d);
	out = d->t;
	d->t = NULL;
	if (i == 0 || image_to_texture(d->links)) {
		keep(d->keep, d->f_it[i], d->m_it[i]);
		keep(d->keep, d->a[i], d->a[i]);
		out = g_t_attend(g, d->r, d->level, out,
		    g_views(g, phi_i, 0, d->n), d->f_it[i], d->m_it[i],
		    d->a[i]);
		g_done(g, d->f_it[i]);
		g_done(g, d->m_it[i]);
		g_done(g, d->a[i]);
	}
	if (i == 0)
		out = g_t_context(g, d->r, out);
	d->phi_t[i] = out;
	if (d->keep)
		g_keep(out);
	d->level--;
	return out;
}

struct var *
dual_texture_end(struct graph *g, const struct recipe *r,
    const struct dual_texture_in *in, struct var *phi_t)
{
	struct var *x = g_t_decode(g, r, DUAL_FINE, phi_t, NULL);
	struct var *y = g_t_decode(g, r, DUAL_FINE - 1, x, NULL);
	struct var *e = evidence_of(g, r, in);

	g_done(g, x);
	struct var *t = g_t_out(g, r, y, e);

	g_done(g, e);
	return t;
}

/* ---- both ------------------------------------------------------------- */

enum status
dual_run(struct dual_image *di, struct dual_texture *dt, struct var **x,
    struct var **t)
{
	struct graph *g = di->g;
	struct var *phi_t = NULL;

	for (int level = DUAL_COARSE; level >= DUAL_FINE; level--) {
		struct var *phi_i = dual_image_send(di);

		phi_t = dual_texture_turn(dt, phi_i);
		if (level > DUAL_FINE || x)
			dual_image_receive(di, phi_t);
	}
	if (x)
		*x = dual_image_end(di);
	if (t)
		*t = dual_texture_end(g, dt->r, dt->in, phi_t);
	return graph_status(g);
}

enum status
dual_again(struct dual_image *d, struct var *const phi_t[2], struct var **x)
{
	for (int level = DUAL_COARSE; level >= DUAL_FINE; level--) {
		dual_image_send(d);
		dual_image_receive(d, phi_t[DUAL_INDEX(level)]);
	}
	*x = dual_image_end(d);
	return graph_status(d->g);
}

enum status
dual_fold(struct graph *g, const struct recipe *r, struct var *e[2])
{
	if (r->evidence != EVIDENCE_NONE)
		return fail(E_VALUE, "the encoder reads evidence of the "
		    "source: it cannot be folded");
	e[0] = g_t_encode(g, r, NULL, &e[1]);
	return graph_status(g);
}

/* ---- the list of parameters ------------------------------------------- */

static void
dry_image(struct graph *g, const struct recipe *r, size_t n)
{
	const struct dual_image_in in = { 0 };
	struct dual_image d = { .g = g, .r = r, .in = &in, .n = n,
	    .level = DUAL_COARSE };

	image_start(&d);
	for (int level = DUAL_COARSE; level >= DUAL_FINE; level--) {
		size_t s = recipe_side(r, level);

		dual_image_send(&d);
		dual_image_receive(&d, g_input(g, 1, s, s,
		    recipe_channels(r, level), NULL, false));
	}
	dual_image_end(&d);
}

static void
dry_texture(struct graph *g, const struct recipe *r, size_t n)
{
	const struct dual_texture_in in = { 0 };
	struct dual_texture d = { .g = g, .r = r, .in = &in, .n = n,
	    .level = DUAL_COARSE };

	texture_start(&d);
	for (int level = DUAL_COARSE; level >= DUAL_FINE; level--) {
		size_t s = recipe_side(r, level);

		dual_texture_turn(&d, g_input(g, n, s, s,
		    recipe_channels(r, level), NULL, false));
	}
}

static void
dry_finish(struct graph *g, const struct recipe *r)
{
	const struct dual_texture_in in = { 0 };
	size_t s = recipe_side(r, DUAL_FINE);

	dual_texture_end(g, r, &in, g_input(g, 1, s, s,
	    recipe_channels(r, DUAL_FINE), NULL, false));
}

enum status
dual_params(struct params *ps, const struct recipe *r, unsigned what,
    size_t n, struct tally *tally)
{
	struct graph *g;

	TRY(graph_new(&g, GRAPH_DRY, ps));
	if (r->init == INIT_RULE_ORTHOGONAL)
		graph_init_orthogonal(g, 0.02);
	if (what & DUAL_IMAGE)
		dry_image(g, r, n);
	if (what & DUAL_TEXTURE)
		dry_texture(g, r, n);
	if (what & DUAL_FINISH)
		dry_finish(g, r);
	if (what & DUAL_CRITIC)
		d_run(g, r, g_input(g, 1, r->size, r->size, 3, NULL, false));
	if (what & DUAL_TEXTURE_CRITIC)
		d_texture(g, r, g_input(g, 1, r->size, r->size, 3, NULL,
		    false));
	enum status s = graph_status(g);

	if (tally)
		*tally = *graph_tally(g);
	graph_free(g);
	return s;
}
