#include "train/step.h"

#include <math.h>
#include <string.h>

#include "train/pass.h"

const char *const loss_names[LOSSES] = { "rec", "perc", "styl", "adv", "cor",
	"coord", "cons", "reg", "flow", "tex", "source", "critic", "doubt",
	"kind" };

/* The losses that a U-Net can have: it makes a texture and no flows. */
static const bool unet_has[LOSSES] = { [LOSS_REC] = true,
	[LOSS_PERC] = true, [LOSS_STYL] = true, [LOSS_TEX] = true,
	[LOSS_SOURCE] = true, [LOSS_DOUBT] = true, [LOSS_KIND] = true };

static const double weights_unet[LOSSES] = { [LOSS_REC] = 5,
	[LOSS_PERC] = 0.5, [LOSS_TEX] = 5, [LOSS_SOURCE] = 5,
	[LOSS_DOUBT] = 0.1, [LOSS_KIND] = 0.1 };
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
	if (!st->is_unet || !st->u.doubt)
		weight[LOSS_DOUBT] = 0;
	if (!st->is_unet || !st->u.kinds)
		weight[LOSS_KIND] = 0;
	if (!st->vgg)
		weight[LOSS_PERC] = weight[LOSS_STYL] = weight[LOSS_COR] = 0;
}

bool
step_unet_has(enum loss l)
{
	return unet_has[l];
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
step_is_discriminator(const struct param *p)
{
	return begins(p, "d.");
}

static enum status
judge(struct pass *p)
{
	double *l = p->v.loss;

	for (int i = 0; i < LOSSES; i++) {
		if (!isfinite(l[i]) || fabs(l[i]) > STEP_MOST)
			return fail(E_VALUE, "loss %s is %g", loss_names[i], l[i]);
		p->v.total += p->st->weight[i] * l[i];
	}
	if (!isfinite(p->v.discriminator) || p->v.discriminator > STEP_MOST)
		return fail(E_VALUE, "loss of D is %g", p->v.discriminator);
	return OK;
}

static enum status
run(struct pass *p)
{
	TRY(p->st->is_unet ? pass_unet(p) : pass_dual(p));
	TRY(judge(p));
	return graph_backward(p->g);
}

enum status
step_sample(struct step *st, const struct sample *s, double share,
    struct step_values *v)
{
	struct pass p = { .st = st, .g = st->g, .s = s, .share = share,
		.S = st->is_unet ? unet_side(&st->u) : st->r.size };
	enum status res = run(&p);

	graph_reset(st->g);
	if (st->d)
		graph_reset(st->d);
	if (res != OK)
		return res;
	for (int i = 0; i < LOSSES; i++)
		v->loss[i] += share * p.v.loss[i];
	v->discriminator += share * p.v.discriminator;
	v->total += share * p.v.total;
	return OK;
}
