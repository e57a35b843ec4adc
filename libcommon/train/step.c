#include "train/step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "graph/tape.h"
#include "model/exchange.h"
#include "nets/d.h"
#include "tensor/pixel.h"
#include "view/levels.h"

const char *const loss_names[LOSSES] = { "rec", "perc", "styl", "adv", "cor",
	"coord", "cons", "reg", "flow", "tex", "source", "critic" };

static const double weights_unet[LOSSES] = { [LOSS_REC] = 5,
	[LOSS_PERC] = 0.5, [LOSS_TEX] = 5, [LOSS_SOURCE] = 5 };
static const double weights_paper[LOSSES] = { [LOSS_REC] = 5,
	[LOSS_PERC] = 0.5, [LOSS_STYL] = 500, [LOSS_ADV] = 2, [LOSS_COR] = 5,
	[LOSS_COORD] = 0.1, [LOSS_CONS] = 0.05, [LOSS_REG] = 0.0025 };
static const double weights_anchored[LOSSES] = { [LOSS_REC] = 5,
	[LOSS_PERC] = 0.5, [LOSS_COR] = 5, [LOSS_COORD] = 0.1,
	[LOSS_CONS] = 0.05, [LOSS_FLOW] = 0.1,
	[LOSS_TEX] = 5, [LOSS_SOURCE] = 5 };
static const double weights_flow[LOSSES] = { [LOSS_COR] = 20,
	[LOSS_COORD] = 0.1, [LOSS_REG] = 0.01 };

void
step_weights(double weight[LOSSES], const struct step *st, bool flow)
{
	bool anchored = st->r.flow == FLOW_ANCHORED;
	const double *w = st->is_unet ? weights_unet : flow ? weights_flow :
	    anchored ? weights_anchored : weights_paper;

	memcpy(weight, w, sizeof weights_unet);
	/* An anchored flow jumps between charts, as it must. */
	if (flow && !st->is_unet && anchored) {
		weight[LOSS_FLOW] = weights_anchored[LOSS_FLOW];
		weight[LOSS_REG] = 0;
	}
	if (!st->vgg)
		weight[LOSS_PERC] = weight[LOSS_STYL] = weight[LOSS_COR] = 0;
}

static bool
begins(const struct param *p, const char *prefix)
{
	return strncmp(p->name, prefix, strlen(prefix)) == 0;
}

bool
step_is_flow(const struct param *p)
{
	return begins(p, "f_st.") || begins(p, "f_ti.") || begins(p, "f_it.");
}

bool
step_is_critic(const struct param *p)
{
	return begins(p, "d.");
}

/* ---- one sample ------------------------------------------------------- */

/* What the functions below share. v: losses of this sample alone. */
struct pass {
	struct step *st;
	struct graph *g;
	const struct sample *s;
	size_t S;
	double share;
	struct step_values v;
};

static bool
asked(const struct pass *p, enum loss l)
{
	return p->st->weight[l] != 0;
}

static double
weight(const struct pass *p, enum loss l)
{
	return p->st->weight[l] * p->share;
}

static const void *
field(const struct pass *p, const char *name)
{
	const struct field *f = sample_find(p->s, name);

	return f ? f->t.data : NULL;
}

/* u1 0..255 to -1..1. */
static struct var *
picture(struct graph *g, const uint8_t *x, size_t n, size_t S)
{
	struct var *v = g_new(g, n, S, S, 3);

	if (tape_runs(g))
		pixels_signed(v->x, x, var_len(v));
	return v;
}

/* A mask of codes: 1 where `yes` is not 0 and, where xy is given, a place. */
static struct var *
mask_of(struct graph *g, const uint8_t *yes, const float *xy, size_t n,
    size_t S)
{
	struct var *v = g_new(g, n, S, S, 1);

	for (size_t i = 0; tape_runs(g) && i < var_len(v); i++)
		v->x[i] = yes[i] && !(xy && (isnan(xy[2 * i]) ||
		    isnan(xy[2 * i + 1])));
	return v;
}

/* Places to look at: 0 where there is none, which a mask hides. */
static struct var *
places(struct graph *g, const float *xy, size_t n, size_t S)
{
	struct var *v = g_new(g, n, S, S, 2);

	for (size_t i = 0; tape_runs(g) && i < var_len(v); i++)
		v->x[i] = isnan(xy[i]) ? 0 : xy[i];
	return v;
}

/* The n views of a role with their pictures, and the texture on them. */
struct shown {
	size_t n;
	struct var *x, *m, *render;	/* x, m, warp(t; s) */
};

