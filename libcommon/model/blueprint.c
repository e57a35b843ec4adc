#include "model/blueprint.h"

#include <stdio.h>
#include <string.h>

#include "layers/bilinear.h"
#include "model/recipefile.h"
#include "nets/dual.h"
#include "nets/unet.h"

enum status
blueprint_read(struct blueprint *b, const json_t *recipe, bool discriminator,
    size_t views)
{
	unsigned what = discriminator ? DUAL_ALL : DUAL_ALL & ~(unsigned)DUAL_DISCRIMINATOR;

	*b = (struct blueprint){ .is_unet = recipe_is_unet(recipe) };
	if (!recipe)
		return fail(E_FORMAT, "no recipe in the manifest: not weights "
		    "of this suite");
	TRY(params_new(&b->ps));
	if (b->is_unet) {
		TRY(unet_recipe_read(&b->u, recipe));
		return unet_params(b->ps, &b->u, &b->tally);
	}
	TRY(recipe_read(&b->r, recipe));
	return dual_params(b->ps, &b->r, what, views, &b->tally);
}

void
blueprint_free(struct blueprint *b)
{
	params_free(b->ps);
	*b = (struct blueprint){ 0 };
}

enum status
blueprint_of(struct blueprint *b, const struct weights *w, size_t views)
{
	bool discriminator = false, texture = false;

	for (size_t i = 0; i < weights_count(w); i++) {
		discriminator |= strncmp(weights_at(w, i)->name, "d.", 2) == 0;
		texture |= strncmp(weights_at(w, i)->name, "d.t.", 4) == 0;
	}
	TRY(blueprint_read(b, json_object_get(weights_about(w), "recipe"),
	    discriminator, views));
	return texture && !b->is_unet ? dual_params(b->ps, &b->r,
	    DUAL_TEXTURE_DISCRIMINATOR, 1, NULL) : OK;
}

/* ---- init ------------------------------------------------------------- */

static enum status
put(struct sample *s, const struct param *p, float *x)
{
	struct tensor t = { .dtype = DT_F4, .rank = p->rank, .data = x };

	memcpy(t.dim, p->dim, (size_t)p->rank * sizeof p->dim[0]);
	return sample_put(s, p->name, &t);
}

static json_t *
recipe_of(const struct blueprint *b)
{
	return b->is_unet ? unet_recipe_json(&b->u) : recipe_json(&b->r);
}

/* A map of another size, each channel resized. */
static void
resize(const struct param *p, float *x, const struct tensor *t)
{
	const struct nn_bilinear s = { .h = t->dim[2], .w = t->dim[3], .c = 1,
	    .ho = p->dim[2], .wo = p->dim[3], .half_pixel = true };

	for (size_t c = 0; c < p->dim[1]; c++)
		nn_bilinear_fwd(x + c * s.ho * s.wo, (const float *)t->data +
		    c * s.h * s.w, &s);
}

/* p's values from t, (o,i,...) of as many or fewer i, or a map of any size. */
static enum status
begin_with(const struct param *p, float *x, const struct tensor *t)
{
	if (p->map && t->dtype == DT_F4 && t->rank == 4 &&
	    t->dim[0] == 1 && t->dim[1] == p->dim[1]) {
		resize(p, x, t);
		return OK;
	}

	size_t most = p->rank > 1 ? p->dim[1] : 1, have, inner = 1;
	bool fits = t->dtype == DT_F4 && t->rank == p->rank;

	for (int k = 0; fits && k < p->rank; k++) {
		fits = k == 1 ? t->dim[k] <= p->dim[k] : t->dim[k] == p->dim[k];
		inner *= k > 1 ? p->dim[k] : 1;
	}
	if (!fits)
		return fail(E_SHAPE, "parameter %s: begins with another "
		    "shape, not with fewer channels", p->name);
	have = p->rank > 1 ? t->dim[1] : 1;
	memset(x, 0, p->len * sizeof *x);
	for (size_t o = 0; o < p->dim[0]; o++)
		memcpy(x + o * most * inner, (const float *)t->data +
		    o * have * inner, have * inner * sizeof *x);
	return OK;
}

