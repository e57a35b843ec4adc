/* A step of the dual-domain networks: the two-step strategy and its losses. */
#include "model/inputs.h"
#include "nets/vars.h"
#include "train/pass.h"
#include "view/fields.h"

/* Where flows should point, by role and level; empty where no loss asks. */
struct guides {
	struct guide hallu_coord;	/* c~ of the hallucinated textures */
	struct guide hallu_surf, hallu_source;
	struct guide target_surf, target_source;
};

/* The texels of a role's pixels, s~. */
static struct guide
surf(struct pass *p, enum role r, size_t n)
{
	return vars_guide(p->g, &p->st->r, pass_view(p, r, VIEW_SURF),
	    pass_view(p, r, VIEW_MASK), n);
}

/* The pixels of the source that show what a role's pixels do. */
static struct guide
source(struct pass *p, enum role r, size_t n)
{
	return vars_guide_source(p->g, &p->st->r, pass_view(p, r, VIEW_SURF),
	    pass_view(p, r, VIEW_MASK), pass_view(p, ROLE_SOURCE, VIEW_COORD),
	    pass_view(p, ROLE_SOURCE, VIEW_SEEN), 1, n);
}

static struct guides
guides(struct pass *p, const struct dual_two_steps *d)
{
	const bool flow = pass_asked(p, LOSS_FLOW);
	const bool cons = pass_asked(p, LOSS_CONS);
	const size_t hallu = d->hallu.n, target = d->target.n;
	struct guides k = { 0 };

	if (pass_asked(p, LOSS_COORD) && d->tex.f_it[0])
		k.hallu_coord = vars_guide_coord(p->g, &p->st->r,
		    pass_view(p, ROLE_HALLUC, VIEW_COORD),
		    pass_view(p, ROLE_HALLUC, VIEW_SEEN), d->tex.f_it[0]->n);
	if (flow && d->hallu.f_ti[0])
		k.hallu_surf = surf(p, ROLE_HALLUC, hallu);
	if (flow)
		k.hallu_source = source(p, ROLE_HALLUC, hallu);
	if (flow || cons)
		k.target_source = source(p, ROLE_TARGET, target);
	if ((flow || cons) && d->target.f_ti[0])
		k.target_surf = surf(p, ROLE_TARGET, target);
	return k;
}

/* eqs. 14 and 16 of F_IT, and what supervises F_TI and F_st of step one. */
static void
flow_losses_one(struct pass *p, const struct dual_two_steps *d,
    const struct guides *k, int level)
{
	const int i = DUAL_INDEX(level);
	const struct dual_image *di = &d->hallu;
	struct var *f_it = d->tex.f_it[i];

	if (pass_asked(p, LOSS_COORD) && f_it)
		p->v.loss[LOSS_COORD] += loss_coord(p->g, f_it,
		    k->hallu_coord.at[i], k->hallu_coord.ok[i],
		    pass_weight(p, LOSS_COORD));
	if (pass_asked(p, LOSS_REG) && f_it)
		p->v.loss[LOSS_REG] += loss_reg(p->g, f_it,
		    p->st->r.kernel[i], pass_weight(p, LOSS_REG));
	if (!pass_asked(p, LOSS_FLOW))
		return;
	if (di->f_ti[i])
		p->v.loss[LOSS_FLOW] += 0.5 * loss_flow(p->g, di->f_ti[i],
		    k->hallu_surf.at[i], k->hallu_surf.ok[i], false,
		    0.5 * pass_weight(p, LOSS_FLOW));
	p->v.loss[LOSS_FLOW] += 0.5 * loss_flow(p->g, di->f_st[i],
	    k->hallu_source.at[i], k->hallu_source.ok[i], true,
	    0.5 * pass_weight(p, LOSS_FLOW));
}

/* eqs. 13, 15 and 16 of step two, and what supervises its flows. */
static void
flow_losses_two(struct pass *p, const struct dual_two_steps *d,
    const struct guides *k, struct vgg19_maps *psi_s,
    struct vgg19_maps *psi_t, int level)
{
	const int i = DUAL_INDEX(level);
	const struct dual_image *di = &d->target;

