/*
 * What a recipe asks for: the list of parameters of the dual-domain networks
 * or of the U-Net, found by running them dry, without any values. On it,
 * weights(1) makes, checks and folds files of weights.
 */
#ifndef MODEL_BLUEPRINT_H
#define MODEL_BLUEPRINT_H

#include "graph/graph.h"
#include "nets/recipe.h"
#include "weights/weights.h"

struct blueprint {
	bool is_unet;
	struct recipe r;
	struct unet_recipe u;	/* where is_unet */
	struct params *ps;
	struct tally tally;	/* multiply-adds of step one */
};

/*
 * From the object "recipe" of a manifest. discriminator: with the discriminator,
 * which only training needs. E_FORMAT with the field that is wrong. Freed by
 * blueprint_free, which also takes one that failed.
 */
MUST_CHECK enum status blueprint_read(struct blueprint *b,
    const json_t *recipe, bool discriminator, size_t views);
void blueprint_free(struct blueprint *b);

/* From a file's manifest; the discriminator is in if the file has it. */
MUST_CHECK enum status blueprint_of(struct blueprint *b,
    const struct weights *w, size_t views);

/*
 * Puts all parameters into s with the initial values that the recipe asks
 * for, and the manifest's "weights". Each parameter has random numbers of
 * its own: adding one to a network does not change the others.
 *
 * from: NULL, or weights to begin with, whose manifest is kept. What they have
 * of a parameter is taken; a kernel that reads more channels than theirs has
 * theirs first and 0 for the others, so that it answers what it did. E_SHAPE where a
 * parameter of theirs fits in no such way.
 */
MUST_CHECK enum status blueprint_init(struct sample *s,
    struct blueprint *b, const char *layout, uint64_t seed,
    const struct weights *from);

/*
 * Tells every way in which w is not what b asks for: parameters that are
 * missing, of another shape, unknown, or hold values that are not finite.
 * Returns how many.
 */
size_t blueprint_check(const struct blueprint *b, const struct weights *w,
    void (*tell)(const char *path, const char *problem), const char *path);

/*
 * Puts into s what w holds, with the learnable constant of G_T and its
 * encoder replaced by what they compute (networks(7), The recipe). s gets w's manifest
 * and shares its data. E_VALUE where the recipe does not allow it.
 */
MUST_CHECK enum status blueprint_fold(struct sample *s,
    const struct weights *w);

#endif
