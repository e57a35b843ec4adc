#include "train/pass.h"

#include <assert.h>

#include "nets/vars.h"
#include "texture/texmap.h"
#include "train/prepare.h"
#include "view/fields.h"

bool
pass_asked(const struct pass *p, enum loss l)
{
	return p->st->weight[l] != 0;
}

double
pass_weight(const struct pass *p, enum loss l)
{
	return p->st->weight[l] * p->share;
}

const void *
pass_field(const struct pass *p, const char *name)
{
	const struct field *f = sample_find(p->s, name);

	return f ? f->t.data : NULL;
}

const void *
pass_view(const struct pass *p, enum role r, enum view_field f)
{
	char name[ROLE_NAME_MAX];

	return pass_field(p, view_field_name(name, r, f));
}

size_t
pass_targets(const struct pass *p)
{
	const struct field *f = sample_find(p->s, "target.image");

	return f ? f->t.dim[0] : 0;
}

/* ---- views ------------------------------------------------------------- */

/*
 * The render of each view as bright as the view, by least squares over its
 * body: how much light there was is not for the texture to say. The factor is
 * a constant to the gradient.
 */
static struct var *
exposed(struct pass *p, enum role r, const struct shown *v, const struct var *t)
{
	const size_t S = p->S, pixels = S * S;
	const uint8_t *image = pass_view(p, r, VIEW_IMAGE);
	const uint8_t *mask = pass_view(p, r, VIEW_MASK);
	const float *surf = pass_view(p, r, VIEW_SURF);
	float gain[PREPARE_VIEWS], black[PREPARE_VIEWS];

	assert(v->n <= PREPARE_VIEWS);
	for (size_t k = 0; k < v->n; k++) {
		black[k] = -1;
		gain[k] = !t->x ? 1 : (float)texmap_gain(t->x, S,
		    surf + 2 * k * pixels, mask + k * pixels,
		    image + 3 * k * pixels, pixels);
	}
	return g_blend(p->g, vars_even(p->g, black, v->n, S, 3), v->render,
	    vars_even(p->g, gain, v->n, S, 1));
}

struct shown
pass_show(struct pass *p, enum role r, size_t n, struct var *t)
{
	const float *surf = pass_view(p, r, VIEW_SURF);
	struct shown v = { .n = n };

	v.x = vars_picture(p->g, pass_view(p, r, VIEW_IMAGE), n, p->S);
	v.m = vars_mask(p->g, pass_view(p, r, VIEW_MASK), surf, n, p->S);
	v.render = g_warp(p->g, t, vars_places(p->g, surf, n, p->S), false);
	if (p->st->gain)
		v.render = exposed(p, r, &v, t);
	return v;
}

/* ---- losses that all networks have ------------------------------------- */

struct var *
pass_charts(struct pass *p, struct graph *g)
{
	const uint8_t *valid = pass_field(p, "true.valid");

	return vars_mask(g, valid ? valid : p->st->charts->valid, NULL, 1, p->S);
}

void
pass_texture_losses(struct pass *p, struct var *t)
{
	const uint8_t *truth = pass_field(p, "true.texture");

	if (pass_asked(p, LOSS_TEX) && truth)
		p->v.loss[LOSS_TEX] = loss_tex(p->g, t, vars_picture(p->g,
		    truth, 1, p->S), pass_charts(p, p->g), p->st->berhu,
		    pass_weight(p, LOSS_TEX));
	if (pass_asked(p, LOSS_SOURCE)) {
		struct shown v = pass_show(p, ROLE_SOURCE, 1, t);

		p->v.loss[LOSS_SOURCE] = loss_rec(p->g, v.render, v.x, v.m,
		    pass_weight(p, LOSS_SOURCE));
	}
}

void
pass_look(struct pass *p, struct var *x, unsigned wanted,
    struct vgg19_maps *out)
{
	*out = (struct vgg19_maps){ { NULL }, 0 };
	if (wanted)
		vgg19_run(p->g, p->st->vgg, x, wanted, out);
}

unsigned
pass_picture_maps(const struct pass *p)
{
	return (pass_asked(p, LOSS_PERC) ? LOSS_PERC_MAPS : 0) |
	    (pass_asked(p, LOSS_STYL) ? LOSS_STYL_MAPS : 0);
}

void
pass_picture_losses(struct pass *p, struct var *made, const struct var *x,
    const struct vgg19_maps *psi)
{
	struct vgg19_maps own;

	if (pass_asked(p, LOSS_REC))
		p->v.loss[LOSS_REC] += loss_rec(p->g, made, x, NULL,
		    pass_weight(p, LOSS_REC));
	pass_look(p, made, pass_picture_maps(p), &own);
	if (pass_asked(p, LOSS_PERC))
		p->v.loss[LOSS_PERC] += loss_perc(p->g, &own, psi,
		    pass_weight(p, LOSS_PERC));
	if (pass_asked(p, LOSS_STYL))
		p->v.loss[LOSS_STYL] += loss_styl(p->g, &own, psi,
		    pass_weight(p, LOSS_STYL));
}