/*
 * The render of each view as bright as the view, by least squares over its
 * body, as texmap_gain: how much light there was is not for the texture to say.
 * The factor is a constant to the gradient.
 */
static struct var *
exposed(struct pass *p, const struct shown *v)
{
	const size_t S = p->S, pixels = S * S;
	struct var *black = g_new(p->g, v->n, S, S, 3);
	struct var *gain = g_new(p->g, v->n, S, S, 1);

	for (size_t k = 0; tape_runs(p->g) && k < v->n; k++) {
		const float *r = v->render->x + 3 * k * pixels;
		const float *x = v->x->x + 3 * k * pixels;
		const float *m = v->m->x + k * pixels;
		double rx = 0, rr = 0;

		for (size_t i = 0; i < 3 * pixels; i++) {
			double light = m[i / 3] * (r[i] + 1);

			rx += light * ((double)x[i] + 1);
			rr += light * light;
		}
		for (size_t i = 0; i < pixels; i++)
			gain->x[k * pixels + i] = rr > 0 ? (float)(rx / rr) : 1;
	}
	for (size_t i = 0; tape_runs(p->g) && i < var_len(black); i++)
		black->x[i] = -1;
	return g_blend(p->g, black, v->render, gain);
}

static struct shown
show(struct pass *p, const char *role, size_t n, struct var *t)
{
	char image[32], surf[32], mask[32];
	struct shown v = { .n = n };

	snprintf(image, sizeof image, "%s.image", role);
	snprintf(surf, sizeof surf, "%s.surf", role);
	snprintf(mask, sizeof mask, "%s.mask", role);
	v.x = picture(p->g, field(p, image), n, p->S);
	v.m = mask_of(p->g, field(p, mask), field(p, surf), n, p->S);
	v.render = g_warp(p->g, t, places(p->g, field(p, surf), n, p->S),
	    false);
	if (p->st->gain)
		v.render = exposed(p, &v);
	return v;
}

static size_t
targets(const struct pass *p)
{
	const struct field *f = sample_find(p->s, "target.image");

	return f ? f->t.dim[0] : 0;
}

/* L1 of the texture where it is known, and of its render in the source view. */
static void
texture_losses(struct pass *p, struct var *t)
{
	const uint8_t *truth = field(p, "true.texture");
	const uint8_t *valid = field(p, "true.valid");

	if (asked(p, LOSS_TEX) && truth)
		p->v.loss[LOSS_TEX] = loss_tex(p->g, t, picture(p->g, truth, 1,
		    p->S), mask_of(p->g, valid ? valid : p->st->valid, NULL, 1,
		    p->S), p->st->bend, weight(p, LOSS_TEX));
	if (asked(p, LOSS_SOURCE)) {
		struct shown v = show(p, "source", 1, t);

		p->v.loss[LOSS_SOURCE] = loss_rec(p->g, v.render, v.x, v.m,
		    weight(p, LOSS_SOURCE));
	}
}

/* Maps of VGG19 of what should be, for every loss that wants some. */
static void
look(struct pass *p, struct var *x, unsigned wanted, struct vgg19_maps *out)
{
	*out = (struct vgg19_maps){ { NULL }, 0 };
	if (wanted)
		vgg19_run(p->g, p->st->vgg, x, wanted, out);
}

static unsigned
picture_maps(const struct pass *p)
{
	return (asked(p, LOSS_PERC) ? LOSS_PERC_MAPS : 0) |
	    (asked(p, LOSS_STYL) ? LOSS_STYL_MAPS : 0);
}

/* rec, perc and styl of a prediction, x^ or x~, against x. */
static void
picture_losses(struct pass *p, struct var *made, const struct var *x,
    const struct vgg19_maps *psi)
{
	struct vgg19_maps own;

	if (asked(p, LOSS_REC))
		p->v.loss[LOSS_REC] += loss_rec(p->g, made, x, NULL,
		    weight(p, LOSS_REC));
	look(p, made, picture_maps(p), &own);
	if (asked(p, LOSS_PERC))
		p->v.loss[LOSS_PERC] += loss_perc(p->g, &own, psi,
		    weight(p, LOSS_PERC));
	if (asked(p, LOSS_STYL))
		p->v.loss[LOSS_STYL] += loss_styl(p->g, &own, psi,
		    weight(p, LOSS_STYL));
}

/* ---- the U-Net -------------------------------------------------------- */

