#include "nets/dual.h"

#include <assert.h>
#include <string.h>

#include "nets/d.h"
#include "nets/e_s.h"
#include "nets/f_it.h"
#include "nets/f_st.h"
#include "nets/f_ti.h"
#include "nets/g_i.h"
#include "nets/g_t.h"
#include "nets/vars.h"
#include "view/heat.h"

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

/*
 * model/inputs has looked at what comes from outside; here it is a contract.
 */
static bool
is(const struct tensor *t, enum dtype d, int rank, const size_t *dim)
{
	return t && tensor_is(t, d, rank, dim);
}

static void
assert_finished(const struct recipe *r, const struct tensor *texture,
    const uint8_t *valid)
{
	assert(r->evidence != EVIDENCE_INPAINT || (valid && is(texture, DT_F4,
	    TENSOR_DIMS(r->size, r->size, 3))));
}

/* How many sources there are: one for all n views, or one each. */
static size_t
sources_of(const struct dual_image_in *in, size_t n)
{
	return in->x_s && in->x_s->rank == 4 ? n : 1;
}

/* The same with an axis in front where each view has its own source. */
static bool
is_source(const struct tensor *t, const struct dual_image_in *in,
    enum dtype d, int rank, const size_t *dim)
{
	const int own = in->x_s->rank == 4;
	size_t full[4] = { in->p->dim[0] };

	memcpy(full + own, dim, (size_t)rank * sizeof *dim);
	return is(t, d, rank + own, full);
}

static void
assert_image(const struct recipe *r, const struct dual_image_in *in)
{
	const size_t S = r->size, n = in->p->dim[0];

	assert(n > 0 && is(in->p, DT_F4, TENSOR_DIMS(n, S, S, POSE_POINTS)));
	assert(is_source(in->x_s, in, DT_U1, TENSOR_DIMS(S, S, 3)));
	assert(is_source(in->p_s, in, DT_F4, TENSOR_DIMS(S, S,
	    POSE_POINTS)));
	if (r->flow == FLOW_ANCHORED || r->evidence == EVIDENCE_INPAINT)
		assert(is(in->s, DT_F4, TENSOR_DIMS(n, S, S, 2)) &&
		    is(in->m, DT_U1, TENSOR_DIMS(n, S, S)));
	if (r->flow == FLOW_ANCHORED)
		assert(is_source(in->c_s, in, DT_F4, TENSOR_DIMS(S, S, 2)) &&
		    is_source(in->seen_s, in, DT_U1, TENSOR_DIMS(S, S)));
	assert_finished(r, in->texture, in->valid);
}

static void
assert_evidence(const struct recipe *r, const struct dual_texture_in *in)
{
	const size_t S = r->size;

	if (r->evidence == EVIDENCE_NONE)
		return;
	assert(is(in->x_s, DT_U1, TENSOR_DIMS(S, S, 3)));
	assert(is(in->c_s, DT_F4, TENSOR_DIMS(S, S, 2)));
	assert(is(in->seen_s, DT_U1, TENSOR_DIMS(S, S)));
	assert(in->mirror && in->valid);
	assert_finished(r, in->texture, in->valid);
}

static void
assert_texture(const struct recipe *r, const struct dual_texture_in *in)
{
	const size_t S = r->size, n = in->p->dim[0];

	assert(n > 0 && n <= r->slots);
	assert(is(in->p, DT_F4, TENSOR_DIMS(n, S, S, POSE_POINTS)));
	assert(is(in->b, DT_F4, TENSOR_DIMS(n, S, S, POSE_POINTS)));
	assert(is(in->c, DT_F4, TENSOR_DIMS(n, S, S, 2)));
	assert(is(in->seen, DT_U1, TENSOR_DIMS(n, S, S)));
	assert_evidence(r, in);
}

static const void *
values(const struct tensor *t)
{
	return t ? t->data : NULL;	/* NULL in a dry run */
}

