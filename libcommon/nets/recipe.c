#include "nets/recipe.h"

#include <stddef.h>
#include <string.h>

#define COUNT(a) (sizeof (a) / sizeof (a)[0])

/* Words of the manifest, in the order of the enums. */
static const char *const norms[] = { "instance", "inner", NULL };
static const char *const flows[] = { "learned", "anchored", NULL };
static const char *const evidences[] = { "none", "raw", "raw+inpaint", NULL };
static const char *const upsamples[] = { "transposed", "resize", NULL };
static const char *const levels[] = { "area", "nearest", NULL };
static const char *const inits[] = { "orthogonal", "fan", NULL };

const struct recipe_item recipe_items[] = {
#define AT(member) offsetof(struct recipe, member)
	{ "name", RECIPE_NAME, AT(name), .n = 1 },
	{ "preset", RECIPE_NAME, AT(preset), .n = 1 },
	{ "size", RECIPE_SIZE, AT(size), .n = 1, .lo = 32, .hi = 4096 },
	{ "width", RECIPE_SIZE, AT(width), .n = 3, .lo = 1, .hi = 4096 },
	{ "flow_width", RECIPE_SIZE, AT(flow_width), .n = 1, .lo = 1, .hi = 1024 },
	{ "hidden", RECIPE_SIZE, AT(hidden), .n = 1, .lo = 1, .hi = 4096 },
	{ "kernel", RECIPE_SIZE, AT(kernel), .n = 2, .lo = 1, .hi = 9 },
	{ "slots", RECIPE_SIZE, AT(slots), .n = 1, .lo = 1, .hi = 64 },
	{ "critic", RECIPE_SIZE, AT(d_width), .n = 1, .lo = 1, .hi = 1024 },
	{ "context", RECIPE_SIZE, AT(context), .n = 1, .lo = 0, .hi = 3 },
	{ "norm", RECIPE_WORD, AT(norm), .words = norms },
	{ "flow", RECIPE_WORD, AT(flow), .words = flows },
	{ "evidence", RECIPE_WORD, AT(evidence), .words = evidences },
	{ "upsample", RECIPE_WORD, AT(upsample), .words = upsamples },
	{ "levels", RECIPE_WORD, AT(levels), .words = levels },
	{ "init", RECIPE_WORD, AT(init), .words = inits },
	{ "known", RECIPE_FLAG, AT(known), .n = 1, .optional = true },
	{ "attn_mean", RECIPE_FLAG, AT(attn_mean), .n = 1 },
	{ "folded", RECIPE_FLAG, AT(folded), .n = 1 },
	{ .key = NULL }
#undef AT
};

const struct recipe_item unet_recipe_items[] = {
#define AT(member) offsetof(struct unet_recipe, member)
	{ "preset", RECIPE_NAME, AT(preset), .n = 1 },
	{ "size", RECIPE_SIZE, AT(size), .n = 1, .lo = 8, .hi = 4096 },
	{ "fine", RECIPE_SIZE, AT(fine), .n = 1, .lo = 0, .hi = 1024,
		.optional = true },
	{ "width", RECIPE_SIZE, AT(width), .n = 1, .lo = 1, .hi = 1024 },
	{ "halvings", RECIPE_SIZE, AT(halvings), .n = 1, .lo = 1, .hi = 8 },
	{ "constant", RECIPE_SIZE, AT(constant), .n = 1, .lo = 0, .hi = 1024 },
	{ "mix", RECIPE_SIZE, AT(mix), .n = 1, .lo = 0, .hi = 4096,
		.optional = true },
	{ "prior", RECIPE_FLAG, AT(unwrap), .optional = true },
	{ "behind", RECIPE_FLAG, AT(behind), .optional = true },
	{ "doubt", RECIPE_FLAG, AT(doubt), .optional = true },
	{ "kinds", RECIPE_SIZE, AT(kinds), .n = 1, .lo = 0, .hi = 255,
		.optional = true },
	{ .key = NULL }
#undef AT
};

