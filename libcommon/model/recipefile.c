#include "model/recipefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 32		/* of RECIPE_NAME */

/* ---- reading ----------------------------------------------------------- */

static enum status
get_size(size_t *x, const json_t *v, const struct recipe_item *i)
{
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v))
		return fail(E_FORMAT, "recipe.%s: want a number", i->key);
	if (n < 0 || (size_t)n < i->lo || (size_t)n > i->hi)
		return fail(E_FORMAT, "recipe.%s: %lld, want %zu to %zu", i->key,
		    (long long)n, i->lo, i->hi);
	*x = (size_t)n;
	return OK;
}

static enum status
get_sizes(size_t *x, const json_t *v, const struct recipe_item *i)
{
	if (json_array_size(v) != i->n)
		return fail(E_FORMAT, "recipe.%s: want %zu numbers", i->key,
		    i->n);
	for (size_t k = 0; k < i->n; k++) {
		const json_t *e = json_array_get(v, k);
		json_int_t n = json_integer_value(e);

		if (!json_is_integer(e) || n < 0 || (size_t)n < i->lo ||
		    (size_t)n > i->hi)
			return fail(E_FORMAT, "recipe.%s[%zu]: want %zu to "
			    "%zu", i->key, k, i->lo, i->hi);
		x[k] = (size_t)n;
	}
	return OK;
}

static enum status
get_word(unsigned *x, const json_t *v, const struct recipe_item *i)
{
	const char *s = json_string_value(v);
	char want[128] = "";

	for (unsigned k = 0; i->words[k]; k++) {
		if (s && strcmp(s, i->words[k]) == 0) {
			*x = k;
			return OK;
		}
		strcat(want, k ? ", " : "");
		strcat(want, i->words[k]);
	}
	return fail(E_FORMAT, "recipe.%s: %s%s%s, want one of: %s", i->key,
	    s ? "\"" : "", s ? s : "missing", s ? "\"" : "", want);
}

static enum status
get_flag(bool *x, const json_t *v, const struct recipe_item *i)
{
	if (!json_is_boolean(v))
		return fail(E_FORMAT, "recipe.%s: want true or false", i->key);
	*x = json_is_true(v);
	return OK;
}

/* Names are for people: any text, cut to what fits. */
static enum status
get_name(char *to, const json_t *v)
{
	const char *s = json_string_value(v);

	snprintf(to, NAME_BYTES, "%s", s ? s : "");
	return OK;
}

static enum status
get(void *recipe, const json_t *o, const struct recipe_item *i)
{
	void *to = (char *)recipe + i->at;
	const json_t *v = json_object_get(o, i->key);

	if (i->optional && !v)
		return OK;
	switch (i->kind) {
	case RECIPE_NAME:
		return get_name(to, v);
	case RECIPE_SIZE:
		return i->n > 1 ? get_sizes(to, v, i) : get_size(to, v, i);
	case RECIPE_WORD:
		return get_word(to, v, i);
	case RECIPE_FLAG:
		return get_flag(to, v, i);
	}
	return OK;
}

static enum status
get_all(void *recipe, const json_t *o, const struct recipe_item *i, bool unet)
{
	if (!json_is_object(o))
		return fail(E_FORMAT, "recipe: missing");
	if (recipe_is_unet(o) != unet)
		return unet ? fail(E_FORMAT, "recipe.net: want \"unet\"") :
		    fail(E_FORMAT, "recipe.net: \"unet\", want \"dual\"");
	for (; i->key; i++)
		TRY(get(recipe, o, i));
	return OK;
}

enum status
recipe_read(struct recipe *r, const json_t *o)
{
	*r = (struct recipe){ 0 };
	TRY(get_all(r, o, recipe_items, false));
	return recipe_check(r);
}

enum status
unet_recipe_read(struct unet_recipe *r, const json_t *o)
{
	*r = (struct unet_recipe){ 0 };
	TRY(get_all(r, o, unet_recipe_items, true));
	return unet_recipe_check(r);
}

bool
recipe_is_unet(const json_t *o)
{
	const char *s = json_string_value(json_object_get(o, "net"));

	return s && strcmp(s, "unet") == 0;
}

/* ---- writing ----------------------------------------------------------- */

static json_t *
sizes_json(const size_t *x, size_t n)
{
	json_t *list;

	if (n == 1)
		return json_integer((json_int_t)*x);
	list = json_array();
	for (size_t k = 0; k < n; k++)
		json_array_append_new(list, json_integer((json_int_t)x[k]));
	return list;
}

static json_t *
item_json(const void *recipe, const struct recipe_item *i)
{
	const void *x = (const char *)recipe + i->at;

	switch (i->kind) {
	case RECIPE_NAME:
		return json_string(x);
	case RECIPE_SIZE:
		return sizes_json(x, i->n);
	case RECIPE_WORD:
		return json_string(i->words[*(const unsigned *)x]);
	case RECIPE_FLAG:
		return json_boolean(*(const bool *)x);
	}
	return NULL;
}

static json_t *
all_json(const void *recipe, const struct recipe_item *i, const char *net)
{
	json_t *o = json_pack("{ss}", "net", net);

	for (; o && i->key; i++)
		if (json_object_set_new(o, i->key, item_json(recipe, i)) != 0) {
			json_decref(o);
			return NULL;
		}
	return o;
}

json_t *
recipe_json(const struct recipe *r)
{
	return all_json(r, recipe_items, "dual");
}

json_t *
unet_recipe_json(const struct unet_recipe *r)
{
	return all_json(r, unet_recipe_items, "unet");
}

/* ---- whole recipes ----------------------------------------------------- */

static enum status
made(json_t *o)
{
	return o ? OK : fail(E_NOMEM, "no memory for a recipe");
}

enum status
recipe_of_preset(json_t **out, bool unet, const char *recipe,
    const char *preset)
{
	struct unet_recipe u;
	struct recipe r;

	if (unet) {
		TRY(unet_preset(&u, preset));
		return made(*out = unet_recipe_json(&u));
	}
	TRY(recipe_preset(&r, recipe, preset));
	return made(*out = recipe_json(&r));
}

enum status
recipe_renew(json_t **out, const json_t *o)
{
	struct unet_recipe u;
	struct recipe r;

	if (recipe_is_unet(o)) {
		TRY(unet_recipe_read(&u, o));
		return made(*out = unet_recipe_json(&u));
	}
	TRY(recipe_read(&r, o));
	return made(*out = recipe_json(&r));
}

enum status
recipe_set(json_t *o, const char *text)
{
	const char *eq = strchr(text, '=');
	char *field = eq ? strndup(text, (size_t)(eq - text)) : NULL;
	bool known = field && json_object_get(o, field);

	if (known) {
		json_t *v = json_loads(eq + 1, JSON_DECODE_ANY, NULL);

		json_object_set_new(o, field, v ? v : json_string(eq + 1));
	}
	free(field);
	return known ? OK : fail(E_VALUE, "no such field of the recipe");
}
