/* avatar2tex: dressed figures of others on our body, their textures baked. */
#include <stdio.h>
#include <string.h>

#include "avatar/recolour.h"
#include "avatar/wardrobe.h"
#include "avatar/worn.h"
#include "base/file.h"
#include "cli/cli.h"
#include "synth/cast.h"
#include "texture/stamp.h"

struct options {
	const char *makehuman, *base, *fabrics, *layout, *names, *licence;
	int count, alter, seed, first, size, maps, split;
	double vary;
};

/* Who is of the test set: of a list, or by the hash that synthbody has. */
struct sets {
	enum split split;
	const char *list;	/* names, one a line; NULL: by hash */
};

static bool
listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = list; (s = strstr(s, name)); s += n)
		if ((s == list || s[-1] == '\n') && (s[n] == '\n' ||
		    s[n] == '\r' || s[n] == 0))
			return true;
	return false;
}

static bool
is_of(const char *name, void *arg)
{
	const struct sets *t = arg;

	if (t->split == SPLIT_ALL || !t->list)
		return split_has(t->split, name);
	return listed(t->list, name) == (t->split == SPLIT_TEST);
}

/*
 * Of a character's name, "X_AIAN_F_1_Casual": the figure X_AIAN_F_1, and the
 * outfit F_Casual, as others wear it. Casual clothes are the figure's own.
 */
static bool
character_is_of(const char *name, struct sets *t)
{
	char figure[64], outfit[64];
	const char *last = strrchr(name, '_');

	if (!last || (size_t)(last - name) >= sizeof figure)
		return is_of(name, t);
	snprintf(figure, sizeof figure, "%.*s", (int)(last - name), name);
	if (!is_of(figure, t))
		return false;
	if (strcmp(last, "_Casual") == 0)
		return true;
	snprintf(outfit, sizeof outfit, "%s%s", strstr(name, "_F_") ? "F" :
	    "M", last);
	return is_of(outfit, t);
}

static enum status
bake(struct sample *s, const struct avatar *v, const struct layout *l,
    const struct options *o, struct rng *d)
{
	struct worn w;

	TRY(worn_make(&w, s->arena, v, l, (size_t)o->size, (size_t)o->maps,
	    (float)o->vary, d));
	TRY(worn_put(s, &w));
	TRY(stamp_put(s, l));
	if (json_object_set_new(s->manifest, "avatar", json_string(v->name)))
		return E_NOMEM;
	return o->licence ? sample_add_licence(s, o->licence) : OK;
}

/* A character as it is, then in other colours. */
static void
put_character(const char *path, struct wardrobe *wardrobe, struct sets *sets,
    const struct layout *l, const struct options *o)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char stem[64], key[80];
	struct sample s;

	snprintf(stem, sizeof stem, "%s", name);
	stem[strcspn(stem, ".")] = 0;	/* keys have no dots */
	if (!character_is_of(stem, sets))
		return;
	cli_made_from(path);
	for (int i = o->first; i <= o->alter; i++) {
		struct avatar v;

		snprintf(key, sizeof key, i ? "%s-%03d" : "%s", stem, i);
		cli_make(&s, key);
		enum status st = avatar_read_npz(&v, s.arena, path);

		struct rng d = rng_seed((uint64_t)o->seed, (uint64_t)i);

		for (const char *c = stem; *c; c++)
			d = rng_seed(rng_u64(&d), (uint8_t)*c);
		if (st == OK && i > 0)
			recolour_avatar(&v, wardrobe->fabric,
			    wardrobe->n_fabric, &d);
		if (cli_ok(st == OK ? bake(&s, &v, l, o, &d) : st, NULL, &s))
			cli_put(&s);
	}
}

