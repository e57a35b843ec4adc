/* tsexplain(1): where the colours of a texture come from. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "model/explain.h"
#include "texture/stamp.h"
#include "view/fields.h"
#include "view/seen.h"

/* A place that was asked for. */
struct place {
	const char *text;	/* as it was given */
	bool pixel;
	enum role role;
	size_t view, x, y;
};

struct options {
	struct cli_list texels, pixels;
	const char *layout;
	struct layout *opened;
	struct place *place;
	size_t n;
};

/* ---- the places ---- */

static bool
number(size_t *v, const char **p)
{
	return text_number(v, p) && *v <= 1000000;
}

static bool
parse(struct place *a, const char *text)
{
	const char *p = text, *colon = strchr(text, ':');

	*a = (struct place){ .text = text, .role = ROLE_SOURCE };
	if (colon) {
		size_t word = strcspn(text, ".:");
		int r = 0;

		while (r < ROLES && (strlen(role_word((enum role)r)) != word ||
		    strncmp(role_word((enum role)r), text, word) != 0))
			r++;
		if (r == ROLES)
			return false;
		a->role = (enum role)r;
		p = text + word;
		if (*p == '.' && (p++, !number(&a->view, &p)))
			return false;
		if (p != colon)
			return false;
		p++;
	}
	return number(&a->x, &p) && *p++ == ',' && number(&a->y, &p) && !*p;
}

static void
take_places(struct options *o)
{
	const struct cli_list *all[] = { &o->texels, &o->pixels };

	o->place = calloc(o->texels.n + o->pixels.n + 1, sizeof *o->place);
	if (!o->place)
		cli_die("no memory for the places");
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < all[k]->n; i++) {
			struct place *a = &o->place[o->n++];
			const char *text = all[k]->item[i];

			if (!parse(a, text) || (k == 0 && strchr(text, ':')))
				cli_die("%s \"%s\": want %s", k ? "--pixel" :
				    "--texel", text, k ? "X,Y or ROLE:X,Y or "
				    "ROLE.N:X,Y, a role being source, halluc, "
				    "target or photos" : "X,Y");
			a->pixel = k;
		}
}

/*
 * The texel that the pixel shows: role.surf counts in texels of the role's
 * maps, which have another side than the texture where a network made that.
 */
static enum status
texel_of_pixel(bool *body, size_t xy[2], const struct sample *s,
    const struct place *a)
{
	const struct tensor *surf, *t, *seen;
	size_t n = 0, sides = 0;

	TRY(view_want(&surf, &n, s, a->role, VIEW_SURF, view_square(0)));
	TRY(view_want(&seen, &sides, s, a->role, VIEW_SEEN, view_square(0)));
	TRY(stamp_texture(&t, s, "texture", DT_F4));
	const size_t *dim = role_dims(surf, a->role);
	const size_t T = t->dim[0], of = role_dims(seen, a->role)[0];

	if (a->view >= n || a->x >= dim[1] || a->y >= dim[0])
		return fail(E_VALUE, "pixel %s: there %s %zu view%s of %zu x %zu",
		    a->text, n == 1 ? "is" : "are", n, n == 1 ? "" : "s", dim[1],
		    dim[0]);
	const float *at = (const float *)surf->data +
	    2 * ((a->view * dim[0] + a->y) * dim[1] + a->x);

	*body = !isnan(at[0]) && !isnan(at[1]) && of > 1;
	for (int i = 0; i < 2 && *body; i++) {
		float v = at[i] * (float)(T - 1) / (float)(of - 1);

		xy[i] = (size_t)lrintf(fminf(fmaxf(v, 0), (float)(T - 1)));
	}
	return OK;
}

/* ---- the text ---- */

static double
member(const json_t *o, const char *name)
{
	return json_number_value(json_object_get(o, name));
}