/* ---- image domain ----------------------------------------------------- */

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
	const struct dual_image_in *in = d->in;
	const size_t sources = sources_of(in, d->n);
	struct var *x_s = vars_picture(g, values(in->x_s), sources, r->size);
	struct var *p_s = vars_map(g, in->p_s, sources, r->size, POSE_POINTS);
	struct var *p = vars_map(g, in->p, d->n, r->size, POSE_POINTS);
	struct guide st = { { NULL }, { NULL } }, ti = st;

	if (anchored) {
		st = vars_guide_source(g, r, values(in->s), values(in->m),
		    values(in->c_s), values(in->seen_s), sources, d->n);
		vars_anchor(g, &st, true, false);
		memcpy(d->anchor_st, st.at, sizeof st.at);
	}
	e_s(g, r, x_s, d->phi_s);
	f_st_coarse(g, r, &d->st, x_s, p_s, p, d->anchor_st[0], &d->f_st[0],
	    &d->m_st[0]);
	keep(d->keep, d->f_st[0], d->m_st[0]);
	g_done(g, x_s);
	d->x = g_i_encode(g, r, p);
	if (!texture_to_image(d->links))
		return;
	if (anchored) {
		ti = vars_guide(g, r, values(in->s), values(in->m), d->n);
		vars_anchor(g, &ti, false, r->known);
		memcpy(d->anchor_ti, ti.at, sizeof ti.at);
		memcpy(d->known_ti, ti.ok, sizeof ti.ok);
	}
	f_ti_coarse(g, r, &d->ti, p, d->anchor_ti[0], d->known_ti[0],
	    &d->f_ti[0], &d->m_ti[0]);
	keep(d->keep, d->f_ti[0], d->m_ti[0]);
}

enum status
dual_image_begin(struct dual_image *d, struct graph *g,
    const struct recipe *r, const struct dual_image_in *in, enum links links,
    bool keep_all)
{
	assert_image(r, in);
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
		return g_new(g, 0, 0, 0, 0);
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
		    d->known_ti[1], &d->f_ti[1], &d->m_ti[1]);
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

	struct var *p = vars_map(g, d->in->p, d->n, r->size, POSE_POINTS);
	struct var *b = vars_map(g, d->in->b, d->n, r->size, POSE_POINTS);
	struct var *c = vars_coord(g, values(d->in->c), values(d->in->seen),
	    d->n, r->size);
	struct var *in = g_concat(g, (struct var *[]){ p, b, c }, 3);

	g_done(g, c);
	if (r->flow == FLOW_ANCHORED) {
		struct guide it = vars_guide_coord(g, r, values(d->in->c),
		    values(d->in->seen), d->n);

		vars_anchor(g, &it, false, r->known);
		memcpy(d->anchor, it.at, sizeof it.at);
		memcpy(d->known, it.ok, sizeof it.ok);
	}
	f_it_coarse(g, r, &d->it, in, d->anchor[0], d->known[0], &d->f_it[0],
	    &d->m_it[0], &d->a[0]);
	g_done(g, in);
}

enum status
dual_texture_begin(struct dual_texture *d, struct graph *g,
    const struct recipe *r, const struct dual_texture_in *in,
    enum links links, bool keep_all)
{
	assert_texture(r, in);
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
	f_it_fine(g, d->r, &d->it, d->anchor[1], d->known[1], &d->f_it[1],
	    &d->m_it[1], &d->a[1]);
}

struct var *
dual_texture_turn(struct dual_texture *d, struct var *phi_i)
{
	struct graph *g = d->g;

	if (graph_failed(g))
		return g_new(g, 0, 0, 0, 0);
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
		    d->a[i], d->traced ? &d->trace[i] : NULL);
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

	/* eqs. 3 and 4, which need each other: level by level */
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
dual_two_steps(struct dual_two_steps *d, struct graph *g,
    const struct recipe *r, const struct dual_two_steps_in *in,
    enum links links, bool keep_all, bool texture)
{
	TRY(dual_image_begin(&d->hallu, g, r, &in->hallu, links, keep_all));
	/* phi_t is what the second step refers to: kept in any case. */
	TRY(dual_texture_begin(&d->tex, g, r, &in->texture, links, true));
	d->t = NULL;
	TRY(dual_run(&d->hallu, &d->tex, NULL, texture ? &d->t : NULL));
	d->in_target = in->target;
	/* The values of t: what x^ makes of them is no lesson for G_T. */
	if (d->t && r->evidence == EVIDENCE_INPAINT) {
		d->made = (struct tensor){ DT_F4, 3, { r->size, r->size, 3 },
			d->t->x };
		d->in_target.texture = &d->made;
	}
	TRY(dual_image_begin(&d->target, g, r, &d->in_target, links, keep_all));
	return dual_again(&d->target, d->tex.phi_t, &d->x);
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
	if (what & DUAL_DISCRIMINATOR)
		d_run(g, r, g_input(g, 1, r->size, r->size, 3, NULL, false));
	if (what & DUAL_TEXTURE_DISCRIMINATOR)
		d_texture(g, r, g_input(g, 1, r->size, r->size, 3, NULL,
		    false));
	enum status s = graph_status(g);

	if (tally)
		*tally = *graph_tally(g);
	graph_free(g);
	return s;
}
