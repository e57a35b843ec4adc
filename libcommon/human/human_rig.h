/*
 * The skeleton of a human form, the skin's weights, and the key points.
 * Internal to human_make.
 */
#ifndef HUMAN_HUMAN_RIG_H
#define HUMAN_HUMAN_RIG_H

#include "human/human_form.h"

struct rig {
	const struct human *human;
	const struct form *form;
	size_t n_vert;
	const float (*at)[3];	/* vertices of the whole body, on the form */
};

/*
 * From the form's proportions to those of the person: breadth of the
 * shoulders, legs against trunk, height.
 */
void rig_proportion(float p[3], const struct human *h);

/* Sets joints, parents, skin and points of b, in the arena. E_NOMEM. */
MUST_CHECK enum status rig_make(struct body *b, struct arena *a,
    const struct rig *r);

#endif
