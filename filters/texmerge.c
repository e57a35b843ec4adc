/* texmerge(1): several photos of one person to one, on the texture map. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "stream/join.h"
#include "texture/coord.h"
#include "texture/merge.h"
#include "texture/stamp.h"
#include "texture/texmap.h"
#include "view/fields.h"

#define GROWN 16	/* rings of colour around what is seen, at 256 */
#define KEPT_MAX 16

/* What is kept of a photo for the networks, in the order of `kept_fields`. */
static const enum view_field kept_fields[] = { VIEW_IMAGE, VIEW_POSE, VIEW_IUV };
#define KEPT_FIELDS (sizeof kept_fields / sizeof *kept_fields)

/* What is kept of a view beside what merge.h has of it. */
struct kept {
	json_t *key, *crop;	/* crop: NULL where there is none */
	void *photo[KEPT_FIELDS];
	bool points;		/* all of these are there */
};

struct options {
	bool all;
	int keep;		/* photos for the networks, at most KEPT_MAX */
	double erode;		/* pixels in a picture of 256 */
	int views;		/* at most are kept */
	bool pictures;
	const char *layout;
	struct layout *opened;

	/* The person of whom there are views already; merge NULL: nobody. */
	struct merge *merge;
	struct arena *arena;
	struct sample person;	/* the first view's key and all manifests */
	struct kept kept[MERGE_VIEWS + 1];	/* by their slots */
	const char *identity;	/* of the first view; NULL: none */
	size_t T;
	struct view_size size;	/* of all pictures, where they are kept */
};

/* ---- the views ---- */

static const char *
identity(const struct sample *s)
{
	return json_string_value(json_object_get(s->manifest, "identity"));
}

static bool
same_person(const struct options *o, const struct sample *s)
{
	const char *who = identity(s);

	return o->all || (who && o->identity && strcmp(who, o->identity) == 0);
}

/* What is of one photo says nothing of the merged one. */
static enum status
unite(struct options *o, const struct sample *s)
{
	json_t *m = json_copy(s->manifest);
	struct sample from = { .manifest = m };

	if (!m)
		return fail(E_NOMEM, "no memory for a manifest");
	json_object_del(m, "fields");
	json_object_del(m, "crop");
	json_object_del(m, "score");
	json_object_del(m, "yaw");
	enum status st = join_merge(&o->person, &from);

	json_decref(m);
	return st;
}

/*
 * The picture, and with --views all that the networks want of it: nothing
 * where there are no key points.
 */
static enum status
keep(struct options *o, struct kept *k, const struct sample *s)
{
	const bool all = o->keep && role_has(s, ROLE_SOURCE,
	    view_name(VIEW_POSE));

	k->points = all;
	for (size_t f = 0; f < (all ? KEPT_FIELDS : 1); f++) {
		const struct tensor *t;

		TRY(view_want(&t, NULL, s, ROLE_SOURCE, kept_fields[f],
		    o->size));
		if (!k->photo[f])
			k->photo[f] = arena_alloc(o->arena, tensor_bytes(t));
		if (!k->photo[f])
			return E_NOMEM;
		memcpy(k->photo[f], t->data, tensor_bytes(t));
	}
	return OK;
}

/* In place of the view whose slot it was. */
static enum status
remember(struct options *o, size_t slot, const struct sample *s)
{
	struct kept *k = &o->kept[slot];

	json_decref(k->key);
	json_decref(k->crop);
	k->key = json_string(s->key);
	k->crop = json_incref(json_object_get(json_object_get(s->manifest,
	    "crop"), role_word(ROLE_SOURCE)));
	if (!k->key)
		return fail(E_NOMEM, "no memory for a view");
	return o->pictures || o->keep ? keep(o, k, s) : OK;
}

static enum status
begin(struct options *o, const struct sample *s, size_t T,
    const struct unwrap_input *in)
{
	TRY(merge_new(&o->merge, o->opened, T, (size_t)o->views));
	o->T = T;
	o->size = (struct view_size){ .h = in->h, .w = in->w };
	TRY(sample_init(&o->person, o->arena, s->key));
	o->identity = identity(s);
	if (o->identity)
		o->identity = arena_strdup(o->arena, o->identity);
	if (identity(s) && !o->identity)
		return fail(E_NOMEM, "no memory for a person");
	return OK;
}

