/*
 * The list of network inputs: what each recipe reads of a sample, where it
 * comes to stand, and what is said where something is missing or wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "model/inputs.h"
#include "view/fields.h"

#define S 64

static struct arena *arena;
static struct sample s;
static struct recipe r;
static const struct charts none;

static void
put(enum role role, enum view_field f, size_t n)
{
	struct tensor t;

	if (view_make(&t, &s, role, f, n, view_square(S)) != OK) {
		printf("Bail out! %s\n", status_detail());
		exit(2);
	}
	memset(t.data, 0, tensor_bytes(&t));
}

/* A sample of n hallucinated views and 2 targets, with all fields. */
static void
make_sample(size_t n)
{
	sample_clear(&s);
	arena_reset(arena);
	if (sample_init(&s, arena, "a") != OK)
		exit(2);
	for (enum view_field f = 0; f < VIEW_MAPS; f++) {
		put(ROLE_SOURCE, f, 1);
		put(ROLE_HALLUC, f, n);
		put(ROLE_TARGET, f, 2);
	}
	put(ROLE_SOURCE, VIEW_TEXTURE, 1);
}

static const struct tensor *
tensor_of(const char *name)
{
	return &sample_find(&s, name)->t;
}

static void
says(enum status st, enum status want, const char *detail)
{
	ok(st == want && strcmp(status_detail(), detail) == 0, "%s # %s", detail,
	    st == OK ? "no error" : status_detail());
}

static void
by_recipe(void)
{
	struct dual_two_steps_in in;
	struct sample msg;
	const char *all;

	make_sample(3);
	if (recipe_preset(&r, "paper", "tiny") != OK)
		return;
	ok(inputs_two_steps(&in, &s, &r, &none) == OK &&
	    in.hallu.p == tensor_of("halluc.heat") &&
	    in.target.p == tensor_of("target.heat") &&
	    in.target.p_s == tensor_of("source.heat") &&
	    !in.hallu.s && !in.hallu.c_s && !in.texture.x_s &&
	    in.texture.c == tensor_of("halluc.coord"),
	    "paper: poses and coordinates alone");
	if (recipe_preset(&r, "anchored", "tiny") != OK)
		return;
	ok(inputs_two_steps(&in, &s, &r, &none) == OK &&
	    in.target.s == tensor_of("target.surf") &&
	    in.target.m == tensor_of("target.mask") &&
	    in.hallu.c_s == tensor_of("source.coord") &&
	    in.texture.seen_s == tensor_of("source.seen") &&
	    in.texture.seen == tensor_of("halluc.seen") &&
	    !in.texture.texture && !in.hallu.texture,
	    "anchored, raw: annotations and evidence");
	if (sample_init(&msg, arena, "a") != OK)
		return;
	ok(inputs_send(&msg, &s, &r) == OK && msg.n == 7 &&
	    sample_find(&msg, "source.image")->t.data ==
	    tensor_of("source.image")->data, "to the partner: %zu fields",
	    msg.n);
	sample_clear(&msg);
	r.evidence = EVIDENCE_INPAINT;
	all = inputs_two_steps(&in, &s, &r, &none) == OK &&
	    in.texture.texture == tensor_of("texture") &&
	    in.hallu.texture == in.texture.texture ? "" : status_detail();
	ok(!*all, "raw+inpaint: a texture too %s", all);
}

static void
refusals(void)
{
	struct dual_image_in in;
	struct dual_texture_in tin;

	if (recipe_preset(&r, "anchored", "tiny") != OK)
		return;
	make_sample(3);
	sample_drop(&s, "target.surf");
	says(inputs_image(&in, &s, &r, ROLE_TARGET), E_SHAPE,
	    "field target.surf: is missing, see iuv2coord(1)");
	put(ROLE_TARGET, VIEW_SURF, 3);
	says(inputs_image(&in, &s, &r, ROLE_TARGET), E_SHAPE,
	    "field target.surf: f4 (3,64,64,2), want f4 (2,64,64,2)");
	sample_drop(&s, "halluc.heat");
	says(inputs_texture(&tin, &s, &r), E_SHAPE,
	    "field halluc.heat: is missing, see pose2heat(1)");
	make_sample(0);
	says(inputs_image(&in, &s, &r, ROLE_HALLUC), E_SHAPE,
	    "field halluc.heat: no views");
	make_sample(5);
	says(inputs_texture(&tin, &s, &r), E_LIMIT,
	    "field halluc.heat: 5 views, the weights merge at most 4");
	r.evidence = EVIDENCE_INPAINT;
	sample_drop(&s, "texture");
	says(inputs_evidence(&tin, &s, &r), E_SHAPE,
	    "field texture: is missing, see unwrap(1) and inpaint(1)");
	sample_drop(&s, "source.seen");
	says(inputs_evidence(&tin, &s, &r), E_SHAPE,
	    "field source.seen: is missing, see iuv2coord(1)");
}

