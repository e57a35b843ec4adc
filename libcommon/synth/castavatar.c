#include <stdint.h>
#include <string.h>

#include "avatar/worn.h"
#include "synth/cast.h"
#include "texture/convert.h"

/* Our body in this avatar: with its joints, and these vertices. */
static enum status
put_body(struct body *b, const struct cast *c, const struct worn *w,
    const float (*vert)[3])
{
	float (*copy)[3] = arena_alloc(c->arena, w->n_body * sizeof *copy);

	if (!copy)
		return E_NOMEM;
	memcpy(copy, vert, w->n_body * sizeof *copy);
	for (size_t i = 0; i < w->n_body * 3; i++)
		if (!(copy[i / 3][i % 3] > -100 && copy[i / 3][i % 3] < 100))
			return fail(E_VALUE, "vertex %zu of the body at %g m",
			    i / 3, copy[i / 3][i % 3]);
	*b = c->body[0].body;
	b->mesh.vert = (const float (*)[3])copy;
	memcpy(b->joint, w->joint, sizeof b->joint);
	return OK;
}

/* Codes brought from w->T to c->T texels. */
static const uint8_t *
codes(const struct cast *c, const struct worn *w, const uint8_t *from)
{
	uint8_t *to = arena_alloc(c->arena, c->T * c->T);
	size_t mark = arena_mark(c->arena);
	uint8_t *scratch = arena_alloc(c->arena, w->T * w->T);

	if (!to || !scratch)
		return NULL;
	if (w->T == c->T)
		memcpy(to, from, c->T * c->T);
	else
		convert_seen(to, (struct convert_side){ c->layout, c->T }, from,
		    (struct convert_side){ c->layout, w->T }, scratch);
	arena_pop(c->arena, mark);
	return to;
}

/* Kinds spread over texels that have none, as their colours were. */
static enum status
fill_kinds(struct cast_avatar *v, const struct cast *c)
{
	size_t T = c->T, n = T * T, last = 0;
	uint8_t *kind = arena_alloc(c->arena, n);
	size_t mark = arena_mark(c->arena);
	size_t *queue = arena_alloc(c->arena, n * sizeof *queue);

	if (!kind || !queue)
		return E_NOMEM;
	memcpy(kind, v->kind, n);
	for (size_t i = 0; i < n; i++)
		if (kind[i] != AVATAR_NONE)
			queue[last++] = i;
	for (size_t first = 0; first < last; first++) {
		size_t i = queue[first], x = i % T, y = i / T;
		const size_t to[4] = { x > 0 ? i - 1 : i, x + 1 < T ? i + 1 : i,
			y > 0 ? i - T : i, y + 1 < T ? i + T : i };

		for (int k = 0; k < 4; k++)
			if (kind[to[k]] == AVATAR_NONE) {
				kind[to[k]] = kind[i];
				queue[last++] = to[k];
			}
	}
	arena_pop(c->arena, mark);
	v->filled = kind;
	return OK;
}

static enum status
put_texture(struct cast_avatar *v, const struct cast *c, const struct worn *w)
{
	size_t n = w->T * w->T * 3, m = c->T * c->T * 3;
	uint8_t *rgb = arena_alloc(c->arena, m);
	size_t mark = arena_mark(c->arena);
	float *from = arena_alloc(c->arena, n * sizeof *from);
	float *to = arena_alloc(c->arena, m * sizeof *to);

	if (!rgb || !from || !to)
		return E_NOMEM;
	if (w->T == c->T) {
		memcpy(rgb, w->texture, m);
	} else {
		for (size_t i = 0; i < n; i++)
			from[i] = w->texture[i];
		TRY(convert_texture(to, (struct convert_side){ c->layout, c->T },
		    from, (struct convert_side){ c->layout, w->T }, c->arena));
		for (size_t i = 0; i < m; i++)
			rgb[i] = (uint8_t)(to[i] + 0.5f);
	}
	arena_pop(c->arena, mark);
	v->texture = rgb;
	v->valid = codes(c, w, w->valid);
	v->kind = codes(c, w, w->texkind);
	if (!v->valid || !v->kind)
		return E_NOMEM;
	return fill_kinds(v, c);
}

/* Mean colour of each kind, of what is seen of it: on the texture. */
static void
find_means(struct cast_avatar *v, size_t texels)
{
	double sum[AVATAR_KINDS][4] = { { 0 } };

	for (size_t i = 0; i < texels; i++) {
		double *s = sum[v->kind[i]];

		if (!v->valid[i])
			continue;
		s[3]++;
		for (size_t k = 0; k < 3; k++)
			s[k] += v->texture[3 * i + k] / 255.0;
	}
	for (int k = 0; k < AVATAR_KINDS; k++)
		for (int e = 0; e < 3; e++)
			v->mean[k][e] = (float)(sum[k][3] > 0 ? sum[k][e] /
			    sum[k][3] : -1);
}

static enum status
add_avatar(struct cast *c, const struct sample *s)
{
	const char *layout = json_string_value(json_object_get(s->manifest,
	    "layout"));
	struct cast_avatar *v = &c->avatar[c->n_avatar];
	size_t body = c->body[0].body.mesh.n_vert;
	struct worn w;

	if (!layout || strcmp(layout, layout_name(c->layout)) != 0)
		return fail(E_VALUE, "an avatar in layout \"%s\", want \"%s\"",
		    layout ? layout : "?", layout_name(c->layout));
	TRY(worn_get(&w, s));
	if (w.n_body != body)
		return fail(E_SHAPE, "field avatar.inside: of a body of %zu "
		    "vertices, ours has %zu", w.n_body, body);
	if (w.T < 2)
		return fail(E_SHAPE, "field true.texture: of one texel");
	uint8_t *image = arena_alloc(c->arena, 4 * w.h * w.w);

	if (!image)
		return E_NOMEM;
	memcpy(image, w.image, 4 * w.h * w.w);
	const struct costume_mesh m = { .n_vert = w.n_vert,
		.n_face = w.n_face, .h = w.h, .w = w.w, .vert = w.vert,
		.uv = w.uv, .face = w.face, .by = w.by, .weight = w.weight,
		.image = image, .kind = w.kind };
	enum status st;

	TRY(costume_make(&v->costume, c->arena, &m));
	if ((st = put_body(&v->inside, c, &w, w.inside)) != OK)
		return fail_in(st, "field avatar.inside");
	if ((st = put_body(&v->hull, c, &w, w.hull)) != OK)
		return fail_in(st, "field avatar.hull");
	TRY(put_texture(v, c, &w));
	find_means(v, c->T * c->T);
	v->name = arena_strdup(c->arena, s->key);
	if (!v->name)
		return E_NOMEM;
	c->n_avatar++;
	return OK;
}

enum status
cast_add_avatars(struct cast *c, const char *path)
{
	return cast_add_stream(c, path, &c->n_avatar, CAST_AVATARS, add_avatar);
}