static enum status
add(struct options *o, const struct sample *s)
{
	struct view_size size = { .T = o->merge ? o->T : 0 };
	struct unwrap_input in;
	size_t slot;

	TRY(stamp_open(&o->opened, s));
	TRY(unwrap_input_of(&in, &size, s));
	if (!o->merge)
		TRY(begin(o, s, size.T, &in));
	if ((o->pictures || o->keep) && (in.h != o->size.h ||
	    in.w != o->size.w))
		return fail(E_SHAPE, "field source.image: u1 (%zu,%zu,3), want "
		    "(%zu,%zu,3) as the first view has, for --%s", in.h, in.w,
		    o->size.h, o->size.w, o->keep ? "views" : "pictures");

	const size_t side = in.h > in.w ? in.h : in.w;

	TRY(merge_add(&slot, o->merge, &in,
	    (float)(o->erode * (double)side / 256)));
	TRY(remember(o, slot, s));
	return unite(o, s);
}

/* ---- the person ---- */

static void
end(struct options *o)
{
	merge_free(o->merge);
	o->merge = NULL;
	sample_clear(&o->person);
	for (size_t i = 0; i <= (size_t)o->views; i++) {
		json_decref(o->kept[i].key);
		json_decref(o->kept[i].crop);
		o->kept[i] = (struct kept){ 0 };
	}
	o->identity = NULL;
	arena_reset(o->arena);
}

static const char *
plain(const struct options *o, const char *text)
{
	text = text ? text_plain(o->arena, text) : NULL;
	return text ? text : "?";
}

static void
say(const struct options *o, const struct merged *all)
{
	const char *who = plain(o, o->person.key);

	if (all->added > all->n)
		cli_warn("%s: %zu views, of which %zu are kept: those that show "
		    "most, sharply (--most)", who, all->added, all->n);
	for (size_t i = 0; i < all->n; i++) {
		const struct merge_view *v = &all->views[i];
		const char *key = plain(o,
		    json_string_value(o->kept[v->slot].key));
		char theirs[64] = "";

		if (v->others > 0)
			snprintf(theirs, sizeof theirs, ", and they in %.0f %% "
			    "of theirs", 100 * v->others);
		if (v->left_out)
			cli_warn("%s: view %zu, \"%s\", is left out: it agrees "
			    "with the others in %.0f %% of the %zu places that "
			    "they share: another person, a mirrored picture, or "
			    "labels on the wrong limbs", who, i + 1, key,
			    100 * v->agrees, v->shared);
		else if (v->doubtful)
			cli_warn("%s: view %zu, \"%s\", is in doubt: it agrees "
			    "with the others in %.0f %% of the %zu places that "
			    "they share%s", who, i + 1, key, 100 * v->agrees,
			    v->shared, theirs);
		else if (v->shows == 0)
			cli_warn("%s: view %zu, \"%s\", shows nothing of the "
			    "person", who, i + 1, key);
	}
}

/* Which views' photos go to the networks: the first that belong to the person. */
static size_t
chosen(size_t at[KEPT_MAX], const struct options *o, const struct merged *all)
{
	size_t n = 0;

	for (size_t i = 0; n < (size_t)o->keep && i < all->n; i++)
		if (!all->views[i].left_out && all->views[i].shows > 0 &&
		    o->kept[all->views[i].slot].points)
			at[n++] = i;
	return n;
}

static json_t *
describe(const struct merge_view *v, const struct kept *k)
{
	json_t *e = json_pack("{s:O, s:[f,f,f], s:I, s:I, s:b}", "key", k->key,
	    "gain", v->gain[0], v->gain[1], v->gain[2], "shows",
	    (json_int_t)v->shows, "shared", (json_int_t)v->shared, "left_out",
	    (int)v->left_out);
	bool bad = !e || (!isnan(v->agrees) &&
	    json_object_set_new(e, "agrees", json_real(v->agrees)) != 0);

	bad = bad || (k->crop && json_object_set(e, "crop", k->crop) != 0);
	if (bad)
		json_decref(e);
	return bad ? NULL : e;
}

