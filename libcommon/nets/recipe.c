#include "nets/recipe.h"

#include <string.h>

#define COUNT(a) (sizeof (a) / sizeof (a)[0])

/* Words of the manifest, in the order of the enums. */
static const char *const norms[] = { "instance", "inner" };
static const char *const flows[] = { "learned", "anchored" };
static const char *const evidences[] = { "none", "raw", "raw+inpaint" };
static const char *const upsamples[] = { "transposed", "resize" };
static const char *const levels[] = { "area", "nearest" };
static const char *const inits[] = { "orthogonal", "fan" };

/* NETWORK 6.3: base is GFLA's scale, small half of it. */
static const struct recipe presets[] = {
	{ .preset = "base", .size = 256, .width = { 64, 128, 256 },
	  .flow_width = 32, .hidden = 128, .kernel = { 3, 5 }, .slots = 4,
	  .critic = 32, .context = 2 },
	{ .preset = "small", .size = 128, .width = { 32, 64, 128 },
	  .flow_width = 16, .hidden = 64, .kernel = { 3, 5 }, .slots = 4,
	  .critic = 16, .context = 1 },
	{ .preset = "tiny", .size = 64, .width = { 8, 12, 16 },
	  .flow_width = 4, .hidden = 8, .kernel = { 3, 5 }, .slots = 4,
	  .critic = 4, .context = 1 },
};

static const struct unet_recipe unet_presets[] = {
	{ "base", 256, 24, 5, 8, 128, true },
	{ "small", 128, 24, 4, 8, 128, true },
	{ "tiny", 64, 8, 3, 4, 16, true },
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

/* ---- JSON ------------------------------------------------------------- */

static enum status
get_size(size_t *x, const json_t *o, const char *key, size_t lo, size_t hi)
{
	const json_t *v = json_object_get(o, key);
	json_int_t i = json_integer_value(v);

	if (!json_is_integer(v))
		return fail(E_FORMAT, "recipe.%s: want a number", key);
	if (i < 0 || (size_t)i < lo || (size_t)i > hi)
		return fail(E_FORMAT, "recipe.%s: %lld, want %zu to %zu", key,
		    (long long)i, lo, hi);
	*x = (size_t)i;
	return OK;
}

static enum status
get_sizes(size_t *x, size_t n, const json_t *o, const char *key, size_t lo,
    size_t hi)
{
	const json_t *v = json_object_get(o, key);

	if (json_array_size(v) != n)
		return fail(E_FORMAT, "recipe.%s: want %zu numbers", key, n);
	for (size_t k = 0; k < n; k++) {
		const json_t *e = json_array_get(v, k);
		json_int_t i = json_integer_value(e);

		if (!json_is_integer(e) || i < 0 || (size_t)i < lo ||
		    (size_t)i > hi)
			return fail(E_FORMAT, "recipe.%s[%zu]: want %zu to "
			    "%zu", key, k, lo, hi);
		x[k] = (size_t)i;
	}
	return OK;
}

static enum status
get_word(int *x, const json_t *o, const char *key, const char *const *words,
    size_t n)
{
	const char *s = json_string_value(json_object_get(o, key));
	char want[128] = "";

	for (size_t i = 0; i < n; i++) {
		if (s && strcmp(s, words[i]) == 0) {
			*x = (int)i;
			return OK;
		}
		strcat(want, i ? ", " : "");
		strcat(want, words[i]);
	}
	return fail(E_FORMAT, "recipe.%s: %s%s%s, want one of: %s", key,
	    s ? "\"" : "", s ? s : "missing", s ? "\"" : "", want);
}

static enum status
get_bool(bool *x, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_boolean(v))
		return fail(E_FORMAT, "recipe.%s: want true or false", key);
	*x = json_is_true(v);
	return OK;
}

/* Names are for people: any text, cut to what fits. */
static void
get_name(char *to, size_t n, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	strncpy(to, s ? s : "", n - 1);
	to[n - 1] = '\0';
}

static enum status
check_size(size_t size, size_t multiple)
{
	if (size % multiple == 0)
		return OK;
	return fail(E_FORMAT, "recipe.size: %zu, want a multiple of %zu",
	    size, multiple);
}