enum status
blueprint_init(struct sample *s, struct blueprint *b, const char *layout,
    uint64_t seed, const struct weights *from)
{
	json_t *about = json_pack("{so ss}", "recipe", recipe_of(b), "layout",
	    layout);
	json_t *old = from ? json_deep_copy(weights_manifest(from)) : NULL;

	json_object_del(old, "fields");
	if (from)
		json_object_update(s->manifest, old);
	json_decref(old);
	if (!about || json_object_set_new(s->manifest, "weights", about) != 0)
		return fail(E_NOMEM, "no memory for the manifest");
	TRY(params_init(b->ps, seed));
	for (size_t i = 0; i < params_count(b->ps); i++) {
		struct param *p = params_at(b->ps, i);
		const struct tensor *t = from ? weights_find(from, p->name) :
		    NULL;

		if (t)
			TRY(begin_with(p, p->x, t));
		TRY(put(s, p, p->x));
	}
	return OK;
}

/* ---- check ------------------------------------------------------------ */

size_t
blueprint_check(const struct blueprint *b, const struct weights *w,
    void (*tell)(const char *path, const char *problem), const char *path)
{
	char text[512];
	size_t problems = 0;

	for (size_t i = 0; i < params_count(b->ps); i++) {
		const struct param *p = params_at(b->ps, i);
		const struct tensor *t;

		*text = '\0';
		if (weights_want(&t, w, p->name, p->rank, p->dim) != OK)
			snprintf(text, sizeof text, "%s", status_detail());
		if (*text) {
			tell(path, text);
			problems++;
		}
	}
	for (size_t i = 0; i < weights_count(w); i++)
		if (!params_find(b->ps, weights_at(w, i)->name)) {
			snprintf(text, sizeof text, "parameter %s: not of this "
			    "recipe", weights_at(w, i)->name);
			tell(path, text);
			problems++;
		}
	return problems;
}

/* ---- fold ------------------------------------------------------------- */

static const struct tensor *
find(void *w, const char *name)
{
	return weights_find(w, name);
}

/* A map (1,h,w,c) as it stands in a file, (1,c,h,w). */
static enum status
put_map(struct sample *s, const struct param *p, const struct var *v)
{
	size_t plane = v->h * v->w;
	float *x = arena_calloc(s->arena, var_len(v), sizeof *x);

	if (!x)
		return E_NOMEM;
	for (size_t i = 0; i < plane; i++)
		for (size_t c = 0; c < v->c; c++)
			x[c * plane + i] = v->x[i * v->c + c];
	return put(s, p, x);
}

/* The parameters of `to`: those of `from`, and what the encoder computed. */
static enum status
put_folded(struct sample *s, const struct blueprint *from,
    const struct blueprint *to, struct var *const e[2])
{
	for (size_t i = 0; i < params_count(to->ps); i++) {
		const struct param *p = params_at(to->ps, i),
		    *old = params_find(from->ps, p->name);

		if (old)
			TRY(put(s, p, old->x));
		else
			TRY(put_map(s, p,
			    e[strcmp(p->name, "g_t.folded2") == 0]));
	}
	return OK;
}

static enum status
fold(struct sample *s, const struct weights *w, struct blueprint *from,
    struct blueprint *to, struct graph **g)
{
	struct var *e[2];

	TRY(blueprint_of(from, w, 1));
	if (from->is_unet)
		return fail(E_VALUE, "a U-Net has nothing to fold");
	if (from->r.folded)
		return fail(E_VALUE, "folded already");
	TRY(params_bind(from->ps, find, (void *)(uintptr_t)w));
	TRY(graph_new(g, GRAPH_INFER, from->ps));
	TRY(dual_fold(*g, &from->r, e));
	from->r.folded = true;
	json_t *recipe = recipe_json(&from->r);
	bool discriminator = params_total(from->ps, "d.") > 0;
	enum status st = blueprint_read(to, recipe, discriminator, 1);

	json_t *manifest = json_deep_copy(weights_manifest(w));

	json_object_set_new(json_object_get(manifest, "weights"), "recipe",
	    recipe);
	json_object_update(s->manifest, manifest);
	json_decref(manifest);
	return st == OK ? put_folded(s, from, to, e) : st;
}

enum status
blueprint_fold(struct sample *s, const struct weights *w)
{
	struct blueprint from = { 0 }, to = { 0 };
	struct graph *g = NULL;
	enum status st = fold(s, w, &from, &to, &g);

	graph_free(g);
	blueprint_free(&from);
	blueprint_free(&to);
	return st;
}