	if (pass_asked(p, LOSS_COR)) {
		struct var *s = loss_cor_map(p->g, psi_s, level);
		struct var *t = loss_cor_map(p->g, psi_t, level);

		if (s && t)
			p->v.loss[LOSS_COR] += loss_cor(p->g, di->f_st[i], s, t,
			    pass_weight(p, LOSS_COR));
	}
	if (pass_asked(p, LOSS_REG))
		p->v.loss[LOSS_REG] += loss_reg(p->g, di->f_st[i],
		    p->st->r.kernel[i], pass_weight(p, LOSS_REG));
	if (pass_asked(p, LOSS_FLOW))
		p->v.loss[LOSS_FLOW] += loss_flow(p->g, di->f_st[i],
		    k->target_source.at[i], k->target_source.ok[i], true,
		    pass_weight(p, LOSS_FLOW));
	if (!di->f_ti[i])
		return;
	if (pass_asked(p, LOSS_FLOW))
		p->v.loss[LOSS_FLOW] += loss_flow(p->g, di->f_ti[i],
		    k->target_surf.at[i], k->target_surf.ok[i], false,
		    pass_weight(p, LOSS_FLOW));
	/* The literal mask of eq. 15 is the body; the source sees half. */
	if (pass_asked(p, LOSS_CONS) && d->tex.f_it[i])
		p->v.loss[LOSS_CONS] += loss_cons(p->g, di->f_st[i],
		    g_views(p->g, d->tex.f_it[i], 0, 1), di->f_ti[i],
		    p->st->r.flow == FLOW_ANCHORED ? k->target_source.ok[i] :
		    k->target_surf.ok[i], pass_weight(p, LOSS_CONS));
}

static void
flow_losses(struct pass *p, const struct dual_two_steps *d,
    struct vgg19_maps *psi_t)
{
	const bool cor = pass_asked(p, LOSS_COR);
	const struct guides k = guides(p, d);
	struct vgg19_maps psi_s;

	pass_look(p, cor ? vars_picture(p->g, pass_view(p, ROLE_SOURCE,
	    VIEW_IMAGE), 1, p->S) : NULL, cor ? LOSS_COR_MAPS : 0, &psi_s);
	for (int level = DUAL_COARSE; level >= DUAL_FINE; level--) {
		flow_losses_one(p, d, &k, level);
		flow_losses_two(p, d, &k, &psi_s, psi_t, level);
	}
}

/*
 * What rec, perc and styl compare with x: the picture where it shows the body;
 * around it x, and of the picture only a share. No network knows what a
 * target has for its background.
 */
static struct var *
on_background(struct pass *p, struct var *made, const struct shown *v)
{
	float share = (float)p->st->background_weight;

	return share == 1 ? made : g_blend(p->g, v->x, made,
	    vars_mask_share(p->g, v->m, share));
}

/* Whether any loss looks at a picture. */
static bool
pictures(const struct pass *p)
{
	return pass_asked(p, LOSS_REC) || pass_asked(p, LOSS_PERC) ||
	    pass_asked(p, LOSS_STYL) || pass_asked(p, LOSS_ADV);
}

/* What x^ and x~ are compared with. */
static enum status
made_losses(struct pass *p, const struct dual_two_steps *d,
    const struct vgg19_maps *psi_t)
{
	struct shown v = pass_show(p, ROLE_TARGET, d->target.n, d->t);
	/* eq. 12: x~ = (1 - m) x^ + m warp(t; s) */
	struct var *pair[2] = { d->x, g_blend(p->g, d->x, v.render, v.m) };

	for (int i = 0; i < 2; i++)
		pass_picture_losses(p, on_background(p, pair[i], &v), v.x,
		    psi_t);
	return pass_asked(p, LOSS_ADV) ? pass_adversary(p, v.x, pair) : OK;
}

enum status
pass_dual(struct pass *p)
{
	const struct step *st = p->st;
	bool texture = pictures(p) || pass_asked(p, LOSS_TEX) ||
	    pass_asked(p, LOSS_SOURCE) || pass_asked(p, LOSS_ADV_TEXTURE);
	struct dual_two_steps_in in;
	struct dual_two_steps d;
	struct vgg19_maps psi_t;

	TRY(inputs_two_steps(&in, p->s, &st->r, st->charts));
	TRY(dual_two_steps(&d, p->g, &st->r, &in, st->links, true, texture));
	pass_look(p, vars_picture(p->g, pass_view(p, ROLE_TARGET, VIEW_IMAGE),
	    pass_targets(p), p->S), pass_picture_maps(p) |
	    (pass_asked(p, LOSS_COR) ? LOSS_COR_MAPS : 0), &psi_t);
	flow_losses(p, &d, &psi_t);
	if (d.t) {
		pass_texture_losses(p, d.t);
		TRY(pass_texture_adversary(p, d.t));
	}
	if (pictures(p))
		TRY(made_losses(p, &d, &psi_t));
	return graph_status(p->g);
}
