#include "avatar/wardrobe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "avatar/recolour.h"
#include "base/file.h"
#include "image/image.h"

#define FILES_MOST 4096

/* ---- what there is ------------------------------------------------------- */

static bool
is_picture(const char *name)
{
	return file_ends_in(name, ".jpg") || file_ends_in(name, ".png");
}

static enum status
new_list(struct wardrobe_list *l, struct arena *a)
{
	*l = (struct wardrobe_list){
		.name = arena_calloc(a, FILES_MOST, sizeof *l->name),
		.path = arena_calloc(a, FILES_MOST, sizeof *l->path),
		.picture = arena_calloc(a, FILES_MOST, sizeof *l->picture) };
	return l->name && l->path && l->picture ? OK : E_NOMEM;
}

static enum status
add(struct wardrobe_list *l, struct arena *a, const char *name,
    const char *path, const char *picture)
{
	char *stem = arena_strdup(a, name);

	if (!stem || !path || !picture)
		return E_NOMEM;
	char *end = strstr(stem, "_diffuse");

	if (!end)
		end = strrchr(stem, '.');
	/* young_lightskinned_male_diffuse2.jpg is another than _diffuse3. */
	if (end && strncmp(end, "_diffuse", 8) == 0) {
		char *from = end + 8;

		memmove(end, from, strlen(from) + 1);
		end = strrchr(stem, '.');
	}
	if (end)
		*end = 0;
	l->name[l->n] = stem;
	l->path[l->n] = path;
	l->picture[l->n++] = picture;
	return OK;
}

/* An empty list for what is below a folder, its path and the names there. */
static enum status
open_list(struct wardrobe_list *l, const char **path, const char ***name,
    size_t *n, struct arena *a, const char *folder, const char *below)
{
	*path = arena_printf(a, "%s/%s", folder, below);
	if (!*path)
		return E_NOMEM;
	TRY(new_list(l, a));
	return file_list(name, n, a, *path, NULL, FILES_MOST);
}

static enum status
list_pictures(struct wardrobe_list *l, struct arena *a, const char *folder,
    const char *below)
{
	const char *path, **name;
	size_t n;

	TRY(open_list(l, &path, &name, &n, a, folder, below));
	for (size_t i = 0; i < n; i++)
		if (is_picture(name[i])) {
			const char *file = arena_printf(a, "%s/%s", path,
			    name[i]);

			TRY(add(l, a, name[i], file, file));
		}
	return l->n > 0 ? OK : fail(E_SHAPE, "%s: no pictures", path);
}

/* Folders X with X.mhclo in them, and a picture. */
static enum status
list_clothes(struct wardrobe_list *l, struct arena *a, const char *folder,
    const char *below)
{
	const char *path, **name;
	size_t n;

	TRY(open_list(l, &path, &name, &n, a, folder, below));
	for (size_t i = 0; i < n; i++) {
		const char *in = arena_printf(a, "%s/%s", path, name[i]);
		const char **file, *picture = NULL, *clothes = NULL;
		size_t m;

		if (!in)
			return E_NOMEM;
		TRY(file_list(&file, &m, a, in, NULL, FILES_MOST));
		for (size_t k = 0; k < m; k++) {
			if (is_picture(file[k]) && !picture)
				picture = arena_printf(a, "%s/%s", in, file[k]);
			if (file_ends_in(file[k], ".mhclo") && !clothes)
				clothes = arena_printf(a, "%s/%s", in, file[k]);
		}
		if (!clothes || !picture)
			return fail(E_SHAPE, "%s: no %s in it", in, clothes ?
			    "picture (.jpg or .png)" : ".mhclo");
		TRY(add(l, a, name[i], clothes, picture));
	}
	return OK;
}

/* What `of` says stays; *other gets the rest, unless it is NULL. */
static enum status
sift(struct wardrobe_list *l, struct wardrobe_list *other, struct arena *a,
    bool (*of)(const char *, void *), void *arg)
{
	size_t n = 0;

	if (other)
		TRY(new_list(other, a));
	for (size_t i = 0; i < l->n; i++) {
		struct wardrobe_list *to = of(l->name[i], arg) ? l : other;
		size_t *at = to == l ? &n : other ? &other->n : NULL;

		if (!at)
			continue;
		to->name[*at] = l->name[i];
		to->path[*at] = l->path[i];
		to->picture[(*at)++] = l->picture[i];
	}
	l->n = n;
	return OK;
}

static bool
is_suit(const char *name, void *arg)
{
	(void)arg;
	return !strstr(name, "shoes");
}

