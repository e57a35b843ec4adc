#include "model/inputs.h"

#include "model/photos.h"
#include "view/fields.h"

enum net { IMAGE, TEXTURE, UNET };

/* When a network reads a field: one of what the recipe has. */
enum {
	ALWAYS = 1,
	ANCHORED = 2,		/* FLOW_ANCHORED */
	EVIDENCE = 4,		/* any */
	FINISHED = 8,		/* EVIDENCE_INPAINT: a finished texture */
	UNWRAPPED = 16		/* unwrap's, where the sample has it */
};

/* Of the source, or of the views that the network is run for. */
enum whose { SOURCE, VIEWS };

static const struct input {
	enum net net;
	enum view_field field;
	enum whose whose;
	unsigned when;
	size_t at;		/* of the tensor's pointer, in the struct */
} inputs[] = {
#define IN(member) offsetof(struct dual_image_in, member)
	{ IMAGE, VIEW_HEAT, VIEWS, ALWAYS, IN(p) },
	{ IMAGE, VIEW_IMAGE, SOURCE, ALWAYS, IN(x_s) },
	{ IMAGE, VIEW_HEAT, SOURCE, ALWAYS, IN(p_s) },
	{ IMAGE, VIEW_SURF, VIEWS, ANCHORED | FINISHED, IN(s) },
	{ IMAGE, VIEW_MASK, VIEWS, ANCHORED | FINISHED, IN(m) },
	{ IMAGE, VIEW_COORD, SOURCE, ANCHORED, IN(c_s) },
	{ IMAGE, VIEW_SEEN, SOURCE, ANCHORED, IN(seen_s) },
	{ IMAGE, VIEW_TEXTURE, SOURCE, FINISHED, IN(texture) },
#undef IN
#define IN(member) offsetof(struct dual_texture_in, member)
	{ TEXTURE, VIEW_HEAT, VIEWS, ALWAYS, IN(p) },
	{ TEXTURE, VIEW_TEXHEAT, VIEWS, ALWAYS, IN(b) },
	{ TEXTURE, VIEW_COORD, VIEWS, ALWAYS, IN(c) },
	{ TEXTURE, VIEW_SEEN, VIEWS, ALWAYS, IN(seen) },
	{ TEXTURE, VIEW_IMAGE, SOURCE, EVIDENCE, IN(x_s) },
	{ TEXTURE, VIEW_COORD, SOURCE, EVIDENCE, IN(c_s) },
	{ TEXTURE, VIEW_SEEN, SOURCE, EVIDENCE, IN(seen_s) },
	{ TEXTURE, VIEW_TEXTURE, SOURCE, FINISHED, IN(texture) },
#undef IN
#define IN(member) offsetof(struct evidence_in, member)
	{ UNET, VIEW_IMAGE, SOURCE, ALWAYS, IN(x) },
	{ UNET, VIEW_COORD, SOURCE, ALWAYS, IN(c) },
	{ UNET, VIEW_SEEN, SOURCE, ALWAYS, IN(seen) },
	{ UNET, VIEW_TEXTURE, SOURCE, UNWRAPPED, IN(texture) },
#undef IN
};
#define INPUTS (sizeof inputs / sizeof inputs[0])

static unsigned
has(const struct recipe *r)
{
	return ALWAYS | (r->flow == FLOW_ANCHORED ? ANCHORED : 0) |
	    (r->evidence != EVIDENCE_NONE ? EVIDENCE : 0) |
	    (r->evidence == EVIDENCE_INPAINT ? FINISHED : 0);
}

/* What is asked for; *n: views found, 0 before the first. */
struct asked {
	enum net net;
	unsigned has;
	size_t S, most;		/* side; most views */
	enum role role;		/* of VIEWS */
	bool views;		/* those too */
	bool photos;		/* in place of the source's picture */
	size_t n;
};

static enum role
role_of_input(const struct input *i, const struct asked *a)
{
	return i->whose == VIEWS ? a->role : ROLE_SOURCE;
}

