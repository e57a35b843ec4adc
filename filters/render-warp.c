/* render-warp: the texture on the body of each view, x~ = (1 - m) x^ + m warp(t; s), eq. 12. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "tensor/pixel.h"
#include "texture/stamp.h"
#include "texture/texmap.h"
#include "view/fields.h"

struct options {
	const char *background, *layout, *texture;
	bool gain;
	struct layout *opened;
};

/* x^ of view i: the generated picture, the photo, or one colour, in [-1,1]. */
struct background {
	const float *gen;	/* [n][h][w][3] or NULL */
	const uint8_t *image;	/* the same */
	float colour[3];
};

static enum status
parse_colour(float colour[3], const char *text)
{
	const char *p = strcmp(text, "grey") == 0 ? "808080" : text;
	unsigned char rgb[3];

	if (!text_colour(rgb, &p) || *p)
		return fail(E_VALUE, "background \"%s\", want gen, image, grey "
		    "or a colour RRGGBB", text);
	for (int i = 0; i < 3; i++)
		colour[i] = pixel_signed((float)rgb[i]);
	return OK;
}

static enum status
find_background(struct background *b, const struct sample *s, enum role r,
    size_t n, size_t h, size_t w, const char *want)
{
	const struct view_size size = { .h = h, .w = w };
	const struct tensor *t;

	*b = (struct background){ 0 };
	if (!want)
		want = role_has(s, r, "gen") ? "gen" : "grey";
	if (strcmp(want, "gen") == 0) {
		TRY(view_want(&t, &n, s, r, VIEW_GEN, size));
		b->gen = t->data;
	} else if (strcmp(want, "image") == 0) {
		TRY(view_want(&t, &n, s, r, VIEW_IMAGE, size));
		b->image = t->data;
	} else {
		TRY(parse_colour(b->colour, want));
	}
	return OK;
}

static void
paint_background(float *out, const struct background *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = b->gen ? b->gen[i] : b->image ?
		    pixel_signed((float)b->image[i]) : b->colour[i % 3];
}

/* surf made for a larger texture would be drawn wrongly, not outside. */
static enum status
check_surf(const float *surf, size_t n, size_t T)
{
	for (size_t i = 0; i < n; i++)
		if (surf[i] < -0.5f || surf[i] > (float)T - 0.5f)
			return fail(E_VALUE, "texel %c = %g, but the texture "
			    "is %zu x %zu", i & 1 ? 'y' : 'x',
			    (double)surf[i], T, T);
	return OK;
}

/* Where the bodies of the n views of a role are, h x w pixels each. */
struct bodies {
	const float *surf;
	const uint8_t *mask;
	size_t n, h, w;
};

/*
 * Texels of a map of another size, of which role.seen is, as texels of the
 * texture.
 */
static enum status
scale_surf(const float **surf, size_t n, const struct sample *s, enum role r,
    size_t T)
{
	const struct tensor *seen;
	size_t views = 0;

	if (!role_has(s, r, "seen"))
		return OK;
	TRY(view_want(&seen, &views, s, r, VIEW_SEEN, view_square(0)));
	const size_t from = role_dims(seen, r)[0];

	if (from == T || from < 2)
		return OK;
	const float scale = (float)(T - 1) / (float)(from - 1);
	float *to = arena_alloc(s->arena, n * sizeof *to);

	if (!to)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++)
		to[i] = scale * (*surf)[i];
	*surf = to;
	return OK;
}

static enum status
find_bodies(struct bodies *b, const struct sample *s, enum role r, size_t T)
{
	char name[ROLE_NAME_MAX];
	const struct tensor *surf, *mask;

	b->n = 0;
	TRY(view_want(&surf, &b->n, s, r, VIEW_SURF, view_square(0)));
	b->h = role_dims(surf, r)[0], b->w = role_dims(surf, r)[1];
	TRY(view_want(&mask, &b->n, s, r, VIEW_MASK,
	    (struct view_size){ .h = b->h, .w = b->w }));
	b->surf = surf->data, b->mask = mask->data;

	TRY(scale_surf(&b->surf, b->n * b->h * b->w * 2, s, r, T));
	enum status st = check_surf(b->surf, b->n * b->h * b->w * 2, T);

	return st == OK ? OK : fail_in(st, "field %s",
	    role_name(name, r, "surf"));
}

