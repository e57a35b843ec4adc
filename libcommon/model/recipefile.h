/*
 * Recipes as JSON: the object "recipe" of a weights file's manifest, by the
 * tables of nets/recipe.
 */
#ifndef MODEL_RECIPEFILE_H
#define MODEL_RECIPEFILE_H

#include <jansson.h>

#include "nets/recipe.h"

/*
 * Reading checks every member's kind and range, and the whole: E_FORMAT,
 * `recipe.kernel: ...`. Writing gives a new reference, NULL when there is no
 * memory. recipe_is_unet says which of the two the object is ("net": "unet").
 */
MUST_CHECK enum status recipe_read(struct recipe *r, const json_t *o);
MUST_CHECK enum status unet_recipe_read(struct unet_recipe *r,
    const json_t *o);
json_t *recipe_json(const struct recipe *r);
json_t *unet_recipe_json(const struct unet_recipe *r);
bool recipe_is_unet(const json_t *o);

/*
 * A new object in *out: a preset's recipe (of a U-Net, which has no other
 * choices: `recipe` is not looked at), or o with every field that there is
 * today. E_VALUE for an unknown name, as recipe_preset; E_FORMAT, E_NOMEM.
 */
MUST_CHECK enum status recipe_of_preset(json_t **out, bool unet,
    const char *recipe, const char *preset);
MUST_CHECK enum status recipe_renew(json_t **out, const json_t *o);

/* "FIELD=VALUE", the value as JSON or as a plain word; E_VALUE: no such field. */
MUST_CHECK enum status recipe_set(json_t *o, const char *text);

#endif