/* One field; *t is NULL where it need not be there. */
static enum status
fetch(const struct tensor **t, struct asked *a, const struct input *i,
    const struct sample *s)
{
	const enum role role = role_of_input(i, a);
	const bool first = i->whose == VIEWS && a->n == 0;
	char name[ROLE_NAME_MAX];

	*t = NULL;
	view_field_name(name, role, i->field);
	if (i->when == UNWRAPPED && !sample_find(s, name))
		return OK;
	TRY(view_want(t, i->whose == VIEWS ? &a->n : NULL, s, role, i->field,
	    view_square(a->S)));
	if (!first)
		return OK;
	if (a->n == 0)
		return fail(E_SHAPE, "field %s: no views", name);
	if (a->n > a->most)
		return fail(E_LIMIT, "field %s: %zu views, the weights merge "
		    "at most %zu", name, a->n, a->most);
	return OK;
}

static bool
wanted(const struct input *i, const struct asked *a)
{
	if (a->photos && i->whose == SOURCE && view_has_role(i->field))
		return false;
	return i->net == a->net && (i->when & a->has) &&
	    (i->whose == SOURCE || a->views);
}

/* Into the struct of the network. */
static enum status
fetch_all(void *in, struct asked a, const struct sample *s)
{
	for (size_t i = 0; i < INPUTS; i++)
		if (wanted(&inputs[i], &a))
			TRY(fetch((const struct tensor **)((char *)in +
			    inputs[i].at), &a, &inputs[i], s));
	return OK;
}

static struct asked
texture_asked(const struct recipe *r, bool views)
{
	return (struct asked){ .net = TEXTURE, .has = has(r), .S = r->size,
		.most = r->slots, .role = ROLE_HALLUC, .views = views };
}

enum status
inputs_image(struct dual_image_in *in, const struct sample *s,
    const struct recipe *r, enum role role)
{
	const bool several = photos_has(s);
	struct photos p;

	*in = (struct dual_image_in){ 0 };
	TRY(fetch_all(in, (struct asked){ .net = IMAGE, .has = has(r),
	    .S = r->size, .most = SIZE_MAX, .role = role, .views = true,
	    .photos = several }, s));
	if (!several)
		return OK;
	TRY(photos_take(&p, s, role, in->p->dim[0], r->size));
	in->x_s = p.x_s;
	in->p_s = p.p_s;
	in->c_s = p.c_s;
	in->seen_s = p.seen_s;
	return OK;
}

enum status
inputs_texture(struct dual_texture_in *in, const struct sample *s,
    const struct recipe *r)
{
	*in = (struct dual_texture_in){ 0 };
	return fetch_all(in, texture_asked(r, true), s);
}

enum status
inputs_evidence(struct dual_texture_in *in, const struct sample *s,
    const struct recipe *r)
{
	*in = (struct dual_texture_in){ 0 };
	return fetch_all(in, texture_asked(r, false), s);
}

enum status
inputs_unet(struct evidence_in *in, const struct sample *s,
    const struct unet_recipe *r)
{
	*in = (struct evidence_in){ 0 };
	return fetch_all(in, (struct asked){ .net = UNET, .S = unet_side(r),
	    .has = ALWAYS | (r->unwrap ? UNWRAPPED : 0) }, s);
}

enum status
inputs_two_steps(struct dual_two_steps_in *in, const struct sample *s,
    const struct recipe *r, const struct charts *c)
{
	TRY(inputs_image(&in->hallu, s, r, ROLE_HALLUC));
	TRY(inputs_image(&in->target, s, r, ROLE_TARGET));
	TRY(inputs_texture(&in->texture, s, r));
	in->hallu.valid = in->target.valid = in->texture.valid = c->valid;
	in->texture.mirror = c->mirror;
	return OK;
}

enum status
inputs_send(struct sample *msg, const struct sample *s, const struct recipe *r)
{
	struct asked a = texture_asked(r, true);
	const struct tensor *t;
	char name[ROLE_NAME_MAX];

	for (size_t i = 0; i < INPUTS; i++) {
		if (!wanted(&inputs[i], &a))
			continue;
		TRY(fetch(&t, &a, &inputs[i], s));
		TRY(sample_put(msg, view_field_name(name, role_of_input(
		    &inputs[i], &a), inputs[i].field), t));
	}
	return OK;
}