static enum status
render_role(struct sample *s, enum role r, const float *texture, size_t T,
    const struct options *o)
{
	struct bodies b;
	struct tensor out;
	struct background back;

	TRY(find_bodies(&b, s, r, T));
	const size_t pixels = b.n * b.h * b.w;

	TRY(find_background(&back, s, r, b.n, b.h, b.w, o->background));
	TRY(view_make(&out, s, r, VIEW_RENDER, b.n,
	    (struct view_size){ .h = b.h, .w = b.w }));
	paint_background(out.data, &back, pixels * 3);
	texmap_render(out.data, out.data, texture, T, b.surf, b.mask, pixels);
	return OK;
}

/* A copy of the texture, of floats or of bytes, as floats in [-1,1]. */
static enum status
take_texture(struct tensor *to, const struct sample *s, const char *name)
{
	const struct field *f = sample_find(s, name);
	const struct tensor *t;
	enum dtype d = f && f->t.dtype == DT_U1 ? DT_U1 : DT_F4;

	TRY(stamp_texture(&t, s, name, d));
	TRY(tensor_alloc(to, s->arena, DT_F4, TENSOR_DIMS(t->dim[0], t->dim[1],
	    3)));
	if (d == DT_U1)
		pixels_signed(to->data, t->data, tensor_len(t));
	else
		memcpy(to->data, t->data, tensor_bytes(t));
	return OK;
}

/* Makes the texture as bright as the photo is. */
static enum status
expose(float *texture, size_t T, const struct sample *s)
{
	struct bodies b;
	const struct tensor *image;

	TRY(find_bodies(&b, s, ROLE_SOURCE, T));
	TRY(view_want(&image, &b.n, s, ROLE_SOURCE, VIEW_IMAGE,
	    (struct view_size){ .h = b.h, .w = b.w }));
	texmap_brighten(texture, T, texmap_gain(texture, T, b.surf, b.mask,
	    image->data, b.h * b.w));
	return OK;
}

static enum status
filter_sample(struct sample *s, void *arg)
{
	struct options *o = arg;
	struct tensor ready;
	bool any = false;

	TRY(stamp_open(&o->opened, s));
	TRY(take_texture(&ready, s, o->texture));
	const size_t T = ready.dim[0];

	TRY(stamp_gutter(&ready, s, o->opened, TEXMAP_GUTTER));
	if (o->gain)
		TRY(expose(ready.data, T, s));
	for (enum role r = 0; r < ROLES; r++) {
		if (!role_has(s, r, "surf"))
			continue;
		TRY(render_role(s, r, ready.data, T, o));
		any = true;
	}
	return any ? OK : view_need_any(s, VIEW_SURF);
}

int
main(int argc, char **argv)
{
	struct options o = { .texture = "texture" };
	const struct cli_opt opts[] = {
		CLI_STR('b', "background", &o.background,
		    "gen|image|grey|RRGGBB",
		    "what stands around the body; default gen, or else grey"),
		CLI_STR('t', "texture", &o.texture, "FIELD",
		    "which texture"),
		CLI_FLAG('g', "gain", &o.gain,
		    "bodies as bright as that in the photo"),
		CLI_STR('l', "layout", &o.layout, "NAME|FILE",
		    "the layout's table, where the stream's layout needs one"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "render-warp", .opts = opts,
		.summary = "pictures of the texture on the bodies of a stream",
	};

	cli_begin(&p, &argc, &argv);
	if (o.layout)
		cli_try(layout_open(&o.opened, o.layout), "--layout");
	int status = cli_each(filter_sample, &o);

	layout_close(o.opened);
	return status;
}