static enum status
unet_forward(struct pass *p)
{
	struct evidence_in in = { .mirror = p->st->mirror,
		.valid = p->st->valid };
	struct vgg19_maps psi;

	TRY(exchange_unet_in(&in, p->s, &p->st->u));

	struct var *t = unet(p->g, &p->st->u, &in);
	size_t n = targets(p);

	texture_losses(p, t);
	if (n > 0 && (asked(p, LOSS_REC) || picture_maps(p))) {
		struct shown v = show(p, "target", n, t);

		/* Around the body is what is there: no network has made it. */
		look(p, v.x, picture_maps(p), &psi);
		picture_losses(p, g_blend(p->g, v.x, v.render, v.m), v.x, &psi);
	}
	return graph_status(p->g);
}

/* ---- the dual-domain networks ----------------------------------------- */

/* Places at a level, for losses: where, and whether there is one. */
struct known {
	struct var *at, *ok;
};

static struct known
known(struct pass *p, const float *xy, const uint8_t *ok, size_t n, int level)
{
	const size_t s = recipe_side(&p->st->r, level), S = p->S;
	struct known k = { g_new(p->g, n, s, s, 2), g_new(p->g, n, s, s, 1) };

	if (tape_runs(p->g))
		level_reduce(k.at->x, k.ok->x, xy, ok, n, S, S, S, level,
		    p->st->r.levels);
	return k;
}

/* The texels of a role's pixels, s~. */
static struct known
known_surf(struct pass *p, const char *role, size_t n, int level)
{
	char surf[32], mask[32];

	snprintf(surf, sizeof surf, "%s.surf", role);
	snprintf(mask, sizeof mask, "%s.mask", role);
	return known(p, field(p, surf), field(p, mask), n, level);
}

/* The pixels of the source that show what a role's pixels do. */
static struct known
known_source(struct pass *p, const char *role, size_t n, int level)
{
	const size_t S = p->S;
	char surf[32], mask[32];
	struct known k = { NULL, NULL };

	snprintf(surf, sizeof surf, "%s.surf", role);
	snprintf(mask, sizeof mask, "%s.mask", role);
	float *xy = tape_floats(p->g, n * S * S * 2);
	uint8_t *ok = tape_bytes(p->g, n * S * S);

	if (tape_runs(p->g))
		level_compose(xy, ok, field(p, surf), field(p, mask),
		    field(p, "source.coord"), field(p, "source.seen"), n, S);
	k = known(p, xy, ok, n, level);
	tape_drop(p->g, xy);
	tape_drop(p->g, ok);
	return k;
}

/* The pixels of the hallucinated views' texels, c~, first n views. */
static struct known
known_coord(struct pass *p, size_t n, int level)
{
	const size_t texels = n * p->S * p->S;
	const uint8_t *seen = field(p, "halluc.seen");
	uint8_t *ok = tape_bytes(p->g, texels);

	for (size_t i = 0; tape_runs(p->g) && i < texels; i++)
		ok[i] = seen_itself(seen[i]);
	struct known k = known(p, field(p, "halluc.coord"), ok, n, level);

	tape_drop(p->g, ok);
	return k;
}

/* eqs. (14) and (16) of F_IT, and what supervises F_TI and F_st of step one. */
static void
flow_losses_one(struct pass *p, const struct dual_image *di,
    const struct dual_texture *dt, int level)
{
	const int i = DUAL_INDEX(level);
	struct known k;

	if (asked(p, LOSS_COORD) && dt->f_it[i]) {
		k = known_coord(p, dt->f_it[i]->n, level);
		p->v.loss[LOSS_COORD] += loss_coord(p->g, dt->f_it[i], k.at,
		    k.ok, weight(p, LOSS_COORD));
	}
	if (asked(p, LOSS_REG) && dt->f_it[i])
		p->v.loss[LOSS_REG] += loss_reg(p->g, dt->f_it[i],
		    p->st->r.kernel[i], weight(p, LOSS_REG));
	if (!asked(p, LOSS_FLOW))
		return;
	if (di->f_ti[i]) {
		k = known_surf(p, "halluc", di->n, level);
		p->v.loss[LOSS_FLOW] += 0.5 * loss_flow(p->g, di->f_ti[i],
		    k.at, k.ok, false, 0.5 * weight(p, LOSS_FLOW));
	}
	k = known_source(p, "halluc", di->n, level);
	p->v.loss[LOSS_FLOW] += 0.5 * loss_flow(p->g, di->f_st[i], k.at, k.ok,
	    true, 0.5 * weight(p, LOSS_FLOW));
}

/* eqs. (13), (15), (16) of step two, and what supervises its flows. */
static void
flow_losses_two(struct pass *p, const struct dual_image *d,
    const struct dual_texture *dt, struct vgg19_maps *psi_s,
    struct vgg19_maps *psi_t, int level)
{
	const int i = DUAL_INDEX(level);
	struct known seen = { NULL, NULL }, body;

