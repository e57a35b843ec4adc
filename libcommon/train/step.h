/*
 * One sample's part of a step of training: the networks forward, every loss,
 * and back. Gradients are added up in the parameters until optim_step.
 *
 * Dual-domain networks, in two steps (the paper's 4.3): first the person is
 * hallucinated in n_h poses, the source's and foreign ones, which gives the
 * texture t and its features phi_t; then the target poses are generated from
 * the features that were kept. There x is known: losses compare it with x^
 * and with the render x~ = (1 - m) x^ + m warp(t; s), eq. 12. The source
 * is one more target of the render. The U-Net has a render alone.
 */
#ifndef TRAIN_STEP_H
#define TRAIN_STEP_H

#include "losses/loss.h"
#include "model/charts.h"
#include "nets/dual.h"
#include "nets/unet.h"
#include "stream/sample.h"

/* Losses by their names in the paper, and beyond it: textrain(1). */
enum loss { LOSS_REC, LOSS_PERC, LOSS_STYL, LOSS_ADV, LOSS_COR, LOSS_COORD,
	LOSS_CONS, LOSS_REG, LOSS_FLOW, LOSS_TEX, LOSS_SOURCE,
	LOSS_ADV_TEXTURE,	/* "critic": against the textures' discriminator */
	LOSS_DOUBT, LOSS_KIND,	/* what a U-Net says beside the texture */
	LOSSES };
extern const char *const loss_names[LOSSES];

/*
 * What a step tells: the losses without weights, those of the discriminators
 * themselves, and the weighted sum of the former.
 */
struct step_values {
	double loss[LOSSES], discriminator, total;
};

/* The networks and what they are trained for; all is borrowed. */
struct step {
	bool is_unet;
	struct recipe r;
	struct unet_recipe u;
	struct params *ps;	/* of both graphs, with gradients */
	struct graph *g, *d;	/* GRAPH_TRAIN; d: the discriminator's own */
	const struct vgg19 *vgg;	/* NULL: none of perc, styl, cor */
	enum links links;
	double background_weight;	/* of what is not body, in rec, perc and styl */
	double berhu;		/* threshold of tex, see loss_tex */
	bool gain;		/* renders are as bright as the views */
	const struct charts *charts;
	double weight[LOSSES];	/* 0: neither computed nor told */
};

/*
 * The weights that are used where the user gives none; textrain(1) has them
 * as a table. flow: of the stage that trains the flow nets alone.
 */
void step_weights(double weight[LOSSES], const struct step *st, bool flow);

/* Whether a U-Net has this loss; the dual-domain networks have all. */
bool step_unet_has(enum loss l);

/* Whether the parameter belongs to a flow net, or to a discriminator. */
bool step_is_flow(const struct param *p);
bool step_is_discriminator(const struct param *p);

/*
 * Adds share times the gradient of the weighted losses to the parameters,
 * and share times the losses to *v. s is as prepare() made it. E_SHAPE where
 * a field is missing; E_VALUE, with the loss's name, where one is not finite
 * or exceeds STEP_MOST; nothing of the parameters is changed.
 */
#define STEP_MOST 1e6
MUST_CHECK enum status step_sample(struct step *st, const struct sample *s,
    double share, struct step_values *v);

#endif