/* Where the place of source.image is on the photo that cutout(1) cut it from. */
static void
print_photo_place(const struct sample *s, const float *at)
{
	const json_t *crop = json_object_get(json_object_get(s->manifest,
	    "crop"), "source");
	struct view_size size;
	size_t n = 0;

	if (!crop || view_picture_size(&size, &n, s, ROLE_SOURCE) != OK)
		return;
	printf(", at %.0f,%.0f of the photo",
	    member(crop, "x") + (at[0] + 0.5) * member(crop, "w") /
	    (double)size.w - 0.5,
	    member(crop, "y") + (at[1] + 0.5) * member(crop, "h") /
	    (double)size.h - 0.5);
}

/* Where the view shows texel `at` of the merged map, if its photo was kept. */
static void
print_place_in(const struct sample *s, const json_t *view, const size_t at[2])
{
	const struct field *c = sample_find(s, "photos.coord");
	const size_t T = c && c->t.rank == 4 ? c->t.dim[1] : 0;
	const json_t *photo = json_object_get(view, "photo");
	const size_t k = (size_t)json_integer_value(photo);

	if (!json_is_integer(photo) || !T || c->t.dtype != DT_F4 ||
	    k >= c->t.dim[0] || c->t.dim[2] != T || c->t.dim[3] != 2 ||
	    at[0] >= T || at[1] >= T)
		return;
	const float *p = (const float *)c->t.data +
	    2 * ((k * T + at[1]) * T + at[0]);

	if (!isnan(p[0]) && !isnan(p[1]))
		printf(", at %.1f,%.1f of photos.%zu", (double)p[0],
		    (double)p[1], k);
}

/* Of a map that texmerge(1) made: the photo that gave most, by its key. */
static bool
print_view(const struct sample *s, const struct explain_texel *e)
{
	const json_t *views = json_object_get(s->manifest, "views");
	const struct field *f = sample_find(s, "texture.view");

	if (!f || f->is_json || f->t.dtype != DT_U1 || f->t.rank != 2 ||
	    isnan(e->at[0]) || isnan(e->at[1]) || e->photo == SEEN_NOT)
		return false;
	const size_t at[2] = { (size_t)lrintf(fmaxf(e->at[0], 0)),
		(size_t)lrintf(fmaxf(e->at[1], 0)) };

	if (at[0] >= f->t.dim[1] || at[1] >= f->t.dim[0])
		return false;
	const size_t view = ((const uint8_t *)f->t.data)[at[1] * f->t.dim[1] +
	    at[0]];
	const json_t *of = view ? json_array_get(views, view - 1) : NULL;
	const char *key = json_string_value(json_object_get(of, "key"));

	if (!key || !(key = text_plain(s->arena, key)))
		return false;
	printf(" in view %zu of %zu, \"%s\"", view, json_array_size(views), key);
	print_place_in(s, of, at);
	return true;
}

static void
print_photo(const struct sample *s, const struct explain_texel *e)
{
	static const char *const word[] = { "does not show it", "seen",
		"beside what is seen", "its other side is seen" };

	if (e->photo < 0)
		return;
	printf("    photo: %s", e->photo <= SEEN_MIRROR ? word[e->photo] :
	    "a code that is not known");
	if (e->photo != SEEN_NOT && !isnan(e->at[0]) && !isnan(e->at[1])) {
		if (print_view(s, e)) {
			putchar('\n');
			return;
		}
		printf(" at %.1f,%.1f of source.image", (double)e->at[0],
		    (double)e->at[1]);
		print_photo_place(s, e->at);
	}
	putchar('\n');
}

static void
print_level(const struct explain_level *e, int level)
{
	if (e->n == 0)
		return;
	printf("    level %d: own %.2f", level, (double)e->own);
	for (size_t i = 0; i < e->n; i++)
		printf(", view %zu %.2f", i, (double)e->view[i].share);
	putchar('\n');
	for (size_t i = 0; i < e->n; i++) {
		const struct explain_view *v = &e->view[i];

		printf("      view %zu: mask %.2f, looks at %.1f,%.1f; taps", i,
		    (double)v->mask, (double)v->xy[0], (double)v->xy[1]);
		for (size_t k = 0; k < v->taps; k++)
			printf(" %.2f at %.1f,%.1f", (double)v->tap[k].weight,
			    (double)v->tap[k].xy[0], (double)v->tap[k].xy[1]);
		putchar('\n');
	}
}