enum status
wardrobe_open(struct wardrobe *w, struct arena *a, const char *folder,
    const char *base, bool (*may)(const char *name, void *arg), void *arg)
{
	*w = (struct wardrobe){ .arena = a };
	w->targets = arena_printf(a, "%s/targets/macrodetails", folder);
	if (!w->targets)
		return E_NOMEM;
	TRY(makehuman_read(&w->base, a, base));
	TRY(list_pictures(&w->skin, a, folder, "base/skins/textures"));
	TRY(list_pictures(&w->eyes, a, folder, "base/eyes/materials"));
	TRY(list_clothes(&w->suit, a, folder, "base/clothes"));
	TRY(list_clothes(&w->hair, a, folder, "base/hair"));
	TRY(sift(&w->suit, &w->shoes, a, is_suit, NULL));
	TRY(sift(&w->suit, NULL, a, may, arg));
	TRY(sift(&w->skin, NULL, a, may, arg));
	if (w->skin.n == 0 || w->suit.n == 0)
		return fail(E_SHAPE, "%s: no %s that belong to the split",
		    folder, w->skin.n == 0 ? "skins" : "clothes");
	return OK;
}

enum status
wardrobe_fabrics(struct wardrobe *w, const char *folder)
{
	const char **name;
	size_t n;

	TRY(file_list(&name, &n, w->arena, folder, NULL, FILES_MOST));
	w->fabric = arena_calloc(w->arena, n, sizeof *w->fabric);
	if (!w->fabric)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(w->arena, "%s/%s", folder,
		    name[i]), *buf;
		size_t len;

		if (!path)
			return E_NOMEM;
		if (!is_picture(path))
			continue;
		TRY(file_read(&buf, &len, w->arena, path, IMAGE_MAX_FILE));
		enum status s = image_decode(&w->fabric[w->n_fabric++], NULL,
		    w->arena, buf, len, IMAGE_IGNORE_ALPHA);

		if (s != OK)
			return fail_in(s, "%s", path);
	}
	return w->n_fabric > 0 ? OK : fail(E_SHAPE, "%s: no pictures", folder);
}

/* ---- a person ------------------------------------------------------------ */

/* A random one whose name has the word, or any where none has. */
static size_t
one_with(const struct wardrobe_list *l, struct rng *d, const char *word,
    const char *without)
{
	size_t fit = 0, at = rng_below(d, 1u << 20);

	for (int pass = 0; pass < 2; pass++) {
		size_t k = 0;

		for (size_t i = 0; i < l->n; i++)
			if ((!word || strstr(l->name[i], word)) && (!without ||
			    !strstr(l->name[i], without)))
				if (pass == 0 ? (fit++, false) :
				    k++ == at % fit)
					return i;
		if (fit == 0)
			return at % l->n;
	}
	return 0;
}

struct shape {
	bool woman;
	float people[3];	/* shares: african, asian, caucasian */
	float child, old;	/* the rest is young */
	float muscle, weight;	/* -1..1 */
};

static void
add_target(struct makehuman_figure *f, struct arena *a,
    const struct wardrobe *w, float share, const char *file)
{
	if (share < 0.02f || f->n_target == MAKEHUMAN_TARGETS || !file)
		return;
	f->target[f->n_target].path = arena_printf(a, "%s/%s.target.gz",
	    w->targets, file);
	f->target[f->n_target++].share = share;
}

/* Targets are for corners of a cube, and what is between them is mixed. */
static void
add_targets(struct makehuman_figure *f, struct arena *a,
    const struct wardrobe *w, const struct shape *s)
{
	static const char *const people[] = { "african", "asian", "caucasian" };
	static const char *const ages[] = { "child", "young", "old" };
	static const char *const ends[] = { "min", "average", "max" };
	const char *sex = s->woman ? "female" : "male";
	float age[3] = { s->child, 1 - s->child - s->old, s->old };
	float much[2][3] = {
		{ fmaxf(-s->muscle, 0), 1 - fabsf(s->muscle), fmaxf(s->muscle, 0) },
		{ fmaxf(-s->weight, 0), 1 - fabsf(s->weight), fmaxf(s->weight, 0) }
	};

	for (int g = 0; g < 3; g++) {
		for (int p = 0; p < 3; p++)
			add_target(f, a, w, age[g] * s->people[p],
			    arena_printf(a, "%s-%s-%s", people[p], sex, ages[g]));
		for (int m = 0; m < 3 && g > 0; m++)	/* children have none */
			for (int k = 0; k < 3; k++)
				add_target(f, a, w, age[g] * much[0][m] *
				    much[1][k], arena_printf(a, "universal-%s-"
				    "%s-%smuscle-%sweight", sex, ages[g],
				    ends[m], ends[k]));
	}
}

