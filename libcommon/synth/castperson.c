#include "synth/castperson.h"

#include <stdio.h>
#include <string.h>

#include "synth/randomize.h"
#include "synth/remix.h"
#include "texture/texmap.h"
#include "view/seen.h"

#define MIXED_HULL 0.3	/* of --labels mixed are exact */

/*
 * A person's body is a function of the seed, so that it is always the same,
 * and of the sex that hair and beard suggest.
 */
static const struct cast_body *
body_of(const struct cast *c, const struct outfit *o, uint32_t seed)
{
	int sex = o->hair == HAIR_BOB || o->hair == HAIR_LONG ? 1 :
	    o->beard > 0 || seed % 3 ? -1 : 1;
	size_t k = seed / 3 % c->n_body;

	for (size_t i = 0; i < c->n_body && c->body[k].sex == -sex; i++)
		k = (k + 1) % c->n_body;
	return &c->body[k];
}

static enum status
dress(struct castperson *p, const struct cast *c, uint32_t seed, struct arena *a)
{
	size_t T = c->T;
	float *texture = arena_alloc(a, T * T * 3 * sizeof *texture);
	uint8_t *seen = arena_alloc(a, T * T);
	struct outfit o;

	if (!texture || !seen)
		return E_NOMEM;
	outfit_random(&o, seed);
	p->body = body_of(c, &o, seed);
	TRY(outfit_draw(texture, seen, &p->body->unfold, &o));
	for (size_t i = 0; i < T * T; i++)
		seen[i] = seen[i] == SEEN_YES;
	p->texture = texture;
	p->valid = seen;
	return drape_make(&p->drape, a, &p->body->unfold, p->body->vert, &o);
}

static struct drape
naked(const struct cast_body *b)
{
	return (struct drape){ &b->body, b->body.mesh.vert, NULL };
}

/*
 * A person made of several textures. The cast has textures of this split
 * alone, so this person is of the split under any name.
 */
static enum status
draw_remix(struct castperson *p, const struct cast *c, struct rng *d,
    struct arena *a)
{
	float *texture = arena_alloc(a, c->T * c->T * 3 * sizeof *texture);
	uint8_t *scratch = arena_alloc(a, c->T * c->T);
	size_t k;

	if (!texture || !scratch)
		return E_NOMEM;
	cast_draw_name(p->name, "remix", SPLIT_ALL, d);
	remix_texture(texture, &k, c, d, scratch);
	p->body = &c->body[k % c->n_body];
	p->drape = naked(p->body);
	p->texture = texture;
	p->valid = c->chart;
	return OK;
}

/* An avatar, perhaps in other colours, which photo and texture share. */
static enum status
draw_avatar(struct castperson *p, const struct synth *o, struct rng *d,
    struct arena *a)
{
	const struct cast *c = o->cast;
	const struct cast_avatar *v = &c->avatar[rng_below(d, c->n_avatar)];
	size_t n = c->T * c->T;
	float *texture = arena_alloc(a, 3 * n * sizeof *texture);
	uint8_t *scratch = arena_alloc(a, n);
	bool recolour = rng_unit(d) < o->remix;
	bool wild = rng_unit(d) < o->randomize;
	double hull = rng_unit(d);

	if (!texture || !scratch)
		return E_NOMEM;
	dye_none(&p->colours);
	if (wild || recolour)
		dye_draw(&p->colours, v->mean, wild, d);
	for (size_t i = 0; i < n; i++) {
		float *rgb = texture + 3 * i;

		for (size_t k = 0; k < 3; k++)
			rgb[k] = (float)v->texture[3 * i + k] / 255;
		dye_at(rgb, &p->colours, v->filled[i]);
		for (size_t k = 0; k < 3; k++)
			rgb[k] = 2 * rgb[k] - 1;
	}
	texmap_gutter(texture, c->chart, c->T, 3, TEXMAP_GUTTER, scratch);
	snprintf(p->name, sizeof p->name, "%s", v->name);
	p->body = &c->body[0];
	p->avatar = v;
	p->texture = texture;
	p->valid = v->valid;
	p->kind = v->kind;
	p->labelled = o->labels == LABELS_HULL || (o->labels == LABELS_MIXED &&
	    hull < MIXED_HULL) ? &v->hull : &v->inside;
	return OK;
}

/* Another texture in place of the person's. */
static enum status
go_wild(struct castperson *p, const struct cast *c, struct rng *d,
    struct arena *a)
{
	float *texture = arena_alloc(a, c->T * c->T * 3 * sizeof *texture);
	uint8_t *scratch = arena_alloc(a, c->T * c->T);

	if (!texture || !scratch)
		return E_NOMEM;
	randomize_texture(texture, p->texture, &p->body->unfold, c->chart, d,
	    scratch);
	p->texture = texture;
	return OK;
}

static enum status
choose_person(struct castperson *p, const struct synth *o, struct rng *d,
    struct arena *a)
{
	const struct cast *c = o->cast;

	if (c->n_texture > 0 && rng_unit(d) < o->remix)
		return draw_remix(p, c, d, a);
	if (c->n_texture > 0) {
		size_t k = rng_below(d, c->n_texture);

		snprintf(p->name, sizeof p->name, "%s", c->texture[k].name);
		p->body = &c->body[k % c->n_body];
		p->drape = naked(p->body);
		p->texture = c->texture[k].texture;
		p->valid = c->chart;
		return OK;
	}
	uint32_t seed = cast_draw_name(p->name, "drawn", c->split, d);

	return dress(p, c, seed, a);
}

enum status
castperson_draw(struct castperson *p, const struct synth *o, struct rng *d,
    struct arena *a)
{
	if (o->cast->n_avatar > 0 && (o->avatars >= 1 ||
	    rng_unit(d) < o->avatars))
		return draw_avatar(p, o, d, a);
	TRY(choose_person(p, o, d, a));
	return o->randomize > 0 && rng_unit(d) < o->randomize ?
	    go_wild(p, o->cast, d, a) : OK;
}

enum status
castperson_shape(struct castperson *p, const struct cast *c, uint32_t seed,
    struct arena *a)
{
	struct outfit wear;

	outfit_random(&wear, seed);
	p->body = body_of(c, &wear, seed);
	return drape_make(&p->drape, a, &p->body->unfold, p->body->vert, &wear);
}

enum status
castperson_truth(struct sample *s, const struct castperson *p, const struct cast *c)
{
	struct tensor t, v;
	size_t n = c->T * c->T;

	TRY(sample_make(&t, s, "true.texture", DT_U1, TENSOR_DIMS(c->T, c->T,
	    3)));
	TRY(sample_make(&v, s, "true.valid", DT_U1, TENSOR_DIMS(c->T, c->T)));
	uint8_t *rgb = t.data, *valid = v.data;

	for (size_t i = 0; i < 3 * n; i++) {
		float x = (p->texture[i] + 1) * 127.5f + 0.5f;

		rgb[i] = (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x);
	}
	for (size_t i = 0; i < n; i++)
		valid[i] = p->valid[i] != 0;
	if (!p->kind)
		return OK;
	TRY(sample_make(&v, s, "true.kind", DT_U1, TENSOR_DIMS(c->T, c->T)));
	memcpy(v.data, p->kind, n);
	return OK;
}