	if (asked(p, LOSS_COR)) {
		struct var *s = loss_cor_map(p->g, psi_s, level);
		struct var *t = loss_cor_map(p->g, psi_t, level);

		if (s && t)
			p->v.loss[LOSS_COR] += loss_cor(p->g, d->f_st[i], s, t,
			    weight(p, LOSS_COR));
	}
	if (asked(p, LOSS_REG))
		p->v.loss[LOSS_REG] += loss_reg(p->g, d->f_st[i],
		    p->st->r.kernel[i], weight(p, LOSS_REG));
	if (asked(p, LOSS_FLOW) || asked(p, LOSS_CONS))
		seen = known_source(p, "target", d->n, level);
	if (asked(p, LOSS_FLOW))
		p->v.loss[LOSS_FLOW] += loss_flow(p->g, d->f_st[i], seen.at,
		    seen.ok, true, weight(p, LOSS_FLOW));
	if (!d->f_ti[i])
		return;
	body = known_surf(p, "target", d->n, level);
	if (asked(p, LOSS_FLOW))
		p->v.loss[LOSS_FLOW] += loss_flow(p->g, d->f_ti[i], body.at,
		    body.ok, false, weight(p, LOSS_FLOW));
	/* The literal mask of eq. (15) is the body; the source sees half. */
	if (asked(p, LOSS_CONS) && dt->f_it[i])
		p->v.loss[LOSS_CONS] += loss_cons(p->g, d->f_st[i],
		    g_views(p->g, dt->f_it[i], 0, 1), d->f_ti[i],
		    p->st->r.flow == FLOW_ANCHORED ? seen.ok : body.ok,
		    weight(p, LOSS_CONS));
}

/* D's own step on what was made, as it stands, before g goes back. */
static enum status
teach_critic(struct pass *p, const struct var *x, struct var *const made[2])
{
	struct graph *d = p->st->d;
	const size_t S = p->S;
	double w = 0.5 * p->share;

	if (graph_failed(p->g))
		return graph_status(p->g);
	struct var *real = d_run(d, &p->st->r, g_input(d, x->n, S, S, 3, x->x,
	    false));

	for (int i = 0; i < 2; i++)
		p->v.critic += 0.5 * loss_critic(d, real, d_run(d, &p->st->r,
		    g_input(d, x->n, S, S, 3, made[i]->x, false)), w);
	TRY(graph_backward(d));
	graph_reset(d);
	return OK;
}

static void
fool_critic(struct pass *p, struct var *const made[2])
{
	g_freeze(p->g, true);
	for (int i = 0; i < 2; i++)
		p->v.loss[LOSS_ADV] += 0.5 * loss_adv(p->g, d_run(p->g,
		    &p->st->r, made[i]), 0.5 * weight(p, LOSS_ADV));
	g_freeze(p->g, false);
}

/* t, n of them, where there are charts. */
static struct var *
charted(struct pass *p, struct graph *g, struct var *t)
{
	const uint8_t *valid = field(p, "true.valid");

	return g_blend(g, NULL, t, mask_of(g, valid ? valid : p->st->valid,
	    NULL, 1, p->S));
}

/* The texture critic: its own step, and the generators' against it. */
static enum status
texture_critic(struct pass *p, struct var *t)
{
	const uint8_t *truth = field(p, "true.texture");
	const struct recipe *r = &p->st->r;
	struct graph *d = p->st->d;

	if (!asked(p, LOSS_CRITIC) || !truth)
		return OK;
	if (graph_failed(p->g))
		return graph_status(p->g);
	struct var *real = d_texture(d, r, charted(p, d, picture(d, truth, 1,
	    p->S))), *made = d_texture(d, r, charted(p, d, g_input(d, 1, p->S,
	    p->S, 3, t->x, false)));

	p->v.critic += loss_critic(d, real, made, p->share);
	TRY(graph_backward(d));
	graph_reset(d);
	g_freeze(p->g, true);
	p->v.loss[LOSS_CRITIC] = loss_adv(p->g, d_texture(p->g, r, charted(p,
	    p->g, t)), weight(p, LOSS_CRITIC));
	g_freeze(p->g, false);
	return OK;
}

/*
 * What rec, perc and styl compare with x: the picture where it shows the body;
 * around it x, and of the picture only a share. No network knows what a
 * target has for its background.
 */
static struct var *
grounded(struct pass *p, struct var *made, const struct shown *v)
{
	float share = (float)p->st->ground;

	if (share == 1)
		return made;
	struct var *m = g_new(p->g, v->n, p->S, p->S, 1);

	for (size_t i = 0; tape_runs(p->g) && i < var_len(m); i++)
		m->x[i] = v->m->x[i] + share * (1 - v->m->x[i]);
	return g_blend(p->g, v->x, made, m);
}