/* networks(7): base is GFLA's scale, small half of it. */
static const struct recipe presets[] = {
	{ .preset = "base", .size = 256, .width = { 64, 128, 256 },
	  .flow_width = 32, .hidden = 128, .kernel = { 3, 5 }, .slots = 4,
	  .d_width = 32, .context = 2 },
	{ .preset = "small", .size = 128, .width = { 32, 64, 128 },
	  .flow_width = 16, .hidden = 64, .kernel = { 3, 5 }, .slots = 4,
	  .d_width = 16, .context = 1 },
	{ .preset = "tiny", .size = 64, .width = { 8, 12, 16 },
	  .flow_width = 4, .hidden = 8, .kernel = { 3, 5 }, .slots = 4,
	  .d_width = 4, .context = 1 },
};

static const struct unet_recipe unet_presets[] = {
	{ "base", 256, 0, 24, 5, 8, 128, .unwrap = true },
	{ "small", 128, 0, 24, 4, 8, 128, .unwrap = true },
	{ "tiny", 64, 0, 8, 3, 4, 16, .unwrap = true },
};

static enum status
no_such(const char *what, const char *name, const char *have)
{
	return fail(E_VALUE, "no %s \"%s\"; there are: %s", what, name, have);
}

enum status
recipe_preset(struct recipe *r, const char *name, const char *preset)
{
	size_t i;

	for (i = 0; i < COUNT(presets); i++)
		if (strcmp(presets[i].preset, preset) == 0)
			break;
	if (i == COUNT(presets))
		return no_such("preset", preset, "base, small, tiny");
	*r = presets[i];
	if (strcmp(name, "paper") == 0) {
		r->context = 0;
		r->norm = NORM_INSTANCE;
		r->flow = FLOW_LEARNED;
		r->evidence = EVIDENCE_NONE;
		r->upsample = UPSAMPLE_TRANSPOSED;
		r->levels = LEVELS_AREA;
		r->init = INIT_RULE_ORTHOGONAL;
		r->attn_mean = true;
	} else if (strcmp(name, "anchored") == 0) {
		r->norm = NORM_INNER;
		r->flow = FLOW_ANCHORED;
		r->evidence = EVIDENCE_RAW;
		r->upsample = UPSAMPLE_RESIZE;
		r->levels = LEVELS_NEAREST;
		r->init = INIT_RULE_FAN;
		r->attn_mean = false;
	} else {
		return no_such("recipe", name, "paper, anchored");
	}
	strcpy(r->name, name);
	return OK;
}

enum status
unet_preset(struct unet_recipe *r, const char *preset)
{
	for (size_t i = 0; i < COUNT(unet_presets); i++)
		if (strcmp(unet_presets[i].preset, preset) == 0) {
			*r = unet_presets[i];
			return OK;
		}
	return no_such("preset", preset, "base, small, tiny");
}

/* ---- what follows from it --------------------------------------------- */

static enum status
check_size(size_t size, size_t multiple)
{
	if (size % multiple == 0)
		return OK;
	return fail(E_FORMAT, "recipe.size: %zu, want a multiple of %zu",
	    size, multiple);
}

enum status
recipe_check(const struct recipe *r)
{
	/* Five halvings in the flow nets; 3 and context in G_T. */
	TRY(check_size(r->size, 32));
	TRY(check_size(r->size, (size_t)8 << r->context));
	for (int i = 0; i < 2; i++)
		if (r->kernel[i] % 2 == 0)
			return fail(E_FORMAT, "recipe.kernel[%d]: %zu, want "
			    "an odd number", i, r->kernel[i]);
	if (r->folded && r->evidence != EVIDENCE_NONE)
		return fail(E_FORMAT, "recipe.folded: true, but the evidence "
		    "\"%s\" goes through the encoder",
		    evidences[r->evidence]);
	return OK;
}

enum status
unet_recipe_check(const struct unet_recipe *r)
{
	return check_size(r->size, (size_t)1 << r->halvings);
}

size_t
unet_side(const struct unet_recipe *r)
{
	return r->fine ? 2 * r->size : r->size;
}

size_t
recipe_channels(const struct recipe *r, int level)
{
	return r->width[level - 1];
}

size_t
recipe_side(const struct recipe *r, int level)
{
	return r->size >> level;
}

size_t
recipe_evidence_channels(const struct recipe *r)
{
	return r->evidence == EVIDENCE_NONE ? 0 :
	    r->evidence == EVIDENCE_RAW ? 8 : 11;
}