static void
put_people(const struct wardrobe *wardrobe, const struct layout *l,
    const struct options *o)
{
	struct sample s;

	cli_made_from(o->makehuman);
	for (int i = 0; i < o->count; i++) {
		struct avatar v;
		struct rng d = rng_seed((uint64_t)o->seed,
		    (uint64_t)o->first + (uint64_t)i);
		char key[64];

		snprintf(key, sizeof key, "mh%08ld", (long)o->first + i);
		cli_make(&s, key);
		enum status st = wardrobe_person(&v, s.arena, wardrobe,
		    rng_u64(&d));

		if (cli_ok(st == OK ? bake(&s, &v, l, o, &d) : st, NULL, &s))
			cli_put(&s);
	}
}

int
main(int argc, char **argv)
{
	struct options o = { .seed = 1, .count = 1, .size = 256, .maps = 512,
		.layout = "atlas24" };
	const struct cli_opt opts[] = {
		CLI_NAMES('m', "makehuman", &o.makehuman, "FOLDER",
		    "people of MakeHuman's skins, clothes and hair"),
		CLI_NAMES('b', "base", &o.base, "FOLDER",
		    "its base mesh and rig; default that of -m"),
		CLI_NAMES('f', "fabrics", &o.fabrics, "FOLDER",
		    "pictures of cloth that garments are clad in"),
		CLI_INT('n', "count", &o.count, 1, INT32_MAX, "N",
		    "people of -m"),
		CLI_INT('a', "alter", &o.alter, 0, 999, "N",
		    "more of each FILE, in other colours"),
		CLI_INT('s', "seed", &o.seed, 0, INT32_MAX, "SEED",
		    "of all choices"),
		CLI_INT(0, "first", &o.first, 0, INT32_MAX, "N",
		    "number of the first: parts that are made side by side"),
		CLI_ENUM(0, "split", &o.split, "all|train|test",
		    "figures and outfits of one set only"),
		CLI_STR(0, "test-names", &o.names, "FILE",
		    "which are of the test set, a name a line; default by hash"),
		CLI_INT('T', "texture", &o.size, 16, 2048, "SIZE",
		    "side of the texture"),
		CLI_DBL(0, "vary", &o.vary, 0, 2, "SHARE",
		    "how far joints of our body are from the figure's, at random"),
		CLI_INT(0, "maps", &o.maps, 128, 1024, "SIZE",
		    "side of a part's picture"),
		CLI_STR('l', "layout", &o.layout, "NAME|FILE",
		    "atlas24, or a table made by uvlut"),
		CLI_STR(0, "licence", &o.licence, "TEXT",
		    "what the files' licences allow, for the manifest"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "avatar2tex", .opts = opts, .no_in = true,
		.operands = "[FILE.npz ...]",
		.summary = "dressed figures of others, worn by our body",
	};
	struct arena *a;
	struct wardrobe w;
	struct sets sets;
	struct layout *l;
	size_t n;

	cli_begin(&p, &argc, &argv);
	if (argc == 0 && !o.makehuman)
		cli_die("nothing to read: want --makehuman or FILE.npz");
	if (o.base && !o.makehuman)
		cli_die("--base: is for --makehuman");
	cli_try(arena_new(&a, (size_t)16 << 30), "memory");
	sets = (struct sets){ (enum split)o.split, NULL };
	if (o.names)
		cli_try(file_read(&sets.list, &n, a, o.names, 1 << 24),
		    "--test-names");
	w = (struct wardrobe){ .arena = a };
	if (o.makehuman)
		cli_try(wardrobe_open(&w, a, o.makehuman, o.base ? o.base :
		    o.makehuman, is_of, &sets), "--makehuman");
	if (o.fabrics)
		cli_try(wardrobe_fabrics(&w, o.fabrics), "--fabrics");
	cli_try(layout_open(&l, o.layout), "--layout");
	for (int i = 0; i < argc; i++)
		put_character(argv[i], &w, &sets, l, &o);
	if (o.makehuman)
		put_people(&w, l, &o);
	layout_close(l);
	arena_free(a);
	return cli_finish();
}