/* Whether any loss looks at a picture. */
static bool
pictures(const struct pass *p)
{
	return asked(p, LOSS_REC) || asked(p, LOSS_PERC) ||
	    asked(p, LOSS_STYL) || asked(p, LOSS_ADV);
}

static enum status
dual_forward(struct pass *p)
{
	const struct recipe *r = &p->st->r;
	bool texture = pictures(p) || asked(p, LOSS_TEX) ||
	    asked(p, LOSS_SOURCE) || asked(p, LOSS_CRITIC);
	struct dual_image_in one, two;
	struct dual_texture_in in;
	struct dual_image di, d;
	struct dual_texture dt;
	struct tensor made;
	struct var *t = NULL, *x_hat;
	struct vgg19_maps psi_s, psi_t;
	size_t n = targets(p);

	TRY(exchange_image_in(&one, p->s, r, "halluc"));
	TRY(exchange_image_in(&two, p->s, r, "target"));
	one.role = "halluc";
	two.role = "target";
	TRY(exchange_texture_in(&in, p->s, r, true));
	in.mirror = p->st->mirror;
	one.valid = two.valid = in.valid = p->st->valid;
	TRY(dual_image_begin(&di, p->g, r, &one, p->st->links, true));
	TRY(dual_texture_begin(&dt, p->g, r, &in, p->st->links, true));
	TRY(dual_run(&di, &dt, NULL, texture ? &t : NULL));
	/* The values of t: what x^ makes of them is no lesson for G_T. */
	if (t && r->evidence == EVIDENCE_INPAINT) {
		made = (struct tensor){ DT_F4, 3, { p->S, p->S, 3 }, t->x };
		two.texture = &made;
	}
	TRY(dual_image_begin(&d, p->g, r, &two, p->st->links, true));
	TRY(dual_again(&d, dt.phi_t, &x_hat));

	struct var *x = picture(p->g, field(p, "target.image"), n, p->S);

	look(p, x, picture_maps(p) | (asked(p, LOSS_COR) ? LOSS_COR_MAPS : 0),
	    &psi_t);
	look(p, asked(p, LOSS_COR) ? picture(p->g, field(p, "source.image"), 1,
	    p->S) : NULL, asked(p, LOSS_COR) ? LOSS_COR_MAPS : 0, &psi_s);
	for (int level = DUAL_COARSE; level >= DUAL_FINE; level--) {
		flow_losses_one(p, &di, &dt, level);
		flow_losses_two(p, &d, &dt, &psi_s, &psi_t, level);
	}
	if (t) {
		texture_losses(p, t);
		TRY(texture_critic(p, t));
	}
	if (pictures(p)) {
		struct shown v = show(p, "target", n, t);
		struct var *pair[2] = { x_hat,
			g_blend(p->g, x_hat, v.render, v.m) };

		for (int i = 0; i < 2; i++)
			picture_losses(p, grounded(p, pair[i], &v), v.x,
			    &psi_t);
		if (asked(p, LOSS_ADV)) {
			TRY(teach_critic(p, v.x, pair));
			fool_critic(p, pair);
		}
	}
	return graph_status(p->g);
}

/* ---- */

static enum status
judge(struct pass *p)
{
	double *l = p->v.loss;

	for (int i = 0; i < LOSSES; i++) {
		if (!isfinite(l[i]) || fabs(l[i]) > STEP_MOST)
			return fail(E_VALUE, "loss %s is %g", loss_names[i], l[i]);
		p->v.total += p->st->weight[i] * l[i];
	}
	if (!isfinite(p->v.critic) || p->v.critic > STEP_MOST)
		return fail(E_VALUE, "loss of D is %g", p->v.critic);
	return OK;
}

static enum status
run(struct pass *p)
{
	TRY(p->st->is_unet ? unet_forward(p) : dual_forward(p));
	TRY(judge(p));
	return graph_backward(p->g);
}

enum status
step_sample(struct step *st, const struct sample *s, double share,
    struct step_values *v)
{
	struct pass p = { .st = st, .g = st->g, .s = s, .share = share,
		.S = st->is_unet ? st->u.size : st->r.size };
	enum status res = run(&p);

	graph_reset(st->g);
	if (st->d)
		graph_reset(st->d);
	if (res != OK)
		return res;
	for (int i = 0; i < LOSSES; i++)
		v->loss[i] += share * p.v.loss[i];
	v->critic += share * p.v.critic;
	v->total += share * p.v.total;
	return OK;
}
