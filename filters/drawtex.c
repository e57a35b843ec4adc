/* drawtex: textures of made-up people in made-up clothes, one for each seed. */
#include <stdio.h>

#include "cli/cli.h"
#include "dress/outfit.h"
#include "human/human.h"
#include "texture/stamp.h"

struct options {
	const char *body, *layout, *licence;
	int seed, count, size;
	int top, pattern, bottom, shoes, hair;	/* 0: as the seed has it */
	double shade;
};

static enum status
draw(struct sample *s, const struct unfold *u, const struct options *o,
    const struct layout *l)
{
	struct outfit f;
	struct tensor texture, seen;

	outfit_random(&f, (uint64_t)o->seed + s->ordinal);
	if (o->top)
		outfit_cut_top(&f, (enum top)(o->top - 1), f.seed);
	if (o->bottom)
		outfit_cut_bottom(&f, (enum bottom)(o->bottom - 1), f.seed);
	if (o->pattern)
		outfit_weave(&f.top_fabric, (enum pattern)(o->pattern - 1),
		    f.seed);
	if (o->shoes)
		f.shoes = (enum shoes)(o->shoes - 1);
	if (o->hair)
		f.hair = (enum hair)(o->hair - 1);
	f.shade = (float)o->shade;
	TRY(sample_make(&texture, s, "texture", DT_F4,
	    TENSOR_DIMS(u->T, u->T, 3)));
	TRY(sample_make(&seen, s, "texture.seen", DT_U1,
	    TENSOR_DIMS(u->T, u->T)));
	TRY(outfit_draw(texture.data, seen.data, u, &f));
	TRY(stamp_put(s, l));
	return o->licence ? sample_add_licence(s, o->licence) : OK;
}

int
main(int argc, char **argv)
{
	struct options o = { .seed = 1, .count = 1, .size = 256,
		.layout = "atlas24", .shade = 0.7 };
	const struct cli_opt opts[] = {
		CLI_STR('b', "body", &o.body, "FILE|ours:...",
		    "the body that is dressed, .npz; default one of ours"),
		CLI_INT('s', "seed", &o.seed, 0, INT32_MAX, "SEED",
		    "of the first person"),
		CLI_INT('n', "count", &o.count, 1, INT32_MAX, "N",
		    "people; the next seed for each"),
		CLI_INT('T', "texture", &o.size, 16, 8192, "SIZE",
		    "side of the texture"),
		CLI_STR('l', "layout", &o.layout, "NAME|FILE",
		    "atlas24, or a table made by uvlut"),
		CLI_ENUM(0, "top", &o.top,
		    "any|tee|long|shirt|polo|sweater|tank|dress",
		    "what is worn above"),
		CLI_ENUM(0, "pattern", &o.pattern, "any|plain|hoops|pinstripe|"
		    "check|tartan|dots|floral|camo|block|fade",
		    "and how it is woven"),
		CLI_ENUM(0, "bottom", &o.bottom,
		    "any|jeans|trousers|shorts|skirt|leggings",
		    "what is worn below"),
		CLI_ENUM(0, "shoes", &o.shoes,
		    "any|trainers|leather|boots|bare", "and on the feet"),
		CLI_ENUM(0, "hair", &o.hair, "any|short|crop|bob|long|bald",
		    "how the hair is cut"),
		CLI_DBL(0, "shade", &o.shade, 0, 1, "SHARE",
		    "of folds and shadows that are painted"),
		CLI_STR(0, "licence", &o.licence, "TEXT",
		    "what the body's licence allows, for the manifest"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "drawtex", .opts = opts, .no_in = true,
		.summary = "textures of made-up people in made-up clothes",
	};
	struct arena *a;
	struct body body;
	struct unfold u;
	struct layout *l;
	struct sample s;

	cli_begin(&p, &argc, &argv);
	cli_try(arena_new(&a, (size_t)16 << 30), "memory");
	cli_try(human_open(&body, a, o.body, NULL), "--body");
	cli_try(layout_open(&l, o.layout), "--layout");
	cli_try(unfold_make(&u, a, &body, l, (size_t)o.size),
	    o.body ? o.body : "ours");
	for (int i = 0; i < o.count; i++) {
		char key[32];

		snprintf(key, sizeof key, "drawn%08ld", (long)o.seed + i);
		cli_make(&s, key);
		if (cli_ok(draw(&s, &u, &o, l), NULL, &s))
			cli_put(&s);
	}
	layout_close(l);
	arena_free(a);
	return cli_finish();
}