static void
print_texel(const struct sample *s, const struct explain_texel *e)
{
	static const char *const maker[] = { "filled from its neighbours",
		"taken from the photo", "filled from the texels beside it",
		"taken from the other side of the body", "inpaint", "texgen" };
	static const char *const kind[] = { NULL, "skin", "hair",
		"what is worn above the hips", "what is worn below the hips",
		"shoes", "anything else" };

	if (e->part)
		printf(": part %d, %s, u %.2f v %.2f\n", e->part,
		    layout_part_name(e->part), (double)e->u, (double)e->v);
	else
		printf(": %s\n", layout_part_name(0));
	printf("    colour #");
	for (int i = 0; i < 3; i++)
		printf("%02lx", lrintf(fminf(fmaxf(e->colour[i], -1), 1) *
		    127.5f + 127.5f));
	putchar('\n');
	print_photo(s, e);
	if (e->maker >= 0)
		printf("    made by: %s\n", e->maker <= SEEN_TEXGEN ?
		    maker[e->maker] : "a code that is not known");
	if (!isnan(e->confidence))
		printf("    confidence: %.2f, off by about %.0f of 255\n",
		    (double)e->confidence, (1 - (double)e->confidence) * 127.5);
	if (e->kind > 0 && e->kind < (int)(sizeof kind / sizeof *kind))
		printf("    kind: %s\n", kind[e->kind]);
	for (int i = 0; i < 2; i++)
		print_level(&e->level[i], 3 - i);
}

static enum status
answer(const struct sample *s, const struct options *o, const struct place *a)
{
	const char *key = text_plain(s->arena, s->key);
	size_t xy[2] = { a->x, a->y };
	struct explain_texel e;
	bool body = true;

	if (!key)
		return E_NOMEM;
	if (a->pixel)
		TRY(texel_of_pixel(&body, xy, s, a));
	if (!body) {
		printf("%s: pixel %s: not on the body\n", key, a->text);
		return OK;
	}
	TRY(explain_texel(&e, s, o->opened, xy[0], xy[1]));
	printf("%s: ", key);
	if (a->pixel)
		printf("pixel %s: ", a->text);
	printf("texel %zu,%zu of %zu x %zu", xy[0], xy[1], e.T, e.T);
	print_texel(s, &e);
	return OK;
}

static enum status
all_answers(const struct sample *s, const struct options *o)
{
	for (size_t i = 0; i < o->n; i++)
		TRY(answer(s, o, &o->place[i]));
	return OK;
}

static enum status
filter_sample(struct sample *s, void *arg)
{
	struct options *o = arg;

	TRY(stamp_open(&o->opened, s));
	return o->n ? all_answers(s, o) : explain_pictures(s, o->opened);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	const struct cli_opt opts[] = {
		CLI_LIST('t', "texel", &o.texels, "X,Y", "say where this texel "
		    "comes from"),
		CLI_LIST('p', "pixel", &o.pixels, "[ROLE[.N]:]X,Y", "the same of "
		    "the texel that this pixel shows"),
		CLI_STR('l', "layout", &o.layout, "NAME|FILE",
		    "the layout's table, where the stream's layout needs one"),
		CLI_END
	};
	struct cli_program p = { .name = "tsexplain", .opts = opts,
		.summary = "where the colours of a texture come from" };

	cli_begin(&p, &argc, &argv);
	if (o.layout)
		cli_try(layout_open(&o.opened, o.layout), "--layout");
	take_places(&o);
	/* With places it prints lines, and writes no stream. */
	p.no_out = o.n > 0;

	int status = cli_each(filter_sample, &o);

	layout_close(o.opened);
	free(o.place);
	return status;
}