static float
in_unit(double x)
{
	return (float)(x < -1 ? -1 : x > 1 ? 1 : x);
}

/* As the skin looks; half of the people are of one, the others of two. */
static void
draw_shape(struct shape *s, const char *skin, struct rng *d)
{
	bool dark = strstr(skin, "darkskinned");
	size_t main = dark ? 0 : 1 + rng_below(d, 2), second = rng_below(d, 3);
	float mix = rng_unit(d) < 0.5 ? 0 : (float)rng_range(d, 0, 0.5);
	double age = rng_unit(d);

	*s = (struct shape){ .woman = strstr(skin, "female"), .people = { 0 } };
	s->people[main] += 1 - mix;
	s->people[second] += mix;
	s->old = strstr(skin, "old") && !strstr(skin, "middle") ?
	    (float)rng_range(d, 0.7, 1) : strstr(skin, "middleage") ?
	    (float)rng_range(d, 0.3, 0.6) : (float)rng_range(d, 0, 0.25);
	if (strstr(skin, "young") && age < 0.08) {
		s->child = (float)rng_range(d, 0.2, 0.6);
		s->old = 0;
	}
	s->muscle = in_unit(0.4 * rng_normal(d));
	s->weight = in_unit(0.45 * rng_normal(d));
}

/* A second skin over the first one: all are drawn on the same mesh. */
static enum status
mix_skins(struct tensor *skin, struct arena *a, const char *path, float t)
{
	size_t mark = arena_mark(a);
	struct tensor other;

	TRY(avatar_read_picture(&other, a, path));
	uint8_t *to = skin->data;
	const uint8_t *from = other.data;

	if (tensor_is(&other, DT_U1, 3, skin->dim))
		for (size_t i = 0; i < tensor_len(skin); i++)
			to[i] = (uint8_t)((1 - t) * to[i] + t * from[i] + 0.5f);
	arena_pop(a, mark);
	return OK;
}

static void
wear(struct makehuman_figure *f, const struct wardrobe_list *l, size_t i,
    enum avatar_kind kind)
{
	f->item[f->n_item++] = (struct makehuman_item){ l->path[i],
		l->picture[i], kind };
}

enum status
wardrobe_person(struct avatar *v, struct arena *a, const struct wardrobe *w,
    uint64_t seed)
{
	struct rng d = rng_seed(seed, 17);
	struct makehuman_figure *f = arena_calloc(a, 1, sizeof *f);
	const char *sex = rng_unit(&d) < 0.5 ? "female" : NULL;
	size_t skin = one_with(&w->skin, &d, sex, sex ? NULL : "female");
	struct shape shape;

	if (!f)
		return E_NOMEM;
	draw_shape(&shape, w->skin.name[skin], &d);
	sex = shape.woman ? "female" : NULL;
	size_t second = one_with(&w->skin, &d, sex, sex ? NULL : "female");
	float mix = rng_unit(&d) < 0.5 ? 0 : (float)rng_range(&d, 0, 0.6);
	bool swap = shape.woman && rng_unit(&d) < 0.3;
	size_t suit = one_with(&w->suit, &d, shape.woman && !swap ? "female" :
	    NULL, shape.woman && !swap ? NULL : "female");

	f->skin = w->skin.path[skin];
	f->eyes = w->eyes.path[rng_below(&d, w->eyes.n)];
	add_targets(f, a, w, &shape);
	wear(f, &w->suit, suit, AVATAR_NONE);
	if (w->shoes.n > 0 && rng_unit(&d) < 0.97)
		wear(f, &w->shoes, rng_below(&d, w->shoes.n), AVATAR_SHOES);
	bool cropped = !shape.woman || rng_unit(&d) < 0.25;

	if (w->hair.n > 0 && rng_unit(&d) < (shape.woman ? 1 : 0.92))
		wear(f, &w->hair, one_with(&w->hair, &d, cropped ? "short" :
		    NULL, cropped ? NULL : "short"), AVATAR_HAIR);
	TRY(makehuman_build(v, a, &w->base, f));
	if (mix > 0 && second != skin)
		TRY(mix_skins(&v->part[0].map, a, w->skin.path[second], mix));
	recolour_avatar(v, w->fabric, w->n_fabric, &d);
	snprintf(v->name, sizeof v->name, "%.30s+%.30s", w->skin.name[skin],
	    w->suit.name[suit]);
	return OK;
}