/* Photo k of three shows the texels of row k alone. */
static void
several_photos(void)
{
	struct dual_image_in in;
	struct dual_texture_in tin;
	float *surf;
	uint8_t *mask, *seen, *image;
	static const size_t shows[] = { 2, 0 };

	if (recipe_preset(&r, "anchored", "tiny") != OK)
		return;
	make_sample(2);
	for (enum view_field f = 0; f < VIEW_MAPS; f++)
		put(ROLE_PHOTOS, f, 3);
	image = tensor_of("photos.image")->data;
	seen = tensor_of("photos.seen")->data;
	surf = tensor_of("halluc.surf")->data;
	mask = tensor_of("halluc.mask")->data;
	for (size_t k = 0; k < 3; k++) {
		memset(image + k * S * S * 3, (int)k + 7, S * S * 3);
		memset(seen + k * S * S + k * S, SEEN_YES, S);
	}
	/* What a photo has from the other side it does not show. */
	memset(seen + S * S + 2 * S, SEEN_MIRROR, S);
	for (size_t v = 0; v < 2; v++)
		for (size_t i = 0; i < 9; i++) {
			surf[2 * (v * S * S + i)] = (float)i;
			surf[2 * (v * S * S + i) + 1] = (float)shows[v];
			mask[v * S * S + i] = 1;
		}
	if (inputs_image(&in, &s, &r, ROLE_HALLUC) != OK) {
		ok(false, "%s", status_detail());
		return;
	}
	const uint8_t *x = in.x_s->data;

	ok(in.x_s->rank == 4 && in.x_s->dim[0] == 2 && x[0] == 7 + 2 &&
	    x[S * S * 3] == 7 && in.p_s->dim[0] == 2 && in.c_s->dim[0] == 2 &&
	    in.seen_s->rank == 3, "each view looks at the photo that shows "
	    "most of it: %d, %d", x[0] - 7, x[S * S * 3] - 7);
	ok(inputs_image(&in, &s, &r, ROLE_TARGET) == OK &&
	    ((uint8_t *)in.x_s->data)[0] == 7, "one that shows nothing looks "
	    "at the first");
	ok(inputs_texture(&tin, &s, &r) == OK &&
	    tin.x_s == tensor_of("source.image"), "the texture at the merged "
	    "one");
	sample_drop(&s, "photos.heat");
	says(inputs_image(&in, &s, &r, ROLE_HALLUC), E_SHAPE,
	    "field photos.heat: is missing, see pose2heat(1)");
	put(ROLE_PHOTOS, VIEW_HEAT, 2);
	says(inputs_image(&in, &s, &r, ROLE_HALLUC), E_SHAPE,
	    "field photos.heat: f4 (2,64,64,18), want f4 (3,64,64,18)");
}

static void
unet_prior(void)
{
	struct unet_recipe u;
	struct evidence_in in;

	if (unet_preset(&u, "tiny") != OK)
		return;
	make_sample(1);
	ok(inputs_unet(&in, &s, &u) == OK && in.texture == tensor_of("texture") &&
	    in.c == tensor_of("source.coord"), "a U-Net reads the texture");
	sample_drop(&s, "texture");
	ok(inputs_unet(&in, &s, &u) == OK && !in.texture,
	    "and does without: its caller unwraps");
	u.size = 32;
	says(inputs_unet(&in, &s, &u), E_SHAPE,
	    "field source.image: u1 (64,64,3), want u1 (32,32,3)");
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 30) != OK ||
	    sample_init(&s, arena, "a") != OK)
		return 2;
	by_recipe();
	refusals();
	several_photos();
	unet_prior();
	sample_clear(&s);
	arena_free(arena);
	return done();
}
