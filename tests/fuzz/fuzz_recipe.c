/*
 * Any text as the recipe of a weights file: refused, or one that is written
 * and read again to the same.
 */
#include "model/recipefile.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
again(json_t *one, bool unet)
{
	struct recipe r;
	struct unet_recipe u;
	json_t *two;

	if (!one || (unet ? unet_recipe_read(&u, one) : recipe_read(&r, one)) !=
	    OK)
		abort();
	two = unet ? unet_recipe_json(&u) : recipe_json(&r);
	if (!two || !json_equal(one, two))
		abort();
	json_decref(one);
	json_decref(two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	json_t *o = json_loadb((const char *)data, n, JSON_DECODE_ANY, NULL);
	json_t *renewed = NULL;
	struct unet_recipe u;
	struct recipe r;

	if (!o)
		return 0;
	if (unet_recipe_read(&u, o) == OK)
		again(unet_recipe_json(&u), true);
	if (recipe_read(&r, o) == OK)
		again(recipe_json(&r), false);
	recipe_is_unet(o);
	if (recipe_renew(&renewed, o) == OK)
		json_decref(renewed);
	/* The text itself as FIELD=VALUE, for a recipe that is whole. */
	char *text = strndup((const char *)data, n);

	if (text && recipe_of_preset(&renewed, n & 1, "anchored", "small") ==
	    OK) {
		if (recipe_set(renewed, text) != OK)
			status_detail();
		json_decref(renewed);
	}
	free(text);
	json_decref(o);
	return 0;
}