enum status
recipe_read(struct recipe *r, const json_t *o)
{
	int norm, flow, evidence, upsample, level, init;

	*r = (struct recipe){ 0 };
	if (!json_is_object(o))
		return fail(E_FORMAT, "recipe: missing");
	if (recipe_is_unet(o))
		return fail(E_FORMAT, "recipe.net: \"unet\", want \"dual\"");
	get_name(r->name, sizeof r->name, o, "name");
	get_name(r->preset, sizeof r->preset, o, "preset");
	TRY(get_size(&r->size, o, "size", 32, 4096));
	TRY(get_sizes(r->width, 3, o, "width", 1, 4096));
	TRY(get_size(&r->flow_width, o, "flow_width", 1, 1024));
	TRY(get_size(&r->hidden, o, "hidden", 1, 4096));
	TRY(get_sizes(r->kernel, 2, o, "kernel", 1, 9));
	TRY(get_size(&r->slots, o, "slots", 1, 64));
	TRY(get_size(&r->critic, o, "critic", 1, 1024));
	TRY(get_size(&r->context, o, "context", 0, 3));
	TRY(get_word(&norm, o, "norm", norms, COUNT(norms)));
	TRY(get_word(&flow, o, "flow", flows, COUNT(flows)));
	TRY(get_word(&evidence, o, "evidence", evidences, COUNT(evidences)));
	TRY(get_word(&upsample, o, "upsample", upsamples, COUNT(upsamples)));
	TRY(get_word(&level, o, "levels", levels, COUNT(levels)));
	TRY(get_word(&init, o, "init", inits, COUNT(inits)));
	TRY(get_bool(&r->attn_mean, o, "attn_mean"));
	TRY(get_bool(&r->folded, o, "folded"));
	r->norm = norm;
	r->flow = flow;
	r->evidence = evidence;
	r->upsample = upsample;
	r->levels = level;
	r->init = init;
	/* Five halvings in the flow nets; 3 and context in G_T. */
	TRY(check_size(r->size, 32));
	TRY(check_size(r->size, (size_t)8 << r->context));
	for (int i = 0; i < 2; i++)
		if (r->kernel[i] % 2 == 0)
			return fail(E_FORMAT, "recipe.kernel[%d]: %zu, want "
			    "an odd number", i, r->kernel[i]);
	if (r->folded && r->evidence != EVIDENCE_NONE)
		return fail(E_FORMAT, "recipe.folded: true, but the evidence "
		    "\"%s\" goes through the encoder", evidences[evidence]);
	return OK;
}

enum status
unet_recipe_read(struct unet_recipe *r, const json_t *o)
{
	*r = (struct unet_recipe){ 0 };
	if (!json_is_object(o))
		return fail(E_FORMAT, "recipe: missing");
	if (!recipe_is_unet(o))
		return fail(E_FORMAT, "recipe.net: want \"unet\"");
	get_name(r->preset, sizeof r->preset, o, "preset");
	TRY(get_size(&r->size, o, "size", 8, 4096));
	TRY(get_size(&r->width, o, "width", 1, 1024));
	TRY(get_size(&r->halvings, o, "halvings", 1, 8));
	TRY(get_size(&r->constant, o, "constant", 0, 1024));
	/* Older files do without. */
	if (json_object_get(o, "mix"))
		TRY(get_size(&r->mix, o, "mix", 0, 4096));
	if (json_object_get(o, "prior"))
		TRY(get_bool(&r->prior, o, "prior"));
	return check_size(r->size, (size_t)1 << r->halvings);
}

json_t *
recipe_json(const struct recipe *r)
{
	return json_pack("{ss ss ss si s[iii] si si s[ii] si si si ss ss ss "
	    "ss ss ss sb sb}",
	    "net", "dual", "name", r->name, "preset", r->preset,
	    "size", (int)r->size, "width", (int)r->width[0],
	    (int)r->width[1], (int)r->width[2],
	    "flow_width", (int)r->flow_width, "hidden", (int)r->hidden,
	    "kernel", (int)r->kernel[0], (int)r->kernel[1],
	    "slots", (int)r->slots, "critic", (int)r->critic,
	    "context", (int)r->context, "norm", norms[r->norm],
	    "flow", flows[r->flow], "evidence", evidences[r->evidence],
	    "upsample", upsamples[r->upsample], "levels", levels[r->levels],
	    "init", inits[r->init], "attn_mean", (int)r->attn_mean,
	    "folded", (int)r->folded);
}

json_t *
unet_recipe_json(const struct unet_recipe *r)
{
	return json_pack("{ss ss si si si si si sb}", "net", "unet",
	    "preset", r->preset, "size", (int)r->size,
	    "width", (int)r->width, "halvings", (int)r->halvings,
	    "constant", (int)r->constant, "mix", (int)r->mix, "prior", (int)r->prior);
}

bool
recipe_is_unet(const json_t *o)
{
	const char *s = json_string_value(json_object_get(o, "net"));

	return s && strcmp(s, "unet") == 0;
}

/* ---- what follows from it --------------------------------------------- */

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