static enum status
note_views(struct options *o, const struct merged *all, const size_t *at,
    size_t n)
{
	json_t *list = json_array();
	size_t k = 0;
	bool bad = !list;

	for (size_t i = 0; i < all->n && !bad; i++) {
		json_t *e = describe(&all->views[i],
		    &o->kept[all->views[i].slot]);

		if (e && k < n && at[k] == i)
			bad = json_object_set_new(e, "photo",
			    json_integer((json_int_t)k++)) != 0;
		bad = json_array_append_new(list, e) != 0 || bad;
	}
	if (bad)
		json_decref(list);
	if (bad || json_object_set_new(o->person.manifest, "views", list) != 0)
		return fail(E_NOMEM, "no memory for the views");
	return OK;
}

/* ---- fields ---- */

static enum status
make(struct tensor *t, struct options *o, enum view_field f)
{
	return view_make(t, &o->person, ROLE_SOURCE, f, 1,
	    (struct view_size){ o->T, o->T, o->T, 0 });
}

/*
 * The labels of the map itself: each texel that is seen is a pixel in its own
 * place. A matte of all says that nothing ends where the views do.
 */
static enum status
put_labels(struct options *o, const uint8_t *view)
{
	const size_t T = o->T;
	struct tensor iuv, matte, surf, mask, coord, seen;

	TRY(make(&iuv, o, VIEW_IUV));
	TRY(make(&matte, o, VIEW_MATTE));
	TRY(make(&surf, o, VIEW_SURF));
	TRY(make(&mask, o, VIEW_MASK));
	TRY(make(&coord, o, VIEW_COORD));
	TRY(make(&seen, o, VIEW_SEEN));
	memset(iuv.data, 0, 3 * T * T);
	memset(matte.data, 255, T * T);
	for (size_t t = 0; t < T * T; t++) {
		const float xy[2] = { (float)(t % T), (float)(t / T) };
		uint8_t *p = (uint8_t *)iuv.data + 3 * t;
		int part;
		float u, v;
		const bool yes = view[t] &&
		    layout_surface(o->opened, T, xy[0], xy[1], &part, &u, &v);

		for (size_t k = 0; k < 2; k++)
			((float *)surf.data)[2 * t + k] =
			    ((float *)coord.data)[2 * t + k] = yes ? xy[k] : NAN;
		((uint8_t *)mask.data)[t] = yes;
		((uint8_t *)seen.data)[t] = yes ? SEEN_YES : SEEN_NOT;
		if (!yes)
			continue;
		p[0] = (uint8_t)part;
		p[1] = (uint8_t)lrintf(255 * u);
		p[2] = (uint8_t)lrintf(255 * v);
	}
	coord_mirror(coord.data, seen.data, o->opened, T);
	return OK;
}

/* Colours go on around what is seen, so that no smaller picture mixes it with black. */
static enum status
put_image(struct options *o, const struct merged *all)
{
	const size_t n = o->T * o->T;
	float *map = arena_alloc(o->arena, 3 * n * sizeof *map);
	uint8_t *known = arena_alloc(o->arena, n);
	struct tensor image;

	TRY(make(&image, o, VIEW_IMAGE));
	if (!map || !known)
		return E_NOMEM;
	for (size_t i = 0; i < 3 * n; i++)
		map[i] = all->image[i];
	for (size_t i = 0; i < n; i++)
		known[i] = all->view[i] != 0;
	texmap_grow(map, known, o->T, 3, (int)(GROWN * o->T / 256) + 1, 1, NULL);
	for (size_t i = 0; i < 3 * n; i++)
		((uint8_t *)image.data)[i] = (uint8_t)lrintf(map[i]);
	return OK;
}

/* Entry i of t becomes kept_fields[f] of a view. */
static void
copy_kept(const struct tensor *t, size_t i, const struct options *o,
    const struct merge_view *v, size_t f)
{
	const size_t bytes = view_bytes(kept_fields[f], o->size);

	memcpy((char *)t->data + i * bytes, o->kept[v->slot].photo[f], bytes);
}

