/*
 * Inside train/step: one sample on its way through the networks and the
 * losses, and what the parts of a step share. step.c chooses; step_unet.c and
 * step_dual.c run the networks, step_adversary.c the discriminators.
 */
#ifndef TRAIN_PASS_H
#define TRAIN_PASS_H

#include "train/step.h"
#include "view/fields.h"

/* v: losses of this sample alone. */
struct pass {
	struct step *st;
	struct graph *g;
	const struct sample *s;
	size_t S;
	double share;
	struct step_values v;
};

/* Whether a loss is computed, and with which weight. */
bool pass_asked(const struct pass *p, enum loss l);
double pass_weight(const struct pass *p, enum loss l);

/* The data of a field; NULL where it is not there. */
const void *pass_field(const struct pass *p, const char *name);
const void *pass_view(const struct pass *p, enum role r, enum view_field f);

/* How many views target.* has. */
size_t pass_targets(const struct pass *p);

/* The n views of a role with their pictures, and the texture on them. */
struct shown {
	size_t n;
	struct var *x, *m, *render;	/* x, m, warp(t; s) */
};

struct shown pass_show(struct pass *p, enum role r, size_t n, struct var *t);

/* The charts, (1,S,S,1): where the true texture counts. */
struct var *pass_charts(struct pass *p, struct graph *g);

/* L1 of the texture where it is known, and of its render in the source view. */
void pass_texture_losses(struct pass *p, struct var *t);

/* Maps of VGG19 that rec, perc and styl of a picture want. */
unsigned pass_picture_maps(const struct pass *p);

/* Those maps of what should be; none where nothing is wanted. */
void pass_look(struct pass *p, struct var *x, unsigned wanted,
    struct vgg19_maps *out);

/* rec, perc and styl of a prediction, x^ or x~, against x. */
void pass_picture_losses(struct pass *p, struct var *made,
    const struct var *x, const struct vgg19_maps *psi);

/* The networks forward and all losses. */
MUST_CHECK enum status pass_unet(struct pass *p);
MUST_CHECK enum status pass_dual(struct pass *p);

/*
 * The discriminator D's own step on what was made (two of each picture) and
 * the generators' loss against it, L_adv.
 */
MUST_CHECK enum status pass_adversary(struct pass *p, const struct var *x,
    struct var *const made[2]);

/* The same of the discriminator of textures, where there is a true one. */
MUST_CHECK enum status pass_texture_adversary(struct pass *p, struct var *t);

#endif
