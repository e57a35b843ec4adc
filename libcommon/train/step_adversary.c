/*
 * The discriminators: each takes a step of its own on what was made, in a
 * graph of its own, and then serves the generators as a loss.
 */
#include "nets/d.h"
#include "nets/vars.h"
#include "train/pass.h"

/* D's own step on what was made, as it stands, before g goes back. */
static enum status
teach(struct pass *p, const struct var *x, struct var *const made[2])
{
	struct graph *d = p->st->d;
	const size_t S = p->S;
	double w = 0.5 * p->share;

	if (graph_failed(p->g))
		return graph_status(p->g);
	struct var *real = d_run(d, &p->st->r, g_input(d, x->n, S, S, 3, x->x,
	    false));

	for (int i = 0; i < 2; i++)
		p->v.discriminator += 0.5 * loss_discriminator(d, real,
		    d_run(d, &p->st->r, g_input(d, x->n, S, S, 3, made[i]->x,
		    false)), w);
	TRY(graph_backward(d));
	graph_reset(d);
	return OK;
}

enum status
pass_adversary(struct pass *p, const struct var *x, struct var *const made[2])
{
	TRY(teach(p, x, made));
	g_freeze(p->g, true);
	for (int i = 0; i < 2; i++)
		p->v.loss[LOSS_ADV] += 0.5 * loss_adv(p->g, d_run(p->g,
		    &p->st->r, made[i]), 0.5 * pass_weight(p, LOSS_ADV));
	g_freeze(p->g, false);
	return OK;
}

/* t where there are charts. */
static struct var *
charted(struct pass *p, struct graph *g, struct var *t)
{
	return g_blend(g, NULL, t, pass_charts(p, g));
}

enum status
pass_texture_adversary(struct pass *p, struct var *t)
{
	const uint8_t *truth = pass_field(p, "true.texture");
	const struct recipe *r = &p->st->r;
	struct graph *d = p->st->d;

	if (!pass_asked(p, LOSS_ADV_TEXTURE) || !truth)
		return OK;
	if (graph_failed(p->g))
		return graph_status(p->g);
	struct var *real = d_texture(d, r, charted(p, d, vars_picture(d, truth,
	    1, p->S))), *made = d_texture(d, r, charted(p, d, g_input(d, 1,
	    p->S, p->S, 3, t->x, false)));

	p->v.discriminator += loss_discriminator(d, real, made, p->share);
	TRY(graph_backward(d));
	graph_reset(d);
	g_freeze(p->g, true);
	p->v.loss[LOSS_ADV_TEXTURE] = loss_adv(p->g, d_texture(p->g, r,
	    charted(p, p->g, t)), pass_weight(p, LOSS_ADV_TEXTURE));
	g_freeze(p->g, false);
	return OK;
}