/* photos.*: what hallucinate(1) looks at, views at[0..n-1]. */
static enum status
put_photos(struct options *o, const struct merged *all, const size_t *at,
    size_t n)
{
	for (size_t f = 0; n > 0 && f < KEPT_FIELDS; f++) {
		struct tensor t;

		TRY(view_make(&t, &o->person, ROLE_PHOTOS, kept_fields[f], n,
		    o->size));
		for (size_t i = 0; i < n; i++)
			copy_kept(&t, i, o, &all->views[at[i]], f);
	}
	return OK;
}

static enum status
put_pictures(struct options *o, const struct merged *all)
{
	struct tensor t;

	TRY(sample_make(&t, &o->person, "views.image", DT_U1,
	    TENSOR_DIMS(all->n, o->size.h, o->size.w, 3)));
	for (size_t i = 0; i < all->n; i++)
		copy_kept(&t, i, o, &all->views[i], 0);
	return OK;
}

static enum status
put_views(struct options *o, const struct merged *all)
{
	const size_t T = o->T;
	struct tensor view, pixel;

	TRY(sample_make(&view, &o->person, "texture.view", DT_U1,
	    TENSOR_DIMS(T, T)));
	memcpy(view.data, all->view, T * T);
	TRY(sample_make(&pixel, &o->person, "texture.pixel", DT_F4,
	    TENSOR_DIMS(T, T, 2)));
	memcpy(pixel.data, all->pixel, 2 * T * T * sizeof(float));
	return o->pictures ? put_pictures(o, all) : OK;
}

static enum status
finish(struct options *o)
{
	struct merged all;
	size_t at[KEPT_MAX], n;

	TRY(merge_finish(&all, o->merge, o->arena));
	n = chosen(at, o, &all);
	say(o, &all);
	TRY(note_views(o, &all, at, n));
	TRY(stamp_put(&o->person, o->opened));
	TRY(put_image(o, &all));
	TRY(put_labels(o, all.view));
	TRY(put_views(o, &all));
	return put_photos(o, &all, at, n);
}

static void
put_person(struct options *o, struct stream_in *in, const struct sample *last)
{
	if (!o->merge)
		return;
	if (cli_ok(finish(o), in, last))
		cli_put(&o->person);
	end(o);
}

int
main(int argc, char **argv)
{
	static struct options o = { .erode = 3, .views = 16 };
	const struct cli_opt opts[] = {
		CLI_FLAG('a', "all", &o.all, "the whole stream is one person"),
		CLI_INT('n', "views", &o.keep, 0, KEPT_MAX, "N",
		    "keep the first N photos for hallucinate(1)"),
		CLI_DBL('e', "erode", &o.erode, 0, 32, "PIXELS",
		    "do not trust pixels so near to the outline, at 256 x 256"),
		CLI_INT('m', "most", &o.views, 1, MERGE_VIEWS, "N",
		    "keep so many of a person: those that show most, sharply"),
		CLI_FLAG('p', "pictures", &o.pictures,
		    "write their pictures, too: views.image"),
		CLI_STR('l', "layout", &o.layout, "NAME|FILE",
		    "the layout's table, where the stream's layout needs one"),
		CLI_END
	};
	const struct cli_program p = { .name = "texmerge", .opts = opts,
		.summary = "several photos of one person to one, on the "
		    "texture map" };
	struct sample s = { 0 };

	cli_begin(&p, &argc, &argv);
	if (o.layout)
		cli_try(layout_open(&o.opened, o.layout), "--layout");
	cli_try(arena_new(&o.arena, (size_t)16 << 30), "memory");

	struct stream_in *in = cli_open("-");

	while (cli_next(in, &s)) {
		if (o.merge && !same_person(&o, &s))
			put_person(&o, in, &s);
		cli_ok(add(&o, &s), in, &s);
	}
	put_person(&o, in, &s);
	arena_free(o.arena);
	layout_close(o.opened);
	return cli_finish();
}
